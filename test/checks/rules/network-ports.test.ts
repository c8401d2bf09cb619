import { all, findings, messages, namespace, said, verdicts, workload } from '../judging';

const policy = (spec: string, name = 'p') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const ports = (...entries: string[]) => `ports: [${entries.join(', ')}]`;

describe('netpol-port-exists', () => {
  const id = 'netpol-port-exists';
  const web = workload({
    container: 'ports: [{ name: http, containerPort: 8080 }, { name: dns, containerPort: 53, protocol: UDP }]',
  });
  const at = 'fail spec.ingress[0].ports[0].port';
  const ingress = (...entries: string[]) =>
    policy(`podSelector: { matchLabels: { app: web } }, ingress: [{ ${ports(...entries)} }]`);
  const judged = (rule: string, ...more: string[]) => verdicts(id, all(namespace, web, rule, ...more));
  test('a name that no selected pod has allows nothing', () => {
    expect(judged(ingress('{ port: metrics }'))).toEqual([at]);
    expect(messages(id, all(namespace, web, ingress('{ port: htpp }')))[0]).toContain('did you mean "http"?');
    expect(judged(ingress('{ port: http }'))).toEqual([]);
    expect(judged(ingress('{ port: 9090 }'))).toEqual([]);
  });
  test('a name with another protocol is another port', () => {
    expect(judged(ingress('{ port: dns }'))).toEqual([at]);
    expect(messages(id, all(namespace, web, ingress('{ port: dns }')))[0]).toContain(
      'the port of this name is UDP, not TCP',
    );
    expect(judged(ingress('{ port: dns, protocol: UDP }'))).toEqual([]);
  });
  test('of a list of names for many pods one is enough, unless another one is misspelt', () => {
    expect(judged(ingress('{ port: metrics }', '{ port: http }'))).toEqual([]);
    expect(judged(ingress('{ port: htttp }', '{ port: http }'))).toEqual([at]);
    expect(judged(ingress('{ port: metrics }', '{ port: admin }'))).toHaveLength(2);
  });
  test('egress names ports of the peers, wherever all of them are known', () => {
    const egress = (peer: string) =>
      policy(
        `podSelector: { matchLabels: { app: client } }, policyTypes: [Egress], egress: [{ to: [${peer}], ${ports('{ port: metrics }')} }]`,
      );
    expect(judged(egress('{ podSelector: { matchLabels: { app: web } } }'))).toEqual([
      'fail spec.egress[0].ports[0].port',
    ]);
    expect(
      judged(egress('{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } } }')),
    ).toHaveLength(1);
    expect(judged(egress('{ namespaceSelector: {} }'))).toEqual([]);
    expect(judged(egress('{ ipBlock: { cidr: 0.0.0.0/0 } }'))).toEqual([]);
  });
  test('ports of init containers that go on running count, those of others do not', () => {
    const pod = (restart: string) =>
      workload({
        pod: `initContainers: [{ name: a, image: 'a:1'${restart}, ports: [{ name: metrics, containerPort: 9090 }] }]`,
      });
    expect(verdicts(id, all(namespace, pod(', restartPolicy: Always'), ingress('{ port: metrics }')))).toEqual([]);
    expect(verdicts(id, all(namespace, pod(''), ingress('{ port: metrics }')))).toEqual([at]);
  });
  test('pods that are not among the manifests may have it', () => {
    expect(verdicts(id, all(web, ingress('{ port: metrics }')))).toEqual(['unknown spec.ingress[0].ports[0].port']);
    expect(verdicts(id, all(namespace, ingress('{ port: metrics }')))).toEqual([]);
  });
  test('every kind of workload has ports', () =>
    expect(
      verdicts(
        id,
        all(
          namespace,
          workload({ kind: 'DaemonSet', container: 'ports: [{ name: a, containerPort: 1 }]' }),
          ingress('{ port: b }'),
        ),
      ),
    ).toEqual([at]));
});

describe('dns-egress-allowed, by a rule that is beside the DNS', () => {
  const id = 'dns-egress-allowed';
  const kubeDns =
    '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }';
  const egress = (...rules: string[]) =>
    policy(`podSelector: {}, policyTypes: [Egress], egress: [${rules.join(', ')}]`);
  const judged = (...rules: string[]) =>
    findings(id, all(namespace, workload({}), workload({ name: 'api' }), egress(...rules)));
  const at = 'fail NetworkPolicy/shop/p spec.egress[0].ports[0].port';
  test('port 54 is none of the DNS, for pods whose configuration names no host as well', () => {
    expect(judged(`{ to: [${kubeDns}], ${ports('{ port: 54, protocol: UDP }')} }`)).toEqual([`${at} = 54`]);
    expect(judged(`{ ${ports('{ port: 54, protocol: UDP }')} }`)).toEqual([`${at} = 54`]);
    expect(judged(`{ to: [{ namespaceSelector: {} }], ${ports('{ port: 35, protocol: UDP }')} }`)).toEqual([
      `${at} = 35`,
    ]);
    expect(judged(`{ to: [${kubeDns}], ${ports('{ port: 5300, protocol: UDP }')} }`)).toEqual([`${at} = 5300`]);
  });
  test('what serves something else is no slip', () => {
    for (const rule of [
      `{ ${ports('{ port: 123, protocol: UDP }')} }`,
      `{ to: [{ ipBlock: { cidr: 203.0.113.1/32 } }], ${ports('{ port: 54, protocol: UDP }')} }`,
    ])
      expect(judged(rule).filter((finding) => finding.includes('NetworkPolicy'))).toEqual([]);
    const both = `{ port: 53, protocol: UDP }, { port: 53 }`;
    expect(judged(`{ ${ports('{ port: 54, protocol: UDP }')} }`, `{ ${ports(both)} }`)).toEqual([]);
    const declares = workload({ name: 'x', container: 'ports: [{ containerPort: 54, protocol: UDP }]' });
    expect(
      findings(id, all(namespace, declares, egress(`{ ${ports('{ port: 54, protocol: UDP }')} }`))).filter((finding) =>
        finding.includes('NetworkPolicy'),
      ),
    ).toEqual([]);
  });
  test('where the namespace is not complete another policy may let them', () =>
    expect(
      verdicts(id, all(workload({}), egress(`{ to: [${kubeDns}], ${ports('{ port: 54, protocol: UDP }')} }`))),
    ).toEqual(['unknown spec.egress[0].ports[0].port']));
});

describe('external-host-allowed', () => {
  const id = 'external-host-allowed';
  const dns = `{ ${ports('{ port: 53, protocol: UDP }', '{ port: 53 }')} }`;
  const egress = (...rules: string[]) =>
    policy(`podSelector: {}, policyTypes: [Egress], egress: [${[dns, ...rules].join(', ')}]`);
  const url = (value: string, name = 'PAYMENT_URL') => `env: [{ name: ${name}, value: '${value}' }]`;
  const judged = (container: string, ...rules: string[]) =>
    said(id, all(namespace, workload({ container }), egress(...rules))).map(
      ({ verdict, value }) => `${verdict} ${String(value)}`,
    );
  test('egress to the DNS alone leaves no way to a host outside', () => {
    expect(judged(url('https://pay.example.com'))).toEqual(['fail pay.example.com']);
    expect(judged(url('https://example.com/v1'))).toEqual(['fail example.com']);
    expect(judged("args: ['--api=https://api.example.com:8443']")).toEqual(['fail api.example.com:8443']);
    expect(judged(url('https://203.0.113.7'))).toEqual(['fail 203.0.113.7']);
  });
  test('any way to the port is enough, because names may lead to gateways of the cluster', () => {
    for (const peer of ['{ ipBlock: { cidr: 203.0.113.0/24 } }', '{ namespaceSelector: {} }'])
      expect(judged(url('https://pay.example.com'), `{ to: [${peer}], ${ports('{ port: 443 }')} }`)).toEqual([]);
    const own = `{ to: [{ podSelector: {} }], ${ports('{ port: 443 }')} }`;
    expect(judged(url('https://pay.example.com'), own)).toHaveLength(1);
    const gateway = workload({ name: 'traefik' });
    expect(
      said(id, all(namespace, gateway, workload({ container: url('https://pay.example.com') }), egress(own))),
    ).toEqual([]);
    expect(judged(url('https://pay.example.com'), `{ ${ports('{ port: 80 }')} }`)).toHaveLength(1);
    expect(judged(url('https://203.0.113.7'), `{ to: [{ ipBlock: { cidr: 198.51.100.0/24 } }] }`)).toHaveLength(1);
  });
  test('names of the cluster, of the node and of identifiers are none outside', () => {
    for (const value of [
      'http://api.back.svc.cluster.local',
      'http://api.back',
      'http://169.254.169.254',
      'http://127.0.0.1:9000',
      'http://metadata.google.internal',
    ])
      expect(judged(url(value))).toEqual([]);
    expect(judged(url('https://shop.example.com', 'CORS_ORIGIN'))).toEqual([]);
  });
  test('a name of two parts is a Service where its end is a namespace, and a host outside where it is a top-level domain', () => {
    const dev = '{ apiVersion: v1, kind: Namespace, metadata: { name: dev } }';
    const said_ = (...more: string[]) =>
      said(id, all(namespace, ...more, workload({ container: url('https://pay.dev') }), egress())).length;
    expect(said_()).toBe(1);
    expect(said_(dev)).toBe(0);
  });
  test('a proxy goes there in their place', () =>
    expect(
      judged(
        "env: [{ name: HTTPS_PROXY, value: 'http://proxy.shop:3128' }, { name: PAYMENT_URL, value: 'https://pay.example.com' }]",
      ),
    ).toEqual([]));
  test('pods whose egress nothing restricts, and the host network, may go anywhere', () => {
    expect(verdicts(id, all(namespace, workload({ container: url('https://pay.example.com') })))).toEqual([]);
    expect(
      verdicts(
        id,
        all(namespace, workload({ container: url('https://pay.example.com'), pod: 'hostNetwork: true' }), egress()),
      ),
    ).toEqual([]);
  });
  test('where the namespace is not complete it is unknown', () =>
    expect(
      said(id, all(workload({ container: url('https://pay.example.com') }), egress())).map(({ verdict }) => verdict),
    ).toEqual(['unknown']));
});

describe('probe-port-declared, by protocol', () => {
  const id = 'probe-port-declared';
  const judged = (declared: string, probe: string, more = '') =>
    verdicts(id, workload({ container: `ports: [${declared}], ${probe}`, pod: more }));
  const path = 'spec.template.spec.containers[0]';
  const statsd = '{ name: statsd, containerPort: 8125, protocol: UDP }';
  test('a port for UDP alone does not answer a probe by TCP', () => {
    expect(judged(statsd, 'livenessProbe: { tcpSocket: { port: 8125 } }')).toEqual([
      `fail ${path}.livenessProbe.tcpSocket.port`,
    ]);
    expect(judged(statsd, 'readinessProbe: { tcpSocket: { port: statsd } }')).toEqual([
      `fail ${path}.readinessProbe.tcpSocket.port`,
    ]);
    expect(judged(statsd, 'startupProbe: { httpGet: { path: /, port: statsd } }')).toEqual([
      `fail ${path}.startupProbe.httpGet.port`,
    ]);
    expect(judged(statsd.replace('UDP', 'SCTP'), 'livenessProbe: { grpc: { port: 8125 } }')).toEqual([
      `fail ${path}.livenessProbe.grpc.port`,
    ]);
  });
  test('declared for TCP too, in any container of the pod, it does', () => {
    expect(judged(`${statsd}, { containerPort: 8125 }`, 'livenessProbe: { tcpSocket: { port: statsd } }')).toEqual([]);
    expect(judged('{ name: http, containerPort: 8125 }', 'livenessProbe: { tcpSocket: { port: http } }')).toEqual([]);
  });
  test('programs such as DNS servers listen on both and often declare one', () =>
    expect(
      judged('{ name: dns, containerPort: 53, protocol: UDP }', 'livenessProbe: { tcpSocket: { port: dns } }'),
    ).toEqual([`unknown ${path}.livenessProbe.tcpSocket.port`]));
});
