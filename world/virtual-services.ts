import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, number, record, string, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { nearest } from '../model/near';
import { everyKnown } from './known';
import type { World } from './world';

/** The API group of Istio's routes, in every version. */
const ISTIO_NETWORKING = 'networking.istio.io';

/** Every VirtualService of Istio that is judged. */
export function virtualServicesOf(world: World): readonly Resource[] {
  return world.of('VirtualService').filter(({ group }) => group === ISTIO_NETWORKING);
}

/** A place that a VirtualService sends requests or connections to. */
export interface IstioDestination {
  /** To the mapping that has `host`. */
  readonly path: Path;
  readonly protocol: 'http' | 'tls' | 'tcp';
  /** As it is written. */
  readonly host: string;
  /** The Service that the host means; undefined where it can be none of the cluster. */
  readonly service: IstioService | undefined;
  /** @default - the only port of the Service */
  readonly port: number | undefined;
  readonly subset: string | undefined;
  /** Its part among those of the rule, 0 where none is written; undefined: the only one, which gets all, and a mirror. */
  readonly weight: number | undefined;
  /** Of the requests of its rule the part that comes there as copies, whose answers nobody sees, 0 to 1; undefined: it gets no copies, but requests. */
  readonly copied: number | undefined;
  /** The conditions of its rule, of which one has to hold; empty: every request. */
  readonly matches: readonly Json[];
  /** What its rule is for: names of Gateways, `mesh` for the sidecars. */
  readonly gateways: readonly string[];
}

/** A Service by its name. */
export interface IstioService {
  readonly namespace: string;
  readonly name: string;
}

/** The sidecars of the mesh, in place of a Gateway; what a VirtualService is for that names none. */
export const MESH = 'mesh';

/** `shop/public` for `public`, `shop/public`, `./public` and the old `public.shop.svc.cluster.local`; `mesh` stays. */
export function gatewayKey(name: string, namespace: string): string {
  if (name === MESH) return name;
  const [place, own] = name.split('/');
  if (own !== undefined) return `${place === '.' ? namespace : place}/${own}`;
  const [first = '', second] = name.split('.');
  return `${second ?? namespace}/${first}`;
}

/** What a VirtualService is for, as `gatewayKey` has it. */
export function boundGateways(world: World, virtualService: Resource): readonly string[] {
  const names = list(virtualService.at(['spec', 'gateways'])).map(String);
  return names.length === 0 ? [MESH] : names.map((name) => gatewayKey(name, world.namespaceOf(virtualService)));
}

/** Where a VirtualService sends requests, copies included (istio/api networking/v1alpha3/virtual_service.proto). */
export function istioDestinationsOf(world: World, virtualService: Resource): IstioDestination[] {
  const namespace = world.namespaceOf(virtualService);
  const own = gatewaysIn(record(virtualService.at(['spec']))) ?? delegatedGateways(world, virtualService) ?? [MESH];
  return (['http', 'tls', 'tcp'] as const).flatMap((protocol) =>
    list(virtualService.at(['spec', protocol])).flatMap((entry, i): IstioDestination[] => {
      const rule = record(entry) ?? {};
      const at: Path = ['spec', protocol, i];
      const matches = mappings(rule['match']);
      const routes = list(rule['route']);
      const gateways = matches.length === 0 ? own : [...new Set(matches.flatMap((match) => gatewaysIn(match) ?? own))];
      const read = (value: unknown, path: Path, weight: number | undefined, copied?: number): IstioDestination[] => {
        const destination = record(value);
        const host = string(destination?.['host']);
        if (!destination || !host) return [];
        return [
          {
            ...{ path, protocol, host, weight, copied, matches, gateways },
            service: serviceOfIstioHost(host, namespace),
            port: number(record(destination['port'])?.['number']),
            subset: string(destination['subset']) || undefined,
          },
        ];
      };
      return [
        ...routes.flatMap((route, j) => {
          const part = record(route);
          const weight = routes.length === 1 ? undefined : (number(part?.['weight']) ?? 0);
          return read(part?.['destination'], [...at, 'route', j, 'destination'], weight);
        }),
        // Only rules of HTTP have copies.
        ...read(rule['mirror'], [...at, 'mirror'], undefined, istioShare(mirrorPercentageOf(rule), 1)),
        ...list(rule['mirrors']).flatMap((mirror, j) => {
          const entry = record(mirror);
          const copied = istioShare(entry?.['percentage'], 1);
          return read(entry?.['destination'], [...at, 'mirrors', j, 'destination'], undefined, copied);
        }),
      ];
    }),
  );
}

/**
 * What a rule for HTTP says of the share of requests that `mirror` copies, as Istio reads it: `mirrorPercentage`, or else the old whole number, which
 * the definition of the kind has in both spellings. Undefined: nothing, and all are copied.
 */
export function mirrorPercentageOf(rule: Json): Json | undefined {
  const percentage = record(rule['mirrorPercentage']);
  if (percentage) return percentage;
  const old = number(rule['mirrorPercent']) ?? number(rule['mirror_percent']);
  return old === undefined ? undefined : { value: old };
}

/**
 * The share of requests, 0 to 1, that a percentage means: Istio hands on whole millionths, so that less than one of them is nothing (pilot/pkg/
 * networking/core/route/route.go, translatePercentToFractionalPercent). `unset`: what the field means where it is not written.
 */
export function istioShare(percentage: unknown, unset: 0 | 1): number {
  const written = record(percentage);
  return written ? Math.trunc((number(written['value']) ?? 0) * 10_000) / 1_000_000 : unset;
}

/** The VirtualService that a rule delegates to. */
export function delegateName(world: World, root: Resource, delegate: Json): IstioService {
  return { namespace: string(delegate['namespace']) || world.namespaceOf(root), name: string(delegate['name']) ?? '' };
}

/** What those are for that delegate to a VirtualService without hosts, which is for nothing by itself; undefined where none is known. */
function delegatedGateways(world: World, virtualService: Resource): readonly string[] | undefined {
  if (list(virtualService.at(['spec', 'hosts'])).length > 0) return undefined;
  return rootGateways(world).get(`${world.namespaceOf(virtualService)}/${virtualService.name}`);
}

const rootGateways = memo((world: World): ReadonlyMap<string, readonly string[]> => {
  const gateways = new Map<string, string[]>();
  for (const root of everyKnown(world, 'VirtualService'))
    for (const rule of root.group === ISTIO_NETWORKING ? mappings(root.at(['spec', 'http'])) : []) {
      const delegate = record(rule['delegate']);
      if (!delegate) continue;
      const { namespace, name } = delegateName(world, root, delegate);
      const named = mappings(rule['match']).flatMap((match) => gatewaysIn(match) ?? []);
      for (const gateway of named.length > 0 ? named : boundGateways(world, root))
        addTo(gateways, `${namespace}/${name}`, gatewayKey(gateway, world.namespaceOf(root)));
    }
  return gateways;
});

function gatewaysIn(of: Json | undefined): readonly string[] | undefined {
  const names = list(of?.['gateways']).map(String);
  return names.length > 0 ? names : undefined;
}

/**
 * The Service that a host of Istio means to an object of a namespace: `web`, `web.shop`, `web.shop.svc`, `web.shop.svc.cluster.local`. Istio itself
 * completes names without a dot only (ResolveShortnameToFQDN); `web.shop` is read as what was meant, and `example.com` has the same form.
 * Undefined for names with a `*` and for names that no Service has. Clusters may have a domain of their own, which nothing here tells, so that any is
 * taken but a misspelt `cluster.local`.
 */
export function serviceOfIstioHost(host: string, namespace: string): IstioService | undefined {
  const [name = '', place = namespace, svc, ...domain] = host.toLowerCase().split('.');
  if (!name || !place || host.includes('*') || (svc !== undefined && svc !== 'svc')) return undefined;
  if ((svc === undefined && domain.length > 0) || isMisspelt(domain.join('.'))) return undefined;
  return { namespace: place, name };
}

/** Whether a domain is one or two slips away from `cluster.local`; `cluster-2.local` and `cluster2.local` are meant so. */
function isMisspelt(domain: string): boolean {
  return /^[a-z.]+$/.test(domain) && nearest(domain, ['cluster.local'], 2) !== undefined;
}

/** The DestinationRules, judged or declared, that are about a Service. */
export function destinationRulesFor(world: World, { namespace, name }: IstioService): readonly Resource[] {
  return everyKnown(world, 'DestinationRule').filter((rule) => {
    const host = string(rule.at(['spec', 'host'])) ?? '';
    if (rule.group !== ISTIO_NETWORKING) return false;
    if (host === '*') return true;
    if (host.startsWith('*.')) return `${name}.${namespace}.svc.cluster.local`.endsWith(host.slice(1));
    const meant = serviceOfIstioHost(host, world.namespaceOf(rule));
    return meant?.namespace === namespace && meant.name === name;
  });
}

/** The labels by which a subset chooses among the pods of a Service; undefined where no DestinationRule that is known has the subset. */
export function subsetLabels(world: World, service: IstioService, subset: string): Labels | undefined {
  const found = destinationRulesFor(world, service)
    .flatMap((rule) => mappings(rule.at(['spec', 'subsets'])))
    .find(({ name }) => name === subset);
  return found && strings(found['labels']);
}
