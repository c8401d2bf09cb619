import { all, configMap, findings, messages, namespace, service, workload } from '../../judging';

const GATEWAY = 'gateway.networking.k8s.io/v1';
const gateway = (listeners: string, more = '') =>
  `{ apiVersion: ${GATEWAY}, kind: Gateway, metadata: { name: g, namespace: shop }, spec: { gatewayClassName: a, listeners: [${listeners}]${more} } }`;
const https = (ref: string) =>
  gateway(`{ name: https, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ ${ref} }] } }`);
const secret = (fields: string) =>
  `{ apiVersion: v1, kind: Secret, metadata: { name: cert, namespace: shop }, ${fields} }`;
const route = (backends: string, kind = 'HTTPRoute') =>
  `{ apiVersion: ${GATEWAY}, kind: ${kind}, metadata: { name: r, namespace: shop }, spec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [${backends}] }] } }`;
const web = service('selector: { app: web }, ports: [{ port: 80 }]');

describe('kinds that do not exist', () => {
  test('of a backend', () => {
    const id = 'route-backend';
    const judged = (ref: string, kind?: string) =>
      findings(id, all(namespace, web, workload(), route(`{ ${ref}, name: web, port: 80 }`, kind)));
    expect(judged('kind: Sevice')).toEqual(['fail HTTPRoute/shop/r spec.rules[0].backendRefs[0].kind = "Sevice"']);
    expect(judged('kind: Services', 'TCPRoute')).toHaveLength(1);
    expect(judged('kind: Service')).toEqual([]);
    // What an implementation defines, nobody knows.
    expect(judged('group: example.com, kind: Bucket')).toEqual([]);
    expect(messages(id, all(namespace, route('{ kind: Sevice, name: web, port: 80 }')))[0]).toContain(
      'did you mean "Service"?',
    );
  });
  test('of a certificate', () => {
    const id = 'gateway-cert-exists';
    expect(findings(id, all(namespace, https('kind: Secrets, name: cert')))).toEqual([
      'fail Gateway/shop/g spec.listeners[0].tls.certificateRefs[0].kind = "Secrets"',
    ]);
    expect(findings(id, all(namespace, https('group: example.com, kind: Vault, name: cert')))).toEqual([]);
  });
});

describe('the Secret of a certificate has its keys', () => {
  const id = 'gateway-cert-exists';
  test.each([
    ['type: Opaque, data: { cert.pem: aGk= }', 'no tls.crt and no tls.key'],
    ['stringData: { tls.crt: a }', 'no tls.key'],
  ])('%s', (fields, words) => {
    expect(findings(id, all(namespace, secret(fields), https('name: cert')))).toEqual([
      'fail Gateway/shop/g spec.listeners[0].tls.certificateRefs[0].name = "cert"',
    ]);
    expect(messages(id, all(namespace, secret(fields), https('name: cert')))[0]).toContain(words);
  });
  test('of any type; of its own type the API server sees to it', () => {
    for (const fields of [
      'type: Opaque, data: { tls.crt: aGk=, tls.key: aGk= }',
      'type: kubernetes.io/tls, data: { tls.crt: aGk=, tls.key: aGk= }',
      'type: kubernetes.io/tls',
    ])
      expect(findings(id, all(namespace, secret(fields), https('name: cert')))).toEqual([]);
  });
  test('also of a client certificate', () =>
    expect(
      findings(
        id,
        all(
          namespace,
          gateway(
            '{ name: http, port: 80, protocol: HTTP }',
            ', tls: { backend: { clientCertificateRef: { name: gone } } }',
          ),
        ),
      ),
    ).toEqual(['fail Gateway/shop/g spec.tls.backend.clientCertificateRef.name = "gone"']));
});

describe('tls-authority-exists', () => {
  const id = 'tls-authority-exists';
  const policy = (name: string, target: string, authority: string) =>
    `{ apiVersion: ${GATEWAY}, kind: BackendTLSPolicy, metadata: { name: ${name}, namespace: shop }, spec: { targetRefs: [{ group: '', kind: Service, ${target} }], validation: { hostname: a, caCertificateRefs: [{ group: '', ${authority} }] } } }`;
  const ca = configMap('ca', 'ca.crt: a');
  const right = 'kind: ConfigMap, name: ca';
  test('the policy leads to a Service and to certificates', () => {
    expect(findings(id, all(namespace, web, ca, policy('p', 'name: web', right)))).toEqual([]);
    expect(findings(id, all(namespace, web, ca, policy('p', 'name: wbe', right)))).toEqual([
      'fail BackendTLSPolicy/shop/p spec.targetRefs[0].name = "wbe"',
    ]);
    expect(findings(id, all(namespace, web, ca, policy('p', 'name: web', 'kind: ConfigMap, name: gone')))).toEqual([
      'fail BackendTLSPolicy/shop/p spec.validation.caCertificateRefs[0].name = "gone"',
    ]);
    expect(findings(id, all(namespace, web, ca, policy('p', 'name: web', 'kind: Configmap, name: ca')))).toEqual([
      'fail BackendTLSPolicy/shop/p spec.validation.caCertificateRefs[0].kind = "Configmap"',
    ]);
    expect(
      messages(id, all(namespace, web, configMap('ca', 'other: a'), policy('p', 'name: web', right)))[0],
    ).toContain('has no key ca.crt');
    expect(findings(id, policy('p', 'name: web', right))).toHaveLength(2);
    expect(findings(id, policy('p', 'name: web', right))[0]).toMatch(/^unknown/);
  });
  test('one policy for each port of a Service', () => {
    const two = (first: string, second: string) =>
      findings(id, all(namespace, web, ca, policy('p', first, right), policy('q', second, right)));
    expect(two('name: web', 'name: web')).toHaveLength(1);
    expect(two('name: web, sectionName: a', 'name: web, sectionName: b')).toEqual([]);
    expect(two('name: web', 'name: web, sectionName: b')).toEqual([]);
  });
  test('a Gateway that validates clients', () => {
    const listener = (authority: string) =>
      gateway(
        `{ name: https, port: 443, protocol: HTTPS, tls: { frontendValidation: { caCertificateRefs: [{ ${authority} }] } } }`,
      );
    expect(findings(id, all(namespace, ca, listener(right)))).toEqual([]);
    expect(findings(id, all(namespace, ca, listener('kind: ConfigMap, name: gone')))).toHaveLength(1);
    const whole = (name: string) =>
      gateway(
        '{ name: http, port: 80, protocol: HTTP }',
        `, tls: { frontend: { default: { validation: { caCertificateRefs: [{ kind: ConfigMap, name: ${name} }] } } } }`,
      );
    expect(findings(id, all(namespace, ca, whole('ca')))).toEqual([]);
    expect(findings(id, all(namespace, ca, whole('gone')))).toHaveLength(1);
  });
});

describe('a listener takes only kinds that its protocol carries', () => {
  const id = 'route-allowed-by-listener';
  const on = (protocol: string, kind: string, named: string) =>
    findings(
      id,
      all(
        namespace,
        gateway(`{ name: l, port: 443, protocol: ${protocol}, allowedRoutes: { kinds: [{ kind: ${named} }] } }`),
        route('', kind),
      ),
    );
  test.each([
    ['TLS', 'HTTPRoute'],
    ['TCP', 'HTTPRoute'],
    ['UDP', 'TCPRoute'],
    ['HTTP', 'TLSRoute'],
  ])('%s: no %s, though it is named', (protocol, kind) => expect(on(protocol, kind, kind)).toHaveLength(1));
  test.each([
    ['TLS', 'TLSRoute'],
    ['HTTPS', 'HTTPRoute'],
    ['HTTP', 'GRPCRoute'],
    ['example.com/own', 'HTTPRoute'],
  ])('%s: %s', (protocol, kind) => expect(on(protocol, kind, kind)).toEqual([]));
});
