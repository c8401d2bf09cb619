import { all, findings, messages, namespace, said, service, workload } from '../judging';

const policy = (spec: string, name = 'web', place = 'shop') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
const cilium =
  '{ apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: { name: c, namespace: shop }, spec: {} }';
const node = (name: string, more = '') => `{ apiVersion: v1, kind: Node, metadata: { name: ${name}${more} } }`;
const nodes = all(node('a'), node('b'));
const own = 'podSelector: { matchLabels: { app: web } }';
const kubeDns =
  '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }, podSelector: { matchLabels: { k8s-app: kube-dns } } }';
const at = 'Deployment/shop/web spec.template.metadata.labels';
const labels = '{"app":"web"}';

describe('dns-egress-allowed', () => {
  const id = 'dns-egress-allowed';
  const egress = (rules: string) => policy(`${own}, policyTypes: [Egress], egress: [${rules}]`);
  const url = "env: [{ name: API, value: 'https://api.example.com' }]";
  const judged = (rules: string, { container = url, pod = '', more = [namespace] } = {}) =>
    findings(id, all(...more, workload({ container, pod }), egress(rules)));
  const message = (rules: string, { container = url, pod = '', more = [namespace] } = {}) =>
    messages(id, all(...more, workload({ container, pod }), egress(rules)))[0];
  const redis = '{ to: [{ podSelector: { matchLabels: { app: redis } } }] }';
  const dns = (...protocols: string[]) =>
    `{ to: [${kubeDns}], ports: [${protocols.map((protocol) => `{ port: 53, protocol: ${protocol} }`).join(', ')}] }`;

  test('names do not resolve without UDP to port 53', () => {
    expect(judged(redis)).toEqual([`fail ${at} = ${labels}`]);
    expect(message(redis)).toContain(
      'egress of these pods is restricted (web) and no policy allows UDP and TCP to port 53',
    );
    expect(message(redis)).toContain('do not resolve and the connections fail');
    expect(message(`${redis}, ${dns('TCP')}`)).toContain('allows UDP to port 53');
  });
  test('without TCP long responses are lost, which nobody knows to exist', () => {
    expect(judged(`${redis}, ${dns('UDP')}`)).toEqual([`unknown ${at} = ${labels}`]);
    expect(message(`${redis}, ${dns('UDP')}`)).toContain("allows UDP to the cluster's DNS but not TCP");
    expect(judged(`${redis}, ${dns('UDP', 'TCP')}`)).toEqual([]);
    expect(judged('{}')).toEqual([]);
  });
  test('labels of kube-system that are not known leave it open', () => {
    const byTeam = `{ to: [{ namespaceSelector: { matchLabels: { team: platform } } }] }`;
    expect(judged(byTeam)).toEqual([`unknown ${at} = ${labels}`]);
    expect(message(byTeam)).toContain('depends on labels or addresses that are not known');
  });
  test('pods that name no host may resolve none', () => {
    expect(judged(redis, { container: 'args: []' })).toEqual([`unknown ${at} = ${labels}`]);
    expect(message(redis, { container: 'args: []' })).toContain('whether they resolve names is not known');
    expect(judged('', { container: 'args: []' })).toEqual([]);
    expect(judged('{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }', { container: 'args: []' })).toEqual([]);
    expect(judged('{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }')).toHaveLength(1);
    expect(
      judged('{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }, { podSelector: {} }] }', { container: 'args: []' }),
    ).toHaveLength(1);
    expect(judged('{ ports: [{ port: 80 }] }', { container: 'args: []' })).toHaveLength(1);
  });
  test('in a namespace that is not complete another policy may allow it', () => {
    expect(judged(redis, { more: [] })).toEqual([`unknown ${at} = ${labels}`]);
    expect(message(redis, { more: [] })).toContain('whether another policy of namespace shop allows it is not known');
    expect(judged(redis, { more: [namespace, cilium] })).toEqual([]);
  });
  test('policies without egress do not restrict it', () => {
    expect(
      findings(id, all(namespace, workload({ container: url }), policy(`${own}, policyTypes: [Ingress]`))),
    ).toEqual([]);
    expect(findings(id, all(namespace, workload({ container: url })))).toEqual([]);
    const both = all(
      namespace,
      workload({ container: url }),
      egress(redis),
      policy(`${own}, policyTypes: [Ingress]`, 'in'),
    );
    expect(messages(id, both)[0]).toContain('is restricted (web) and');
  });
  test('pods with name servers of their own must reach those', () => {
    const to = (cidr: string, protocol = 'UDP') =>
      `{ to: [{ ipBlock: { cidr: ${cidr} } }], ports: [{ port: 53, protocol: ${protocol} }] }`;
    const pod = (servers: string, policy = 'None') => `dnsPolicy: ${policy}, dnsConfig: { nameservers: [${servers}] }`;
    expect(judged(redis, { pod: pod('10.9.9.9') })).toEqual([`fail ${at} = ${labels}`]);
    expect(message(redis, { pod: pod('10.9.9.9') })).toContain('port 53 of its name servers 10.9.9.9');
    const both = `${to('10.9.9.9/32')}, ${to('10.9.9.9/32', 'TCP')}`;
    expect(judged(`${redis}, ${both}`, { pod: pod('10.9.9.9') })).toEqual([]);
    expect(judged(`${redis}, ${both}`, { pod: pod('10.8.8.8, 10.9.9.9') })).toEqual([]);
    expect(judged(`${redis}, ${both}`, { pod: pod('10.8.8.8') })).toEqual([`fail ${at} = ${labels}`]);
    expect(judged(redis, { pod: pod('not-an-address') })).toEqual([`unknown ${at} = ${labels}`]);
    // Which name servers the node has is not known.
    expect(judged(redis, { pod: pod('', 'Default') })).toEqual([]);
    expect(judged(redis, { pod: pod('', 'ClusterFirst') })).toHaveLength(1);
    expect(judged(redis, { pod: pod('1') })).toEqual([]);
  });
  test('the network of the host is not restricted, a PodTemplate makes no pods', () => {
    expect(judged(redis, { pod: 'hostNetwork: true' })).toEqual([]);
    const template = `{ apiVersion: v1, kind: PodTemplate, metadata: { name: t, namespace: shop }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1', ${url} }] } } }`;
    expect(findings(id, all(namespace, template, egress(redis)))).toEqual([]);
  });
  test('a Pod is reported at its own labels', () => {
    const pod = `{ apiVersion: v1, kind: Pod, metadata: { name: one, namespace: shop, labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1', ${url} }] } }`;
    expect(findings(id, all(namespace, pod, egress(redis)))).toEqual([`fail Pod/shop/one metadata.labels = ${labels}`]);
  });
  test('name servers beside those of the node leave open which one answers', () =>
    expect(judged(redis, { pod: 'dnsPolicy: Default, dnsConfig: { nameservers: [10.9.9.9] }' })).toEqual([]));
});

describe('system-flow-allowed', () => {
  const id = 'system-flow-allowed';
  const front = service('selector: { app: web }, ports: [{ port: 443, targetPort: 8443 }]');
  const hook = (client = 'name: web, namespace: shop', kind = 'ValidatingWebhookConfiguration', failure = 'Fail') =>
    `{ apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: { name: h }, webhooks: [{ name: h.example.com, failurePolicy: ${failure}, clientConfig: { service: { ${client} } } }] }`;
  const closed = policy(`${own}, ingress: [{ from: [{ namespaceSelector: {} }] }]`);
  const judged = (...manifests: string[]) =>
    findings(id, all(namespace, front, workload(), ...manifests), { facts: nodes });
  const path = 'webhooks[0].clientConfig.service = "web"';

  test('selectors do not select the API server', () => {
    expect(judged(closed, hook())).toEqual([`fail ValidatingWebhookConfiguration/h ${path}`]);
    expect(judged(closed, hook(undefined, 'MutatingWebhookConfiguration'))).toEqual([
      `fail MutatingWebhookConfiguration/h ${path}`,
    ]);
    expect(judged(policy(`${own}, ingress: [{ ports: [{ port: 8443 }] }]`), hook())).toEqual([]);
    expect(judged(policy(`${own}, ingress: [{ ports: [{ port: 443 }] }]`), hook())).toHaveLength(1);
    expect(judged(policy(`${own}, policyTypes: [Egress]`), hook())).toEqual([]);
    expect(judged(hook())).toEqual([]);
  });
  test('what follows depends on the failure policy', () => {
    const message = (failure: string) =>
      messages(id, all(namespace, front, workload(), closed, hook(undefined, undefined, failure)), { facts: nodes })[0];
    expect(message('Fail')).toContain(
      'policies (web) do not allow the API server to connect to Deployment/shop/web port 8443',
    );
    expect(message('Fail')).toContain('so the requests that the webhook matches are rejected after a timeout');
    expect(message('Ignore')).toContain('so every request waits for a timeout and skips the webhook');
  });
  test('conversion webhooks and aggregated APIs are called as well', () => {
    const crd =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: a.b.c }, spec: { conversion: { webhook: { clientConfig: { service: { name: web, namespace: shop } } } } } }';
    expect(judged(closed, crd)).toEqual([
      'fail CustomResourceDefinition/a.b.c spec.conversion.webhook.clientConfig.service = "web"',
    ]);
    const api =
      '{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1.a.b }, spec: { group: a.b, service: { name: web, namespace: shop } } }';
    expect(judged(closed, api)).toEqual(['fail APIService/v1.a.b spec.service = "web"']);
  });
  test('a port that the Service does not have, and an incomplete reference, are reported elsewhere', () => {
    expect(judged(closed, hook('name: web, namespace: shop, port: 444'))).toEqual([]);
    expect(judged(closed, hook('name: gone, namespace: shop'))).toEqual([]);
    expect(judged(closed, hook('name: web'))).toEqual([]);
    expect(judged(closed, hook('namespace: shop'))).toEqual([]);
  });
  test('it is certain only with all nodes and all policies', () => {
    expect(findings(id, all(namespace, front, workload(), closed, hook()))).toEqual([
      `unknown ValidatingWebhookConfiguration/h ${path}`,
    ]);
    expect(messages(id, all(namespace, front, workload(), closed, hook()))[0]).toContain(
      'give the nodes of the cluster',
    );
    expect(findings(id, all(front, workload(), closed, hook()), { facts: nodes })).toEqual([
      `unknown ValidatingWebhookConfiguration/h ${path}`,
    ]);
    expect(messages(id, all(front, workload(), closed, hook()), { facts: nodes })[0]).toContain(
      'whether another policy of namespace shop does is not known',
    );
    expect(judged(closed, cilium, hook())).toEqual([]);
    // On the only node every connection is local.
    expect(findings(id, all(namespace, front, workload(), closed, hook()), { facts: node('a') })).toEqual([]);
  });

  describe('the metrics API', () => {
    const api = (group = 'metrics.k8s.io', spec = 'service: { name: web, namespace: shop }') =>
      `{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1beta1.${group} }, spec: { group: ${group}, ${spec} } }`;
    const egress = (rules: string) => policy(`${own}, policyTypes: [Egress], egress: [${rules}]`);
    test('must reach the kubelets of all nodes', () => {
      expect(judged(egress('{ to: [{ podSelector: {} }] }'), api())).toEqual([
        'fail Deployment/shop/web metadata.name = "web"',
      ]);
      expect(said(id, all(namespace, front, workload(), egress(''), api()), { facts: nodes })[0]).toMatchObject({
        message:
          'policies (web) do not allow the metrics API to connect to the kubelets of other nodes (port 10250), so their metrics are missing',
        fix: 'allow egress to the addresses of the nodes, port 10250',
      });
      expect(judged(egress('{ ports: [{ port: 10250 }] }'), api())).toEqual([]);
      expect(judged(egress('{ ports: [{ port: 10251 }] }'), api())).toHaveLength(1);
      expect(judged(api())).toEqual([]);
    });
    test('is certain only with all nodes and all policies', () => {
      const unknown = ['unknown Deployment/shop/web metadata.name = "web"'];
      expect(findings(id, all(namespace, front, workload(), egress(''), api()))).toEqual(unknown);
      expect(messages(id, all(namespace, front, workload(), egress(''), api()))[0]).toContain('give the nodes');
      expect(findings(id, all(front, workload(), egress(''), api()), { facts: nodes })).toEqual(unknown);
      expect(messages(id, all(front, workload(), egress(''), api()), { facts: nodes })[0]).toContain(
        'whether another policy allows it is not known',
      );
      expect(judged(egress(''), cilium, api())).toEqual([]);
    });
    test('is that of one group only, and may be without a Service', () => {
      expect(judged(egress(''), api('custom.metrics.k8s.io'))).toEqual([]);
      expect(judged(egress(''), api('metrics.k8s.io', 'version: v1beta1'))).toEqual([]);
      expect(judged(egress(''), api('metrics.k8s.io', 'service: { name: gone, namespace: shop }'))).toEqual([]);
    });
  });
});

describe('exposure-minimal', () => {
  const id = 'exposure-minimal';
  const of = (type: string, port: string, more = '', annotations = '') =>
    service(`type: ${type}, selector: { app: web }, ports: [{ ${port} }]${more ? `, ${more}` : ''}`).replace(
      'namespace: shop',
      `namespace: shop${annotations ? `, annotations: { ${annotations} }` : ''}`,
    );
  const exposed = (type: string) => [`fail Service/shop/web spec.type = "${type}"`];
  test.each([
    [2379, 'etcd'],
    [3306, 'MySQL'],
    [5432, 'PostgreSQL'],
    [6379, 'Redis'],
    [9042, 'Cassandra'],
    [9200, 'Elasticsearch'],
    [11211, 'memcached'],
    [15672, 'RabbitMQ management'],
    [27017, 'MongoDB'],
  ])('port %d is that of %s', (port, what) => {
    expect(findings(id, of('LoadBalancer', `port: ${port}`))).toEqual(exposed('LoadBalancer'));
    expect(messages(id, of('LoadBalancer', `port: ${port}`))[0]).toContain(`${what} (port ${port}) is open`);
  });
  test('the port of the pods counts, and how it is reached is said', () => {
    expect(messages(id, of('NodePort', 'port: 80, targetPort: 6379'))).toEqual([
      'Redis (port 80) is open to everyone who can reach a node, without the checks of a gateway',
    ]);
    expect(messages(id, of('LoadBalancer', 'port: 6379'))[0]).toContain('reach the load balancer');
    expect(findings(id, of('LoadBalancer', 'port: 80, targetPort: http'))).toEqual([]);
    expect(findings(id, of('ClusterIP', 'port: 6379'))).toEqual([]);
  });
  test('a restricted load balancer is open to few', () => {
    expect(findings(id, of('LoadBalancer', 'port: 6379', 'loadBalancerSourceRanges: [10.0.0.0/8]'))).toEqual([]);
    expect(
      findings(id, of('LoadBalancer', 'port: 6379', '', 'networking.gke.io/load-balancer-type: Internal')),
    ).toEqual([]);
    expect(
      findings(
        id,
        of('LoadBalancer', 'port: 6379', '', "service.beta.kubernetes.io/aws-load-balancer-internal: 'true'"),
      ),
    ).toEqual([]);
    expect(findings(id, of('LoadBalancer', 'port: 6379', '', 'team: payments'))).toEqual(exposed('LoadBalancer'));
    expect(findings(id, of('NodePort', 'port: 6379', '', 'internal: a'))).toEqual(exposed('NodePort'));
  });
  test('externalIPs are reported for every type', () =>
    expect(findings(id, of('ClusterIP', 'port: 80', 'externalIPs: [192.0.2.1]'))).toEqual([
      'fail Service/shop/web spec.externalIPs = ["192.0.2.1"]',
    ]));

  describe('a Service behind a route or Ingress', () => {
    const route = (ref: string) =>
      `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: r, namespace: shop }, spec: { rules: [{ backendRefs: [{ ${ref} }] }] } }`;
    const ingress = (spec: string, annotations = '', name = 'web') =>
      `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: i, namespace: shop${annotations ? `, annotations: { ${annotations} }` : ''} }, spec: { ${spec} defaultBackend: { service: { name: ${name}, port: { number: 80 } } } } }`;
    const second = (...manifests: string[]) => findings(id, all(of('NodePort', 'port: 80'), ...manifests));
    test('needs no second way in', () => {
      expect(second(route('name: web, port: 80'))).toEqual(exposed('NodePort'));
      expect(second(ingress('ingressClassName: nginx,'))).toEqual(exposed('NodePort'));
      expect(second(ingress('', 'kubernetes.io/ingress.class: nginx'))).toEqual(exposed('NodePort'));
      expect(messages(id, all(of('NodePort', 'port: 80'), route('name: web, port: 80')))[0]).toContain(
        'type NodePort opens a second way in',
      );
      expect(findings(id, all(of('ClusterIP', 'port: 80'), route('name: web, port: 80')))).toEqual([]);
    });
    test.each(['alb', 'gce', 'gce-internal'])('class %s connects through node ports', (name) => {
      expect(second(ingress(`ingressClassName: ${name},`))).toEqual([]);
      expect(second(ingress('', `kubernetes.io/ingress.class: ${name}`))).toEqual([]);
    });
    test('the default of GKE does so, too; other objects do not lead to it', () => {
      expect(second(ingress(''))).toEqual([]);
      expect(second(ingress('ingressClassName: albx,'))).toEqual(exposed('NodePort'));
      expect(second(ingress('ingressClassName: nginx,', '', 'other'))).toEqual([]);
      expect(second(route('name: web, kind: Bucket, port: 80'))).toEqual([]);
      expect(second(route('name: web, namespace: other, port: 80'))).toEqual([]);
    });
  });
});
