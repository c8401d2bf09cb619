import { allOf, classed, messagesOf, risksBetween, workloadOf } from './risks';

describe('requests-changed', () => {
  const id = 'requests-changed';
  const of = (resources: string) => workloadOf({ spec: 'replicas: 3', container: `resources: { ${resources} }` });
  test('a limit that goes, with the pods that it is about', () => {
    expect(messagesOf(id, of('limits: { cpu: 1 }'), of('requests: { memory: 1Gi }'))).toEqual([
      'web asks for 1Gi of memory in place of no request, in each of 3 pods',
      'web is held to no limit of cpu in place of 1, in each of 3 pods',
    ]);
  });
  test('room is asked for where the scheduler looks at it: a limit alone is a request', () => {
    const advice = (before: string, after: string) =>
      risksBetween([id], of(before), of(after)).map((risk) => risk.advice);
    const [asked, other] = ['requests: { cpu: 100m, memory: 1Gi }', 'requests: { cpu: 100m }'];
    expect(advice(`${asked}, limits: { cpu: 1 }`, `${asked}, limits: { cpu: 2 }`)).toEqual([
      expect.stringMatching(/throttled/),
    ]);
    expect(advice(`${asked}, limits: { memory: 1Gi }`, asked)).toEqual([expect.stringMatching(/fills the node/)]);
    expect(advice(`${other}, limits: { memory: 1Gi }`, `${other}, limits: { memory: 2Gi }`)).toEqual([
      expect.stringMatching(/plan capacity/),
    ]);
    expect(advice('limits: { nvidia.com/gpu: 1 }', 'limits: { nvidia.com/gpu: 2 }')[0]).toMatch(/plan capacity/);
    expect(advice('requests: { cpu: 1 }', 'requests: { cpu: 2 }')[0]).toMatch(/plan capacity/);
  });
  test('of an init container and of a CronJob', () => {
    const init = (cpu: string) =>
      workloadOf({
        pod: `initContainers: [{ name: i, image: 'example.com/i:1.0.0', resources: { requests: { cpu: ${cpu} } } }]`,
      });
    expect(classed(id, init('1'), init('2'))).toEqual([
      'capacity Deployment/shop/web spec.template.spec.initContainers[i].resources.requests.cpu',
    ]);
    const job = (memory: string) =>
      workloadOf({
        kind: 'CronJob',
        spec: "schedule: '0 1 * * *'",
        container: `resources: { requests: { memory: ${memory} } }`,
      });
    expect(classed(id, job('1Gi'), job('2Gi'))).toHaveLength(1);
    expect(classed(id, job('1Gi'), job('1024Mi'))).toEqual([]);
  });
});

describe('autoscaling-bounds', () => {
  const keda = (spec: string) =>
    `{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, ${spec} } }`;
  test('KEDA’s, one that comes and one that goes', () => {
    expect(classed('autoscaling-bounds', keda('maxReplicaCount: 5'), keda('maxReplicaCount: 9'))).toEqual([
      'capacity ScaledObject/shop/web spec.maxReplicaCount',
    ]);
    expect(classed('autoscaling-bounds', '', keda('maxReplicaCount: 5'))).toEqual(['capacity ScaledObject/shop/web']);
    expect(messagesOf('autoscaling-bounds', keda('maxReplicaCount: 5'), '')[0]).toMatch(/stays as it is now/);
  });
  const hpa = (bounds: string) =>
    `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds} } }`;
  test.each([
    [
      'less at least',
      hpa('minReplicas: 4, maxReplicas: 9'),
      hpa('minReplicas: 2, maxReplicas: 9'),
      '2 pods at least, and 4 before: when there is little to do, fewer',
      'how fast load comes',
    ],
    [
      'one at least',
      hpa('minReplicas: 2, maxReplicas: 9'),
      hpa('maxReplicas: 9'),
      '1 pod at least, and 2 before: when there is little to do, whatever ends that pod',
      'how fast load comes',
    ],
    [
      'none at least',
      keda('minReplicaCount: 1'),
      keda('minReplicaCount: 0'),
      '0 pods at least, and 1 before: when there is nothing to do none runs',
      'how fast load comes',
    ],
    [
      'more at least',
      keda('pollingInterval: 30'),
      keda('pollingInterval: 30, minReplicaCount: 2'),
      '2 pods at least, and 0 before: they run',
      'ask whether they fit on the nodes',
    ],
    [
      'more at most',
      hpa('minReplicas: 2, maxReplicas: 5'),
      hpa('minReplicas: 2, maxReplicas: 9'),
      '9 pods at most, and 5 before: so many may',
      'whether the maximum fits',
    ],
    [
      'less at most',
      keda('cooldownPeriod: 30'),
      keda('cooldownPeriod: 30, maxReplicaCount: 9'),
      '9 pods at most, and 100 before: what is beyond',
      'when there was most to do',
    ],
    [
      'something else',
      hpa('maxReplicas: 5'),
      hpa('maxReplicas: 5, behavior: { scaleDown: { selectPolicy: Disabled } }'),
      'another number of pods',
      'before and after',
    ],
  ])('%s', (_, before, after, message, advice) => {
    const found = risksBetween(['autoscaling-bounds'], before, after);
    expect(found.map((risk) => [risk.message, risk.advice])).toEqual([
      [expect.stringContaining(message), expect.stringContaining(advice)],
    ]);
    expect(found.map((risk) => risk.class)).toEqual(['capacity']);
  });
});

describe('quota-changed', () => {
  const limits = (cpu: string) =>
    `{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, default: { cpu: ${cpu} } }] } }`;
  test('a LimitRange, and a quota that goes', () => {
    expect(classed('quota-changed', limits('1'), limits('2'))).toEqual(['capacity LimitRange/shop/l spec.limits']);
    expect(classed('quota-changed', limits('1'), limits('1000m'))).toEqual([]);
    const quota =
      "{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { hard: { pods: '9' } } }";
    expect(messagesOf('quota-changed', quota, '')).toEqual(['the namespace may take whatever the nodes have']);
  });
});

describe('storage-grown', () => {
  const claim = (size: string) =>
    `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: u, namespace: shop }, spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }`;
  const storageClass = (grows: boolean) =>
    `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: fast }, provisioner: ebs.csi.aws.com, allowVolumeExpansion: ${grows} }`;
  test('a class that does not allow it refuses it', () => {
    expect(
      classed('storage-grown', allOf(claim('5Gi'), storageClass(false)), allOf(claim('6Gi'), storageClass(false))),
    ).toEqual(['immutable PersistentVolumeClaim/shop/u spec.resources.requests.storage']);
  });
  test('of a class that is not known, and not the other way round, which is refused', () => {
    expect(messagesOf('storage-grown', claim('5Gi'), claim('6Gi'))[0]).toMatch(
      /whether its class allows it is not known/,
    );
    expect(classed('storage-grown', claim('6Gi'), claim('5Gi'))).toEqual([]);
    expect(
      classed('storage-grown', claim('6Gi'), claim('6Gi').replace('name: u', 'labels: { a: b }, name: u')),
    ).toEqual([]);
  });
});

describe('operated-volume-kept', () => {
  const id = 'operated-volume-kept';
  const of = (size: string, more = '', kind = 'Prometheus', group = 'monitoring.coreos.com') =>
    `{ apiVersion: ${group}/v1, kind: ${kind}, metadata: { name: m, namespace: shop }, spec: { ${more}storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: ${size} } } } } } } }`;
  test.each([
    ['larger', of('6Gi'), of('12Gi'), 'capacity', 'keep 6Gi; 12Gi holds for new ones'],
    ['smaller', of('12Gi'), of('6Gi'), 'capacity', 'keep 12Gi; 6Gi holds for new ones'],
    ['of Alertmanager', of('1Gi', '', 'Alertmanager'), of('2Gi', '', 'Alertmanager'), 'capacity', 'keep 1Gi'],
    ['kept longer', of('6Gi'), of('12Gi', 'retentionSize: 9830MB, '), 'disruption', 'before there are 9830MB'],
    ['kept as long as fits', of('6Gi'), of('12Gi', 'retentionSize: 5GB, '), 'capacity', 'keep 6Gi'],
    ['without a bound', of('6Gi'), of('12Gi', "retentionSize: '0', "), 'capacity', 'keep 6Gi'],
  ])('%s', (_, before, after, expected, message) => {
    expect(classed(id, before, after)).toEqual([expect.stringMatching(`^${expected} `)]);
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
  });
  test.each([
    ['the same', of('6Gi'), of('6144Mi')],
    [
      'a kind of somebody else',
      of('6Gi', '', 'Prometheus', 'example.com'),
      of('12Gi', '', 'Prometheus', 'example.com'),
    ],
    ['new', '', of('12Gi')],
  ])('not: %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});

describe('schedule-changed', () => {
  const job = (spec: string) =>
    workloadOf({ kind: 'CronJob', spec: `schedule: '0 1 * * *'${spec}`, pod: 'restartPolicy: Never' });
  test('whether it runs, both ways, and by which clock', () => {
    const [runs, rests] = [job(', suspend: false'), job(', suspend: true')];
    expect(messagesOf('schedule-changed', runs, rests)).toEqual(['it runs no more until somebody resumes it']);
    expect(messagesOf('schedule-changed', rests, runs)).toEqual(['it runs again; what it missed it may run at once']);
    expect(classed('schedule-changed', job(''), job(', timeZone: Europe/Berlin'))).toEqual([
      'in-place CronJob/shop/web spec.timeZone',
    ]);
  });
});

describe('replicas-changed', () => {
  const id = 'replicas-changed';
  const scaler = (kind: string, spec: string) =>
    `{ apiVersion: ${kind === 'ScaledObject' ? 'keda.sh/v1alpha1' : 'autoscaling/v2'}, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${spec} } }`;
  const hpa = scaler('HorizontalPodAutoscaler', 'minReplicas: 2, maxReplicas: 9');
  const web = (replicas: string) => workloadOf({ spec: replicas });
  test('of one pod it speaks of one pod', () => {
    expect(messagesOf(id, web('replicas: 2'), web('replicas: 3'))).toEqual(['1 more pod']);
    expect(messagesOf(id, web('replicas: 5'), web('replicas: 3'))).toEqual(['2 fewer pods']);
  });
  test.each([
    ['a HorizontalPodAutoscaler', hpa],
    ['a ScaledObject', scaler('ScaledObject', 'maxReplicaCount: 9')],
  ])('a number beside %s holds until that sets its own', (_, autoscaler) => {
    const [message] = messagesOf(id, allOf(web(''), autoscaler), allOf(web('replicas: 3'), autoscaler));
    expect(message).toMatch(/^each time it is applied its pods are set to 3, whatever (Horiz|Scaled)/);
    expect(messagesOf(id, allOf(web('replicas: 4'), autoscaler), allOf(web('replicas: 1'), autoscaler))).toEqual([
      expect.stringMatching(/^each time it is applied its pods are set to 1, /),
    ]);
  });
  test('a number that is left to the autoscaler changes nothing by itself', () => {
    expect(classed(id, allOf(web('replicas: 3'), hpa), allOf(web(''), hpa))).toEqual([]);
    // An autoscaler of something else sets nothing here.
    expect(classed(id, allOf(web('replicas: 3'), hpa.replaceAll('name: web', 'name: api')), web(''))).toHaveLength(1);
  });
});

describe('Jobs', () => {
  const job = (spec: string) => workloadOf({ kind: 'Job', spec, pod: 'restartPolicy: Never' });
  test('so many pods at once: never more than there are to complete', () => {
    const told = (was: string, is: string) => messagesOf('replicas-changed', job(was), job(is));
    expect(told('completions: 9, parallelism: 2', 'completions: 9, parallelism: 5')).toEqual(['3 more pods at once']);
    expect(told('completions: 9, parallelism: 2', 'completions: 9, parallelism: 1')).toEqual(['1 fewer pod at once']);
    expect(told('completions: 3, parallelism: 3', 'completions: 3, parallelism: 9')).toEqual([]);
    expect(classed('replicas-changed', job('parallelism: 2'), job('parallelism: 0'))).toEqual([
      'disruption Job/shop/web spec.parallelism',
    ]);
    const cron = (spec: string) =>
      workloadOf({ kind: 'CronJob', spec: "schedule: '0 1 * * *'" }).replace(
        'jobTemplate: { spec: {',
        `jobTemplate: { spec: { ${spec},`,
      );
    expect(messagesOf('replicas-changed', cron('parallelism: 2'), cron('parallelism: 3'))).toEqual([
      'each run: 1 more pod at once',
    ]);
  });
  test('one that is suspended loses the pods that run', () => {
    const id = 'schedule-changed';
    expect(classed(id, job('suspend: false'), job('suspend: true'))).toEqual(['disruption Job/shop/web spec.suspend']);
    expect(classed(id, job('suspend: true'), job('suspend: false'))).toEqual(['in-place Job/shop/web spec.suspend']);
    expect(classed(id, job('suspend: false'), job('suspend: false, ttlSecondsAfterFinished: 60'))).toEqual([]);
  });
});
