import { capabilities } from '../../../model/capability';
import { StrataError } from '../../../model/errors';
import { because } from '../../../model/layers';
import { excluded, Matrix, target } from '../../../model/matrix';
import { text } from '../../../model/setting';
import { settingsOf } from '../../../model/settings';
import type { Target } from '../../../model/target';
import { Trials } from '../../../render/features/trial';
import { missingFor } from '../../../render/features/why-not';
import { aCluster, aFeature, anEnvironment } from '../../model/support';
import { aComponent, anObject } from '../support';

const [dev, prod] = [anEnvironment('dev', { elsewhere: 'only where people try things' }), anEnvironment('prod')];
const [bare, full] = [aCluster('bare'), aCluster('full-size', { resourceMetrics: true })];
const metrics = aFeature('metrics-server', { provides: ['resource-metrics'] });
const otherMetrics = aFeature('other-metrics', { provides: ['resource-metrics'], needs: ['volumes'] });
const scaling = aFeature('scaling', { needs: ['resource-metrics'] });
const status = aFeature('status', { excludes: [{ what: 'prod', why: 'it has no password' }] });
const sampler = aFeature('sampler', { excludes: [{ what: 'tracer', why: 'both take every tenth request' }] });
const tracer = aFeature('tracer');
const policies = aFeature('policies', { needs: ['policy-enforcement'] });
const huge = aFeature('huge');
const known = [otherMetrics, metrics, scaling, status, sampler, tracer, policies, huge];

function compose({ name, environment, features }: Target<unknown>) {
  if (features.includes(huge))
    throw new StrataError(name, 'its pod fits no node', ['ask for less', 'give a pool larger nodes']);
  return [
    aComponent('web', 1, [anObject('Service', 'web', { namespace: environment.name })]),
    ...features.map((feature) => {
      const namespace = feature === metrics ? 'kube-system' : environment.name;
      return aComponent(feature.name, 0, [anObject('Service', feature.name, { namespace })]);
    }),
  ];
}

type Rows = ConstructorParameters<typeof Matrix<unknown>> extends [unknown, ...infer R] ? R : never;

/** What is missing, with the lines that mend it. */
function asked(pair: string, feature: (typeof known)[number], ...rows: Rows) {
  const matrix = new Matrix<unknown>([], ...rows);
  const answer = missingFor(new Trials(matrix, compose), known, matrix.pair(pair), feature);
  return {
    ...answer,
    missing: answer.missing.map(({ what, ways }) => ({
      what,
      lines: ways.map(({ line, does }) => line ?? does),
      ways,
    })),
  };
}

test('a need that the cluster lacks is mended by the feature that provides it, or by the fact of the cluster', () => {
  const [only, ...others] = asked('dev@bare', scaling, target(dev, bare, [tracer]), excluded(prod, bare, 'x')).missing;
  expect(others).toEqual([]);
  expect(only?.what).toMatch(/^dev@bare, feature scaling: needs resource-metrics .*neither cluster bare/);
  expect(only?.lines).toEqual(['target(dev, bare, [tracer, metricsServer, scaling]),', 'resourceMetrics: true,']);
  expect(only?.ways.map(({ file }) => file)).toEqual(['environments/matrix.ts', 'clusters/bare.ts']);
  // The service of the app, and one of each feature.
  expect(only?.ways[0]?.objects).toBe(4);
});

test('a provider that needs something itself brings its own provider, or is not named', () => {
  const claims = aFeature('claims', { provides: ['volumes'] });
  const chain = [otherMetrics, claims, scaling];
  const matrix = new Matrix<unknown>([], target(dev, bare, []), excluded(prod, bare, 'x'));
  const lines = (features: typeof chain) =>
    missingFor(new Trials(matrix, compose), features, matrix.pair('dev@bare'), scaling).missing.flatMap(({ ways }) =>
      ways.map(({ line }) => line),
    );
  expect(lines(chain)[0]).toMatch(/^target\(dev, bare, \[.*otherMetrics.*\]\),$/);
  expect(lines(chain)[0]).toContain('claims');
  expect(lines([otherMetrics, scaling])).toEqual(['resourceMetrics: true,']);
});

test('where no feature provides it, the cluster and another target are the ways', () => {
  const enforcing = aCluster('enforcing', { network: { plugin: 'calico', enforcesPolicies: true } });
  const [only] = asked(
    'dev@bare',
    policies,
    target(dev, bare, []),
    target(dev, enforcing, [tracer]),
    target(prod, bare, []),
    excluded(prod, enforcing, 'x'),
  ).missing;
  expect(only?.lines).toEqual([
    "network: { plugin: 'none', enforcesPolicies: true },",
    'target(dev, enforcing, [tracer, policies]),',
  ]);
});

test('an environment that the feature excludes: another target, or the exclusion taken back', () => {
  const [only, ...others] = asked('prod@full-size', status, target(dev, full, []), target(prod, full, [])).missing;
  expect(others).toEqual([]);
  expect(only?.what).toContain('cannot be combined with prod: it has no password');
  expect(only?.lines[0]).toBe('target(dev, fullSize, [status]),');
  expect(only?.lines[1]).toMatch(/^const statusHere = .*what !== 'prod'/);
});

test.each([
  ['the feature excludes', sampler, tracer],
  ['excludes the feature', tracer, sampler],
])('a feature of the target that %s: it is switched off', (_, wanted, there) => {
  const [only] = asked('dev@bare', wanted, target(dev, bare, [metrics, there]), target(prod, bare, [])).missing;
  expect(only?.what).toContain('both take every tenth request');
  expect(only?.lines[0]).toBe(`target(dev, bare, [metricsServer, ${wanted.name}]),`);
  expect(only?.lines[1]).toContain('const samplerHere = ');
});

test('what another feature provides already is told once, and either of the two is enough', () => {
  const twin = aFeature('twin', { provides: ['resource-metrics'] });
  const { missing } = asked('dev@bare', twin, target(dev, bare, [metrics, scaling]), target(prod, bare, []));
  expect(missing.map(({ what }) => what)).toEqual([
    expect.stringContaining('provides resource-metrics, and so does metrics-server'),
  ]);
  expect(missing[0]?.lines).toEqual([
    'target(dev, bare, [scaling, twin]),',
    'target(dev, bare, [metricsServer, scaling]),',
  ]);
});

test('what the cluster provides itself needs no feature', () => {
  const [only] = asked('dev@full-size', metrics, target(dev, full, [scaling]), target(prod, full, [])).missing;
  expect(only?.what).toContain('cluster full-size provides resource-metrics itself');
  expect(only?.lines).toEqual(['target(dev, fullSize, [scaling]),', 'resourceMetrics: false,']);
});

test('a pair that the matrix excludes says why, and becomes a target with all that the feature needs', () => {
  const rows = [
    target(dev, full, []),
    excluded(prod, full, 'too small'),
    target(prod, bare, []),
    excluded(dev, bare, 'x'),
  ];
  const { missing, pair } = asked('prod@full-size', scaling, ...rows);
  expect(pair.declared).toBeUndefined();
  expect(missing[0]?.what).toBe('prod@full-size is no target: the matrix excludes it: too small');
  expect(missing[0]?.lines).toEqual(['target(prod, fullSize, [scaling]),', 'target(dev, fullSize, [scaling]),']);
  expect(missing[0]?.ways[0]?.at?.stack).toContain('why-not.test');
});

test('an environment that says why it is not elsewhere gives that as the reason', () => {
  const { missing } = asked('dev@bare', tracer, target(dev, full, []), target(prod, full, []), target(prod, bare, []));
  expect(missing[0]?.what).toContain('only where people try things');
});

test('nothing is missing: the line to add, with what the target then renders', () => {
  const { missing, add, has } = asked('dev@bare', tracer, target(dev, bare, [metrics]), target(prod, bare, []));
  expect([missing, has]).toEqual([[], false]);
  expect(add).toMatchObject({ line: 'target(dev, bare, [metricsServer, tracer]),', objects: 3 });
});

test('a target that has settings of its own keeps them', () => {
  const mine = aFeature('mine', {}, settingsOf('mine', { word: text('a', /./, 'a letter') }));
  const settings = { mine: { word: because('b', 'a test') } } as never;
  const { add } = asked('dev@bare', tracer, target(dev, bare, [mine], { settings }), target(prod, bare, []));
  expect(add?.line).toBe('target(dev, bare, [mine, tracer], { … }),');
});

test('a render that fails is the answer, with its own fixes', () => {
  const { missing, add } = asked('dev@bare', huge, target(dev, bare, []), target(prod, bare, []));
  expect(add).toBeUndefined();
  expect(missing).toMatchObject([
    { what: 'dev@bare: its pod fits no node', lines: ['ask for less', 'give a pool larger nodes'] },
  ]);
});

test('an object that another target of the cluster renders too is an answer', () => {
  const { missing } = asked('prod@bare', metrics, target(dev, bare, [metrics]), target(prod, bare, []));
  expect(missing.map(({ what }) => what)).toEqual([
    'dev@bare and prod@bare: both render Service/kube-system/metrics-server, and they stand on the same cluster',
  ]);
});

test('a feature that is there is not missing', () => {
  expect(asked('dev@bare', metrics, target(dev, bare, [metrics]), target(prod, bare, []))).toMatchObject({
    has: true,
    missing: [],
    add: undefined,
  });
});

const ofClusters = Object.entries(capabilities).filter(([, { line }]) => line);
test('what only features provide is no fact of a cluster', () => {
  const others = Object.entries(capabilities).filter(([, { line }]) => !line);
  expect(others.map(([name]) => name)).toEqual(['scraped-metrics', 'metrics-adapter']);
  for (const [, { on }] of others) expect(on(aCluster('c', { resourceMetrics: true }))).toBe(false);
});

test.each(ofClusters)('the line about %s is about a fact that a cluster has', (_, { on, line = () => '' }) => {
  const has = aCluster('has', {
    kubernetes: '1.35',
    resourceMetrics: true,
    network: { plugin: 'x', enforcesPolicies: true },
    verticalPodAutoscaler: { version: '1.8' },
    keda: { version: '2.21', pods: { name: 'KEDA', namespaceLabels: {}, podLabels: {} } },
    storage: [
      {
        ...{ name: 'standard', provisioner: 'p', isDefault: true },
        ...{ binding: 'Immediate', reclaim: 'Delete', expandable: true },
      },
    ],
  });
  expect(on(has)).toBe(true);
  expect(line(has, true)).not.toBe(line(has, false));
  const [field] = line(has, true).split(':');
  expect(has).toHaveProperty(field!);
});
