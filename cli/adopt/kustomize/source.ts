import { basename, join } from 'node:path';
import type { BuiltObject, Overlay, ReadSource } from '../../../adopt/source';
import { label } from '../../../adopt/words';
import { CONTENT_SUFFIX } from '../../../model/content-hash';
import { StrataError } from '../../../model/errors';
import type { KubernetesObject } from '../../../model/kubernetes';
import { built, fileOrigins } from './build';
import { endsOf } from './ends';
import { reasonIn } from './reasons';
import { componentSteps } from './steps';
import { type Kustomization, KustomizeTree } from './tree';
import { twiceIn } from './twice';

/** A Kustomize tree: each kustomization that no other one is made of is an environment. */
export function kustomizeSource(root: string): ReadSource {
  const tree = new KustomizeTree(root);
  const { overlays, components } = tree;
  if (overlays.length === 0)
    throw new StrataError(root, 'has no kustomization that can be built by itself', [
      'name the folder of the overlays',
    ]);
  const reference = overlays.length > 1 ? commonLayer(overlays) : undefined;
  const names = environmentNames(overlays);
  const steps = componentSteps(root, overlays, reference);
  const read = overlays.map((layer): Overlay => {
    const layers = layersDownTo(layer, reference);
    const ends = (end: 'prefix' | 'suffix') =>
      layers.flatMap((each) => endsOf(root, each, end)).map(({ text }) => text);
    const [prefixes, suffixes] = [ends('prefix'), ends('suffix').reverse()];
    return {
      name: names.get(layer)!,
      from: shownFolder(layer, root),
      objects: objectsOf(root, layer, prefixes, suffixes),
      prefix: prefixes.join(''),
      suffix: suffixes.join(''),
      steps: (steps.get(layer) ?? []).map(({ component, objects }) => ({
        component: component.folder,
        before: objects.map((object) => builtOf(object, prefixes, suffixes, component.folder)),
        reasonFor: (object, path) => reasonIn(root, [component], object, path),
      })),
      reasonFor: (object, path) => reasonIn(root, layersOf(layer, reference, object), object, path),
    };
  });
  const common = reference && tryObjects(root, reference);
  return {
    kind: 'Kustomize',
    overlays: read,
    components: components.map(({ folder }) => folder),
    ...(common ? { reference: common } : {}),
  };
}

function shownFolder({ folder }: Kustomization, root: string): string {
  return folder === '' ? basename(root) : folder;
}

function objectsOf(
  root: string,
  layer: Kustomization,
  prefixes: readonly string[],
  suffixes: readonly string[],
): BuiltObject[] {
  const folder = join(root, layer.folder);
  const shown = shownFolder(layer, root);
  const objects = built(folder, shown, (said) => twiceIn(root, layer, shown, said), folder);
  const origins = fileOrigins(folder, root, objects.length);
  return objects.map((object, i) => builtOf(object, prefixes, suffixes, (origins[i] ?? layer.folder) || layer.file));
}

function builtOf(
  object: KubernetesObject,
  prefixes: readonly string[],
  suffixes: readonly string[],
  from: string,
): BuiltObject {
  return { object, name: nameInSource(object, prefixes, suffixes), hashed: isHashLike(object), from };
}

/** What the overlays are made of, if it can be built by itself. */
function tryObjects(root: string, layer: Kustomization): BuiltObject[] | undefined {
  try {
    return objectsOf(root, layer, [], []);
  } catch (error) {
    // Bases need not be whole: overlays may bring what is missing.
    if (error instanceof StrataError) return undefined;
    throw error;
  }
}

/** Kustomize leaves the names of these as they are. */
const UNPREFIXED = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);

function nameInSource(object: KubernetesObject, prefixes: readonly string[], suffixes: readonly string[]): string {
  const { kind, metadata } = object;
  let name = isHashLike(object) ? metadata.name.replace(CONTENT_SUFFIX, '') : metadata.name;
  if (UNPREFIXED.has(kind)) return name;
  for (const prefix of prefixes)
    if (name.startsWith(prefix) && name.length > prefix.length) name = name.slice(prefix.length);
  for (const suffix of [...suffixes].reverse())
    if (name.endsWith(suffix) && name.length > suffix.length) name = name.slice(0, -suffix.length);
  return name;
}

function isHashLike({ kind, metadata }: KubernetesObject): boolean {
  return (kind === 'ConfigMap' || kind === 'Secret') && CONTENT_SUFFIX.test(metadata.name);
}

/** The nearest kustomization that all overlays are made of. */
function commonLayer(overlays: readonly Kustomization[]): Kustomization | undefined {
  const [first, ...others] = overlays.map(basesBelow);
  return first!.find((layer) => others.every((bases) => bases.includes(layer)));
}

/** All bases, the nearest first. */
function basesBelow(layer: Kustomization): Kustomization[] {
  const found: Kustomization[] = [];
  let next: readonly Kustomization[] = layer.bases;
  while (next.length > 0) {
    found.push(...next);
    next = next.flatMap(({ bases }) => bases);
  }
  return found;
}

/** An overlay with its components and bases, from the outermost in, without what it has in common with the others. */
function layersDownTo(layer: Kustomization, end: Kustomization | undefined): Kustomization[] {
  if (layer === end) return [];
  const inner = [...layer.components].reverse().flatMap((each) => layersDownTo(each, end));
  return [layer, ...inner, ...layer.bases.flatMap((each) => layersDownTo(each, end))];
}

/** Those of the layers that an object comes through: an overlay of another app says nothing of it. */
function layersOf(layer: Kustomization, end: Kustomization | undefined, built: BuiltObject): Kustomization[] {
  if (layer === end) return [];
  const through = layer.bases.filter((base) => reaches(base, built.from));
  if (through.length === 0 && !reaches({ ...layer, bases: [] }, built.from)) return layersDownTo(layer, end);
  const inner = [...layer.components].reverse().flatMap((each) => layersDownTo(each, end));
  return [layer, ...inner, ...through.flatMap((each) => layersOf(each, end, built))];
}

/** Whether a file or folder is one of a kustomization's, or of what it is made of. */
function reaches({ folder, bases, components }: Kustomization, from: string): boolean {
  const isOwn = folder === '' || from === folder || from.startsWith(`${folder}/`);
  return isOwn || [...bases, ...components].some((each) => reaches(each, from));
}

/** The names of the folders; those that are not different with the folders that they are in. */
export function environmentNames(overlays: readonly Kustomization[]): ReadonlyMap<Kustomization, string> {
  const named = (parts: number) =>
    new Map(
      overlays.map((layer) => {
        const folders = layer.folder.split('/').filter((folder) => folder !== 'overlays' && folder !== '..');
        return [layer, label(folders.slice(-parts).join('-'), 'default', 40)] as const;
      }),
    );
  for (let parts = 1; parts < 12; parts += 1) {
    const names = named(parts);
    if (new Set(names.values()).size === overlays.length) return names;
  }
  throw new StrataError('strata adopt', 'two overlays would be environments of one name', [
    'rename the folder of one of the two',
  ]);
}
