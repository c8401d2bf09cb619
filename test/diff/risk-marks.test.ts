/** Labels, annotations and policies that a controller reads: what stops, is exposed or applied with other rights by them alone. */
import { allOf, classed, classedInPart, messagesOf, workloadOf, worstClass } from './risks';

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

const pods = (marks: string, at = 'annotations', more: Parameters<typeof workloadOf>[0] = {}) =>
  workloadOf({ ...more, meta: `annotations: { x: y }` }).replace(
    at === 'labels' ? 'labels: { app: web }, annotations: { x: y }' : 'annotations: { x: y }',
    at === 'labels' ? `labels: { app: web${marks && `, ${marks}`} }` : `annotations: { x: y${marks && `, ${marks}`} }`,
  );

describe('mark-exposes on pods', () => {
  const ISTIO = 'traffic.sidecar.istio.io/excludeInboundPorts';
  const LINKERD = 'config.linkerd.io/skip-inbound-ports';
  test.each([
    ['a port', pods(''), pods(`${ISTIO}: '9090'`), 'port 9090 of its pods go past the proxy of Istio'],
    ['one more', pods(`${ISTIO}: '80'`), pods(`${ISTIO}: '80, 81'`), 'to port 81 of'],
    [
      'a range',
      pods(`${LINKERD}: '80-85'`),
      pods(`${LINKERD}: '80-90'`),
      'port 80-90 of its pods go past the proxy of Linkerd',
    ],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf('mark-exposes', before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('exposure');
    expect(classed('mark-exposes', after, before)).toEqual([]);
  });
  test('a port of a range that was left out is none more', () => {
    expect(classed('mark-exposes', pods(`${LINKERD}: '80-85'`), pods(`${LINKERD}: '83'`))).toEqual([]);
  });
});

describe('eviction-guard-lost', () => {
  const id = 'eviction-guard-lost';
  const SAFE = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
  const KARPENTER = 'karpenter.sh/do-not-disrupt';
  const cached = { pod: 'volumes: [{ name: cache, emptyDir: {} }]' };
  const node = (annotations: string) =>
    `{ apiVersion: v1, kind: Node, metadata: { name: a, annotations: { x: y${annotations} } } }`;
  test.each([
    ['gone', pods(`${SAFE}: 'false'`), pods(''), 'disruption', 'the Cluster Autoscaler may evict'],
    ['the other way', pods(`${SAFE}: 'false'`), pods(`${SAFE}: 'true'`), 'disruption', 'was told not to'],
    ['files go', pods('', '', cached), pods(`${SAFE}: 'true'`, '', cached), 'disruption', 'volume cache holds there'],
    ['Karpenter', pods(`${KARPENTER}: 'true'`), pods(''), 'disruption', 'Karpenter may evict'],
    ['switched off', pods(`${KARPENTER}: 'true'`), pods(`${KARPENTER}: 'false'`), 'disruption', 'Karpenter may evict'],
    [
      'of runs',
      pods(`${SAFE}: 'false'`, '', { kind: 'CronJob' }),
      pods('', '', { kind: 'CronJob' }),
      'disruption',
      'may',
    ],
    ['a node', node(`, ${KARPENTER}: 'true'`), node(''), 'disruption', 'Karpenter may evict'],
    ['kept', pods(''), pods(`${SAFE}: 'false'`), 'capacity', 'does not remove a node on which one of its pods runs'],
    ['kept by Karpenter', pods(''), pods(`${KARPENTER}: 'true'`), 'capacity', 'Karpenter does not consolidate'],
    ['descheduled', pods(''), pods("descheduler.alpha.kubernetes.io/evict: 'true'"), 'disruption', 'descheduler may'],
  ])('%s', (_, before, after, risk, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(classed(id, before, after)).toEqual([expect.stringMatching(`^${risk} `)]);
  });
  test.each([
    ['nothing is on the node', pods(''), pods(`${SAFE}: 'true'`)],
    ['it never was one', pods(`${KARPENTER}: 'no'`), pods('')],
    ['a DaemonSet', pods(`${SAFE}: 'false'`, '', { kind: 'DaemonSet' }), pods('', '', { kind: 'DaemonSet' })],
    [
      'on the object and not on its pods',
      workloadOf().replace('namespace: shop }', `namespace: shop, annotations: { ${SAFE}: 'false' } }`),
      workloadOf(),
    ],
  ])('not: %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});

describe('cloud-identity-changed', () => {
  const id = 'cloud-identity-changed';
  const account = (name: string, annotations: string) =>
    `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: ${name}, namespace: shop, annotations: { x: y${annotations} } } }`;
  const as = (name: string) => workloadOf({ pod: `serviceAccountName: ${name}` });
  const told = (before: string, after: string) =>
    classed(id, before, after).map((found) => found.split(' ').slice(0, 2).join(' '));
  const got = ['privilege Deployment/shop/web'];
  const lost = ['disruption Deployment/shop/web'];
  const VAULT = 'vault.hashicorp.com';
  const USE = "azure.workload.identity/use: 'true'";
  const CLIENT = ', azure.workload.identity/client-id: c1';
  const azure = (marks: string, annotations = CLIENT) =>
    allOf(pods(marks, 'labels', { pod: 'serviceAccountName: web' }), account('web', annotations));
  const injected = (...marks: string[]) => pods([`${VAULT}/agent-inject: 'true'`, ...marks].join(', '));
  test.each([
    ['Azure’s label', azure(''), azure(USE), got, 'act as c1 in the cloud'],
    ['without it', azure(USE), azure(''), lost, 'what c1 may in the cloud'],
    ['a role of kube2iam', pods(''), pods('iam.amazonaws.com/role: r'), got, 'act as r in the cloud'],
    [
      'another one',
      pods('iam.amazonaws.com/role: r'),
      pods('iam.amazonaws.com/role: s'),
      [...got, ...lost],
      'place of r',
    ],
    ['Vault', pods(''), injected(`${VAULT}/role: web`), got, 'act as role web in Vault'],
    ['no Vault', injected(`${VAULT}/role: web`), pods(`${VAULT}/role: web`), lost, 'what role web may in Vault'],
    ['its role', injected(`${VAULT}/role: a`), injected(`${VAULT}/role: b`), [...got, ...lost], 'in place of role a'],
    [
      'a file of it',
      injected(`${VAULT}/agent-inject-secret-db: kv/db`, `${VAULT}/agent-inject-secret-s3: kv/s3`),
      injected(`${VAULT}/agent-inject-secret-db: kv/db`),
      lost,
      'writes s3 into its pods no more',
    ],
    [
      'another account',
      allOf(as('a'), account('a', ''), account('b', ', iam.gke.io/gcp-service-account: g')),
      allOf(as('b'), account('a', ''), account('b', ', iam.gke.io/gcp-service-account: g')),
      got,
      'act as g in the cloud',
    ],
    [
      'an account of no identity',
      allOf(as('a'), account('a', ', eks.amazonaws.com/role-arn: r'), account('b', '')),
      allOf(as('b'), account('a', ', eks.amazonaws.com/role-arn: r'), account('b', '')),
      lost,
      'what r may',
    ],
  ])('%s', (_, before, after, classes, message) => {
    expect(told(before, after)).toEqual(classes);
    expect(messagesOf(id, before, after).join()).toContain(message);
  });
  test.each([
    ['a label that Azure takes no notice of', azure(''), azure("azure.workload.identity/use: 'no'")],
    ['one without an identity', azure('', ''), azure(USE, '')],
    ['a role for nobody', pods(''), pods(`${VAULT}/role: web`)],
    ['one more file of the same role', injected(), injected(`${VAULT}/agent-inject-secret-db: kv/db`)],
    [
      'another account of the same identity',
      allOf(as('a'), account('a', ', eks.amazonaws.com/role-arn: r'), account('b', ', eks.amazonaws.com/role-arn: r')),
      allOf(as('b'), account('a', ', eks.amazonaws.com/role-arn: r'), account('b', ', eks.amazonaws.com/role-arn: r')),
    ],
  ])('not: %s', (_, before, after) => {
    expect(told(before, after)).toEqual([]);
  });
  test('what the ServiceAccount says is told there alone', () => {
    expect(told(azure(USE), azure(`${USE}, more: a`, CLIENT.replace('c1', 'c2')))).toEqual([
      'privilege ServiceAccount/shop/web',
      'disruption ServiceAccount/shop/web',
    ]);
  });
  test('an account that is not here may stand for the same', () => {
    const one = account('a', ', eks.amazonaws.com/role-arn: r');
    expect(classedInPart(id, allOf(as('a'), one), allOf(as('b'), one))).toEqual([]);
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
