import { routeByIngressNginx } from '../../../simulate/routing/ingress-nginx';
import { requestFor } from '../../../simulate/routing/request';
import { routeByTraefikIngress } from '../../../simulate/routing/traefik-ingress';
import { shop, traefikPods, version, words, worldOf } from './support';

const services = ['a', 'b', 'c'].map((name) => version(name));
const path = (value: string, service: string, type = 'Prefix') =>
  `{ path: '${value}', pathType: ${type}, backend: { service: { name: ${service}, port: { number: 80 } } } }`;
const ingress = (name: string, paths: string, annotations = '', host = 'shop.test') =>
  `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: ${name}, namespace: shop, annotations: { ${annotations} } }, spec: { ingressClassName: c, rules: [{ host: '${host}', http: { paths: [${paths}] } }] } }`;
const ask = (
  by: typeof routeByIngressNginx,
  manifests: readonly string[],
  url: string,
  headers: [string, string][] = [],
) => words(by(worldOf(shop, ...services, version('idle', 0), ...manifests), 'c', requestFor('GET', url, headers)!));

describe('by Traefik', () => {
  const of = (manifests: readonly string[], url: string) => ask(routeByTraefikIngress, manifests, `http://${url}`);
  const web = ingress('web', [path('/', 'a'), path('/v1', 'b'), path('/v1', 'c', 'Exact')].join(', '));
  test.each([
    ['shop.test/v12', '1 b shop.test/v12'],
    // Path(`/v1`) is a shorter text than PathPrefix(`/v1`).
    ['shop.test/v1', '1 b shop.test/v1'],
    ['shop.test/x', '1 a shop.test/x'],
    ['other.test/x', '1 404'],
  ])('the longest rule wins, and a prefix is one of the text: %s', (url, answer) =>
    expect(of([web], url)).toEqual([answer]),
  );
  test('a path whose Service has no pods is left out', () =>
    expect(of([ingress('web', `${path('/', 'a')}, ${path('/v1', 'idle')}`)], 'shop.test/v1')).toEqual([
      '1 a shop.test/v1',
    ]));
  test('a star is one label', () => {
    const wild = ingress('web', path('/', 'a'), '', '*.test');
    expect(of([wild], 'shop.test/')).toEqual(['1 a shop.test/']);
    expect(of([wild], 'x.shop.test/')).toEqual(['1 404']);
  });
  test.each([
    // As a regular expression a star was longer than the name of a host.
    ['v3.5.0', 'a'],
    ['v3.7.9', 'b'],
  ])('a star beside the host itself, by %s', (tag, service) => {
    const both = [ingress('wild', path('/', 'a'), '', '*.test'), ingress('own', path('/', 'b'))];
    expect(of([...both, traefikPods(tag)], 'shop.test/')).toEqual([`1 ${service} shop.test/`]);
  });
  test('a pattern, where the annotation says so', () => {
    const pattern = ingress(
      'web',
      path('/[0-9]+$', 'c', 'ImplementationSpecific'),
      'traefik.ingress.kubernetes.io/router.pathmatcher: PathRegexp',
    );
    expect(of([pattern], 'shop.test/x/12')).toEqual(['1 c shop.test/x/12']);
    expect(of([pattern], 'shop.test/x')).toEqual(['1 404']);
  });
  test('a priority stands for the length', () => {
    const first = ingress('first', path('/', 'c'), 'traefik.ingress.kubernetes.io/router.priority: "900"');
    expect(of([web, first], 'shop.test/v1')).toEqual(['1 c shop.test/v1']);
  });
});

describe('by ingress-nginx', () => {
  const NGINX = 'nginx.ingress.kubernetes.io/';
  const of = (manifests: readonly string[], url: string, headers: [string, string][] = []) =>
    ask(routeByIngressNginx, manifests, `http://${url}`, headers);
  const web = ingress('web', [path('/', 'a'), path('/app', 'b'), path('/app', 'c', 'Exact')].join(', '));
  test.each([
    ['/app', 'c'],
    ['/app/x', 'b'],
    ['/application', 'a'],
    ['/APP', 'a'],
    ['//app/../app/x', 'b'],
    ['/x/../app/y', 'b'],
    ['/app/../x', 'a'],
  ])('an exact path, then the longest prefix of whole elements: %s', (asked, service) =>
    expect(of([web], `shop.test${asked}`)[0]).toMatch(new RegExp(`^1 ${service} `)),
  );
  // As nginx 1.22.1 answered with these locations and this rewrite.
  test.each([
    ['/app', '/'],
    ['/app/x?q=1', '/x'],
    ['/APP', '/'],
    ['/app//x', '/x'],
    ['/app/x/../y', '/y'],
    ['/app/%2Fx', '/x'],
    ['/app%2Fx', '/x'],
    ['/app/a%20b', '/a%20b'],
    ['/app/%C3%A9', '/%C3%A9'],
    ['/app/x%3Fy', '/x%3Fy'],
    ['/app/50%25', '/50%25'],
    ["/app/it's(x)", "/it's(x)"],
    ['/app/x:y@z', '/x:y@z'],
    ['/app/%23%22%3C%3E%5C%5E%60%7B%7C%7D', '/%23%22%3C%3E%5C%5E%60%7B%7C%7D'],
  ])('%s is rewritten to %s', (asked, seen) => {
    const app = ingress('app', path('/app(/|$)(.*)', 'a', 'ImplementationSpecific'), `${NGINX}rewrite-target: /$2`);
    expect(of([app], `shop.test${asked}`)).toEqual([`1 a shop.test${seen}`]);
  });
  test.each(['/app//x', '//app/x', '/app/x/../y', '/app/%2Fx', '/%61pp/x'])(
    'what is not rewritten is handed on as it came: %s',
    (asked) => expect(of([ingress('app', path('/app', 'a'))], `shop.test${asked}`)).toEqual([`1 a shop.test${asked}`]),
  );
  test('one Ingress that rewrites makes patterns of all paths of its host, and of no other host', () => {
    const rewriting = ingress(
      'api',
      path('/api(/|$)(.*)', 'a', 'ImplementationSpecific'),
      `${NGINX}rewrite-target: /$2`,
    );
    expect(of([web, rewriting], 'shop.test/api/x')).toEqual(['1 a shop.test/x']);
    expect(of([web, rewriting], 'shop.test/APPlication')[0]).toMatch(/^1 [bc] /);
    const other = ingress('other', path('/app', 'c', 'Exact'), '', 'other.test');
    expect(of([web, rewriting, other], 'other.test/application')).toEqual(['1 404']);
  });
  describe('a canary', () => {
    const canary = (annotations: string) =>
      ingress('next', path('/app', 'idle'), `${NGINX}canary: "true", ${annotations}`).replace('idle', 'a');
    const main = ingress('web', path('/app', 'b'));
    const ratio = (annotations: string, headers: [string, string][] = []) =>
      of([main, canary(annotations)], 'shop.test/app', headers);
    test('gets its weight of the main one of the same path', () =>
      expect(ratio(`${NGINX}canary-weight: "10"`)).toEqual(['0.9 b shop.test/app', '0.1 a shop.test/app']));
    test('by header before cookie before weight', () => {
      const rules = `${NGINX}canary-by-header: x-next, ${NGINX}canary-by-cookie: next, ${NGINX}canary-weight: "0"`;
      expect(ratio(rules)).toEqual(['1 b shop.test/app']);
      expect(ratio(rules, [['X-Next', 'always']])).toEqual(['1 a shop.test/app']);
      expect(
        ratio(rules, [
          ['x-next', 'never'],
          ['cookie', 'next=always'],
        ]),
      ).toEqual(['1 b shop.test/app']);
      expect(ratio(rules, [['cookie', 'a=b; next=always']])).toEqual(['1 a shop.test/app']);
      const weighted = rules.replace('"0"', '"50"');
      expect(ratio(weighted, [['cookie', 'next=never']])).toEqual(['1 b shop.test/app']);
      expect(ratio(weighted)).toEqual(['0.5 b shop.test/app', '0.5 a shop.test/app']);
      expect(ratio(rules, [['cookie', 'next=yes']])).toEqual(['1 b shop.test/app']);
      const value = `${NGINX}canary-by-header: x-next, ${NGINX}canary-by-header-value: beta`;
      expect(ratio(value, [['x-next', 'beta']])).toEqual(['1 a shop.test/app']);
      expect(ratio(value, [['x-next', 'always']])).toEqual(['1 b shop.test/app']);
    });
    test('without a main one gets nothing', () =>
      expect(of([canary(`${NGINX}canary-weight: "100"`)], 'shop.test/app')).toEqual(['1 404']));
  });
  test('the default backend of an Ingress has the rest of its hosts', () => {
    const rest = ingress('web', path('/app', 'b')).replace(
      'rules:',
      'defaultBackend: { service: { name: c, port: { number: 80 } } }, rules:',
    );
    expect(of([rest], 'shop.test/x')).toEqual(['1 c shop.test/x']);
    expect(of([rest], 'elsewhere.test/x')).toEqual(['1 404']);
  });
});
