import { wordsOf } from '../../../manifests/flags';
import { runsProgram } from '../../../manifests/programs';
import { parseQuantity, quantityText, wholeQuantity } from '../../../manifests/quantity';
import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { prometheusSize } from '../../../upstream/prometheus/size';
import { operatorObjects } from '../../../world/alertmanager';
import { mountsOf } from '../../../world/mounts';
import { claimsOf } from '../../../world/storage';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (size: string) => `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: monitoring }
spec:
  retentionSize: ${size}
  storage:
    volumeClaimTemplate:
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 50Gi } } }
`;

export default check({
  id: 'retention-fits-volume',
  group: 'storage',
  description: 'the samples that Prometheus may keep are less than its volume holds',
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus.io/docs/prometheus/latest/storage/',
  fix: 'lower the bound to 80 to 85 % of the volume: the write-ahead log and what is being compacted are not counted by it',
  example: {
    broken: manifests('60GB'),
    fails: ['Prometheus/monitoring/main spec.retentionSize'],
    fixed: manifests('40GB'),
  },
  *judge(world) {
    for (const kept of [...ofOperator(world), ...ofWorkloads(world)]) {
      const bytes = prometheusSize(kept.size);
      if (bytes === undefined || !Number.isFinite(bytes) || kept.volume === undefined) continue;
      const room = kept.volume / wholeQuantity(1);
      if (BigInt(Math.ceil(bytes)) < room) continue;
      yield {
        ...kept.at,
        value: kept.size,
        message: `Prometheus deletes nothing before it keeps ${kept.size}, and its volume holds ${quantityText(kept.volume, 'memory')}: the disk is full before, and it stops writing`,
      } satisfies Finding;
    }
  },
});

interface Kept {
  readonly at: { readonly resource: Resource; readonly path: Path };
  /** As it is written. */
  readonly size: string;
  /** What its volume holds, in quantities; undefined where nobody says. */
  readonly volume: bigint | undefined;
}

function* ofOperator(world: World): Iterable<Kept> {
  for (const resource of operatorObjects(world, 'Prometheus')) {
    const size = string(resource.at(['spec', 'retentionSize']));
    if (size === undefined) continue;
    const storage = record(resource.at(['spec', 'storage']));
    const claim = record(record(storage?.['volumeClaimTemplate'])?.['spec']);
    const bound = requestIn(claim) ?? parseQuantity(record(storage?.['emptyDir'])?.['sizeLimit']);
    yield { at: { resource, path: ['spec', 'retentionSize'] }, size, volume: bound };
  }
}

function* ofWorkloads(world: World): Iterable<Kept> {
  for (const workload of world.workloads)
    for (const container of workload.containers) {
      if (!runsProgram(container, 'prometheus')) continue;
      for (const field of ['command', 'args'])
        for (const [i, word] of list(container.json[field]).entries()) {
          const size = /^--storage\.tsdb\.retention\.size=(.+)$/.exec(String(word))?.[1];
          if (size === undefined) continue;
          const at = { resource: workload.resource, path: [...container.path, field, i] };
          yield { at, size, volume: volumeOf(world, workload, container) };
        }
    }
}

/** The volume that the samples are in: that of the folder that is named, or of one above it. */
function volumeOf(world: World, workload: WorkloadManifest, container: Container): bigint | undefined {
  const folder =
    wordsOf(container)
      .map((word) => /^--storage\.tsdb\.path=(.+)$/.exec(word)?.[1])
      .find(Boolean) ?? '/prometheus';
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
