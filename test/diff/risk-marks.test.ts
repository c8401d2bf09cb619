/** Labels, annotations and policies that a controller reads: what stops, is exposed or applied with other rights by them alone. */
import { classed, messagesOf, worstClass } from './risks';

const objectOf = (apiVersion: string, kind: string, metadata: string, spec = '{}') =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: x, namespace: shop${metadata && `, ${metadata}`} }, spec: ${spec} }`;
const scaled = (annotations: string, kind = 'ScaledObject') =>
  objectOf('keda.sh/v1alpha1', kind, `annotations: { ${annotations} }`);
const PAUSED = 'autoscaling.keda.sh/paused';
const database = (annotations: string) =>
  objectOf('postgresql.cnpg.io/v1', 'Cluster', `annotations: { ${annotations} }`);
const secret = (labels: string) => objectOf('v1', 'Secret', `labels: { ${labels} }`);
const TYPE = 'argocd.argoproj.io/secret-type';

describe('mark-stops', () => {
  test.each([
    ['held at none', scaled(''), scaled(`${PAUSED}-replicas: '0'`), 'brings it to 0 pods'],
    ['held at fewer', scaled(`${PAUSED}-replicas: '4'`), scaled(`${PAUSED}-replicas: '1'`), 'brings it to 1 pods'],
    ['paused', scaled(''), scaled(`${PAUSED}: 'true'`), 'holds it at the pods that it has'],
    ['a ScaledJob', scaled('', 'ScaledJob'), scaled(`${PAUSED}: 'true'`, 'ScaledJob'), 'holds it at the pods'],
    ['not out', scaled(''), scaled(`${PAUSED}-scale-out: 'true'`), 'adds no more pods'],
    ['hibernating', database('cnpg.io/hibernation: "off"'), database('cnpg.io/hibernation: "on"'), 'answers nobody'],
    ['a cluster', secret(`${TYPE}: cluster`), secret(''), 'does not know this cluster any more'],
    ['a repository', secret(`${TYPE}: repository`), secret(`${TYPE}: other`), 'does not find the login'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf('mark-stops', before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('disruption');
  });
  test.each([
    ['resumed', scaled(`${PAUSED}-replicas: '0'`), scaled('')],
    ['never paused', scaled(''), scaled(`${PAUSED}: 'false'`)],
    ['paused all the while', scaled(`${PAUSED}: 'true'`), scaled(`${PAUSED}: 'true', team: a`)],
    ['a kind of somebody else', database(''), database(`${PAUSED}: 'true'`)],
    ['awake', database('cnpg.io/hibernation: "on"'), database('cnpg.io/hibernation: "off"')],
    ['known from now on', secret(''), secret(`${TYPE}: cluster`)],
  ])('not: %s', (_, before, after) => {
    expect(classed('mark-stops', before, after)).toEqual([]);
  });
});

describe('mark-exposes', () => {
  const VISIBILITY = 'networking.knative.dev/visibility';
  const knative = (labels: string) => objectOf('serving.knative.dev/v1', 'Service', `labels: { ${labels} }`);
  const namespace = (labels: string) =>
    `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { ${labels} } } }`;
  const WAYPOINT = 'istio.io/use-waypoint';
  test.each([
    ['served to all', knative(`${VISIBILITY}: cluster-local`), knative(''), 'served at the gateway for the outside'],
    ['past its waypoint', namespace(`${WAYPOINT}: guard`), namespace(''), 'go past the waypoint guard'],
    ['without one', namespace(`${WAYPOINT}: guard`), namespace(`${WAYPOINT}: none`), 'go past the waypoint guard'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf('mark-exposes', before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('exposure');
    expect(classed('mark-exposes', after, before)).toEqual([]);
  });
  test('another waypoint is none of these', () => {
    expect(classed('mark-exposes', namespace(`${WAYPOINT}: a`), namespace(`${WAYPOINT}: b`))).toEqual([]);
  });
});

describe('guard-policy-loosened', () => {
  const id = 'guard-policy-loosened';
  const of = (spec: string) => objectOf('gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', '', `{ ${spec} }`);
  const at = (...names: string[]) => `targetRefs: [${names.map((name) => `{ kind: HTTPRoute, name: ${name} }`)}]`;
  const rules = '{ action: Allow, principal: { clientCIDRs: [192.0.2.0/24] } }';
  const authorization = (action: string) => `authorization: { ${action} rules: [${rules}] }`;
  test.each([
    ['no tokens', of(`${at('web')}, jwt: { providers: [] }`), of(at('web')), 'jwt goes'],
    ['no login', of(`${at('web')}, oidc: { clientID: a }`), of(at('web')), 'oidc goes'],
    ['another route', of(`${at('web')}, jwt: {}`), of(`${at('api')}, jwt: {}`), 'guards HTTPRoute web no more'],
    ['one of two', of(`${at('a', 'b')}, jwt: {}`), of(`${at('a')}, jwt: {}`), 'guards HTTPRoute b no more'],
    [
      'one target',
      of('targetRef: { kind: Gateway, name: g }, jwt: {}'),
      of('targetRef: { kind: Gateway, name: g, sectionName: https }, jwt: {}'),
      'guards Gateway g no more',
    ],
    [
      'others are let in',
      of(authorization('defaultAction: Deny,')),
      of(authorization('defaultAction: Allow,')),
      'is let in',
    ],
    ['by default denied', of(authorization('')), of(authorization('defaultAction: Allow,')), 'is let in'],
    [
      'Kuadrant',
      objectOf('kuadrant.io/v1', 'AuthPolicy', '', '{ rules: { authentication: { keys: {} }, authorization: {} } }'),
      objectOf('kuadrant.io/v1', 'AuthPolicy', '', '{ rules: { authorization: {} } }'),
      'rules.authentication goes',
    ],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('exposure');
  });
  test.each([
    ['asked from now on', of(at('web')), of(`${at('web')}, jwt: { providers: [] }`)],
    ['one more', of(`${at('a')}, jwt: {}`), of(`${at('b', 'a')}, jwt: {}`)],
    ['named in a list', of('targetRef: { kind: HTTPRoute, name: web }'), of(at('web'))],
    ['denied from now on', of(authorization('defaultAction: Allow,')), of(authorization(''))],
  ])('not: %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});

describe('delivery-means-lost', () => {
  const of = (spec: string, kind = 'Kustomization', group = 'kustomize') =>
    objectOf(`${group}.toolkit.fluxcd.io/v1`, kind, '', `{ interval: 5m${spec && `, ${spec}`} }`);
  test.each([
    ['the controller applies', of('serviceAccountName: shop'), of(''), 'privilege'],
    ['another account', of('serviceAccountName: shop'), of('serviceAccountName: admin'), 'privilege'],
    ['of a chart', of('serviceAccountName: a', 'HelmRelease', 'helm'), of('', 'HelmRelease', 'helm'), 'privilege'],
    ['encrypted', of('decryption: { provider: sops }'), of(''), 'disruption'],
  ])('%s', (_, before, after, expected) => {
    expect(classed('delivery-means-lost', before, after)).toEqual([expect.stringMatching(`^${expected} `)]);
    expect(worstClass(before, after)).toBe(expected);
  });
  test.each([
    ['an account from now on', of(''), of('serviceAccountName: shop')],
    [
      'the other keys',
      of('decryption: { provider: sops }'),
      of('decryption: { provider: sops, secretRef: { name: k } }'),
    ],
    [
      'a file of kustomize',
      objectOf('kustomize.config.k8s.io/v1beta1', 'Kustomization', '', '{ serviceAccountName: shop }'),
      objectOf('kustomize.config.k8s.io/v1beta1', 'Kustomization', ''),
    ],
  ])('not: %s', (_, before, after) => {
    expect(classed('delivery-means-lost', before, after)).toEqual([]);
  });
});
