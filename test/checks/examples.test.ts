import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Example } from '../../checks/check';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

function resources(text: string | undefined, file: string) {
  const { resources, unreadable } = readSources([{ file, text: text ?? '' }]);
  expect(unreadable).toEqual([]);
  return resources;
}

function worldOf(example: Example, which: 'broken' | 'fixed'): World {
  return new World(
    resources(example[which], `${which}.yaml`),
    new Facts(resources(example.facts, 'facts.yaml')),
    example.declared === undefined ? undefined : resources(example.declared, 'declared.yaml'),
    example.previous === undefined ? undefined : resources(example.previous, 'previous.yaml'),
  );
}

/** `fail Deployment/shop/web spec.replicas`, for what a check reports of its own example. */
function findings(check: Check, which: 'broken' | 'fixed') {
  return runChecks(worldOf(check.example, which), [check]).map(
    ({ verdict, object, path }) => `${verdict} ${object} ${path}`,
  );
}

/** Checks that report a field that is missing below the path. */
const REPORTS_MISSING = new Set([
  ...['hpa-requests-set', 'liveness-set', 'memory-limit-set', 'pss-restricted', 'readiness-set', 'readonly-rootfs'],
  ...['requests-set', 'restart-policy', 'schema-valid', 'spread-declared', 'token-automount'],
]);
/** Checks that show something else than what stands at the path. */
const SHOWS: Readonly<Record<string, unknown>> = {
  'declared-flow-allowed': 'REDIS_HOST=redis with REDIS_PORT=6379',
  'name-label-syntax': 'app.kubernetes.io/',
  'netpol-types-consistent': 1,
  'secret-literal': '(not shown)',
};

/** Where promtool is not installed, a check that needs it leaves one verdict open. */
const OPEN_WITHOUT_PROMTOOL = /^unknown /;

describe.each(checks.map((check) => [check.id, check] as const))('%s', (_, check) => {
  const { example, needs } = check;
  test('fails its broken example at the places that it names, and nowhere else', () =>
    expect(findings(check, 'broken').sort()).toEqual(example.fails.map((place) => `fail ${place}`).sort()));
  test('shows the value at the path, or a part of it, and nothing where something is missing', () => {
    for (const { resource, path, value } of check.judge(worldOf(example, 'broken'))) {
      const there = resource.at(path);
      if (value === undefined) expect(there === undefined || REPORTS_MISSING.has(check.id)).toBe(true);
      else if (value === SHOWS[check.id]) continue;
      else if (typeof there === 'string') expect(there).toContain(value);
      else expect(JSON.stringify(there)).toContain(JSON.stringify(value));
    }
  });
  test('is silent about the fixed one', () => {
    const found = findings(check, 'fixed');
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
