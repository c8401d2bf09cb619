import type { Container, WorkloadManifest } from '../../../manifests/workload';
import type { ObjectChange } from '../../object-change';
import { containerChanges } from '../containers';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { readersOf } from '../readers';
import { lostBetween, settingsOfRedis } from '../redis';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const redis = (flags: string, image = 'redis:8.2') => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  serviceName: redis
  selector: { matchLabels: { app: redis } }
  template:
    metadata: { labels: { app: redis } }
    spec: { containers: [{ name: redis, image: '${image}', args: [${flags}] }] }
`;

export default riskRule({
  id: 'redis-persistence',
  class: 'data-loss',
  description: 'a Redis or Valkey that keeps less over a restart, or that may evict keys',
  reason:
    'Without append-only file and snapshots everything is lost when the process ends, and the next rollout ends it. An eviction policy lets it delete keys when memory is full.',
  source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  advice: 'make sure that it is only a cache; else keep appendonly yes and maxmemory-policy noeviction',
  example: {
    before: redis("'--appendonly', 'yes'"),
    after: redis("'--appendonly', 'no'"),
    finds: ['StatefulSet/shop/redis spec.template.spec.containers[redis].args'],
    harmless: redis("'--appendonly', 'yes'", 'redis:8.4'),
  },
  *find(diff) {
    const seen = new Set<WorkloadManifest>();
    const workloads = changedWorkloads(diff).filter((workload) => templateFields(workload).length > 0);
    for (const workload of workloads)
      for (const { before, after, path } of containerChanges(workload)) {
        const field = ['args', 'command', 'env'].map((name) => fieldAt(workload.change, [...path, name])).find(Boolean);
        if (!field) continue;
        seen.add(workload.after);
        for (const message of between(diff, workload.before, before, workload.after, after))
          yield { change: workload.change, field, message };
      }
    for (const change of changesOf(diff, 'ConfigMap', 'Secret')) yield* ofFile(diff, change, seen);
    // Another file is mounted.
    for (const { change, before: was, after: is } of workloads)
      for (const container of seen.has(is) ? [] : is.running) {
        const twin = was.running.find(({ name }) => name === container.name);
        if (twin) for (const message of between(diff, was, twin, is, container)) yield { change, message };
      }
  },
});

/** A configuration file that changes under pods that stay as they are. */
function* ofFile(diff: WorldChange, change: ObjectChange, seen: Set<WorkloadManifest>): Iterable<FoundRisk> {
  const { does, before, after } = change;
  if (does !== 'changed' || !before || !after) return;
  const kind = after.kind === 'Secret' ? 'Secret' : 'ConfigMap';
  const old = readersOf(diff.before, kind, diff.before.namespaceOf(before), before.name);
  for (const { workload } of readersOf(diff.after, kind, diff.after.namespaceOf(after), after.name)) {
    const was = old.find(({ workload: { resource } }) => diff.after.isSame(resource, workload.resource))?.workload;
    if (!was || seen.has(workload)) continue;
    seen.add(workload);
    for (const container of workload.running) {
      const twin = was.running.find(({ name }) => name === container.name);
      const field = change.fields.find(({ path }) => /data$/i.test(String(path[0])));
      if (twin) for (const message of between(diff, was, twin, workload, container)) yield { change, field, message };
    }
  }
}

function* between(
  diff: WorldChange,
  before: WorkloadManifest,
  was: Container,
  after: WorkloadManifest,
  is: Container,
): Iterable<string> {
  const old = settingsOfRedis(diff.before, before, was);
  const now = old && settingsOfRedis(diff.after, after, is);
  if (old && now) yield* lostBetween(old, now);
}
