import type { Check } from '../../checks/check';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

const read = (text = '') => readSources([{ file: 'a.yaml', text }]).resources;

/** Copies of a value, in each of which one field or entry is null, as one that is written without a value. */
function* withoutOne(value: unknown): Generator<unknown> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    for (const changed of [null, ...withoutOne(child)])
      yield Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
  }
}

/** What a check throws at copies of its own example, each with one field that is null. */
function crashesOf(check: Check): string[] {
  const { broken, fixed, facts, declared, previous } = check.example;
  const surroundings = [new Facts(read(facts)), declared && read(declared), previous && read(previous)] as const;
  const crashes: string[] = [];
  for (const example of [broken, fixed])
    for (const items of withoutOne(read(example).map(({ object }) => object))) {
      const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const [known, external, before] = surroundings;
      try {
        runChecks(new World(read(text), known, external || undefined, before || undefined), [check]);
      } catch (error) {
        crashes.push(`${(error as Error).message}: ${text}`);
      }
    }
  return crashes;
}

describe('a field without a value is taken as it comes, each of the example', () => {
  test.each(checks.map((check) => [check.id, check] as const))('%s', (_, check) =>
    expect(crashesOf(check)).toEqual([]),
  );
});
