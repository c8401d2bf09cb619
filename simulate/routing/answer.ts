import type { Path, Resource } from '../../manifests/resource';

/** Whose rules choose a backend. `traefik-ingress` and `traefik-crd`: those of Ingresses and of IngressRoutes as Traefik reads them. */
export type RoutingDialect = 'gateway-api' | 'traefik' | 'traefik-ingress' | 'traefik-crd' | 'ingress-nginx' | 'istio';

/** A Service that requests go to; without a namespace it is a host outside of the cluster. */
export interface RoutedService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number | string;
  /** Of the pods of the Service only those of this subset of Istio's. @default - all of them */
  readonly subset?: string;
}

/** The rule that takes a request. */
export interface DecidingRule {
  readonly resource: Resource;
  /** Of the match of a route, or the path of an Ingress. */
  readonly path: Path;
  /** Why it comes before the others, in the words of the dialect. */
  readonly because: string;
}

/** What becomes of a part of the requests. */
export type RoutedTo =
  | {
      readonly is: 'backend';
      readonly service: RoutedService;
      /** As they reach the backend, with the filters applied. */
      readonly host: string;
      readonly path: string;
      /** Where copies go, and of which part of these requests. */
      readonly mirrors: readonly { readonly service: RoutedService; readonly share: number }[];
      /** Nothing shows whether the Service is there. */
      readonly assumed: boolean;
      /** What may change the path or answer in its place, and is not known here. @default - nothing */
      readonly unknown?: string | undefined;
      /** The cookie by which a client that brings none is kept here from now on. @default - none */
      readonly sticky?: string | undefined;
    }
  | { readonly is: 'redirect'; readonly status: number; readonly location: string }
  /** Nobody answers but the proxy itself. */
  | { readonly is: 'error'; readonly status: number; readonly why: string };

export interface RoutedShare {
  /** Of the requests that are alike, from 0 to 1. All shares of an answer are 1 together; none is 0. */
  readonly share: number;
  readonly to: RoutedTo;
}

/** Who answers a request. */
export interface RoutingAnswer {
  readonly dialect: RoutingDialect;
  /** Undefined: no rule matches. */
  readonly rule: DecidingRule | undefined;
  /** Rules that match too and have the same rank: which one answers is not defined, and may change whenever the gateway reloads. */
  readonly ties: readonly { readonly rule: DecidingRule; readonly shares: readonly RoutedShare[] }[];
  readonly shares: readonly RoutedShare[];
  /** What is not known of the answer, or was left out on the way to it. @default - nothing */
  readonly notes?: readonly string[];
}

/** Parts with weights as shares; parts that become the same are kept apart. Empty where no weight is positive. */
export function sharesOf(
  parts: readonly { readonly weight: number; readonly of: readonly RoutedShare[] }[],
): RoutedShare[] {
  const total = parts.reduce((sum, { weight }) => sum + Math.max(weight, 0), 0);
  return parts.flatMap(({ weight, of }) =>
    weight > 0 ? of.map(({ share, to }) => ({ share: (share * weight) / total, to })) : [],
  );
}

function allTo(to: RoutedTo): readonly RoutedShare[] {
  return [{ share: 1, to }];
}

/** All to a Service, as they came: filters come after it. */
export function allToService(service: RoutedService, assumed: boolean): readonly RoutedShare[] {
  return allTo({ is: 'backend', service, host: '', path: '', mirrors: [], assumed });
}

export function failing(status: 400 | 404 | 500 | 502 | 503, why: string): readonly RoutedShare[] {
  return allTo({ is: 'error', status, why });
}
