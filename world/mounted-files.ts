import type { Json } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { keysOf } from './contents';
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
  const volumes = new Map(
    list(workload.podSpec['volumes']).map((entry) => [string(record(entry)?.['name']), record(entry)]),
  );
  return list(container.json['volumeMounts']).flatMap((entry) => {
    const mount = record(entry);
    const folder = string(mount?.['mountPath'])?.replace(/\/+$/, '');
    if (!folder) return [];
    const volume = volumes.get(string(mount?.['name']));
    const whole = mount?.['subPath'] === undefined && mount?.['subPathExpr'] === undefined;
    const read = whole && volume ? contentOf(world, workload.namespace, volume) : undefined;
    return [{ folder, files: read?.files, from: read?.from ?? '' }];
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
  const projected = record(volume['projected']);
  const sources = projected ? list(projected['sources']).map(record) : [volume];
  const files = new Set<string>();
  const from: string[] = [];
  for (const source of sources) {
    const given = (['ConfigMap', 'Secret'] as const).flatMap((kind) => {
      const json = record(source?.[kind === 'ConfigMap' ? 'configMap' : 'secret']);
      const name = string(json?.['name'] ?? json?.['secretName']);
      return json && name !== undefined ? [{ kind, name, json }] : [];
    })[0];
    if (!given || given.json['optional'] === true) return undefined;
    from.push(`${given.kind} ${given.name}`);
    const items = list(given.json['items']).map(record);
    const keys = keysOf(world, given.kind, namespace, given.name);
    if (items.length > 0) for (const item of items) files.add(string(item?.['path']) ?? '');
    else if (keys === undefined || keys === 'unknown') return undefined;
    else for (const key of keys) files.add(key);
  }
  return { files, from: from.join(', ') };
}
