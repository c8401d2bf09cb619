import { allOf, messagesOf, workloadOf } from './risks';

describe('host-path-widened', () => {
  const pod = (path: string, mount = '', kind = 'DaemonSet') =>
    workloadOf({
      kind,
      pod: `volumes: [{ name: v, hostPath: { path: ${path} } }]`,
      container: `volumeMounts: [{ name: v, mountPath: /host${mount} }]`,
    });
  const READ = ', readOnly: true';
  test.each([
    [
      'wider',
      pod('/var/lib/app', READ),
      pod('/var/lib', READ),
      ['pods may read /var/lib of their node, and could not before'],
    ],
    [
      'writable',
      pod('/opt', READ),
      pod('/opt', ', readOnly: false'),
      ['pods may write to /opt of their node, and could not before'],
    ],
    [
      'both, without subPath',
      pod('/opt', `${READ}, subPath: a`),
      pod('/opt'),
      ['pods may read and write /opt of their node, and could not before'],
    ],
    [
      'beside',
      pod('/opt/a', '', 'CronJob'),
      pod('/opt/ab', '', 'CronJob'),
      ['pods may read and write /opt/ab of their node, and could not before'],
    ],
    ['narrower', pod('/'), pod('/opt/'), []],
    ['read only', pod('/opt'), pod('/opt', READ), []],
    ['the same, written otherwise', pod('/opt/', READ), pod('//opt', READ), []],
  ])('%s', (_, before, after, expected) => {
    expect(messagesOf('host-path-widened', before, after)).toEqual(expected);
  });
});

describe('ordinals-changed', () => {
  const set = (replicas: number, start?: number) =>
    workloadOf({
      kind: 'StatefulSet',
      spec: `replicas: ${replicas}, serviceName: web${start === undefined ? '' : `, ordinals: { start: ${start} }`}, volumeClaimTemplates: [{ metadata: { name: d }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }]`,
    });
  test('tells which pods go, and which come with empty claims', () => {
    expect(messagesOf('ordinals-changed', set(2), set(2, 5))).toEqual([
      'pods web-0, web-1 are deleted and web-5, web-6 come, with the claims d-web-5 and d-web-6: empty unless they are there already',
    ]);
    expect(messagesOf('ordinals-changed', set(2, 1), set(2))).toEqual([
      'pod web-2 is deleted and web-0 comes, with the claims d-web-0: empty unless they are there already',
    ]);
    expect(messagesOf('ordinals-changed', set(3), set(2, 1))).toEqual(['pod web-0 is deleted']);
    expect(messagesOf('ordinals-changed', set(3), set(5))).toEqual([]);
  });
});

describe('guard-tightened', () => {
  const istio = (mode: string) =>
    `{ apiVersion: networking.istio.io/v1, kind: Gateway, metadata: { name: g, namespace: shop }, spec: { selector: { a: b }, servers: [{ port: { number: 8443, name: web, protocol: HTTPS }, hosts: [a.example.com], tls: { mode: ${mode}, credentialName: c } }] } }`;
  const gateway = (tls: string, spec = '') =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: g, namespace: shop }, spec: { gatewayClassName: x${spec}, listeners: [{ name: web, port: 443, protocol: HTTPS, tls: { certificateRefs: [{ name: c }]${tls} } }] } }`;
  const CA = "caCertificateRefs: [{ group: '', kind: ConfigMap, name: ca }]";
  const ingress = (annotations: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: i, namespace: shop, annotations: { ${annotations} } }, spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } } }`;
  const N = 'nginx.ingress.kubernetes.io/auth';
  test.each([
    ['a server of Istio', istio('SIMPLE'), istio('MUTUAL'), 1],
    ['one that asks where it can', istio('SIMPLE'), istio('OPTIONAL_MUTUAL'), 0],
    ['one that insists', istio('OPTIONAL_MUTUAL'), istio('MUTUAL'), 1],
    ['one that passed through', istio('PASSTHROUGH'), istio('MUTUAL'), 0],
    ['a listener', gateway(''), gateway(`, frontendValidation: { ${CA} }`), 1],
    ['a Gateway', gateway(''), gateway('', `, tls: { frontend: { default: { validation: { ${CA} } } } }`), 1],
    ['a login whose Secret was there', ingress(`${N}-secret: s`), ingress(`${N}-secret: s, ${N}-type: basic`), 1],
    ['a Secret alone', ingress('a: b'), ingress(`${N}-secret: s`), 0],
    ['another form', ingress(`${N}-secret: s, ${N}-type: basic`), ingress(`${N}-secret: s, ${N}-type: digest`), 0],
  ])('%s', (_, before, after, found) => {
    expect(messagesOf('guard-tightened', before, after)).toHaveLength(found);
    if (found > 0) expect(messagesOf('guard-tightened', allOf(after), allOf(before))).toEqual([]);
  });
});
