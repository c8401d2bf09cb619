/** Safeguards of pods, runs and routes that go, and identities and words that misled. */
import { allOf, classed, classedInPart, MONITORING, messagesOf, risksBetween, workloadOf, worstClass } from './risks';

describe('spread-lost', () => {
  const id = 'spread-lost';
  const of = (pod: string, replicas = 3, kind = 'Deployment') =>
    workloadOf({
      kind,
      spec: kind === 'DaemonSet' ? '' : `replicas: ${replicas}${kind === 'StatefulSet' ? ', serviceName: web' : ''}`,
      pod,
    });
  const term = (topology: string, app = 'web') =>
    `{ topologyKey: ${topology}, labelSelector: { matchLabels: { app: ${app} } } }`;
  const required = (...terms: string[]) =>
    `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [${terms.join(', ')}] } }`;
  const preferred = `affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: ${term('kubernetes.io/hostname')} }] } }`;
  const spread = (skew: number, when = 'DoNotSchedule', topology = 'topology.kubernetes.io/zone') =>
    `topologySpreadConstraints: [{ maxSkew: ${skew}, whenUnsatisfiable: ${when}, topologyKey: ${topology}, labelSelector: { matchLabels: { app: web } } }]`;
  const NODE = 'kubernetes.io/hostname';
  const ZONE = 'topology.kubernetes.io/zone';
  test.each([
    ['a required anti-affinity', required(term(NODE)), '', 'its pods may all come to one node: two of them never were'],
    ['one that is preferred now', required(term(NODE)), preferred, 'one node'],
    ['one of two', required(term(NODE), term(ZONE)), required(term(NODE)), 'one zone'],
    ['one against others now', required(term(NODE)), required(term(NODE, 'db')), 'one node'],
    ['a spread', spread(1), '', 'its pods may all come to one zone: they had to be spread'],
    ['a spread that may be left', spread(1), spread(1, 'ScheduleAnyway'), 'one zone'],
    [
      'a spread that takes more',
      spread(1),
      spread(3),
      'one zone may have 3 more of its pods than another one, and 1 before',
    ],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, of(before), of(after))).toEqual([expect.stringContaining(message)]);
    expect(worstClass(of(before), of(after))).toBe('disruption');
    expect(classed(id, of(after), of(before))).toEqual([]);
  });
  test.each([
    ['a single pod', of(required(term(NODE)), 1), of('', 1)],
    ['a pod on each node', of(required(term(NODE)), 3, 'DaemonSet'), of('', 3, 'DaemonSet')],
    ['a spread that does the same', of(required(term(NODE))), of(spread(1, 'DoNotSchedule', NODE))],
    ['what was only preferred', of(preferred), of('')],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('two pods are enough to be apart, and a spread of others keeps nobody apart', () => {
    expect(classed(id, of(required(term(NODE)), 2), of('', 2))).toHaveLength(1);
    expect(classed(id, of(spread(1).replace('app: web', 'app: db')), of(''))).toEqual([]);
    const twice = `${spread(1).slice(0, -1)}, ${spread(3).slice(spread(3).indexOf('{'))}`;
    expect(classed(id, of(spread(1)), of(twice))).toEqual([]);
    expect(messagesOf(id, of(spread(1)), of(twice.replace('maxSkew: 1', 'maxSkew: 2')))[0]).toContain('2 more');
  });
  test('labels of the pods that the term selects no more', () => {
    const before = of(required(term(NODE)));
    const after = before.replace('metadata: { labels: { app: web } }', 'metadata: { labels: { app: site } }');
    expect(classed(id, before, after)).toHaveLength(1);
  });
});

describe('pull-login-removed', () => {
  const id = 'pull-login-removed';
  const of = (names: readonly string[], more = '', kind = 'Deployment') =>
    workloadOf({
      kind,
      spec: kind === 'StatefulSet' ? 'serviceName: web' : '',
      pod: [names.length > 0 ? `imagePullSecrets: [${names.map((name) => `{ name: ${name} }`).join(', ')}]` : '', more]
        .filter(Boolean)
        .join(', '),
    });
  const account = (names: readonly string[], name = 'default') =>
    `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: ${name}, namespace: shop }, imagePullSecrets: [${names.map((each) => `{ name: ${each} }`).join(', ')}] }`;
  test.each(['Deployment', 'StatefulSet', 'CronJob'])('of a %s', (kind) => {
    expect(classed(id, of(['a'], '', kind), of([], '', kind))).toHaveLength(1);
    expect(classed(id, of([], '', kind), of(['a'], '', kind))).toEqual([]);
  });
  test('one of two, and not one in the place of another', () => {
    expect(messagesOf(id, of(['a', 'b']), of(['b']))).toEqual([
      'its images are pulled without a: where the registry asks for a login, new pods do not start',
    ]);
    expect(classed(id, of(['a']), of(['b']))).toEqual([]);
    expect(classed(id, of(['a', 'b']), of(['c']))).toHaveLength(1);
  });
  test('two, of which the account names one; and one that is named beside an account that is not asked then', () => {
    expect(classed(id, allOf(of(['a', 'b']), account(['a'])), allOf(of([]), account(['a'])))).toHaveLength(1);
    expect(classed(id, allOf(of(['a', 'b']), account(['a'])), allOf(of(['b']), account(['a'])))).toHaveLength(1);
  });
  test('of the account, which a pod has that names none', () => {
    expect(messagesOf(id, allOf(of(['a']), account([])), allOf(of([]), account([])))).toHaveLength(1);
    expect(messagesOf(id, of(['a']), of([]))[0]).toContain('unless its account names it');
    expect(classed(id, allOf(of(['a']), account(['a'])), allOf(of([]), account(['a'])))).toEqual([]);
    // What the account loses is told of it.
    expect(classed(id, allOf(of([]), account(['a'])), allOf(of([]), account([])))).toEqual([]);
    expect(classed('cloud-identity-changed', account(['a']), account([]))).toHaveLength(1);
  });
});

describe('schedule-changed: how long a run may wait and take', () => {
  const id = 'schedule-changed';
  const cron = (more: string, job = '') =>
    workloadOf({ kind: 'CronJob', spec: `schedule: '0 3 * * *'${more}` }).replace(
      'jobTemplate: { spec: {',
      `jobTemplate: { spec: {${job}`,
    );
  const job = (more: string) => workloadOf({ kind: 'Job', spec: more });
  test('a start that the controller may always miss', () => {
    expect(messagesOf(id, cron(', startingDeadlineSeconds: 600'), cron(', startingDeadlineSeconds: 5'))[0]).toMatch(
      /^it may never run/,
    );
    expect(worstClass(cron(''), cron(', startingDeadlineSeconds: 9'))).toBe('disruption');
    expect(worstClass(cron(''), cron(', startingDeadlineSeconds: 10'))).toBe('in-place');
    expect(classed(id, cron(', startingDeadlineSeconds: 5'), cron(', startingDeadlineSeconds: 60'))).toEqual([]);
    expect(classed(id, cron(', startingDeadlineSeconds: 5'), cron(''))).toEqual([]);
  });
  test('a run that is stopped earlier', () => {
    expect(messagesOf(id, cron('', ' activeDeadlineSeconds: 3600,'), cron('', ' activeDeadlineSeconds: 60,'))).toEqual([
      'a run that takes longer than 60 s is stopped, and fails; it could take 3600 s',
    ]);
    expect(worstClass(job('backoffLimit: 1'), job('backoffLimit: 1, activeDeadlineSeconds: 60'))).toBe('disruption');
    expect(classed(id, cron('', ' activeDeadlineSeconds: 60,'), cron('', ' activeDeadlineSeconds: 3600,'))).toEqual([]);
  });
});

describe('a login of an Ingress', () => {
  const ingress = (annotations: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop, annotations: { a: b${annotations && `, ${annotations}`} } }, spec: { rules: [{ host: a.example, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] } }`;
  test.each([
    "nginx.ingress.kubernetes.io/auth-url: 'https://login.example.com'",
    'nginx.ingress.kubernetes.io/auth-type: basic',
    'nginx.ingress.kubernetes.io/auth-tls-secret: shop/ca',
    'haproxy-ingress.github.io/auth-secret: users',
    'nginx.org/basic-auth-secret: users',
    'alb.ingress.kubernetes.io/auth-type: oidc',
  ])('%s', (login) => {
    expect(classed('guard-tightened', ingress(''), ingress(login))).toEqual([expect.stringMatching(/^disruption /)]);
    expect(classed('guard-removed', ingress(login), ingress(''))).toEqual([expect.stringMatching(/^exposure /)]);
  });
  test('not one by other words, nor one that asks nobody', () => {
    const basic = 'nginx.ingress.kubernetes.io/auth-type: basic';
    expect(
      classed('guard-tightened', ingress(basic), ingress(`${basic}, nginx.ingress.kubernetes.io/auth-secret: users`)),
    ).toEqual([]);
    expect(classed('guard-tightened', ingress(''), ingress('alb.ingress.kubernetes.io/auth-type: none'))).toEqual([]);
  });
  test('a middleware of Traefik', () => {
    const route = (middlewares: string) =>
      allOf(
        '{ apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: { name: auth, namespace: shop }, spec: { basicAuth: { secret: users } } }',
        `{ apiVersion: traefik.io/v1alpha1, kind: IngressRoute, metadata: { name: web, namespace: shop }, spec: { routes: [{ match: 'Host("a")', kind: Rule${middlewares}, services: [{ name: web, port: 80 }] }] } }`,
      );
    expect(classed('guard-tightened', route(''), route(', middlewares: [{ name: auth }]'))).toHaveLength(1);
    expect(classed('guard-tightened', route(', middlewares: [{ name: auth }]'), route(''))).toEqual([]);
  });
});

describe('what objects are called', () => {
  const named = (api: string, kind: string, metadata: string, spec: string) =>
    `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: a${metadata} }, spec: { a: ${spec} } }`;
  const idOf = (api: string, kind: string, metadata = '') =>
    risksBetween(
      ['applied-in-place', 'kind-unknown'],
      named(api, kind, metadata, '1'),
      named(api, kind, metadata, '2'),
    ).map(({ change }) => change.id);
  test.each([
    ['kyverno.io/v1', 'ClusterPolicy'],
    ['external-secrets.io/v1', 'ClusterSecretStore'],
    ['constraints.gatekeeper.sh/v1beta1', 'K8sRequiredLabels'],
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy'],
    ['cilium.io/v2alpha1', 'CiliumLoadBalancerIPPool'],
    ['projectcalico.org/v3', 'GlobalNetworkPolicy'],
    ['projectcalico.org/v3', 'IPPool'],
    ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'],
    ['karpenter.sh/v1', 'NodePool'],
    ['pkg.crossplane.io/v1', 'Provider'],
    ['example.com/v1', 'Widget'],
  ])('%s %s is called without a namespace that nobody wrote', (api, kind) => {
    expect(idOf(api, kind)).toEqual([`${kind}/a`]);
  });
  test.each([
    ['projectcalico.org/v3', 'NetworkPolicy'],
    ['cilium.io/v2', 'CiliumNetworkPolicy'],
    ['example.com/v1', 'Widget'],
  ])('%s %s has the one that it names', (api, kind) => {
    expect(idOf(api, kind, ', namespace: shop')).toEqual([`${kind}/shop/a`]);
  });
  test('the same object, with the namespace or without it', () => {
    const before = named('example.com/v1', 'Widget', '', '1');
    const after = named('example.com/v1', 'Widget', ', namespace: default', '1');
    expect(risksBetween(['applied-in-place', 'kind-unknown'], before, after)).toEqual([]);
  });
});

describe('pods that are not here', () => {
  const policy = (rules: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress, Egress], ${rules} } }`;
  const peer =
    '{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: front } }, podSelector: { matchLabels: { app: edge } } }';
  const both = (rules: string) => allOf(workloadOf({}), policy(rules));
  const told = (before: string, after: string) =>
    risksBetween(['policy-opened', 'policy-narrowed'], both(before), both(after), undefined, false).map(
      ({ message, advice }) => `${message}. To do: ${advice}`,
    );
  const ports = 'ports: [{ port: 8080 }]';
  test('at the other end of a NetworkPolicy', () => {
    expect(told('ingress: []', `ingress: [{ from: [${peer}], ${ports} }]`)).toEqual([
      'others may be able to connect to the pods that it selects, from pods that are not among the manifests: namespace front, pod app=edge, TCP 8080. To do: compare it together with those pods: strata flows diff',
    ]);
    expect(told(`egress: [{ to: [${peer}], ${ports} }]`, 'egress: []')).toEqual([
      'the pods that it selects may not be able any more to connect to pods that are not among the manifests: namespace front, pod app=edge, TCP 8080. To do: compare it together with those pods: strata flows diff',
    ]);
  });
});

describe('check-fails: what a check cannot tell', () => {
  const id = 'check-fails';
  const claim =
    '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: up, namespace: shop }, spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 1Gi } } } }';
  const web = (replicas: number) =>
    allOf(
      claim,
      workloadOf({
        spec: `replicas: ${replicas}`,
        pod: 'volumes: [{ name: u, persistentVolumeClaim: { claimName: up } }]',
        container: 'volumeMounts: [{ name: u, mountPath: /u }]',
      }),
    );
  test('several pods with one disk', () => {
    expect(classed(id, web(1), web(3))).toEqual(['unknown Deployment/shop/web']);
    expect(messagesOf(id, web(1), web(3))[0]).toMatch(
      /^only one node can mount claim up \(ReadWriteOnce\), and several pods of Deployment web use it/,
    );
    expect(classed(id, web(3), web(5))).toEqual([]);
    expect(classed(id, web(3), web(1))).toEqual([]);
  });
  const mesh = (version: string, subset: string, more = '') =>
    allOf(
      workloadOf({})
        .replace('labels: { app: web }', `labels: { app: web, version: ${version} }`)
        .replace('labels: { app: web }', 'labels: { app: web }'),
      '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }',
      `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web, subset: ${subset} } }] }] } }`,
      '{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: web, namespace: shop }, spec: { host: web, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }, { name: all }] } }',
      ...(more ? [more] : []),
    );
  test('a subset of Istio that no pod is of', () => {
    expect(classed(id, mesh('v1', 'v1'), mesh('v1', 'v2'))).toEqual(['disruption VirtualService/shop/web spec.http']);
    expect(messagesOf(id, mesh('v1', 'v1'), mesh('v1', 'v2'))).toEqual([
      'no pod of Service web has the labels of subset v2 (version=v2), so requests that this rule sends there are answered with 503',
    ]);
    expect(classedInPart(id, mesh('v1', 'v1'), mesh('v1', 'v2'))).toEqual([
      'unknown VirtualService/shop/web spec.http',
    ]);
    // The pods lose the label.
    expect(classed(id, mesh('v1', 'v1'), mesh('v3', 'v1'))).toHaveLength(1);
    for (const [version, subset] of [
      ['v2', 'v2'],
      ['v1', 'all'],
    ] as const)
      expect(classed(id, mesh('v1', 'v1'), mesh(version, subset))).toEqual([]);
  });
});

describe('another version of the same kind', () => {
  test.each([
    ['gateway.networking.k8s.io/v1beta1', 'gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['gateway.networking.k8s.io/v1beta1', 'gateway.networking.k8s.io/v1', 'Gateway'],
    ['gateway.networking.k8s.io/v1beta1', 'gateway.networking.k8s.io/v1', 'ReferenceGrant'],
    ['gateway.networking.k8s.io/v1alpha2', 'gateway.networking.k8s.io/v1', 'TLSRoute'],
    ['networking.istio.io/v1beta1', 'networking.istio.io/v1', 'VirtualService'],
    ['monitoring.coreos.com/v1alpha1', 'monitoring.coreos.com/v1beta1', 'AlertmanagerConfig'],
    ['external-secrets.io/v1beta1', 'external-secrets.io/v1', 'ExternalSecret'],
    ['snapshot.storage.k8s.io/v1beta1', 'snapshot.storage.k8s.io/v1', 'VolumeSnapshot'],
    ['kustomize.toolkit.fluxcd.io/v1beta2', 'kustomize.toolkit.fluxcd.io/v1', 'Kustomization'],
  ])('%s → %s %s is in place', (before, after, kind) => {
    const of = (api: string) =>
      `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: a, namespace: shop }, spec: {} }`;
    expect(worstClass(of(before), of(after), { part: true })).toMatch(/^(in-place|no-effect)$/);
  });
});

describe('of many only some are named, and how many more there are', () => {
  test('tolerations of a DaemonSet', () => {
    const of = (count: number) =>
      workloadOf({
        kind: 'DaemonSet',
        pod: `tolerations: [${Array.from({ length: count }, (_, i) => `{ key: k${i}, operator: Exists }`).join(', ')}]`,
      });
    expect(messagesOf('daemon-set-narrowed', of(5), of(0))[0]).toContain(
      'does not tolerate k0, k1, k2 and 2 more any more',
    );
    expect(messagesOf('daemon-set-narrowed', of(3), of(0))[0]).toContain('does not tolerate k0, k1, k2 any more');
  });
  test('monitors of a Service', () => {
    const service = (label: string) =>
      `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, labels: { app: ${label} } }, spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] } }`;
    const monitors = ['a', 'b', 'c', 'd'].map(
      (name) =>
        `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: ${name}, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: http }] } }`,
    );
    expect(messagesOf(MONITORING, allOf(service('web'), ...monitors), allOf(service('site'), ...monitors))[0]).toMatch(
      /and 1 more find its port http no more/,
    );
  });
  test('addresses that are let in', () => {
    const service = (ranges: string) =>
      `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop, annotations: { nginx.ingress.kubernetes.io/whitelist-source-range: '${ranges}' } }, spec: {} }`;
    const [before, after] = [
      service('10.0.0.0/8'),
      service('10.0.0.0/8,11.0.0.0/24,12.0.0.0/24,13.0.0.0/24,14.0.0.0/24,15.0.0.0/24'),
    ];
    expect(messagesOf('guard-removed', before, after)[0]).toContain('13.0.0.0/24 and 2 more');
  });
});
