/** Names of ExternalDNS, and entry points of Traefik: who calls by them finds somebody else, or nobody. */
import { allOf, classed, messagesOf, worstClass } from './risks';

const DNS = 'external-dns.alpha.kubernetes.io';
const object = (
  annotations: string,
  {
    kind = 'Service',
    name = 'web',
    api = 'v1',
    spec = 'type: LoadBalancer, selector: { app: web }, ports: [{ port: 80 }]',
  } = {},
) =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: ${name}, namespace: shop, annotations: { team: a${annotations && `, ${annotations}`} } }, spec: { ${spec} } }`;
const named = (hosts: string, more = '') => object(`${DNS}/hostname: '${hosts}'${more && `, ${DNS}/${more}`}`);
const endpoint = (...entries: readonly string[]) =>
  object('', { kind: 'DNSEndpoint', api: 'externaldns.k8s.io/v1alpha1', spec: `endpoints: [${entries.join()}]` });
const entry = (name: string, target: string) => `{ dnsName: ${name}, recordType: A, targets: [${target}] }`;
const ingress = (host: string, annotations = '') =>
  object(annotations, {
    ...{ kind: 'Ingress', name: 'edge', api: 'networking.k8s.io/v1' },
    spec: `rules: [{ host: ${host}, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]`,
  });

describe('dns-name-moved', () => {
  const id = 'dns-name-moved';
  test.each([
    ['another name', named('a.b'), named('c.b'), 'ExternalDNS takes a.b away'],
    ['one of two', named('a.b, c.b'), named('c.b'), 'takes a.b away'],
    ['the annotation', named('a.b'), object(''), 'takes a.b away'],
    ['an inner name', object(`${DNS}/internal-hostname: a.b`), object(''), 'takes a.b away'],
    ['the whole object', named('a.b'), '', 'takes a.b away'],
    ['left to another controller', named('a.b'), named('a.b', 'controller: other'), 'takes a.b away'],
    [
      'to another object',
      allOf(named('a.b'), object('', { name: 'api' })),
      allOf(object(''), object(`${DNS}/hostname: a.b`, { name: 'api' })),
      'a.b leads to Service/shop/api from now on',
    ],
    ['to an Ingress', named('a.b'), allOf(object(''), ingress('a.b')), 'a.b leads to Ingress/shop/edge from now on'],
    ['another target', named('a.b', 'target: 192.0.2.1'), named('a.b', 'target: 192.0.2.2'), '192.0.2.2 in place of'],
    ['a target', named('a.b'), named('a.b', 'target: 192.0.2.2'), 'in place of the object’s own address'],
    ['other addresses', named('a.b', 'access: public'), named('a.b', 'access: private'), 'its private addresses in'],
    ['an endpoint', endpoint(entry('a.b', '192.0.2.1')), endpoint(entry('c.b', '192.0.2.1')), 'takes a.b away'],
    ['its target', endpoint(entry('a.b', '192.0.2.1')), endpoint(entry('a.b', '192.0.2.2')), 'a.b leads to 192.0.2.2'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(classed(id, before, after)).toEqual([expect.stringMatching(/^disruption /)]);
    expect(worstClass(before, after)).toBe('disruption');
  });
  test.each([
    ['one more', named('a.b'), named('c.b,a.b')],
    ['written otherwise', named('A.b.'), named(' a.b')],
    ['a name from now on', object(''), named('a.b')],
    ['targets in another order', named('a.b', 'target: "1.1.1.1,8.8.8.8"'), named('a.b', 'target: "8.8.8.8, 1.1.1.1"')],
    ['never read', named('a.b', 'controller: other'), named('c.b', 'controller: other')],
    ['two had it', allOf(named('a.b'), ingress('a.b')), allOf(object(''), ingress('a.b'))],
    ['it stays in the cluster', object(`${DNS}/hostname: a.b, helm.sh/resource-policy: keep`), ''],
    ['a shorter ttl', named('a.b', "ttl: '600'"), named('a.b', "ttl: '60'")],
  ])('not: %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('a longer ttl takes effect in place, and what Cloudflare stands before no more is exposed', () => {
    expect(classed(id, named('a.b', "ttl: '60'"), named('a.b', 'ttl: 1h'))).toEqual([
      `in-place Service/shop/web metadata.annotations["${DNS}/ttl"]`,
    ]);
    const proxied = (value: string) => named('a.b', `cloudflare-proxied: '${value}'`);
    expect(worstClass(proxied('true'), proxied('false'))).toBe('exposure');
    expect(classed(id, proxied('false'), proxied('true'))).toEqual([]);
  });
});

describe('entry points of Traefik', () => {
  const ids = ['foreign-route-removed', 'foreign-route-opened'];
  const route = (points: string) =>
    object('', {
      ...{ kind: 'IngressRoute', api: 'traefik.io/v1alpha1' },
      spec: `entryPoints: [${points}], routes: [{ kind: Rule, match: Host(\`a.b\`), services: [{ name: web, port: 80 }] }]`,
    });
  const annotated = (points: string) =>
    ingress('a.b', points && `traefik.ingress.kubernetes.io/router.entrypoints: '${points}'`);
  describe.each([
    ['an IngressRoute', route, 'Host(`a.b`)'],
    ['an Ingress', annotated, 'requests'],
  ])('of %s', (_, of, what) => {
    test.each([
      ['web', 'websecure', [`it no longer takes ${what} by web`, `it takes ${what} by websecure`]],
      ['web,websecure', 'websecure', [`it no longer takes ${what} by web`]],
      ['websecure', '', [`it takes ${what} by every default entry point but websecure`]],
      ['', 'websecure', [`it no longer takes ${what} by every default entry point but websecure`]],
      ['', 'web, websecure', [`it no longer takes ${what} by every default entry point but web, websecure`]],
    ])('%j → %j', (before, after, messages) => {
      expect(messagesOf(ids, of(before), of(after))).toEqual(messages);
      expect(messagesOf(ids, of(before), of(before))).toEqual([]);
    });
  });
  test('an Ingress of another controller has none', () => {
    const of = (points: string) =>
      allOf(
        annotated(points).replace('spec: { rules', 'spec: { ingressClassName: inner, rules'),
        '{ apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: { name: inner }, spec: { controller: k8s.io/ingress-nginx } }',
      );
    expect(classed(ids, of('web'), of('websecure'))).toEqual([]);
  });
});
