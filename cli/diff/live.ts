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
export function liveSide(side: ComparedSide, access: ClusterAccess, env: Host['env']): ComparedSide {
  const kubectl = kubectlOf('strata diff --live', access, env);
  const served = servedKinds(kubectl);
  const sets = side.sets.map((set): ComparedSet => {
    const wanted = set.world();
    const found = [...liveObjects(wanted, served, kubectl), ...(set.source ? leftBehind(wanted, served, kubectl) : [])];
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
          wanted.unread,
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

/** What an earlier render made in the same namespaces and this one does not: of the kinds that it still has. */
function leftBehind(wanted: World, served: ReadonlySet<string>, kubectl: Kubectl): Resource[] {
  const namespaces = [...new Set(wanted.resources.map((resource) => wanted.namespaceOf(resource)))].filter(Boolean);
  const kinds = wanted.resources
    .filter((resource) => wanted.namespaceOf(resource) !== '' && served.has(`${resource.group} ${resource.kind}`))
    .map(({ kind, group }) => (group === '' ? kind : `${kind}.${group}`));
  const names = new Set(wanted.resources.map((resource) => nameOf(wanted, resource)));
  const families = new Set(wanted.resources.map(familyOf));
  return namespaces.flatMap((namespace) => {
    const said = kubectl([
      ...['get', [...new Set(kinds)].sort().join(','), '--namespace', namespace],
      ...['--selector', 'app.kubernetes.io/managed-by=strata', '--output', 'json', `--request-timeout=${TIMEOUT}`],
    ]);
    return itemsIn(said)
      .map((live, i) => new ResourceOf(withoutAllocated(live, {}), { file: 'the cluster', text: '' }, i))
      .filter((resource) => resource.at(['metadata', 'ownerReferences']) === undefined)
      .filter(
        (resource) =>
          !names.has(nameOf(wanted, resource)) &&
          !(familyOf(resource) !== undefined && families.has(familyOf(resource))),
      );
  });
}

/** What the versions of a hashed config share: earlier ones stay for those who go back. */
function familyOf(resource: Resource): string | undefined {
  const base = resource.annotations[CONFIG_OF];
  return base && [resource.kind, resource.statedNamespace, base].join('\n');
}

/** What the cluster does not serve is not in it: kubectl would refuse to look for the rest, too. */
function servedKinds(kubectl: Kubectl): ReadonlySet<string> {
  const lines = kubectl(['api-resources', '--no-headers', `--request-timeout=${TIMEOUT}`])
    .trim()
    .split('\n');
  return new Set(
    lines.map((line) => {
      const words = line.trim().split(/\s+/);
      const [version = '', , kind = ''] = words.slice(-3);
      return `${version.includes('/') ? version.split('/')[0] : ''} ${kind}`;
    }),
  );
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
