/** Secrets that are made under another name, autoscalers of what is elsewhere, and listeners that a route names no more. */
import { allOf, classed, messagesOf, workloadOf, worstClass } from './risks';

describe('a Secret that is made', () => {
  const id = 'reference-breaks';
  const reader = workloadOf({ container: 'env: [{ name: P, valueFrom: { secretKeyRef: { name: db, key: pass } } }]' });
  const external = (target: string, policy = 'Owner') =>
    `{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: db, namespace: shop }, spec: { target: { name: ${target}, creationPolicy: ${policy} }, data: [{ secretKey: pass, remoteRef: { key: db } }] } }`;
  test('under another name', () => {
    expect(messagesOf(id, allOf(external('db'), reader), allOf(external('db2'), reader))).toEqual([
      expect.stringContaining(
        'Secret db2 is made in place of db, which its controller deletes, and Deployment/shop/web',
      ),
    ]);
    expect(classed(id, external('db'), external('db2'))).toEqual([
      'disruption ExternalSecret/shop/db spec.target.name',
    ]);
    const moved = reader.replace('name: db,', 'name: db2,');
    expect(messagesOf(id, allOf(external('db'), reader), allOf(external('db2'), moved))).toEqual([
      expect.stringContaining('whoever reads it'),
    ]);
    expect(classed(id, allOf(external('db', 'Orphan'), reader), allOf(external('db2', 'Orphan'), reader))).toEqual([]);
  });
  const certificate = (name: string) =>
    `{ apiVersion: cert-manager.io/v1, kind: Certificate, metadata: { name: shop, namespace: shop }, spec: { secretName: ${name}, dnsNames: [a.example.com], issuerRef: { name: le } } }`;
  const ingress = (name: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: shop, namespace: shop }, spec: { tls: [{ hosts: [a.example.com], secretName: ${name} }], defaultBackend: { service: { name: web, port: { number: 80 } } } } }`;
  test('and renewed no more', () => {
    const before = allOf(certificate('one'), ingress('one'));
    expect(messagesOf(id, before, allOf(certificate('two'), ingress('one')))).toEqual([
      'nobody renews Secret one any more, and Ingress/shop/shop still refers to it: its certificate expires there',
    ]);
    expect(messagesOf(id, before, ingress('one'))).toHaveLength(1);
    expect(classed(id, before, allOf(certificate('two'), ingress('two')))).toEqual([]);
  });
});

describe('an autoscaler', () => {
  const scaled = (min: number, max: number) =>
    `{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: w, namespace: shop }, spec: { scaleTargetRef: { name: web }, minReplicaCount: ${min}, maxReplicaCount: ${max} } }`;
  test('of what is not among the manifests', () => {
    expect(messagesOf('redundancy-lost', scaled(2, 20), scaled(0, 20))).toEqual([
      expect.stringContaining('no pod of web is left when there is no load'),
    ]);
    expect(messagesOf('redundancy-lost', scaled(2, 20), scaled(1, 20))).toEqual([
      expect.stringContaining('a single pod'),
    ]);
    expect(classed('redundancy-lost', scaled(3, 20), scaled(2, 20))).toEqual([]);
    const web = workloadOf();
    expect(messagesOf('redundancy-lost', allOf(web, scaled(2, 20)), allOf(web, scaled(0, 20)))).toHaveLength(1);
    expect(messagesOf('autoscaling-bounds', scaled(2, 20), scaled(2, 3))).toEqual([
      'it keeps 3 pods at most, and 20 before: what is beyond them waits or is not served',
    ]);
  });
  const vpa = (mode: string) =>
    `{ apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, metadata: { name: w, namespace: shop }, spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }${mode && `, updatePolicy: { updateMode: '${mode}' }`} } }`;
  test.each([
    ['Off', 'Recreate', 'disruption'],
    ['Initial', 'Auto', 'disruption'],
    ['Off', '', 'disruption'],
    ['Recreate', 'Auto', 'capacity'],
    ['Recreate', 'Off', 'capacity'],
  ])('that evicts: %s, then %s', (before, after, worst) => {
    expect(worstClass(vpa(before), vpa(after))).toBe(worst);
  });
});

describe('the listener of a route', () => {
  const gateway = (...listeners: string[]) =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: gw, namespace: shop }, spec: { gatewayClassName: a, listeners: [${listeners.join(', ')}] } }`;
  const HTTPS = '{ name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: a }] } }';
  const HTTP = '{ name: http, port: 80, protocol: HTTP }';
  const route = (section: string) =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: gw${section && `, sectionName: ${section}`} }], hostnames: [a.example.com], rules: [{ backendRefs: [{ name: web, port: 80 }] }] } }`;
  test('named no more opens nothing where there is no other', () => {
    const one = gateway(HTTPS);
    expect(classed('route-opened', allOf(one, route('https')), allOf(one, route('')))).toEqual([]);
    expect(classed('route-removed', allOf(one, route('')), allOf(one, route('https')))).toEqual([]);
    const two = gateway(HTTPS, HTTP);
    expect(classed('route-opened', allOf(two, route('https')), allOf(two, route('')))).toHaveLength(1);
    expect(classed('route-removed', allOf(two, route('')), allOf(two, route('https')))).toHaveLength(1);
    expect(classed('route-opened', route('https'), route(''))).toHaveLength(1);
  });
  test('called otherwise is the same', () => {
    const [before, after] = [
      allOf(gateway(HTTPS), route('https')),
      allOf(gateway(HTTPS.replace('name: https', 'name: web')), route('web')),
    ];
    for (const id of ['route-opened', 'route-removed']) expect(classed(id, before, after)).toEqual([]);
  });
});
