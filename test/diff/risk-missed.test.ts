import { allOf, classed, MONITORING, messagesOf, risksBetween, workloadOf } from './risks';

const NAMESPACE = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
const WEB = workloadOf({ spec: 'replicas: 3', container: 'ports: [{ name: http, containerPort: 8080 }]' });
const service = (selector: string) =>
  `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, labels: { app: web } }, spec: { selector: { ${selector} }, ports: [{ name: http, port: 80, targetPort: http }] } }`;
const ingress = (name: string, port = 'number: 80', className = 'nginx') =>
  `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { ingressClassName: ${className}, rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { ${port} } } } }] } }] } }`;
const route = (name: string, port = 80) =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: gw, namespace: infra }], hostnames: [shop.example.com], rules: [{ backendRefs: [{ name: ${name}, port: ${port} }] }] } }`;

describe('selectors that find no pod', () => {
  test('of a Service: what was meant, or what the pods have', () => {
    expect(messagesOf('service-cut', allOf(WEB, service('app: web')), allOf(WEB, service('app: wbe')))).toEqual([
      'Service web: its selector selects no pod any more (app=wbe); perhaps "app=web" is meant',
    ]);
    expect(
      messagesOf('service-cut', allOf(WEB, service('app: web')), allOf(WEB, service('app: web, tier: db'))),
    ).toEqual([
      'Service web: its selector selects no pod any more (app=web, tier=db): the pods of Deployment/shop/web have no tier',
    ]);
    const [risk] = risksBetween(['service-cut'], allOf(WEB, service('app: web')), allOf(WEB, service('app: wbe')));
    expect(risk!.advice).toMatch(/^select by labels that the pods have/);
  });
  test('of a budget', () => {
    const budget = (app: string) =>
      `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { minAvailable: 2, selector: { matchLabels: { app: ${app} } } } }`;
    expect(messagesOf('budget-loosened', allOf(WEB, budget('web')), allOf(WEB, budget('wbe')))).toEqual([
      'it selects no pod any more (app=wbe); perhaps "app=web" is meant; all of 3 pods of Deployment/shop/web may be evicted at once, and 1 before',
    ]);
    expect(messagesOf('budget-loosened', allOf(WEB, budget('web')), WEB)[0]).toMatch(/^all of 3 pods/);
  });
  test('of a NetworkPolicy, both ways', () => {
    const id = 'policy-selects-nothing';
    const policy = (app: string) =>
      `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: ${app} } }, policyTypes: [Ingress] } }`;
    const [right, wrong] = [policy('web'), policy('wbe')].map((each) => allOf(NAMESPACE, WEB, each)) as [
      string,
      string,
    ];
    expect(messagesOf(id, right, wrong)).toEqual([
      'it selects no pod any more, and does nothing (app=wbe); perhaps "app=web" is meant',
    ]);
    expect(classed(id, wrong, right)).toEqual([]);
  });
  test('of a ServiceMonitor', () => {
    const monitor = (app: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: ${app} } }, endpoints: [{ port: http }] } }`;
    const of = (app: string) => allOf(NAMESPACE, WEB, service('app: web'), monitor(app));
    expect(messagesOf(MONITORING, of('web'), of('wbe'))[0]).toMatch(
      /as its selector finds nothing \(app=wbe\); perhaps "app=web" is meant$/,
    );
    expect(messagesOf(MONITORING, of('wbe'), of('web'))).toEqual([]);
  });
});

describe('routes to what is not there', () => {
  const beside = allOf(NAMESPACE, WEB, service('app: web'));
  const both = (rule: string, before: string, after: string) =>
    messagesOf(rule, allOf(beside, before), allOf(beside, after));
  test.each([
    [
      'a Service of an Ingress',
      ingress('web'),
      ingress('webb'),
      /there is no Service webb, so requests get an error; perhaps "web" is meant$/,
    ],
    [
      'a port of it',
      ingress('web'),
      ingress('web', 'number: 81'),
      /Service web has no port 81 \(it has: http \(80\)\), so requests get an error$/,
    ],
    [
      'a port by name',
      ingress('web', 'name: http'),
      ingress('web', 'name: htp'),
      /no port htp .* perhaps "http" is meant$/,
    ],
    ['a Service of an HTTPRoute', route('web'), route('webb'), /there is no Service webb/],
    ['a port of it ', route('web'), route('web', 8080), /no port 8080/],
  ])('%s', (_, right, wrong, message) => {
    expect(both('route-removed', right, wrong)).toEqual([expect.stringMatching(message)]);
    // Nobody reaches anything by it, and what is mended has lost nothing.
    expect(both('route-opened', right, wrong)).toEqual([]);
    expect(both('route-removed', wrong, right)).toEqual([]);
    expect(both('route-opened', wrong, right)).toHaveLength(1);
  });
  test('a class', () => {
    const of = (className: string) =>
      allOf(
        beside,
        ingress('web', 'number: 80', className),
        '{ apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: { name: nginx }, spec: { controller: k8s.io/ingress-nginx } }',
      );
    expect(messagesOf('route-removed', of('nginx'), of('ngnix'))[0]).toMatch(
      /there is no IngressClass ngnix, .*perhaps "nginx" is meant$/,
    );
  });
});

describe('references to what is not there', () => {
  const id = 'reference-breaks';
  const config = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: web, namespace: shop }, data: { level: info } }';
  const reads = (name: string) => workloadOf({ container: `envFrom: [{ configMapRef: { name: ${name} } }]` });
  test('a first reference to a ConfigMap, but not to a Secret, which may be made by hand', () => {
    expect(messagesOf(id, allOf(NAMESPACE, workloadOf(), config), allOf(NAMESPACE, reads('webb'), config))).toEqual([
      'there is no ConfigMap webb: containers of its next pods do not start (CreateContainerConfigError); perhaps "web" is meant',
    ]);
    expect(classed(id, allOf(NAMESPACE, workloadOf(), config), allOf(NAMESPACE, reads('web'), config))).toEqual([]);
    expect(classed(id, allOf(NAMESPACE, reads('webb'), config), allOf(NAMESPACE, reads('web'), config))).toEqual([]);
    const secret = workloadOf({ container: 'envFrom: [{ secretRef: { name: token } }]' });
    expect(classed(id, allOf(NAMESPACE, workloadOf()), allOf(NAMESPACE, secret))).toEqual([]);
  });
  test('a StorageClass that claims ask for', () => {
    const storageClass =
      '{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: fast }, provisioner: a }';
    const claim =
      '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: d, namespace: shop }, spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }';
    expect(classed(id, allOf(claim, storageClass), claim)).toEqual(['disruption StorageClass/fast']);
    expect(
      classed(
        id,
        allOf(claim.replace('storageClassName: fast', 'volumeName: v, storageClassName: fast'), storageClass),
        claim.replace('storageClassName: fast', 'volumeName: v, storageClassName: fast'),
      ),
    ).toEqual([]);
    expect(classed(id, claim, allOf(claim, storageClass))).toEqual([]);
  });
});

describe('what monitors find no more, though they stay', () => {
  const id = MONITORING;
  const monitor = (kind: string, endpoints: string, name = 'm') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { selector: { matchLabels: { team: a } }, ${endpoints} } }`;
  const service = (labels: string, port: string) =>
    `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, labels: { ${labels} } }, spec: { selector: { app: web }, ports: [{ name: ${port}, port: 80 }] } }`;
  const ofService = monitor('ServiceMonitor', 'endpoints: [{ port: http }]');
  const told = (beside: string, was: string, is: string) => classed(id, allOf(beside, was), allOf(beside, is));
  test('a Service that loses the label, or the name of its port', () => {
    const web = service('team: a', 'http');
    expect(told(ofService, web, service('team: b', 'http'))).toEqual([
      'disruption Service/shop/web metadata.labels.team',
    ]);
    expect(told(ofService, web, service('other: b', 'http'))).toHaveLength(1);
    expect(told(ofService, web, service('team: a', 'web'))).toEqual(['disruption Service/shop/web']);
    expect(told(ofService, web, service('team: a, other: b', 'http'))).toEqual([]);
    expect(told(ofService, service('team: b', 'http'), web)).toEqual([]);
    expect(told('', web, service('team: b', 'http'))).toEqual([]);
  });
  test('another monitor that finds it will do', () => {
    const other = ofService.replace('team: a', 'team: b').replace('name: m', 'name: n');
    expect(told(allOf(ofService, other), service('team: a', 'http'), service('team: b', 'http'))).toEqual([]);
  });
  test('pods that a PodMonitor finds by their labels and the name of a port', () => {
    const pods = (label: string, port: string) =>
      workloadOf({ container: `ports: [{ name: ${port}, containerPort: 80 }]` }).replace(
        'labels: { app: web }',
        `labels: { app: web, team: ${label} }`,
      );
    const ofPods = monitor('PodMonitor', 'podMetricsEndpoints: [{ port: http }]');
    expect(told(ofPods, pods('a', 'http'), pods('b', 'http'))).toHaveLength(1);
    expect(told(ofPods, pods('a', 'http'), pods('a', 'metrics'))).toHaveLength(1);
    expect(told(ofPods, pods('a', 'http'), pods('a', 'http').replace('1.4.0', '1.5.0'))).toEqual([]);
  });
});

describe('shares of requests', () => {
  const other = workloadOf({ name: 'next', container: 'ports: [{ name: http, containerPort: 8080 }]' });
  const next = service('app: next').replace('name: web,', 'name: next,');
  const beside = allOf(NAMESPACE, WEB, service('app: web'), other, next);
  const route = (...shares: readonly (readonly [string, number])[]) =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: gw }], hostnames: [shop.example.com], rules: [{ backendRefs: [${shares.map(([name, weight]) => `{ name: ${name}, port: 80, weight: ${weight} }`).join(', ')}] }] } }`;
  const told = (rule: string, was: string, is: string) => messagesOf(rule, allOf(beside, was), allOf(beside, is));
  const split = route(['web', 90], ['next', 10]);
  test('what is shifted goes where it went', () => {
    for (const is of [route(['web', 0], ['next', 100]), route(['web', 10], ['next', 90]), route(['web', 1])]) {
      expect(told('route-removed', split, is)).toEqual([]);
      expect(told('route-opened', split, is)).toEqual([]);
    }
  });
  test('what waits with a weight of 0 is told when it comes, and once', () => {
    const [first, waits, last] = [
      route(['web', 1]),
      route(['web', 100], ['next', 0]),
      route(['web', 0], ['next', 100]),
    ];
    expect(told('route-opened', first, waits)).toEqual([
      'shop.example.com/ leads to shop/next:80 as soon as a weight of 0 is raised',
    ]);
    for (const [was, is] of [
      [waits, last],
      [last, waits],
    ] as const)
      for (const rule of ['route-removed', 'route-opened']) expect(told(rule, was, is)).toEqual([]);
    expect(told('route-removed', first, waits)).toEqual([]);
  });
  test('what takes all requests with the place that it leads to is no shift', () => {
    const waits = route(['web', 100], ['next', 0]);
    expect(told('route-removed', waits, route(['next', 1]))).toHaveLength(1);
    expect(told('route-removed', route(['web', 1]), route(['web', 0], ['next', 100]))).toHaveLength(1);
    const typo = (...weights: readonly [number, number]) => route(['web', weights[0]], ['nxt', weights[1]]);
    expect(told('route-removed', typo(100, 0), typo(0, 100))).toEqual([
      expect.stringContaining('leads to shop/nxt:80 in place of shop/web:80: there is no Service nxt'),
    ]);
    expect(told('route-removed', typo(100, 0), typo(90, 10))).toEqual([
      expect.stringMatching(/^a part of the requests .* no Service nxt/),
    ]);
  });
  test('a TraefikService whose weights change', () => {
    const by = route(['shares', 1]).replace(
      '{ name: shares, port: 80,',
      '{ group: traefik.io, kind: TraefikService, name: shares,',
    );
    const shares = (one: number, other: number) =>
      allOf(
        by,
        `{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: shares, namespace: shop }, spec: { weighted: { services: [{ name: web, port: 80, weight: ${one} }, { name: next, port: 80, weight: ${other} }] } } }`,
      );
    for (const rule of ['route-removed', 'route-opened']) {
      expect(told(rule, shares(100, 0), shares(0, 100))).toEqual([]);
      expect(told(rule, shares(0, 100), shares(100, 0))).toEqual([]);
    }
    expect(told('route-opened', route(['web', 1]), shares(100, 0)).join()).toContain('shop/next:80 as soon as');
    expect(told('route-removed', shares(100, 0), shares(0, 0)).join()).toContain('in place of shop/web:80');
  });
  test('a share that goes somewhere else opens that, and takes nothing away', () => {
    expect(told('route-removed', route(['web', 1]), split)).toEqual([]);
    expect(told('route-opened', route(['web', 1]), split)).toEqual(['shop.example.com/ leads to shop/next:80']);
    expect(told('route-removed', route(['web', 1]), route(['next', 1]))).toHaveLength(1);
  });
  test('a share that leads nowhere', () => {
    expect(told('route-removed', route(['web', 1]), route(['web', 90], ['nxt', 10]))).toEqual([
      expect.stringMatching(/^a part of the requests for shop.example.com\/ gets an error: there is no Service nxt/),
    ]);
    expect(told('route-removed', route(['web', 1]), route(['web', 0]))).toEqual([
      'shop.example.com/ leads to no backend in place of shop/web:80: requests get an error (500)',
    ]);
    expect(told('route-opened', route(['web', 1]), route(['web', 0]))).toEqual([]);
    expect(told('route-opened', route(['web', 0]), route(['web', 1]))).toHaveLength(1);
  });
});
