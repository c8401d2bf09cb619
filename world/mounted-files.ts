import type { Json } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { keysOf } from './contents';
import { mountsOf, sourcesOf } from './mounts';
import type { World } from './world';

/** A folder of a container that holds the files of ConfigMaps and Secrets and no others: such volumes are read-only. */
export interface MountedFolder {
  readonly folder: string;
  /** Relative to the folder; undefined where they are not known. */
  readonly files: ReadonlySet<string> | undefined;
  /** `ConfigMap settings`, for messages. */
  readonly from: string;
}

/** The volume mounts of a container by the folder; what is mounted from elsewhere has files that are not known. */
export function mountedFolders(world: World, workload: WorkloadManifest, container: Container): MountedFolder[] {
  return mountsOf(workload, container).map(({ at, subPath, isExpanded, volume }) => {
    const whole = subPath === undefined && !isExpanded;
    const read = whole && volume ? contentOf(world, workload.namespace, volume) : undefined;
    return { folder: at, files: read?.files, from: read?.from ?? '' };
  });
}

/** The mount that decides what stands at a path: the one with the longest folder. */
export function mountAt(folders: readonly MountedFolder[], path: string): MountedFolder | undefined {
  return folders
    .filter(({ folder }) => path === folder || path.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
}

function contentOf(
  world: World,
  namespace: string,
  volume: Json,
): { readonly files: ReadonlySet<string> | undefined; readonly from: string } | undefined {
  const files = new Set<string>();
  const names: string[] = [];
  for (const { from, isOptional, paths } of sourcesOf(volume)) {
    if (!from || isOptional) return undefined;
    names.push(`${from.kind} ${from.name}`);
    const keys = paths ? [...paths.values()] : keysOf(world, from.kind, namespace, from.name);
    if (keys === undefined || keys === 'unknown') return undefined;
    for (const key of keys) files.add(key);
  }
  return { files, from: names.join(', ') };
}
