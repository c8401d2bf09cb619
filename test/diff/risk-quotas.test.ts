import { allOf, classed, messagesOf, workloadOf } from './risks';

const id = 'quota-refuses';
const quota = (hard: string, more = '') =>
  `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { hard: { ${hard} }${more} } }`;
const limits = (items: string) =>
  `{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, ${items} }] } }`;
const SURGES = 'strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }';
const web = (replicas: number, cpu: string, more = SURGES) =>
  workloadOf({ spec: `replicas: ${replicas}, ${more}`, container: `resources: { requests: { cpu: ${cpu} } }` });
const hpa = (bounds: string) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds} } }`;
const WEB = web(3, '500m');
const CPU = 'spec.hard["requests.cpu"]';

describe('a quota', () => {
  test('that comes, or is lowered, below what the pods need', () => {
    expect(classed(id, WEB, allOf(WEB, quota("requests.cpu: '1'")))).toEqual(['disruption ResourceQuota/shop/q']);
    expect(messagesOf(id, allOf(WEB, quota("requests.cpu: '4'")), allOf(WEB, quota("requests.cpu: '1'")))[0]).toMatch(
      /^the pods of Deployment\/shop\/web need 1500m of requests.cpu, and the quota is 1: 1 of 3 pods is refused/,
    );
    expect(classed(id, allOf(WEB, quota("requests.cpu: '1'")), allOf(WEB, quota("requests.cpu: '4'")))).toEqual([]);
    expect(classed(id, allOf(WEB, quota("requests.cpu: '4'")), WEB)).toEqual([]);
  });
  test('that leaves no room for the surge of a rollout', () => {
    const at = (cpu: string, strategy = SURGES) => allOf(web(3, '500m', strategy), quota(`requests.cpu: '${cpu}'`));
    expect(classed(id, at('2'), at('1500m'))).toEqual([`disruption ResourceQuota/shop/q ${CPU}`]);
    expect(messagesOf(id, at('2'), at('1500m'))[0]).toMatch(/a rollout of Deployment\/shop\/web does not progress/);
    // One that stops a pod first needs none.
    const first = 'strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }';
    expect(classed(id, at('2', first), at('1500m', first))).toEqual([]);
    // What did not fit before is no news, unless more of it does not.
    expect(classed(id, at('1'), at('1000m'))).toEqual([]);
    expect(classed(id, at('1'), at('500m'))).toHaveLength(1);
    expect(classed(id, at('1'), at('1').replaceAll('namespace: shop', 'namespace: shop, labels: { team: a }'))).toEqual(
      [],
    );
  });
  test('that more pods, or larger ones, do not fit in', () => {
    const at = (replicas: number, cpu: string) => allOf(web(replicas, cpu), quota("requests.cpu: '2'"));
    expect(classed(id, at(3, '500m'), at(6, '500m'))).toEqual(['disruption Deployment/shop/web spec.replicas']);
    expect(classed(id, at(3, '500m'), at(3, '1'))).toHaveLength(1);
    expect(classed(id, at(6, '500m'), at(3, '500m'))).toEqual([]);
  });
  test('under an autoscaler: more at the most takes nothing away, a lower quota does', () => {
    const at = (most: number, cpu: string) =>
      allOf(web(2, '500m'), hpa(`minReplicas: 2, maxReplicas: ${most}`), quota(`requests.cpu: '${cpu}'`));
    expect(classed(id, at(4, '3'), at(9, '3'))).toEqual(['capacity HorizontalPodAutoscaler/shop/web spec.maxReplicas']);
    expect(classed(id, at(9, '5'), at(9, '3'))).toEqual([`disruption ResourceQuota/shop/q ${CPU}`]);
    expect(classed(id, at(9, '3'), at(4, '3'))).toEqual([]);
  });
  test('that containers have to state what they do not', () => {
    expect(messagesOf(id, WEB, allOf(WEB, quota("limits.memory: '9Gi'")))).toEqual([
      'no new pod of Deployment/shop/web is admitted: ResourceQuota q refuses what its containers do not state (must specify limits.memory for: web)',
    ]);
    const [with_, without] = [
      allOf(WEB, quota("limits.memory: '9Gi'"), limits('default: { memory: 1Gi }')),
      allOf(WEB, quota("limits.memory: '9Gi'")),
    ];
    expect(classed(id, with_, without)).toEqual(['disruption LimitRange/shop/l']);
    expect(classed(id, without, with_)).toEqual([]);
  });
  test('of scopes that mean other pods', () => {
    const best = quota("pods: '1'", ', scopes: [BestEffort]');
    expect(classed(id, WEB, allOf(WEB, best))).toEqual([]);
    expect(
      classed(id, workloadOf({ spec: 'replicas: 3' }), allOf(workloadOf({ spec: 'replicas: 3' }), best)),
    ).toHaveLength(1);
  });
  test('of objects', () => {
    const service =
      '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ports: [{ port: 80 }] } }';
    expect(messagesOf(id, allOf(WEB, service), allOf(WEB, service, quota("services: '0'")))[0]).toMatch(
      /^the manifests hold 1 of services and the quota is 0/,
    );
    expect(classed(id, allOf(WEB, quota("services: '0'")), allOf(WEB, quota("services: '0'"), service))).toEqual([
      'disruption Service/shop/web',
    ]);
    expect(classed(id, WEB, allOf(WEB, service, quota("services: '1'")))).toEqual([]);
  });
  test('pods of a Job that are larger than it; a new workload interrupts nothing', () => {
    const job = workloadOf({
      kind: 'CronJob',
      spec: "schedule: '0 3 * * *'",
      pod: 'restartPolicy: Never',
      container: 'resources: { requests: { cpu: 4 } }',
    });
    expect(messagesOf(id, job, allOf(job, quota("requests.cpu: '2'")))[0]).toMatch(
      /^no pod of CronJob\/shop\/web is admitted: one needs 4/,
    );
    const other = workloadOf({ name: 'api' });
    expect(classed(id, allOf(WEB, quota("requests.cpu: '9'")), allOf(WEB, quota("requests.cpu: '9'"), other))).toEqual([
      'capacity Deployment/shop/api',
    ]);
  });
  test('of another namespace', () => {
    expect(
      classed(id, WEB, allOf(WEB, quota("requests.cpu: '1'").replace('namespace: shop', 'namespace: other'))),
    ).toEqual([]);
  });
});

describe('a LimitRange', () => {
  test.each([
    ['max: { cpu: 250m }', /container web requests 500m of cpu, and the maximum is 250m \(LimitRange l\)$/],
    ['min: { cpu: 1 }', /container web requests 500m of cpu, and the minimum is 1/],
    ['max: { memory: 1Gi }, default: { memory: 2Gi }', /has a limit of 2Gi of memory/],
  ])('%s', (items, message) => {
    expect(messagesOf(id, WEB, allOf(WEB, limits(items)))).toEqual([expect.stringMatching(message)]);
    expect(classed(id, allOf(WEB, limits(items)), WEB)).toEqual([]);
  });
  test('that pods conform to', () => {
    expect(classed(id, WEB, allOf(WEB, limits('max: { cpu: 500m }')))).toEqual([]);
    expect(
      classed(id, allOf(WEB, limits('max: { cpu: 250m }')), allOf(web(3, '250m'), limits('max: { cpu: 250m }'))),
    ).toEqual([]);
  });
  test('is asked of a claim only when that is made', () => {
    const range = limits('max: { storage: 1Gi }').replace('type: Container', 'type: PersistentVolumeClaim');
    const claim =
      '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: d, namespace: shop }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } } }';
    expect(classed(id, allOf(WEB, range), allOf(WEB, range, claim))).toEqual(['capacity PersistentVolumeClaim/shop/d']);
    expect(classed(id, allOf(WEB, claim), allOf(WEB, claim, range))).toEqual([]);
  });
  test('says what is to be done about it, and not about a quota', () => {
    const [range] = messagesOf('quota-changed', '', limits('default: { cpu: 1 }'));
    expect(range).toMatch(/other defaults/);
  });
  test('whose default limit of memory is lower than before', () => {
    const low = 'memory-limit-lowered';
    const at = (memory: string, own = '') =>
      allOf(workloadOf({ container: own }), limits(`default: { memory: ${memory} }`));
    expect(classed(low, at('512Mi'), at('128Mi'))).toEqual(['disruption LimitRange/shop/l spec.limits']);
    expect(classed(low, at('128Mi'), at('512Mi'))).toEqual([]);
    const own = 'resources: { limits: { memory: 1Gi } }';
    expect(classed(low, at('512Mi', own), at('128Mi', own))).toEqual([]);
    // What a container says itself from now on is told there.
    expect(classed(low, at('512Mi'), at('256Mi', 'resources: { limits: { memory: 128Mi } }'))).toEqual([
      expect.stringMatching(/^disruption Deployment/),
    ]);
    // What the container said itself, and says no more.
    expect(classed(low, at('512Mi', own), at('512Mi'))).toEqual([
      'disruption Deployment/shop/web spec.template.spec.containers[web].resources',
    ]);
  });
});
