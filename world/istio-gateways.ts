import type { Path, Resource } from '../manifests/resource';
import { list, number, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import { everyKnown } from './known';
import { gatewayKey } from './virtual-services';
import type { World } from './world';

const ISTIO_GROUP = 'networking.istio.io';

/** A host that a server of a Gateway takes requests for, and the namespace whose VirtualServices may say what becomes of them; `*`: any. */
interface ServedHost {
  readonly namespace: string;
  readonly host: string;
}

/** A port of a Gateway of Istio. */
export interface IstioServer {
  readonly gateway: Resource;
  readonly hosts: readonly ServedHost[];
  readonly port: number | undefined;
  /** In upper case: `HTTP`, `HTTPS`. */
  readonly protocol: string;
  /** Requests without TLS are sent on to https. */
  readonly redirects: boolean;
  readonly path: Path;
}

/** Every Gateway of Istio's own API, judged or declared. */
export const istioGatewaysOf = memo((world: World): readonly Resource[] =>
  everyKnown(world, 'Gateway').filter(({ group }) => group === ISTIO_GROUP),
);

/** The Gateway of Istio with a name as a VirtualService of a namespace writes it. */
export function istioGateway(world: World, name: string, namespace: string): Resource | undefined {
  const wanted = gatewayKey(name, namespace);
  return istioGatewaysOf(world).find((gateway) => `${world.namespaceOf(gateway)}/${gateway.name}` === wanted);
}

export function istioServersOf(world: World, gateway: Resource): readonly IstioServer[] {
  return list(gateway.at(['spec', 'servers'])).flatMap((value, i): IstioServer[] => {
    const server = record(value);
    if (!server) return [];
    const port = record(server['port']);
    const own = world.namespaceOf(gateway);
    return [
      {
        gateway,
        hosts: list(server['hosts']).map((host) => servedHost(String(host), own)),
        port: number(port?.['number']),
        protocol: (string(port?.['protocol']) ?? '').toUpperCase(),
        redirects: record(server['tls'])?.['httpsRedirect'] === true,
        path: ['spec', 'servers', i],
      },
    ];
  });
}

function servedHost(written: string, own: string): ServedHost {
  const slash = written.indexOf('/');
  if (slash < 0) return { namespace: '*', host: written.toLowerCase() };
  const namespace = written.slice(0, slash);
  return { namespace: namespace === '.' ? own : namespace, host: written.slice(slash + 1).toLowerCase() };
}

/** The hosts that a server and a VirtualService have in common, each as narrow as the narrower of the two says it. */
export function commonHosts({ hosts }: IstioServer, virtualService: Resource, namespace: string): readonly string[] {
  const own = list(virtualService.at(['spec', 'hosts'])).map((host) => String(host).toLowerCase());
  const served = hosts.filter((each) => each.namespace === '*' || each.namespace === namespace);
  return [
    ...new Set(
      served.flatMap(({ host }) =>
        own.flatMap((name) => (isWithin(name, host) ? [name] : isWithin(host, name) ? [host] : [])),
      ),
    ),
  ];
}

/** Whether a host name means hosts of another one alone: a star stands for any number of labels. */
function isWithin(host: string, of: string): boolean {
  if (host === of || of === '*') return true;
  if (!of.startsWith('*')) return false;
  return host.startsWith('*') ? host.slice(1).endsWith(of.slice(1)) : host.endsWith(of.slice(1));
}
