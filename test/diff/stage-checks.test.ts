import { fleetOf } from '../../diff/fleet/fleet-of';
import { stageChecks, watchedIn } from '../../diff/stage-checks';
import { targetChange } from '../../diff/target-change';
import { worldOf } from '../checks/judging';
import { allOf, workloadOf } from './risks';

const checks = (before: string, after: string) => {
  const [was, is] = [worldOf(before), worldOf(after)];
  return stageChecks(fleetOf([targetChange('prod@cloud', was, is)]), is).map(({ command, expected }) => [
    command,
    expected,
  ]);
};
const service = (selector: string) =>
  `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ${selector && `selector: { ${selector} }, `}ports: [{ port: 80 }] } }`;
const route = (...backends: readonly string[]) =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: gw }], rules: [{ backendRefs: [${backends.map((each) => `{ port: 80, ${each} }`).join(', ')}] }] } }`;

test('each rollout that changes is waited for once, and nothing that goes', () => {
  const before = allOf(workloadOf(), workloadOf({ name: 'old' }), workloadOf({ kind: 'CronJob', name: 'night' }));
  const after = allOf(
    workloadOf({ spec: 'replicas: 3', pod: 'hostNetwork: true', container: 'args: [a]' }),
    workloadOf({ kind: 'CronJob', name: 'night', container: 'args: [a]' }),
  );
  expect(checks(before, after)).toEqual([['kubectl rollout status deployment/web -n shop --timeout=15m', undefined]]);
});

test('a selector is compared as kubectl prints it, by the order of its labels', () => {
  expect(checks(service('version: green, app: web'), service('version: blue, app: web'))).toEqual([
    ["kubectl get service web -n shop -o 'jsonpath={.spec.selector}'", '{"app":"web","version":"blue"}'],
  ]);
  expect(checks(service(''), service('').replace('port: 80', 'port: 81'))).toEqual([]);
});

test('a route is compared by its weights, of which one that is not written is 1, or by its backends', () => {
  const expected = (before: string, after: string) => checks(before, after).map(([, text]) => text);
  expect(expected(route('name: a, weight: 1', 'name: b, weight: 9'), route('name: a, weight: 2', 'name: b'))).toEqual([
    '2 1',
    'True',
  ]);
  expect(checks(route('name: a'), route('name: b'))[0]).toEqual([
    "kubectl get httproute web -n shop -o 'jsonpath={.spec.rules[*].backendRefs[*].name}'",
    'b',
  ]);
});

test('a VirtualService is compared by the weights that are written, or by its hosts', () => {
  const of = (...routes: readonly string[]) =>
    `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [${routes.map((each) => `{ ${each} }`).join(', ')}] }] } }`;
  const to = (host: string) => `destination: { host: ${host} }`;
  const at = "kubectl get virtualservice web -n shop -o 'jsonpath={.spec.http[*].route[*]";
  expect(
    checks(
      of(`${to('a')}, weight: 100`, `${to('b')}, weight: 0`),
      of(`${to('a')}, weight: 95`, `${to('b')}, weight: 5`),
    ),
  ).toEqual([[`${at}.weight}'`, '95 5']]);
  expect(checks(of(to('a')), of(to('b')))).toEqual([[`${at}.destination.host}'`, 'b']]);
});

test('what is watched is said as a whole or not at all', () => {
  const noted = (notes: string) =>
    watchedIn(worldOf(workloadOf().replace('namespace: shop }', `namespace: shop, annotations: { ${notes} } }`)));
  expect(noted("strata/error-ratio: 'up', strata/error-ratio-limit: '0.01'")).toEqual({ query: 'up', limit: '0.01' });
  for (const one of ["strata/error-ratio: 'up'", "strata/error-ratio-limit: '0.01'"])
    expect(noted(one)).toBeUndefined();
});
