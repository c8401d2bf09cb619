import { classed, messagesOf, worstClass } from './risks';

const id = 'tls-loosened';
const of = (api: string, kind: string, spec: string) =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: a, namespace: shop }, spec: { ${spec} } }`;

/** One server of a Gateway of Istio. */
const istio = (tls: string, protocol = 'HTTPS', port = 443) =>
  of(
    'networking.istio.io/v1',
    'Gateway',
    `servers: [{ port: { number: ${port}, name: web, protocol: ${protocol} }, hosts: [a.example.com]${tls && `, tls: { ${tls} }`} }]`,
  );
const gateway = (listener: string, more = '') =>
  of(
    'gateway.networking.k8s.io/v1',
    'Gateway',
    `gatewayClassName: g${more}, listeners: [{ name: web, port: 443, ${listener} }]`,
  );
const tls = (more: string) => gateway(`protocol: HTTPS, tls: { certificateRefs: [{ name: c }]${more} }`);
const front = (mode: string) =>
  gateway(
    'protocol: HTTPS',
    `, tls: { frontend: { default: { validation: { caCertificateRefs: [{ name: c }]${mode} } } } }`,
  );
const rule = (own: string) =>
  of('networking.istio.io/v1', 'DestinationRule', `host: web, trafficPolicy: { tls: { ${own} } }`);
const ofPort = (own: string) =>
  of(
    'networking.istio.io/v1',
    'DestinationRule',
    `host: web, subsets: [{ name: v1, trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { ${own} } }] } }]`,
  );
const proxy = (own: string, route = '') =>
  of(
    'projectcontour.io/v1',
    'HTTPProxy',
    `virtualhost: { fqdn: a.example.com${own} }, routes: [{ services: [{ name: web, port: 80 }]${route} }]`,
  );
const route = (own: string) =>
  of('route.openshift.io/v1', 'Route', `host: a.example.com, to: { kind: Service, name: web }${own}`);
const traefik = (own: string) =>
  of(
    'traefik.io/v1alpha1',
    'IngressRoute',
    `routes: [{ kind: Rule, match: 'Host(a)', services: [{ name: web, port: 80 }] }]${own}`,
  );
const options = (own: string) => of('traefik.io/v1alpha1', 'TLSOption', own);

test.each([
  ['Istio: clients need none', istio('mode: MUTUAL'), istio('mode: SIMPLE'), 'need no certificate'],
  ['Istio: clients may come without', istio('mode: MUTUAL'), istio('mode: OPTIONAL_MUTUAL'), 'let in without'],
  ['Istio: and then need none', istio('mode: OPTIONAL_MUTUAL'), istio('mode: SIMPLE'), 'need no certificate'],
  ['Istio: passed through', istio('mode: SIMPLE'), istio('mode: PASSTHROUGH'), 'passed through'],
  ['Istio: passed through, with clients', istio('mode: MUTUAL'), istio('mode: AUTO_PASSTHROUGH'), 'passed through'],
  ['Istio: the mode by default', istio('mode: SIMPLE'), istio('credentialName: c'), 'passed through'],
  ['Istio: without TLS', istio('mode: SIMPLE'), istio('', 'HTTP'), 'unencrypted'],
  ['Istio: no redirect', istio('httpsRedirect: true', 'HTTP', 80), istio('', 'HTTP', 80), 'no more sent to https'],
  [
    'Istio: an older version',
    istio('mode: SIMPLE'),
    istio('mode: SIMPLE, minProtocolVersion: TLSV1_0'),
    'TLS 1.0 is taken, where 1.2',
  ],
  [
    'Istio: the version by default',
    istio('mode: SIMPLE, minProtocolVersion: TLSV1_3'),
    istio('mode: SIMPLE'),
    'TLS 1.2 is taken, where 1.3',
  ],
  [
    'Istio: any client',
    istio('mode: MUTUAL, subjectAltNames: [a]'),
    istio('mode: MUTUAL'),
    'the name in the certificate',
  ],
  ['Istio: revoked ones', istio('mode: MUTUAL, caCrl: a'), istio('mode: MUTUAL'), 'revoked'],
  ['Gateway API: without TLS', gateway('protocol: HTTPS'), gateway('protocol: HTTP'), 'unencrypted'],
  [
    'Gateway API: passed through',
    gateway('protocol: TLS, tls: { mode: Terminate }'),
    gateway('protocol: TLS, tls: { mode: Passthrough }'),
    'passed through',
  ],
  [
    'Gateway API: clients need none',
    tls(', frontendValidation: { caCertificateRefs: [{ name: c }] }'),
    tls(''),
    'need no certificate',
  ],
  ['Gateway API: of the whole Gateway', front(''), gateway('protocol: HTTPS'), 'need no certificate'],
  ['Gateway API: clients may come without', front(''), front(', mode: AllowInsecureFallback'), 'let in without'],
  [
    'Gateway API: an older version',
    tls(", options: { a.b/min-tls-version: '1.3' }"),
    tls(", options: { a.b/min-tls-version: '1.1' }"),
    'TLS 1.1 is taken',
  ],
  ['Gateway API: an option', tls(', options: { a.b/policy: strict }'), tls(''), 'a.b/policy'],
  [
    'clients of the mesh: the server is anybody',
    rule('mode: SIMPLE'),
    rule('mode: SIMPLE, insecureSkipVerify: true'),
    'the certificate of the server',
  ],
  [
    'clients of the mesh: without their certificate',
    rule('mode: ISTIO_MUTUAL'),
    rule('mode: SIMPLE'),
    'shows no certificate',
  ],
  [
    'clients of the mesh: any name',
    rule('mode: SIMPLE, subjectAltNames: [a]'),
    rule('mode: SIMPLE'),
    'the name in the certificate of the server',
  ],
  [
    'clients of the mesh: one port of a subset',
    ofPort('mode: MUTUAL, caCertificates: a'),
    ofPort('mode: MUTUAL'),
    'who of all authorities',
  ],
  ['Contour: without TLS', proxy(', tls: { secretName: c }'), proxy(''), 'no more sent to https'],
  [
    'Contour: a path without TLS',
    proxy(', tls: { secretName: c }'),
    proxy(', tls: { secretName: c }', ', permitInsecure: true'),
    'no more sent to https',
  ],
  [
    'Contour: an older version',
    proxy(', tls: { secretName: c }'),
    proxy(", tls: { secretName: c, minimumProtocolVersion: '1.1' }"),
    'TLS 1.1',
  ],
  [
    'Contour: clients',
    proxy(', tls: { secretName: c, clientValidation: { caSecret: d } }'),
    proxy(', tls: { secretName: c }'),
    'need no certificate',
  ],
  ['OpenShift: without TLS', route(', tls: { termination: edge }'), route(''), 'unencrypted'],
  [
    'OpenShift: with and without',
    route(', tls: { termination: edge, insecureEdgeTerminationPolicy: Redirect }'),
    route(', tls: { termination: edge, insecureEdgeTerminationPolicy: Allow }'),
    'no more sent to https',
  ],
  [
    'OpenShift: passed through',
    route(', tls: { termination: edge }'),
    route(', tls: { termination: passthrough }'),
    'passed through',
  ],
  ['Traefik: without TLS', traefik(', tls: { secretName: c }'), traefik(''), 'unencrypted'],
  [
    'Traefik: clients',
    options('clientAuth: { clientAuthType: RequireAndVerifyClientCert }'),
    options('clientAuth: { clientAuthType: RequestClientCert }'),
    'let in without',
  ],
  [
    'Traefik: an older version',
    options('minVersion: VersionTLS13'),
    options('minVersion: VersionTLS11'),
    'TLS 1.1 is taken',
  ],
])('%s, and the way back', (_, strict, lenient, text) => {
  expect(classed(id, strict, lenient)).toHaveLength(1);
  expect(messagesOf(id, strict, lenient).join()).toContain(text);
  expect(['exposure', 'disruption']).toContain(worstClass(strict, lenient));
  expect(classed(id, lenient, strict)).toEqual([]);
});

test('what is stricter in another way is no less', () => {
  expect(classed(id, rule('mode: SIMPLE, subjectAltNames: [a]'), rule('mode: ISTIO_MUTUAL'))).toEqual([]);
  expect(classed(id, istio('httpsRedirect: true', 'HTTP', 80), istio('mode: SIMPLE', 'HTTPS', 80))).toEqual([]);
  expect(classed(id, istio('mode: SIMPLE, credentialName: c'), istio('mode: SIMPLE, credentialName: d'))).toEqual([]);
});

test('servers of one port are told apart', () => {
  const two = (first: string, second: string) =>
    of(
      'networking.istio.io/v1',
      'Gateway',
      `servers: [{ port: { number: 443, name: a, protocol: HTTPS }, hosts: [a.b], tls: { mode: ${first} } }, { port: { number: 443, name: b, protocol: HTTPS }, hosts: [c.d], tls: { mode: ${second} } }]`,
    );
  expect(messagesOf(id, two('MUTUAL', 'SIMPLE'), two('MUTUAL', 'PASSTHROUGH'))).toEqual([
    expect.stringMatching(/^server b of port 443: TLS is passed/),
  ]);
});
