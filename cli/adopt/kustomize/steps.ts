import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { StrataError } from '../../../model/errors';
import { isMap } from '../../../model/is-map';
import type { KubernetesObject } from '../../../model/kubernetes';
import { built } from './build';
import type { Kustomization } from './tree';

/** The fields by which a component changes what others bring. */
const CHANGES = [
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'images',
  'replicas',
  'labels',
  'commonLabels',
  'commonAnnotations',
  'replacements',
];

/** A component of an overlay, and what is built without its changes and those of the components after it. */
export interface BuiltStep {
  readonly component: Kustomization;
  readonly objects: readonly KubernetesObject[];
}

/**
 * What overlays are before each of their components changes them. It is built from a copy in which the components change nothing: the
 * source is not touched. An overlay that does not build so has no steps.
 */
export function componentSteps(
  root: string,
  overlays: readonly Kustomization[],
  reference: Kustomization | undefined,
): ReadonlyMap<Kustomization, readonly BuiltStep[]> {
  const changing = new Map(
    overlays.map((layer) => [layer, [...new Set(componentsIn(layer, reference))].filter(isChanging)] as const),
  );
  if (overlays.length < 2 || [...changing.values()].every((components) => components.length === 0)) return new Map();
  const copy = new Copy(root, overlays);
  try {
    return new Map([...changing].map(([layer, components]) => [layer, copy.stepsOf(layer, components)]));
  } finally {
    copy.remove();
  }
}

/** The components of a kustomization in the order in which they are applied, without those of `end` and below. */
function componentsIn(layer: Kustomization, end: Kustomization | undefined): Kustomization[] {
  if (layer === end) return [];
  const inner = [...layer.bases, ...layer.components].flatMap((each) => componentsIn(each, end));
  return layer.isComponent ? [...inner, layer] : inner;
}

function isChanging({ says }: Kustomization): boolean {
  const lengthOf = (value: unknown) => (Array.isArray(value) ? value : isMap(value) ? Object.keys(value) : []).length;
  return CHANGES.some((field) => lengthOf(says[field]) > 0);
}

/** A copy of every folder that a tree is made of. */
class Copy {
  private readonly root: string;
  private readonly to = realpathSync(mkdtempSync(join(tmpdir(), 'strata-adopt-')));
  private readonly top: string;

  constructor(root: string, overlays: readonly Kustomization[]) {
    this.root = realpathSync(root);
    const folders = [...new Set(overlays.flatMap(foldersOf))].map((folder) => join(this.root, folder)).sort();
    this.top = folders.reduce(commonFolder);
    const isBelow = (folder: string, above: string) => folder === above || folder.startsWith(`${above}${sep}`);
    for (const folder of folders.filter((each) => !folders.some((other) => other !== each && isBelow(each, other))))
      cpSync(folder, this.placeOf(folder), {
        recursive: true,
        dereference: true,
        filter: (path) => path === folder || !/^(\.|node_modules$)/.test(basename(path)),
      });
  }

  stepsOf(layer: Kustomization, components: readonly Kustomization[]): BuiltStep[] {
    try {
      return components.map((component, i) => {
        this.write(components.slice(0, i), false);
        this.write(components.slice(i), true);
        const objects = built(this.placeOf(join(this.root, layer.folder)), layer.folder);
        return { component, objects };
      });
    } catch (error) {
      // What comes later may need what the component changes.
      if (error instanceof StrataError) return [];
      throw error;
    } finally {
      this.write(components, false);
    }
  }

  remove(): void {
    rmSync(this.to, { recursive: true, force: true });
  }

  private write(components: readonly Kustomization[], isWithout: boolean): void {
    for (const { file, says } of components) {
      const fields = Object.entries(says).filter(([field]) => !isWithout || !CHANGES.includes(field));
      // Kustomize refuses one that says nothing.
      const text = JSON.stringify({ metadata: { name: 'component' }, ...Object.fromEntries(fields) });
      writeFileSync(this.placeOf(join(this.root, file)), text);
    }
  }

  private placeOf(path: string): string {
    const place = join(this.to, 'copy', relative(this.top, path));
    mkdirSync(join(place, '..'), { recursive: true });
    return place;
  }
}

function foldersOf({ folder, bases, components }: Kustomization): string[] {
  return [folder, ...[...bases, ...components].flatMap(foldersOf)];
}

function commonFolder(one: string, other: string): string {
  const [a, b] = [one.split(sep), other.split(sep)];
  const end = a.findIndex((name, i) => name !== b[i]);
  return end < 0 ? one : a.slice(0, end).join(sep) || sep;
}
