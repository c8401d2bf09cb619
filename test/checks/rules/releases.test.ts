import { checks } from '../../../checks/registry';
import { runChecks } from '../../../checks/run';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { all, messages, namespace, resources, verdicts } from '../judging';

const deployment = (
  name: string,
  labels: string,
  { replicas = 3 as number | undefined, image = 'shop/web:1.0.0', kind = 'Deployment' } = {},
) =>
  `{ apiVersion: ${kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1'}, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${replicas === undefined ? '' : `replicas: ${replicas}, `}selector: { matchLabels: { ${labels} } }, template: { metadata: { labels: { ${labels} } }, spec: { containers: [{ name: web, image: '${image}', ports: [{ name: metrics, containerPort: 9100 }] }] } } } }`;
const service = (name: string, selector: string, more = '') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop, labels: { app: web } }, spec: { ${more} selector: { ${selector} }, ports: [{ name: http, port: 80 }, { name: metrics, port: 9100 }] } }`;
const hpa = (name: string, min: number) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: ${name}, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }, minReplicas: ${min}, maxReplicas: 20 } }`;
const route = (...backends: readonly string[]) =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: edge }], rules: [{ backendRefs: [${backends.map((name) => `{ name: ${name}, port: 80 }`).join()}] }] } }`;
const color = (name: string, more = {}) => deployment(`web-${name}`, `app: web, version: ${name}`, more);

describe('switch-has-capacity', () => {
  const judged = (...texts: readonly string[]) => verdicts('switch-has-capacity', all(namespace, ...texts));
  const blue = color('blue', { replicas: 8 });

  test('the version that gets the requests has as many pods as the one beside it', () => {
    const web = service('web', 'app: web, version: green');
    expect(judged(web, blue, color('green', { replicas: 8 }))).toEqual([]);
    expect(judged(web, blue, color('green', { replicas: 7 }))).toEqual(['fail spec.replicas']);
    expect(judged(web, blue, color('green', { replicas: undefined }), hpa('web-green', 2))).toEqual([
      'fail spec.minReplicas',
    ]);
    expect(judged(web, blue, color('green', { replicas: undefined }), hpa('web-green', 8))).toEqual([]);
    expect(
      judged(
        web,
        ...['blue', 'green'].flatMap((name) => [color(name, { replicas: undefined }), hpa(`web-${name}`, 2)]),
      ),
    ).toEqual([]);
    const said = messages('switch-has-capacity', all(namespace, web, blue, color('green', { replicas: 1 })));
    expect(said).toEqual([
      'Service web sends all requests to Deployment web-green, which has 1, and Deployment web-blue beside it has 8: at the switch one pod gets what 8 served',
    ]);
  });

  test('an idle version may be smaller, and so may one that has a Service that is called', () => {
    expect(judged(service('web', 'app: web, version: blue'), blue, color('green', { replicas: 1 }))).toEqual([]);
    const canary = [
      service('web', 'app: web, version: stable'),
      service('web-canary', 'app: web, version: canary'),
      color('stable', { replicas: 8 }),
      color('canary', { replicas: 1 }),
    ];
    expect(judged(...canary, route('web', 'web-canary'))).toEqual([]);
    expect(judged(...canary)).toEqual([]);
    // Called after the live one, and called by nobody: a preview.
    expect(
      judged(
        service('web', 'app: web, version: green'),
        service('web-preview', 'app: web, version: blue'),
        blue,
        color('green', { replicas: 2 }),
        route('web'),
      ),
    ).toEqual(['fail spec.replicas']);
  });

  test('versions are told apart by the names of workloads, too', () => {
    expect(
      judged(
        service('web', 'app.kubernetes.io/name: web-green'),
        deployment('web', 'app.kubernetes.io/name: web', { replicas: 5 }),
        deployment('web-green', 'app.kubernetes.io/name: web-green', { replicas: 2 }),
      ),
    ).toEqual(['fail spec.replicas']);
  });

  test.each([
    ['two versions under one Service', [service('web', 'app: web'), blue, color('green', { replicas: 1 })]],
    [
      'parts of one program',
      [
        service('web', 'app: web, component: api'),
        deployment('api', 'app: web, component: api', { replicas: 1 }),
        deployment('worker', 'app: web, component: worker', { replicas: 4 }),
      ],
    ],
    [
      'other programs',
      [
        service('web', 'app: web, version: v2'),
        deployment('a', 'app: web, version: v2', { replicas: 1 }),
        deployment('b', 'app: web, version: v1', { replicas: 4, image: 'shop/mail:1' }),
      ],
    ],
    [
      'a primary and its replicas',
      [
        service('db', 'app: db, role: primary'),
        deployment('db-primary', 'app: db, role: primary', { replicas: 1 }),
        deployment('db-replica', 'app: db, role: replica', { replicas: 3 }),
      ],
    ],
    [
      'shards',
      [
        service('web-1', 'app: web-1'),
        deployment('web-1', 'app: web-1', { replicas: 1 }),
        deployment('web-2', 'app: web-2', { replicas: 3 }),
      ],
    ],
  ])('says nothing of %s', (_, texts) => expect(judged(...texts)).toEqual([]));

  test('follows a Rollout', () =>
    expect(
      judged(service('web', 'app: web, version: green'), blue, color('green', { replicas: 2, kind: 'Rollout' })),
    ).toEqual(['fail spec.replicas']));
});

describe('pdb-per-version', () => {
  const budget = (bound: string, labels = 'app: web') =>
    `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { ${labels} } } } }`;
  const judged = (...texts: readonly string[]) =>
    verdicts('pdb-per-version', all(namespace, color('blue'), color('green'), ...texts));
  const live = service('web', 'app: web, version: blue');

  test.each([
    ['minAvailable: 3', ['fail spec.minAvailable']],
    ['minAvailable: 2', ['fail spec.minAvailable']],
    ['minAvailable: 50%', ['fail spec.minAvailable']],
    ['maxUnavailable: 50%', ['fail spec.maxUnavailable']],
    ['minAvailable: 4', []],
    ['maxUnavailable: 1', []],
    // It would let all go without the other version, too.
    ['maxUnavailable: 3', []],
  ])('%s over 3 pods that serve and 3 that do not', (bound, expected) =>
    expect(judged(live, budget(bound))).toEqual(expected),
  );

  const rollout = (more = '') =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: web, namespace: shop }, spec: { replicas: 3, strategy: { blueGreen: { activeService: web, ${more} } }, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:1' }] } } } }`;
  test.each([
    ['minAvailable: 3', '', ['fail spec.minAvailable']],
    ['minAvailable: 2', '', ['fail spec.minAvailable']],
    ['maxUnavailable: 50%', '', ['fail spec.maxUnavailable']],
    ['maxUnavailable: 1', '', []],
    ['minAvailable: 4', '', []],
    // Before the switch there are as many of the next version as are asked for.
    ['minAvailable: 2', 'previewReplicaCount: 1,', ['fail spec.minAvailable']],
    ['minAvailable: 2', 'activeMetadata: { labels: { role: live } },', ['fail spec.minAvailable']],
  ])('%s over both versions of a Rollout of 3 pods, %s', (bound, more, expected) =>
    expect(
      verdicts('pdb-per-version', all(namespace, rollout(more), service('web', 'app: web'), budget(bound))),
    ).toEqual(expected),
  );

  test('a label that the Rollout sets on the live version tells them apart', () => {
    const roles = rollout('activeMetadata: { labels: { role: live } }, previewMetadata: { labels: { role: next } },');
    const own = (role: string) => budget('minAvailable: 2', `app: web, role: ${role}`);
    expect(verdicts('pdb-per-version', all(namespace, roles, own('live')))).toEqual([]);
    expect(verdicts('pdb-selects', all(namespace, roles, own('live')))).toEqual([]);
    expect(verdicts('pdb-selects', all(namespace, roles, own('old')))).not.toEqual([]);
  });

  test('says nothing of a budget for each version, and where all pods serve', () => {
    expect(judged(live, budget('minAvailable: 2', 'app: web, version: blue'))).toEqual([]);
    expect(judged(service('web', 'app: web'), budget('minAvailable: 3'))).toEqual([]);
    expect(judged(budget('minAvailable: 3'))).toEqual([]);
  });
});

describe('quota-fits', () => {
  const quota = (pods: number) =>
    `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: shop, namespace: shop }, spec: { hard: { pods: '${pods}' } } }`;
  const rollout = (strategy: string) =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: web, namespace: shop }, spec: { replicas: 3, strategy: { ${strategy} }, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'shop/web:1' }] } } } }`;
  test.each([
    ['both versions stand beside each other', 'blueGreen: { activeService: web }', 6],
    [
      'a preview of fewer pods, until it is switched to',
      'blueGreen: { activeService: web, previewReplicaCount: 1 }',
      6,
    ],
    ['a route deals out requests', 'canary: { trafficRouting: { nginx: { stableIngress: web } } }', 6],
    ['shares are pods', 'canary: { maxSurge: 1, maxUnavailable: 0 }', 4],
    ['a pod goes first', 'canary: { maxSurge: 0, maxUnavailable: 1 }', 3],
    ['the version before shrinks meanwhile', 'canary: { dynamicStableScale: true, trafficRouting: { nginx: {} } }', 3],
  ])('a release by Argo Rollouts needs room where %s', (_, strategy, pods) => {
    const judged = (most: number) => verdicts('quota-fits', all(namespace, rollout(strategy), quota(most)));
    expect(judged(pods)).toEqual([]);
    expect(judged(pods - 1)).toEqual(['fail spec.hard.pods']);
  });
});

describe('scrape-once', () => {
  const judged = (...texts: readonly string[]) => verdicts('scrape-once', all(namespace, ...texts));
  const monitor = (more = '', name = 'web', labels = '') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: ${name}, namespace: shop, labels: { ${labels} } }, spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics, ${more} }] } }`;
  const web = deployment('web', 'app: web');
  const two = [service('web', 'app: web'), service('web-stable', 'app: web')];

  test('pods that two Services of a monitor lead to are scraped twice, of a Rollout, too', () => {
    expect(judged(web, ...two, monitor())).toEqual(['fail spec.endpoints[0].port']);
    expect(judged(deployment('web', 'app: web', { kind: 'Rollout' }), ...two, monitor())).toEqual([
      'fail spec.endpoints[0].port',
    ]);
    expect(messages('scrape-once', all(web, ...two, service('web-next', 'app: web'), monitor()))).toEqual([
      'port 9100 of the pods of Deployment web is scraped 3 times, through Service web and web-next and web-stable: sums over its series are 3 times too large',
    ]);
  });

  test('one Service, versions of their own, and rules that keep one of them are scraped once', () => {
    expect(judged(web, two[0]!, monitor())).toEqual([]);
    const own = ['blue', 'green'].flatMap((name) => [color(name), service(name, `app: web, version: ${name}`)]);
    expect(judged(...own, monitor())).toEqual([]);
    const keep = 'relabelings: [{ sourceLabels: [__meta_kubernetes_service_name], regex: web, action: keep }]';
    expect(judged(web, ...two, monitor(keep))).toEqual([]);
    // Targets with the same labels are one.
    const same = 'relabelings: [{ action: labeldrop, regex: service }, { targetLabel: job, replacement: web }]';
    expect(judged(web, ...two, monitor(same))).toEqual([]);
  });

  test('two monitors are two requests where the same Prometheus has them, and they ask for the same', () => {
    const apart = [service('web', 'app: web').replace('labels: { app: web }', 'labels: { app: web, of: a }'), two[1]!];
    const both = (more = '', labels = '') => [
      monitor('', 'a').replace('matchLabels: { app: web }', 'matchLabels: { of: a }'),
      monitor(more, 'b', labels).replace(
        '{ matchLabels: { app: web } }',
        '{ matchExpressions: [{ key: of, operator: DoesNotExist }] }',
      ),
    ];
    expect(judged(web, ...apart, ...both())).toEqual(['fail spec.endpoints[0].port']);
    expect(judged(web, ...apart, ...both('path: /other'))).toEqual([]);
    expect(judged(web, ...apart, ...both('', 'prometheus: other'))).toEqual([]);
  });

  test("a discovery of endpoints in Prometheus' own configuration", () => {
    const prometheus = (rules: string) =>
      `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: prometheus, namespace: shop }, spec: { selector: { matchLabels: { app: prometheus } }, template: { metadata: { labels: { app: prometheus } }, spec: { containers: [{ name: prometheus, image: 'quay.io/prometheus/prometheus:v3.5.0', args: ['--config.file=/etc/prometheus/prometheus.yml'], volumeMounts: [{ name: c, mountPath: /etc/prometheus }] }], volumes: [{ name: c, configMap: { name: prometheus } }] } } } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: |
    scrape_configs:
      - job_name: pods
        kubernetes_sd_configs: [{ role: endpointslice }]
        relabel_configs:
          - { source_labels: [__meta_kubernetes_endpointslice_port_name], regex: metrics, action: keep }
          ${rules}`;
    const named = '- { source_labels: [__meta_kubernetes_service_name], target_label: service }';
    expect(judged(web, ...two, prometheus(named))).toHaveLength(1);
    expect(judged(web, ...two, prometheus(''))).toEqual([]);
    expect(judged(web, two[0]!, prometheus(named))).toEqual([]);
  });
});

describe('analysis-answers-without-traffic', () => {
  const id = 'analysis-answers-without-traffic';
  const template = (conditions: string, query: string) => `
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: a, namespace: shop }
spec:
  metrics:
    - name: m
      ${conditions}
      provider: { prometheus: { query: '${query}' } }
`;
  const one = 'sum(rate(errors{hash="{{args.hash}}"}[2m]))';
  const ratio = `${one} / sum(rate(requests{hash="{{args.hash}}"}[2m]))`;
  const judged = (conditions: string, query = one) => verdicts(id, template(conditions, query));
  const guarded = (comparison: string) => `len(result) > 0 && !isNaN(result[0]) && result[0] ${comparison}`;

  test.each([
    ['successCondition: result[0] < 5', one, 'an empty answer'],
    ['failureCondition: result[0] >= 5', one, 'an empty answer'],
    [`successCondition: '${guarded('< 5')}'`, one, 'without a failureCondition all that does not is a failure'],
    ["failureCondition: 'len(result) == 0 || result[0] >= 5'", one, 'meets failureCondition'],
    ["successCondition: 'len(result) == 0 || result[0] >= 0.9'", ratio, 'NaN'],
    ["successCondition: 'result[0] >= 0.9'", `${ratio} or vector(1)`, 'NaN'],
  ])('%s: aborts', (conditions, query, words) => {
    expect(judged(conditions, query)).toHaveLength(1);
    expect(messages(id, template(conditions, query))[0]).toContain(words);
  });

  test.each([
    [`successCondition: '${guarded('>= 0.9')}'\n      failureCondition: '${guarded('< 0.9')}'`, ratio],
    ["successCondition: 'len(result) == 0 || isNaN(result[0]) || result[0] >= 0.9'", ratio],
    ["failureCondition: 'len(result) > 0 && result[0] >= 5'", one],
    ['successCondition: result[0] < 5', `${one} or vector(0)`],
    ['successCondition: result[0] < 5', `${one} or on() vector(0)`],
    ["successCondition: 'default(result, 0) < 5'", one],
    ['interval: 1m', one],
  ])('%s: goes on, or waits for somebody', (conditions, query) => expect(judged(conditions, query)).toEqual([]));

  test('the query asks for one version', () => {
    const conditions = "failureCondition: 'len(result) > 0 && result[0] >= 5'";
    expect(judged(conditions, 'sum(rate(errors{app="web"}[2m]))')).toEqual([
      'fail spec.metrics[0].provider.prometheus.query',
    ]);
    expect(judged(conditions, 'sum(rate(errors[2m]))')).toHaveLength(1);
    expect(judged(conditions, 'vector(1)')).toEqual([]);
    expect(judged(conditions, 'sum(rate(errors{app="web",version="next"}[2m]))')).toEqual([]);
    expect(judged(conditions, 'sum(rate(errors{app="web",pod=~"web-{{args.hash}}-.*"}[2m]))')).toEqual([]);
  });
});

describe('release-writer-single', () => {
  const rollout = (routing: string) =>
    deployment('web', 'app: web', { kind: 'Rollout' }).replace(
      'selector:',
      `strategy: { canary: { stableService: web, canaryService: next, trafficRouting: { ${routing} } } }, selector:`,
    );
  const application = (
    ignored: string,
    { heals = true, options = '[RespectIgnoreDifferences=true]', to = 'shop' } = {},
  ) =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: shop, namespace: argocd }, spec: { destination: { namespace: ${to} }, source: { repoURL: 'https://git.example.com/a', path: a }, ignoreDifferences: [${ignored}], syncPolicy: { automated: { selfHeal: ${heals} }, syncOptions: ${options} } } }`;
  const gateway = [rollout('plugins: { argoproj-labs/gatewayAPI: { httpRoute: web } }'), route('web', 'next')];
  const judged = (...texts: readonly string[]) => verdicts('release-writer-single', all(namespace, ...texts));
  const weights =
    "{ group: gateway.networking.k8s.io, kind: HTTPRoute, jqPathExpressions: ['.spec.rules[]?.backendRefs[]?.weight'] }";

  test('an Application that heals itself leaves the weights to the Rollout', () => {
    expect(judged(...gateway, application(''))).toEqual(['fail spec.syncPolicy.automated.selfHeal']);
    expect(judged(...gateway, application(weights))).toEqual([]);
    expect(judged(...gateway, application('{ kind: HTTPRoute, jsonPointers: [/spec/rules] }'))).toEqual([]);
    expect(judged(...gateway, application(weights.replace('HTTPRoute', 'GRPCRoute')))).toHaveLength(1);
    expect(judged(...gateway, application(weights.replace('{ group', '{ name: other, group')))).toHaveLength(1);
    expect(judged(...gateway, application('{ kind: HTTPRoute, jsonPointers: [/metadata/labels] }'))).toHaveLength(1);
    expect(judged(...gateway, application(weights, { options: '[]' }))).toEqual(['fail spec.syncPolicy']);
  });

  test.each([
    ['both weights', '/spec/rules/0/backendRefs/0/weight, /spec/rules/0/backendRefs/1/weight', '', 0],
    ['one of two weights', '/spec/rules/0/backendRefs/0/weight', '', 1],
    ['those of another rule', '/spec/rules/1/backendRefs/0/weight, /spec/rules/1/backendRefs/1/weight', '', 1],
    ['both entries', '/spec/rules/0/backendRefs/0, /spec/rules/0/backendRefs/1', '', 0],
    ['each by jq', '', '.spec.rules[0].backendRefs[0].weight, .spec.rules[0].backendRefs[1].weight', 0],
    ['one by jq', '', '.spec.rules[0].backendRefs[1].weight', 1],
    ['another rule by jq', '', '.spec.rules[1].backendRefs[].weight', 1],
    ['another field by jq', '', '.spec.rules[].backendRefs[].port', 1],
    ['what stands beside by jq', '', '.spec.rules[].matches', 1],
    ['the list by jq', '', '.spec["rules"]', 0],
    ['through pipes', '', '.spec.rules[] | .backendRefs[] | .weight', 0],
    ['what is chosen by more than places', '', '.spec.rules[] | select(.name == "a") | .backendRefs[].weight', 0],
  ])('an entry with %s is found %s %s %i times', (_, pointers, paths, times) => {
    const texts = (list: string) =>
      list
        .split(', ')
        .filter(Boolean)
        .map((each) => `'${each}'`)
        .join(', ');
    const entry = `{ kind: HTTPRoute, jsonPointers: [${texts(pointers)}], jqPathExpressions: [${texts(paths)}] }`;
    expect(judged(...gateway, application(entry))).toHaveLength(times);
  });

  test('a selector that is applied server-side loses the hash of its version at each sync', () => {
    const plain = rollout('').replace(', trafficRouting: {  }', '');
    const services = ['web', 'next'].map((name) => service(name, 'app: web'));
    const [SERVER, RESPECT] = ['ServerSideApply=true', 'RespectIgnoreDifferences=true'];
    const of = (ignored: string, options: string, heals = false) =>
      judged(plain, ...services, application(ignored, { options: `[${options}]`, heals }));
    const hash = "{ group: '', kind: Service, jsonPointers: [/spec/selector/rollouts-pod-template-hash] }";
    expect(of('', SERVER)).toEqual(['fail spec.syncPolicy', 'fail spec.syncPolicy']);
    // Applied by the client, what Git does not name stays.
    expect(of('', '', true)).toEqual([]);
    expect(of(hash, `${SERVER}, ${RESPECT}`)).toEqual([]);
    expect(of(hash, SERVER)).toHaveLength(2);
    expect(of(hash.replace('kind', 'name: web, kind'), `${SERVER}, ${RESPECT}`)).toHaveLength(1);
    expect(
      of(
        '{ kind: Service, jqPathExpressions: [\'.spec.selector."rollouts-pod-template-hash"\'] }',
        `${SERVER}, ${RESPECT}`,
      ),
    ).toEqual([]);
    const own = services[0]!.replace(
      'namespace: shop',
      `namespace: shop, annotations: { argocd.argoproj.io/sync-options: '${SERVER}' }`,
    );
    expect(judged(plain, own, services[1]!, application('', { options: '[]', heals: false }))).toHaveLength(1);
    expect(
      messages(
        'release-writer-single',
        all(namespace, plain, ...services, application('', { options: `[${SERVER}]` })),
      )[0],
    ).toContain(
      'each sync applies the whole selector server-side as it stands in Git: until the Rollout has written it again',
    );
  });

  test('subsets, whose labels say the version', () => {
    const own = rollout(
      'istio: { virtualService: { name: web }, destinationRule: { name: web, canarySubsetName: next, stableSubsetName: now } }',
    );
    const rule =
      '{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: web, namespace: shop }, spec: { host: web, subsets: [{ name: now, labels: { app: web } }, { name: next, labels: { app: web } }] } }';
    expect(judged(own, rule, application(''))).toHaveLength(1);
    const hashes = [0, 1].map((i) => `/spec/subsets/${i}/labels/rollouts-pod-template-hash`);
    expect(judged(own, rule, application(`{ kind: DestinationRule, jsonPointers: [${hashes.join(', ')}] }`))).toEqual(
      [],
    );
    expect(judged(own, rule, application(`{ kind: DestinationRule, jsonPointers: [${hashes[0]}] }`))).toHaveLength(1);
  });

  test('one that does not heal itself, or applies something else, is none of it', () => {
    expect(judged(...gateway, application('', { heals: false }))).toEqual([]);
    expect(judged(...gateway, application('', { to: 'other' }))).toEqual([]);
    expect(judged(route('web', 'next'), application(''))).toEqual([]);
  });

  test.each([
    [
      'istio: { virtualService: { name: web } }',
      '{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { http: [{ route: [{ destination: { host: web } }, { destination: { host: next } }] }] } }',
      "{ kind: VirtualService, jqPathExpressions: ['.spec.http[].route[].weight'] }",
    ],
    [
      'traefik: { weightedTraefikServiceName: web }',
      '{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: web, namespace: shop }, spec: { weighted: { services: [{ name: web }, { name: next }] } } }',
      '{ group: traefik.io, kind: TraefikService, jsonPointers: [/spec/weighted/services] }',
    ],
  ])('%s', (routing, object, ignored) => {
    expect(judged(rollout(routing), object, application(''))).toHaveLength(1);
    expect(judged(rollout(routing), object, application(ignored))).toEqual([]);
  });

  const istio = 'istio: { virtualService: { name: web, routes: [main] } }';
  const virtualService = (spec: string) =>
    `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], ${spec} } }`;
  const split = 'route: [{ destination: { host: web }, weight: 100 }, { destination: { host: next }, weight: 0 }]';
  const traefikService =
    '{ apiVersion: traefik.io/v1alpha1, kind: TraefikService, metadata: { name: web, namespace: shop }, spec: { weighted: { services: [{ name: web, weight: 100 }, { name: next, weight: 0 }] } } }';
  test.each([
    [gateway[0]!, gateway[1]!, ['.spec.rules[].backendRefs[].weight']],
    [rollout(istio), virtualService(`http: [{ name: main, ${split} }]`), ['.spec.http[].route[].weight']],
    // jq stops at a rule that has no such list.
    [
      rollout(istio),
      virtualService(`http: [{ redirect: { uri: / }, match: [{ uri: { exact: /a } }] }, { name: main, ${split} }]`),
      ['.spec.http[].route[]?.weight'],
    ],
    [
      rollout(istio),
      virtualService(`tls: [{ match: [{ sniHosts: [web] }], ${split} }]`),
      ['.spec.tls[].route[].weight'],
    ],
    [
      rollout(istio),
      virtualService(`http: [{ name: main, ${split} }], tcp: [{ ${split} }]`),
      ['.spec.http[].route[].weight', '.spec.tcp[].route[].weight'],
    ],
    [rollout('traefik: { weightedTraefikServiceName: web }'), traefikService, ['.spec.weighted.services[].weight']],
  ])('the mend that is told names the weights of the kind, and takes the finding away: %#', (own, object, paths) => {
    const world = new World(resources(all(namespace, own, object, application(''))), new Facts([]));
    const [found] = runChecks(
      world,
      checks.filter(({ id }) => id === 'release-writer-single'),
    );
    const [entry] = /\{ group: .*? \}/.exec(found!.fix) ?? [''];
    expect(entry).toContain(`jqPathExpressions: [${paths.map((path) => `'${path}'`).join(', ')}]`);
    expect(judged(own, object, application(entry))).toEqual([]);
    const half = entry.replace(/\[.*\]/, `['${paths[0]}']`);
    expect(judged(own, object, application(half))).toHaveLength(paths.length - 1);
    expect(judged(own, object, application(entry, { options: '[]' }))).toEqual(['fail spec.syncPolicy']);
  });

  describe('Flux', () => {
    const labelled = (name = 'shop') =>
      `labels: { kustomize.toolkit.fluxcd.io/name: ${name}, kustomize.toolkit.fluxcd.io/namespace: flux-system }`;
    const kustomization = (spec = '') =>
      `{ apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: { name: shop, namespace: flux-system }, spec: { interval: 5m, path: ./shop, prune: true${spec && `, ${spec}`} } }`;
    const ofGateway = gateway[0]!;
    const weighted = gateway[1]!.replaceAll('port: 80', 'port: 80, weight: 1');
    const marked = (more: string) => weighted.replace('namespace: shop', `namespace: shop, ${more}`);
    const services = ['web', 'next'].map((name) => service(name, 'app: web').replace(', labels: { app: web }', ''));
    const at = 'fail spec.interval';

    test('a Kustomization applies the whole list of rules again and again, also where Git names no weights', () => {
      expect(judged(ofGateway, marked(labelled()), kustomization())).toEqual([at]);
      expect(judged(ofGateway, marked(labelled()).replaceAll(/, weight: \d+/g, ''), kustomization())).toEqual([at]);
      expect(judged(ofGateway, marked(labelled('other')), kustomization())).toEqual([]);
      expect(judged(ofGateway, marked(labelled()), kustomization('suspend: true'))).toEqual([]);
      expect(judged(marked(labelled()), kustomization())).toEqual([]);
      const [message] = messages(
        'release-writer-single',
        all(namespace, ofGateway, marked(labelled()), kustomization()),
      );
      expect(message).toContain('Flux sets them back to what stands in Git at every interval (5m)');
    });

    test.each([
      ['ssa: IfNotPresent', 0],
      ['ssa: ifnotpresent', 0],
      ['ssa: Ignore', 0],
      ['reconcile: disabled', 0],
      ['ssa: Merge', 1],
      ['ssa: Override', 1],
      ['force: enabled', 1],
    ])('an object with %s is found %i times', (mark, times) => {
      const [key, value] = mark.split(': ');
      const annotated = marked(`${labelled()}, annotations: { kustomize.toolkit.fluxcd.io/${key}: ${value} }`);
      expect(judged(ofGateway, annotated, kustomization())).toHaveLength(times);
      if (value === 'Merge')
        expect(messages('release-writer-single', all(namespace, ofGateway, annotated, kustomization()))[0]).toContain(
          'Merge keeps what stands beside the applied fields, and these are a part of them',
        );
      const common = kustomization(`commonMetadata: { annotations: { kustomize.toolkit.fluxcd.io/${key}: ${value} } }`);
      expect(judged(ofGateway, marked(labelled()), common)).toHaveLength(times);
    });

    const [first, second] = [0, 1].map((i) => `/spec/rules/0/backendRefs/${i}/weight`);
    test.each([
      [`paths: [${first}, ${second}]`, 0],
      [`paths: [${first}, ${second}], target: { kind: HTTP.*, name: web }`, 0],
      ['paths: [/spec/rules], target: { kind: HTTPRoute }', 0],
      ['paths: [/spec]', 0],
      [`paths: [${first}]`, 1],
      ['paths: [/spec/rule]', 1],
      ['paths: [/spec/rules], target: { kind: HTTP }', 1],
      ['paths: [/spec/rules], target: { namespace: other }', 1],
      ['paths: [/spec/rules], target: { name: "(" }', 1],
    ])('spec.ignore: %s', (rule, times) => {
      expect(judged(ofGateway, marked(labelled()), kustomization(`ignore: [{ ${rule} }]`))).toHaveLength(times);
    });

    test('a weight that Git does not name is kept with its entry alone', () => {
      const bare = marked(labelled()).replaceAll(/, weight: \d+/g, '');
      expect(judged(ofGateway, bare, kustomization(`ignore: [{ paths: [${first}, ${second}] }]`))).toHaveLength(1);
      expect(judged(ofGateway, bare, kustomization('ignore: [{ paths: [/spec/rules/0/backendRefs] }]'))).toEqual([]);
    });

    test('the hash in the selectors of the Services goes too: a selector is one value', () => {
      const plain = rollout('').replace(', trafficRouting: {  }', '');
      const own = services.map((text) => text.replace('namespace: shop', `namespace: shop, ${labelled()}`));
      expect(judged(plain, ...own, kustomization())).toEqual([at, at]);
      expect(
        judged(plain, ...own, kustomization('ignore: [{ paths: [/spec/selector], target: { kind: Service } }]')),
      ).toEqual([]);
      expect(judged(plain, ...services, kustomization())).toEqual([]);
      expect(messages('release-writer-single', all(namespace, plain, ...own, kustomization()))[0]).toContain(
        'leads to the pods of both versions',
      );
    });

    test('what it applies is told by its folder, or by the namespace that it gives to all', () => {
      const judgedIn = (folder: string, spec = '') => {
        const read = (text: string, file: string) => resources(text, file);
        const world = new World(
          [
            ...read(all(namespace, ofGateway, weighted), `${folder}/all.yaml`),
            ...read(kustomization(spec), 'clusters/flux.yaml'),
          ],
          new Facts([]),
        );
        return runChecks(
          world,
          checks.filter(({ id }) => id === 'release-writer-single'),
        ).map(({ object }) => object);
      };
      expect(judgedIn('fleet/shop')).toEqual(['Kustomization/flux-system/shop']);
      expect(judgedIn('fleet/shop/base')).toEqual(['Kustomization/flux-system/shop']);
      expect(judgedIn('fleet/other')).toEqual([]);
      expect(judgedIn('fleet/other', 'targetNamespace: shop')).toEqual(['Kustomization/flux-system/shop']);
      expect(judgedIn('fleet/other', 'targetNamespace: other')).toEqual([]);
    });

    test('a HelmRelease does so with drift detection alone', () => {
      const release = (spec: string) =>
        `{ apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: { name: web, namespace: shop }, spec: { interval: 5m, ${spec} } }`;
      const enabled = (more = '') => release(`driftDetection: { mode: enabled${more} }`);
      const ours = 'labels: { app.kubernetes.io/managed-by: Helm, app.kubernetes.io/instance: web }';
      const found = ['fail spec.driftDetection.mode'];
      expect(judged(ofGateway, marked(ours), enabled())).toEqual(found);
      expect(judged(ofGateway, marked('annotations: { meta.helm.sh/release-name: web }'), enabled())).toEqual(found);
      expect(judged(ofGateway, marked('labels: { helm.toolkit.fluxcd.io/name: web }'), enabled())).toEqual(found);
      for (const mode of ['driftDetection: { mode: warn }', 'driftDetection: {}', 'timeout: 1m'])
        expect(judged(ofGateway, marked(ours), release(mode))).toEqual([]);
      expect(judged(ofGateway, marked(ours), enabled(', ignore: [{ paths: [/spec/rules] }]'))).toEqual([]);
      expect(judged(ofGateway, marked(ours), enabled().replace('interval', 'suspend: true, interval'))).toEqual([]);
      const off = `${ours}, annotations: { helm.toolkit.fluxcd.io/driftDetection: disabled }`;
      expect(judged(ofGateway, marked(off), enabled())).toEqual([]);
      // Of another release, or of none.
      expect(judged(ofGateway, marked(ours.replace('instance: web', 'instance: other')), enabled())).toEqual([]);
      expect(judged(ofGateway, weighted, enabled())).toEqual([]);
      expect(
        judged(ofGateway, marked(ours), release('targetNamespace: prod, driftDetection: { mode: enabled }')),
      ).toEqual([]);
    });
  });
});
