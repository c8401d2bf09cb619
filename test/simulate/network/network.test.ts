import { isEmptySelector } from '../../../manifests/selector';
import { dnsServersOf } from '../../../simulate/network/dns';
import { flowsOf } from '../../../simulate/network/flows';
import { networkOf } from '../../../simulate/network/network';
import { proxiesOf } from '../../../simulate/network/proxies';
import { scrapesOf } from '../../../simulate/network/scrapes';
import { all, configMap, namespace, object, service, workload, workloadOf, worldOf } from '../../world/support';

const policy = (spec: string, name = 'p', place = 'shop') =>
  object('networking.k8s.io/v1', 'NetworkPolicy', name, `spec: { ${spec} }`, place);
const node = (more = '', name = 'a') =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name} }, spec: { ${more} } }`;
const web = workload({ container: 'ports: [{ name: http, containerPort: 8080 }]' });
const toWeb = (manifests: string, from: string, options?: Parameters<typeof worldOf>[1]) =>
  [...flowsOf(worldOf(manifests, options))].find((flow) => flow.from === from && flow.to === 'Deployment/shop/web')
    ?.verdict;

describe('policies of another API', () => {
  const verdict = (other: string, from = 'Deployment/shop/api') =>
    toWeb(all(namespace, web, workload({ name: 'api' }), other), from);
  test('leave the connections of their namespace open', () => {
    expect(verdict(object('v1', 'ConfigMap', 'c'))).toBe('allowed');
    expect(verdict(object('cilium.io/v2', 'CiliumNetworkPolicy', 'c'))).toBe('unknown');
    expect(verdict(object('crd.projectcalico.org/v1', 'NetworkPolicy', 'c'))).toBe('unknown');
    expect(verdict(object('projectcalico.org/v3', 'NetworkPolicy', 'c'))).toBe('unknown');
    expect(verdict(object('cilium.io/v2', 'CiliumNetworkPolicy', 'c', '', 'other'))).toBe('allowed');
    // Without a namespace they stand in the default one.
    expect(verdict(object('cilium.io/v2', 'CiliumNetworkPolicy', 'c', '', ''))).toBe('allowed');
    expect(verdict(object('projectcalico.org/v3', 'NetworkPolicy', 'c', '', ''))).toBe('allowed');
    const here = all(web, workload({ name: 'api' })).replaceAll('namespace: shop', 'namespace: default');
    const inDefault = (other: string) =>
      [...flowsOf(worldOf(all(here, other)))].find(({ from }) => from === 'Deployment/default/api')!.verdict;
    expect(inDefault(object('cilium.io/v2', 'CiliumNetworkPolicy', 'c', '', ''))).toBe('unknown');
    expect(inDefault(object('cilium.io/v2', 'CiliumNetworkPolicy', 'c'))).toBe('allowed');
  });
  test.each([
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy'],
    ['projectcalico.org/v3', 'GlobalNetworkPolicy'],
    ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy'],
    ['projectcalico.org/v3', 'StagedNetworkPolicy'],
    ['crd.antrea.io/v1beta1', 'ClusterNetworkPolicy'],
  ])('of %s a %s is about the whole cluster', (apiVersion, kind) =>
    expect(verdict(object(apiVersion, kind, 'c', '', ''))).toBe('unknown'),
  );
  test.each([
    ['cilium.io/v2', 'CiliumNode'],
    ['example.com/v1', 'GlobalNetworkPolicy'],
    ['crd.antrea.io/v1beta1', 'Traceflow'],
  ])('of %s a %s is none', (apiVersion, kind) =>
    expect(verdict(object(apiVersion, kind, 'c', '', ''))).toBe('allowed'),
  );
  test('may be declared', () => {
    const declared = object('cilium.io/v2', 'CiliumNetworkPolicy', 'c');
    expect(toWeb(all(web, workload({ name: 'api' })), 'Deployment/shop/api', { declared })).toBe('unknown');
    expect(toWeb(all(web, workload({ name: 'api' })), 'Deployment/shop/api', { declared: '' })).toBe('allowed');
  });
  test('may be about a pod of a namespace that is not known, not about what is no pod', () => {
    const world = worldOf(all(namespace, object('cilium.io/v2', 'CiliumNetworkPolicy', 'c', '', 'other')));
    const network = networkOf(world);
    expect(network.hasOtherPolicies(network.externalPod())).toBe(true);
    expect(network.hasOtherPolicies(network.externalPod({ namespace: 'other' }))).toBe(true);
    expect(network.hasOtherPolicies(network.externalPod({ namespace: 'shop' }))).toBe(false);
    expect(network.hasOtherPolicies({ is: 'outside' })).toBe(false);
    expect(network.hasOtherPolicies(network.host())).toBe(false);
  });
});

describe('the addresses of pods', () => {
  const closed = (cidr: string) => policy(`podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: ${cidr} } }] }]`);
  const verdict = (cidr: string, facts?: string) =>
    toWeb(
      all(namespace, web, workload({ name: 'api' }), closed(cidr)),
      'Deployment/shop/api',
      facts === undefined ? {} : { facts },
    );
  const kind = (range: string, name: string) => node(`providerID: 'kind://docker/kind/${name}', ${range}`, name);
  test('lie in the ranges of the nodes with a plugin that uses these, where every node has one', () => {
    const nodes = all(kind("podCIDR: 10.1.0.0/24, podCIDRs: ['10.1.0.0/24']", 'a'), kind('podCIDR: 10.2.0.0/24', 'b'));
    expect(verdict('10.0.0.0/8', nodes)).toBe('allowed');
    expect(verdict('10.1.0.0/16', nodes)).toBe('unknown');
    expect(verdict('192.168.0.0/16', nodes)).toBe('denied');
  });
  test('may be any private ones where a node shows none', () => {
    expect(verdict('192.168.0.0/16')).toBe('unknown');
    expect(verdict('192.168.0.0/16', all(kind('podCIDR: 10.1.0.0/24', 'a'), kind('a: b', 'b')))).toBe('unknown');
  });
});

describe('a verdict that a check may rely on', () => {
  const verdict = (manifests: string, port = 8080) => {
    const world = worldOf(all(web, workload({ name: 'api' }), manifests));
    const network = networkOf(world);
    return network.verdictOn(
      network.endpointOf(workloadOf(world, 'api')),
      network.endpointOf(workloadOf(world, 'web')),
      port,
    )?.verdict;
  };
  const only = (name: string, type: string) =>
    policy(`podSelector: { matchLabels: { app: ${name} } }, policyTypes: [${type}]`);
  test('is a failure where either end certainly refuses', () => {
    expect(verdict(namespace)).toBeUndefined();
    expect(verdict(all(namespace, only('web', 'Ingress')))).toBe('fail');
    expect(verdict(all(namespace, only('api', 'Egress')))).toBe('fail');
    expect(verdict(all(namespace, only('web', 'Egress')))).toBeUndefined();
  });
  test('is unknown where another policy may allow it, or one of another API decides', () => {
    expect(verdict(only('web', 'Ingress'))).toBe('unknown');
    expect(verdict(only('api', 'Egress'))).toBe('unknown');
    const cilium = object('cilium.io/v2', 'CiliumNetworkPolicy', 'c');
    expect(verdict(all(namespace, cilium, only('web', 'Ingress')))).toBe('unknown');
    expect(verdict(all(namespace, cilium))).toBeUndefined();
  });
});

test('of a pod that is not here only its namespace and its labels are known', () => {
  const world = worldOf(all(namespace, policy('podSelector: { matchLabels: { app: x } }')));
  const network = networkOf(world);
  const about = (labels: Record<string, string>) =>
    network.policiesAbout(network.externalPod({ namespace: 'shop', labels })).map(({ name }) => name);
  expect(about({})).toEqual(['p']);
  expect(about({ app: 'x' })).toEqual(['p']);
  expect(about({ app: 'y' })).toEqual([]);
  expect(network.policiesAbout(network.externalPod({ namespace: 'other' }))).toEqual([]);
  expect(network.policiesAbout({ is: 'outside' })).toEqual([]);
});

test('a policy without labels in its selector is found beside one with them, and one with expressions, too', () => {
  const world = worldOf(
    all(
      web,
      policy('podSelector: {}', 'all'),
      policy('podSelector: { matchLabels: { app: web, tier: x } }', 'two'),
      policy('podSelector: { matchLabels: { app: web } }', 'one'),
      policy('podSelector: { matchExpressions: [{ key: app, operator: Exists }] }', 'any'),
      policy('podSelector: {}', 'far', 'other'),
    ),
  );
  const network = networkOf(world);
  const about = network.policiesAbout(network.endpointOf(workloadOf(world, 'web'))).map(({ name }) => name);
  expect(about.sort()).toEqual(['all', 'any', 'one']);
  expect(network.policiesIn('shop').map(({ name }) => name)).toEqual(['all', 'two', 'one', 'any']);
});

test('the ports of a workload are those that it declares and those that Services lead to, by number', () => {
  const manifests = all(
    service(
      'selector: { app: api }, ports: [{ name: far, port: 9999 }, { name: web, port: 80, targetPort: 443 }, { port: 53, protocol: UDP }]',
      'api',
    ),
    workload({
      name: 'api',
      container: 'ports: [{ name: https, containerPort: 443 }, { name: dns, containerPort: 53 }]',
    }),
    workload({ name: 'web', spec: 'replicas: 1' }),
  );
  const flows = [...flowsOf(worldOf(manifests))].filter(({ from }) => from === 'Deployment/shop/web');
  expect(flows.map(({ port, protocol, portName }) => `${port}/${protocol} ${portName}`)).toEqual([
    '53/TCP dns',
    '53/UDP undefined',
    '443/TCP https',
    '9999/TCP far',
  ]);
});

test('one pod alone does not connect to itself', () => {
  const sources = (replicas: number) =>
    [...flowsOf(worldOf(workload({ spec: `replicas: ${replicas}`, container: 'ports: [{ containerPort: 80 }]' })))].map(
      ({ from }) => from,
    );
  expect(sources(1)).toEqual(['any other pod', 'outside the cluster']);
  expect(sources(2)).toEqual(['Deployment/shop/web', 'any other pod', 'outside the cluster']);
});

describe('the DNS of the cluster', () => {
  const servers = (manifests: string, facts?: string) =>
    dnsServersOf(worldOf(manifests, facts === undefined ? {} : { facts })).map(({ endpoint, port }) => [
      endpoint.is === 'pod' ? endpoint.namespace : endpoint.is,
      endpoint.is === 'pod' ? endpoint.labels.labels : {},
      port,
    ]);
  test('is where every distribution has it', () => {
    expect(servers('')).toEqual([['kube-system', { 'k8s-app': 'kube-dns' }, 53]]);
    expect(servers('', node())).toEqual([['kube-system', { 'k8s-app': 'kube-dns' }, 53]]);
  });
  test('is where OpenShift has it', () =>
    expect(servers('', node().replace('name: a', 'name: a, labels: { node.openshift.io/os_id: rhcos }'))).toEqual([
      ['openshift-dns', { 'dns.operator.openshift.io/daemonset-dns': 'default' }, 5353],
    ]));
  test('is where the manifests have it', () => {
    const dns = (ports: string, place = 'kube-system') =>
      all(
        service(`selector: { app: coredns }, ports: [${ports}]`, 'kube-dns'),
        workload({ name: 'coredns' }),
      ).replaceAll('namespace: shop', `namespace: ${place}`);
    expect(servers(dns('{ port: 53, targetPort: 1053, protocol: UDP }'))).toEqual([
      ['kube-system', { app: 'coredns' }, 1053],
    ]);
    expect(servers(dns('{ port: 53, targetPort: 1053 }'))).toEqual([['kube-system', { 'k8s-app': 'kube-dns' }, 53]]);
    expect(servers(dns('{ port: 53, targetPort: 1053, protocol: UDP }', 'shop'))[0]![2]).toBe(53);
  });
});

test('a proxy is known by its name, by any of its labels or by an image', () => {
  const manifests = all(
    workload({ name: 'traefik' }),
    workload({ name: 'a', labels: 'app: a, component: ingress-controller' }),
    workload({
      name: 'b',
      containers: "{ name: x, image: 'a:1' }, { name: y, image: 'docker.io/envoyproxy/envoy:v1' }",
    }),
    workload({ name: 'c', labels: 'app: c, tier: x' }),
  );
  const world = worldOf(manifests, { declared: workload({ name: 'kong' }) });
  const labels = proxiesOf(world).map((proxy) => (proxy.is === 'pod' ? proxy.labels.labels['app'] : proxy.is));
  expect(labels).toEqual([undefined, 'outside', 'traefik', 'a', 'b', 'kong']);
});

describe('what Prometheus scrapes', () => {
  const monitor = (spec: string, kind = 'ServiceMonitor') =>
    object('monitoring.coreos.com/v1', kind, 'm', `spec: { selector: { matchLabels: { app: web } }, ${spec} }`);
  const labelled = service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }]').replace(
    'namespace: shop',
    'namespace: shop, labels: { app: web }',
  );
  const scrapes = (...manifests: string[]) => [...scrapesOf(worldOf(all(labelled, web, ...manifests)))];
  const told = (...manifests: string[]) =>
    scrapes(...manifests).map(
      ({ path, value, target }) => `${path.join('.')} ${String(value)} ${target.number} ${target.declared?.name}`,
    );
  test('are the ports that a ServiceMonitor names: of the Service, or of the containers', () => {
    expect(told(monitor('endpoints: [{ port: http }, { port: gone }, text]'))).toEqual([
      'spec.endpoints.0 http 8080 http',
    ]);
    expect(told(monitor('endpoints: [{ targetPort: http }, { targetPort: 8080 }, { targetPort: 80 }]'))).toEqual([
      'spec.endpoints.0 http 8080 http',
      'spec.endpoints.1 8080 8080 http',
    ]);
  });
  test('are the ports that a PodMonitor names', () =>
    expect(
      told(
        monitor(
          'podMetricsEndpoints: [{ port: http }, { portNumber: 8080 }, { port: gone }, { portNumber: 80 }, text]',
          'PodMonitor',
        ),
      ),
    ).toEqual(['spec.podMetricsEndpoints.0 http 8080 http', 'spec.podMetricsEndpoints.1 8080 8080 http']));
  test('are the addresses of a prometheus.yml, but for its own', () => {
    const config = configMap(
      'cfg',
      `prometheus.yml: "{ scrape_configs: [{ static_configs: [{ targets: ['web:80', 'web:81', 'gone:80', 'prometheus:9090'] }] }] }"`,
    );
    const prometheus = all(
      service('selector: { app: prometheus }, ports: [{ port: 9090 }]', 'prometheus'),
      workload({
        name: 'prometheus',
        pod: 'volumes: [{ name: c, configMap: { name: cfg } }]',
        containers: "{ name: p, image: 'prom/prometheus:v3', volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }",
      }),
    );
    expect(told(config, prometheus)).toEqual(['data.prometheus.yml web:80 8080 http']);
    expect(scrapes(config, prometheus)[0]).toMatchObject({
      sourceIsKnown: true,
      sources: [{ labels: { labels: { app: 'prometheus' } } }],
    });
  });

  const sources = (...manifests: string[]) => {
    const [scrape] = scrapes(monitor('endpoints: [{ port: http }]'), ...manifests);
    return {
      known: scrape!.sourceIsKnown,
      labels: scrape!.sources.map((source) => (source.is === 'pod' ? source.labels.labels : {})),
    };
  };
  test.each(['prom/prometheus:v3', 'prometheus@sha256:1', 'quay.io/prometheus/prometheus'])(
    'come from pods with image %s',
    (image) =>
      expect(sources(workload({ name: 'p', containers: `{ name: p, image: '${image}' }` }))).toEqual({
        known: true,
        labels: [{ app: 'p' }],
      }),
  );
  test.each(['prom/prometheus-adapter:1', 'quay.io/prometheus/alertmanager:1', 'my-prometheus:1'])(
    'come from anywhere beside image %s',
    (image) =>
      expect(sources(workload({ name: 'p', containers: `{ name: p, image: '${image}' }` }))).toEqual({
        known: false,
        labels: [{}],
      }),
  );
  test('come from the pods that the operator makes', () => {
    const operated = {
      'app.kubernetes.io/managed-by': 'prometheus-operator',
      'app.kubernetes.io/instance': 'main',
      'operator.prometheus.io/name': 'main',
      'operator.prometheus.io/shard': '0',
    };
    const own = (kind: string, apiVersion = 'monitoring.coreos.com/v1') =>
      sources(object(apiVersion, kind, 'main', 'spec: { podMetadata: { labels: { team: a } } }'));
    expect(own('Prometheus')).toEqual({
      known: true,
      labels: [{ 'app.kubernetes.io/name': 'prometheus', prometheus: 'main', ...operated, team: 'a' }],
    });
    expect(own('PrometheusAgent')).toEqual({
      known: true,
      labels: [{ 'app.kubernetes.io/name': 'prometheus-agent', ...operated, team: 'a' }],
    });
    expect(own('Prometheus', 'example.com/v1').known).toBe(false);
  });
});

test('a node is the own one of every pod where there is only one', () => {
  const host = (facts?: string) => networkOf(worldOf('', facts === undefined ? {} : { facts })).host();
  expect(host(node())).toMatchObject({ is: 'host', sameNode: 'yes' });
  expect(host(all(node(), node('', 'b')))).toMatchObject({ is: 'host', sameNode: 'unknown' });
  expect(host()).toMatchObject({ is: 'host', sameNode: 'unknown' });
});

test.each([
  ['nothing', undefined, false],
  ['no condition', {}, true],
  ['empty conditions', { matchLabels: {}, matchExpressions: [] }, true],
  ['labels', { matchLabels: { a: 'b' } }, false],
  ['expressions', { matchExpressions: [{ key: 'a', operator: 'Exists' }] }, false],
])('a selector with %s selects everything: %#', (_, selector, empty) => expect(isEmptySelector(selector)).toBe(empty));
