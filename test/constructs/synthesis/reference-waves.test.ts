import { ApiObject, App } from 'cdk8s';
import fc from 'fast-check';
import { Component } from '../../../constructs/synthesis/component';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { togetherIn } from '../../../constructs/synthesis/waves';
import type { KubernetesObject, Component as Synthesized } from '../../../model/kubernetes';

const NS = 'shop';
type Fields = Readonly<Record<string, unknown>>;

/** Everything that can be referred to, by its name, and how a pod, or another object, refers to it. */
const REFERRED = {
  namespace: (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  config: (name: string) => object('v1', 'ConfigMap', name),
  secret: (name: string) => object('v1', 'Secret', name),
  external: (name: string) => object('external-secrets.io/v1', 'ExternalSecret', `from-${name}`, { target: { name } }),
  sealed: (name: string) => object('bitnami.com/v1alpha1', 'SealedSecret', name),
  certificate: (name: string) => object('cert-manager.io/v1', 'Certificate', `cert-${name}`, { secretName: name }),
  account: (name: string) => object('v1', 'ServiceAccount', name),
  claim: (name: string) => object('v1', 'PersistentVolumeClaim', name),
  priority: (name: string) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name } }),
  service: (name: string) => object('v1', 'Service', name),
  role: (name: string) => object('rbac.authorization.k8s.io/v1', 'Role', name),
  deployment: (name: string) => object('apps/v1', 'Deployment', name),
  definition: (name: string) => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${name}s.example.com` },
    spec: { group: 'example.com', names: { kind: `K${name}` } },
  }),
};
type Referred = keyof typeof REFERRED;

/** What refers to one of these. */
const REFERRING: readonly (readonly [Referred, (name: string) => KubernetesObject])[] = [
  ['namespace', (to) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: to } })],
  ['config', (to) => pod({ containers: [{ envFrom: [{ configMapRef: { name: to } }] }] })],
  ['config', (to) => cronJob({ containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: to, key: 'a' } } }] }] })],
  ['config', (to) => pod({ volumes: [{ projected: { sources: [{ configMap: { name: to } }] } }] })],
  ['secret', (to) => pod({ initContainers: [{ env: [{ valueFrom: { secretKeyRef: { name: to, key: 'a' } } }] }] })],
  ['external', (to) => pod({ volumes: [{ secret: { secretName: to } }] })],
  ['sealed', (to) => pod({ imagePullSecrets: [{ name: to }] })],
  ['certificate', (to) => object('networking.k8s.io/v1', 'Ingress', 'x', { tls: [{ secretName: to }] })],
  ['account', (to) => pod({ serviceAccountName: to })],
  [
    'account',
    (to) => ({
      ...object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'x'),
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: to, namespace: NS }],
    }),
  ],
  ['claim', (to) => pod({ volumes: [{ persistentVolumeClaim: { claimName: to } }] })],
  ['priority', (to) => cronJob({ priorityClassName: to })],
  ['service', (to) => object('apps/v1', 'StatefulSet', 'x', { serviceName: to })],
  [
    'service',
    (to) => object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'x', { rules: [{ backendRefs: [{ name: to }] }] }),
  ],
  [
    'service',
    (to) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'x' },
      webhooks: [{ clientConfig: { service: { namespace: NS, name: to } } }],
    }),
  ],
  [
    'role',
    (to) => ({ ...object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'x'), roleRef: { kind: 'Role', name: to } }),
  ],
  [
    'deployment',
    (to) =>
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'x', {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: to },
      }),
  ],
  ['definition', (to) => object('example.com/v1', `K${to}`, 'x')],
];

function object(apiVersion: string, kind: string, name: string, spec?: Fields): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace: NS }, ...(spec ? { spec } : {}) };
}
function pod(spec: Fields) {
  return object('apps/v1', 'Deployment', 'x', { template: { spec } });
}
function cronJob(spec: Fields) {
  return object('batch/v1', 'CronJob', 'x', { jobTemplate: { spec: { template: { spec } } } });
}

/** Components with these objects, and which of them depend on which. */
function synthesized(
  components: Readonly<Record<string, readonly KubernetesObject[]>>,
  dependencies: readonly (readonly [string, string])[] = [],
): Map<string, Synthesized> {
  const app = new App();
  const blocks = new Map(
    Object.entries(components).map(([name, objects]) => {
      const block = new Component(app, name);
      objects.forEach((each, i) => new ApiObject(block, `object-${i}`, each as never));
      return [name, block] as const;
    }),
  );
  for (const [of, to] of dependencies) blocks.get(of)!.node.addDependency(blocks.get(to)!);
  return new Map(synthesize(app).map((component) => [component.name, component]));
}

test.each(REFERRING.map(([what, make]) => [what, make(`the-${what}`).kind, make] as const))(
  'what refers to a %s (%s) comes after it, in whatever order they are declared',
  (what, _, make) => {
    const [holder, user] = [[REFERRED[what]('it')], [make('it')]];
    for (const components of [
      { a: holder, b: user },
      { b: user, a: holder },
    ]) {
      const made = synthesized(components);
      expect(made.get('b')!.wave).toBe(made.get('a')!.wave + 1);
    }
    // Another name, another wave of nobody.
    const other = synthesized({ a: holder, b: [make('other')] });
    expect(other.get('b')!.wave).toBe(other.get('a')!.wave);
  },
);

test('what is optional is not waited for', () => {
  const user = pod({ containers: [{ envFrom: [{ configMapRef: { name: 'it', optional: true } }] }] });
  expect(synthesized({ a: [REFERRED.config('it')], b: [user] }).get('b')!.wave).toBe(0);
});

test('components that refer to each other come together, behind what both need', () => {
  const made = synthesized({
    ground: [REFERRED.account('z')],
    a: [REFERRED.config('x'), pod({ volumes: [{ secret: { secretName: 'y' } }], serviceAccountName: 'z' })],
    b: [REFERRED.secret('y'), cronJob({ volumes: [{ configMap: { name: 'x' } }] })],
  });
  expect([...made.values()].map(({ name, wave }) => [name, wave])).toEqual([
    ['ground', 0],
    ['a', 1],
    ['b', 1],
  ]);
});

test('a dependency that somebody declared counts more than a reference', () => {
  const components = { a: [REFERRED.config('x')], b: [pod({ volumes: [{ configMap: { name: 'x' } }] })] };
  const made = synthesized(components, [['a', 'b']]);
  expect(made.get('a')!.wave).toBe(made.get('b')!.wave + 1);
});

test('no object comes in an earlier wave than what it refers to, whatever refers to whom', () => {
  const kinds = Object.keys(REFERRED) as Referred[];
  const names = fc.constantFrom('p', 'q', 'r');
  const held = fc.tuple(fc.constantFrom(...kinds), names);
  const used = fc.tuple(fc.nat(REFERRING.length - 1), names);
  const component = fc.record({ holds: fc.array(held, { maxLength: 3 }), uses: fc.array(used, { maxLength: 3 }) });
  const madeBy = (what: Referred) => (['external', 'sealed', 'certificate'].includes(what) ? 'secret' : what);
  let references = 0;
  fc.assert(
    fc.property(fc.array(component, { minLength: 2, maxLength: 7 }), (components) => {
      const homes = new Map<string, string>();
      const named = components.map(({ holds, uses }, i) => {
        const name = `component-${i}`;
        // Of one thing there is one: also of a Secret, whoever makes it.
        const own = holds.filter(
          ([what, thing]) => !homes.has(`${madeBy(what)} ${thing}`) && homes.set(`${madeBy(what)} ${thing}`, name),
        );
        return { name, own, uses };
      });
      const made = synthesized(
        Object.fromEntries(
          named.map(({ name, own, uses }) => [
            name,
            [...own.map(([what, thing]) => REFERRED[what](thing)), ...uses.map(([at, to]) => REFERRING[at]![1](to))],
          ]),
        ),
      );
      for (const { name, uses } of named)
        for (const [at, to] of uses) {
          const home = homes.get(`${madeBy(REFERRING[at]![0])} ${to}`);
          if (home === undefined) continue;
          references++;
          expect(made.get(name)!.wave).toBeGreaterThanOrEqual(made.get(home)!.wave);
        }
    }),
    { numRuns: 300 },
  );
  expect(references).toBeGreaterThan(200);
});

test('circles of references are found, however they hang together', () => {
  const needs = (['ab', 'bc', 'ca', 'cd', 'de', 'ed', 'ff'] as const).map((pair) => ({
    ...{ of: pair[0]!, to: pair[1]!, why: '', strict: false },
    reference: true as const,
  }));
  const together = togetherIn([...'abcdefg'], needs);
  const groups = new Map<string, string>();
  for (const [thing, one] of together) groups.set(one, (groups.get(one) ?? '') + thing);
  expect([...groups.values()].map((group) => [...group].sort().join('')).sort()).toEqual(['abc', 'de', 'f', 'g']);
});
