import { parseQuantity, quantityText } from '../../../manifests/quantity';
import { mappings, record, string } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import { workloadNamed } from '../../../world/autoscalers';
import { resourcesOf, statedResources } from '../../../world/requests';
import type { ChangeStep } from '../../field-change';
import { containerChanges } from '../containers';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const web = (memory: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', resources: { limits: { memory: ${memory} } } }] }
`;

/** What happens to who takes more. */
const ENDS: Readonly<Record<string, string>> = {
  memory: 'it is killed (OOMKilled)',
  'ephemeral-storage': 'its pod is evicted',
};
const OF_DISK =
  'compare it with what it holds at most: the files, logs and emptyDirs of the pod, as /stats/summary of the kubelet counts them (ephemeral-storage)';

export default riskRule({
  id: 'memory-limit-lowered',
  class: 'disruption',
  description: 'a container or a volume that may take less memory or disk than before',
  reason:
    'A container that takes more than its limit of memory is killed, and a pod that takes more disk is evicted: the limit has no grace.',
  source:
    'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-limits-are-run',
  advice: 'compare it with what the container takes at most: container_memory_working_set_bytes',
  example: {
    before: web('1Gi'),
    after: web('512Mi'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].resources.limits.memory'],
    harmless: web('2Gi'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change } = workload;
      for (const { before, after, path } of containerChanges(workload)) {
        for (const [name, end] of Object.entries(ENDS)) {
          const was = resourcesOf(diff.before, workload.before, before).limits.get(name);
          const text = lower(was, resourcesOf(diff.after, workload.after, after).limits.get(name), name);
          if (text === undefined) continue;
          yield {
            change,
            field: fieldAt(change, [...path, 'resources', 'limits', name]),
            message: `${after.name} may take ${text} of ${name}: if it takes more, ${end}`,
            ...(name === 'memory' ? {} : { advice: OF_DISK }),
          };
        }
      }
      yield* ofVolumes(workload);
      yield* ofVolumesInMemory(diff, workload);
    }
    yield* ofDefaults(diff);
  },
});

/** Containers that say nothing, and what a LimitRange says of them. */
function* ofDefaults(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'LimitRange')) {
    const namespace = change.after ? diff.after.namespaceOf(change.after) : change.namespace;
    const said = new Map<string, string[]>();
    for (const after of diff.after.workloadsIn(namespace)) {
      const before = workloadNamed(diff.before, after.resource.kind, namespace, after.resource.name);
      for (const container of before ? after.containers : []) {
        const twin = before!.containers.find(({ name }) => name === container.name);
        const stated = statedResources(container).limits;
        for (const name of twin ? Object.keys(ENDS) : []) {
          if (stated.has(name) || statedResources(twin!).limits.has(name)) continue;
          const is = resourcesOf(diff.after, after, container).limits.get(name);
          const text = lower(resourcesOf(diff.before, before!, twin!).limits.get(name), is, name);
          if (text !== undefined)
            addTo(said, `${text} of ${name}: if one takes more, ${ENDS[name]!}`, diff.after.idOf(after.resource));
        }
      }
    }
    for (const [text, ids] of said) {
      const all = [...new Set(ids)];
      yield {
        change,
        field: change.does === 'changed' ? fieldAt(change, ['spec']) : undefined,
        message: `containers of ${firstNames(all)}, which say nothing of it, may take ${text}; it holds for pods that are made from now on`,
      };
    }
  }
}

function* ofVolumes({ change, before, after }: WorkloadChange): Iterable<FoundRisk> {
  const sizes = ({ podSpec }: typeof before) =>
    new Map(
      mappings(podSpec['volumes']).flatMap(({ name, emptyDir }) =>
        record(emptyDir) ? [[string(name) ?? '', parseQuantity(record(emptyDir)?.['sizeLimit'])]] : [],
      ),
    );
  const now = sizes(after);
  for (const [name, was] of sizes(before)) {
    const text = now.has(name) ? lower(was, now.get(name), 'storage') : undefined;
    const path: ChangeStep[] = [...after.podSpecPath.map(String), 'volumes', { name }, 'emptyDir', 'sizeLimit'];
    if (text !== undefined)
      yield {
        change,
        field: fieldAt(change, path),
        message: `volume ${name} may hold ${text}: if it holds more, the pod is evicted`,
        advice: OF_DISK,
      };
  }
}

/** Files that were on the disk of the node and are kept in its memory: each container that writes them has less left for itself. */
function* ofVolumesInMemory(
  { after: world }: WorldChange,
  { change, before, after }: WorkloadChange,
): Iterable<FoundRisk> {
  const inMemory = ({ podSpec }: typeof before) =>
    new Map(
      mappings(podSpec['volumes']).flatMap(({ name, emptyDir }) =>
        record(emptyDir) ? [[string(name) ?? '', record(emptyDir)?.['medium'] === 'Memory']] : [],
      ),
    );
  const old = inMemory(before);
  for (const [name, is] of inMemory(after)) {
    if (!is || old.get(name) !== false) continue;
    const writers = after.containers.filter(({ json }) =>
      mappings(json['volumeMounts']).some((mount) => mount['name'] === name && mount['readOnly'] !== true),
    );
    if (writers.length === 0) continue;
    const path: ChangeStep[] = [...after.podSpecPath.map(String), 'volumes', { name }, 'emptyDir', 'medium'];
    const limits = writers.map((container) => {
      const limit = resourcesOf(world, after, container).limits.get('memory');
      return `${container.name} (${limit === undefined ? 'no limit' : `limit ${quantityText(limit, 'memory')}`})`;
    });
    yield {
      change,
      field: fieldAt(change, path),
      message: `volume ${name} is kept in memory: what is written there counts as memory of ${firstNames(limits)}, and if that is more than the limit, it is killed (OOMKilled)`,
      advice: 'raise the limit of memory by what the volume holds, and give the volume a sizeLimit',
    };
  }
}

/** `512Mi (before: 1Gi)`; undefined where it is not less. */
function lower(was: bigint | undefined, is: bigint | undefined, name: string): string | undefined {
  if (is === undefined || (was !== undefined && is >= was)) return undefined;
  return `${quantityText(is, name)} (before: ${was === undefined ? 'no limit' : quantityText(was, name)})`;
}
