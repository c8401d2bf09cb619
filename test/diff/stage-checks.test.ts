/** What is looked at in a cluster before a release goes on: it holds when the change has arrived, and not before. */
import { fleetOf } from '../../diff/fleet/fleet-of';
import { stageChecks, watchedIn } from '../../diff/stage-checks';
import { targetChange } from '../../diff/target-change';
import { all, namespace, service, workload, worldOf } from '../checks/judging';

function checksOf(before: string, after: string): string[] {
  const [was, is] = [before, after].map((text) => worldOf(all(namespace, text), { complete: true }));
  return stageChecks(fleetOf([targetChange('prod', was!, is!)]), is!).map(({ command, expected }) =>
    expected === undefined ? command : `${command} → ${expected}`,
  );
}
const web = (image = 'shop/web:1', { name = 'web', spec = 'replicas: 2', annotations = '' } = {}) =>
  workload({ name, spec, containers: `{ name: main, image: '${image}' }` }).replace(
    'metadata: { labels: { app',
    `metadata: { annotations: { ${annotations} }, labels: { app`,
  );
const status = (name: string) => `kubectl rollout status deployment/${name} -n shop --timeout=15m`;
const field = (what: string, path: string, expected: string) =>
  `kubectl get ${what} -n shop -o 'jsonpath=${path}' → ${expected}`;
const image = '{.spec.template.spec.containers[*].image}';

test('a rollout that has not begun looks like one that has ended: the image that is to come is asked for first', () => {
  expect(checksOf(web(), web('shop/web:2'))).toEqual([field('deployment web', image, 'shop/web:2'), status('web')]);
});

test('a workload that is to come is asked for, not called broken because it is not there yet', () => {
  expect(checksOf(web(), all(web(), web('shop/web:2', { name: 'web-next', spec: 'replicas: 1' })))).toEqual([
    field('deployment web-next', image, 'shop/web:2'),
    field('deployment web-next', '{.spec.replicas}', '1'),
    status('web-next'),
  ]);
});

test('pods that become more or fewer, and a configuration that is told by its hash', () => {
  expect(checksOf(web(), web('shop/web:1', { spec: 'replicas: 5' }))).toEqual([
    field('deployment web', '{.spec.replicas}', '5'),
    status('web'),
  ]);
  const hashed = (hash: string) => web('shop/web:1', { annotations: `example.com/config.v1: ${hash}` });
  expect(checksOf(hashed('a1'), hashed('b2'))).toEqual([
    field('deployment web', '{.spec.template.metadata.annotations.example\\.com/config\\.v1}', 'b2'),
    status('web'),
  ]);
});

test('what goes has to be gone', () => {
  expect(checksOf(all(web(), web('shop/web:2', { name: 'web-next' })), web())).toEqual([
    'kubectl get deployment web-next -n shop --ignore-not-found -o name → ',
  ]);
});

test('a Service that selects others', () => {
  const to = (version: string) => service(`selector: { version: ${version}, app: web }, ports: [{ port: 80 }]`);
  expect(checksOf(to('blue'), to('green'))).toEqual([
    field('service web', '{.spec.selector}', '{"app":"web","version":"green"}'),
  ]);
});

describe('shares of requests', () => {
  const object = (apiVersion: string, kind: string, spec: string) =>
    `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { ${spec} } }`;
  const route = (parents: string, rule: string) =>
    object('gateway.networking.k8s.io/v1', 'HTTPRoute', `parentRefs: [${parents}], rules: [{ ${rule} }]`);
  const resolved = (expected: string) =>
    field('httproute web', '{.status.parents[*].conditions[?(@.type=="ResolvedRefs")].status}', expected);

  test('of an HTTPRoute, accepted by each of its parents', () => {
    const shared = (weight: string) =>
      `backendRefs: [{ name: web, port: 80${weight} }, { name: next, port: 80, weight: 10 }]`;
    expect(
      checksOf(route('{ name: a }', shared(', weight: 90')), route('{ name: a }, { name: b }', shared(''))),
    ).toEqual([field('httproute web', '{.spec.rules[*].backendRefs[*].weight}', '1 10'), resolved('True True')]);
  });
  test('of copies, by the filter', () => {
    const mirrored = (percent: number) =>
      `backendRefs: [{ name: web, port: 80 }], filters: [{ type: RequestMirror, requestMirror: { percent: ${percent}, backendRef: { name: next, port: 80 } } }]`;
    expect(checksOf(route('{ name: a }', mirrored(5)), route('{ name: a }', mirrored(25)))).toEqual([
      field('httproute web', '{.spec.rules[*].backendRefs[*].name}', 'web'),
      field('httproute web', '{.spec.rules[*].filters[*].requestMirror.percent}', '25'),
      resolved('True'),
    ]);
  });
  test('of copies that begin, become all, and end', () => {
    const mirrored = (percent: string) =>
      route(
        '{ name: a }',
        `backendRefs: [{ name: web, port: 80 }], filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: next, port: 80 }${percent} } }]`,
      );
    const plain = route('{ name: a }', 'backendRefs: [{ name: web, port: 80 }]');
    const names = field('httproute web', '{.spec.rules[*].backendRefs[*].name}', 'web');
    const told = (percent: string) =>
      field('httproute web', '{.spec.rules[*].filters[*].requestMirror.percent}', percent);
    const copied = (to: string) =>
      field('httproute web', '{.spec.rules[*].filters[*].requestMirror.backendRef.name}', to);
    expect(checksOf(plain, mirrored(''))).toEqual([names, copied('next'), resolved('True')]);
    expect(checksOf(mirrored(', percent: 5'), mirrored(''))).toEqual([names, told(''), resolved('True')]);
    expect(checksOf(mirrored(', percent: 5'), plain)).toEqual([names, told(''), copied(''), resolved('True')]);
  });
  test('of copies by Istio: no other field tells one stage from the next', () => {
    const of = (copies: string) =>
      object(
        'networking.istio.io/v1',
        'VirtualService',
        `hosts: [web], http: [{ route: [{ destination: { host: web } }]${copies} }]`,
      );
    const some = (percent: number) =>
      of(`, mirrors: [{ destination: { host: next }, percentage: { value: ${percent} } }]`);
    const host = field('virtualservice web', '{.spec.http[*].route[*].destination.host}', 'web');
    const share = (expected: string) =>
      field('virtualservice web', '{.spec.http[*].mirrors[*].percentage.value}', expected);
    const to = (expected: string) =>
      field('virtualservice web', '{.spec.http[*].mirrors[*].destination.host}', expected);
    expect(checksOf(of(''), some(10))).toEqual([host, share('10'), to('next')]);
    expect(checksOf(some(10), some(25))).toEqual([host, share('25')]);
    expect(checksOf(some(10), of(''))).toEqual([host, share(''), to('')]);
    const old = (percent: number) => of(`, mirror: { host: next }, mirrorPercentage: { value: ${percent} }`);
    expect(checksOf(old(10), old(25))).toEqual([
      host,
      field('virtualservice web', '{.spec.http[*].mirrorPercentage.value}', '25'),
    ]);
  });
  test('of a TraefikService', () => {
    const weighted = (weight: number) =>
      object(
        'traefik.io/v1alpha1',
        'TraefikService',
        `weighted: { services: [{ name: web, port: 80, weight: 90 }, { name: next, port: 80, weight: ${weight} }] }`,
      );
    expect(checksOf(weighted(0), weighted(10))).toEqual([
      field('traefikservice web', '{.spec.weighted.services[*].weight}', '90 10'),
    ]);
    const copies = (percent: number) =>
      object(
        'traefik.io/v1alpha1',
        'TraefikService',
        `mirroring: { name: web, port: 80, mirrors: [{ name: next, port: 80, percent: ${percent} }] }`,
      );
    expect(checksOf(copies(0), copies(25))).toEqual([
      field('traefikservice web', '{.spec.mirroring.mirrors[*].percent}', '25'),
    ]);
  });
  test('of a VirtualService', () => {
    const shared = (weight: number) =>
      object(
        'networking.istio.io/v1',
        'VirtualService',
        `hosts: [web], http: [{ route: [{ destination: { host: web }, weight: ${100 - weight} }, { destination: { host: next }, weight: ${weight} }] }]`,
      );
    expect(checksOf(shared(0), shared(10))).toEqual([
      field('virtualservice web', '{.spec.http[*].route[*].weight}', '90 10'),
    ]);
    const alone = (host: string) =>
      object(
        'networking.istio.io/v1',
        'VirtualService',
        `hosts: [web], http: [{ route: [{ destination: { host: ${host} } }] }]`,
      );
    expect(checksOf(alone('a'), alone('b'))).toEqual([
      field('virtualservice web', '{.spec.http[*].route[*].destination.host}', 'b'),
    ]);
  });
});

test('what is watched is said as a whole or not at all', () => {
  const noted = (notes: string) =>
    watchedIn(worldOf(web().replace('namespace: shop', `namespace: shop, annotations: { ${notes} }`)).workloads);
  expect(noted("strata/error-ratio: 'up', strata/error-ratio-limit: '0.01'")).toEqual({ query: 'up', limit: '0.01' });
  for (const one of ["strata/error-ratio: 'up'", "strata/error-ratio-limit: '0.01'"])
    expect(noted(one)).toBeUndefined();
});

test.each([
  ['OnDelete', 'StatefulSet', 'updateStrategy: { type: OnDelete }'],
  ['OnDelete of a DaemonSet', 'DaemonSet', 'updateStrategy: { type: OnDelete }'],
  ['what is paused', 'Deployment', 'paused: true'],
])('nobody waits for %s, which never ends', (_, kind, spec) => {
  const told = (more: string) => {
    const of = (tag: number) => web(`shop/web:${tag}`, { spec: more }).replace('kind: Deployment', `kind: ${kind}`);
    return checksOf(of(1), of(2)).filter((each) => each.includes('rollout status'));
  };
  expect(told(spec)).toEqual([]);
  const rolled = spec.replace(/updateStrategy.*|paused: true/, '') || 'minReadySeconds: 0';
  expect(told(rolled)).toHaveLength(1);
});
