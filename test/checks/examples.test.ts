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

/** `fail Deployment/shop/web spec.replicas`, for what a check says of its own example. */
function findings(check: Check, example: Example, which: 'broken' | 'fixed') {
  const world = new World(
    resources(example[which], `${which}.yaml`),
    new Facts(resources(example.facts, 'facts.yaml')),
    example.declared === undefined ? undefined : resources(example.declared, 'declared.yaml'),
    example.previous === undefined ? undefined : resources(example.previous, 'previous.yaml'),
  );
  return judge(world, [check]).map(({ verdict, object, path }) => `${verdict} ${object} ${path}`);
}

/** Where promtool is not installed, a check that needs it leaves one verdict open. */
const OPEN_WITHOUT_PROMTOOL = /^unknown /;

describe.each(checks.map((check) => [check.id, check] as const))('%s', (_, check) => {
  const { example, needs } = check;
  test('fails its broken example at the places that it names, and nowhere else', () =>
    expect(findings(check, example, 'broken').sort()).toEqual(example.fails.map((place) => `fail ${place}`).sort()));
  test('is silent about the fixed one', () => {
    const found = findings(check, example, 'fixed');
    expect(
      needs.includes('promtool') ? found.filter((finding) => !OPEN_WITHOUT_PROMTOOL.test(finding)) : found,
    ).toEqual([]);
  });
});

test('every file of checks/rules/<group> is registered once, under its own name and group', () => {
  const rules = join(__dirname, '../../checks/rules');
  const files = readdirSync(rules).flatMap((group) =>
    readdirSync(join(rules, group)).map((file) => `${group}/${file.replace(/\.ts$/, '')}`),
  );
  expect(checks.map(({ group, id }) => `${group}/${id}`).sort()).toEqual(files.sort());
});
