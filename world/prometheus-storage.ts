import { flagValues, namesFlag, wordsOf } from '../manifests/flags';
import { runsProgram } from '../manifests/programs';
import { parseQuantity } from '../manifests/quantity';
import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { operatorObjects } from './alertmanager';
import { mountsOf } from './mounts';
import { claimsOf } from './storage';
import type { World } from './world';

/** For how long a Prometheus is told to keep its samples, and where it has room for them. */
export interface SampleStore {
  /** The workload, or the object of the operator. */
  readonly of: Resource;
  /** `30d`, as it is written. @default - nobody bounds the time */
  readonly time: string | undefined;
  /** `40GB`, as it is written, and where. @default - nobody bounds the size */
  readonly size: { readonly text: string; readonly path: Path } | undefined;
  /** What its volume holds, as a quantity; undefined where nobody says. */
  readonly volume: bigint | undefined;
}

/** Every Prometheus of the manifests: objects of the operator, and workloads that run one. */
export const sampleStores = memo((world: World): readonly SampleStore[] => [
  ...operatorObjects(world, 'Prometheus').map(ofObject),
  ...world.workloads.flatMap((workload) =>
    // Not those that start before it and check its configuration.
    workload.running
      .filter((container) => runsProgram(container, 'prometheus'))
      .map((container) => ofContainer(world, workload, container)),
  ),
]);

function ofObject(resource: Resource): SampleStore {
  const path = ['spec', 'retentionSize'];
  const text = string(resource.at(path));
  const storage = record(resource.at(['spec', 'storage']));
  const claim = record(record(storage?.['volumeClaimTemplate'])?.['spec']);
  return {
    of: resource,
    time: string(resource.at(['spec', 'retention'])),
    size: text === undefined ? undefined : { text, path },
    volume: requestIn(claim) ?? parseQuantity(record(storage?.['emptyDir'])?.['sizeLimit']),
  };
}

const RETENTION = 'storage.tsdb.retention';

function ofContainer(world: World, workload: WorkloadManifest, container: Container): SampleStore {
  return {
    of: workload.resource,
    time: flagValues(wordsOf(container), `${RETENTION}.time`).at(-1),
    size: flagOf(container, `${RETENTION}.size`),
    volume: volumeOf(world, workload, container),
  };
}

/** The value of a flag, and the word that has it. */
function flagOf({ json, path }: Container, flag: string): SampleStore['size'] {
  for (const field of ['command', 'args']) {
    const words = list(json[field]).map(String);
    const i = words.findIndex((word) => namesFlag(word, flag));
    if (i < 0) continue;
    const at = words[i]!.includes('=') ? i : i + 1;
    const [text] = flagValues(words, flag);
    return text ? { text, path: [...path, field, at] } : undefined;
  }
  return undefined;
}

/** The volume that the samples are in: that of the folder that is named, or of one above it. */
function volumeOf(world: World, workload: WorkloadManifest, container: Container): bigint | undefined {
  const folder = flagValues(wordsOf(container), 'storage.tsdb.path').find(Boolean) ?? '/prometheus';
  const mounts = list(container.json['volumeMounts']).map(record);
  const names = new Map(
    mounts.map((mount) => [string(mount?.['mountPath'])?.replace(/\/+$/, ''), string(mount?.['name'])]),
  );
  const [mount] = mountsOf(workload, container)
    .filter(({ at }) => folder === at || folder.startsWith(`${at}/`))
    .sort((a, b) => b.at.length - a.at.length);
  if (!mount) return undefined;
  const claims = claimsOf(world).filter(({ namespace }) => namespace === workload.namespace);
  const template = claims.find(
    ({ resource, name, path }) => resource === workload.resource && path.length > 1 && name === names.get(mount.at),
  );
  const claimed = string(record(mount.volume?.['persistentVolumeClaim'])?.['claimName']);
  const claim = template ?? claims.find(({ name, path }) => path.length === 1 && name === claimed);
  return requestIn(claim?.spec) ?? parseQuantity(record(mount.volume?.['emptyDir'])?.['sizeLimit']);
}

function requestIn(spec: Json | undefined): bigint | undefined {
  return parseQuantity(record(record(spec?.['resources'])?.['requests'])?.['storage']);
}
