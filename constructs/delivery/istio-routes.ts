import type { ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type {
  VirtualServiceSpecHttp,
  VirtualServiceSpecHttpMatch,
  VirtualServiceSpecHttpRouteDestination,
} from '../../imports/networking.istio.io';
import { VirtualService } from '../../imports/networking.istio.io';
import type { IstioGateway } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import type { RequestMatch } from '../../model/release';
import type { FlowEnd } from '../core/flow';
import type { Port } from '../core/workload';
import { cookieExpression, weighted } from './route-rules';

/** A path that a VirtualService leads to a service. */
interface IstioPath {
  readonly path: string;
  /** That path alone; otherwise all that begin with these characters, so that `/app` means `/apple`, too. */
  readonly exact: boolean;
}

/** Requests that are led alike. */
interface IstioRequests {
  readonly paths: readonly IstioPath[];
  /** What stands before the paths outside, and what the app sees in place of them. @default - they are the app's own */
  readonly under?: { readonly prefix: string; readonly path: string };
}

interface IstioRouteProps {
  readonly metadata: ApiObjectMetadata;
  readonly port: Port<object, FlowEnd>;
  readonly host: string;
  readonly requests: readonly IstioRequests[];
  readonly gateway: IstioGateway;
}

/**
 * A VirtualService that leads requests at Istio's Gateway to a service, and to another version of it as its release says. Each version is a
 * host of its own and not a subset: a rule that names a subset answers 503 until its DestinationRule has come, and again once it has gone.
 */
export function istioRoute(scope: Construct, { metadata, port, host, requests, gateway }: IstioRouteProps): void {
  new VirtualService(scope, 'virtual-service', {
    metadata,
    spec: {
      hosts: [host],
      // Without it the VirtualService holds for the sidecars of the mesh alone, and no request from outside meets it.
      gateways: [`${gateway.namespace}/${gateway.name}`],
      http: requests.flatMap(({ paths, under }) =>
        rulesOf(
          port,
          paths.map(({ path, exact }) => ({ uri: exact ? { exact: path } : { prefix: path } })),
        ).map((rule) => (under ? { ...rule, ...rewritten(under) } : rule)),
      ),
    },
  });
}

function rewritten({ prefix, path }: NonNullable<IstioRequests['under']>): Partial<VirtualServiceSpecHttp> {
  // Set, not added: what a client sends of that name is no longer there.
  return { rewrite: { uri: path }, headers: { request: { set: { 'X-Forwarded-Prefix': prefix } } } };
}

/** Istio takes the first rule that matches. */
function rulesOf(port: Port<object, FlowEnd>, match: readonly VirtualServiceSpecHttpMatch[]): VirtualServiceSpecHttp[] {
  const { split } = port.workload;
  const own = destinationOf(port.workload, port);
  const plain = { match: [...match], route: [{ destination: own }] };
  if (!split) return [plain];
  if ('sharesBy' in split) {
    const next = { host: split.next.host, port: { number: split.next.portOf(port) } };
    return [{ ...plain, route: weighted({ destination: own }, { destination: next }, 0) }];
  }
  const next = destinationOf(split.to, port);
  if ('share' in split)
    return [{ ...plain, route: weighted({ destination: own }, { destination: next }, split.share) }];
  if ('when' in split) {
    const headers = headersOf(port.workload.name, split.when);
    return [{ match: match.map((each) => ({ ...each, headers })), route: [{ destination: next }] }, plain];
  }
  if (split.copies === 0) return [plain];
  const copied = { ...plain, mirrors: [{ destination: next, percentage: { value: split.copies } }] };
  if (split.methods.length === 0) return [copied];
  const methods = match.flatMap((each) => split.methods.map((method) => ({ ...each, method: { exact: method } })));
  return [{ ...copied, match: methods }, plain];
}

function destinationOf(end: FlowEnd, { name }: Port<object, FlowEnd>): VirtualServiceSpecHttpRouteDestination {
  const port = end.allPorts.find((each) => each.name === name)!;
  const service = end.serviceOf(port);
  // The whole name: Istio completes a short one by the namespace of the VirtualService, whatever namespace that is.
  return { host: service.host, port: { number: service.portOf(port) } };
}

/** Names that Istio takes for parts of the request: as headers it leaves them out, and the rule would take every request. */
const NO_HEADERS: ReadonlySet<string> = new Set(['uri', 'scheme', 'method', 'authority']);

/** Istio wants names in lower case, and expressions match the whole value. */
function headersOf(
  app: string,
  { by, name, value }: RequestMatch,
): NonNullable<VirtualServiceSpecHttpMatch['headers']> {
  if (by === 'cookie') return { cookie: { regex: cookieExpression(name, value) } };
  const key = name.toLowerCase();
  if (!NO_HEADERS.has(key)) return { [key]: { exact: value } };
  throw new StrataError(
    `${app}, release`,
    `tells requests apart by the header ${name}, which Istio takes for a part of the request itself: the rule would take all requests`,
    [`use a header that is not called ${[...NO_HEADERS].join(', ')}`],
  );
}
