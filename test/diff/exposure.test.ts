/** What changes opened in a cluster (test/cluster/exposure.test.ts records it), against what the classes say of the same manifests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedOpening } from './exposure/opened';
import { disagreements, saidOf } from './exposure/opened';
import type { SceneAddresses } from './exposure/scene';
import { allChanges } from './exposure/states';

const { addresses, changes: recorded } = JSON.parse(readFileSync(join(__dirname, 'exposure/opened.json'), 'utf8')) as {
  readonly addresses: SceneAddresses;
  readonly changes: readonly RecordedOpening[];
};
const changes = allChanges(addresses);
const said = new Map(changes.map((change) => [change.name, saidOf(change, addresses)]));

test('every change is recorded', () => {
  expect(recorded.map(({ name }) => name)).toEqual([...said.keys()]);
  const opening = recorded.filter(({ opened }) => opened.length > 0);
  expect(opening.length).toBeGreaterThan(100);
  expect(recorded.length - opening.length).toBeGreaterThan(100);
});

test.each(recorded)('$name: is exposure just where something opened', ({ name, opened }) => {
  expect(disagreements(name, said.get(name)!, opened)).toEqual([]);
});

test('that something may open is said where it depends on the address of a pod, or on its node', () => {
  const possible = [...said].flatMap(([name, { messages, certain }]) =>
    messages.length > 0 && !certain ? [name] : [],
  );
  expect(possible).toEqual([
    'the addresses of pods',
    'undone: a server in the network of its node',
    'to the addresses of pods',
  ]);
});
