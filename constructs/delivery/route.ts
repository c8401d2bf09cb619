import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { HttpRouteSpecRulesFilters, HttpRouteSpecRulesMatches } from '../../imports/gateway.networking.k8s.io';
import {
  HttpRoute,
  HttpRouteSpecRulesFiltersType,
  HttpRouteSpecRulesFiltersUrlRewritePathType,
  HttpRouteSpecRulesMatchesPathType,
} from '../../imports/gateway.networking.k8s.io';
import { Middleware } from '../../imports/traefik.io';
import type { Cluster } from '../../model/cluster';
import type { Gateway, IngressController, IstioGateway } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { choice, text } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import type { PathRewriting } from '../../model/traffic';
import { gatewayRewriting, ingressRewriting } from '../../model/traffic';
import type { FlowEnd } from '../core/flow';
import type { Port } from '../core/workload';
import { istioRoute } from './istio-routes';
import type { RoutedRequests } from './route-rules';
import { rulesFor } from './route-rules';

/** Nothing that a proxy decodes, cleans, or may read as a pattern. */
const PREFIX = /^((\/[a-z0-9]([-a-z0-9]*[a-z0-9])?)+)?$/;

export const routeSettings = settingsOf('route', {
  /**
   * What serves the app to the outside: `auto` takes what the cluster has, its gateway, Istio's Gateway or its ingress controller, or nothing;
   * a cluster that has several needs a choice.
   */
  through: choice('auto', 'gateway', 'istio', 'ingress', 'nothing'),
  /** Host name. `auto` is `<namespace>.<domain of the cluster>`. */
  host: text(
    'auto',
    /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'a DNS name',
    'shop.example.com',
  ),
  /**
   * The path that the app is served under, such as `/app`. The app sees `/x` for `/app/x`, and `/app` in the header `X-Forwarded-Prefix`, by
   * which it writes its links. Empty: the app has the host to itself.
   */
  prefix: text('', PREFIX, 'a path such as /app: lower case letters, digits and inner hyphens between slashes', '/app'),
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
  /** What stands before all of them outside, and is taken away before the app sees it: `/app`. @default - nothing */
  readonly prefix?: string;
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
    const { prefix = '' } = props;
    const place = `route of ${port.workload.name}`;
    if ('gateway' in through) {
      const { gateway } = through;
      port.admits(gateway.pods);
      const requests =
        prefix === ''
          ? [{ matches: props.paths.flatMap((path) => matchesOf(outside(path, ''))) }]
          : this.rewritten(props, place);
      const rules = rulesFor(this, port, requests, prefix);
      if (rules.length > MAX_RULES)
        throw new StrataError(
          place,
          `needs ${rules.length} rules for ${props.paths.length} paths under ${prefix}, and an HTTPRoute has at most ${MAX_RULES}`,
          ["open all of them as one: '/*'", 'give the app a host of its own: route.host, and no route.prefix'],
        );
      new HttpRoute(this, 'http-route', {
        metadata,
        spec: {
          parentRefs: [{ name: gateway.name, namespace: gateway.namespace, sectionName: gateway.listener }],
          hostnames: [host],
          rules,
        },
      });
    } else if ('istio' in through) {
      port.admits(through.istio.pods);
      const requests =
        prefix === ''
          ? [{ paths: props.paths.flatMap((path) => outside(path, '')) }]
          : props.paths.flatMap((path) =>
              // A prefix is replaced by the letter: of `/app` for `/`, `/app/x` would become `//x`.
              outside(path, prefix, true).map((each) => ({
                paths: [each],
                under: { prefix, path: path === '/*' ? '/' : path },
              })),
            );
      istioRoute(this, { metadata, port, host, requests, gateway: through.istio });
    } else {
      const { ingress } = through;
      const service = port.workload.serviceOf(port);
      if (port.workload.split)
        throw new StrataError(
          place,
          'leads to two versions of its service, and an Ingress has one backend for each path',
          ['serve it by a Gateway', 'use a release that needs no route: rolling, recreate, blueGreen'],
        );
      port.admits(ingress.pods);
      const backend = { service: { name: service.name, port: service.backendOf(port) } };
      const annotations = prefix === '' ? undefined : this.stripping(metadata, prefix, ingressRewriting(ingress));
      new k8s.KubeIngress(this, 'ingress', {
        metadata: { ...metadata, ...(annotations ? { annotations } : {}) },
        spec: {
          ingressClassName: ingress.className,
          rules: [
            {
              host,
              http: {
                paths: props.paths
                  .flatMap((path) => outside(path, prefix, true))
                  .map(({ path, exact }) => ({ path, pathType: exact ? 'Exact' : 'Prefix', backend })),
              },
            },
          ],
        },
      });
    }
  }

  /** Requests by their path under the prefix, each with what hands on the path that the app knows. */
  private rewritten({ paths, prefix = '', through }: RouteProps, place: string): RoutedRequests[] {
    if ('gateway' in through) checkRewriting(place, prefix, gatewayRewriting(through.gateway));
    const told: HttpRouteSpecRulesFilters = {
      type: HttpRouteSpecRulesFiltersType.REQUEST_HEADER_MODIFIER,
      // Set, not added: what a client sends of that name is no longer there.
      requestHeaderModifier: { set: [{ name: 'X-Forwarded-Prefix', value: prefix }] },
    };
    return paths.map((path) => ({
      matches: matchesOf(outside(path, prefix)),
      filters: [
        {
          type: HttpRouteSpecRulesFiltersType.URL_REWRITE,
          urlRewrite: {
            path:
              path === '/*'
                ? {
                    type: HttpRouteSpecRulesFiltersUrlRewritePathType.REPLACE_PREFIX_MATCH,
                    replacePrefixMatch: '/',
                  }
                : { type: HttpRouteSpecRulesFiltersUrlRewritePathType.REPLACE_FULL_PATH, replaceFullPath: path },
          },
        },
        told,
      ],
    }));
  }

  /** What an Ingress says so that its controller takes the prefix away: a Middleware of Traefik beside it, by its name there. */
  private stripping(
    { name, namespace, labels }: { readonly name: string; readonly namespace: string; readonly labels: object },
    prefix: string,
    rewriting: PathRewriting,
  ): Readonly<Record<string, string>> {
    checkRewriting(`route of ${name}`, prefix, rewriting);
    const middleware = `${name}-prefix`;
    new Middleware(this, 'prefix', {
      metadata: { name: middleware, namespace, labels: { ...labels } },
      spec: { stripPrefix: { prefixes: [prefix] } },
    });
    return { 'traefik.ingress.kubernetes.io/router.middlewares': `${namespace}-${middleware}@kubernetescrd` };
  }
}

/** How many rules the API server takes in one HTTPRoute. */
const MAX_RULES = 16;

function checkRewriting(place: string, prefix: string, rewriting: PathRewriting): void {
  if (rewriting.by !== 'none') return;
  throw new StrataError(place, `is to serve the app under ${prefix} (route.prefix), and ${rewriting.why}`, [
    ...rewriting.fixes,
    'remove route.prefix: the app has the host to itself',
  ]);
}

/**
 * A path of the app as people ask for it. The root of the app is there with and without a slash. `elements`: of an Ingress, whose
 * controllers compare a prefix by the letter (Traefik: `/app` takes `/application`), so that it must end with a slash.
 */
function outside(path: string, prefix: string, elements = false): { readonly path: string; readonly exact: boolean }[] {
  if (path === '/*' && prefix !== '' && elements)
    return [
      { path: prefix, exact: true },
      { path: `${prefix}/`, exact: false },
    ];
  if (path === '/*') return [{ path: prefix || '/', exact: false }];
  if (path === '/' && prefix !== '')
    return [
      { path: prefix, exact: true },
      { path: `${prefix}/`, exact: true },
    ];
  return [{ path: `${prefix}${path}`, exact: true }];
}

function matchesOf(paths: readonly { readonly path: string; readonly exact: boolean }[]): HttpRouteSpecRulesMatches[] {
  return paths.map(({ path, exact }) => ({
    path: {
      type: exact ? HttpRouteSpecRulesMatchesPathType.EXACT : HttpRouteSpecRulesMatchesPathType.PATH_PREFIX,
      value: path,
    },
  }));
}
