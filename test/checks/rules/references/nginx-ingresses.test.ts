import { all, findings, messages, namespace } from '../../judging';

const NGINX = 'nginx.ingress.kubernetes.io/';
interface Options {
  readonly service?: string;
  readonly path?: string;
  readonly type?: string;
  readonly host?: string;
  readonly className?: string;
}
const ingress = (
  name: string,
  annotations = '',
  { service = name, path = '/', type = 'Prefix', host = 'shop.test', className = 'nginx' }: Options = {},
) =>
  `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: ${name}, namespace: shop, annotations: { ${annotations} } }, spec: { ${className && `ingressClassName: ${className}, `}rules: [{ host: ${host}, http: { paths: [{ path: '${path}', pathType: ${type}, backend: { service: { name: ${service}, port: { number: 80 } } } }] } }] } }`;
const CANARY = `${NGINX}canary: 'true', ${NGINX}canary-weight: '10'`;
const ingressClass = (name: string, controller: string) =>
  `{ apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: { name: ${name} }, spec: { controller: ${controller} } }`;

describe('canary-ingress-has-main', () => {
  const id = 'canary-ingress-has-main';
  const judged = (...more: readonly string[]) => messages(id, all(namespace, ...more));
  test('a main Ingress of the same host, path and pathType', () => {
    expect(judged(ingress('web'), ingress('next', CANARY))).toEqual([]);
    expect(judged(ingress('next', CANARY))).toEqual([
      'no main Ingress of class nginx has shop.test/, so the canary is ignored and gets no requests',
    ]);
    expect(judged(ingress('web', '', { host: 'other.test' }), ingress('next', CANARY))).toHaveLength(1);
    expect(judged(ingress('web', '', { type: 'Exact' }), ingress('next', CANARY))[0]).toMatch(
      /with pathType Exact and not Prefix/,
    );
    expect(judged(ingress('web', '', { className: 'other' }), ingress('next', CANARY))).toHaveLength(1);
  });
  test('it may stand elsewhere where nobody says that all is here', () =>
    expect(findings(id, ingress('next', CANARY))[0]).toMatch(/^unknown /));
  test('one canary, with a Service of its own', () => {
    expect(judged(ingress('web'), ingress('next', CANARY), ingress('third', CANARY))[0]).toMatch(
      /^Ingress\/shop\/next is a canary of shop.test\/, too/,
    );
    const taken = ingress('other', '', { service: 'next', host: 'next.test' });
    expect(judged(ingress('web'), ingress('next', CANARY), taken)[0]).toMatch(
      /^Service next is the main backend of Ingress\/shop\/other \(next.test\/\)/,
    );
  });
  test('another controller reads the annotation in its own way', () =>
    expect(judged(ingressClass('nginx', 'example.com/other'), ingress('next', CANARY))).toEqual([]));
});

describe('ingress-annotation-known', () => {
  const id = 'ingress-annotation-known';
  const judged = (annotation: string, className = 'nginx', ...more: readonly string[]) =>
    messages(id, all(ingress('web', annotation, { className }), ...more));
  test.each(['traffic-split: a', 'traffic-shaping-method: b', 'cannary: "true"'])(
    'ingress-nginx never had %s',
    (annotation) => expect(judged(`${NGINX}${annotation}`)[0]).toMatch(/^ingress-nginx has no annotation/),
  );
  test('a misspelling is told, and what was removed', () => {
    expect(judged(`${NGINX}rewrite-taget: /`)[0]).toContain('did you mean "rewrite-target"?');
    expect(judged(`${NGINX}enable-opentracing: "true"`)[0]).toContain('removed it');
    expect(judged(`${NGINX}canary-by-cookie: next=10%`)[0]).toContain('the name of a cookie');
  });
  test.each(['proxy-body-size: 8m', 'use-regex: "true"', 'mirror-target: a', 'canary-by-cookie: next'])(
    '%s is known',
    (annotation) => expect(judged(`${NGINX}${annotation}`)).toEqual([]),
  );
  test.each([
    ["canary-weight: '150'", 'more than 100'],
    ["canary-weight: '150', canary-weight-total: '120'", 'more than 120'],
    ["canary-weight: '150', canary-weight-total: '1000'", undefined],
    ["canary-weight: '100'", undefined],
    ["canary-weight: '0'", undefined],
    ['canary-weight: 10%', '"10%" counts as 0'],
    ["canary-weight: '0.1'", '"0.1" counts as 0'],
    ["canary-weight: '-5'", 'is below 0'],
    ["canary-weight: '5', canary-weight-total: '1e3'", '"1e3" counts as 100'],
    ['canary-by-header-value: beta', 'ignored without canary-by-header'],
    ['canary-by-header-pattern: beta', 'ignored without canary-by-header'],
    ['canary-by-header: x-next, canary-by-header-value: beta', undefined],
    ["canary-by-header: 'X-Canary:'", 'no header can be called "X-Canary:"'],
    ["canary-by-header: 'x next'", 'no header can be called'],
    ["canary-by-cookie: 'next;'", 'no cookie can be called'],
    ['canary-by-cookie: next', undefined],
    ['', 'neither a weight nor a header nor a cookie'],
  ])('a canary with %s', (annotations, why) => {
    const text = `canary: 'true', ${annotations}`.replace(/canary(?=[-\w]*: )/g, `${NGINX}canary`);
    expect(judged(text)).toEqual(why === undefined ? [] : [expect.stringContaining(why)]);
  });
  test('a canary that is none', () => {
    expect(judged(`${NGINX}canary: 'yes', ${NGINX}canary-weight: '10'`)).toEqual([
      expect.stringContaining('"yes" counts as "false"'),
    ]);
    expect(judged(`${NGINX}canary: 'false', ${NGINX}canary-weight: '150'`)).toEqual([]);
  });
  describe('a snippet', () => {
    const config = (allow: string) =>
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ingress-nginx-controller, namespace: edge }, data: { allow-snippet-annotations: '${allow}' } }`;
    const snippet = (...more: readonly string[]) =>
      findings(id, all(ingress('web', `${NGINX}configuration-snippet: return 200`), ...more)).map(
        (text) => text.split(' ')[0],
      );
    test('is refused unless the ConfigMap allows it', () =>
      expect([snippet(config('false')), snippet(config('true')), snippet()]).toEqual([['fail'], [], ['unknown']]));
  });
  test('the annotations of another controller may stand beside', () => {
    expect(judged(`${NGINX}traffic-split: a`, 'traefik')).toEqual([]);
    expect(judged(`${NGINX}traffic-split: a`, 'c', ingressClass('c', 'example.com/other'))).toEqual([]);
    expect(judged('nginx.org/rewrites: a')).toEqual([]);
  });
  test('Traefik leaves out an Ingress whose annotation it cannot read', () => {
    const of = (annotation: string) => judged(`traefik.ingress.kubernetes.io/${annotation}`, 'traefik');
    expect(of('router.entrypoint: web')[0]).toContain('leaves the whole Ingress out');
    expect(of('rule-type: PathPrefixStrip')[0]).toContain('ignores');
    expect(of('service.sticky.cookie: "true"')[0]).toContain('on the Service');
    expect(of('router.middlewares: strip')[0]).toContain('names no provider');
    for (const known of ['router.entrypoints: web', 'router.tls.domains.0.main: a.test', 'router.pathMatcher: Path'])
      expect(of(known)).toEqual([]);
  });
});

test('Traefik leaves out an Ingress whose Middleware is not there', () => {
  const strip =
    '{ apiVersion: traefik.io/v1alpha1, kind: Middleware, metadata: { name: strip, namespace: shop }, spec: { stripPrefix: { prefixes: [/app] } } }';
  const judged = (names: string, surroundings: Parameters<typeof messages>[2] = { complete: true }) =>
    messages(
      'ingress-annotation-known',
      all(
        namespace,
        strip,
        ingress('web', `traefik.ingress.kubernetes.io/router.middlewares: '${names}'`, { className: 'traefik' }),
      ),
      surroundings,
    );
  expect(judged('shop-strip@kubernetescrd')).toEqual([]);
  expect(judged('shop-strip@kubernetescrd, shop-gone@kubernetescrd')).toEqual([
    'there is no Middleware shop-gone@kubernetescrd, so Traefik leaves the whole Ingress out: its requests get a 404 response',
  ]);
  // Of another namespace, or of a file, it may be there.
  expect(judged('edge-login@kubernetescrd')).toEqual([]);
  expect(judged('login@file')).toEqual([]);
});

describe('ingress-regex-host-wide', () => {
  const id = 'ingress-regex-host-wide';
  const exact = (host = 'shop.test') => ingress('app', '', { path: '/app', type: 'Exact', host });
  test.each([
    ['a rewrite', ingress('api', `${NGINX}rewrite-target: /`, { path: '/api' }), exact(), 1],
    ['use-regex', ingress('api', `${NGINX}use-regex: 'true'`, { path: '/api' }), exact(), 1],
    ['a rewrite to the path itself', ingress('api', `${NGINX}rewrite-target: /api`, { path: '/api' }), exact(), 0],
    [
      'a rewrite of another host',
      ingress('api', `${NGINX}rewrite-target: /`, { path: '/api' }),
      exact('other.test'),
      0,
    ],
    [
      'a rewrite beside a prefix',
      ingress('api', `${NGINX}rewrite-target: /`, { path: '/api' }),
      ingress('app', '', { path: '/app' }),
      0,
    ],
    ['a rewrite in a canary', ingress('api', `${NGINX}rewrite-target: /, ${CANARY}`, { path: '/api' }), exact(), 0],
  ])('%s', (_, one, other, count) => expect(findings(id, all(one, other))).toHaveLength(count));
});

describe('ingress-controller-maintained', () => {
  const id = 'ingress-controller-maintained';
  const nginx = ingressClass('public', 'k8s.io/ingress-nginx');
  const web = ingress('web', '', { className: 'public' });
  test('is said once for a class: at the class, or at an Ingress where that is a fact', () => {
    expect(findings(id, all(nginx, web))).toEqual([
      'fail IngressClass/public spec.controller = "k8s.io/ingress-nginx"',
    ]);
    expect(findings(id, all(web, ingress('other', '', { className: 'public' })), { facts: nginx })).toEqual([
      'fail Ingress/shop/web spec.ingressClassName = "public"',
    ]);
  });
  test('and not where only the name tells, or Traefik serves the class in its place', () => {
    expect(findings(id, ingress('web'))).toEqual([]);
    const traefik =
      '{ apiVersion: apps/v1, kind: Deployment, metadata: { name: traefik }, spec: { template: { spec: { containers: [{ name: traefik, image: traefik:v3.7.0, args: [--providers.kubernetesingressnginx=true] }] } } } }';
    expect(findings(id, all(nginx, web, traefik))).toEqual([]);
  });
});
