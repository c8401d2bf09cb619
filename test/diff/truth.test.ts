import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedChange } from './truth';
import { classified, disagreement } from './truth';

const recorded = JSON.parse(
  readFileSync(join(__dirname, '../upstream/kubernetes/changes.json'), 'utf8'),
) as readonly RecordedChange[];

test('what is refused, what restarts pods and what has no effect is what real API servers and controllers did', () => {
  expect(recorded.flatMap((change) => disagreement(change) ?? [])).toEqual([]);
});

test('the recorded changes are of every sort', () => {
  const count = (is: (change: RecordedChange) => boolean) => recorded.filter(is).length;
  expect(count(({ refused }) => refused !== undefined)).toBeGreaterThan(20);
  expect(count(({ revision }) => revision)).toBeGreaterThan(20);
  expect(count(({ unchanged, refused }) => unchanged && refused === undefined)).toBeGreaterThan(10);
  expect(count((change) => classified(change).class === 'no-effect')).toBeGreaterThan(10);
});
