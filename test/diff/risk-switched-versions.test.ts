import { classed, messagesOf, worstClass } from './risks';

/** A version of a program with its Service. */
const version = (name: string, { image = 'shop/web:2', labels = '', port = 8080 } = {}) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name}${labels} } }
    spec: { containers: [{ name: web, image: '${image}', ports: [{ containerPort: 8080 }, { containerPort: 9090 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: ${port} }] }
---
`;
const route = (backend: string) => `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public }], hostnames: [shop.example.com], rules: [{ backendRefs: [${backend}] }] }
---
`;
const ingress = (name: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] } }] }
---
`;
const shares = (name: string) => `
apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata: { name: shares, namespace: shop }
spec: { weighted: { services: [{ kind: Service, name: ${name}, port: 80, weight: 100 }], sticky: { cookie: { name: version } } } }
---
`;
const to = (name: string) => route(`{ name: ${name}, port: 80 }`);
const byTraefik = route('{ group: traefik.io, kind: TraefikService, name: shares }');
const RULES = ['route-removed', 'route-opened', 'flow-closes', 'flow-opens'];

describe('requests that go to another version of the same service', () => {
  const both = version('web') + version('web-next');
  test.each([
    ['from a TraefikService', both + shares('web-next') + byTraefik, both + shares('web') + to('web')],
    ['in a TraefikService', both + shares('web-next') + byTraefik, both + shares('web') + byTraefik],
    ['in a route', both + to('web-next'), both + to('web')],
    ['in an Ingress', both + ingress('web-next'), both + ingress('web')],
    [
      'where the label says it',
      version('a', { labels: ', strata/service: web' }) + version('b', { labels: ', strata/service: web' }) + to('a'),
      version('a', { labels: ', strata/service: web' }) + version('b', { labels: ', strata/service: web' }) + to('b'),
    ],
  ])('%s: the same program, so that nothing is lost and nothing opened', (_, before, after) => {
    expect(classed(RULES, before, after)).toEqual([]);
    expect(worstClass(before, after)).toBe('in-place');
  });

  test('another image of it is opened, and nothing is lost', () => {
    const all = version('web', { image: 'shop/web:1' }) + version('web-next');
    expect(classed(RULES, all + to('web'), all + to('web-next')).every((each) => each.startsWith('exposure'))).toBe(
      true,
    );
    expect(messagesOf('route-opened', all + to('web'), all + to('web-next'))).toEqual([
      'shop.example.com/ leads to shop/web-next:80',
    ]);
  });

  test.each([
    ['of another program', version('web') + version('web-next', { image: 'shop/admin:2' })],
    ['of another name', version('web') + version('web-next').replace(/web-next/g, 'other')],
    [
      'of another service by its label',
      version('web', { labels: ', strata/service: a' }) + version('web-next', { labels: ', strata/service: b' }),
    ],
    ['at another port', version('web') + version('web-next', { port: 9090 })],
  ])('what is %s is told, both as lost and as opened', (_, all) => {
    const name = all.includes('web-next') ? 'web-next' : 'other';
    expect(classed('route-removed', all + to(name), all + to('web'))).toHaveLength(1);
    expect(classed('route-opened', all + to(name), all + to('web'))).toHaveLength(1);
  });

  test('a version without a Service answers nobody', () => {
    const gone = `${version('web').split('---')[0]!}---\n${version('web-next')}`;
    expect(messagesOf('route-removed', both + to('web-next'), gone + to('web'))).toEqual([
      expect.stringContaining('so requests get an error'),
    ]);
  });
});
