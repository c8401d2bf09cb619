/** How long it takes to say who answers requests: 2,000 HTTPRoutes of 200 hosts, 10,000 requests. Prints seconds of CPU by dialect, as JSON. */
import { readSources } from '../manifests/reading/read';
import { routeAtGateway } from '../simulate/routing/gateway-routing';
import { requestFor } from '../simulate/routing/request';
import { Facts } from '../world/facts';
import { World } from '../world/world';

const API = 'gateway.networking.k8s.io/v1';
const [ROUTES, HOSTS, REQUESTS] = [2_000, 200, 10_000];

const names = ['web', 'web-next'];
const meta = (name: string) => ({ name, namespace: 'shop' });
const objects: object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  {
    apiVersion: API,
    kind: 'Gateway',
    metadata: meta('public'),
    spec: { gatewayClassName: 'traefik', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] },
  },
  ...names.flatMap((name) => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta(name),
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta(name),
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [] } },
      },
    },
  ]),
  ...Array.from({ length: ROUTES }, (_, i) => ({
    apiVersion: API,
    kind: 'HTTPRoute',
    metadata: meta(`route-${i}`),
    spec: {
      parentRefs: [{ name: 'public' }],
      hostnames: [`host-${i % HOSTS}.example.com`],
      rules: [
        {
          matches: [
            { path: { type: 'PathPrefix', value: `/part-${i}` }, headers: [{ name: 'X-Group', value: 'beta' }] },
          ],
          backendRefs: [{ name: 'web-next', port: 80 }],
        },
        {
          matches: [{ path: { type: 'PathPrefix', value: `/part-${i}` } }],
          filters: [
            { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
          ],
          backendRefs: names.map((name, j) => ({ name, port: 80, weight: 9 - 8 * j })),
        },
      ],
    },
  })),
];
const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
const requests = Array.from({ length: REQUESTS }, (_, i) => {
  const route = (i * 7) % ROUTES;
  const headers: [string, string][] = i % 3 === 0 ? [['X-Group', 'beta']] : [];
  return requestFor('GET', `http://host-${route % HOSTS}.example.com/part-${route}/x?q=${i}`, headers)!;
});

const seconds: Record<string, number> = {};
for (const dialect of ['gateway-api', 'traefik'] as const) {
  const world = new World(readSources([{ file: 'routes.json', text }]).resources, new Facts([]));
  const start = process.cpuUsage();
  const gateway = world.of('Gateway')[0]!;
  const answered = requests.filter(
    (request) => routeAtGateway(world, gateway, request, dialect).shares[0]?.to.is === 'backend',
  ).length;
  const { user, system } = process.cpuUsage(start);
  seconds[dialect] = (user + system) / 1e6;
  if (answered !== REQUESTS) throw new Error(`${dialect}: ${answered} of ${REQUESTS} requests have a backend`);
}
console.log(JSON.stringify(seconds));
