import { classed, workloadOf } from './risks';

const of = (api: string, kind: string, spec: string, meta = '') =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: a, namespace: shop${meta && `, ${meta}`} }, ${spec} }`;

test.each([['PERMISSIVE'], ['DISABLE'], ['STRICT']])('guard-removed: mutual TLS that becomes %s', (mode) => {
  const at = (value: string) => of('security.istio.io/v1', 'PeerAuthentication', `spec: { mtls: { mode: ${value} } }`);
  expect(classed('guard-removed', at('STRICT'), at(mode))).toHaveLength(mode === 'STRICT' ? 0 : 1);
  expect(classed('guard-removed', at(mode), at('STRICT'))).toEqual([]);
});

test.each([['all'], ['world'], ['host']])('policy-opened: a policy of Cilium that lets %s in', (entity) => {
  const at = (from: string) =>
    of('cilium.io/v2', 'CiliumNetworkPolicy', `spec: { endpointSelector: {}, ingress: [{ ${from} }] }`);
  expect(classed('policy-opened', at('fromEndpoints: [{}]'), at(`fromEntities: [${entity}]`))).toHaveLength(1);
  expect(classed('policy-opened', at('fromEntities: [all]'), at(`fromEntities: [${entity}]`))).toEqual([]);
});

test.each([
  ['helm.sh/resource-policy', 'keep'],
  ['argocd.argoproj.io/sync-options', 'Prune=false'],
  ['kustomize.toolkit.fluxcd.io/prune', 'disabled'],
])('reclaim-loosened: %s that goes', (name, value) => {
  const claim = (meta: string) => of('v1', 'PersistentVolumeClaim', 'spec: { accessModes: [ReadWriteOnce] }', meta);
  const [kept, not] = [claim(`annotations: { ${name}: ${value} }`), claim('labels: { a: b }')];
  expect(classed('reclaim-loosened', kept, not)).toHaveLength(1);
  expect(classed('reclaim-loosened', not, kept)).toEqual([]);
});

test('schedule-changed: a CronJob that stops is a disruption, and one that goes on is not', () => {
  const job = (suspend: boolean) => workloadOf({ kind: 'CronJob', spec: `schedule: '0 1 * * *', suspend: ${suspend}` });
  expect(classed('schedule-changed', job(false), job(true))).toEqual(['disruption CronJob/shop/web spec.suspend']);
  expect(classed('schedule-changed', job(true), job(false))).toEqual(['in-place CronJob/shop/web spec.suspend']);
});

describe('delivery-removed: an Application', () => {
  const at = (path: string, namespace: string, prune: boolean) =>
    of(
      'argoproj.io/v1alpha1',
      'Application',
      `spec: { project: d, source: { repoURL: 'https://git.example.com/a', path: ${path} }, destination: { namespace: ${namespace} }, syncPolicy: { automated: { prune: ${prune} } } }`,
    );
  test.each([
    ['that prunes, which is no removal yet', at('a', 'x', false), at('a', 'x', true), []],
    ['with another path', at('a', 'x', true), at('b', 'x', true), ['data-loss']],
    ['with another destination, and without pruning', at('a', 'x', false), at('a', 'y', false), ['disruption']],
    ['that prunes no more', at('a', 'x', true), at('a', 'x', false), []],
  ])('%s', (_, before, after, classes) => {
    expect(classed('delivery-removed', before, after).map((found) => found.split(' ')[0])).toEqual(classes);
  });
});

test.each([
  ['helm.sh/hook: pre-upgrade', 0],
  ['argocd.argoproj.io/hook: PreSync', 0],
  ['helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: hook-succeeded', 1],
  ['team: a', 1],
])('immutable-field: a Job with %s', (annotations, count) => {
  const job = (image: string) =>
    workloadOf({ kind: 'Job' })
      .replace('web:1.4.0', image)
      .replace('namespace: shop', `namespace: shop, annotations: { ${annotations} }`);
  expect(classed('immutable-field', job('web:1.4.0'), job('web:1.5.0'))).toHaveLength(count);
});
