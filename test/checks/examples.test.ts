import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Example } from '../../checks/check';
import { checks } from '../../checks/registry';
import { judge } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

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

test('every file of checks/rules/<group> is registered once, under its own name and group', () => {
  const rules = join(__dirname, '../../checks/rules');
  const files = readdirSync(rules).flatMap((group) =>
    readdirSync(join(rules, group)).map((file) => `${group}/${file.replace(/\.ts$/, '')}`),
  );
  expect(checks.map(({ group, id }) => `${group}/${id}`).sort()).toEqual(files.sort());
});
