import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HttpRoute, HttpRouteSpecRulesMatchesPathType } from '../../imports/gateway.networking.k8s.io';
import type { Cluster } from '../../model/cluster';
import type { Gateway, IngressController, IstioGateway } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { choice, text } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import type { FlowEnd } from '../core/flow';
import type { Port } from '../core/workload';
import { istioRoute } from './istio-routes';
import { rulesFor } from './route-rules';

export const routeSettings = settingsOf('route', {
  /**
   * What serves the app to the outside: `auto` takes what the cluster has, its gateway, Istio's Gateway or its ingress controller, or nothing;
   * a cluster that has several needs a choice.
   */
  through: choice('auto', 'gateway', 'istio', 'ingress', 'nothing'),
  /** Host name. `auto` is `<namespace>.<domain of the cluster>`. */
  host: text('auto', /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, 'a DNS name'),
});

declare module '../../model/settings' {
  interface Settings {
    readonly route: ValuesOf<typeof routeSettings>;
  }
}

/** What serves a cluster to the outside. */
export type Exposure =
  | { readonly gateway: Gateway }
  | { readonly istio: IstioGateway }
  | { readonly ingress: IngressController };

/** What they are called in messages. */
const WAYS = { gateway: 'a gateway', istio: "a Gateway of Istio's", ingress: 'an ingress controller' } as const;

/** What a cluster serves routes by; undefined where it has nothing, or nothing is wanted. */
export function exposureOf(
  place: string,
  cluster: Cluster,
  through: ValuesOf<typeof routeSettings>['through'],
): Exposure | undefined {
  const { gateway, istio, ingress } = cluster;
  const all = { gateway: gateway && { gateway }, istio: istio && { istio }, ingress: ingress && { ingress } };
  if (through === 'nothing') return undefined;
  if (through === 'auto') {
    const there = (['gateway', 'istio', 'ingress'] as const).filter((way) => all[way]);
    if (there.length > 1)
      throw new StrataError(
        place,
        `cluster ${cluster.name} has ${there.map((way) => WAYS[way]).join(' and ')}; served by more than one, the app has several addresses with rules of their own`,
        [
          `set route.through to ${there.map((way) => `'${way}'`).join(' or ')} in the environment or the target`,
          `remove all but one of them from clusters/${cluster.name}.ts`,
        ],
      );
    return there[0] && all[there[0]];
  }
  const chosen = all[through];
  if (!chosen)
    throw new StrataError(place, `is ${through}, and cluster ${cluster.name} has none`, [
      "set it to 'auto': what the cluster has",
      `declare the ${through} in clusters/${cluster.name}.ts`,
    ]);
  return chosen;
}

export interface RouteProps {
  readonly port: Port<object, FlowEnd>;
  readonly host: string;
  /** What may be called from outside, each path exactly; `'/*'` opens everything. */
  readonly paths: readonly string[];
  /** What serves the cluster to the outside. */
  readonly through: Exposure;
}

/** A way from the outside to a workload: an HTTPRoute on the platform's Gateway, a VirtualService on Istio's, or an Ingress. A flow like any other. */
export class Route extends Construct {
  constructor(scope: Construct, id: string, props: RouteProps) {
    super(scope, id);
    const { port, host, through } = props;
    const odd = props.paths.find((path) => !path.startsWith('/') || (path.includes('*') && path !== '/*'));
    if (odd !== undefined)
      throw new StrataError(`route of ${port.workload.name}`, `${odd} is no path that a route can match exactly`, [
        'begin it with / and leave out *',
        "use '/*' to open everything",
      ]);
    const metadata = {
      name: port.workload.name,
      namespace: port.workload.namespace.name,
      labels: { ...port.workload.labels },
    };
    const paths = props.paths.map((path) => (path === '/*' ? { path: '/', exact: false } : { path, exact: true }));
    if ('gateway' in through) {
      const { gateway } = through;
      port.admits(gateway.pods);
      new HttpRoute(this, 'http-route', {
        metadata,
        spec: {
          parentRefs: [{ name: gateway.name, namespace: gateway.namespace, sectionName: gateway.listener }],
          hostnames: [host],
          rules: rulesFor(
            this,
            port,
            paths.map(({ path, exact }) => ({
              path: {
                type: exact ? HttpRouteSpecRulesMatchesPathType.EXACT : HttpRouteSpecRulesMatchesPathType.PATH_PREFIX,
                value: path,
              },
            })),
          ),
        },
      });
    } else if ('istio' in through) {
      port.admits(through.istio.pods);
      istioRoute(this, { metadata, port, host, paths, gateway: through.istio });
    } else {
      const { ingress } = through;
      const service = port.workload.serviceOf(port);
      if (port.workload.split)
        throw new StrataError(
          `route of ${port.workload.name}`,
          'leads to two versions of its service, and an Ingress has one backend for each path',
          ['serve it by a Gateway', 'use a release that needs no route: rolling, recreate, blueGreen'],
        );
      port.admits(ingress.pods);
      const backend = { service: { name: service.name, port: service.backendOf(port) } };
      new k8s.KubeIngress(this, 'ingress', {
        metadata,
        spec: {
          ingressClassName: ingress.className,
          rules: [
            {
              host,
              http: {
                paths: paths.map(({ path, exact }) => ({ path, pathType: exact ? 'Exact' : 'Prefix', backend })),
              },
            },
          ],
        },
      });
    }
  }
}
