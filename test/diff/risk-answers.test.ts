import { messagesOf } from './risks';

const route = (rule: string) =>
  `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { parentRefs: [{ name: gw }], hostnames: [a.example.com], rules: [{ ${rule} }] } }`;
const HEADERS = 'filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { remove: [x] } }]';

test('a route whose backends get nothing has no backend, whatever becomes of its headers', () => {
  const of = (weight: number) => route(`${HEADERS}, backendRefs: [{ name: web, port: 80, weight: ${weight} }]`);
  expect(messagesOf('route-removed', of(1), of(0)).join()).toContain('leads to no backend in place of shop/web:80');
  expect(messagesOf('route-opened', of(1), of(0))).toEqual([]);
});

test('a redirect is told in words', () => {
  const redirect = route(
    'filters: [{ type: RequestRedirect, requestRedirect: { hostname: b.example.com, port: 8443 } }]',
  );
  const before = route('backendRefs: [{ name: web, port: 80 }]');
  const messages = ['route-removed', 'route-opened'].flatMap((id) => messagesOf(id, before, redirect));
  expect(messages.join()).toContain('a redirect to b.example.com, port 8443 (302)');
});
