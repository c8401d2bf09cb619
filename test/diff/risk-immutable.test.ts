import { objectChanges } from '../../diff/objects';
import { worstOf } from '../../diff/risk/classes';
import { risksOf } from '../../diff/risk/classify';
import { worldOf } from '../checks/judging';
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

describe('what is made again by whoever applies it', () => {
  const withMeta = (manifest: string, meta: string) => manifest.replace('metadata: { ', `metadata: { ${meta}, `);
  const annotated = (annotations: string) => (image: string) => withMeta(job(image), `annotations: { ${annotations} }`);
  const sync = (options: string) => annotated(`argocd.argoproj.io/sync-options: '${options}'`);
  const hook = (policy: string) =>
    annotated(`argocd.argoproj.io/hook: PreSync, argocd.argoproj.io/hook-delete-policy: '${policy}'`);
  const ttl = (seconds: number) => (image: string) =>
    job(image).replace('spec: { ', `spec: { ttlSecondsAfterFinished: ${seconds}, `);
  const changeOf = (old: string, now: string) => {
    const [before, after] = [worldOf(old, { complete: true }), worldOf(now, { complete: true })];
    return { before, after, changes: objectChanges(before, after) };
  };
  const classesOf = (make: (image: string) => string) => [
    ...new Set(risksBetween([id], make('1.4.0'), make('1.5.0')).map((risk) => risk.class)),
  ];

  test.each<readonly [string, (image: string) => string, string]>([
    ['a name that the server makes', (image) => job(image).replace('name: web', 'generateName: web-'), 'in-place'],
    ['a hook without a policy', annotated('argocd.argoproj.io/hook: Sync'), 'in-place'],
    ['a hook that goes before', hook('BeforeHookCreation'), 'in-place'],
    ['a hook that goes when it has succeeded', hook('HookSucceeded'), 'in-place'],
    ['a hook that goes only when it has failed', hook('HookFailed'), 'immutable'],
    ['a hook of Helm', annotated('helm.sh/hook: pre-upgrade'), 'in-place'],
    ['Replace alone, which is an update', sync('Replace=true'), 'immutable'],
    ['Force and Replace', sync('Force=true, Replace=true'), 'restart'],
    ['Force alone', sync('Force=true'), 'restart'],
    ['Force with server-side apply, which does not delete', sync('Force=true,ServerSideApply=true'), 'immutable'],
    ['an option that says no', sync('Force=false,Replace=true'), 'immutable'],
    ['Flux told to', annotated('kustomize.toolkit.fluxcd.io/force: Enabled'), 'restart'],
    ['Flux told not to', annotated('kustomize.toolkit.fluxcd.io/force: disabled'), 'immutable'],
    ['a Job that goes at once', ttl(0), 'in-place'],
    ['a Job that goes within the hour', ttl(300), 'in-place'],
    ['a Job that goes after just an hour', ttl(3600), 'in-place'],
    ['a Job that may be there for longer than that', ttl(3601), 'immutable'],
    ['a Job that stays for a week', ttl(604_800), 'immutable'],
  ])('%s', (_, make, expected) => {
    // What takes effect as everybody expects is told by another rule.
    expect([[], [expected]].slice(expected === 'in-place' ? 0 : 1)).toContainEqual(classesOf(make));
    const worst = worstOf(risksOf(changeOf(make('1.4.0'), make('1.5.0'))).map((risk) => risk.class));
    expect(worst).toBe(expected);
  });
  test('the time to live that counts is that of the Job that is there', () => {
    expect(risksBetween([id], job('1.4.0'), ttl(60)('1.5.0')).map((risk) => risk.class)).toContain('immutable');
    expect(messagesOf(id, ttl(604_800)('1.4.0'), ttl(604_800)('1.5.0'))[0]).toBe(
      'the API server refuses it as long as the earlier Job is there, which goes 604800 s after its end: field is immutable',
    );
  });
  test('a hook that one that has failed stands in the way of is told, and one that always goes is not', () => {
    const found = (policy: string) => messagesOf(id, hook(policy)('1.4.0'), hook(policy)('1.5.0'));
    expect(found('HookSucceeded')[0]).toMatch(/only one that has failed stands in the way$/);
    expect(found('BeforeHookCreation')).toEqual([]);
  });
  test('Replace of a definition is an update, which is refused; Force alone deletes it with all of its objects', () => {
    const definition = (options: string) => (scope: string) =>
      `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: widgets.example.com, annotations: { argocd.argoproj.io/sync-options: '${options}' } }, spec: { group: example.com, scope: ${scope}, names: { kind: Widget, plural: widgets }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] } }`;
    const classes = (options: string) => {
      const make = definition(options);
      return [...new Set(risksBetween([id], make('Namespaced'), make('Cluster')).map((risk) => risk.class))];
    };
    expect(classes('Force=true,Replace=true')).toEqual(['immutable']);
    expect(classes('Force=true')).toEqual(['data-loss']);
  });
  test('what a deleted object holds goes with it', () => {
    const claim = (size: string) =>
      `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop, annotations: { argocd.argoproj.io/sync-options: Force=true } }, spec: { accessModes: [ReadWriteOnce], storageClassName: ${size}, resources: { requests: { storage: 1Gi } } } }`;
    const [found] = risksBetween([id], claim('fast'), claim('slow'));
    expect(found).toMatchObject({ class: 'data-loss', message: expect.stringMatching(/Argo CD deletes it/) });
  });
  test.each([
    ['a Job of another name', job('1.4.0'), job('1.5.0').replace('name: web,', 'name: web-2,')],
    [
      'a Job with another generateName',
      job('1.4.0').replace('name: web,', 'generateName: web-,'),
      job('1.4.0').replace('name: web,', 'generateName: shop-,'),
    ],
  ])('%s is no object that has to be made again', (_, before, after) => {
    expect(risksBetween([id], before, after).map((risk) => risk.class)).toEqual(['in-place']);
  });
});
