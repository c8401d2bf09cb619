import type { Json, Resource } from '../../manifests/resource';
import { mappings, Resource as ResourceOf, record } from '../../manifests/resource';
import { StrataError } from '../../model/errors';
import { CONFIG_OF } from '../../model/kubernetes';
import { withoutAllocated } from '../../upstream/kubernetes/allocated';
import { reducedLive } from '../../upstream/kubernetes/live';
import { World } from '../../world/world';
import type { Host } from '../command';
import type { ClusterAccess } from '../kubectl';
import { kubectlOf } from '../kubectl';
import type { ComparedSet, ComparedSide } from './compared';

/** What is in the cluster of that which some manifests hold: each set with what stands there under its objects' names. */
export function liveSide(
  side: ComparedSide,
  access: ClusterAccess,
  { env, printError }: Pick<Host, 'env' | 'printError'>,
): ComparedSide {
  const kubectl = kubectlOf('strata diff --live', access, env);
  const kinds = servedKinds(kubectl);
  const served = new Set(kinds.map(({ group, kind }) => `${group} ${kind}`));
  const sets = side.sets.map((set): ComparedSet => {
    const wanted = set.world();
    const found = [
      ...liveObjects(wanted, served, kubectl),
      ...(set.source ? leftBehind(wanted, kinds, kubectl, printError) : []),
    ];
    return {
      key: set.key,
      name: set.name,
      world: () =>
        new World(
          found,
          wanted.facts,
          wanted.declaredExternal,
          undefined,
          wanted.documents,
          wanted.appliedTo,
          // What cannot be read of the manifests says nothing of the cluster.
          [],
        ),
    };
  });
  return { label: 'the cluster', sets };
}

type Kubectl = ReturnType<typeof kubectlOf>;

/** How long the API server may take for one answer. */
const TIMEOUT = '60s';

function liveObjects(wanted: World, served: ReadonlySet<string>, kubectl: Kubectl): Resource[] {
  const asked = wanted.resources.filter(({ kind, group }) => served.has(`${group} ${kind}`));
  if (asked.length === 0) return [];
  const items = asked.map(({ object }) => object);
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const args = [
    'get',
    '--filename',
    '-',
    '--ignore-not-found',
    '--show-managed-fields',
    '--output',
    'json',
    `--request-timeout=${TIMEOUT}`,
  ];
  const said = kubectl(args, list);
  const minor = wanted.facts.minor ?? Number.POSITIVE_INFINITY;
  const byName = new Map(wanted.resources.map((resource) => [nameOf(wanted, resource), resource]));
  return itemsIn(said).map((live, i) => {
    const source = { file: 'the cluster', text: '' };
    const resource = new ResourceOf(live, source, i);
    const manifest = byName.get(nameOf(wanted, resource));
    return manifest ? new ResourceOf(reducedLive(live, manifest.object, minor), source, i) : resource;
  });
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';
/** The labels that tell the objects of one target from those of others on the same cluster. */
const OF_TARGET = ['app.kubernetes.io/part-of', 'environment'];

/**
 * What an earlier render made and this one does not: whatever has the labels of the target's objects, of any kind, in any namespace. The
 * labels are on the objects however they were applied; what Argo CD, Flux or an ApplySet noted is only there where that one did it.
 */
function leftBehind(
  wanted: World,
  kinds: readonly ServedKind[],
  kubectl: Kubectl,
  printError: Host['printError'],
): Resource[] {
  const names = new Set(wanted.resources.map((resource) => nameOf(wanted, resource)));
  const families = new Set(wanted.resources.map(familyOf));
  const claims = claimNamesOf(wanted);
  return labelled(wanted, kinds, kubectl, printError)
    .map((live, i) => new ResourceOf(withoutAllocated(live, {}), { file: 'the cluster', text: '' }, i))
    .filter((resource) => resource.at(['metadata', 'ownerReferences']) === undefined)
    .filter(
      (resource) =>
        !names.has(nameOf(wanted, resource)) &&
        !(familyOf(resource) !== undefined && families.has(familyOf(resource))) &&
        !(resource.kind === 'PersistentVolumeClaim' && claims.some((claim) => claim.test(placeOf(wanted, resource)))),
    );
}

function labelled(
  wanted: World,
  kinds: readonly ServedKind[],
  kubectl: Kubectl,
  printError: Host['printError'],
): readonly Json[] {
  const own = wanted.resources.filter(({ labels }) => labels[MANAGED_BY] === 'strata');
  const values = OF_TARGET.map((label) => [...new Set(own.map(({ labels }) => labels[label]))]);
  const selector = [`${MANAGED_BY}=strata`];
  const isOfTarget = values.every(([value, ...others]) => value !== undefined && others.length === 0);
  if (isOfTarget) selector.push(...OF_TARGET.map((label, i) => `${label}=${values[i]![0]}`));
  // Without the labels of the target only what stands in its namespaces is known to be its own.
  const namespaces = new Set(wanted.resources.map((resource) => wanted.namespaceOf(resource)).filter(Boolean));
  const places = isOfTarget ? [['--all-namespaces']] : [...namespaces].sort().map((name) => ['--namespace', name]);
  const rendered = new Set(wanted.resources.map(({ group, kind }) => `${group} ${kind}`));
  const asked = kinds.filter(({ isNamespaced, isListed }) => isListed && (isOfTarget || isNamespaced));
  const ask = (some: readonly ServedKind[], place: readonly string[]) =>
    some.length === 0
      ? []
      : itemsIn(
          kubectl([
            ...['get', some.map(({ name }) => name).join(','), ...place],
            ...['--selector', selector.join(','), '--output', 'json', `--request-timeout=${TIMEOUT}`],
          ]),
        );
  const known = asked.filter(({ group, kind }) => rendered.has(`${group} ${kind}`));
  const others = asked.filter((kind) => !known.includes(kind));
  return places.flatMap((place) => {
    const found = ask(known, place);
    try {
      return [...found, ...ask(others, place)];
    } catch (error) {
      if (!(error instanceof StrataError)) throw error;
      printError(
        `kinds that are rendered no more could not be asked for, so what is left of them is not told: ${error.found}`,
      );
      return found;
    }
  });
}

/** The claims that controllers make by templates, which have their labels: `shop/data-db-0`. */
function claimNamesOf(world: World): RegExp[] {
  return world
    .of('StatefulSet')
    .flatMap((set) =>
      mappings(set.at(['spec', 'volumeClaimTemplates'])).map(
        (template) =>
          new RegExp(`^${world.namespaceOf(set)}/${String(record(template['metadata'])?.['name'])}-${set.name}-\\d+$`),
      ),
    );
}

function placeOf(world: World, resource: Resource): string {
  return `${world.namespaceOf(resource)}/${resource.name}`;
}

/** What the versions of a hashed config share: earlier ones stay for those who go back. */
function familyOf(resource: Resource): string | undefined {
  const base = resource.annotations[CONFIG_OF];
  return base && [resource.kind, resource.statedNamespace, base].join('\n');
}

/** A kind that the cluster serves. */
interface ServedKind {
  readonly group: string;
  readonly kind: string;
  /** As kubectl is asked for it: `deployments.apps`. */
  readonly name: string;
  readonly isNamespaced: boolean;
  /** Whether its objects are looked for: they can be listed and deleted, and no controller gives them the labels of others. */
  readonly isListed: boolean;
}

/** Controllers make these with the labels of a Service, and no owner says so. */
const COPIES: readonly string[] = ['endpoints'];

/** What the cluster does not serve is not in it: kubectl would refuse to look for the rest, too. */
function servedKinds(kubectl: Kubectl): readonly ServedKind[] {
  const lines = kubectl(['api-resources', '--no-headers', '--output', 'wide', `--request-timeout=${TIMEOUT}`])
    .trim()
    .split('\n');
  return lines.flatMap((line) => {
    // NAME, SHORTNAMES where there are any, APIVERSION, NAMESPACED, KIND, VERBS, CATEGORIES
    const [, plural = '', version = '', namespaced, kind = '', verbs = ''] =
      /^(\S+)\s+(?:\S+\s+)?(\S+)\s+(true|false)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    if (plural === '') return [];
    const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
    const name = group === '' ? plural : `${plural}.${group}`;
    const isListed = ['list', 'delete'].every((verb) => new RegExp(`\\b${verb}\\b`).test(verbs));
    return [{ group, kind, name, isNamespaced: namespaced === 'true', isListed: isListed && !COPIES.includes(name) }];
  });
}

function nameOf(world: World, resource: Resource): string {
  return [resource.group, resource.kind, world.namespaceOf(resource), resource.name].join('\n');
}

function itemsIn(text: string): readonly Json[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StrataError('strata diff --live', 'kubectl printed no JSON', [
      'look at what it prints: kubectl get -o json',
    ]);
  }
  const json = record(value);
  return json?.['kind'] === 'List' ? mappings(json['items']) : json ? [json] : [];
}
