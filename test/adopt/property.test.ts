import fc from 'fast-check';
import { filesOf } from '../../adopt/code/project';
import { hashedName, withName } from '../../adopt/hashed';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import type { KubernetesObject } from '../../model/kubernetes';
import { differenceText } from '../../model/object-differences';
import { overlay, source } from './built';
import { Written } from './written';

const word = fc.constantFrom('web', 'api', 'db', 'cache', 'worker', 'web-config', 'x', 'default', 'new');
const scalar = fc.oneof(
  fc.integer({ min: -3, max: 9 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -5, max: 5 }),
  fc.boolean(),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom(
    'shop-dev',
    'dev-web',
    'dev',
    'a.shop-prod.svc',
    'prod',
    '--level=1',
    '--level=2',
    'x:1',
    "it's",
    'a\nb\n',
    '`${a}`',
    '\\',
    'true',
    '\r\n x',
  ),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.record({ name: word, value: scalar }), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('name', 'image', 'env', 'ports', 'args', 'labels', 'a', 'b', 'replicas', 'a.b/c', '0'),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
}));
const labels = fc.dictionary(
  fc.constantFrom('app', 'team', 'example.com/tier'),
  fc.constantFrom('web', 'a', 'dev', 'prod'),
  { maxKeys: 2 },
);
const object = fc
  .record({
    kind: fc.constantFrom('Deployment', 'Service', 'ConfigMap', 'Secret', 'Job', 'Widget', 'HorizontalPodAutoscaler'),
    name: word,
    namespace: fc.constantFrom('own', 'own', 'own', 'other', undefined),
    labels,
    fields: fc.dictionary(fc.constantFrom('spec', 'data', 'status'), value, { maxKeys: 2 }),
    /** The files of a generated config; the name of which ends in their hash. */
    generated: fc.option(
      fc.dictionary(fc.constantFrom('a', 'LOG_LEVEL', 'app.conf'), fc.constantFrom('1', '2', 'a\nb\nc\n', '<&>'), {
        maxKeys: 3,
      }),
      { nil: undefined },
    ),
  })
  .map(({ fields, ...rest }) => ({ ...rest, fields: JSON.parse(JSON.stringify(fields)) as Record<string, unknown> }));
type Drawn = typeof object extends fc.Arbitrary<infer T> ? T : never;

const VERSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  Job: 'batch/v1',
  Widget: 'example.com/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
};

function made(
  { kind, name, namespace, labels, fields, generated }: Drawn,
  prefix: string,
  own: string | undefined,
): KubernetesObject {
  const stated = namespace === 'own' ? own : namespace;
  const metadata = { name: `${prefix}${name}`, ...(stated === undefined ? {} : { namespace: stated }), labels };
  const object = { apiVersion: VERSIONS[kind] ?? 'v1', kind, metadata, ...fields };
  if (generated === undefined || (kind !== 'ConfigMap' && kind !== 'Secret')) return object;
  const config = { apiVersion: 'v1', kind, metadata, data: generated };
  return withName(config, hashedName(metadata.name, config));
}

/** A pod that reads every config. */
function readerOf(objects: readonly KubernetesObject[], prefix: string): KubernetesObject {
  const configs = objects.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => ({ name: metadata.name }));
  const spec = { containers: [{ name: 'reader', envFrom: configs.map((configMapRef) => ({ configMapRef })) }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: `${prefix}reader` }, spec };
}

/** Some objects that all overlays begin with, and what each of them has instead, leaves out and adds. */
const tree = fc.record({
  knowsBase: fc.boolean(),
  base: fc.uniqueArray(object, {
    maxLength: 4,
    selector: ({ kind, name, namespace }) => `${kind} ${name} ${namespace}`,
  }),
  overlays: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('dev', 'prod', 'stage', 'default'),
      prefix: fc.constantFrom('', '', 'dev-', 'p-'),
      namespace: fc.constantFrom('shop-dev', 'shop-prod', 'web', undefined),
      changes: fc.array(fc.oneof(fc.constant(undefined), fc.constant('gone' as const), value, fc.record({ labels })), {
        maxLength: 4,
      }),
      more: fc.array(object, { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 3, selector: ({ name }) => name },
  ),
});

function overlaysOf({ base, overlays }: typeof tree extends fc.Arbitrary<infer T> ? T : never) {
  return overlays.map(({ name, prefix, namespace, changes, more }) => {
    const changed = base.flatMap((one, i) => {
      const change = changes[i];
      if (change === 'gone') return [];
      if (change === undefined) return [one];
      return [{ ...one, fields: { ...one.fields, spec: JSON.parse(JSON.stringify(change)) as unknown } }];
    });
    const objects = [...changed, ...more].map((one) => made(one, prefix, namespace));
    const seen = new Set<string>();
    const different = objects.filter(({ kind, metadata }) => {
      const id = `${kind} ${metadata.namespace} ${metadata.name}`;
      return !seen.has(id) && seen.add(id);
    });
    return overlay(name, [...different, readerOf(different, prefix)], { prefix });
  });
}

test('whatever overlays there are, the plan renders each of them without a difference, and can be written', () => {
  fc.assert(
    fc.property(tree, (drawn) => {
      const reference = drawn.knowsBase
        ? overlay(
            'base',
            drawn.base.map((one) => made(one, '', undefined)),
          ).objects
        : undefined;
      const plan = planOf(source(overlaysOf(drawn), { isTyped: () => true, ...(reference ? { reference } : {}) }));
      const differences = plan.environments.flatMap((one) => differencesIn(plan, one).map(differenceText));
      expect(differences).toEqual([]);
      expect(filesOf(plan).size).toBeGreaterThan(4);
    }),
    { numRuns: 400 },
  );
});

test('the written code renders them, too', () => {
  fc.assert(
    fc.property(tree, (drawn) => {
      const written = new Written(planOf(source(overlaysOf(drawn))));
      try {
        expect(written.differences()).toEqual([]);
      } finally {
        written.remove();
      }
    }),
    { numRuns: 25 },
  );
});

test('a variable that stands twice stays as it is', () => {
  const env = [
    { name: 'x', value: 'shop' },
    { name: 'x', value: 'tea' },
  ];
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'web', env }] },
  };
  const plan = planOf(source([overlay('dev', [pod])]));
  expect(plan.environments.flatMap((one) => differencesIn(plan, one))).toEqual([]);
  expect([...filesOf(plan)].find(([path]) => path === 'workloads/web.ts')![1]).toContain("{ name: 'x', value: 'tea' }");
});
