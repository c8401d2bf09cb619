import { all, findings, messages, namespace, verdicts } from '../judging';

const id = 'rollout-references';
const rollout = (strategy: string, more = '') =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: web, namespace: shop }, spec: { ${more} strategy: { ${strategy} }, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:1.0.0' }] } } } }`;
const object = (kind: string, name: string, version = 'v1', place = ', namespace: shop') =>
  `{ apiVersion: ${version}, kind: ${kind}, metadata: { name: ${name}${place} } }`;
const analysis = (name: string) => object('AnalysisTemplate', name, 'argoproj.io/v1alpha1');
const judged = (strategy: string, ...others: readonly string[]) =>
  findings(id, all(namespace, rollout(strategy), ...others));
const broken = (path: string, name: string) => [`fail Rollout/shop/web spec.strategy.${path} = "${name}"`];

describe('a Rollout names what exists', () => {
  test.each([
    ['canary: { stableService: web, canaryService: next }', 'canary.canaryService', 'next'],
    ['canary: { stableService: gone, canaryService: web }', 'canary.stableService', 'gone'],
    ['canary: { pingPong: { pingService: web, pongService: pong } }', 'canary.pingPong.pongService', 'pong'],
    ['blueGreen: { activeService: live }', 'blueGreen.activeService', 'live'],
    ['blueGreen: { activeService: web, previewService: next }', 'blueGreen.previewService', 'next'],
    [
      'blueGreen: { activeService: web, prePromotionAnalysis: { templates: [{ templateName: a }, { templateName: b }] } }',
      'blueGreen.prePromotionAnalysis.templates[1].templateName',
      'b',
    ],
    ['canary: { analysis: { templates: [{ templateName: b }] } }', 'canary.analysis.templates[0].templateName', 'b'],
    [
      'canary: { steps: [{ setWeight: 5 }, { analysis: { templates: [{ templateName: b }] } }] }',
      'canary.steps[1].analysis.templates[0].templateName',
      'b',
    ],
    [
      'canary: { steps: [{ experiment: { templates: [], analyses: [{ name: m, templateName: a }, { name: n, templateName: b }] } }] }',
      'canary.steps[0].experiment.analyses[1].templateName',
      'b',
    ],
    [
      'canary: { stableService: web, trafficRouting: { nginx: { stableIngress: web } } }',
      'canary.trafficRouting.nginx.stableIngress',
      'web',
    ],
    [
      'canary: { trafficRouting: { alb: { ingress: other, ingresses: [edge, gone] } } }',
      'canary.trafficRouting.alb.ingresses[1]',
      'gone',
    ],
  ])('%s', (strategy, path, name) =>
    expect(
      judged(strategy, object('Service', 'web'), object('Ingress', 'edge', 'networking.k8s.io/v1'), analysis('a')),
    ).toEqual(broken(path, name)),
  );
  test('and then nothing is to be said', () => {
    const strategy =
      'canary: { stableService: web, canaryService: next, trafficRouting: { nginx: { stableIngress: web } }, steps: [{ pause: {} }, { analysis: { templates: [{ templateName: a }] } }] }';
    expect(
      judged(
        strategy,
        object('Service', 'web'),
        object('Service', 'next'),
        object('Ingress', 'web', 'networking.k8s.io/v1'),
        analysis('a'),
      ),
    ).toEqual([]);
    expect(judged('canary: {}')).toEqual([]);
  });
  test('an analysis of the cluster is one that says so', () => {
    const ofCluster = object('ClusterAnalysisTemplate', 'a', 'argoproj.io/v1alpha1', '');
    const step = (more: string) => `canary: { analysis: { templates: [{ templateName: a${more} }] } }`;
    expect(judged(step(', clusterScope: true'), ofCluster)).toEqual([]);
    expect(judged(step(''), ofCluster)).toHaveLength(1);
  });
  test('the workload whose template it takes', () => {
    const referring = `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: web, namespace: shop }, spec: { strategy: { canary: {} }, workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web } } }`;
    const deployment = object('Deployment', 'web', 'apps/v1');
    expect(verdicts(id, all(namespace, referring))).toEqual(['fail spec.workloadRef.name']);
    expect(verdicts(id, all(namespace, referring, deployment))).toEqual([]);
  });
  test('elsewhere, perhaps, or by another name', () => {
    expect(verdicts(id, rollout('canary: { canaryService: next }'))).toEqual([
      'unknown spec.strategy.canary.canaryService',
    ]);
    const misspelt = all(rollout('canary: { canaryService: web-canry }'), object('Service', 'web-canary'));
    expect(verdicts(id, misspelt)).toEqual(['fail spec.strategy.canary.canaryService']);
    expect(messages(id, misspelt)[0]).toContain('(InvalidSpec)');
  });
  test('of another group it is another kind', () =>
    expect(
      verdicts(id, all(namespace, rollout('canary: { canaryService: next }').replace('argoproj.io', 'example.com'))),
    ).toEqual([]));
});

/** The controller, with flags. */
const controller = (args = '') =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: argo-rollouts, namespace: argo }, spec: { selector: { matchLabels: { app: rollouts } }, template: { metadata: { labels: { app: rollouts } }, spec: { containers: [{ name: rollouts, image: 'quay.io/argoproj/argo-rollouts:v1.9.0', args: [${args}] }] } } } }`;

describe('what a Rollout names fits', () => {
  const service = (name: string, selector = 'app: web') =>
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { ${selector} }, ports: [{ port: 80 }] } }`;
  const both = [service('web'), service('next')];
  const template = (metrics: string, args = '', name = 'a') =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: AnalysisTemplate, metadata: { name: ${name}, namespace: shop }, spec: { args: [${args}], metrics: [${metrics}] } }`;
  const metric = (more: string, name = 'm') =>
    `{ name: ${name}, ${more}, provider: { web: { url: 'http://{{args.host}}' } } }`;
  const step = (args: string, templates = '{ templateName: a }') =>
    `canary: { steps: [{ analysis: { templates: [${templates}], args: [${args}] } }] }`;
  const routed = (routing: string) =>
    `canary: { stableService: web, canaryService: next, trafficRouting: { ${routing} } }`;
  const said = (strategy: string, ...others: readonly string[]) =>
    messages(id, all(namespace, rollout(strategy), ...others)).map((text) =>
      text.replace(/[:,] (?:so )?the Rollout is invalid.*$/, ''),
    );

  test('Services select its pods, with no other labels', () => {
    const strategy = 'blueGreen: { activeService: web, previewService: next }';
    expect(said(strategy, ...both)).toEqual([]);
    expect(said(strategy, service('web'), service('next', 'app: web, rollouts-pod-template-hash: abc'))).toEqual([]);
    expect(said(strategy, service('web'), service('next', 'app: web, track: next'))).toEqual([
      'Service next selects track=next, which the pods of the Rollout do not have',
    ]);
  });

  test('every argument of a template is given, by the analysis or by a template', () => {
    const once = metric('count: 1');
    expect(said(step(''), template(once, '{ name: host }'))).toEqual([
      'AnalysisTemplate a needs the argument host, which nobody gives',
    ]);
    expect(said(step('{ name: host, value: web }'), template(once, '{ name: host }'))).toEqual([]);
    expect(said(step(''), template(once, '{ name: host, value: web }'))).toEqual([]);
    expect(
      said(
        step('', '{ templateName: a }, { templateName: b }'),
        template(once, '{ name: host }'),
        template(metric('count: 1', 'n'), '{ name: host, value: web }', 'b'),
      ),
    ).toEqual([]);
    expect(said(step('{ name: host, value: web }'), template(once))).toEqual([
      'metric m of AnalysisTemplate a uses {{args.host}}, and the template has no such argument: the analysis cannot be resolved',
    ]);
  });

  test('a step ends: what has an interval has a count; beside the steps it ends with them', () => {
    const given = '{ name: host, value: web }';
    const endless =
      'metric m of AnalysisTemplate a has an interval and no count, so it is measured for ever and the analysis never ends';
    expect(said(step(''), template(metric('interval: 1m'), given))).toEqual([endless]);
    expect(said(step(''), template(metric('interval: 1m, count: 0'), given))).toEqual([endless]);
    expect(said(step(''), template(metric("interval: 1m, count: '3'"), given))).toEqual([]);
    expect(said(step(''), template(metric('failureLimit: 1'), given))).toEqual([]);
    expect(
      said('canary: { analysis: { templates: [{ templateName: a }] } }', template(metric('interval: 1m'), given)),
    ).toEqual([]);
  });

  test('two metrics of an analysis have two names, also in a template that another one names', () => {
    const outer =
      "{ apiVersion: argoproj.io/v1alpha1, kind: AnalysisTemplate, metadata: { name: a, namespace: shop }, spec: { templates: [{ templateName: b }], metrics: [{ name: m, provider: { web: { url: 'http://web' } } }] } }";
    const inner = outer.replace('name: a,', 'name: b,').replace('templates: [{ templateName: b }], ', '');
    expect(said(step(''), outer, inner)).toEqual(['two metrics of these templates are called m']);
    expect(said(step(''), outer, inner.replace('name: m,', 'name: n,'))).toEqual([]);
  });

  test('the Ingress has a rule with the stable Service', () => {
    const ingress = (to: string) =>
      `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${to}, port: { number: 80 } } } }] } }] } }`;
    expect(said(routed('nginx: { stableIngress: web }'), ...both, ingress('web'))).toEqual([]);
    expect(said(routed('nginx: { stableIngress: web }'), ...both, ingress('next'))).toEqual([
      'Ingress web has no rule with Service web',
    ]);
  });

  test.each([
    [
      'plugins: { argoproj-labs/gatewayAPI: { httpRoute: web } }',
      '{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { rules: [{ backendRefs: [{ name: web, port: 80 }, { name: NEXT, port: 80 }] }] } }',
    ],
    [
      'istio: { virtualService: { name: web, routes: [main] } }',
      '{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ name: main, route: [{ destination: { host: web } }, { destination: { host: NEXT.shop.svc.cluster.local } }] }] } }',
    ],
    [
      'traefik: { weightedTraefikServiceName: web }',
      '{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: web, namespace: shop }, spec: { weighted: { services: [{ name: web, port: 80 }, { name: NEXT, port: 80 }] } } }',
    ],
  ])('a route has a rule with both Services: %s', (routing, route) => {
    const known = [...both, controller('--traefik-api-group=traefik.io')];
    expect(said(routed(routing), ...known, route.replace('NEXT', 'next'))).toEqual([]);
    expect(said(routed(routing), ...known, route.replace('NEXT', 'other'))).toEqual([
      expect.stringContaining('leads to both Service web and next'),
    ]);
    expect(said(routed(routing), ...known)).toEqual([expect.stringContaining('namespace shop has no ')]);
  });

  test.each([
    ['traefik.io', [], ['unknown']],
    ['traefik.containo.us', [], []],
    ['traefik.io', [controller()], ['fail']],
    ['traefik.containo.us', [controller()], []],
    ['traefik.io', [controller('--loglevel=debug')], ['fail']],
    ['traefik.io', [controller('--traefik-api-group=traefik.io')], []],
    ['traefik.io', [controller('--traefik-api-group, traefik.io')], []],
    ['traefik.containo.us', [controller('--traefik-api-group=traefik.io')], ['fail']],
    // Of another program.
    [
      'traefik.io',
      [controller('--traefik-api-group=traefik.io').replace('argo-rollouts:', 'argo-rollouts-dashboard:')],
      ['unknown'],
    ],
  ])('the controller looks for a TraefikService of the group %s', (group, others, expected) => {
    const route = `{ apiVersion: ${group}/v1alpha1, kind: TraefikService, metadata: { name: web, namespace: shop }, spec: { weighted: { services: [{ name: web, port: 80 }, { name: next, port: 80 }] } } }`;
    const manifests = all(
      namespace,
      rollout(routed('traefik: { weightedTraefikServiceName: web }')),
      ...both,
      route,
      ...others,
    );
    const at = 'spec.strategy.canary.trafficRouting.traefik.weightedTraefikServiceName';
    expect(verdicts(id, manifests)).toEqual(expected.map((verdict) => `${verdict} ${at}`));
    for (const message of messages(id, manifests)) expect(message).toContain('finds none, shares no requests');
  });

  test('objects in other namespaces, by the names that have one', () => {
    const virtualService = (place: string) =>
      `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: ${place} }, spec: { hosts: [web], http: [{ name: main, route: [{ destination: { host: web } }, { destination: { host: next } }] }] } }`;
    const httpRoute = (place: string) =>
      `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: ${place} }, spec: { rules: [{ backendRefs: [{ name: web, port: 80 }, { name: next, port: 80 }] }] } }`;
    const edge = '{ apiVersion: v1, kind: Namespace, metadata: { name: edge } }';
    const lost = (routing: string, object: string) => said(routed(routing), ...both, edge, object).length;
    const several = 'istio: { virtualServices: [{ name: web }, { name: web.edge }] }';
    expect(lost('istio: { virtualService: { name: web.edge } }', virtualService('edge'))).toBe(0);
    expect(lost('istio: { virtualService: { name: web.edge } }', virtualService('shop'))).toBe(1);
    expect(lost('istio: { virtualService: { name: web } }', virtualService('edge'))).toBe(1);
    expect(lost(several, all(virtualService('edge'), virtualService('shop')))).toBe(0);
    expect(lost(several, virtualService('shop'))).toBe(1);
    const plugin = (more: string) => `plugins: { argoproj-labs/gatewayAPI: { ${more} } }`;
    expect(lost(plugin('httpRoute: web, namespace: edge'), httpRoute('edge'))).toBe(0);
    expect(lost(plugin('httpRoute: web, namespace: edge'), httpRoute('shop'))).toBe(1);
    expect(lost(plugin('httpRoute: web'), httpRoute('edge'))).toBe(1);
    expect(lost(plugin('httpRoutes: [{ name: web }, { name: gone }]'), httpRoute('shop'))).toBe(1);
    expect(lost(plugin('httpRoutes: [{ name: web }], namespace: edge'), httpRoute('edge'))).toBe(0);
  });

  test('the pods are those of the workload whose template it takes', () => {
    const deployment = (labels: string) =>
      `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: base, namespace: shop }, spec: { replicas: 0, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { ${labels} } }, spec: { containers: [{ name: web, image: 'shop/web:1.0.0' }] } } } }`;
    const referring = (kind: string) =>
      `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: web, namespace: shop }, spec: { strategy: { blueGreen: { activeService: web } }, workloadRef: { apiVersion: apps/v1, ${kind}name: base } } }`;
    const of = (labels: string, kind = 'kind: Deployment, ') =>
      messages(id, all(namespace, referring(kind), service('web', 'app: web, tier: front'), deployment(labels)));
    expect(of('app: web, tier: front')).toEqual([]);
    expect(of('app: web')).toEqual([expect.stringContaining('selects tier=front')]);
    expect(of('app: web', '')).toEqual([expect.stringContaining('selects tier=front')]);
    // Of a workload that is not here nothing is known but that.
    expect(of('app: web', 'kind: ReplicaSet, ')).toEqual([expect.stringContaining('has no ReplicaSet base')]);
  });

  test('subsets of one host are told apart by a DestinationRule, and one Service alone shares nothing', () => {
    const one =
      '{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ name: main, route: [{ destination: { host: web, subset: a } }, { destination: { host: web, subset: b } }] }] } }';
    const routing = (more: string) => `istio: { virtualService: { name: web }${more} }`;
    const rule = 'destinationRule: { name: web, canarySubsetName: b, stableSubsetName: a }';
    expect(said(routed(routing('')), ...both, one)).toHaveLength(1);
    expect(said(routed(routing(`, ${rule}`)), ...both, one)).toEqual([]);
    expect(said(`canary: { canaryService: next, trafficRouting: { ${routing('')} } }`, ...both, one)).toEqual([]);
  });

  test('routes of each kind that the plugin for the Gateway API writes', () => {
    for (const [field, kind] of [
      ['httpRoute', 'HTTPRoute'],
      ['grpcRoute', 'GRPCRoute'],
      ['tcpRoute', 'TCPRoute'],
      ['tlsRoute', 'TLSRoute'],
    ]) {
      const route = `{ apiVersion: gateway.networking.k8s.io/v1, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { rules: [{ backendRefs: [{ name: web, port: 80 }, { name: next, port: 80 }] }] } }`;
      const of = (plugin: string) =>
        said(routed(`plugins: { argoproj-labs/gatewayAPI: { ${plugin} } }`), ...both, route);
      expect([field, of(`${field}: web`), of(`${field}s: [{ name: web }]`)]).toEqual([field, [], []]);
      expect(of(`${field}: gone`)).toEqual([expect.stringContaining(`has no ${kind} gone`)]);
    }
  });

  test('the controller may be declared, and its flags stand in its command too', () => {
    const strategy = routed('traefik: { weightedTraefikServiceName: web }');
    const route =
      '{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: web, namespace: shop }, spec: { weighted: { services: [{ name: web, port: 80 }, { name: next, port: 80 }] } } }';
    const manifests = all(namespace, rollout(strategy), ...both, route);
    const flag = controller('--traefik-api-group=traefik.io');
    expect(verdicts(id, manifests, { declared: flag })).toEqual([]);
    expect(verdicts(id, manifests, { declared: flag.replace('args:', 'command:') })).toEqual([]);
    expect(verdicts(id, manifests, { declared: controller() })).toHaveLength(1);
  });

  test('arguments of a template may come from elsewhere', () => {
    const secret = '{ name: host, valueFrom: { secretKeyRef: { name: a, key: b } } }';
    expect(said(step(''), template(metric('count: 1'), secret))).toEqual([]);
  });

  test('an action of an ALB leads to its root Service, and an nginx Ingress to the stable one', () => {
    const ingress = (to: string) =>
      `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${to}, port: { number: 80 } } } }] } }] } }`;
    const alb = (more: string, to: string) =>
      said(routed(`alb: { ingress: web, servicePort: 80${more} }`), ...both, service('root'), ingress(to));
    expect(alb('', 'web')).toEqual([]);
    expect(alb('', 'root')).toEqual(['Ingress web has no rule with Service web']);
    expect(alb(', rootService: root', 'root')).toEqual([]);
    expect(alb(', rootService: root', 'web')).toEqual(['Ingress web has no rule with Service root']);
    expect(said(routed('nginx: { stableIngress: web, rootService: root }'), ...both, ingress('web'))).toEqual([]);
  });

  test('a VirtualService has the routes that are named', () => {
    const route =
      '{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ name: main, route: [{ destination: { host: web } }, { destination: { host: next } }] }] } }';
    expect(said(routed('istio: { virtualService: { name: web, routes: [other] } }'), ...both, route)[0]).toBe(
      'VirtualService web has no route named other',
    );
  });

  test.each([
    ['tls: [{ match: [{ port: 3000, sniHosts: [web] }], ROUTE }]', 0],
    ['tcp: [{ ROUTE }]', 0],
    ['http: [], tcp: [{ ROUTE }]', 1],
    ['http: [{ name: main, ROUTE }], tls: [{ match: [{ sniHosts: [web] }], ROUTE }]', 1],
  ])('names of routes are asked for where there are rules for HTTP: %s', (rules, times) => {
    const both = [service('web', 'app: web'), service('next', 'app: web')];
    const spec = rules.replaceAll('ROUTE', 'route: [{ destination: { host: web } }, { destination: { host: next } }]');
    const route = `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], ${spec} } }`;
    const found = said(
      routed('istio: { virtualService: { name: web, routes: [primary], tlsRoutes: [{ port: 3000 }] } }'),
      ...both,
      route,
    );
    expect(found.filter((message) => message.includes('has no route named primary'))).toHaveLength(times);
  });
});

describe('a Rollout that takes the template of a Deployment makes its pods', () => {
  const deployment = (replicas: number) =>
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { replicas: ${replicas}, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:1.0.0' }] } } } }`;
  const referring = (more = '', ref = '') =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: web, namespace: shop }, spec: { ${more} strategy: { canary: {} }, workloadRef: { apiVersion: apps/v1, kind: Deployment, name: web, ${ref} } } }`;
  const budget =
    '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { minAvailable: 3, selector: { matchLabels: { app: web } } } }';
  const judged = (...texts: readonly string[]) => verdicts('pdb-allows-eviction', all(namespace, budget, ...texts));

  test('as many as it says, beside those that the Deployment keeps', () => {
    expect(judged(deployment(0), referring('replicas: 3,'))).toEqual(['fail spec.minAvailable']);
    expect(judged(deployment(0), referring('replicas: 4,'))).toEqual([]);
    expect(judged(deployment(3), referring('replicas: 3,'))).toEqual([]);
    expect(judged(deployment(3), referring('replicas: 3,', 'scaleDown: onsuccess'))).toEqual([
      'fail spec.minAvailable',
    ]);
  });

  test('an autoscaler of a Deployment without pods scales nothing', () => {
    const scaler = (kind = 'Deployment', min = 2) =>
      `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: ${kind.toLowerCase()}, namespace: shop }, spec: { scaleTargetRef: { apiVersion: ${kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1'}, kind: ${kind}, name: web }, minReplicas: ${min}, maxReplicas: 5 } }`;
    const of = (...texts: readonly string[]) => verdicts('hpa-target-exists', all(namespace, ...texts));
    const wrong = ['fail spec.scaleTargetRef.kind'];
    expect(of(deployment(0), referring(), scaler())).toEqual(wrong);
    expect(of(deployment(3), referring('', 'scaleDown: onsuccess'), scaler())).toEqual(wrong);
    expect(of(deployment(3), referring('', 'scaleDown: progressively'), scaler())).toEqual(wrong);
    expect(of(deployment(3), referring('', 'scaleDown: never'), scaler())).toEqual([]);
    expect(of(deployment(3), referring(), scaler())).toEqual([]);
    expect(of(deployment(0), referring(), scaler('Rollout'))).toEqual([]);
    expect(of(deployment(0), referring(), scaler('Rollout'), scaler())).toEqual([]);
    // It begins at 0 itself, or nobody takes the template.
    expect(of(deployment(0), referring(), scaler('Deployment', 0))).toEqual([]);
    expect(of(deployment(0), scaler())).toEqual([]);
  });

  test('as many as its autoscaler says', () => {
    const hpa = (min: number) =>
      `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web }, minReplicas: ${min}, maxReplicas: 9 } }`;
    expect(verdicts('pdb-vs-hpa-min', all(budget, deployment(0), referring(), hpa(3)))).toEqual([
      'fail spec.minAvailable',
    ]);
    expect(verdicts('pdb-vs-hpa-min', all(budget, deployment(0), referring(), hpa(4)))).toEqual([]);
  });
});
