import { all, findings, messages, namespace, service, workload } from '../judging';

const policy = (spec: string, { name = 'p', place = 'shop' } = {}) =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
const cilium =
  '{ apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: { name: c, namespace: shop }, spec: { endpointSelector: {} } }';
const url = "env: [{ name: API, value: 'https://api.example.com' }]";

describe('netpol-uses-pod-port', () => {
  const front = service('selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]');
  const judged = (spec: string, ...more: string[]) =>
    findings(
      'netpol-uses-pod-port',
      all(namespace, front, workload(), workload({ name: 'client' }), policy(spec), ...more),
    );
  const ingress = 'podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: 80 }] }]';
  const egress =
    'podSelector: { matchLabels: { app: client } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 80 }] }]';
  test('says that a policy allows the port of the Service, in either direction', () => {
    expect(judged(ingress)).toEqual(['fail NetworkPolicy/shop/p spec.ingress[0].ports[0].port = 80']);
    expect(judged(egress)).toEqual(['fail NetworkPolicy/shop/p spec.egress[0].ports[0].port = 80']);
  });
  test('but not where policies of another kind may allow the port of the pods', () => {
    expect(judged(ingress, cilium)).toEqual([]);
    expect(judged(egress, cilium)).toEqual([]);
    expect(judged(ingress, cilium.replace('namespace: shop', 'namespace: blog'))).toHaveLength(1);
  });
  test('nor where the rules are of a direction that is not restricted', () => {
    expect(judged(`${ingress}, policyTypes: [Egress]`)).toEqual([]);
    expect(judged(egress.replace('[Egress]', '[Ingress]'))).toEqual([]);
  });
});

describe('dns-egress-allowed', () => {
  const id = 'dns-egress-allowed';
  const at = 'Deployment/shop/web spec.template.metadata.labels = {"app":"web"}';
  const kubeDns =
    '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }';
  const rule = (port: string, to = kubeDns) =>
    policy(`podSelector: {}, policyTypes: [Egress], egress: [{ to: [${to}], ports: [{ ${port} }] }]`);
  const judged = (...manifests: string[]) => findings(id, all(namespace, workload({ container: url }), ...manifests));
  const missed = (port: string) => judged(rule(port)).map((finding) => finding.replace(/^.*?(egress|template)/, '$1'));

  test('shows the number that is none of the DNS', () =>
    expect(missed('port: 54, protocol: UDP')).toEqual(['egress[0].ports[0].port = 54']));
  test.each([
    'port: domain, protocol: UDP',
    'port: dns-udp, protocol: UDP',
    'port: 5300, endPort: 5400, protocol: UDP',
    'port: 54',
    'port: 54, protocol: SCTP',
    'protocol: TCP',
  ])('a rule with { %s } is no slip of one: the pods are reported', (port) => {
    const found = judged(rule(port));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`(fail|unknown) ${at.replace(/[[\](){}.]/g, '\\$&')}$`));
  });

  const admin = (rules: string) =>
    `{ apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: { name: all }, spec: { priority: 1, subject: { namespaces: {} }, ${rules} } }`;
  const deny = (direction: string, peer: string) =>
    admin(`${direction}: [{ name: no, action: Deny, ${peer}: [{ namespaces: {} }] }]`);
  // The DNS lets nobody in: that is said of the policy there, not of every pod that asks it.
  const closed = all(
    '{ apiVersion: v1, kind: Namespace, metadata: { name: kube-system } }',
    policy('podSelector: {}, policyTypes: [Ingress]', { place: 'kube-system' }),
  );
  test('pods are reported whose egress an administrator denies, not those whose ingress', () => {
    expect(judged(deny('egress', 'to'))).toEqual([`fail ${at}`]);
    expect(judged(deny('ingress', 'from'))).toEqual([]);
    expect(judged(closed)).toEqual([]);
    expect(judged(deny('ingress', 'from'), closed)).toEqual([]);
  });
  test('by the names of the policies that restrict egress', () => {
    const inward = deny('ingress', 'from').replace('name: all', 'name: inward');
    const baseline = inward.replace('AdminNetworkPolicy', 'BaselineAdminNetworkPolicy').replace('priority: 1, ', '');
    for (const other of [inward, baseline])
      expect(messages(id, all(namespace, workload({ container: url }), other, deny('egress', 'to')))).toEqual([
        expect.stringContaining('egress of these pods is restricted (all) and no policy allows UDP and TCP'),
      ]);
  });
  test('a port of a name that the DNS does not have is reported where it stands, by another check', () => {
    const dns = workload({
      name: 'coredns',
      labels: 'k8s-app: kube-dns',
      container: 'ports: [{ name: dns, containerPort: 53, protocol: UDP }, { name: dns-tcp, containerPort: 53 }]',
    }).replaceAll('namespace: shop', 'namespace: kube-system');
    const system = all(
      '{ apiVersion: v1, kind: Namespace, metadata: { name: kube-system } }',
      '{ apiVersion: v1, kind: Service, metadata: { name: kube-dns, namespace: kube-system }, spec: { selector: { k8s-app: kube-dns }, ports: [{ name: dns, port: 53, protocol: UDP, targetPort: dns }, { name: dns-tcp, port: 53, targetPort: dns-tcp }] } }',
    );
    expect(judged(system, dns, rule('port: dnss, protocol: UDP'))).toEqual([`fail ${at}`]);
    expect(judged(system, dns, rule('port: dns, protocol: UDP'))).toEqual([`unknown ${at}`]);
    expect(judged(system, dns, rule('port: 54, protocol: UDP'))).toEqual([
      'fail NetworkPolicy/shop/p spec.egress[0].ports[0].port = 54',
    ]);
  });
});

describe('scrape-flow-allowed, where several Prometheus scrape', () => {
  const metrics = all(
    namespace,
    '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, labels: { app: web } }, spec: { selector: { app: web }, ports: [{ name: metrics, port: 9100 }] } }',
    workload({ container: 'ports: [{ name: metrics, containerPort: 9100 }]' }),
    '{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics }] } }',
  );
  const prometheus = (name: string) => workload({ name, containers: "{ name: p, image: 'prom/prometheus:v3.5.0' }" });
  const [one, two] = [prometheus('one'), prometheus('two')];
  const from = (...apps: string[]) =>
    policy(
      `podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [${apps.map((app) => `{ from: [{ podSelector: { matchLabels: { app: ${app} } } }] }`).join(', ')}]`,
    );
  const judged = (...manifests: string[]) => findings('scrape-flow-allowed', all(metrics, ...manifests));
  test('one of them that reaches the target is enough', () => {
    expect(judged(one, two, from('one'))).toEqual([]);
    expect(judged(one, two, from('two'))).toEqual([]);
    expect(judged(one, two, from('one', 'two'))).toEqual([]);
  });
  test('the target is down where none of them does', () => {
    expect(judged(one, two, from('three'))).toEqual(['fail ServiceMonitor/shop/web spec.endpoints[0] = "metrics"']);
    expect(judged(one, from('two'))).toEqual(['fail ServiceMonitor/shop/web spec.endpoints[0] = "metrics"']);
  });
});
