import fc from 'fast-check';
import type { KubernetesObject } from '../../model/kubernetes';
import { CONFIG_KEPT, CONFIG_OF } from '../../model/kubernetes';
import { keepEarlierConfigs } from '../../render/history';
import { withRetention } from '../../render/retention';
import { aComponent, anObject } from './support';

const config = (content: string, { kind = 'ConfigMap', kept }: { kind?: string; kept?: number } = {}) => ({
  ...anObject(kind, `conf-${content}`),
  metadata: {
    name: `conf-${content}`,
    namespace: 'ns',
    annotations: { [CONFIG_OF]: 'conf', ...(kept === undefined ? {} : { [CONFIG_KEPT]: String(kept) }) },
  },
});
const mounting = (content: string) => ({ spec: { volumes: [{ configMap: { name: `conf-${content}` } }] } });
const workload = (kind: string, content: string, limit?: number, name = 'web') =>
  anObject(kind, name, {
    apiVersion: 'apps/v1',
    spec: { template: mounting(content), ...(limit === undefined ? {} : { revisionHistoryLimit: limit }) },
  });

function kept(...objects: readonly KubernetesObject[]): string | undefined {
  const found = withRetention([aComponent('web', 1, objects)]).flatMap((component) => component.objects);
  return found.find(({ metadata }) => metadata.annotations?.[CONFIG_OF])!.metadata.annotations![CONFIG_KEPT];
}

describe('earlier versions of a config stay', () => {
  test.each(['Deployment', 'StatefulSet', 'DaemonSet'])(
    'as many as a %s keeps revisions, ten if it says nothing',
    (kind) => {
      expect(kept(config('a'), workload(kind, 'a', 3))).toBe('3');
      expect(kept(config('a'), workload(kind, 'a'))).toBe('10');
    },
  );

  test('as many as the workload that keeps most', () => {
    expect(kept(config('a'), workload('Deployment', 'a', 2), workload('StatefulSet', 'a', 12, 'db'))).toBe('12');
  });

  test('whatever field of a pod names it, in init containers and in Secrets, too', () => {
    const named = (spec: object) =>
      anObject('Deployment', 'web', { apiVersion: 'apps/v1', spec: { template: { spec }, revisionHistoryLimit: 4 } });
    for (const spec of [
      { containers: [{ envFrom: [{ configMapRef: { name: 'conf-a' } }] }] },
      { initContainers: [{ env: [{ valueFrom: { configMapKeyRef: { name: 'conf-a', key: 'x' } } }] }] },
      { volumes: [{ projected: { sources: [{ configMap: { name: 'conf-a' } }] } }] },
    ])
      expect(kept(config('a'), named(spec))).toBe('4');
    const secret = named({ volumes: [{ secret: { secretName: 'conf-a' } }] });
    expect(kept(config('a', { kind: 'Secret' }), secret)).toBe('4');
    expect(kept(config('a', { kind: 'ExternalSecret' }), secret)).toBe('4');
  });

  test('one at least, as pods of before run while new ones come', () => {
    expect(kept(config('a'), workload('Deployment', 'a', 0))).toBe('1');
    const cronJob = anObject('CronJob', 'move', {
      apiVersion: 'batch/v1',
      spec: { jobTemplate: { spec: { template: mounting('a') } } },
    });
    expect(kept(config('a'), cronJob)).toBe('1');
  });

  test('more if the config asks for it, never fewer', () => {
    expect(kept(config('a', { kept: 20 }), workload('Deployment', 'a', 3))).toBe('20');
    expect(kept(config('a', { kept: 1 }), workload('Deployment', 'a', 3))).toBe('3');
  });

  test('as many as it asks for, or five, where nobody is seen to use it', () => {
    expect(kept(config('a'))).toBe('5');
    expect(kept(config('a', { kept: 2 }))).toBe('2');
    const elsewhere = { ...workload('Deployment', 'a', 9), metadata: { name: 'web', namespace: 'other' } };
    expect(kept(config('a'), elsewhere)).toBe('5');
  });

  test('a text that somebody signed is left alone', () => {
    const object = config('a');
    const component = { ...aComponent('web', 1, [object]), verbatim: new Map([['/ConfigMap/ns/conf-a', 'signed']]) };
    expect(withRetention([component])[0]!.objects).toEqual([object]);
  });
});

test('whatever is changed and rolled out, a rollback to any revision that Kubernetes still has finds its config', () => {
  const step = fc.record({
    // A config that is new, or one of before; and an image, so that there are revisions without a change of config.
    content: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    image: fc.constantFrom('1', '2'),
    renders: fc.integer({ min: 1, max: 3 }),
  });
  const limits = fc.tuple(
    fc.integer({ min: 0, max: 4 }),
    fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  );
  let rollbacks = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), limits, (steps, [small, large]) => {
      let tree: readonly KubernetesObject[] = [];
      // The ReplicaSets, or ControllerRevisions, of each workload, the newest first: each is known by its template.
      const revisions = new Map<string, string[]>([
        ['web', []],
        ['db', []],
      ]);
      for (const { content, image, renders } of steps) {
        for (let i = 0; i < renders; i++) {
          const objects = [
            config(content),
            workload('Deployment', content, small),
            workload('StatefulSet', content, large, 'db'),
          ];
          tree = keepEarlierConfigs(withRetention([aComponent('web', 1, objects)]), tree).flatMap(
            (component) => component.objects,
          );
        }
        for (const [name, limit] of [
          ['web', small],
          ['db', large ?? 10],
        ] as const) {
          const template = `${content} ${image}`;
          const earlier = revisions.get(name)!.filter((other) => other !== template);
          revisions.set(name, [template, ...earlier.slice(0, limit)]);
        }
        const there = new Set(tree.map(({ metadata }) => metadata.name));
        for (const template of [...revisions.values()].flat()) {
          rollbacks++;
          expect(there).toContain(`conf-${template.split(' ')[0]}`);
        }
      }
    }),
    { numRuns: 200 },
  );
  expect(rollbacks).toBeGreaterThan(5000);
});
