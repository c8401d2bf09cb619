import { all, messages, said, verdicts, workload } from './judging';

const node = (name: string, { labels = '', spec = '', cpu = '4', memory = '8Gi', uid = '' } = {}) =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, ${uid && `uid: ${uid}, `}labels: { kubernetes.io/hostname: ${name}, kubernetes.io/os: linux${labels && `, ${labels}`} } }, spec: { ${spec} }, status: { allocatable: { cpu: '${cpu}', memory: ${memory}, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } } }`;
const on = (pod: string, kind = 'Deployment', spec = '', containers = '') =>
  workload({
    kind,
    containers,
    pod: `${kind === 'Job' || kind === 'CronJob' ? 'restartPolicy: Never, ' : ''}${pod}`,
    spec,
  });
const KARPENTER = '{ apiVersion: karpenter.sh/v1, kind: NodePool, metadata: { name: general }, spec: {} }';

describe('node-affinity-matches', () => {
  const facts = all(node('a', { labels: 'disk: ssd' }), node('b', { labels: 'disk: hdd' }));
  const judged = (pod: string, kind?: string, spec?: string) =>
    verdicts('node-affinity-matches', on(pod, kind, spec), { facts });
  const terms = (expression: string) =>
    `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [${expression}] }] } } }`;
  const path = 'spec.template.spec';

  test('a label that no node has, by its value or its key', () => {
    expect(judged('nodeSelector: { disk: nvme }')).toEqual([`fail ${path}.nodeSelector.disk`]);
    expect(judged('nodeSelector: { disc: ssd }')).toEqual([`fail ${path}.nodeSelector.disc`]);
    expect(judged('nodeSelector: { disk: ssd }')).toEqual([]);
  });
  test('labels of which each is on a node, and no node has all', () => {
    expect(judged("nodeSelector: { disk: ssd, 'kubernetes.io/hostname': b }")).toEqual([`fail ${path}.nodeSelector`]);
  });
  test('affinity, with every operator, and by name', () => {
    const at = `${path}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    expect(judged(terms('{ key: disk, operator: NotIn, values: [ssd, hdd] }'))).toEqual([`fail ${at}`]);
    expect(judged(terms('{ key: disk, operator: DoesNotExist }'))).toEqual([`fail ${at}`]);
    expect(judged(terms("{ key: cores, operator: Gt, values: ['4'] }"))).toEqual([`fail ${at}`]);
    expect(judged(terms('{ key: disk, operator: NotIn, values: [ssd] }'))).toEqual([]);
    expect(judged(terms('{ key: gpu, operator: DoesNotExist }'))).toEqual([]);
  });
  test('it names the value that is meant, and mends it where it can be one only', () => {
    const [finding] = said('node-affinity-matches', on('nodeSelector: { disk: sdd }'), { facts });
    expect(finding!.message).toContain('no node has disk=sdd');
    expect(finding!.message).toContain('they have hdd, ssd');
    expect(finding!.message).toContain('its pods stay pending');
  });
  test('a label that clouds set is unknown to facts that somebody wrote, and not to those of a cluster', () => {
    const pod = "nodeSelector: { 'node.kubernetes.io/instance-type': m5.large }";
    expect(judged(pod)).toEqual([`unknown ${path}.nodeSelector["node.kubernetes.io/instance-type"]`]);
    expect(verdicts('node-affinity-matches', on(pod), { facts: node('a', { uid: 'u1' }) })).toEqual([
      `fail ${path}.nodeSelector["node.kubernetes.io/instance-type"]`,
    ]);
  });
  test('Jobs, CronJobs, pods and StatefulSets wait as well', () => {
    expect(judged('nodeSelector: { disk: nvme }', 'Job')).toHaveLength(1);
    expect(judged('nodeSelector: { disk: nvme }', 'StatefulSet')).toHaveLength(1);
  });
  test('not what has no pods there: DaemonSets, what is scaled to nothing, what another scheduler places', () => {
    expect(judged('nodeSelector: { disk: nvme }', 'DaemonSet')).toEqual([]);
    expect(judged('nodeSelector: { disk: nvme }', 'Deployment', 'replicas: 0')).toEqual([]);
    expect(judged('schedulerName: volcano, nodeSelector: { disk: nvme }')).toEqual([]);
    expect(judged('nodeName: c, nodeSelector: { disk: nvme }')).toEqual([]);
  });
  test('where nodes are added as pods wait, it is not known', () => {
    const autoscaler = workload({ name: 'cluster-autoscaler' });
    for (const grows of [KARPENTER, autoscaler])
      expect(verdicts('node-affinity-matches', all(on('nodeSelector: { disk: nvme }'), grows), { facts })).toEqual([
        `unknown ${path}.nodeSelector.disk`,
      ]);
  });
  test('without nodes there is nothing to say', () =>
    expect(verdicts('node-affinity-matches', on('nodeSelector: { disk: nvme }'))).toEqual([]));
  test('a RuntimeClass may ask for labels, too', () => {
    const runtime =
      '{ apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: { name: gvisor }, handler: runsc, scheduling: { nodeSelector: { sandbox: gvisor } } }';
    expect(verdicts('node-affinity-matches', all(runtime, on('runtimeClassName: gvisor')), { facts })).toEqual([
      `fail ${path}.runtimeClassName`,
    ]);
  });
});

describe('taints-tolerated', () => {
  const taint = (key: string, effect: string, value = '') =>
    `taints: [{ key: ${key}, ${value && `value: ${value}, `}effect: ${effect} }]`;
  const judged = (pod: string, spec: string, kind?: string) =>
    verdicts('taints-tolerated', on(pod, kind), { facts: node('a', { spec }) });

  test('a taint that keeps pods away, by its effect', () => {
    expect(judged('', taint('dedicated', 'NoSchedule'))).toEqual(['fail spec.template.spec']);
    expect(judged('', taint('dedicated', 'NoExecute'))).toEqual(['fail spec.template.spec']);
    expect(judged('', taint('dedicated', 'PreferNoSchedule'))).toEqual([]);
  });
  test('a toleration for another value or effect does not help', () => {
    const spec = taint('dedicated', 'NoSchedule', 'batch');
    const tolerating = (more: string) => judged(`tolerations: [{ key: dedicated, ${more} }]`, spec);
    expect(tolerating('value: web')).toEqual(['fail spec.template.spec.tolerations']);
    expect(tolerating('operator: Exists, effect: NoExecute')).toEqual(['fail spec.template.spec.tolerations']);
    expect(tolerating('value: batch')).toEqual([]);
    expect(tolerating('operator: Exists')).toEqual([]);
  });
  test('conditions of nodes pass', () =>
    expect(judged('', taint('node.kubernetes.io/disk-pressure', 'NoSchedule'))).toEqual([]));
  test('only the nodes count that the pod may run on', () => {
    const facts = all(node('a', { labels: 'pool: batch', spec: taint('batch', 'NoSchedule') }), node('b'));
    expect(verdicts('taints-tolerated', on(''), { facts })).toEqual([]);
    expect(verdicts('taints-tolerated', on('nodeSelector: { pool: batch }'), { facts })).toEqual([
      'fail spec.template.spec',
    ]);
    expect(messages('taints-tolerated', on('nodeSelector: { pool: batch }'), { facts })[0]).toContain(
      '(batch:NoSchedule)',
    );
  });
  test('a condition that passes is not named beside a taint that lasts', () => {
    const spec =
      'taints: [{ key: node.kubernetes.io/disk-pressure, effect: NoSchedule }, { key: batch, effect: NoSchedule }]';
    expect(messages('taints-tolerated', on(''), { facts: node('a', { spec }) })[0]).toContain('(batch:NoSchedule)');
  });
  test('where nodes are added as pods wait, it is not known', () =>
    expect(
      verdicts('taints-tolerated', all(on(''), KARPENTER), { facts: node('a', { spec: taint('x', 'NoSchedule') }) }),
    ).toEqual(['unknown spec.template.spec']));
});

describe('fits-some-node', () => {
  const asking = (requests: string, more = '') =>
    `{ name: web, image: 'shop/web:3.1.0', resources: { requests: { ${requests} } } }${more}`;
  const judged = (containers: string, kind?: string, pod = '') =>
    verdicts('fits-some-node', on(pod, kind, '', containers), {
      facts: all(node('a'), node('b', { cpu: '8', memory: '4Gi' })),
    });
  const requests = 'spec.template.spec.containers[0].resources.requests';

  test('more than any node has', () => {
    expect(judged(asking('memory: 9Gi'))).toEqual([`fail ${requests}.memory`]);
    expect(judged(asking("cpu: '9'"))).toEqual([`fail ${requests}.cpu`]);
    expect(judged(asking('memory: 8Gi'))).toEqual([]);
  });
  test('each on a node, and no node has both', () =>
    expect(judged(asking("cpu: '6', memory: 6Gi"))).toEqual([expect.stringContaining(requests)]));
  test('all containers together, an init container that needs more, and the limit that stands for a request', () => {
    const second = ", { name: b, image: 'shop/b:1', resources: { requests: { memory: 5Gi } } }";
    expect(judged(asking('memory: 4Gi', second))).toEqual([expect.stringContaining('containers[1]')]);
    expect(
      judged(
        asking('memory: 1Gi'),
        'Deployment',
        "initContainers: [{ name: i, image: 'shop/i:1', resources: { limits: { memory: 9Gi } } }]",
      ),
    ).toEqual(['fail spec.template.spec.initContainers[0].resources.limits.memory']);
  });
  test('a resource that no node has', () =>
    expect(judged(asking("nvidia.com/gpu: '1'"))).toEqual([`fail ${requests}["nvidia.com/gpu"]`]));
  test('a default of a LimitRange counts', () => {
    const range =
      '{ apiVersion: v1, kind: LimitRange, metadata: { name: r, namespace: shop }, spec: { limits: [{ type: Container, defaultRequest: { memory: 9Gi } }] } }';
    expect(verdicts('fits-some-node', all(range, on('')), { facts: node('a') })).toEqual([
      'fail spec.template.spec.containers',
    ]);
  });
  test('a DaemonSet waits on the nodes that it means', () => {
    expect(judged(asking('memory: 9Gi'), 'DaemonSet')).toEqual([`fail ${requests}.memory`]);
    expect(judged(asking('memory: 9Gi'), 'DaemonSet', "nodeSelector: { gpu: 'yes' }")).toEqual([]);
  });
  test('it says how much, and how much there is', () =>
    expect(messages('fits-some-node', on('', 'Deployment', '', asking('memory: 9Gi')), { facts: node('a') })[0]).toBe(
      'its pod asks for 9Gi of memory, and the largest node has 8Gi: it stays pending',
    ));
});
