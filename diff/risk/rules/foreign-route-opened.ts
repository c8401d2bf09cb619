import { foreignChanges, routesBeyond, routesText } from '../foreign-routes';
import { riskRule } from '../risk';

const route = (...hosts: readonly string[]) => `
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: { name: web, namespace: shop }
spec:
  entryPoints: [websecure]
  routes: [${hosts.map((host) => `{ kind: Rule, match: 'Host(\`${host}\`)', services: [{ name: web, port: 80 }] }`).join(', ')}]
`;

export default riskRule({
  id: 'foreign-route-opened',
  class: 'exposure',
  description: 'a route of Istio, Traefik, Contour or OpenShift that takes requests which none took before',
  reason:
    'Whoever reaches the gateway reaches what is behind it. Where the route leads is not followed: another one may have led there.',
  source: 'https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/',
  advice: 'open the hosts and paths that are needed, and no others',
  example: {
    before: route('shop.example.com'),
    after: route('shop.example.com', 'admin.example.com'),
    finds: ['IngressRoute/shop/web spec.routes'],
    harmless: route('shop.example.com').replace('port: 80', 'port: 81'),
  },
  *find(diff) {
    for (const { change, field, before, after } of foreignChanges(diff)) {
      const opened = routesBeyond(after, before);
      if (opened.length > 0) yield { change, field, message: `it takes ${routesText(opened)}` };
    }
  },
});
