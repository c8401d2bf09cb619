import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { shared } from '../../../clusters/shared';
import { composition } from '../../../composition/composition';
import { components } from '../../../constructs/app/components';
import { fluxObjects } from '../../../constructs/delivery/flux';
import { dev } from '../../../environments/dev';
import { prod } from '../../../environments/prod';
import {
  alerting,
  autoscaling,
  disruptionBudgets,
  grafana,
  kubeStateMetrics,
  metricsServer,
  networkPolicies,
  prometheus,
  zoneSpread,
} from '../../../features';
import type { Cluster } from '../../../model/cluster';
import type { ArgoRollouts } from '../../../model/cluster-facts';
import { deliveryFacts } from '../../../model/delivered';
import type { KubernetesObject } from '../../../model/kubernetes';
import { because } from '../../../model/layers';
import { Matrix, target } from '../../../model/matrix';
import type { ControlledRelease, ReleaseForm } from '../../../model/release';
import { blueGreen, canary, hold, rolling, share, watch } from '../../../model/release';
import { course } from '../../../platform';
import { flowVerdict, reportOf } from '../../../testing/judged';
import type { Objects } from '../../support/kubernetes';
import { platformOf, refusal } from '../../support/render';

const argoRollouts: ArgoRollouts = {
  version: '1.9',
  pods: {
    name: 'Argo Rollouts',
    namespaceLabels: { 'kubernetes.io/metadata.name': 'argo-rollouts' },
    podLabels: { 'app.kubernetes.io/name': 'argo-rollouts' },
  },
  sharesBy: 'traefik',
};
const traefik = (place: Cluster): Cluster => ({
  ...place,
  argoRollouts,
  gateway: { ...shared.gateway!, implementation: { name: 'traefik', version: '3.5', traefikServices: true } },
});
const FEATURES = [prometheus, autoscaling, networkPolicies, disruptionBudgets, zoneSpread];
const settings = (release: ReleaseForm, form: 'discovery' | 'operator' | 'minimal' = 'discovery') => ({
  web: { release: because(release, 'a test') },
  route: { through: because('gateway' as const, 'a test') },
  prometheus: { form: because(form, 'a test') },
});
const on = (place: Cluster, release: ReleaseForm) => platformOf(prod, place, FEATURES, settings(release));
const alone = (place: Cluster, release: ReleaseForm, replicas = 3) =>
  platformOf(prod, place, [], {
    web: { release: because(release, 'a test'), replicas: because(replicas, 'a test') },
    route: { through: because('gateway', 'a test') },
  });
const of = (release: ReleaseForm) => on(traefik(cloud), release);

const STEPS = [share(20), watch('10m'), share(50), hold()];
const byArgo = canary({ by: 'argo-rollouts', steps: STEPS, judge: { failing: 0.7 } });
const switched = blueGreen({ by: 'argo-rollouts', judge: { failing: 5, watch: '1h' } });

describe.each<[string, ControlledRelease]>([
  ['canary', byArgo],
  ['blueGreen', switched],
])('%s by Argo Rollouts', (_, release) => {
  const watched = (form: ReleaseForm) =>
    composition({
      ...course,
      matrix: new Matrix(
        components,
        target(prod, traefik(cloud), FEATURES, { settings: settings(form) }),
        target(
          dev,
          traefik(kind),
          [metricsServer, prometheus, networkPolicies, autoscaling, kubeStateMetrics, grafana],
          { settings: settings(form) },
        ),
        target(prod, traefik(shared), [...FEATURES, kubeStateMetrics, alerting, grafana], {
          settings: settings(form, 'operator'),
        }),
      ),
    });
  const all = watched(release);

  test.each(all.matrix.targets().map(({ name }) => name))('nothing is found in %s that was not before', (name) => {
    const found = (composed: typeof all) =>
      new Set(reportOf(composed, name).findings.map(({ check, path }) => `${check} ${path}`));
    const before = found(watched(rolling()));
    expect([...found(all)].filter((each) => !before.has(each))).toEqual([]);
    expect(reportOf(all, name).findings.filter(({ severity }) => severity === 'will-break')).toEqual([]);
  });

  test.each(['prod@cloud', 'prod@shared'])('its pods are reached by whoever reaches them otherwise, in %s', (name) => {
    const allowed = (from: string, to: string, port: number) =>
      expect([from, to, flowVerdict(all, name, { from, to, port })]).toEqual([from, to, 'allowed']);
    allowed('prometheus', 'web', 8080);
    allowed('web', 'redis', 6379);
  });

  test('a way from rolling to it leaves all else of the service as it is', () => {
    const [before, after] = [on(traefik(cloud), rolling()), of(release)];
    for (const [kind, name] of [
      ['Service', 'web'],
      ['PodDisruptionBudget', 'web'],
      ['NetworkPolicy', 'web'],
    ] as const)
      expect(JSON.stringify(after.get(kind, name))).toBe(JSON.stringify(before.get(kind, name)));
    // The Deployment and the Rollout stand beside each other for a while: neither takes the pods of the other.
    const template = (object: { spec?: unknown }) => (object.spec as { template: PodTemplate }).template;
    const [old, next] = [before.get('Deployment', 'web'), rolloutOf(after)].map(template);
    expect(next!.metadata).toEqual(old!.metadata);
    const { topologySpreadConstraints: spread, ...pod } = next!.spec;
    const { topologySpreadConstraints: _, ...was } = old!.spec;
    expect(pod).toEqual(was);
    expect(spread?.[0]).toMatchObject({ matchLabelKeys: ['rollouts-pod-template-hash'] });
    expect(after.of('Deployment').map(({ metadata }) => metadata.name)).not.toContain('web');
  });

  test('its controller may ask Prometheus, and nobody else of its namespace may', () => {
    const ingress = JSON.stringify(of(release).get('NetworkPolicy', 'prometheus').spec.ingress);
    expect(ingress).toContain(
      '{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"argo-rollouts"}},"podSelector":{"matchLabels":{"app.kubernetes.io/name":"argo-rollouts"}}}',
    );
  });
});

interface PodTemplate {
  readonly metadata: object;
  readonly spec: { readonly topologySpreadConstraints?: readonly object[] };
}
const objectOf = (objects: Objects, kind: string, name: string) =>
  objects.all.find((object) => object.kind === kind && object.metadata.name === name) as
    | (Objects['all'][number] & { readonly spec: Readonly<Record<string, unknown>> })
    | undefined;
const rolloutOf = (objects: Objects) => objectOf(objects, 'Rollout', 'web')!;

describe('a canary', () => {
  test('goes through its steps, and what is watched is measured', () => {
    const { spec } = rolloutOf(of(byArgo));
    const analysis = {
      templates: [{ templateName: 'web-errors-10m' }],
      args: [{ name: 'version', valueFrom: { podTemplateHashValue: 'Latest' } }],
    };
    expect(spec).toMatchObject({
      progressDeadlineAbort: true,
      strategy: {
        canary: {
          ...{ stableService: 'web', canaryService: 'web-next' },
          trafficRouting: { traefik: { weightedTraefikServiceName: 'web' } },
          steps: [{ setWeight: 20 }, { analysis }, { setWeight: 50 }, { pause: {} }],
        },
      },
    });
    const plain = rolloutOf(of(canary({ by: 'argo-rollouts', steps: [share(20), watch('1d')] }))).spec;
    // Go knows no days.
    expect(plain).toMatchObject({
      strategy: { canary: { steps: [{ setWeight: 20 }, { pause: { duration: '86400s' } }] } },
    });
  });

  test('is measured by the share of failing requests of its own pods; without requests it is neither right nor wrong', () => {
    const [template, ...more] = of(byArgo).all.filter((object) => object.kind === 'AnalysisTemplate');
    expect(more).toEqual([]);
    const [metric] = (template!.spec as { metrics: Record<string, unknown>[] }).metrics;
    const [all, failed] = ['', ',status=~"5.."'].map(
      (status) =>
        `sum(rate(http_requests_total{job="web",namespace="course-prod",pod=~"web-{{args.version}}-.*",route!~"/healthz|/readyz|/metrics"${status}}[2m]))`,
    );
    expect(metric).toEqual({
      ...{ name: 'failing-requests', initialDelay: '120s', interval: '120s', count: 5 },
      successCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] <= 0.007',
      failureCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] > 0.007',
      provider: {
        prometheus: {
          address: 'http://prometheus.course-prod.svc.cluster.local:9090',
          query: `(${failed} or 0 * ${all}) / (${all} > 0)`,
        },
      },
    });
  });

  test('each time that is watched has an analysis of its own, once', () => {
    const steps = [share(10), watch('4m'), share(20), watch('10m'), share(50), watch('4m')];
    const objects = of(canary({ by: 'argo-rollouts', steps, judge: { failing: 5 } }));
    expect(objects.all.flatMap(({ kind, metadata }) => (kind === 'AnalysisTemplate' ? [metadata.name] : []))).toEqual([
      'web-errors-4m',
      'web-errors-10m',
    ]);
  });

  test('a time that is no multiple of the interval is measured as often as it has room, and what a template is of is labelled', () => {
    const judge = { failing: 5, every: '3m' } as const;
    const objects = of(canary({ by: 'argo-rollouts', steps: [share(10), watch('10m')], judge }));
    const template = objectOf(objects, 'AnalysisTemplate', 'web-errors-10m')!;
    expect(template.spec).toMatchObject({ metrics: [{ count: 3, interval: '180s' }] });
    expect(template.metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'web' });
    expect(rolloutOf(objects).spec).toMatchObject({ revisionHistoryLimit: 5 });
    // Four scrapes of 15 s are enough.
    const often = { failing: 5, every: '60s' } as const;
    expect(() => of(canary({ by: 'argo-rollouts', steps: [share(10), watch('10m')], judge: often }))).not.toThrow();
  });

  test('shares requests by a TraefikService, by the plugin, or else by pods', () => {
    const split = (place: Cluster, release: ReleaseForm = byArgo) => {
      const objects = on(place, release);
      const route = objectOf(objects, 'HTTPRoute', 'web')!.spec as { rules: { backendRefs: object[] }[] };
      const { trafficRouting } = (rolloutOf(objects).spec as { strategy: { canary: { trafficRouting?: object } } })
        .strategy.canary;
      const next = objects.of('Service').some(({ metadata }) => metadata.name === 'web-next');
      const shares = objectOf(objects, 'TraefikService', 'web')?.spec;
      return [route.rules.map(({ backendRefs }) => backendRefs), trafficRouting, next, shares];
    };
    const shares = [
      { name: 'web', port: 80, weight: 100 },
      { name: 'web-next', port: 80, weight: 0 },
    ];
    expect(split(traefik(cloud))).toEqual([
      [[{ group: 'traefik.io', kind: 'TraefikService', name: 'web' }]],
      { traefik: { weightedTraefikServiceName: 'web' } },
      true,
      { weighted: { services: shares.map((each) => ({ kind: 'Service', ...each })) } },
    ]);
    const plugin: Cluster = { ...traefik(cloud), argoRollouts: { ...argoRollouts, sharesBy: 'gateway-api' } };
    expect(split(plugin)).toEqual([
      [shares],
      { plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'web', namespace: 'course-prod' } } },
      true,
      undefined,
    ]);
    const { sharesBy: _, ...none } = argoRollouts;
    const byPods = canary({ by: 'argo-rollouts', steps: [share(50)] });
    const one = alone({ ...traefik(cloud), argoRollouts: none }, byPods, 4);
    expect(rolloutOf(one).spec).toMatchObject({
      strategy: { canary: { maxSurge: 1, maxUnavailable: 0, steps: [{ setWeight: 50 }] } },
    });
    expect(JSON.stringify(one.all)).not.toContain('web-next');
  });

  test('by Istio it is the weights of a VirtualService, which are nobody’s drift either', () => {
    const { gateway: _, ingress: __, ...bare } = cloud;
    const istio = { name: 'public', namespace: 'istio-ingress', version: '1.30', pods: shared.gateway!.pods } as const;
    const place: Cluster = { ...bare, istio, argoRollouts: { ...argoRollouts, sharesBy: 'istio' } };
    const how = { ...settings(byArgo), route: { through: because('istio' as const, 'a test') } };
    const all = composition({
      ...course,
      matrix: new Matrix(components, target(prod, place, FEATURES, { settings: how })),
    });
    const objects = platformOf(prod, place, FEATURES, how);
    expect(rolloutOf(objects).spec).toMatchObject({
      strategy: { canary: { trafficRouting: { istio: { virtualService: { name: 'web' } } } } },
    });
    const { http } = objectOf(objects, 'VirtualService', 'web')!.spec as { http: { route: object[] }[] };
    const to = (name: string) => ({ host: `${name}.course-prod.svc.cluster.local`, port: { number: 80 } });
    expect(http.map(({ route }) => route)).toEqual([
      [
        { destination: to('web'), weight: 100 },
        { destination: to('web-next'), weight: 0 },
      ],
    ]);
    expect(deliveryFacts(objects.all as never).others).toContainEqual(
      expect.objectContaining({
        kind: 'VirtualService',
        jsonPointers: ['/spec/http/0/route/0/weight', '/spec/http/0/route/1/weight'],
      }),
    );
    const { findings } = reportOf(all, 'prod@cloud');
    expect(findings.map(({ check, path, message }) => [check, path, message])).toEqual([]);
  });

  test('the TraefikService comes before the route that leads to it', () => {
    const { matrix, compose } = composition({
      ...course,
      matrix: new Matrix(components, target(prod, traefik(cloud), FEATURES, { settings: settings(byArgo) })),
    });
    const waveOf = (kind: string) =>
      compose(matrix.targets()[0]!).find(({ objects }) => objects.some((object) => object.kind === kind))!.wave;
    expect(waveOf('TraefikService')).toBeLessThan(waveOf('HTTPRoute'));
  });

  test('says why it cannot be', () => {
    const { argoRollouts: _, ...without } = traefik(cloud);
    expect(refusal(() => on(without, byArgo)).message).toContain(
      'nobody says that its controller runs in this cluster',
    );
    const { sharesBy: __, ...none } = argoRollouts;
    const pods = { ...traefik(cloud), argoRollouts: none };
    const scaled = () =>
      platformOf(prod, pods, [autoscaling], {
        web: {
          release: because(canary({ by: 'argo-rollouts', steps: [share(50)] }), 'a test'),
          replicas: because(2, 'a test'),
        },
        route: { through: because('gateway', 'a test') },
      });
    expect(refusal(() => alone(pods, canary({ by: 'argo-rollouts', steps: [share(5)] }))).message).toMatch(
      /gives 5 % of 3 pods: nobody says by what Argo Rollouts deals out requests here[^]*run 20 pods/,
    );
    expect(refusal(() => scaled()).message).toContain('an autoscaler would decide how many pods there are');
    expect(refusal(() => alone(traefik(cloud), byArgo)).message).toContain(
      'no Prometheus of the target measures anything',
    );
    expect(refusal(() => platformOf(prod, traefik(cloud), FEATURES, settings(byArgo, 'minimal'))).message).toContain(
      'no series says which pod it is from',
    );
    const foreign = { ...traefik(cloud), gateway: shared.gateway! };
    expect(refusal(() => on(foreign, byArgo)).message).toMatch(
      /by traefik here, which a Gateway of which nobody says what implements it is not known to have[^]*sharesBy: 'gateway-api'/,
    );
    const older = (version: '1.6' | '1.7') => ({ ...traefik(cloud), argoRollouts: { ...argoRollouts, version } });
    expect(refusal(() => on(older('1.6'), byArgo)).message).toContain('by traefik: that takes 1.7');
    expect(() => on(older('1.7'), byArgo)).not.toThrow();
    const often = canary({ by: 'argo-rollouts', steps: STEPS, judge: { failing: 5, every: '59s' } });
    expect(refusal(() => of(often)).message).toContain('a rate needs 4 scrapes');
  });
});

test('blueGreen switches Services, by hand or when ready, and goes back by what is measured', () => {
  const strategy = (release: ControlledRelease) =>
    (rolloutOf(of(release)).spec as { strategy: { blueGreen: object } }).strategy.blueGreen;
  expect(strategy(switched)).toEqual({
    ...{ activeService: 'web', previewService: 'web-next' },
    ...{ autoPromotionEnabled: false, scaleDownDelaySeconds: 60 },
    postPromotionAnalysis: {
      templates: [{ templateName: 'web-errors-1h' }],
      args: [{ name: 'version', valueFrom: { podTemplateHashValue: 'Latest' } }],
    },
  });
  expect(strategy(blueGreen({ by: 'argo-rollouts', switches: 'when-ready', keepOld: '5m' }))).toEqual({
    ...{ activeService: 'web', previewService: 'web-next' },
    ...{ autoPromotionEnabled: true, scaleDownDelaySeconds: 300 },
  });
  const service = of(switched).get('Service', 'web-next');
  expect(service.spec).toEqual(of(switched).get('Service', 'web').spec);
});

test('an autoscaler scales the Rollout', () =>
  expect(of(byArgo).get('HorizontalPodAutoscaler', 'web').spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' },
  }));

test('what its controller writes is nobody’s drift, for Argo CD and for Flux', () => {
  const { others } = deliveryFacts(of(byArgo).all as never);
  const at = { namespace: 'course-prod', isStated: true };
  const service = (name: string) => ({
    ...{ group: '', kind: 'Service', name, ...at },
    jsonPointers: ['/spec/selector/rollouts-pod-template-hash'],
  });
  expect(others).toEqual([
    service('web'),
    service('web-next'),
    {
      ...at,
      group: 'argoproj.io',
      kind: 'Rollout',
      name: 'web',
      isStated: undefined,
      jsonPointers: ['/spec/replicas'],
    },
    {
      ...{ group: 'traefik.io', kind: 'TraefikService', name: 'web', ...at },
      jsonPointers: ['/spec/weighted/services/0/weight', '/spec/weighted/services/1/weight'],
    },
  ]);
  const plugin: Cluster = { ...traefik(cloud), argoRollouts: { ...argoRollouts, sharesBy: 'gateway-api' } };
  expect(deliveryFacts(on(plugin, byArgo).all as never).others).toContainEqual({
    ...{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'web', ...at },
    jsonPointers: ['/spec/rules/0/backendRefs/0/weight', '/spec/rules/0/backendRefs/1/weight'],
  });
  expect(deliveryFacts(of(switched).all as never).others.map(({ name }) => name)).toEqual(['web', 'web-next', 'web']);
});

test('Flux leaves alone what the controller writes, and sets back all else', () => {
  const { matrix } = composition({
    ...course,
    matrix: new Matrix(components, target(prod, traefik(cloud), FEATURES, { settings: settings(byArgo) })),
  });
  const objects = of(byArgo).all as unknown as readonly KubernetesObject[];
  const delivered = {
    target: matrix.targets()[0]!,
    namespace: 'course-prod',
    objects: objects.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, ...metadata })),
    facts: deliveryFacts(objects),
  };
  const delivery = { repoUrl: 'https://git.example.com/rendered', revision: 'main', folder: '', flux: {} };
  const kustomization = fluxObjects('course', delivery, [delivered])
    .flatMap((file) => file.objects)
    .find(({ kind }) => kind === 'Kustomization');
  // It waits until the release has ended: what its pauses and measurements take, and ten minutes for pods that do not start.
  const { healthChecks, healthCheckExprs, timeout } = kustomization!.spec as {
    readonly healthChecks: readonly object[];
    readonly healthCheckExprs: readonly object[];
    readonly timeout: string;
  };
  expect(healthChecks).toContainEqual({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', namespace: 'course-prod' },
  });
  expect(healthCheckExprs).toEqual([
    expect.objectContaining({
      ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
      ...{ failed: "status.phase == 'Degraded'", current: "status.phase == 'Healthy'" },
      inProgress: expect.stringMatching(
        /observedGeneration != string\(metadata\.generation\).*'Progressing', 'Paused'/,
      ) as string,
    }),
  ]);
  expect(Number.parseInt(timeout, 10)).toBeGreaterThan(600);
  const at = (group: string, kind: string, name: string) => ({ group, kind, namespace: 'course-prod', name });
  expect((kustomization!.spec as { ignore?: object }).ignore).toEqual([
    { target: at('', 'Service', 'web'), paths: ['/spec/selector/rollouts-pod-template-hash'] },
    { target: at('', 'Service', 'web-next'), paths: ['/spec/selector/rollouts-pod-template-hash'] },
    {
      target: at('traefik.io', 'TraefikService', 'web'),
      paths: ['/spec/weighted/services/0/weight', '/spec/weighted/services/1/weight'],
    },
  ]);
});
