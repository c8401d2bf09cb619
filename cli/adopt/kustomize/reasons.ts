import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { BuiltObject, KeyPath } from '../../../adopt/source';
import { isMap } from '../../../model/is-map';
import { endsOf } from './ends';
import { type Kustomization, yamlIn } from './tree';

type Fields = Readonly<Record<string, unknown>>;

/** The file that makes a field what it is: the outermost layer that speaks of it. Undefined where none does. */
export function reasonIn(
  root: string,
  layers: readonly Kustomization[],
  built: BuiltObject,
  path: KeyPath,
): string | undefined {
  const end = path.length === 1 ? ENDS[String(path[0])] : undefined;
  const ends = end === undefined ? [] : layers.flatMap((layer) => endsOf(root, layer, end));
  if (ends.length > 0) return ends.map(({ reason }) => reason).join(', ');
  for (const layer of layers) {
    const patch = patchesOf(root, layer).find((one) => meansObject(one, built) && one.touches(path));
    if (patch) return patch.file;
    const field = fieldOf(layer, built, path);
    if (field !== undefined) return `${layer.file}: ${field}`;
  }
  return undefined;
}

/** What names begin and end with, as settings call it. Each layer puts its own on. */
const ENDS: Readonly<Record<string, 'prefix' | 'suffix'>> = { namePrefix: 'prefix', nameSuffix: 'suffix' };

interface KnownPatch {
  readonly file: string;
  readonly kind: string | undefined;
  /** A regular expression where it is a target of Kustomize. */
  readonly name: RegExp | undefined;
  readonly touches: (path: KeyPath) => boolean;
}

const known = new WeakMap<Kustomization, readonly KnownPatch[]>();

function patchesOf(root: string, layer: Kustomization): readonly KnownPatch[] {
  const patches = known.get(layer) ?? readPatches(root, layer);
  known.set(layer, patches);
  return patches;
}

function readPatches(root: string, layer: Kustomization): KnownPatch[] {
  const { says } = layer;
  const entries = [...list(says['patches']), ...list(says['patchesJson6902'])].filter(isMap);
  const merges = list(says['patchesStrategicMerge']).map((entry) =>
    String(entry).includes('\n') ? { patch: entry } : { path: entry },
  );
  return [...entries, ...merges].flatMap((entry: Fields) => {
    const { path, patch, target } = entry;
    const file = typeof path === 'string' ? posix.join(layer.folder, path) : layer.file;
    const text = typeof path === 'string' ? textAt(join(root, file)) : String(patch ?? '');
    return documentsIn(file, text).flatMap((document) => patchIn(file, document, isMap(target) ? target : undefined));
  });
}

function patchIn(file: string, document: unknown, target: Fields | undefined): KnownPatch[] {
  const about = {
    file,
    kind: typeof target?.['kind'] === 'string' ? target['kind'] : undefined,
    name: typeof target?.['name'] === 'string' ? anchored(target['name']) : undefined,
  };
  if (Array.isArray(document)) {
    const pointers = document.flatMap((step) =>
      isMap(step) && typeof step['path'] === 'string' ? [pointerOf(step['path'])] : [],
    );
    return [{ ...about, touches: (path) => pointers.some((pointer) => isOnTheWay(pointer, path)) }];
  }
  if (!isMap(document)) return [];
  const metadata = isMap(document['metadata']) ? document['metadata'] : {};
  const own = target
    ? about
    : {
        file,
        kind: typeof document['kind'] === 'string' ? document['kind'] : undefined,
        name: typeof metadata['name'] === 'string' ? anchored(escaped(metadata['name'])) : undefined,
      };
  return [{ ...own, touches: (path) => isTouched(document, path) }];
}

function meansObject({ kind, name }: KnownPatch, { object, name: sourceName }: BuiltObject): boolean {
  return (
    (kind === undefined || kind === object.kind) &&
    (name === undefined || name.test(sourceName) || name.test(object.metadata.name))
  );
}

function anchored(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    // Go's regular expressions have forms of their own: the patch may mean any object then.
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The keys of a JSON pointer, without positions in lists. */
function pointerOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .filter((key) => !/^(\d+|-)$/.test(key));
}

/** Whether each key of the pointer is a key of the path, in this order. */
function isOnTheWay(pointer: readonly string[], path: KeyPath): boolean {
  let at = 0;
  for (const key of path) if (at < pointer.length && String(key) === pointer[at]) at += 1;
  return at === pointer.length || at === path.filter((key) => !/^\d+$/.test(String(key))).length;
}

function isTouched(value: unknown, path: KeyPath): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return true;
  if (Array.isArray(value)) {
    const entry = value.find((item) => isMap(item) && item['name'] === key);
    return entry === undefined ? false : isTouched(entry, rest);
  }
  if (!isMap(value)) return true;
  return Object.hasOwn(value, key) && isTouched(value[key], rest);
}

/** The field of the kustomization itself that makes the value. */
function fieldOf({ says }: Kustomization, { object, name }: BuiltObject, path: KeyPath): string | undefined {
  const last = String(path.at(-1) ?? '');
  const has = (field: string) => says[field] !== undefined;
  const named = (field: string) => list(says[field]).some((entry) => isMap(entry) && entry['name'] === name);
  if (path.join('.') === 'metadata.name.hash' && has('generatorOptions')) return 'generatorOptions';
  const generator = GENERATORS[object.kind];
  if (generator !== undefined && list(says[generator]).some((entry) => generates(entry, name, path))) return generator;
  if (path.join('.') === 'spec.replicas' && named('replicas')) return 'replicas';
  if (last === 'image' && has('images')) return 'images';
  // A map as a whole is of every layer that gives some of it; one entry is of the layer that gives it.
  const gives = (pairs: unknown, map: RegExp) => {
    const [key] = path.slice(path.findLastIndex((each) => map.test(String(each))) + 1);
    return isMap(pairs) && (key === undefined || Object.hasOwn(pairs, key));
  };
  if (path.includes('annotations') && gives(says['commonAnnotations'], /^annotations$/)) return 'commonAnnotations';
  const labels = /^(labels|matchLabels|selector)$/;
  if (path.some((key) => labels.test(String(key)))) {
    if (list(says['labels']).some((entry) => isMap(entry) && gives(entry['pairs'], labels))) return 'labels';
    if (gives(says['commonLabels'], labels)) return 'commonLabels';
  }
  if (last === 'namespace' && has('namespace')) return 'namespace';
  return has('replacements') ? 'replacements' : undefined;
}

const GENERATORS: Readonly<Record<string, string>> = { ConfigMap: 'configMapGenerator', Secret: 'secretGenerator' };

/** Whether a generator makes a field of its object: its content, and labels and annotations that its options name. */
function generates(entry: unknown, name: string, path: KeyPath): boolean {
  if (!isMap(entry) || entry['name'] !== name) return false;
  const [first, field, key] = path.map(String);
  if (first !== 'metadata' || (field !== 'labels' && field !== 'annotations')) return true;
  const marks = isMap(entry['options']) ? entry['options'][field] : undefined;
  return isMap(marks) && (key === undefined || Object.hasOwn(marks, key));
}

function documentsIn(file: string, text: string): unknown[] {
  return text
    .split(/^---.*$/m)
    .filter((part) => /\S/.test(part))
    .map((part) => yamlIn(file, part));
}

function textAt(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
