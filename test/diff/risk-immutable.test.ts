import { classed, messagesOf, risksBetween, workloadOf } from './risks';

const id = 'immutable-field';
const set = (size: string, more = '') =>
  workloadOf({
    kind: 'StatefulSet',
    spec: `serviceName: web, ${more}volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }]`,
  });
const service = (spec: string) =>
  `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ${spec}, ports: [{ port: 80 }] } }`;
const config = (data: string, more = '') =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: web, namespace: shop }, data: { a: ${data} }${more} }`;
const binding = (role: string) =>
  `{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: b, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${role} }, subjects: [{ kind: User, name: a }] }`;
const job = (image: string) => workloadOf({ kind: 'Job', pod: 'restartPolicy: Never' }).replace('1.4.0', image);

describe('what the API server refuses', () => {
  test.each([
    ['the template of a Job', job('1.4.0'), job('1.5.0'), 'spec.template'],
    ['the claims of a StatefulSet', set('5Gi'), set('10Gi'), 'spec.volumeClaimTemplates'],
    [
      'how a StatefulSet starts its pods',
      set('5Gi'),
      set('5Gi', 'podManagementPolicy: Parallel, '),
      'spec.podManagementPolicy',
    ],
    ['an address that becomes none', service('clusterIP: 10.0.0.7'), service('clusterIP: None'), 'spec.clusterIP'],
    ['the role of a binding', binding('a'), binding('b'), 'roleRef'],
    ['an immutable ConfigMap', config('one', ', immutable: true'), config('two', ', immutable: true'), 'data'],
    ['a StatefulSet with other labels', set('5Gi'), set('5Gi').replaceAll('app: web', 'app: wob'), 'spec.selector'],
  ])('%s', (_, before, after, field) => {
    const found = classed(id, before, after);
    expect(found.length).toBeGreaterThan(0);
    for (const place of found) expect(place).toMatch(new RegExp(`^immutable \\S+ ${field}`));
  });
  test.each([
    [
      'the template of a StatefulSet',
      workloadOf({ kind: 'StatefulSet', spec: 'serviceName: web' }),
      workloadOf({ kind: 'StatefulSet', spec: 'serviceName: web', pod: 'hostname: a' }),
    ],
    [
      'the schedule of a CronJob',
      workloadOf({ kind: 'CronJob', spec: "schedule: '0 1 * * *'" }),
      workloadOf({ kind: 'CronJob', spec: "schedule: '0 2 * * *'" }),
    ],
    ['a ConfigMap that becomes immutable', config('one'), config('one', ', immutable: true')],
    ['how many runs of a Job may fail', job('1.4.0'), job('1.4.0').replace('spec: { ', 'spec: { backoffLimit: 3, ')],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});

test('what to do depends on the kind, and for claims on the field', () => {
  const adviceOf = (before: string, after: string) => risksBetween([id], before, after)[0]?.advice;
  expect(adviceOf(set('5Gi'), set('10Gi'))).toMatch(/kubectl patch pvc/);
  expect(adviceOf(set('5Gi'), set('5Gi', 'podManagementPolicy: Parallel, '))).toMatch(/--cascade=orphan/);
  expect(adviceOf(job('1.4.0'), job('1.5.0'))).toMatch(/another name/);
});

test('a renamed object takes nothing over', () => {
  const other = workloadOf({ name: 'shop' });
  expect(messagesOf(id, workloadOf({ name: 'web' }), other)).toEqual([
    'is a new object: the old one is removed, and nothing of its state is taken over',
  ]);
});
