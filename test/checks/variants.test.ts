import { checks } from '../../checks/registry';
import { variantsOf } from '../../checks/variants';
import { verify } from '../../checks/verify';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';

const config = (name: string, value: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop }, data: { A: ${value} } }\n`;
const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }\n---\n';

/** What is judged together, by the sources that it comes from. */
function together(built: Readonly<Record<string, string>>, beside: Readonly<Record<string, string>> = {}): string[] {
  const sources = Object.entries({ ...built, ...beside }).map(([file, text]) => ({ file, text }));
  return variantsOf(readSources(sources), Object.keys(built)).map(({ resources, documents }) =>
    [...new Set([...resources, ...documents].map(({ source }) => source.file))].sort().join(' '),
  );
}

test('overlays that build the same object in different ways are judged apart, each with what stands beside them', () =>
  expect(
    together(
      { 'overlays/dev': config('web', 'a'), 'overlays/prod': config('web', 'b') },
      { 'x.yaml': config('x', 'x') },
    ),
  ).toEqual(['overlays/dev x.yaml', 'overlays/prod x.yaml']));

test('those that share nothing, or only what is the same in both, are judged together', () => {
  expect(together({ web: namespace + config('web', 'a'), db: namespace + config('db', 'b') })).toEqual(['db web']);
  expect(together({ web: config('web', 'a') }, { 'x.yaml': config('web', 'b') })).toEqual(['web x.yaml']);
  const other = config('web', 'b').replace('namespace: shop', 'namespace: shop-prod');
  expect(together({ dev: config('web', 'a'), prod: other })).toEqual(['dev prod']);
  expect(together({})).toEqual(['']);
});

test('an object that one overlay builds twice is its own affair', () => {
  const twice = `${config('web', 'a')}---\n${config('web', 'b')}`;
  expect(together({ web: twice, db: config('db', 'a') })).toEqual(['db web']);
  expect(together({ dev: twice, prod: config('web', 'a') })).toEqual(['dev', 'prod']);
});

test('overlays that build one object alike and another one otherwise are judged apart', () => {
  const both = (value: string) => `${config('same', 'a')}---\n${config('web', value)}---\n${config('db', value)}`;
  expect(together({ dev: both('a'), prod: both('b'), test: both('a') })).toEqual(['dev test', 'prod']);
});

test.each([
  [
    'web/overlays/dev web/overlays/prod db/overlays/prod db/overlays/dev',
    ['db/overlays/dev web/overlays/dev', 'db/overlays/prod web/overlays/prod'],
  ],
  [
    'clusters/eu/web clusters/eu/db clusters/us/web clusters/us/db clusters/test/web',
    ['clusters/eu/db clusters/eu/web', 'clusters/us/db clusters/us/web', 'clusters/test/web'],
  ],
])('of several programs the overlays of one place come together: %s', (paths, expected) => {
  const built = paths
    .split(' ')
    .map((path) => [path, namespace + config(path.includes('web') ? 'web' : 'db', `'${path}'`)] as const);
  expect(together(Object.fromEntries(built))).toEqual(expected);
});

test('what stands beside them is counted, judged and suppressed once', () => {
  const service = (name: string) =>
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: gone }, ports: [{ port: 80 }] } }\n`;
  const reading = readSources([
    { file: 'dev', text: namespace + config('web', 'a') },
    { file: 'prod', text: namespace + config('web', 'b') },
    {
      file: 'x.yaml',
      text: `${service('x')}---\n# strata: ignore service-selects-workload it comes later\n${service('y')}`,
    },
  ]);
  const report = verify(
    variantsOf(reading, ['dev', 'prod']).map((manifests) => ({
      manifests,
      facts: new Facts([]),
      declared: undefined,
      previous: undefined,
    })),
    { unreadable: [], skipped: [] } as never,
    {
      checks: checks.filter(({ id }) => id === 'service-selects-workload' || id === 'duplicate-object'),
      known: checks.map(({ id }) => id),
      suppressions: [],
      showsOrigin: () => false,
    },
  );
  expect(report.findings.map(({ check, object }) => `${check} ${object}`)).toEqual([
    'service-selects-workload Service/shop/x',
  ]);
  expect(report).toMatchObject({ summary: { objects: 6 } });
});
