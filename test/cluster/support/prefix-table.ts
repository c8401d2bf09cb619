/** One table of paths under a prefix, for an HTTPRoute and an Ingress that the same Route renders. */
import { Route } from '../../../constructs/delivery/route';
import type { Gateway, IngressController } from '../../../model/cluster-facts';
import { namespaceIn, rendered, workloadIn } from '../../support/render';
import type { KubernetesObject } from './kubernetes';
import type { RouteSet } from './route-sets';
import { NAMESPACE } from './route-sets';

/** As they are sent; the query is no part of what is matched. */
export const PREFIX_TABLE = [
  ...['/app', '/app/', '/app/x', '/app/x/', '/app/x?q=1', '/app?q=1', '/application', '/apple/x', '/APP', '/App/x'],
  ...['/app//x', '//app/x', '/app/./x', '/app/x/../y', '/app/../x', '/app/%2e%2e/x', '/x/../app/y'],
  ...['/app/%2F', '/app/%2Fx', '/app%2Fx', '/%61pp/x', '/app/a%20b', '/app/%C3%A9', '/app/x%3Fy', '/app/50%25'],
  ...['/app;v=1', '/app/a+b', "/app/it's(x)", '/app/x:y@z', '/', '/x', '/app../x', '/app./x'],
] as const;

const peer = { name: 'edge', namespaceLabels: {}, podLabels: {} };
const gateway = (version: Gateway['implementation'] & object): Gateway => ({
  ...{ name: 'public', namespace: NAMESPACE, listener: 'any', admitsNamespaces: {}, pods: peer },
  implementation: version,
});
const ingress = (version: IngressController['implementation'] & object): IngressController => ({
  ...{ className: 'traefik', pods: peer },
  implementation: version,
});

/** What is open under the prefix, by the host that it is asked at. */
const OPEN = { all: ['/*'], some: ['/', '/x'] } as const;

/** Both forms for both kinds: all below the prefix, and single paths; and the Ingress that one would write by hand. */
export function prefixSets(version: '3.5' | '3.7'): RouteSet[] {
  return [...renderedSets(version), { objects: [byHand], requests: requestsTo(BY_HAND) }];
}

/** `Prefix` of an Ingress is one of the text for Traefik. */
export const BY_HAND = 'hand.prefix.test';
const byHand = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: {
    name: 'by-hand',
    namespace: NAMESPACE,
    annotations: { 'traefik.ingress.kubernetes.io/router.middlewares': `${NAMESPACE}-b0-prefix@kubernetescrd` },
  },
  spec: {
    ingressClassName: 'traefik',
    rules: [
      {
        host: BY_HAND,
        http: {
          paths: [{ path: '/app', pathType: 'Prefix', backend: { service: { name: 'b0', port: { number: 80 } } } }],
        },
      },
    ],
  },
} as KubernetesObject;

function requestsTo(host: string): RouteSet['requests'] {
  return PREFIX_TABLE.map((url) => {
    const [path = '', query = ''] = url.split('?');
    return { method: 'GET', host, path, query, headers: {} };
  });
}

function renderedSets(version: '3.5' | '3.7'): RouteSet[] {
  return (['gateway', 'ingress'] as const).flatMap((form) =>
    Object.entries(OPEN).map(([open, paths]): RouteSet => {
      const host = `${open}.${form}.prefix.test`;
      const objects = rendered((chart) => {
        // Called like a Service of the comparison, which answers with what reaches it.
        const workload = workloadIn(chart, open === 'all' ? 'b0' : 'b1', {
          namespace: namespaceIn(chart, { name: NAMESPACE }),
          container: { ports: { http: 8080 } },
        });
        new Route(chart, 'route', {
          ...{ port: workload.port('http'), host, paths, prefix: '/app' },
          through:
            form === 'gateway'
              ? { gateway: gateway({ name: 'traefik', version }) }
              : { ingress: ingress({ name: 'traefik', version, traefikMiddlewares: true }) },
        });
      }).all as readonly KubernetesObject[];
      const order = ['Ingress', 'HTTPRoute', 'Middleware'];
      return {
        objects: objects
          .filter(({ kind }) => order.includes(kind))
          .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
        requests: requestsTo(host),
      };
    }),
  );
}
