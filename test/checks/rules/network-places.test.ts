import { all, namespace, said, service, verdicts, workload } from '../judging';

const policy = (spec: string, name = 'web', place = 'shop') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
const url = "env: [{ name: API, value: 'https://api.example.com' }]";
const client = workload({ container: url });
const egress = (...rules: string[]) =>
  policy(`podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${rules.join(', ')}]`);
const to = (peer: string, port = 53, protocols = ['UDP', 'TCP']) =>
  `{ to: [${peer}], ports: [${protocols.map((protocol) => `{ port: ${port}, protocol: ${protocol} }`).join(', ')}] }`;
const block = (cidr: string, more = '') => `{ ipBlock: { cidr: '${cidr}'${more} } }`;
const anyNamespace = '{ namespaceSelector: {} }';
const redis = '{ to: [{ podSelector: { matchLabels: { app: redis } } }] }';

describe('dns-egress-allowed, where the DNS of the cluster is elsewhere', () => {
  const judged = (rules: string[], more: string[] = [], surroundings = {}) =>
    said('dns-egress-allowed', all(namespace, client, egress(...rules), ...more), surroundings).map(
      ({ verdict }) => verdict,
    );
  const route =
    '{ apiVersion: route.openshift.io/v1, kind: Route, metadata: { name: web, namespace: shop }, spec: { to: { kind: Service, name: web } } }';
  const nodeLocal = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: node-local-dns, namespace: kube-system }
spec:
  selector: { matchLabels: { k8s-app: node-local-dns } }
  template:
    metadata: { labels: { k8s-app: node-local-dns } }
    spec: { hostNetwork: true, containers: [{ name: node-cache, image: 'registry.k8s.io/dns/k8s-dns-node-cache:1.26.4', args: [-localip, '169.254.20.11,10.96.0.10'] }] }`;

  test('port 5353 is the DNS of OpenShift, which API groups of the manifests show', () => {
    expect(judged([redis, to(anyNamespace, 5353)], [route])).toEqual([]);
    expect(
      judged([redis, to(anyNamespace, 5353)], [], {
        declared: '{ apiVersion: config.openshift.io/v1, kind: ClusterVersion, metadata: { name: version } }',
      }),
    ).toEqual([]);
    expect(judged([redis, to(anyNamespace, 53)], [route])).toEqual([]);
    expect(judged([redis], [route])).toEqual(['fail']);
  });
  test('on a cluster that is OpenShift port 53 is not enough', () => {
    const facts = '{ apiVersion: v1, kind: Node, metadata: { name: a, labels: { node.openshift.io/os_id: rhel } } }';
    expect(judged([redis, to(anyNamespace, 53)], [], { facts })).toEqual(['fail']);
    expect(judged([redis, to(anyNamespace, 5353)], [], { facts })).toEqual([]);
  });
  test('without any sign of OpenShift, a rule for port 5353 leaves it open', () =>
    expect(judged([redis, to(anyNamespace, 5353)])).toEqual(['unknown']));

  test('a cache on the node answers at its own address and at those that it is told', () => {
    for (const declared of [nodeLocal, nodeLocal.replace('node-local-dns, namespace', 'dns-cache, namespace')]) {
      expect(judged([redis, to(block('169.254.20.10/32'))], [], { declared })).toEqual([]);
      expect(judged([redis, to(block('10.96.0.10/32'))], [], { declared })).toEqual([]);
      expect(judged([redis, to(block('169.254.20.11/32'))], [], { declared })).toEqual([]);
    }
    expect(judged([redis, to(block('169.254.20.10/32'))], [nodeLocal])).toEqual([]);
  });
  test('with such a cache nothing is certain to fail, because it is on the same node', () =>
    expect(judged([redis], [], { declared: nodeLocal })).toEqual(['unknown']));
  test('an address of the node itself leaves it open where no cache is known', () => {
    expect(judged([redis, to(block('169.254.20.10/32'))])).toEqual(['unknown']);
    expect(judged([redis, to(block('169.254.20.10/32'), 80, ['TCP'])])).toEqual(['fail']);
  });
  test('a block of IPv6 may be where the pods of the DNS are', () => {
    expect(judged([redis, to(block('::/0'))])).toEqual(['unknown']);
    expect(judged([redis, to(`${block('::/0')}, ${block('0.0.0.0/0')}`)])).toEqual(['unknown']);
    const kind = (cidr: string) => `
apiVersion: v1
kind: Node
metadata: { name: a }
spec: { providerID: 'kind://a', podCIDR: '${cidr}', podCIDRs: ['${cidr}'] }`;
    expect(judged([redis, to(block('::/0'))], [], { facts: kind('fd00:10:244::/64') })).toEqual([]);
    expect(judged([redis, to(block('::/0'))], [], { facts: kind('10.244.0.0/24') })).toEqual(['fail']);
    expect(judged([redis, to(block('0.0.0.0/0'))], [], { facts: kind('fd00:10:244::/64') })).toEqual(['fail']);
  });
});

describe('declared-flow-allowed, by addresses', () => {
  const redisPods = workload({ name: 'redis', container: 'ports: [{ name: redis, containerPort: 6379 }]' });
  const caller = workload({ container: "env: [{ name: STORE, value: 'redis:6379' }]" });
  const guard = (from: string) =>
    policy(`podSelector: { matchLabels: { app: redis } }, ingress: [{ from: [${from}] }]`, 'redis');
  const target = service('ports: [{ port: 6379 }], selector: { app: redis }', 'redis');
  const judged = (from: string, facts?: string, more: string[] = []) =>
    said(
      'declared-flow-allowed',
      all(namespace, redisPods, caller, target, guard(from), ...more),
      facts === undefined ? {} : { facts },
    ).map(({ verdict }) => verdict);
  const node = (more: string, metadata = '') =>
    `{ apiVersion: v1, kind: Node, metadata: { name: a${metadata} }, spec: { ${more} } }`;
  const calico = ', annotations: { projectcalico.org/IPv4Address: 10.0.0.1/24 }';
  const cilium = ', annotations: { network.cilium.io/ipv4-pod-cidr: 10.244.0.0/24 }';

  test('podCIDRs are where pods live with plugins that use them alone', () => {
    const cidr = "podCIDR: 10.244.0.0/24, podCIDRs: ['10.244.0.0/24']";
    expect(judged(block('10.245.0.0/16'), node(`${cidr}, providerID: 'kind://a'`))).toEqual(['fail']);
    expect(judged(block('10.244.0.0/16'), node(`${cidr}, providerID: 'kind://a'`))).toEqual([]);
    expect(judged(block('10.245.0.0/16'), node(cidr))).toEqual(['unknown']);
    expect(judged(block('10.245.0.0/16'), node(cidr, calico))).toEqual(['unknown']);
    expect(judged(block('203.0.113.0/24'), node(cidr, calico))).toEqual(['fail']);
  });
  test('k3s gives pods addresses of the podCIDRs', () => {
    const k3s =
      '{ apiVersion: v1, kind: Node, metadata: { name: a }, spec: { podCIDR: 10.42.0.0/24 }, status: { nodeInfo: { kubeletVersion: v1.34.1+k3s1 } } }';
    expect(judged(block('10.43.0.0/16'), k3s)).toEqual(['fail']);
  });
  test('Cilium matches no pods by address; what an unknown plugin does is unknown', () => {
    expect(judged(block('0.0.0.0/0'), node('', cilium))).toEqual(['fail']);
    expect(judged(block('0.0.0.0/0'), node('', ", labels: { io.cilium.k8s/x: '' }"))).toEqual(['fail']);
    expect(
      judged(block('0.0.0.0/0'), node('taints: [{ key: node.cilium.io/agent-not-ready, effect: NoSchedule }]')),
    ).toEqual(['fail']);
    expect(judged(block('0.0.0.0/0'), node('', calico))).toEqual([]);
    expect(judged(block('0.0.0.0/0'))).toEqual(['unknown']);
    expect(judged('{ podSelector: {} }', node('', cilium))).toEqual([]);
  });
  test('Cilium is also shown by its DaemonSet and by its own objects', () => {
    const agent = workload({ name: 'cilium', kind: 'DaemonSet' });
    expect(judged(block('0.0.0.0/0'), undefined, [agent])).toEqual(['fail']);
    const pool =
      '{ apiVersion: cilium.io/v2, kind: CiliumLoadBalancerIPPool, metadata: { name: pool }, spec: { blocks: [] } }';
    expect(judged(block('0.0.0.0/0'), undefined, [pool])).toEqual(['fail']);
  });
  test('a Service of IPv6 shows that addresses of IPv4 are not all there is', () => {
    const agent = workload({ name: 'calico-node', kind: 'DaemonSet' });
    const ipv6 = service('ipFamilies: [IPv6], ports: [{ port: 6379 }], selector: { app: redis }', 'redis');
    const with6 = (from: string) =>
      said('declared-flow-allowed', all(namespace, redisPods, caller, ipv6, guard(from), agent)).map(
        ({ verdict }) => verdict,
      );
    expect(with6(block('::/0'))).toEqual(['unknown']);
    expect(with6(`${block('0.0.0.0/0')}, ${block('::/0')}`)).toEqual([]);
    expect(judged(block('0.0.0.0/0'), undefined, [agent])).toEqual([]);
    expect(judged(block('::/0'), undefined, [agent])).toEqual(['unknown']);
  });
  test('blocks that are the whole together allow it, whatever the address is', () => {
    const agent = workload({ name: 'calico-node', kind: 'DaemonSet' });
    expect(judged(`${block('0.0.0.0/1')}, ${block('128.0.0.0/1')}`, undefined, [agent])).toEqual([]);
    expect(
      judged(`${block('0.0.0.0/0', ", except: ['10.0.0.0/8']")}, ${block('10.0.0.0/8')}`, undefined, [agent]),
    ).toEqual([]);
    expect(judged(block('0.0.0.0/0', ", except: ['10.0.0.0/8']"), undefined, [agent])).toEqual(['unknown']);
    expect(judged(`${block('0.0.0.0/1')}, ${block('128.0.0.0/2')}`, undefined, [agent])).toEqual(['unknown']);
  });
});

describe('labels that controllers set', () => {
  const job = (spec: string) =>
    `{ apiVersion: batch/v1, kind: Job, metadata: { name: migrate, namespace: shop }, spec: { ${spec}, template: { metadata: { labels: { app: migrate } }, spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1' }] } } } }`;
  const cron = `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: report, namespace: shop }, spec: { schedule: '0 4 * * *', jobTemplate: { spec: { template: { metadata: { labels: { app: report } }, spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1', env: [{ name: STORE, value: 'redis:6379' }] }] } } } } } }`;
  const set = workload({ name: 'db', kind: 'StatefulSet', spec: 'replicas: 3\n  serviceName: db' });
  const selects = (labels: string, ...objects: string[]) =>
    verdicts(
      'service-selects-workload',
      all(namespace, ...objects, service(`ports: [{ port: 80 }], selector: { ${labels} }`, 's')),
    );
  test.each([
    [
      'the index of an Indexed Job',
      "batch.kubernetes.io/job-completion-index: '0'",
      job('completionMode: Indexed, completions: 2'),
    ],
    [
      'its last index',
      "batch.kubernetes.io/job-completion-index: '1', app: migrate",
      job('completionMode: Indexed, completions: 2'),
    ],
    ['the name of a Job', 'batch.kubernetes.io/job-name: migrate', job('completions: 1')],
    [
      'the uid of a Job',
      'batch.kubernetes.io/controller-uid: 1a5dc0b8-ff3c-4a0e-9c7e-6a3e5f0b1d11',
      job('completions: 1'),
    ],
    ['a Job of a CronJob', 'job-name: report-29012345', cron],
    ['a pod of a StatefulSet', 'statefulset.kubernetes.io/pod-name: db-2', set],
    ['its index', "apps.kubernetes.io/pod-index: '0', statefulset.kubernetes.io/pod-name: db-0", set],
    ['the revision of a StatefulSet', 'controller-revision-hash: db-6b9f5d7c4', set],
    ['the revision of a DaemonSet', 'controller-revision-hash: 6b9f5d7c4', workload({ kind: 'DaemonSet' })],
    ['the hash of a Deployment', 'pod-template-hash: 6b9f5d7c4', workload({})],
  ])('%s may be what a selector asks for', (_, labels, object) => expect(selects(labels, object)).toEqual([]));
  test.each([
    [
      'an index that an Indexed Job does not have',
      "batch.kubernetes.io/job-completion-index: '2'",
      job('completionMode: Indexed, completions: 2'),
    ],
    ['an index of a Job that is not Indexed', "batch.kubernetes.io/job-completion-index: '0'", job('completions: 2')],
    ['another Job', 'batch.kubernetes.io/job-name: migrat', job('completions: 1')],
    ['a Job of another CronJob', 'job-name: reports-29012345', cron],
    ['a pod beyond the replicas', 'statefulset.kubernetes.io/pod-name: db-3', set],
    ['two pods at once', "apps.kubernetes.io/pod-index: '0', statefulset.kubernetes.io/pod-name: db-1", set],
    ['the revision of another StatefulSet', 'controller-revision-hash: web-6b9f5d7c4', set],
    ['a label of another controller', 'pod-template-hash: 6b9f5d7c4', set],
  ])('%s is not', (_, labels, object) => expect(selects(labels, object)).toEqual(['fail spec.selector']));

  const redisPods = workload({ name: 'redis', container: 'ports: [{ containerPort: 6379 }]' });
  const target = service('ports: [{ port: 6379 }], selector: { app: redis }', 'redis');
  const allowed = (selector: string, client: string) =>
    verdicts(
      'declared-flow-allowed',
      all(
        namespace,
        redisPods,
        target,
        client,
        policy(
          `podSelector: { matchLabels: { app: redis } }, ingress: [{ from: [{ podSelector: ${selector} }] }]`,
          'redis',
        ),
      ),
    ).map((finding) => finding.split(' ')[0]);
  test('as peers of policies they are allowed, denied or unknown, as far as their values can be known', () => {
    expect(allowed('{ matchLabels: { batch.kubernetes.io/job-name: report-29012345 } }', cron)).toEqual(['unknown']);
    expect(allowed('{ matchExpressions: [{ key: batch.kubernetes.io/job-name, operator: Exists }] }', cron)).toEqual(
      [],
    );
    expect(allowed('{ matchLabels: { batch.kubernetes.io/job-name: other-29012345 } }', cron)).toEqual(['fail']);
    expect(allowed('{ matchExpressions: [{ key: job-name, operator: NotIn, values: [other] }] }', cron)).toEqual([]);
    const one = (replicas: number) =>
      workload({
        kind: 'StatefulSet',
        spec: `replicas: ${replicas}\n  serviceName: web`,
        container: "env: [{ name: STORE, value: 'redis:6379' }]",
      });
    expect(allowed('{ matchLabels: { statefulset.kubernetes.io/pod-name: web-0 } }', one(1))).toEqual([]);
    expect(allowed('{ matchLabels: { statefulset.kubernetes.io/pod-name: web-0 } }', one(2))).toEqual(['unknown']);
    expect(allowed('{ matchLabels: { statefulset.kubernetes.io/pod-name: db-0 } }', one(2))).toEqual(['fail']);
  });
  test('a pod that is isolated by them is not called open', () => {
    const isolated = (selector: string, ...objects: string[]) =>
      verdicts(
        'workload-isolated',
        all(namespace, ...objects, policy(`podSelector: { matchLabels: { ${selector} } }`)),
      );
    const open = workload({ name: 'db', kind: 'StatefulSet', container: 'ports: [{ containerPort: 5432 }]' });
    expect(isolated('statefulset.kubernetes.io/pod-name: db-0', open)).toEqual([]);
    expect(isolated('statefulset.kubernetes.io/pod-name: other-0', open)).toHaveLength(1);
  });
});
