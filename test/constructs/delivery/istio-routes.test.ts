import { shared } from '../../../clusters/shared';
import { composition } from '../../../composition/composition';
import { components } from '../../../constructs/app/components';
import { prod } from '../../../environments/prod';
import { autoscaling, disruptionBudgets, networkPolicies, prometheus } from '../../../features';
import type { Cluster } from '../../../model/cluster';
import { cluster } from '../../../model/cluster';
import { because } from '../../../model/layers';
import { Matrix, target } from '../../../model/matrix';
import type { ReleaseForm } from '../../../model/release';
import { ab, blueGreen, canary, cookie, header, mirror, rolling, share } from '../../../model/release';
import { course } from '../../../platform';
import { flowVerdict, reportOf } from '../../../testing/judged';
import { verdicts } from '../../checks/judging';
import type { Objects } from '../../support/kubernetes';
import { platformOf, refusal } from '../../support/render';
import { readRepository } from '../../support/repository';

const DEFINITION = readRepository('imports/crds/networking.istio.io.yaml');
const [V1, V2] = ['registry.example.com/course/web:1.0.0', 'registry.example.com/course/web:2.0.0'];
const next = { image: V2 };
const FEATURES = [prometheus, autoscaling, networkPolicies, disruptionBudgets];
const { gateway: _, ...withoutGateway } = shared;
const istio: Cluster = {
  ...withoutGateway,
  istio: {
    ...{ name: 'public', namespace: 'istio-ingress', version: '1.30' as const },
    pods: {
      name: 'istio gateway',
      namespaceLabels: { 'kubernetes.io/metadata.name': 'istio-ingress' },
      podLabels: { istio: 'ingress' },
    },
  },
};
const settings = (release: ReleaseForm) => ({
  web: { image: because(V1, 'a test'), replicas: because(4, 'a test'), release: because(release, 'a test') },
});
const on = (release: ReleaseForm) => platformOf(prod, istio, FEATURES, settings(release));

interface Rule {
  readonly match: readonly { readonly uri: object; readonly headers?: object; readonly method?: object }[];
  readonly route: readonly { readonly destination: { readonly host: string }; readonly weight?: number }[];
  readonly mirrors?: readonly object[];
}
const specOf = (objects: Objects) =>
  (
    objects.all.find(({ kind }) => kind === ('VirtualService' as string)) as unknown as {
      spec: Record<string, unknown>;
    }
  ).spec;
const rulesOf = (release: ReleaseForm) => specOf(on(release))['http'] as readonly Rule[];
const hosts = (rules: readonly Rule[]) =>
  rules.map(({ route }) => route.map(({ destination }) => destination.host.split('.')[0]));

test('a VirtualService binds to the Gateway of the platform team, and leads each path to the whole name of the Service', () => {
  const { hosts, gateways, http } = specOf(on(rolling())) as Record<string, unknown[]>;
  expect(hosts).toEqual(['course-prod.apps.example.com']);
  expect(gateways).toEqual(['istio-ingress/public']);
  expect(http).toEqual([
    {
      match: ['/', '/guestbook', '/visits', '/info'].map((path) => ({ uri: { exact: path } })),
      route: [{ destination: { host: 'web.course-prod.svc.cluster.local', port: { number: 80 } } }],
    },
  ]);
  expect(
    on(rolling())
      .get('NetworkPolicy', 'web')
      .spec.ingress?.flatMap(({ from = [] }) => from),
  ).toContainEqual({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'istio-ingress' } },
    podSelector: { matchLabels: { istio: 'ingress' } },
  });
});

test.each([
  [0, [100, 0]],
  [5, [95, 5]],
  [100, [0, 100]],
])('a canary at %d weighs the hosts of the two versions %j, without a DestinationRule', (at, weights) => {
  const release = canary({ next, steps: [share(5), share(50)], at });
  const [rule, ...more] = rulesOf(release);
  expect(more).toEqual([]);
  expect(hosts([rule!])).toEqual([['web', 'web-next']]);
  expect(rule?.route.map(({ weight }) => weight)).toEqual(weights);
  expect(JSON.stringify(on(release).all)).not.toContain('DestinationRule');
});

test('the change between two colors is one of the Service, not of the route', () => {
  const at = (live: 'blue' | 'green') => on(blueGreen({ live, green: next }));
  expect(specOf(at('green'))).toEqual(specOf(at('blue')));
  expect(at('green').get('Service', 'web').spec.selector).toEqual({ 'app.kubernetes.io/name': 'web-green' });
});

describe('ab', () => {
  test('by header has its rule first, on every path, with the name in lower case', () => {
    const rules = rulesOf(ab({ next, when: header('X-Group', 'beta') }));
    expect(hosts(rules)).toEqual([['web-next'], ['web']]);
    expect(rules[0]?.match).toEqual(
      rules[1]?.match.map(({ uri }) => ({ uri, headers: { 'x-group': { exact: 'beta' } } })),
    );
  });
  test('by cookie has an expression that matches the whole header', () => {
    const [rule] = rulesOf(ab({ next, when: cookie('re.lease', 'next') }));
    expect(rule?.match[0]?.headers).toEqual({ cookie: { regex: '^(.*;\\s*)?re\\.lease=next(;.*)?$' } });
  });
  test.each(['Authority', 'method', 'URI', 'scheme'])(
    'by the header %s, which Istio would leave out, is refused',
    (name) => {
      expect(refusal(() => on(ab({ next, when: header(name, 'x') }))).message).toContain('would take all requests');
    },
  );
});

describe('mirror', () => {
  const copies = (more: object) => rulesOf(mirror({ next, state: 'own', ...more }));
  test('copies a share of the requests', () => {
    const [rule] = copies({ share: 25 });
    expect(hosts([rule!])).toEqual([['web']]);
    expect(rule?.mirrors).toEqual([
      {
        destination: { host: 'web-next.course-prod.svc.cluster.local', port: { number: 80 } },
        percentage: { value: 25 },
      },
    ]);
  });
  test('of none is the plain rule, and of some methods one rule more', () => {
    expect(copies({ share: 0 })).toEqual(rulesOf(rolling()));
    const [copied, plain] = copies({ methods: ['GET'] });
    expect(copied?.match).toEqual(plain?.match.map(({ uri }) => ({ uri, method: { exact: 'GET' } })));
    expect([copied, plain].map((rule) => rule?.mirrors?.length)).toEqual([1, undefined]);
  });
});

describe.each<[string, ReleaseForm]>([
  ['canary', canary({ next, steps: [share(5)], at: 5 })],
  ['ab', ab({ next, when: cookie('release', 'next') })],
  ['mirror', mirror({ next, share: 25, state: 'own' })],
])('%s', (_name, release) => {
  const composed = (form: ReleaseForm) =>
    composition({
      ...course,
      matrix: new Matrix(components, target(prod, istio, FEATURES, { settings: settings(form) })),
    });

  test('nothing is found that was not there before', () => {
    const found = (form: ReleaseForm) =>
      reportOf(composed(form), 'prod@shared').findings.map(({ check, path, message }) => `${check} ${path} ${message}`);
    const before = new Set(found(rolling()).map((each) => each.split(' ')[0]));
    expect(found(release).filter((each) => !before.has(each.split(' ')[0]!))).toEqual([]);
  });

  test('both versions are reached, and reach what they need', () => {
    const all = composed(release);
    for (const version of ['web', 'web-next']) {
      expect(flowVerdict(all, 'prod@shared', { from: 'prometheus', to: version, port: 8080 })).toBe('allowed');
      expect(flowVerdict(all, 'prod@shared', { from: version, to: 'redis', port: 6379 })).toBe('allowed');
    }
  });
});

test.each<[string, ReleaseForm]>([
  ['rolling', rolling()],
  ['canary', canary({ next, steps: [share(5)], at: 5 })],
  ['ab by header', ab({ next, when: header('X-Group', 'beta') })],
  ['ab by cookie', ab({ next, when: cookie('release', 'next') })],
  ['mirror', mirror({ next, share: 25, methods: ['GET'], state: 'own' })],
])('the definition of VirtualServices admits what %s renders', (_name, release) => {
  const route = on(release).all.find(({ kind }) => kind === ('VirtualService' as string));
  expect(verdicts('cr-schema', JSON.stringify(route), { declared: DEFINITION })).toEqual([]);
  const odd = JSON.stringify(route).replace('"host":"web.', '"hots":"web.');
  expect(verdicts('cr-schema', odd, { declared: DEFINITION })).not.toEqual([]);
});

describe('facts', () => {
  const { name: _shared, at: _at, ...own } = shared;
  const declared = (facts: object) => cluster('test', { ...own, ...facts });
  test('a version without networking.istio.io/v1 is refused', () => {
    const old = { ...istio.istio, version: '1.21' };
    expect(refusal(() => declared({ istio: old })).message).toContain('older than 1.22');
    expect(() => declared({ istio: istio.istio })).not.toThrow();
  });
  test('a cluster with a gateway and Istio needs a choice', () => {
    const both: Cluster = { ...istio, gateway: shared.gateway! };
    expect(refusal(() => platformOf(prod, both, [], {})).message).toContain("has a gateway and a Gateway of Istio's");
    const chosen = platformOf(prod, both, [], { route: { through: because('istio', 'a test') } });
    expect(specOf(chosen)['gateways']).toEqual(['istio-ingress/public']);
  });
});
