import { composition } from '../../composition/composition';
import { matrixOf } from '../../composition/matrix';
import type { PlatformSpec } from '../../composition/platform';
import { Controller } from '../../constructs/core/controller';
import { requestOf } from '../../constructs/core/pod';
import { Workload } from '../../constructs/core/workload';
import type { FeatureContext, PlatformFeature } from '../../features/feature';
import { because } from '../../model/layers';
import { target } from '../../model/matrix';
import type { Placement } from '../../model/placement';
import type { Cpu } from '../../model/quantity';
import type { Settings } from '../../model/settings';
import { aCluster, aFeature, anEnvironment } from '../model/support';
import { refusal } from '../support/render';

const NO_FACTS = { others: [], deadline: 300 };
const dev = anEnvironment('dev');
const kind = aCluster('kind');
const feature = (name: string, steps: Partial<PlatformFeature> = {}): PlatformFeature => ({
  ...(aFeature(name) as PlatformFeature),
  ...steps,
});

/** A composition of one target, and that target's objects. */
function composed(
  spec: Partial<PlatformSpec> & Record<string, unknown> = {},
  features: readonly PlatformFeature[] = [],
  labels: Readonly<Record<string, string>> = {},
) {
  const settings = { objects: { labels: because(labels, 'who pays for it') } };
  const matrix = matrixOf(
    [],
    target<FeatureContext>(dev, kind, features, Object.keys(labels).length ? { settings } : {}),
  );
  const made = composition({ name: 'shop', compose: () => {}, ...spec, matrix } as Parameters<typeof composition>[0]);
  const [only] = matrix.targets();
  return { made, target: only!, objects: () => made.compose(only!).flatMap((component) => component.objects) };
}

describe('is refused with the place and the fix', () => {
  const NAME = 'lower case letters, digits and inner hyphens';
  test.each<[string, Record<string, unknown>, place: string, found: string]>([
    ['a name with a space', { name: 'My Shop' }, 'the platform\'s name "My Shop"', NAME],
    ['an empty name', { name: '' }, 'the platform\'s name ""', NAME],
    ['no name at all', { name: undefined }, "the platform's name undefined", NAME],
    [
      'a level that there is not',
      { podSecurity: 'strict' },
      'platform shop, podSecurity',
      'is "strict", which is no level',
    ],
  ])('%s, before anything is composed', (_what, spec, place, found) => {
    const error = refusal(() => composed(spec));
    expect([error.place, error.found]).toEqual([place, expect.stringContaining(found)]);
    expect(error.fixes.length).toBeGreaterThan(0);
  });

  test.each<[string, Record<string, unknown>, place: string, found: string, fix: string]>([
    [
      'a namespace that namespaceOf spoils',
      { namespaceOf: () => 'A B' },
      'dev@kind',
      'namespaceOf gives the namespace "A B"',
      'return such a name from `namespaceOf`',
    ],
    [
      'a name that leaves no room for the environment',
      { name: 'a'.repeat(60) },
      'dev@kind',
      `the namespace is called "${'a'.repeat(60)}-dev"`,
      'shorten the name',
    ],
    [
      'a label that replaces part-of',
      { labels: () => ({ 'app.kubernetes.io/part-of': 'mine' }) },
      'dev@kind, labels of the platform',
      'sets app.kubernetes.io/part-of, which strata itself sets',
      'give the label another name',
    ],
    [
      'a label that replaces the environment',
      { labels: () => ({ environment: 'mine' }) },
      'dev@kind, labels of the platform',
      'sets environment, which strata itself sets',
      'give the label another name',
    ],
    [
      'a value that is no label',
      { labels: () => ({ team: 'the team' }) },
      'dev@kind, labels of the platform',
      'is wrong: "the team" is not a value of a label',
      'return labels',
    ],
    [
      'labels that are none',
      { labels: () => ['team'] },
      'dev@kind, labels of the platform',
      'is not labels',
      'return labels',
    ],
  ])('%s', (_what, spec, place, found, fix) => {
    const error = refusal(() => composed(spec).objects());
    expect([error.place, error.found]).toEqual([place, expect.stringContaining(found)]);
    expect(error.fixes[0]).toContain(fix);
  });

  test('a further namespace of a level that there is not', () => {
    const broken = feature('broken', {
      apply: (context) => {
        context.addNamespace(context.component('more'), 'shop-more', 'strict' as never);
      },
    });
    const error = refusal(() => composed({}, [broken]).objects());
    expect(error.place).toBe('dev@kind, namespace shop-more');
    expect(error.fixes[0]).toContain('privileged, baseline, restricted');
  });

  test('a label that a setting gives and the platform, too', () => {
    const { objects } = composed({ labels: () => ({ team: 'a' }) }, [], { team: 'b' });
    const error = refusal(objects);
    expect(error.place).toBe('dev@kind, objects.labels');
    expect(error.found).toBe('sets team, which the platform itself sets');
  });
});

test('every object has the labels of strata, of the platform and of the settings', () => {
  const labels = (settings: Settings) => ({ team: `t-${Object.keys(settings.objects.labels).length}` });
  const [namespace] = composed({ labels }, [], { cost: 'low' }).objects();
  expect(namespace).toMatchObject({
    kind: 'Namespace',
    metadata: {
      name: 'shop-dev',
      labels: {
        'app.kubernetes.io/managed-by': 'strata',
        'app.kubernetes.io/part-of': 'shop',
        environment: 'dev',
        team: 't-1',
        cost: 'low',
        'pod-security.kubernetes.io/enforce': 'restricted',
      },
    },
  });
});

test('its namespace is called as namespaceOf says, for its objects and for Argo CD', () => {
  const delivery = { repoUrl: 'https://git.example.com/shop', revision: 'main', folder: '', argoNamespace: 'argocd' };
  const namespaceOf = ({ environment, cluster }: { environment: { name: string }; cluster: { name: string } }) =>
    `${cluster.name}-${environment.name}`;
  const { made, target: only, objects } = composed({ namespaceOf, delivery });
  expect(objects()[0]!.metadata.name).toBe('kind-dev');
  const delivered = made.deliver([{ target: only, objects: [], facts: NO_FACTS }]).flatMap(({ objects: all }) => all);
  const [application] = delivered.filter(({ kind: of }) => of === 'Application');
  expect(application).toMatchObject({ spec: { destination: { namespace: 'kind-dev' } } });
});

test('nothing is delivered where nobody said to where', () => {
  const { made, target: only } = composed();
  expect(made.deliver([{ target: only, objects: [], facts: NO_FACTS }])).toEqual([]);
});

test('its features are those that a target has, unless it says which there are', () => {
  const [one, other] = [feature('one'), feature('other')];
  expect(composed({}, [one]).made.features).toEqual([one]);
  expect(composed({ features: [one, other] }, [one]).made.features).toEqual([one, other]);
});

test('each step is taken by all features before the next: what is adjusted is there, and what finishes sees it adjusted', () => {
  const seen: string[] = [];
  const step = (name: string, which: string) => () => {
    seen.push(`${which} ${name}`);
  };
  const steps = (name: string) =>
    feature(name, Object.fromEntries(['apply', 'connect', 'adjust', 'finish'].map((one) => [one, step(name, one)])));
  composed({ compose: () => void seen.push('compose') }, [steps('a'), steps('b')]).objects();
  expect(seen).toEqual([
    'compose',
    ...['apply a', 'apply b', 'connect a', 'connect b', 'adjust a', 'adjust b', 'finish a', 'finish b'],
  ]);
});

describe('a workload that no node of the cluster would ever take is refused when the target is composed', () => {
  const composedWith = (
    { placement, cpu = '100m' }: { readonly placement?: Placement; readonly cpu?: Cpu },
    replicas = 2,
    controller = Controller.deployment({ replicas }),
  ) =>
    composed({
      compose: (platform) => {
        new Workload(platform.component('web'), 'web', {
          namespace: platform.namespace,
          controller,
          pod: {
            container: { name: 'web', image: 'shop/web:1.0.0', resources: { cpu, memory: '64Mi' } },
            ...(placement ? { placement } : {}),
          },
        });
      },
    }).objects();
  const refused = (...given: Parameters<typeof composedWith>) => refusal(() => composedWith(...given));

  test('by the labels that it asks for', () => {
    const { place, found } = refused({ placement: { requires: { pool: 'gpu' } } });
    expect(place).toBe('dev@kind, workload web');
    expect(found).toContain('no pool of cluster kind carries the label pool=gpu');
  });
  test('by how many of its pods keep apart', () => {
    const placement = { apart: { over: 'node', strength: 'required' } } as const;
    expect(refused({ placement }, 9).found).toContain('keeps 9 pods apart over nodes');
    expect(() => composedWith({ placement }, 1)).not.toThrow();
    // Those of a Job may run one after the other.
    const job = Controller.job({ completions: 9, parallelism: 9 });
    expect(() => composedWith({ placement }, 9, job)).not.toThrow();
  });
  test('by what it asks for', () => {
    expect(refused({ cpu: '64' }).found).toContain('its pod fits no node of cluster kind that it may run on');
    expect(() => composedWith({})).not.toThrow();
  });
  test('sidecars and init containers ask for room, too', () => {
    const resources = { cpu: '100m', memory: '64Mi' } as const;
    const container = (name: string, cpu: Cpu = '100m') => ({
      name,
      image: `shop/${name}:1.0.0`,
      resources: { ...resources, cpu },
    });
    expect(requestOf({ container: container('web'), sidecars: [container('proxy')] }).cpu).toBe(200);
    expect(
      requestOf({
        container: container('web'),
        sidecars: [container('proxy')],
        initContainers: [container('a', '250m'), container('b')],
      }).cpu,
    ).toBe(350);
  });
});
