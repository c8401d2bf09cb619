import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stepsText } from '../../diff/field-change';
import { objectChanges } from '../../diff/objects';
import type { RiskRule } from '../../diff/risk/risk';
import { rules } from '../../diff/risk/rules';
import { worldOf } from '../checks/judging';

/** `Deployment/shop/web spec.replicas`, for what a rule says of a change. */
function found(rule: RiskRule, after: string): string[] {
  const { facts, before, partial } = rule.example;
  const surroundings = { complete: partial !== true, ...(facts === undefined ? {} : { facts }) };
  const [was, is] = [worldOf(before, surroundings), worldOf(after, surroundings)];
  const places = [...rule.find({ before: was, after: is, changes: objectChanges(was, is) })].map(({ change, field }) =>
    [change.id, field && stepsText(field.path)].filter(Boolean).join(' '),
  );
  return [...new Set(places)].sort();
}

test('every file of rules is in the list, by the alphabet and called after its rule', () => {
  const files = readdirSync(join(__dirname, '../../diff/risk/rules')).filter((name) => name !== 'index.ts');
  expect(rules.map(({ id }) => `${id}.ts`)).toEqual(files.sort());
});

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (_, rule) => {
  test('finds what its example changes, and nothing else', () => {
    expect(found(rule, rule.example.after)).toEqual([...rule.example.finds].sort());
  });
  test('says nothing of the change that is like it', () => {
    expect(found(rule, rule.example.harmless)).toEqual([]);
  });
  test('says what it is about in sentences', () => {
    expect(rule.description).toMatch(/^[a-z].*[^.]$/);
    expect(rule.reason).toMatch(/^[A-Z].*\.$/s);
    expect(rule.advice).toMatch(/^[a-z].*[^.]$/);
    expect(rule.source).toMatch(/^https:\/\/|^(pkg|plugin|staging\/src\/k8s\.io)\/.*\.go$/);
  });
});
