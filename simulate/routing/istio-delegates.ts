import type { Json, Path, Resource } from '../../manifests/resource';
import { list, mappings, number, record, string, strings } from '../../manifests/resource';
import { delegateName, gatewayKey } from '../../world/virtual-services';
import type { World } from '../../world/world';

/** A match of a rule for HTTP, and where it stands. Its Gateways are as `gatewayKey` has them. */
export interface PlacedMatch {
  readonly match: Json;
  readonly path: Path;
}

/** A rule for HTTP as Istio reads it: one that delegates is replaced by the rules of the other VirtualService. */
export interface IstioRule {
  /** Where the rule stands. */
  readonly resource: Resource;
  readonly path: Path;
  /** With what the rule that delegates to it adds. */
  readonly rule: Json;
  /** Empty: every request. */
  readonly matches: readonly PlacedMatch[];
  /** The VirtualService that the rule delegates to, where nothing shows whether it is there. @default - its rules are known */
  readonly unseen?: string;
}

/** Why the rules of a VirtualService are not taken in place of one that delegates to it. */
export type LostDelegate =
  | { readonly is: 'absent' | 'unseen' }
  /** It has hosts, so that it stands for itself. */
  | { readonly is: 'no delegate'; readonly resource: Resource }
  | { readonly is: 'not exported'; readonly resource: Resource };

/** The VirtualService whose rules stand in place of a rule that delegates (pilot/pkg/model/virtualservice_controller.go, mergeVirtualServices, 1.31). */
export function delegateOf(
  world: World,
  root: Resource,
  delegate: Json,
): { readonly is: 'found'; readonly resource: Resource } | LostDelegate {
  const { namespace, name } = delegateName(world, root, delegate);
  const found = world.find('VirtualService', namespace, name);
  if (found.is !== 'present') return { is: found.is === 'unknown' ? 'unseen' : 'absent' };
  const { resource } = found;
  if (list(resource.at(['spec', 'hosts'])).length > 0) return { is: 'no delegate', resource };
  const seenBy = list(resource.at(['spec', 'exportTo'])).map((place) => (place === '.' ? namespace : place));
  const isSeen = seenBy.length === 0 || seenBy.includes('*') || seenBy.includes(world.namespaceOf(root));
  return { is: isSeen ? 'found' : 'not exported', resource };
}

/** The rules for HTTP of a VirtualService. What it delegates to nobody is left out, as Istio does, so that the rules behind get the requests. */
export function istioRules(world: World, root: Resource): readonly IstioRule[] {
  return ownRules(world, root).flatMap((own): readonly IstioRule[] => {
    const delegate = record(own.rule['delegate']);
    if (!delegate) return [own];
    const to = delegateOf(world, root, delegate);
    if (to.is === 'unseen') {
      const { namespace, name } = delegateName(world, root, delegate);
      return [{ ...own, unseen: `VirtualService ${namespace}/${name}` }];
    }
    if (to.is !== 'found') return [];
    return ownRules(world, to.resource).flatMap((inner) => {
      const matches = mergedMatches(own.matches, inner);
      return matches
        ? [{ ...inner, rule: { ...inner.rule, ...added(world, root, own.rule, inner.rule) }, matches }]
        : [];
    });
  });
}

/** The rules of a delegate that no request meets under the conditions of the rule that delegates: Istio leaves them out. */
export function conflictingRules(world: World, root: Resource, rule: number, delegate: Resource): readonly IstioRule[] {
  const outer = ownRules(world, root).find(({ path }) => path[2] === rule);
  return outer ? ownRules(world, delegate).filter((inner) => !mergedMatches(outer.matches, inner)) : [];
}

function ownRules(world: World, resource: Resource): IstioRule[] {
  const namespace = world.namespaceOf(resource);
  return list(resource.at(['spec', 'http'])).flatMap((value, i): IstioRule[] => {
    const rule = record(value);
    if (!rule) return [];
    const path: Path = ['spec', 'http', i];
    const matches = list(rule['match']).map((each, j) => {
      const match = record(each) ?? {};
      const gateways = list(match['gateways']).map((name) => gatewayKey(String(name), namespace));
      return { match: gateways.length > 0 ? { ...match, gateways } : match, path: [...path, 'match', j] };
    });
    return [{ resource, path, rule, matches }];
  });
}

// ------------------------------------------------------------------ what a rule adds to those that it delegates to

/** Fields that the rules of a delegate have of the one that delegates, unless they have their own (mergeHTTPRoute). */
const ADDED = ['rewrite', 'directResponse', 'fault', 'mirror', 'mirrorPercent', 'mirror_percent', 'mirrorPercentage'];

function added(world: World, root: Resource, outer: Json, inner: Json): Json {
  const namespace = world.namespaceOf(root);
  const fields: Record<string, unknown> = {};
  for (const field of ADDED)
    if (inner[field] == null && outer[field] != null)
      fields[field] = field === 'mirror' ? completed(outer[field], namespace) : outer[field];
  if (list(inner['mirrors']).length === 0 && list(outer['mirrors']).length > 0)
    fields['mirrors'] = mappings(outer['mirrors']).map((mirror) => ({
      ...mirror,
      destination: completed(mirror['destination'], namespace),
    }));
  return fields;
}

/** A short name means a Service of the namespace of the VirtualService that has it. */
function completed(destination: unknown, namespace: string): unknown {
  const host = string(record(destination)?.['host']);
  return host === undefined || host.includes('.')
    ? destination
    : { ...record(destination), host: `${host}.${namespace}.svc.cluster.local` };
}

// ------------------------------------------------------------------ conditions of both

/** The conditions of both (mergeHTTPMatchRequests); undefined where one of the inner rule lies within none of the outer. */
function mergedMatches(
  outer: readonly PlacedMatch[],
  { matches, path }: IstioRule,
): readonly PlacedMatch[] | undefined {
  if (outer.length === 0) return matches;
  if (matches.length === 0) return outer.map(({ match }) => ({ match, path }));
  const merged: PlacedMatch[] = [];
  for (const inner of matches) {
    const within = outer.filter(({ match }) => !conflicts(match, inner.match));
    if (within.length === 0) return undefined;
    for (const { match } of within) merged.push({ match: mergedMatch(match, inner.match), path: inner.path });
  }
  return merged;
}

const TEXTS = ['uri', 'scheme', 'method', 'authority'] as const;
const TABLES = ['headers', 'withoutHeaders', 'queryParams'] as const;

function mergedMatch(outer: Json, inner: Json): Json {
  const merged: Record<string, unknown> = { ...inner };
  for (const field of TEXTS) merged[field] = inner[field] ?? outer[field];
  for (const field of [...TABLES, 'sourceLabels'] as const)
    merged[field] = { ...record(outer[field]), ...record(inner[field]) };
  for (const field of ['port', 'sourceNamespace'] as const) merged[field] = inner[field] || outer[field];
  merged['gateways'] = list(inner['gateways']).length > 0 ? inner['gateways'] : outer['gateways'];
  return merged;
}

/** Whether Istio takes no request for one that meets both: where it cannot tell that the inner one lies within the outer (hasConflict). */
function conflicts(outer: Json, inner: Json): boolean {
  if (TEXTS.some((field) => textsConflict(outer[field], inner[field]))) return true;
  for (const field of TABLES)
    for (const [name, text] of Object.entries(record(inner[field]) ?? {}))
      if (textsConflict(record(outer[field])?.[name], text)) return true;
  if ((outer['ignoreUriCase'] === true) !== (inner['ignoreUriCase'] === true)) return true;
  const [port, own] = [number(outer['port']) ?? 0, number(inner['port']) ?? 0];
  if (port > 0 && own > 0 && port !== own) return true;
  const namespace = string(outer['sourceNamespace']);
  if (namespace && namespace !== string(inner['sourceNamespace'])) return true;
  const labels = strings(outer['sourceLabels']);
  if (Object.entries(strings(inner['sourceLabels'])).some(([key, value]) => (labels[key] ?? value) !== value))
    return true;
  const [gateways, ownGateways] = [list(outer['gateways']), list(inner['gateways'])];
  return (
    gateways.length > 0 &&
    (gateways.length < ownGateways.length || ownGateways.some((name) => !gateways.includes(name)))
  );
}

function textsConflict(outer: unknown, inner: unknown): boolean {
  const [one, other] = [record(outer), record(inner)];
  if (!one || !other) return false;
  const [exact, prefix, regex] = ['exact', 'prefix', 'regex'].map((kind) => string(one[kind]) ?? '') as Texts;
  const [ownExact, ownPrefix, ownRegex] = ['exact', 'prefix', 'regex'].map(
    (kind) => string(other[kind]) ?? '',
  ) as Texts;
  if (regex && (ownRegex || ownPrefix || ownExact)) return true;
  if (ownRegex && (regex || prefix || exact)) return true;
  if (exact) return ownPrefix !== '' || ownExact !== exact;
  if (prefix && ownPrefix) return !ownPrefix.startsWith(prefix);
  if (prefix && ownExact) return !ownExact.startsWith(prefix);
  return true;
}

type Texts = [exact: string, prefix: string, regex: string];
