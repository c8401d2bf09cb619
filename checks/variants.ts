import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../manifests/resource';
import { addTo } from '../model/multimap';
import type { Manifests } from './inputs';

/** One of several ways to build the same objects, with what stands beside it. */
export interface Variant extends Manifests {
  /** What it has and the others have not, as its sources are called; nothing where there is one way alone. */
  readonly only: readonly string[];
}

/**
 * Manifests of which Kustomize built some (`built`: how their sources are called), as what is judged together. Overlays that build the
 * same object in different ways go to different clusters or take turns, so they are judged apart, each with what stands beside them.
 * Of several programs those overlays come together that have most names of folders in common.
 */
export function variantsOf({ resources, documents }: Manifests, built: readonly string[]): readonly Variant[] {
  const conflicts = conflictsAmong(resources, built);
  if (conflicts.size === 0) return [{ resources, documents, only: [] }];
  const groups: string[][] = [];
  for (const file of conflicts.keys()) {
    const fitting = groups
      .filter((group) => !group.some((other) => conflicts.get(file)!.has(other)))
      .map((group) => ({ group, score: Math.max(...group.map((other) => namesInCommon(file, other))) }));
    const best = fitting.sort((a, b) => b.score - a.score)[0];
    if (best) best.group.push(file);
    else groups.push([file]);
  }
  return groups.map((group) => {
    const belongs = ({ source: { file } }: Resource) => !conflicts.has(file) || group.includes(file);
    return { resources: resources.filter(belongs), documents: documents.filter(belongs), only: group };
  });
}

/** Those that build an object otherwise than others of them, with these others. */
function conflictsAmong(
  resources: readonly Resource[],
  built: readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const conflicts = new Map<string, Set<string>>();
  if (built.length < 2) return conflicts;
  const files = new Set(built);
  const byName = new Map<string, Resource[]>();
  for (const resource of resources) {
    const { group, kind, statedNamespace, name, source } = resource;
    if (files.has(source.file)) addTo(byName, [group, kind, statedNamespace, name].join('/'), resource);
  }
  const conflict = (one: string, other: string) => conflicts.set(one, (conflicts.get(one) ?? new Set()).add(other));
  for (const same of byName.values()) {
    for (const [i, one] of same.entries()) {
      for (const other of same.slice(i + 1)) {
        const [a, b] = [one.source.file, other.source.file];
        if (conflicts.get(a)?.has(b) || isDeepStrictEqual(one.object, other.object)) continue;
        conflict(a, b);
        conflict(b, a);
      }
    }
  }
  return conflicts;
}

function namesInCommon(one: string, other: string): number {
  const names = new Set(other.split('/'));
  return new Set(one.split('/').filter((name) => names.has(name))).size;
}
