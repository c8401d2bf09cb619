import { classed, risksBetween, workloadOf } from './risks';

const object = (kind: string, metadata: string, api = 'v1') =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: web, ${metadata} } }`;

describe('metadata-changed', () => {
  const id = 'metadata-changed';
  const of = (kind: string, metadata: string, api?: string) =>
    classed(id, object(kind, 'labels: { a: b }', api), object(kind, `labels: { a: b }, ${metadata}`, api)).map(
      (found) => found.split(' ')[0],
    );
  test.each([
    ['Service', 'annotations: { service.beta.kubernetes.io/aws-load-balancer-type: nlb }', 'v1'],
    ['ServiceAccount', 'annotations: { eks.amazonaws.com/role-arn: reader }', 'v1'],
    ['StorageClass', "annotations: { storageclass.kubernetes.io/is-default-class: 'true' }", 'storage.k8s.io/v1'],
    ['HTTPRoute', 'annotations: { cert-manager.io/issuer: ca }', 'gateway.networking.k8s.io/v1'],
    ['ConfigMap', 'finalizers: [example.com/keep]', 'v1'],
  ])('an entry of a %s that somebody acts on is more than a note: %s', (kind, metadata, api) => {
    expect(of(kind, metadata, api)).toEqual(['in-place']);
  });
  test.each([
    ['Service', 'annotations: { team: shop }'],
    ['Service', 'annotations: { meta.helm.sh/release-name: shop }'],
    ['ServiceAccount', 'annotations: { argocd.argoproj.io/tracking-id: x }'],
    ['ConfigMap', 'annotations: { example.com/owner: shop }'],
  ])('one of a %s that tells where it comes from is a note: %s', (kind, metadata) => {
    expect(of(kind, metadata)).toEqual(['metadata']);
  });
  test('whoever selects by labels is looked for where labels change, and nowhere else', () => {
    const advice = (kind: string, was: string, is: string) =>
      risksBetween([id], object(kind, was), object(kind, is)).map((risk) => risk.advice);
    const plain = 'labels: { a: b }';
    expect(advice('Service', plain, 'labels: { a: c }')[0]).toMatch(/selects the object by the labels/);
    expect(advice('Service', plain, `${plain}, annotations: { example.com/a: b }`)[0]).toMatch(
      /what the annotation does/,
    );
    const kept = `${plain}, finalizers: [example.com/keep]`;
    expect(advice('Service', plain, kept)[0]).toMatch(/takes the finalizer off runs/);
    expect(advice('Service', kept, plain)[0]).toMatch(/not waited for/);
    const owned = `${plain}, ownerReferences: [{ apiVersion: v1, kind: ConfigMap, name: a, uid: b }]`;
    expect(advice('Service', plain, owned)[0]).toMatch(/who owns it/);
    const level = 'labels: { a: b, pod-security.kubernetes.io/enforce: baseline }';
    expect(advice('Namespace', plain, level)[0]).toMatch(/made from now on/);
  });
  test('a label by which admission chooses a namespace', () => {
    const namespace = (labels: string) =>
      `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { ${labels} } } }`;
    const level = (value: string) => `pod-security.kubernetes.io/enforce: ${value}`;
    expect(classed(id, namespace(level('baseline')), namespace(level('restricted')))[0]).toMatch(/^in-place /);
    expect(classed(id, namespace('a: b'), namespace('a: b, istio-injection: enabled'))[0]).toMatch(/^in-place /);
    expect(classed(id, namespace('a: b'), namespace('a: c'))[0]).toMatch(/^metadata /);
  });
});

describe('applied-in-place', () => {
  const id = 'applied-in-place';
  const definition = (conversion: string) =>
    `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: backups.example.com }, spec: { group: example.com, scope: Namespaced, names: { kind: Backup, plural: backups }, ${conversion} versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }, { name: v2, served: true, storage: false, schema: { openAPIV3Schema: { type: object } } }] } }`;
  const moved = (api: string, kind: string, from: string, to: string, more = '') =>
    classed(
      id,
      `${object(kind, 'namespace: shop', `${api}/${from}`)}\n---\n${more}`,
      `${object(kind, 'namespace: shop', `${api}/${to}`)}\n---\n${more}`,
    );
  test('says nothing of a version that the API server converts', () => {
    expect(moved('autoscaling', 'HorizontalPodAutoscaler', 'v1', 'v2')).toEqual([]);
    expect(moved('example.com', 'Backup', 'v1', 'v2', definition(''))).toEqual([]);
  });
  test('says that it does not know what a webhook makes of it, or a kind that nobody defines', () => {
    const webhook = definition('conversion: { strategy: Webhook },');
    expect(moved('example.com', 'Backup', 'v1', 'v2', webhook)).toEqual(['in-place Backup/shop/web apiVersion']);
    // That is told by kind-unknown.
    expect(moved('example.com', 'Backup', 'v1', 'v2')).toEqual([]);
  });
  test('the address of a Service that is not stated any more stays; its selector does not', () => {
    const service = (spec: string) =>
      `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { ${spec}ports: [{ port: 80 }] } }`;
    expect(classed(id, service('clusterIP: None, '), service(''))).toEqual([]);
    expect(
      classed(
        id,
        service('clusterIP: None, selector: { app: web }, '),
        service('selector: { app: web }, clusterIP: 10.0.0.9, '),
      ),
    ).toHaveLength(1);
    expect(classed(id, service('selector: { app: web }, '), service(''))).toHaveLength(1);
  });
});

test('a rollout is not told of what the API server refuses, and is of what it takes', () => {
  const web = (labels: string) => workloadOf({}).replaceAll('{ app: web }', `{ ${labels} }`);
  const rules = (before: string, after: string) => [
    ...new Set(
      risksBetween(['pod-template-changed', 'rollout-interrupts', 'immutable-field'], before, after).map(
        ({ rule }) => rule,
      ),
    ),
  ];
  expect(rules(web('app: web'), web('app: web, tier: front'))).toEqual(['immutable-field']);
  expect(rules(workloadOf({}), workloadOf({ meta: 'annotations: { a: b }' }))).toEqual(['pod-template-changed']);
});
