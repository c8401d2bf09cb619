import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Example } from '../../checks/check';
import { Facts } from '../../checks/facts';
import { readSources } from '../../checks/reading/read';
import { checks } from '../../checks/registry';
import { judge } from '../../checks/verify';
import { World } from '../../checks/world';

function resources(text: string | undefined, file: string) {
  const { resources, unreadable } = readSources([{ file, text: text ?? '' }]);
  expect(unreadable).toEqual([]);
  return resources;
}

function verdicts(check: Check, example: Example, which: 'broken' | 'mended') {
  const world = new World(
    resources(example[which], `${which}.yaml`),
    new Facts(resources(example.facts, 'facts.yaml')),
    example.declared === undefined ? undefined : resources(example.declared, 'declared.yaml'),
    example.previous === undefined ? undefined : resources(example.previous, 'previous.yaml'),
  );
  return judge(world, [check]).map(({ verdict }) => verdict);
}

describe.each(checks.map((check) => [check.id, check] as const))('%s', (_, check) => {
  test('fails its broken example', () => expect(verdicts(check, check.example, 'broken')).toContain('fail'));
  test('is silent about the mended one', () => {
    // A program that is not installed leaves it unknown.
    const silent = check.needs.includes('promtool')
      ? verdicts(check, check.example, 'mended').filter((verdict) => verdict !== 'unknown')
      : verdicts(check, check.example, 'mended');
    expect(silent).toEqual([]);
  });
});

test('every file of checks/rules is registered under its own name, once', () => {
  const files = readdirSync(join(__dirname, '../../checks/rules'))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();
  expect(checks.map(({ id }) => id).sort()).toEqual(files);
});
