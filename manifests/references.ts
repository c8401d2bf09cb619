import { memo } from '../model/memo';
import type { Json, Path } from './resource';
import { list, record, string } from './resource';
import type { WorkloadManifest } from './workload';

/** What a pod refers to. */
export interface Reference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim';
  readonly name: string;
  /** How it is used; what happens without it depends on that. */
  readonly use: 'env' | 'envFrom' | 'volume' | 'subPath' | 'imagePullSecret';
  /** The key that is used; undefined: the whole object. */
  readonly key?: string;
  /** Whether a pod starts without it. */
  readonly optional: boolean;
  /** Where the name stands. */
  readonly path: Path;
  /** Where the key stands. */
  readonly keyPath?: Path;
}

/** Whether a reference is the one to speak of when the object is missing: items and parts of a volume go with the volume. */
export function namesObject({ use, key }: Reference): boolean {
  return use === 'env' || key === undefined;
}

/** All objects of its own namespace that a pod refers to by name. */
export const referencesOf = memo((workload: WorkloadManifest): readonly Reference[] => [...walk(workload)]);

/** The files that a ConfigMap or Secret volume consists of: every key, or these. */
interface ConfigVolume {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly optional: boolean;
  /** File to key, where items pick them. */
  readonly items: boolean;
  readonly path: Path;
}

function* walk(workload: WorkloadManifest): Iterable<Reference> {
  const volumes = new Map<string, ConfigVolume>();
  for (const [i, entry] of list(workload.podSpec['volumes']).entries()) {
    const volume = record(entry);
    if (!volume) continue;
    const path = [...workload.podSpecPath, 'volumes', i];
    const single = [
      ...configOf(volume['configMap'], 'ConfigMap', 'name', [...path, 'configMap']),
      ...configOf(volume['secret'], 'Secret', 'secretName', [...path, 'secret']),
    ];
    const config = single.find(({ key }) => key === undefined);
    if (config && config.kind !== 'PersistentVolumeClaim')
      volumes.set(string(volume['name']) ?? '', {
        kind: config.kind,
        name: config.name,
        optional: config.optional,
        items: single.length > 1,
        path,
      });
    yield* single;
    for (const [j, source] of list(record(volume['projected'])?.['sources']).entries()) {
      const from = [...path, 'projected', 'sources', j];
      yield* configOf(record(source)?.['configMap'], 'ConfigMap', 'name', [...from, 'configMap']);
      yield* configOf(record(source)?.['secret'], 'Secret', 'name', [...from, 'secret']);
    }
    const claim = string(record(volume['persistentVolumeClaim'])?.['claimName']);
    if (claim)
      yield {
        kind: 'PersistentVolumeClaim',
        name: claim,
        use: 'volume',
        optional: false,
        path: [...path, 'persistentVolumeClaim', 'claimName'],
      };
  }
  for (const { json, path } of workload.containers) {
    for (const [i, entry] of list(json['env']).entries()) {
      const from = record(record(entry)?.['valueFrom']);
      yield* keyOf(from?.['configMapKeyRef'], 'ConfigMap', [...path, 'env', i, 'valueFrom', 'configMapKeyRef']);
      yield* keyOf(from?.['secretKeyRef'], 'Secret', [...path, 'env', i, 'valueFrom', 'secretKeyRef']);
    }
    for (const [i, entry] of list(json['envFrom']).entries()) {
      for (const [field, kind] of [
        ['configMapRef', 'ConfigMap'],
        ['secretRef', 'Secret'],
      ] as const) {
        const ref = record(record(entry)?.[field]);
        const name = string(ref?.['name']);
        if (name)
          yield {
            kind,
            name,
            use: 'envFrom',
            optional: ref?.['optional'] === true,
            path: [...path, 'envFrom', i, field, 'name'],
          };
      }
    }
    for (const [i, entry] of list(json['volumeMounts']).entries()) {
      const mount = record(entry);
      const subPath = string(mount?.['subPath']);
      const volume = volumes.get(string(mount?.['name']) ?? '');
      // With items, files have names of their own, and a part with a slash is a folder of them.
      if (!subPath || !volume || volume.items || subPath.includes('/')) continue;
      yield {
        kind: volume.kind,
        name: volume.name,
        use: 'subPath',
        key: subPath,
        optional: volume.optional,
        path: volume.path,
        keyPath: [...path, 'volumeMounts', i, 'subPath'],
      };
    }
  }
  for (const [i, entry] of list(workload.podSpec['imagePullSecrets']).entries()) {
    const name = string(record(entry)?.['name']);
    // The kubelet pulls without it, and says so in an event.
    if (name)
      yield {
        kind: 'Secret',
        name,
        use: 'imagePullSecret',
        optional: true,
        path: [...workload.podSpecPath, 'imagePullSecrets', i, 'name'],
      };
  }
}

function* keyOf(value: unknown, kind: 'ConfigMap' | 'Secret', path: Path): Iterable<Reference> {
  const ref = record(value);
  const name = string(ref?.['name']);
  const key = string(ref?.['key']);
  if (!ref || !name) return;
  yield {
    kind,
    name,
    use: 'env',
    ...(key === undefined ? {} : { key, keyPath: [...path, 'key'] }),
    optional: ref['optional'] === true,
    path: [...path, 'name'],
  };
}

/** The object of a volume and, where it picks some, each of its keys. */
function* configOf(value: unknown, kind: 'ConfigMap' | 'Secret', nameField: string, path: Path): Iterable<Reference> {
  const source: Json | undefined = record(value);
  const name = string(source?.[nameField]);
  if (!source || !name) return;
  const whole = {
    kind,
    name,
    use: 'volume',
    optional: source['optional'] === true,
    path: [...path, nameField],
  } as const;
  yield whole;
  for (const [i, item] of list(source['items']).entries()) {
    const key = string(record(item)?.['key']);
    if (key !== undefined) yield { ...whole, key, keyPath: [...path, 'items', i, 'key'] };
  }
}
