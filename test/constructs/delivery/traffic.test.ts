import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { shared } from '../../../clusters/shared';
import { composition } from '../../../composition/composition';
import { components } from '../../../constructs/app/components';
import type { AppNamespace } from '../../../constructs/core/namespace';
import { Route } from '../../../constructs/delivery/route';
import { dev } from '../../../environments/dev';
import { prod } from '../../../environments/prod';
import {
  alerting,
  autoscaling,
  disruptionBudgets,
  loadGenerator,
  networkPolicies,
  prometheus,
  zoneSpread,
} from '../../../features';
import { readSources } from '../../../manifests/reading/read';
import type { Cluster } from '../../../model/cluster';
import type { GatewayImplementation } from '../../../model/cluster-facts';
import { because } from '../../../model/layers';
import { Matrix, target } from '../../../model/matrix';
import type { ReleaseForm } from '../../../model/release';
import { ab, canary, cookie, header, hold, mirror, rolling, share, watch } from '../../../model/release';
import { course } from '../../../platform';
import { requestFor } from '../../../simulate/routing/request';
import { stickyValue } from '../../../simulate/routing/traefik-service';
import { waysIn } from '../../../simulate/routing/ways';
import { flowVerdict, reportOf } from '../../../testing/judged';
import { renderedManifests } from '../../../verify';
import { factsOf } from '../../../world/cluster-facts';
import { World } from '../../../world/world';
import { verdicts } from '../../checks/judging';
import type { Objects } from '../../support/kubernetes';
import { platformOf, refusal, rendered, workloadIn } from '../../support/render';

const [V1, V2] = ['registry.example.com/course/web:1.0.0', 'registry.example.com/course/web:2.0.0'];
const next = { image: V2 };
const FEATURES = [prometheus, autoscaling, networkPolicies, disruptionBudgets, zoneSpread, alerting];

const served = (implementation?: GatewayImplementation): Cluster => ({
  ...shared,
  gateway: { ...shared.gateway!, ...(implementation ? { implementation } : {}) },
});
const traefik = served({ name: 'traefik', version: '3.7', traefikServices: true });

const settings = (release: ReleaseForm, web = {}) => ({
  web: { image: because(V1, 'a test'), replicas: because(4, 'a test'), release: because(release, 'a test'), ...web },
});
const on = (cluster: Cluster, release: ReleaseForm, features = FEATURES) =>
  platformOf(prod, cluster, features, settings(release));
const rulesOf = (objects: Objects) => objects.get('HTTPRoute', 'web').spec.rules;
const steps = [share(5), watch('10m'), share(50), hold()];
const changedBetween = (before: Objects, after: Objects) => {
  const had = new Set(before.all.map((object) => JSON.stringify(object)));
  return after.all
    .filter((object) => !had.has(JSON.stringify(object)))
    .map(({ kind: of, metadata }) => `${of}/${metadata.name.replace(/-[0-9a-f]{10}$/, '')}`);
};

describe('canary by a Gateway', () => {
  test.each([
    [0, [100, 0]],
    [5, [95, 5]],
    [50, [50, 50]],
    [100, [0, 100]],
  ])('at %d the route weighs the two Services %j', (at, weights) => {
    const [rule, ...more] = rulesOf(on(shared, canary({ next, steps, at })));
    expect(more).toEqual([]);
    expect(rule?.backendRefs).toEqual([
      { name: 'web', port: 80, weight: weights[0] },
      { name: 'web-next', port: 80, weight: weights[1] },
    ]);
  });

  test('a further share is a change of the route alone', () => {
    expect(
      changedBetween(on(shared, canary({ next, steps, at: 5 })), on(shared, canary({ next, steps, at: 50 }))),
    ).toEqual(['HTTPRoute/web']);
  });

  test('leaves the objects of the first version as they are', () => {
    const [before, after] = [on(shared, rolling()), on(shared, canary({ next, steps }))];
    for (const of of [
      'Deployment',
      'Service',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'NetworkPolicy',
    ] as const)
      expect(JSON.stringify(after.get(of, 'web'))).toBe(JSON.stringify(before.get(of, 'web')));
    expect(after.get('Service', 'web-next').spec.selector).toEqual({ 'app.kubernetes.io/name': 'web-next' });
    expect(after.get('PodDisruptionBudget', 'web-next').spec.selector.matchLabels).toEqual({
      'app.kubernetes.io/name': 'web-next',
    });
  });

  test('at 100 the first version may become the same, which nobody meets', () => {
    const at = (percent: number) => on(shared, canary({ next: { image: V1 }, steps, at: percent }));
    expect(rulesOf(at(100))[0]?.backendRefs?.map(({ weight }) => weight)).toEqual([0, 100]);
    expect(refusal(() => at(50)).message).toContain(`the service itself and next both run ${V1}`);
  });

  test('its alert that nobody answers is about the version that most get', () => {
    const alert = (at: number) =>
      renderedManifests(compositionOf(canary({ next, steps, at })), 'prod@shared').text.match(
        /absent\(up\{job="web",namespace="[\w-]+",deployment="([\w-]+)"\} == 1\)/,
      )?.[1];
    expect([0, 5, 50, 100].map(alert)).toEqual(['web', 'web', 'web', 'web-next']);
  });
});

describe('canary that keeps its clients', () => {
  const sticky = (at: number, how = {}) => canary({ next, steps, at, sticky: how });
  const servicesOf = (objects: Objects) =>
    objects.all.filter((object) => object.kind === ('TraefikService' as string)) as unknown as readonly {
      readonly metadata: { readonly name: string };
      readonly spec: { readonly weighted: { readonly services: readonly object[]; readonly sticky: object } };
    }[];
  const entry = (name: string, weight: number) => ({ kind: 'Service', name, port: 80, weight });

  test.each([
    [5, [entry('web', 95), { ...entry('web-next', 5), nativeLB: true }]],
    [50, [entry('web', 50), { ...entry('web-next', 50), nativeLB: true }]],
    // Who has no share is not named: a Service without pods takes the whole TraefikService with it.
    [100, [entry('web-next', 100)]],
  ])('at %d the route leads to a TraefikService with a cookie', (at, services) => {
    const objects = on(traefik, sticky(at));
    expect(rulesOf(objects)).toMatchObject([
      { backendRefs: [{ group: 'traefik.io', kind: 'TraefikService', name: 'web-next' }] },
    ]);
    expect(servicesOf(objects)).toMatchObject([
      {
        metadata: { name: 'web-next' },
        spec: {
          weighted: { services, sticky: { cookie: { name: 'web-version', httpOnly: true, sameSite: 'lax' } } },
        },
      },
    ]);
  });

  test('at 0 the route is as it was, and what it will lead to is there', () => {
    const objects = on(traefik, sticky(0));
    expect(rulesOf(objects)).toEqual(rulesOf(on(traefik, rolling())));
    expect(servicesOf(objects).map(({ spec }) => spec.weighted.services)).toEqual([[entry('web', 100)]]);
    expect(changedBetween(objects, on(traefik, sticky(5)))).toEqual(['TraefikService/web-next', 'HTTPRoute/web']);
    expect(changedBetween(on(traefik, sticky(5)), on(traefik, sticky(50)))).toEqual(['TraefikService/web-next']);
  });

  test('its cookie has the name and the time that it is given', () => {
    const cookieOf = (how: object) =>
      (servicesOf(on(traefik, sticky(5, how)))[0]!.spec.weighted.sticky as { readonly cookie: object }).cookie;
    expect(cookieOf({ cookie: 'shop', for: '2h' })).toMatchObject({ name: 'shop', maxAge: 7200 });
    expect(cookieOf({})).not.toHaveProperty('maxAge');
  });

  test('the simulation goes by the rules of Traefik, and says who new clients meet', () => {
    const { text } = renderedManifests(compositionOf(sticky(5), traefik), 'prod@shared');
    const { resources } = readSources([{ file: 'prod.yaml', text }]);
    const world = new World(resources, factsOf(traefik, resources));
    const [way] = waysIn(world);
    const ask = (cookie?: string) =>
      way!.route!(
        requestFor(
          'GET',
          'https://course-prod.apps.example.com/',
          cookie === undefined ? [] : [['cookie', `web-version=${cookie}`]],
        )!,
      ).shares.map(({ share, to }) => [share, to.is === 'backend' ? to.service.name : to]);
    expect(way?.rules).toBe('Traefik');
    expect(ask()).toEqual([
      [0.95, 'web'],
      [0.05, 'web-next'],
    ]);
    expect(ask(stickyValue('course-prod-web-next-80'))).toEqual([[1, 'web-next']]);
  });

  test.each([
    ['by a Gateway of which nobody says what it is', shared, 'sessionPersistence of the Gateway API is experimental'],
    ['by a Traefik without its kinds', served({ name: 'traefik', version: '3.7' }), 'traefik 3.7 is not known to'],
    ['by Istio', served({ name: 'istio', version: '1.30' }), 'chooses a pod of one version, not a version'],
    ['by nothing', cloud, 'no Gateway of this cluster serves it'],
  ])('is refused %s', (_, cluster, why) => {
    const error = refusal(() => on(cluster, sticky(5), []));
    expect(error.message).toContain('keeps clients with their version (sticky)');
    expect(error.message).toContain(why);
    expect(error.fixes).toHaveLength(3);
  });

  test.each([
    [{ cookie: 'a b' }, 'no name of a cookie'],
    [{ cookie: '' }, 'no name of a cookie'],
    [{ for: 'long' }, 'its sticky keeps a client for what is'],
    [{ on: true }, 'its sticky is not { cookie, for }'],
    [true, 'its sticky is not { cookie, for }'],
  ])('%j is refused', (how, why) => {
    expect(refusal(() => on(traefik, sticky(5, how as object))).message).toContain(why);
  });
});

describe('under a path prefix', () => {
  const under = (release: ReleaseForm, paths?: string) =>
    rulesOf(
      platformOf(prod, traefik, [], { ...settings(release), route: { prefix: because(paths ?? '/shop', 'a test') } }),
    ) as unknown as readonly {
      readonly matches: readonly object[];
      readonly filters: readonly { readonly type: string }[];
    }[];
  const count = 4;

  test.each<[string, ReleaseForm, number]>([
    ['canary', canary({ next, steps, at: 5 }), count],
    ['ab', ab({ next, when: header('X-Group', 'beta') }), 2 * count],
    ['mirror', mirror({ next, methods: ['GET', 'HEAD'], state: 'own' }), 2 * count],
  ])('%s rewrites in every rule', (_, release, rules) => {
    const all = under(release);
    expect(all).toHaveLength(rules);
    for (const { filters } of all)
      expect(filters.map(({ type }) => type)).toEqual(['URLRewrite', 'RequestHeaderModifier']);
  });

  test.each<[string, Cluster, ReleaseForm]>([
    ['a Gateway', traefik, canary({ next, steps, at: 5, sticky: {} })],
    [
      'an Ingress',
      {
        ...cloud,
        ingress: {
          ...cloud.ingress!,
          implementation: { name: 'traefik', version: '3.5', traefikMiddlewares: true },
        },
      },
      rolling(),
    ],
  ])('by %s nothing is found that is not there without it', (_, cluster, form) => {
    const found = (prefix: string) => {
      const one = target(prod, cluster, FEATURES, {
        settings: { ...settings(form), route: { prefix: because(prefix, 'a test') } },
      });
      const all = composition({ ...course, matrix: new Matrix(components, one) });
      return reportOf(all, `prod@${cluster.name}`).findings.map(({ check, message }) => `${check} ${message}`);
    };
    const before = new Set(found(''));
    expect(found('/shop').filter((each) => !before.has(each))).toEqual([]);
  });

  test('the cookie of a canary is for the paths of the app alone', () => {
    const cookieAt = (prefix: string) =>
      platformOf(prod, traefik, [], {
        ...settings(canary({ next, steps, at: 5, sticky: {} })),
        route: { prefix: because(prefix, 'a test') },
      }).all.flatMap((object) =>
        object.kind === ('TraefikService' as string)
          ? [(object as unknown as { spec: { weighted: { sticky: { cookie: object } } } }).spec.weighted.sticky.cookie]
          : [],
      );
    expect(cookieAt('/shop')).toMatchObject([{ name: 'web-version', path: '/shop' }]);
    expect(cookieAt('')[0]).not.toHaveProperty('path');
  });

  test('a prefix that is replaced stands alone in its rule', () => {
    const shop = rendered((chart) => {
      const one = workloadIn(chart, 'shop', { container: { ports: { http: 8080 } } });
      const other = workloadIn(chart, 'next', {
        namespace: one.namespace as AppNamespace,
        container: { ports: { http: 8080 } },
      });
      one.splits({ to: other, copies: 100, methods: ['GET', 'HEAD'], by: 'filter' });
      new Route(chart, 'route', {
        ...{ port: one.port('http'), host: 'shop.test', paths: ['/*'], prefix: '/app' },
        through: { gateway: traefik.gateway! },
      });
    });
    expect(shop.get('HTTPRoute').spec.rules.map(({ matches }) => matches.length)).toEqual([1, 1, 1]);
  });
});

describe('canary by the number of pods', () => {
  const at = (percent: number, replicas = 4, more: object = {}) =>
    platformOf(dev, kind, [prometheus, networkPolicies, loadGenerator], {
      web: {
        image: because(V1, 'a test'),
        replicas: because(replicas, 'a test'),
        release: because(canary({ next: { ...next, ...more }, steps: [share(25), share(50)], at: percent }), 'a test'),
      },
    });

  test.each([
    [0, [4, 0]],
    [25, [3, 1]],
    [50, [2, 2]],
    [100, [0, 4]],
  ])('at %d of 4 pods they are %j', (percent, pods) => {
    const objects = at(percent);
    expect(['web', 'web-next'].map((name) => objects.get('Deployment', name).spec.replicas)).toEqual(pods);
    expect(objects.get('Service', 'web').spec.selector).toEqual({ 'strata/service': 'web' });
    for (const name of ['web', 'web-next'])
      expect(objects.get('Deployment', name).spec.template.metadata.labels).toMatchObject({ 'strata/service': 'web' });
  });

  test('pods have the label that the Service finds both by before there is a canary', () => {
    const objects = platformOf(dev, kind, [loadGenerator], {});
    expect(objects.get('Deployment', 'web').spec.template.metadata.labels).toMatchObject({ 'strata/service': 'web' });
    expect(objects.get('Service', 'web').spec.selector).toEqual({ 'app.kubernetes.io/name': 'web' });
  });

  test('a share that is no number of pods is refused, with the nearest ones and the number of pods that would do', () => {
    const error = refusal(() => at(0, 5));
    expect(error.message).toContain('gives 25 % of 5 pods');
    expect(error.fixes.join('\n')).toMatch(/use share\(20\) or share\(40\)\nrun 4 pods/);
    expect(refusal(() => at(0, 1)).fixes.join('\n')).not.toContain('use share');
  });

  test('pods of its own, or an autoscaler, would make another share of it', () => {
    expect(refusal(() => at(25, 4, { replicas: 2 })).message).toContain('gives next 2 pods of its own');
    expect(refusal(() => on(cloud, canary({ next, steps: [share(50)] }), [autoscaling])).message).toContain(
      'an autoscaler would decide how many pods there are',
    );
  });
});

describe('ab', () => {
  test('by header: the rule of the next version stands on every path', () => {
    const [special, plain] = rulesOf(on(shared, ab({ next, when: header('X-Group', 'beta') })));
    expect(special?.matches?.map(({ path }) => path)).toEqual(plain?.matches?.map(({ path }) => path));
    for (const { headers } of special!.matches)
      expect(headers).toEqual([{ type: 'Exact', name: 'X-Group', value: 'beta' }]);
    expect([special, plain].map((rule) => rule?.backendRefs)).toEqual([
      [{ name: 'web-next', port: 80 }],
      [{ name: 'web', port: 80 }],
    ]);
  });

  test('by cookie: an expression that means the same wherever a header is searched and where it is matched whole', () => {
    const [special] = rulesOf(on(traefik, ab({ next, when: cookie('re.lease', 'a+b') })));
    const [match] = special!.matches![0]!.headers!;
    expect(match).toMatchObject({ type: 'RegularExpression', name: 'Cookie' });
    const searched = new RegExp(match!.value!);
    const whole = new RegExp(`^(?:${match!.value!})$`);
    for (const [sent, expected] of [
      ['re.lease=a+b', true],
      ['x=1; re.lease=a+b', true],
      ['re.lease=a+b; x=1', true],
      ['x=1;re.lease=a+b;y=2', true],
      ['re.lease=a+bc', false],
      ['more.re.lease=a+b', false],
      ['x=re.lease=a+b', false],
      ['rexlease=a+b', false],
      ['re.lease=aab', false],
      ['re.lease=', false],
    ] as const)
      expect([sent, searched.test(sent), whole.test(sent)]).toEqual([sent, expected, expected]);
  });

  test('is refused where nothing that serves the cluster can tell requests apart', () => {
    expect(refusal(() => on(cloud, ab({ next, when: header('X-Group', 'beta') }))).message).toContain(
      'no Gateway of this cluster serves it',
    );
    const error = refusal(() => on(shared, ab({ next, when: cookie('release', 'next') })));
    expect(error.message).toContain('is not known to match cookies');
    expect(error.fixes.join('\n')).toContain('ab by header');
  });
});

describe('mirror', () => {
  const copies = (more: object = {}) => mirror({ next, state: 'own', ...more });
  const filtering = (...features: string[]) => served({ name: 'cilium', version: '1.18', features });

  test('by Traefik goes through a TraefikService: its filter would answer 500', () => {
    const objects = on(traefik, copies({ share: 25 }));
    expect(rulesOf(objects)).toMatchObject([
      { backendRefs: [{ group: 'traefik.io', kind: 'TraefikService', name: 'web-next' }] },
    ]);
    expect(JSON.stringify(rulesOf(objects))).not.toContain('RequestMirror');
    const [service] = objects.all.filter((object) => object.kind === ('TraefikService' as string));
    expect(service).toMatchObject({
      apiVersion: 'traefik.io/v1alpha1',
      metadata: { name: 'web-next', namespace: 'course-prod' },
      spec: {
        mirroring: {
          ...{ kind: 'Service', name: 'web', port: 80 },
          // Without its pods people would get 404 otherwise.
          mirrors: [{ kind: 'Service', name: 'web-next', port: 80, percent: 25, nativeLB: true }],
        },
      },
    });
  });

  test('of none yet leaves the route as it is, and has what will make them', () => {
    const objects = on(traefik, copies({ share: 0 }));
    expect(rulesOf(objects)).toEqual(rulesOf(on(traefik, rolling())));
    expect(JSON.stringify(objects.all)).toContain('"kind":"TraefikService"');
    // Going on from there changes nothing but the two.
    expect(changedBetween(objects, on(traefik, copies({ share: 25 })))).toEqual([
      'TraefikService/web-next',
      'HTTPRoute/web',
    ]);
    expect(rulesOf(on(filtering('HTTPRouteRequestMirror'), copies({ share: 0 })))[0]?.filters).toBeUndefined();
  });

  test('by a filter where the implementation has it, of a share where it has that too', () => {
    const filters = (cluster: Cluster, more = {}) => rulesOf(on(cluster, copies(more)))[0]?.filters;
    const backendRef = { name: 'web-next', port: 80 };
    expect(filters(filtering('HTTPRouteRequestMirror'))).toEqual([
      { type: 'RequestMirror', requestMirror: { backendRef } },
    ]);
    expect(filters(filtering('HTTPRouteRequestPercentageMirror'), { share: 25 })).toEqual([
      { type: 'RequestMirror', requestMirror: { backendRef, percent: 25 } },
    ]);
    expect(refusal(() => filters(filtering('HTTPRouteRequestMirror'), { share: 25 })).message).toContain(
      'copies all requests or none, and not 25 % of them: use share: 100',
    );
  });

  test.each([
    ['nobody says what implements it', shared],
    [
      'it is a Traefik without its own kinds',
      served({ name: 'traefik', version: '3.7', features: ['HTTPRouteRequestMirror'] }),
    ],
    ['it has no such feature', filtering()],
  ])('is refused where %s', (_, cluster) => {
    expect(refusal(() => on(cluster, copies())).message).toContain('is not known to copy requests');
  });

  test('of some methods has a rule of its own for them on each path', () => {
    const [copied, plain] = rulesOf(on(filtering('HTTPRouteRequestMirror'), copies({ methods: ['GET', 'HEAD'] })));
    expect(copied?.matches).toEqual(
      plain?.matches?.flatMap(({ path }) => [
        { path, method: 'GET' },
        { path, method: 'HEAD' },
      ]),
    );
    expect(plain?.filters).toBeUndefined();
    expect([copied, plain].map((rule) => rule?.backendRefs)).toEqual(Array(2).fill([{ name: 'web', port: 80 }]));
  });

  test('what the copies write is kept apart where its state is its own', () => {
    const students = (release: ReleaseForm) =>
      on(traefik, release)
        .of('ConfigMap')
        .flatMap(({ metadata, data }) => (/^web-(next-)?config-/.test(metadata.name) ? [data?.['STUDENT']] : []))
        .sort();
    expect(students(copies())).toEqual(['prod', 'prod-next']);
    expect(students(copies({ state: { shared: 'a test' } }))).toEqual(['prod', 'prod']);
  });

  test('why the copies do no harm stands at who gets them', () => {
    const said = (release: ReleaseForm) =>
      (['web', 'web-next'] as const).map(
        (name) => on(traefik, release).get('Deployment', name).metadata.annotations?.['strata/mirrored-state'],
      );
    expect(said(copies())).toEqual([undefined, 'own']);
    expect(said(copies({ state: { shared: 'a test' } }))).toEqual([undefined, 'a test']);
  });

  test('the verifier would find it without that word', () => {
    const found = (state: 'own' | { readonly shared: string }) =>
      verdicts(
        'mirror-is-harmless',
        renderedManifests(compositionOf(copies({ state }), traefik), 'prod@shared').text.replace(
          /strata\/mirrored-state: .*/,
          'strata/other: x',
        ),
      );
    const at = 'spec.mirroring.mirrors[0].name';
    expect(found({ shared: 'a test' })).toEqual([`fail ${at}`]);
    expect(found('own')).toEqual([`unknown ${at}`]);
  });

  test('nobody counts what the copies are answered', () => {
    const text = (release: ReleaseForm) => renderedManifests(compositionOf(release, traefik), 'prod@shared').text;
    const counted = (release: ReleaseForm) =>
      new Set(
        text(release)
          .match(/http_requests_total\{job="web",[^}]*\}/g)
          // What is watched of the next version alone stands at its Deployment.
          ?.filter((each) => !each.includes('deployment="web-next"'))
          .map((each) => each.includes('deployment!="web-next"')),
      );
    expect(counted(copies())).toEqual(new Set([true]));
    expect(counted(canary({ next, steps }))).toEqual(new Set([false]));
  });
});

function compositionOf(release: ReleaseForm, cluster: Cluster = shared) {
  return composition({
    ...course,
    matrix: new Matrix(components, target(prod, cluster, FEATURES, { settings: settings(release) })),
  });
}

describe.each<[string, ReleaseForm, Cluster]>([
  ['canary', canary({ next, steps, at: 5 }), shared],
  ['canary at 100', canary({ next, steps, at: 100 }), shared],
  ...[0, 5, 100].map((at): [string, ReleaseForm, Cluster] => [
    `sticky canary at ${at}`,
    canary({ next, steps, at, sticky: {} }),
    traefik,
  ]),
  ['ab', ab({ next, when: cookie('release', 'next') }), traefik],
  ['mirror', mirror({ next, share: 25, state: 'own' }), traefik],
  ['mirror to a shared state', mirror({ next, share: 25, state: { shared: 'a test' } }), traefik],
])('%s', (_, release, cluster) => {
  const all = compositionOf(release, cluster);

  test('nothing is found that was not there before', () => {
    const found = (composed: typeof all) =>
      new Set(
        reportOf(composed, 'prod@shared').findings.map(({ check, path, message }) => `${check} ${path} ${message}`),
      );
    const before = new Set([...found(compositionOf(rolling(), cluster))].map((each) => each.split(' ')[0]));
    expect([...found(all)].filter((each) => !before.has(each.split(' ')[0]!))).toEqual([]);
  });

  test('whoever may reach one version may reach both, and both reach what they need', () => {
    for (const version of ['web', 'web-next']) {
      const allowed = (from: string, to: string, port: number) =>
        expect([from, to, flowVerdict(all, 'prod@shared', { from, to, port })]).toEqual([from, to, 'allowed']);
      allowed('prometheus', version, 8080);
      allowed(version, 'redis', 6379);
    }
  });
});
