import type { Json } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';

/** A volume at the place where a container sees it. */
export interface MountedVolume {
  /** Without a slash at its end. */
  readonly at: string;
  /** The one file or folder of the volume that is mounted. @default - the whole volume */
  readonly subPath: string | undefined;
  /** What is mounted depends on the environment (subPathExpr). */
  readonly isExpanded: boolean;
  /** Undefined where the pod has no volume of this name. */
  readonly volume: Json | undefined;
}

/** A part of a volume: a ConfigMap, a Secret, or another source. */
export interface VolumeSource {
  /** Undefined: neither a ConfigMap nor a Secret, or one without a name. */
  readonly from: { readonly kind: 'ConfigMap' | 'Secret'; readonly name: string } | undefined;
  readonly isOptional: boolean;
  /** The path of each key that is mounted. @default - every key at its own name */
  readonly paths: ReadonlyMap<string, string> | undefined;
}

/** The mounts of a container, with the volumes of the pod that they name. */
export function mountsOf({ podSpec }: WorkloadManifest, { json }: Container): MountedVolume[] {
  const volumes = new Map(list(podSpec['volumes']).map((entry) => [string(record(entry)?.['name']), record(entry)]));
  return list(json['volumeMounts']).flatMap((entry) => {
    const mount = record(entry);
    const at = string(mount?.['mountPath'])?.replace(/\/+$/, '');
    if (!mount || !at) return [];
    return [
      {
        at,
        subPath: string(mount['subPath']) || undefined,
        isExpanded: Boolean(mount['subPathExpr']),
        volume: volumes.get(string(mount['name'])),
      },
    ];
  });
}

/** What a volume is made of: itself, or the sources of a projected one. */
export function sourcesOf(volume: Json): VolumeSource[] {
  const projected = record(volume['projected']);
  return (projected ? list(projected['sources']).map(record) : [volume]).map((source) => {
    const kind = record(source?.['secret']) ? 'Secret' : 'ConfigMap';
    const json = record(source?.[kind === 'Secret' ? 'secret' : 'configMap']);
    // A volume has secretName, a projected source has name.
    const name = string(json?.['name']) ?? string(json?.['secretName']);
    const items = list(json?.['items']).map(record);
    return {
      from: name === undefined ? undefined : { kind, name },
      isOptional: json?.['optional'] === true,
      paths:
        items.length === 0
          ? undefined
          : new Map(items.map((item) => [string(item?.['key']) ?? '', string(item?.['path']) ?? ''])),
    };
  });
}
