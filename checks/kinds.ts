import type { Path, Resource } from '../manifests/resource';
import { nearest } from '../model/near';
import { addOnData, kubernetesData } from '../upstream/kubernetes/data';
import { apiOf, at, offByDefault } from '../upstream/kubernetes/model';
import { customKinds } from '../world/custom-kinds';
import type { World } from '../world/world';

interface KindFinding {
  readonly path: Path;
  readonly message: string;
  readonly unknown?: boolean;
  /** The API group, where what is said of one of its kinds holds for all. */
  readonly ofGroup?: string;
  readonly fix?: string;
}

/** What there is to say of an object's kind. */
export function kindFinding(world: World, resource: Resource): KindFinding | undefined {
  const { apiVersion, kind, group } = resource;
  const minor = world.facts.minor;
  const id = `${apiVersion} ${kind}`;
  const custom = customKinds(world);
  const versions = custom.versions.get(`${group} ${kind}`);
  if (versions) {
    const made = custom.kinds.get(id);
    if (made?.served) return undefined;
    return {
      path: ['apiVersion'],
      message: `the CustomResourceDefinition of ${kind} does not serve ${apiVersion}: the object cannot be applied`,
      ...(versions.length ? { fix: `write apiVersion: ${group}/${versions[versions.length - 1] ?? ''}` } : {}),
    };
  }
  const timeline = Object.hasOwn(kubernetesData().kinds, id) ? kubernetesData().kinds[id] : undefined;
  if (timeline)
    return judgeBuiltIn(id, apiVersion, Object.keys(timeline).map(Number), minor, (m) => at(timeline, m) !== undefined);
  // Its own check, api-removed, speaks of what is gone.
  if (Object.hasOwn(kubernetesData().lifecycles, id)) return undefined;
  if (isBuiltInGroup(group)) return misspelt(resource);
  if (custom.complete)
    return {
      path: ['apiVersion'],
      message: `the cluster has no CustomResourceDefinition of ${id}: the object cannot be applied`,
    };
  const { kinds } = addOnData();
  const addOn = kinds[id]?.addOn;
  return {
    path: ['apiVersion'],
    unknown: true,
    ofGroup: group,
    message: `${addOn ? `${id} comes with ${addOn}` : `no CustomResourceDefinition of ${id} is here`}; whether the cluster has it, the objects of \`kubectl get crds -o yaml\` or --declare would settle`,
  };
}

function judgeBuiltIn(
  id: string,
  apiVersion: string,
  changes: readonly number[],
  minor: number | undefined,
  has: (minor: number) => boolean,
): KindFinding | undefined {
  const { oldest, newest } = kubernetesData();
  if (minor !== undefined && minor <= newest && !has(Math.max(minor, oldest))) {
    // Gone: api-removed says so, where the life of the API is written down.
    const since = changes.find((change) => change > minor);
    if (since === undefined)
      return Object.hasOwn(kubernetesData().lifecycles, id)
        ? undefined
        : {
            path: ['apiVersion'],
            message: `Kubernetes 1.${minor} serves ${id} no more: the object cannot be applied`,
          };
    return {
      path: ['apiVersion'],
      message: `Kubernetes has ${id} from 1.${since} on, and this is 1.${minor}: the object cannot be applied`,
    };
  }
  const since = changes[0] ?? oldest;
  if (minor === undefined && since > oldest && has(newest)) {
    return {
      path: ['apiVersion'],
      unknown: true,
      message: `Kubernetes has ${id} from 1.${since} on: --kubernetes, or the cluster's nodes, would settle whether this one does`,
    };
  }
  if (offByDefault(apiVersion)) {
    return {
      path: ['apiVersion'],
      unknown: true,
      message: `API servers serve ${apiVersion} only if they are started with --runtime-config=${apiVersion}=true: ask who runs the cluster`,
    };
  }
  return undefined;
}

/** Groups whose kinds come with Kubernetes itself. */
function isBuiltInGroup(group: string): boolean {
  if (builtInGroups === undefined) {
    const { kinds, lifecycles } = kubernetesData();
    builtInGroups = new Set(
      [...Object.keys(kinds), ...Object.keys(lifecycles)].map((id) =>
        id.includes('/') ? id.slice(0, id.indexOf('/')) : '',
      ),
    );
  }
  return builtInGroups.has(group);
}
let builtInGroups: ReadonlySet<string> | undefined;

function misspelt({ apiVersion, kind, group }: Resource): KindFinding {
  const api = apiOf(kubernetesData().newest);
  const ids = Object.keys(kubernetesData().kinds).map((id) => id.split(' ') as [string, string]);
  const elsewhere = ids.find(([version, name]) => name === kind && !offByDefault(version) && api.kind(version, name));
  if (elsewhere)
    return {
      path: ['apiVersion'],
      message: `Kubernetes has no ${kind} in ${apiVersion}: the object cannot be applied`,
      fix: `write apiVersion: ${elsewhere[0]}`,
    };
  const known = ids
    .filter(([version]) => (version.includes('/') ? version.slice(0, version.indexOf('/')) : '') === group)
    .map(([, name]) => name);
  const meant = nearest(kind, known);
  return {
    path: ['kind'],
    message: `Kubernetes has no kind ${kind} in ${apiVersion}: the object cannot be applied`,
    ...(meant ? { fix: `write kind: ${meant}` } : {}),
  };
}
