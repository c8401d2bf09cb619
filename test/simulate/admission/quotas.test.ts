import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { QuotaAnswers, QuotaCase } from '../../oracle/quota-cases';
import { quotaAnswers } from '../../oracle/quota-cases';

/** What Kubernetes 1.35.4 itself counts and says, also as 1.33 and 1.34: `npm run oracle:quota` asks it (test/oracle/README.md). */
const cases = gunzipSync(readFileSync(join(__dirname, 'quotas.jsonl.gz')))
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as QuotaCase & { readonly theirs: QuotaAnswers });

test('every object is admitted or refused in the words of the API server, and counted as its controller counts', () => {
  for (const [i, each] of cases.entries()) {
    const { theirs } = each;
    expect({ case: i, minor: each.minor, ...quotaAnswers(each) }).toEqual({ case: i, minor: each.minor, ...theirs });
  }
});

test('the cases show each way to refuse, each scope and each version', () => {
  const said = cases.flatMap(({ theirs }) => theirs.said ?? []);
  const count = (pattern: RegExp) => said.filter((words) => pattern.test(words)).length;
  expect(cases.length).toBeGreaterThan(1_000);
  expect(said.filter((words) => words === '').length).toBeGreaterThan(500);
  for (const pattern of [
    /failed quota: \S+: must specify/,
    /exceeded quota: \S+, requested: /,
    /usage per Container is/,
    /usage per Pod is/,
    /usage per PersistentVolumeClaim is/,
    /max limit to request ratio per .*but provided ratio is/,
    /requested: \S*requests\.example\.com\/gpu=/,
    /requested: \S*storageclass\.storage\.k8s\.io/,
    /requested: \S*services\.nodeports=/,
    /requested: \S*count\//,
  ])
    expect({ pattern, isShown: count(pattern) > 0 }).toEqual({ pattern, isShown: true });
  const text = JSON.stringify(cases);
  for (const scope of ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass'])
    expect(text).toContain(`"${scope}"`);
  for (const scope of ['CrossNamespacePodAffinity', 'VolumeAttributesClass', 'DoesNotExist', 'NotIn'])
    expect(text).toContain(`"${scope}"`);
  expect([...new Set(cases.map(({ minor }) => minor))].sort()).toEqual([33, 34, 35]);
});
