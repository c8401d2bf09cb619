import { wayBack } from '../../report/diff/rollout';
import { allOf, classed, messagesOf, risksBetween, workloadOf, worstClass } from './risks';
import { fleetOfTexts } from './told';

const id = 'manifest-refused';
const SCHEDULE = workloadOf({ kind: 'CronJob', spec: "schedule: '0 3 * * *'", pod: 'restartPolicy: Never' });
const hpa = (bounds: string) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds} } }`;

describe('what the API server does not take', () => {
  test.each([
    ['a field that it does not know', workloadOf(), workloadOf({ container: 'resource: {}' }), 'resource'],
    ['a quantity', workloadOf(), workloadOf({ container: "resources: { limits: { memory: '128MB' } }" }), 'resources'],
    ['a port', workloadOf(), workloadOf({ container: 'ports: [{ containerPort: 80800 }]' }), 'ports'],
    [
      'the same name twice',
      workloadOf({ container: 'ports: [{ name: http, containerPort: 8080 }]' }),
      workloadOf({ container: 'ports: [{ name: http, containerPort: 8080 }, { name: http, containerPort: 8081 }]' }),
      'ports[8081]',
    ],
    [
      'a volume that is not there',
      workloadOf(),
      workloadOf({ container: 'volumeMounts: [{ name: x, mountPath: /x }]' }),
      'volumeMounts',
    ],
    [
      'more requested than the limit',
      workloadOf(),
      workloadOf({ container: 'resources: { requests: { cpu: 2 }, limits: { cpu: 1 } }' }),
      'resources',
    ],
  ])('%s', (_, before, after, at) => {
    expect(classed(id, before, after)).toEqual([
      `immutable Deployment/shop/web spec.template.spec.containers[web].${at}`,
    ]);
    expect(classed(id, after, before)).toEqual([]);
    expect(worstClass(before, after)).toBe('immutable');
    // Nothing is rolled out, and nothing takes effect.
    const all = risksBetween(['pod-template-changed', 'applied-in-place', id], before, after);
    expect(all.map(({ rule }) => rule)).toEqual([id]);
  });
  test('a schedule, a label, the bounds of an autoscaler', () => {
    expect(classed(id, SCHEDULE, SCHEDULE.replace('* * *', '* * 8'))).toEqual([
      'immutable CronJob/shop/web spec.schedule',
    ]);
    const labelled = workloadOf().replace('namespace: shop', "namespace: shop, labels: { team: 'Team A' }");
    expect(classed(id, workloadOf(), labelled)).toEqual(['immutable Deployment/shop/web metadata.labels.team']);
    expect(classed(id, hpa('minReplicas: 2, maxReplicas: 5'), hpa('minReplicas: 8, maxReplicas: 5'))).toHaveLength(1);
    expect(classed(id, hpa('minReplicas: 2, maxReplicas: 5'), hpa('minReplicas: 5, maxReplicas: 5'))).toEqual([]);
  });
  test('a fault that was there before is not brought by the change, wherever its entry stands now', () => {
    const two = (names: string) => workloadOf({ more: names, container: 'imagePullPolicy: Sometimes' });
    const side = "{ name: side, image: 'example.com/side:1.0.0' }";
    expect(classed(id, two(''), two(side))).toEqual([]);
    const wrong = "{ name: side, image: 'example.com/side:1.0.0', imagePullPolicy: Sometimes }";
    expect(classed(id, two(side), two(wrong))).toHaveLength(1);
  });
  test('a new object, and one of a kind that a definition makes', () => {
    expect(classed(id, '', workloadOf({ container: 'imagePullPolicy: Sometimes' }))).toEqual([
      'immutable Deployment/shop/web',
    ]);
    const definition =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: buckets.example.com }, spec: { group: example.com, scope: Namespaced, names: { kind: Bucket, plural: buckets, singular: bucket, listKind: BucketList }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: integer, maximum: 5 } } } } } } }] } }';
    const bucket = (size: number) =>
      allOf(
        definition,
        `{ apiVersion: example.com/v1, kind: Bucket, metadata: { name: b, namespace: shop }, spec: { size: ${size} } }`,
      );
    expect(classed(id, bucket(5), bucket(6))).toEqual(['immutable Bucket/shop/b spec.size']);
    expect(classed(id, bucket(6), bucket(5))).toEqual([]);
  });
  test('what a Secret holds is not repeated', () => {
    const secret = (data: string) =>
      `{ apiVersion: v1, kind: Secret, metadata: { name: s, namespace: shop }, data: { token: '${data}' } }`;
    const [message] = messagesOf(id, secret('aHVudGVyMg=='), secret('hunter2!hunter2!'));
    expect(message).toMatch(/its value is not valid/);
    expect(message).not.toMatch(/hunter2/);
  });
  test('the template of a StatefulSet is validated since 1.34; before, its pods are refused', () => {
    const node = (version: string) =>
      `{ apiVersion: v1, kind: Node, metadata: { name: n }, status: { nodeInfo: { kubeletVersion: ${version} } } }`;
    const set = (policy: string) =>
      workloadOf({ kind: 'StatefulSet', spec: 'serviceName: web', container: `imagePullPolicy: ${policy}` });
    const at = ' StatefulSet/shop/web spec.template.spec.containers[web].imagePullPolicy';
    expect(classed(id, set('Always'), set('Sometimes'), node('v1.35.0'))).toEqual([`immutable${at}`]);
    expect(classed(id, set('Always'), set('Sometimes'), node('v1.30.0'))).toEqual([`disruption${at}`]);
  });
  test('a variable that is called like a secret is not repeated', () => {
    const [message] = messagesOf(
      id,
      workloadOf(),
      workloadOf({ container: 'env: [{ name: PASSWORD, value: 31415926 }]' }),
    );
    expect(message).toMatch(/its value is not valid/);
    expect(message).not.toMatch(/31415926/);
  });
  test('what is not stored has no other effect; what only some ways of applying it refuse has all', () => {
    const [two, three] = [workloadOf({ spec: 'replicas: 2' }), workloadOf({ spec: "replicas: '3'" })];
    const ids = [id, 'replicas-changed', 'redundancy-lost', 'pod-template-changed'];
    expect(risksBetween(ids, two, three).map(({ rule }) => rule)).toEqual([id]);
    const twice = workloadOf({ container: 'env: [{ name: A, value: a }, { name: A, value: b }]' });
    expect(risksBetween(ids, workloadOf(), twice).map(({ rule }) => rule)).toEqual([id, 'pod-template-changed']);
  });
  test('a selector of a StatefulSet takes another name', () => {
    const set = (app: string) =>
      workloadOf({ kind: 'StatefulSet', spec: 'serviceName: web' }).replaceAll('app: web', `app: ${app}`);
    expect(risksBetween(['immutable-field'], set('web'), set('api'))[0]!.advice).toMatch(/^make it under another name/);
    const named = (name: string) => set('web').replace('serviceName: web', `serviceName: ${name}`);
    expect(risksBetween(['immutable-field'], named('web'), named('api'))[0]!.advice).toMatch(/--cascade=orphan/);
  });
  test('the way back has nothing to undo', () => {
    const fleet = fleetOfTexts(workloadOf(), workloadOf({ container: 'resource: {}' }));
    expect(wayBack(fleet)).toBe('revert it; 1 change does nothing where the API server refuses what is written');
  });
});

describe('schedules that never run', () => {
  const at = (schedule: string) => SCHEDULE.replace('0 3 * * *', schedule);
  test.each(['0 0 31 2 *', '0 0 30 feb *', '0 0 31 4,6,9,11 ?', '0 0 31 2 */1', '0 0 30-31 2 *'])('%s', (schedule) => {
    expect(classed('schedule-changed', SCHEDULE, at(schedule))).toEqual(['disruption CronJob/shop/web spec.schedule']);
    expect(classed('schedule-changed', '', at(schedule))).toEqual(['disruption CronJob/shop/web']);
    expect(classed('schedule-changed', at(schedule), SCHEDULE)).toEqual(['in-place CronJob/shop/web spec.schedule']);
  });
  // A day of the week beside it does, and so does a leap year.
  test.each(['0 0 31 2 1', '0 0 29 2 *', '0 0 31 2,3 *', '0 0 */30 2 *', '0 0 31 2 */2', '@monthly', '0 0 31 * *'])(
    '%s runs',
    (schedule) => {
      expect(classed('schedule-changed', SCHEDULE, at(schedule))).toEqual(['in-place CronJob/shop/web spec.schedule']);
    },
  );
});

describe('revert-refused', () => {
  const config = (kind: string, more: string) =>
    `{ apiVersion: v1, kind: ${kind}, metadata: { name: web, namespace: shop }, ${kind === 'Secret' ? 'stringData' : 'data'}: { a: b }${more} }`;
  test.each(['ConfigMap', 'Secret'])('a %s that is made immutable', (kind) => {
    const [was, is] = [config(kind, ''), config(kind, ', immutable: true')];
    expect(classed('revert-refused', was, is)).toEqual([`in-place ${kind}/shop/web immutable`]);
    expect(wayBack(fleetOfTexts(was, is))).toBe(
      `revert it; the API server refuses the way back of ${kind}/shop/web, unless it is deleted and created again`,
    );
    expect(classed('revert-refused', is, was)).toEqual([]);
    expect(worstClass(is, was)).toBe('immutable');
    expect(worstClass(is, is.replace('a: b', 'a: c'))).toBe('immutable');
  });
  test('a claim that grows does not get smaller', () => {
    const claim = (size: string) =>
      `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: u, namespace: shop }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }`;
    expect(classed('revert-refused', claim('5Gi'), claim('6Gi'))).toEqual([]);
    expect(wayBack(fleetOfTexts(claim('5Gi'), claim('6Gi')))).toBe(
      'revert it; PersistentVolumeClaim/shop/u does not get smaller again',
    );
  });
});

describe('a headless Service', () => {
  const service = (address: string) =>
    `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ${address}selector: { app: web }, ports: [{ port: 80 }] } }`;
  test('gets an address only when it is made again, and loses it so', () => {
    const [none, own] = [service('clusterIP: None, '), service('')];
    expect(messagesOf('immutable-field', none, own)[0]).toMatch(/^it stays without an address/);
    expect(classed('immutable-field', own, none)).toEqual(['immutable Service/shop/web spec.clusterIP']);
    // An address that a manifest names no more stays as it is.
    expect(worstClass(service('clusterIP: 10.0.0.7, '), own)).toBe('no-effect');
  });
});

describe('sizes of claim templates', () => {
  const set = (size: string, grows: string) =>
    allOf(
      `{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: db, namespace: shop }, spec: { serviceName: db, selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: 'example.com/db:1.0.0' }] } }, volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }] } }`,
      ...(grows === ''
        ? []
        : [
            `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: fast }, provisioner: ebs.csi.aws.com, allowVolumeExpansion: ${grows} }`,
          ]),
    );
  const adviceOf = (from: string, to: string, grows: string) =>
    risksBetween(['immutable-field'], set(from, grows), set(to, grows)).map(({ advice }) => advice);
  test('a smaller one takes a new set, a larger one larger claims, if they may grow', () => {
    expect(adviceOf('5Gi', '4Gi', 'true')).toEqual([
      expect.stringMatching(/^no claim gets smaller: make a set of another name/),
    ]);
    expect(adviceOf('5Gi', '6Gi', 'true')).toEqual([expect.stringMatching(/^set the new size on each claim by hand/)]);
    expect(adviceOf('5Gi', '6Gi', 'false')).toEqual([expect.stringMatching(/^its StorageClass lets no claim grow/)]);
    expect(adviceOf('5Gi', '6Gi', '')).toEqual([expect.stringMatching(/^make sure that the StorageClass/)]);
  });
});
