import { all, findings, messages, namespace, said, service, workload } from '../judging';

const policy = (spec: string, name = 'web', place = 'shop') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: ${place} }, spec: { ${spec} } }`;
const other = '{ apiVersion: v1, kind: Namespace, metadata: { name: other } }';
const cilium =
  '{ apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: { name: c, namespace: shop }, spec: {} }';
const own = 'podSelector: { matchLabels: { app: web } }';
const elsewhere = (name: string) => workload({ name }).replaceAll('namespace: shop', 'namespace: other');
const byName = (name: string) => `namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ${name} } }`;

describe('netpol-selects', () => {
  const id = 'netpol-selects';
  const at = 'NetworkPolicy/shop/web spec.podSelector';
  test('pods of the namespace are looked for, and the nearest label is offered', () => {
    expect(findings(id, all(namespace, workload(), policy('podSelector: { matchLabels: { app: wbe } }')))).toEqual([
      `fail ${at} = {"matchLabels":{"app":"wbe"}}`,
    ]);
    expect(
      messages(id, all(namespace, workload(), policy('podSelector: { matchLabels: { tier: a, app: wbe } }')))[0],
    ).toBe('no pod of namespace shop has these labels, so the policy has no effect; did you mean "web"?');
    expect(messages(id, all(namespace, workload(), policy('podSelector: { matchLabels: { tier: a } }')))[0]).toMatch(
      /no effect$/,
    );
    expect(findings(id, all(namespace, workload(), policy(own)))).toEqual([]);
    expect(findings(id, all(namespace, policy('podSelector: {}')))).toEqual([]);
    expect(findings(id, policy(own))).toEqual([`unknown ${at} = {"matchLabels":{"app":"web"}}`]);
    expect(messages(id, policy(own))[0]).toContain('no pod template in the manifests of namespace shop');
  });
});

describe('netpol-peer-exists', () => {
  const id = 'netpol-peer-exists';
  const peer = (json: string, direction = 'ingress: [{ from') => policy(`${own}, ${direction}: [{ ${json} }] }]`);
  const judged = (json: string, ...more: string[]) => findings(id, all(namespace, workload(), ...more, peer(json)));
  const message = (json: string, ...more: string[]) => messages(id, all(namespace, workload(), ...more, peer(json)))[0];
  const at = 'NetworkPolicy/shop/web spec.ingress[0].from[0]';
  const pods = 'podSelector: { matchLabels: { app: api } }';
  test('a namespace that the manifests only create may get its pods from a chart', () => {
    expect(judged(`${byName('other')}, ${pods}`, other)).toEqual([]);
    expect(judged(`${byName('other')}, ${pods}`, other, elsewhere('web'))).toHaveLength(1);
  });
  test("pods are those of the policy's own namespace", () => {
    expect(judged(pods)).toEqual([`fail ${at}.podSelector = {"matchLabels":{"app":"api"}}`]);
    expect(judged(pods, workload({ name: 'api' }))).toEqual([]);
    expect(judged('podSelector: {}')).toEqual([]);
    expect(message('podSelector: { matchLabels: { tier: a, app: wbe } }')).toContain('did you mean "web"?');
    expect(message(pods)).toMatch(/so this peer allows no connections$/);
    expect(findings(id, all(workload(), peer(pods)))).toEqual([]);
  });
  test('a namespace that is meant by its name has to have the label', () => {
    const labelled = (labels: string) =>
      `{ apiVersion: v1, kind: Namespace, metadata: { name: ingress-nginx, labels: { ${labels} } } }`;
    const byLabel = (labels: string) => `namespaceSelector: { matchLabels: { ${labels} } }`;
    const wrong = (labels: string) => [
      `fail ${at}.namespaceSelector = {"matchLabels":${JSON.stringify(Object.fromEntries(labels.split(', ').map((label) => label.split(': '))))}}`,
    ];
    for (const label of ['name: ingress-nginx', 'kubernetes.io/name: ingress-nginx', 'name: ingress-nginx, tier: edge'])
      expect(judged(byLabel(label), labelled('tier: edge'))).toEqual(wrong(label));
    expect(judged(byLabel('name: ingress-nginx'), labelled('name: ingress-nginx'))).toEqual([]);
    // Another one has it, or nobody knows which is meant.
    expect(
      judged(
        byLabel('name: ingress-nginx'),
        labelled(''),
        other.replace('name: other', 'name: other, labels: { name: ingress-nginx }'),
      ),
    ).toEqual([]);
    expect(judged(byLabel('name: monitoring'), labelled(''))).toEqual([]);
    expect(judged(byLabel('team: edge'), labelled(''))).toEqual([]);
    expect(said(id, all(namespace, workload(), labelled(''), peer(byLabel('name: ingress-nginx'))))[0]!.fix).toBe(
      'write kubernetes.io/metadata.name: ingress-nginx',
    );
  });
  test('egress is looked at as well', () =>
    expect(findings(id, all(namespace, workload(), peer(pods, 'policyTypes: [Egress], egress: [{ to')))).toEqual([
      'fail NetworkPolicy/shop/web spec.egress[0].to[0].podSelector = {"matchLabels":{"app":"api"}}',
    ]));
  test('pods of another namespace need a namespaceSelector in the same peer', () => {
    expect(message(pods, other, elsewhere('api'))).toContain(
      "a podSelector alone selects pods of the policy's own namespace shop, and none has these labels; Deployment api of namespace other has them",
    );
    expect(judged(`${byName('other')}, ${pods}`, other, elsewhere('api'))).toEqual([]);
    expect(judged(`${byName('other')}, ${pods}`, other, elsewhere('b'))).toEqual([
      `fail ${at}.podSelector = {"matchLabels":{"app":"api"}}`,
    ]);
    // Here a namespaceSelector is given: another namespace is no explanation.
    expect(message(`${byName('other')}, ${pods}`, other, elsewhere('b'), workload({ name: 'api' }))).toContain(
      'no pod of namespace other has these labels',
    );
  });
  test('a namespace that is neither judged nor declared does not exist', () => {
    const declared = (json: string) => findings(id, all(namespace, workload(), peer(json)), { declared: other });
    expect(declared(byName('othr'))).toEqual([
      `fail ${at}.namespaceSelector = {"matchLabels":{"kubernetes.io/metadata.name":"othr"}}`,
    ]);
    expect(messages(id, all(namespace, workload(), peer(byName('othr'))), { declared: other })[0]).toContain(
      'did you mean "other"?',
    );
    expect(declared(byName('other'))).toEqual([]);
    expect(declared(`${byName('othr')}, ${pods}`)).toHaveLength(1);
    expect(judged(byName('othr'))).toEqual([]);
  });
  test('other selectors may select namespaces that nobody knows', () => {
    expect(judged(`namespaceSelector: { matchLabels: { team: a } }, ${pods}`)).toEqual([]);
    expect(judged(`namespaceSelector: {}, ${pods}`)).toEqual([]);
    expect(
      judged(`namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop, team: a } }, ${pods}`),
    ).toEqual([]);
    expect(
      judged(
        `namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop }, matchExpressions: [{ key: a, operator: Exists }] }, ${pods}`,
      ),
    ).toEqual([]);
  });
  test('addresses are no pods', () => expect(judged('ipBlock: { cidr: 10.0.0.0/8 }')).toEqual([]));
});

describe('netpol-types-consistent', () => {
  const id = 'netpol-types-consistent';
  const rules = '{ ports: [{ port: 80 }] }';
  test.each([
    ['Egress', 'ingress'],
    ['Ingress', 'egress'],
  ])('policyTypes [%s] ignores %s rules', (types, field) => {
    const manifests = policy(`${own}, policyTypes: [${types}], ${field}: [${rules}, ${rules}]`);
    expect(findings(id, manifests)).toEqual([`fail NetworkPolicy/shop/web spec.${field} = 2`]);
    expect(messages(id, manifests)[0]).toContain(`so these ${field} rules are ignored`);
  });
  test('an empty list of egress isolates only with policyTypes', () => {
    expect(findings(id, policy(`${own}, egress: []`))).toEqual(['fail NetworkPolicy/shop/web spec.egress = []']);
    expect(messages(id, policy(`${own}, egress: []`))[0]).toContain('does not isolate the pods for egress');
    expect(findings(id, policy(`${own}, ingress: []`))).toEqual([]);
    expect(findings(id, policy(`${own}, egress: [${rules}]`))).toEqual([]);
    expect(findings(id, policy(`${own}, policyTypes: [Ingress], egress: []`))).toEqual([]);
    expect(findings(id, policy(`${own}, policyTypes: [Ingress, Egress], egress: [], ingress: [${rules}]`))).toEqual([]);
    expect(findings(id, policy(own))).toEqual([]);
  });
  test('policies of other APIs follow their own rules', () =>
    expect(findings(id, policy(`${own}, egress: []`).replace('networking.k8s.io/v1', 'projectcalico.org/v3'))).toEqual(
      [],
    ));
});

describe('workload-isolated', () => {
  const id = 'workload-isolated';
  const web = (name = 'web') => workload({ name, container: 'ports: [{ containerPort: 80 }]' });
  const deny = policy('podSelector: {}, policyTypes: [Ingress]');
  test('a namespace without policies is one finding, at its Namespace or its first workload', () => {
    expect(findings(id, all(namespace, web()))).toEqual(['fail Namespace/shop metadata.name = "shop"']);
    expect(messages(id, all(namespace, web()))[0]).toMatch(/may connect to Deployment web$/);
    expect(messages(id, all(namespace, web(), web('b')))[0]).toMatch(/Deployment web and 1 other workload$/);
    expect(messages(id, all(namespace, web(), web('b'), web('c')))[0]).toMatch(/and 2 other workloads$/);
    expect(findings(id, web())).toEqual(['unknown Deployment/shop/web metadata.name = "web"']);
    expect(messages(id, web())[0]).toContain('isolates Deployment web is not known');
  });
  test('in a namespace with policies each workload needs one for ingress', () => {
    const forB = policy('podSelector: { matchLabels: { app: b } }, policyTypes: [Ingress]');
    expect(findings(id, all(namespace, web(), web('b'), forB))).toEqual([
      'fail Deployment/shop/web spec.template.metadata.labels = {"app":"web"}',
    ]);
    expect(findings(id, all(namespace, web(), deny))).toEqual([]);
    expect(findings(id, all(namespace, web(), policy(`${own}, policyTypes: [Egress]`)))).toHaveLength(1);
  });
  test('what accepts no connections needs none', () => {
    expect(findings(id, all(namespace, workload()))).toEqual([]);
    expect(
      findings(id, all(namespace, workload(), service('selector: { app: web }, ports: [{ port: 80 }]'))),
    ).toHaveLength(1);
  });
  test.each([
    [
      'the network of the host',
      all(namespace, workload({ pod: 'hostNetwork: true', container: 'ports: [{ containerPort: 80 }]' })),
    ],
    ['policies of another API', all(namespace, web(), cilium)],
    ['kube-system', web().replaceAll('namespace: shop', 'namespace: kube-system')],
    [
      'a PodTemplate',
      all(
        namespace,
        "{ apiVersion: v1, kind: PodTemplate, metadata: { name: t, namespace: shop }, template: { spec: { containers: [{ name: a, image: 'a:1', ports: [{ containerPort: 80 }] }] } } }",
      ),
    ],
  ])('%s is left alone', (_, manifests) => expect(findings(id, manifests)).toEqual([]));
});

describe('netpol-enforced-by-cni', () => {
  const id = 'netpol-enforced-by-cni';
  const deny = policy('podSelector: {}, policyTypes: [Ingress]');
  const node = (more: string, { version = 'v1.33.1', spec = '{}', name = 'a' } = {}) =>
    `{ apiVersion: v1, kind: Node, metadata: { name: ${name}${more ? `, ${more}` : ''} }, spec: ${spec}, status: { nodeInfo: { kubeletVersion: ${version} } } }`;
  const flannel = 'annotations: { flannel.alpha.coreos.com/backend-type: vxlan }';
  const judged = (facts: string) => findings(id, deny, { facts }).map((finding) => finding.split(' ')[0]);
  test('the nodes must be known, and show their plugin', () => {
    expect(findings(id, deny)).toEqual(['unknown NetworkPolicy/shop/web spec = ["Ingress"]']);
    expect(messages(id, deny)[0]).toContain('the nodes of the cluster are not known');
    expect(judged(node(''))).toEqual(['unknown']);
    expect(messages(id, deny, { facts: node('') })[0]).toContain('the nodes do not show which network plugin they use');
    expect(judged(node(flannel))).toEqual(['fail']);
    expect(judged(all(node(flannel), node('', { name: 'b' })))).toEqual(['unknown']);
  });
  test.each([
    'annotations: { projectcalico.org/IPv4Address: 10.0.0.1 }',
    'annotations: { network.cilium.io/ipv4-pod-cidr: 10.0.0.0 }',
    'labels: { node.antrea.io/a: b }',
    'annotations: { k8s.ovn.org/host-cidrs: a }',
    'labels: { kubernetes.azure.com/network-policy: azure }',
  ])('{ %s } shows a plugin that enforces', (more) => expect(judged(node(more))).toEqual([]));
  test('K3s, RKE2 and new kind clusters enforce', () => {
    expect(judged(node(flannel, { version: 'v1.33.1+k3s1' }))).toEqual([]);
    expect(judged(node(flannel, { version: 'v1.33.1+rke2r1' }))).toEqual([]);
    const kind = "{ providerID: 'kind://docker/kind/a' }";
    expect(judged(node('', { spec: kind, version: 'v1.31.0' }))).toEqual([]);
    expect(judged(node('', { spec: kind, version: 'v1.30.9' }))).toEqual(['unknown']);
    expect(judged(node('', { spec: "{ providerID: 'aws://a' }", version: 'v1.31.0' }))).toEqual(['unknown']);
  });
  test('a DaemonSet of an enforcing plugin is enough, judged or declared', () => {
    const daemon = (name: string) => workload({ name, kind: 'DaemonSet' });
    expect(findings(id, all(deny, daemon('calico-node')), { facts: node(flannel) })).toEqual([]);
    expect(findings(id, deny, { facts: node(flannel), declared: daemon('cilium') })).toEqual([]);
    expect(findings(id, deny, { facts: node(flannel), declared: workload({ name: 'cilium' }) })).toHaveLength(1);
    expect(findings(id, all(deny, daemon('calico-node-2')), { facts: node(flannel) })).toHaveLength(1);
  });
  test('it is reported once, and counts the others', () => {
    const message = (...policies: string[]) => messages(id, all(...policies), { facts: node(flannel) })[0];
    expect(message(deny)).toContain('does not enforce NetworkPolicies: this NetworkPolicy will be accepted');
    expect(message(deny, policy(own, 'b'))).toContain('this NetworkPolicy and 1 other will');
    expect(message(deny, policy(own, 'b'), policy(own, 'c'))).toContain('this NetworkPolicy and 2 others will');
    expect(findings(id, all(deny, policy(own, 'b')), { facts: node(flannel) })).toHaveLength(1);
    expect(findings(id, workload(), { facts: node(flannel) })).toEqual([]);
  });
});

describe('gateway-flow-allowed', () => {
  const id = 'gateway-flow-allowed';
  const front = service('selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }]');
  const route = (ref = 'name: web, port: 80') =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: r, namespace: shop }, spec: { rules: [{ backendRefs: [{ ${ref} }] }] } }`;
  const ingress =
    '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: i, namespace: shop }, spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } } }';
  const closed = policy('podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }]');
  const judged = (...manifests: string[]) => findings(id, all(namespace, front, workload(), ...manifests));
  test('a policy for pods of the namespace keeps proxies out', () => {
    expect(judged(closed, route())).toEqual(['fail HTTPRoute/shop/r spec.rules[0].backendRefs[0] = "web"']);
    expect(judged(closed, ingress)).toEqual(['fail Ingress/shop/i spec.defaultBackend.service = "web"']);
    expect(messages(id, all(namespace, front, workload(), closed, route()))[0]).toBe(
      'policies (web) do not allow any gateway or ingress controller to connect to Deployment/shop/web port 8080 (port 80 of Service web), so requests time out or get a 502, 503 or 504 response',
    );
    const same = service('selector: { app: web }, ports: [{ port: 80 }]');
    expect(messages(id, all(namespace, same, workload(), closed, route()))[0]).toContain(
      'Deployment/shop/web port 80, so',
    );
  });
  test('one proxy that may connect is enough', () => {
    expect(judged(policy(`podSelector: {}, ingress: [{ from: [{ ${byName('gateways')} }] }]`), route())).toEqual([]);
    expect(judged(policy('podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]'), route())).toEqual(
      [],
    );
    const nginx = workload({ name: 'nginx' });
    expect(judged(closed, nginx, route())).toEqual([]);
    expect(
      judged(
        closed,
        nginx,
        policy('podSelector: { matchLabels: { app: nginx } }, policyTypes: [Egress]', 'out'),
        route(),
      ),
    ).toHaveLength(1);
  });
  const created = (name: string) => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name} } }`;
  const from = (peer: string) => policy(`${own}, ingress: [{ from: [{ ${peer} }], ports: [{ port: 8080 }] }]`);
  test.each([
    ['ingress-nginx', 'podSelector: { matchLabels: { app.kubernetes.io/name: ingress-nginx } }'],
    ['traefik', 'podSelector: {}'],
    ['edge', undefined],
  ])('a chart may install the controller in namespace %s, which the manifests only create', (place, pods) => {
    const peer = [byName(place), pods].filter(Boolean).join(', ');
    expect(judged(created(place), from(peer), ingress)).toEqual([]);
    expect(judged(created(place), from(peer), route())).toEqual([]);
    // Another program of that namespace says nothing of it.
    const beside = workload({ name: 'backend' }).replaceAll('namespace: shop', `namespace: ${place}`);
    expect(judged(created(place), beside, from(peer), ingress)).toEqual([]);
    expect(judged(created(place), from(peer).replace('8080', '8081'), ingress)).toHaveLength(1);
  });
  test('a namespace of applications alone, to which requests are brought, has no controller that is not shown', () => {
    const [app, itsService, itsIngress] = [workload(), front, ingress].map((text) =>
      text.replaceAll('namespace: shop', 'namespace: other'),
    );
    expect(judged(other, app!, itsService!, itsIngress!, from(byName('other')), ingress)).toHaveLength(1);
    // The same in a namespace that is called like a gateway.
    const gateways = [app!, itsService!, itsIngress!].map((text) =>
      text.replaceAll('namespace: other', 'namespace: kong'),
    );
    expect(judged(created('kong'), ...gateways, from(byName('kong')), ingress)).toEqual([]);
  });
  test('in a namespace that is not complete another policy may allow it', () => {
    const deny = policy('podSelector: {}, policyTypes: [Ingress]');
    expect(findings(id, all(front, workload(), deny, route()))).toEqual([
      'unknown HTTPRoute/shop/r spec.rules[0].backendRefs[0] = "web"',
    ]);
    expect(messages(id, all(front, workload(), deny, route()))[0]).toContain('the known policies (web) do not allow');
    // The proxy may be a pod of the namespace that is not among the manifests.
    expect(findings(id, all(front, workload(), closed, route()))).toEqual([]);
    expect(judged(closed, cilium, route())).toEqual([]);
  });
  test('references without a port, of another kind or to nothing are reported elsewhere', () => {
    expect(judged(closed, route('name: web'))).toEqual([]);
    expect(judged(closed, route('name: web, port: 80, kind: Bucket'))).toEqual([]);
    expect(judged(closed, route('name: web, port: 80, group: a.b'))).toEqual([]);
    expect(judged(closed, route('name: gone, port: 80'))).toEqual([]);
    expect(judged(closed, route('name: web, port: 81'))).toEqual([]);
  });
});

describe('scrape-flow-allowed', () => {
  const id = 'scrape-flow-allowed';
  const metrics = 'labels: { app: web }';
  const target = all(
    namespace,
    service('selector: { app: web }, ports: [{ name: metrics, port: 9100 }]').replace(
      'namespace: shop',
      `namespace: shop, ${metrics}`,
    ),
    workload({ container: 'ports: [{ name: metrics, containerPort: 9100 }]' }),
  );
  const monitor =
    '{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics }] } }';
  test('a target that allows nobody is down, wherever Prometheus runs', () => {
    expect(findings(id, all(target, monitor, policy(`${own}, policyTypes: [Ingress]`)))).toEqual([
      'fail ServiceMonitor/shop/web spec.endpoints[0] = "metrics"',
    ]);
    expect(messages(id, all(target, monitor, policy(`${own}, policyTypes: [Ingress]`)))[0]).toContain(
      'policies do not allow Prometheus to connect to Deployment/shop/web port 9100',
    );
    expect(
      findings(id, all(target, monitor, policy(`${own}, ingress: [{ from: [{ ${byName('monitoring')} }] }]`))),
    ).toEqual([]);
    expect(findings(id, all(target, monitor))).toEqual([]);
  });
  const monitoring = '{ apiVersion: v1, kind: Namespace, metadata: { name: monitoring } }';
  const grafana = workload({ name: 'grafana' }).replaceAll('namespace: shop', 'namespace: monitoring');
  const from = (peer: string) => policy(`${own}, ingress: [{ from: [{ ${peer} }], ports: [{ port: 9100 }] }]`);
  const elsewhereMonitor = monitor
    .replace('namespace: shop', 'namespace: monitoring')
    .replace('spec: {', 'spec: { namespaceSelector: { matchNames: [shop] },');
  test.each([
    ['by its name', byName('monitoring')],
    ['with the labels of its pods', `${byName('monitoring')}, podSelector: { matchLabels: { app: prometheus } }`],
    ['or its own', 'podSelector: { matchLabels: { app: prometheus } }'],
    ['or any', 'namespaceSelector: {}'],
  ])('a chart may install Prometheus in a namespace that is allowed %s, which the manifests create', (_, peer) => {
    for (const scraped of [monitor, elsewhereMonitor]) {
      expect(findings(id, all(target, monitoring, scraped, from(peer)))).toEqual([]);
      expect(findings(id, all(target, monitoring, grafana, scraped, from(peer)))).toEqual([]);
      expect(findings(id, all(target, monitoring, scraped, from(peer).replace('9100', '9101')))).toHaveLength(1);
    }
  });
  test.each([
    [
      'a Prometheus of the operator',
      '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: NS } }',
    ],
    [
      'a StatefulSet',
      workload({
        name: 'p',
        kind: 'StatefulSet',
        containers: "{ name: p, image: 'quay.io/prometheus/prometheus:v3.1.0' }",
      }),
    ],
    [
      'a Pod',
      "{ apiVersion: v1, kind: Pod, metadata: { name: p, namespace: NS }, spec: { containers: [{ name: p, image: 'prom/prometheus:v3.1.0' }] } }",
    ],
  ])('%s that is declared is the one that has to get through', (_, prometheus) => {
    const at = (place: string) => prometheus.replaceAll('namespace: shop', 'namespace: NS').replaceAll('NS', place);
    const judged = (place: string) =>
      findings(id, all(target, monitoring, monitor, from(byName('monitoring'))), { declared: at(place) });
    expect(judged('monitoring')).toEqual([]);
    expect(judged('metrics')).toEqual(['fail ServiceMonitor/shop/web spec.endpoints[0] = "metrics"']);
  });
  test('in a namespace that is not known whole another policy may allow it', () => {
    const open = target.replace(namespace, '');
    const closed = policy(`${own}, policyTypes: [Ingress]`);
    expect(findings(id, all(open, monitor, closed))).toEqual([
      'unknown ServiceMonitor/shop/web spec.endpoints[0] = "metrics"',
    ]);
    expect(messages(id, all(open, monitor, closed))[0]).toContain('whether policies allow Prometheus to connect to');
  });
});
