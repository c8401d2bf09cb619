import { wordsOf } from '../../manifests/flags';
import type { Container, WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { containerChanges } from './containers';
import { changesOf } from './kinds';
import { fieldAt } from './paths';
import { readersOf } from './readers';
import type { WorldChange } from './risk';
import { changedWorkloads, templateFields } from './workloads';

/** A container that is told something else: by its arguments and variables, or by a file that it reads. */
export interface ConfiguredContainer {
  readonly change: ObjectChange;
  readonly field: FieldChange | undefined;
  readonly before: { readonly workload: WorkloadManifest; readonly container: Container };
  readonly after: { readonly workload: WorkloadManifest; readonly container: Container };
}

/** Every such container, each once, at what changes first of these: its own fields, a file's content, which file it is. */
export const configuredContainers = memo((diff: WorldChange): readonly ConfiguredContainer[] => {
  const found: ConfiguredContainer[] = [];
  const seen = new Set<WorkloadManifest>();
  const workloads = changedWorkloads(diff).filter((workload) => templateFields(workload).length > 0);
  for (const workload of workloads)
    for (const { before, after, path } of containerChanges(workload)) {
      const field = ['args', 'command', 'env'].map((name) => fieldAt(workload.change, [...path, name])).find(Boolean);
      if (!field) continue;
      seen.add(workload.after);
      const [was, is] = [workload.before, workload.after];
      found.push({
        change: workload.change,
        field,
        before: { workload: was, container: before },
        after: { workload: is, container: after },
      });
    }
  for (const change of changesOf(diff, 'ConfigMap', 'Secret')) found.push(...ofFile(diff, change, seen));
  // Another file is mounted.
  for (const { change, before, after } of workloads)
    if (!seen.has(after)) found.push(...twins(change, undefined, before, after));
  return found;
});

/** A configuration file that changes under pods that stay as they are. */
function* ofFile(diff: WorldChange, change: ObjectChange, seen: Set<WorkloadManifest>): Iterable<ConfiguredContainer> {
  const { does, before, after } = change;
  if (does !== 'changed' || !before || !after) return;
  const kind = after.kind === 'Secret' ? 'Secret' : 'ConfigMap';
  const old = readersOf(diff.before, kind, diff.before.namespaceOf(before), before.name);
  for (const { workload } of readersOf(diff.after, kind, diff.after.namespaceOf(after), after.name)) {
    const was = old.find(({ workload: { resource } }) => diff.after.isSame(resource, workload.resource))?.workload;
    if (!was || seen.has(workload)) continue;
    seen.add(workload);
    const files = change.fields.filter(({ path }) => /data$/i.test(String(path[0])));
    for (const found of twins(change, files[0], was, workload)) {
      const words = wordsOf(found.after.container);
      // Of several files that change, the one that its arguments name.
      const named = files.find(({ path }) => words.some((word) => word.includes(`/${String(path[1])}`)));
      yield named ? { ...found, field: named } : found;
    }
  }
}

function* twins(
  change: ObjectChange,
  field: FieldChange | undefined,
  before: WorkloadManifest,
  after: WorkloadManifest,
): Iterable<ConfiguredContainer> {
  for (const container of after.running) {
    const twin = before.running.find(({ name }) => name === container.name);
    if (twin)
      yield { change, field, before: { workload: before, container: twin }, after: { workload: after, container } };
  }
}
