import { foreignChanges, routesBeyond, routesText } from '../foreign-routes';
import { isKept } from '../kinds';
import { riskRule } from '../risk';

const service = (...hosts: readonly string[]) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  gateways: [edge]
  hosts: [${hosts.join(', ')}]
  http: [{ route: [{ destination: { host: web } }] }]
`;

export default riskRule({
  id: 'foreign-route-removed',
  class: 'disruption',
  description: 'a route of Istio, Traefik, Contour or OpenShift that does not take requests any more which it took',
  reason: 'Clients of it get 404, or what another route answers.',
  source: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/',
  advice: 'redirect it first, and look in the logs of the gateway for who still asks for it',
  example: {
    before: service('shop.example.com', 'www.example.com'),
    after: service('shop.example.com'),
    finds: ['VirtualService/shop/web spec.hosts'],
    harmless: service('www.example.com', 'shop.example.com', 'new.example.com'),
  },
  *find(diff) {
    for (const { change, field, before, after } of foreignChanges(diff)) {
      if (change.before && !change.after && isKept(change.before)) continue;
      const lost = routesBeyond(before, after);
      if (lost.length > 0) yield { change, field, message: `it no longer takes ${routesText(lost)}` };
    }
  },
});
