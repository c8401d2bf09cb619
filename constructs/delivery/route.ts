import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { HttpRoute, HttpRouteSpecRulesMatchesPathType } from '../../imports/gateway.networking.k8s.io';
import type { Gateway, IngressController } from '../../model/cluster';
import { StrataError } from '../../model/errors';
import type { Port } from '../core/workload';

export interface RouteProps {
  readonly port: Port;
  readonly host: string;
  /** What may be called from outside, each path exactly; `'/*'` opens everything. */
  readonly paths: readonly string[];
  /** What serves the cluster to the outside. */
  readonly through: { readonly gateway: Gateway } | { readonly ingress: IngressController };
}

/** A way from the outside to a workload: an HTTPRoute on the platform's Gateway, or an Ingress. A flow like any other. */
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
    const service = port.workload.service();
    const metadata = {
      name: port.workload.name,
      namespace: port.workload.namespace.name,
      labels: port.workload.labels,
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
          rules: [
            {
              matches: paths.map(({ path, exact }) => ({
                path: {
                  type: exact ? HttpRouteSpecRulesMatchesPathType.EXACT : HttpRouteSpecRulesMatchesPathType.PATH_PREFIX,
                  value: path,
                },
              })),
              backendRefs: [{ name: service.name, port: service.portOf(port) }],
            },
          ],
        },
      });
    } else {
      const { ingress } = through;
      port.admits(ingress.pods);
      const backend = { service: { name: service.name, port: { name: port.name } } };
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
