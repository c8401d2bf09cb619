import { hasPodsMatching, namespacesWithPods, podAnywhere, podsMatching } from '../../world/pods';
import { all, namesOf, object, workload, worldOf } from './support';

const template = (labels: string) =>
  object(
    'v1',
    'PodTemplate',
    't',
    `template: { metadata: { labels: { ${labels} } }, spec: { containers: [{ name: a }] } }`,
  );

describe('the pods that a selector finds', () => {
  const found = (selector: unknown, ...manifests: string[]) =>
    namesOf(podsMatching(worldOf(all(...manifests)), 'shop', selector));
  test('must meet its labels and its expressions', () => {
    const pods = [workload({ name: 'a', labels: 'app: web, tier: x' }), workload({ name: 'b', labels: 'app: web' })];
    const matchExpressions = [{ key: 'tier', operator: 'Exists' }];
    expect(found({ matchLabels: { app: 'web' } }, ...pods)).toEqual(['a', 'b']);
    expect(found({ matchLabels: { app: 'web' }, matchExpressions }, ...pods)).toEqual(['a']);
    expect(found({ matchExpressions }, ...pods)).toEqual(['a']);
    expect(found({}, ...pods)).toEqual(['a', 'b']);
    expect(found({ matchLabels: { app: 'web', tier: 'y' } }, ...pods)).toEqual([]);
  });
  test('are none of a PodTemplate, and none of another namespace', () => {
    expect(found({ matchLabels: { app: 'web' } }, template('app: web'))).toEqual([]);
    expect(found({}, template('app: web'))).toEqual([]);
    expect(found({}, workload().replace('namespace: shop', 'namespace: other'))).toEqual([]);
    const world = worldOf(all(template('app: web'), workload({ name: 'api' })));
    expect(hasPodsMatching(world, 'shop', { matchLabels: { app: 'web' } })).toBe(false);
    expect(hasPodsMatching(world, 'shop', { matchLabels: { app: 'api' } })).toBe(true);
    expect(hasPodsMatching(worldOf(template('app: web')), 'shop', {})).toBe(false);
    expect(namespacesWithPods(worldOf(template('app: web')))).toEqual([]);
    expect(namespacesWithPods(world)).toEqual(['shop']);
  });
  test('are those of the Deployment, not of its ReplicaSet, unless only this has the labels', () => {
    const replicaSet =
      '{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-1, namespace: shop, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, controller: true }] }, spec: { template: { metadata: { labels: { app: web, track: old } }, spec: { containers: [{ name: a }] } } } }';
    expect(found({ matchLabels: { app: 'web' } }, workload(), replicaSet)).toEqual(['web']);
    expect(found({ matchLabels: { track: 'old' } }, workload(), replicaSet)).toEqual(['web-1']);
  });
  test('may be of any namespace', () => {
    const world = worldOf(
      all(
        template('app: web'),
        workload({ labels: 'app: web, tier: x' }).replace('namespace: shop', 'namespace: other'),
        workload({ name: 'api' }),
      ),
    );
    const anywhere = (selector: unknown) => podAnywhere(world, selector)?.resource.name;
    expect(anywhere({ matchLabels: { app: 'web' } })).toBe('web');
    expect(anywhere({ matchLabels: { app: 'web', tier: 'y' } })).toBeUndefined();
    expect(anywhere({ matchLabels: { app: 'api', tier: 'x' } })).toBeUndefined();
    expect(anywhere({ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] })).toBe('api');
    expect(podAnywhere(worldOf(template('app: web')), {})).toBeUndefined();
  });
});

describe('the labels of a single pod', () => {
  const set = (spec = 'replicas: 2') => workload({ name: 'db', kind: 'StatefulSet', labels: 'app: db', spec });
  const NAME = 'statefulset.kubernetes.io/pod-name';
  const INDEX = 'apps.kubernetes.io/pod-index';
  const has = (labels: Record<string, string>, ...manifests: string[]) => {
    const world = worldOf(all(...manifests));
    const selector = { matchLabels: labels };
    expect(podsMatching(world, 'shop', selector).length > 0).toBe(hasPodsMatching(world, 'shop', selector));
    return hasPodsMatching(world, 'shop', selector);
  };
  test('are those of a StatefulSet that has so many', () => {
    expect(has({ [INDEX]: '1' }, set())).toBe(true);
    expect(has({ [INDEX]: '2' }, set())).toBe(false);
    expect(has({ [NAME]: 'db-1', [INDEX]: '1' }, set())).toBe(true);
    expect(has({ [NAME]: 'db-1', [INDEX]: '0' }, set())).toBe(false);
    expect(has({ [NAME]: 'db-0', app: 'web' }, set())).toBe(false);
    expect(has({ [NAME]: 'db-4' }, set('replicas: 2\n  ordinals: { start: 3 }'))).toBe(true);
    expect(has({ [NAME]: 'db-2' }, set('replicas: 2\n  ordinals: { start: 3 }'))).toBe(false);
    expect(has({ [NAME]: 'db-5' }, set('replicas: 2\n  ordinals: { start: 3 }'))).toBe(false);
  });
  test('are not known to be missing where something else sets the replicas', () => {
    expect(has({ [NAME]: 'db-7' }, set(''))).toBe(true);
    expect(has({ [NAME]: 'db-x' }, set(''))).toBe(false);
  });
  test('may be written down by hand', () => {
    const pod = object('v1', 'Pod', 'one').replace(
      'namespace: shop }',
      `namespace: shop, labels: { ${NAME}: db-0 } }, spec: { containers: [{ name: a }] }`,
    );
    expect(has({ [NAME]: 'db-0' }, pod)).toBe(true);
    expect(has({ [NAME]: 'db-1' }, pod)).toBe(false);
    expect(has({ [NAME]: 'db-0', [INDEX]: '0' }, pod)).toBe(false);
  });
  test('select nothing but it: other conditions hold, too', () => {
    const world = worldOf(set());
    const selector = (key: string) => ({
      matchLabels: { [NAME]: 'db-0' },
      matchExpressions: [{ key, operator: 'Exists' }],
    });
    expect(namesOf(podsMatching(world, 'shop', selector('app')))).toEqual(['db']);
    expect(namesOf(podsMatching(world, 'shop', selector('tier')))).toEqual([]);
  });
});
