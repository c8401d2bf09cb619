import { allOf, classed, classedInPart, messagesOf, workloadOf, worstClass } from './risks';

const OPENED = 'policy-opened';
const NARROWED = 'policy-narrowed';

/** What a change and its revert are: `exposure`, `disruption`, both or none. */
function effects(before: string, after: string, of = classedInPart): readonly [there: string, back: string] {
  const ways = [
    [before, after],
    [after, before],
  ] as const;
  const [there, back] = ways.map(([was, is]) =>
    [OPENED, NARROWED].flatMap((id) => of(id, was, is).map((found) => found.split(' ')[0])).join(' and '),
  );
  return [there!, back!];
}

const policy = (spec: string, name = 'web') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const web = 'podSelector: { matchLabels: { app: web } }';
const ingress = (...rules: readonly string[]) =>
  policy(`${web}, policyTypes: [Ingress], ingress: [${rules.join(', ')}]`);
const from = (peer: string) => `{ from: [${peer}] }`;
const front = '{ podSelector: { matchLabels: { app: front } } }';
const block = (cidr: string) => `{ ipBlock: { cidr: ${cidr} } }`;

describe('a NetworkPolicy whose pods are not among the manifests', () => {
  test.each([
    ['is removed', ingress(from(front)), '', ['exposure', 'disruption']],
    ['lets everybody in', ingress(from(front)), ingress('{}'), ['exposure', 'disruption']],
    [
      'has one peer more',
      ingress(from(front)),
      ingress(from(front), from(block('10.0.0.0/8'))),
      ['exposure', 'disruption'],
    ],
    [
      'has a wider block',
      ingress(from(block('10.1.0.0/16'))),
      ingress(from(block('10.0.0.0/8'))),
      ['exposure', 'disruption'],
    ],
    [
      'has its block in two halves',
      ingress(from(block('10.0.0.0/8'))),
      ingress(from(`${block('10.0.0.0/9')}, ${block('10.128.0.0/9')}`)),
      ['', ''],
    ],
    [
      'has an exception less',
      ingress(from('{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] } }')),
      ingress(from(block('10.0.0.0/8'))),
      ['exposure', 'disruption'],
    ],
    [
      'has a port less',
      ingress('{ ports: [{ port: 80 }, { port: 81 }] }'),
      ingress('{ ports: [{ port: 80 }] }'),
      ['disruption', 'exposure'],
    ],
    [
      'has its ports as a range',
      ingress('{ ports: [{ port: 80 }, { port: 81 }] }'),
      ingress('{ ports: [{ port: 80, endPort: 81 }] }'),
      ['', ''],
    ],
    [
      'has another protocol',
      ingress('{ ports: [{ port: 53 }] }'),
      ingress('{ ports: [{ port: 53, protocol: UDP }] }'),
      ['exposure and disruption', 'exposure and disruption'],
    ],
    [
      'takes pods of every namespace in place of its own',
      ingress(from(front)),
      ingress(from('{ namespaceSelector: {}, podSelector: { matchLabels: { app: front } } }')),
      ['exposure', 'disruption'],
    ],
    [
      'asks for one label more of its peers',
      ingress(from(front)),
      ingress(from('{ podSelector: { matchLabels: { app: front, tier: a } } }')),
      ['disruption', 'exposure'],
    ],
    [
      'says its selector as an expression',
      ingress(from(front)),
      ingress(from('{ podSelector: { matchExpressions: [{ key: app, operator: In, values: [front] }] } }')),
      ['', ''],
    ],
    [
      'isolates egress too',
      policy(`${web}, policyTypes: [Ingress]`),
      policy(`${web}, policyTypes: [Ingress, Egress]`),
      ['disruption', 'exposure'],
    ],
    [
      'is about other pods',
      ingress(from(front)),
      ingress(from(front)).replace('app: web', 'app: shop'),
      ['exposure and disruption', 'exposure and disruption'],
    ],
    ['lets everybody in, and is removed', ingress('{}'), '', ['', '']],
    [
      'has a label',
      ingress(from(front)),
      ingress(from(front)).replace('namespace: shop', 'namespace: shop, labels: { a: b }'),
      ['', ''],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(effects(before, after)).toEqual(expected);
  });

  test('beside one that isolates them as well, its removal closes and does not open', () => {
    const deny = policy('podSelector: {}, policyTypes: [Ingress]', 'deny');
    expect(effects(allOf(deny, ingress(from(front))), deny)).toEqual(['disruption', 'exposure']);
    // One about other pods, or about egress, says nothing of them.
    const other = policy('podSelector: { matchLabels: { app: db } }, policyTypes: [Ingress]', 'deny');
    expect(effects(allOf(other, ingress(from(front))), other)).toEqual(['exposure', 'disruption']);
    const out = policy('podSelector: {}, policyTypes: [Egress]', 'deny');
    expect(effects(allOf(out, ingress(from(front))), out)).toEqual(['exposure', 'disruption']);
  });

  test('is told with the reason, and the change is never in-place', () => {
    const found = ingress(from(front));
    expect(worstClass(found, '', { part: true })).toBe('exposure');
    expect(worstClass('', found, { part: true })).toBe('disruption');
    expect(worstClass(found, '')).toBe('in-place');
  });

  test('where the manifests make the namespace, or show the pods, they are known', () => {
    const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
    expect(effects(allOf(namespace, ingress(from(front))), namespace)).toEqual(['', '']);
    const pods = allOf(workloadOf({ container: 'ports: [{ containerPort: 80 }]' }), workloadOf({ name: 'front' }));
    expect(effects(allOf(pods, ingress(from(front))), allOf(pods, ingress()))).toEqual(['', '']);
  });
});

describe('a NetworkPolicy between pods that are here and others that are not', () => {
  const pods = workloadOf({ container: 'ports: [{ containerPort: 80 }]' });
  const admin = '{ podSelector: { matchLabels: { app: admin } } }';
  const [one, two] = [allOf(pods, ingress(from(front))), allOf(pods, ingress(from(front), from(admin)))];
  test('one peer more, or less', () => {
    expect(effects(one, two)).toEqual(['exposure', 'disruption']);
    expect(effects(one, two, classed)).toEqual(['', '']);
  });
  test('nothing where another policy lets them in anyway', () => {
    const other = policy(`podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [${admin}] }]`, 'other');
    expect(effects(allOf(one, other), allOf(two, other))).toEqual(['', '']);
  });
  test('pods of a namespace that is not among the manifests', () => {
    const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
    const monitors = '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }';
    expect(effects(allOf(namespace, one), allOf(namespace, pods, ingress(from(front), from(monitors))))).toEqual([
      'exposure',
      'disruption',
    ]);
    expect(effects(allOf(namespace, one), allOf(namespace, two))).toEqual(['', '']);
  });
});

const istio = (spec: string, name = 'web') =>
  `{ apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const source = (text: string) => `{ from: [{ source: { ${text} } }] }`;
const rules = (...all: readonly string[]) => `rules: [${all.join(', ')}]`;

describe('an AuthorizationPolicy of Istio', () => {
  const some = rules(source('namespaces: [a]'));
  test.each([
    ['allows everybody', istio(some), istio('rules: [{}]'), ['exposure', 'disruption']],
    ['allows nobody', istio(some), istio(''), ['disruption', 'exposure']],
    ['is removed', istio(some), '', ['exposure', 'disruption']],
    [
      'denies in place of allowing',
      istio(some),
      istio(`action: DENY, ${some}`),
      ['exposure and disruption', 'exposure and disruption'],
    ],
    ['only audits', istio(some), istio(`action: AUDIT, ${some}`), ['exposure', 'disruption']],
    ['denies, and is removed', istio(`action: DENY, ${some}`), '', ['exposure', 'disruption']],
    [
      'asks a provider, and is removed',
      istio(`action: CUSTOM, provider: { name: p }, ${some}`),
      '',
      ['exposure', 'disruption'],
    ],
    ['denies without rules, and is removed', istio('action: DENY'), '', ['', '']],
    [
      'denies all but more',
      istio(`action: DENY, ${rules(source('notNamespaces: [a]'))}`),
      istio(`action: DENY, ${rules(source('notNamespaces: [a, b]'))}`),
      ['exposure', 'disruption'],
    ],
    [
      'allows a prefix in place of a path',
      istio(rules('{ to: [{ operation: { paths: [/a/b] } }] }')),
      istio(rules("{ to: [{ operation: { paths: ['/a/*'] } }] }")),
      ['exposure', 'disruption'],
    ],
    [
      'has a condition less',
      istio(rules('{ when: [{ key: k, values: [v] }] }')),
      istio(rules('{}')),
      ['exposure', 'disruption'],
    ],
    [
      'has one value more in a condition',
      istio(rules('{ when: [{ key: k, values: [v] }] }')),
      istio(rules('{ when: [{ key: k, values: [v, w] }] }')),
      ['exposure', 'disruption'],
    ],
    [
      'has its sources in two rules',
      istio(rules(source('namespaces: [a, b]'))),
      istio(rules(source('namespaces: [b]'), source('namespaces: [a]'))),
      ['', ''],
    ],
    [
      'takes more addresses',
      istio(rules(source('ipBlocks: [10.0.0.0/9]'))),
      istio(rules(source('ipBlocks: [10.0.0.0/8]'))),
      ['exposure', 'disruption'],
    ],
    [
      'has addresses in halves',
      istio(rules(source('ipBlocks: [10.0.0.0/9, 10.128.0.0/9]'))),
      istio(rules(source('ipBlocks: [10.0.0.0/8]'))),
      ['', ''],
    ],
    [
      'is about fewer pods',
      istio(some),
      istio(`selector: { matchLabels: { app: web } }, ${some}`),
      ['exposure', 'disruption'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(effects(before, after, classed)).toEqual(expected);
  });
  test('beside one that allows nothing, its removal only closes', () => {
    const nothing = istio('', 'nothing');
    expect(effects(allOf(nothing, istio(some)), nothing, classed)).toEqual(['disruption', 'exposure']);
    // One of the root namespace is about the whole mesh.
    const root = nothing.replace('namespace: shop', 'namespace: istio-system');
    expect(effects(allOf(root, istio(some)), root, classed)).toEqual(['disruption', 'exposure']);
    const elsewhere = nothing.replace('namespace: shop', 'namespace: other');
    expect(effects(allOf(elsewhere, istio(some)), elsewhere, classed)).toEqual(['exposure', 'disruption']);
  });
});

const of = (api: string, kind: string, spec: string) =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { ${spec} } }`;

describe('policies of other APIs', () => {
  const cilium = (spec: string) => of('cilium.io/v2', 'CiliumNetworkPolicy', `endpointSelector: {}, ${spec}`);
  const calico = (spec: string, kind = 'NetworkPolicy') => of('projectcalico.org/v3', kind, `selector: all(), ${spec}`);
  const antrea = (spec: string) =>
    of('crd.antrea.io/v1beta1', 'ClusterNetworkPolicy', `appliedTo: [{ podSelector: {} }], ${spec}`);
  const server = (spec: string) => of('policy.linkerd.io/v1beta3', 'Server', `podSelector: {}, port: http${spec}`);
  const auth = (refs: string) =>
    of(
      'policy.linkerd.io/v1alpha1',
      'AuthorizationPolicy',
      `targetRef: { kind: Server, name: web }, requiredAuthenticationRefs: [${refs}]`,
    );
  const grant = (namespaces: readonly string[]) =>
    of(
      'gateway.networking.k8s.io/v1beta1',
      'ReferenceGrant',
      `from: [${namespaces.map((each) => `{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: ${each} }`).join(', ')}], to: [{ group: '', kind: Service }]`,
    );
  test.each([
    [
      'Cilium: another endpoint',
      cilium('ingress: [{ fromEndpoints: [{ matchLabels: { app: a } }] }]'),
      cilium('ingress: [{ fromEndpoints: [{ matchLabels: { app: a } }, { matchLabels: { app: b } }] }]'),
      ['exposure', 'disruption'],
    ],
    [
      'Cilium: an empty rule lets nobody in',
      cilium('ingress: [{ fromEndpoints: [{}] }]'),
      cilium('ingress: [{}]'),
      ['disruption', 'exposure'],
    ],
    [
      'Cilium: the cluster, and endpoints of it',
      cilium('ingress: [{ fromEntities: [cluster] }]'),
      cilium('ingress: [{ fromEndpoints: [{ matchLabels: { app: a } }] }]'),
      ['disruption', 'exposure'],
    ],
    [
      'Cilium: what is denied goes',
      cilium('ingressDeny: [{ fromCIDR: [10.0.0.0/8] }], ingress: [{ fromEntities: [all] }]'),
      cilium('ingress: [{ fromEntities: [all] }]'),
      ['exposure', 'disruption'],
    ],
    [
      'Cilium: removed',
      cilium('egress: [{ toFQDNs: [{ matchName: a.example.com }] }]'),
      '',
      ['exposure', 'disruption'],
    ],
    [
      'Cilium: a port more',
      cilium('ingress: [{ toPorts: [{ ports: [{ port: "80" }] }] }]'),
      cilium('ingress: [{ toPorts: [{ ports: [{ port: "80" }, { port: "81" }] }] }]'),
      ['exposure', 'disruption'],
    ],
    [
      'Calico: a refusal goes',
      calico(
        'types: [Egress], egress: [{ action: Deny, destination: { nets: [169.254.169.254/32] } }, { action: Allow }]',
        'GlobalNetworkPolicy',
      ),
      calico('types: [Egress], egress: [{ action: Allow }]', 'GlobalNetworkPolicy'),
      ['exposure', 'disruption'],
    ],
    [
      'Calico: a refusal at the end says nothing',
      calico('ingress: [{ action: Allow, source: { selector: a == "b" } }, { action: Deny }]'),
      calico('ingress: [{ action: Allow, source: { selector: a == "b" } }]'),
      ['', ''],
    ],
    [
      'Calico: everybody',
      calico('ingress: [{ action: Allow, source: { selector: a == "b" } }]'),
      calico('ingress: [{ action: Allow }]'),
      ['exposure', 'disruption'],
    ],
    [
      'Antrea: a drop goes',
      antrea('ingress: [{ action: Drop, from: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }]'),
      '',
      ['exposure', 'disruption'],
    ],
    ['Linkerd: a Server goes', server(''), '', ['exposure', 'disruption']],
    [
      'Linkerd: a Server that takes everybody',
      server(''),
      server(', accessPolicy: all-unauthenticated'),
      ['exposure', 'disruption'],
    ],
    ['Linkerd: a Server that only notes whom it would refuse', '', server(', accessPolicy: audit'), ['', '']],
    [
      'Linkerd: a Server that refuses whom it only noted',
      server(', accessPolicy: audit'),
      server(''),
      ['disruption', 'exposure'],
    ],
    [
      'Linkerd: one proof less',
      auth('{ kind: MeshTLSAuthentication, name: a }, { kind: NetworkAuthentication, name: b }'),
      auth('{ kind: MeshTLSAuthentication, name: a }'),
      ['exposure', 'disruption'],
    ],
    [
      'Linkerd: what only allows goes',
      auth('{ kind: MeshTLSAuthentication, name: a }'),
      '',
      ['disruption', 'exposure'],
    ],
    ['Gateway API: a grant', '', grant(['other']), ['exposure', 'disruption']],
    [
      'Gateway API: a grant for one namespace more',
      grant(['other']),
      grant(['other', 'another']),
      ['exposure', 'disruption'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(effects(before, after, classed)).toEqual(expected);
  });
  test('the policy of an administrator where no pod is known', () => {
    const admin = (action: string) =>
      `{ apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: { name: a }, spec: { priority: 1, subject: { namespaces: {} }, ingress: [{ action: ${action}, from: [{ namespaces: {} }] }] } }`;
    expect(effects(admin('Deny'), '')).toEqual(['exposure', 'disruption']);
    expect(effects(admin('Deny'), '', classed)).toEqual(['', '']);
  });
});

test('what opens is named', () => {
  expect(
    messagesOf(OPENED, istio(rules(source('principals: [a]'))), istio(rules(source('principals: [a, b]')))),
  ).toEqual(['more may be able to connect to the pods that it selects: principals b']);
});

describe('a port of pods that are here, by its number and by its name', () => {
  const pods = workloadOf({
    container: 'ports: [{ name: http, containerPort: 8080 }, { name: dns, containerPort: 53, protocol: UDP }]',
  });
  const policy = (port: string) =>
    allOf(
      pods,
      `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: ingress } }, podSelector: { matchLabels: { app: nginx } } }], ports: [${port}] }] } }`,
    );
  const told = (was: string, is: string) =>
    ['policy-narrowed', 'policy-opened', 'flow-opens', 'flow-closes'].flatMap((id) =>
      classedInPart(id, policy(was), policy(is)),
    );
  test('is the same for who is not here', () => {
    expect(told('{ port: 8080 }', '{ port: http }')).toEqual([]);
    expect(told('{ port: http }', '{ port: 8080 }')).toEqual([]);
    expect(told('{ port: 53, protocol: UDP }', '{ port: dns, protocol: UDP }')).toEqual([]);
  });
  test('is another one where the name is that of another port, or of none', () => {
    expect(told('{ port: 9090 }', '{ port: http }')).not.toEqual([]);
    expect(told('{ port: 8080 }', '{ port: metrics }')).not.toEqual([]);
    expect(told('{ port: 53 }', '{ port: dns }')).not.toEqual([]);
  });
});
