import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { memo } from '../../../model/memo';
import type { MountedText } from '../../../world/configuration-files';
import { filesIn, mountedTexts } from '../../../world/configuration-files';
import type { World } from '../../../world/world';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { configuredContainers } from '../configured-containers';
import { valuesReadersOf } from '../delivery';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { readersOf } from '../readers';
import type { WorldChange } from '../risk';
import { isSameText } from './same-text';

/** A container that finds a file of a ConfigMap or Secret among its own. */
export interface FileReader {
  readonly workload: WorkloadManifest;
  readonly container: Container;
  /** Where it finds it. */
  readonly at: string;
}

/** A file of a ConfigMap or Secret that says something else than before, comes or goes. */
export interface ChangedFile {
  readonly change: ObjectChange;
  readonly field: FieldChange | undefined;
  /** Its name, without folders. */
  readonly name: string;
  /** Undefined where it was not there. */
  readonly before: string | undefined;
  /** Undefined where it is there no more. */
  readonly after: string | undefined;
  /** Whether nothing of it may be shown. */
  readonly isSecret: boolean;
  /** Those among the manifests; none where nobody is seen to read it. */
  readonly readers: readonly FileReader[];
}

/** The files that change for whoever reads them: by their content, and by what is mounted in their place. Comments and blank lines are no change. */
export const changedFiles = memo((diff: WorldChange): readonly ChangedFile[] => {
  const found = new Map<string, ChangedFile>();
  for (const { before, after } of workloadPairs(diff))
    for (const container of after.containers) {
      const twin = before.containers.find(({ name }) => name === container.name);
      if (!twin) continue;
      const [was, is] = [
        new Map(mountedTexts(diff.before, before, twin)),
        new Map(mountedTexts(diff.after, after, container)),
      ];
      for (const at of new Set([...is.keys(), ...was.keys()])) {
        const [old, now] = [was.get(at), is.get(at)];
        const name = at.slice(at.lastIndexOf('/') + 1);
        if (isSameText(name, old?.text, now?.text)) continue;
        const place = placeOf(diff, old, now);
        if (!place) continue;
        const key = JSON.stringify([place.change.id, name, old?.text, now?.text]);
        const readers = [...(found.get(key)?.readers ?? []), { workload: after, container, at }];
        const isSecret = [old, now].some((file) => file?.resource.kind === 'Secret');
        found.set(key, { ...place, name, before: old?.text, after: now?.text, isSecret, readers });
      }
    }
  return [...found.values(), ...unreadFiles(diff)];
});

function workloadPairs(diff: WorldChange): Iterable<{ before: WorkloadManifest; after: WorkloadManifest }> {
  const pairs = configuredContainers(diff).map(({ before, after }) => [after.workload, before.workload] as const);
  return [...new Map(pairs)].map(([after, before]) => ({ before, after }));
}

/** Where a file's change is told: at the object that it stands in, if that is there before and after. */
function placeOf(diff: WorldChange, old: MountedText | undefined, now: MountedText | undefined) {
  const change = (now && changeBy(diff).get(now.resource)) ?? (old && changeBy(diff).get(old.resource)) ?? undefined;
  if (!change) return undefined;
  return { change, field: change.does === 'changed' ? fieldAt(change, (now ?? old)!.path.map(String)) : undefined };
}

const changeBy = memo(
  (diff: WorldChange) =>
    new Map(
      changesOf(diff, 'ConfigMap', 'Secret').flatMap((change) =>
        [change.before, change.after].flatMap((resource) => (resource ? [[resource, change] as const] : [])),
      ),
    ),
);

/** What no pod among the manifests refers to, of ConfigMaps and of their keys: a program may ask the API server for it. */
function* unreadFiles(diff: WorldChange): Iterable<ChangedFile> {
  for (const change of changesOf(diff, 'ConfigMap')) {
    const { before, after } = change;
    if (change.does !== 'changed' || !before || !after) continue;
    // A pod that names keys reads those alone.
    const isRead = (world: World, own: typeof after, name: string) =>
      readersOf(world, 'ConfigMap', world.namespaceOf(own), own.name).some(
        ({ reference: { key } }) => key === undefined || key === name,
      );
    // What is made of values is told by itself.
    if (valuesReadersOf(diff.after, after, diff.after.namespaceOf(after)).length > 0) continue;
    const [was, is] = [new Map(filesIn(before)), new Map(filesIn(after))];
    for (const name of new Set([...is.keys(), ...was.keys()])) {
      const [old, now] = [was.get(name)?.text, is.get(name)?.text];
      const path = (is.get(name) ?? was.get(name))!.path.map(String);
      if (isSameText(name, old, now) || isRead(diff.after, after, name) || isRead(diff.before, before, name)) continue;
      const field = fieldAt(change, path);
      yield { change, field, name, before: old, after: now, isSecret: false, readers: [] };
    }
  }
}
