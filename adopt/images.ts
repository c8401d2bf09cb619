import { isMap } from '../model/is-map';
import type { KubernetesObject } from '../model/kubernetes';
import { entryName } from './entries';
import type { Instance } from './instance';
import { repositoryIn, repositoryName } from './repository';
import { COMMON, type Varying } from './setting-book';

/** An image of an object, in every overlay that has it. */
export interface ImageUse {
  readonly group: string;
  readonly key: string;
  readonly kind: string;
  readonly objectName: string;
  readonly path: readonly string[];
  /** By the overlay. */
  readonly values: ReadonlyMap<string, string>;
  /** What overlays have in common. */
  readonly standard: string | undefined;
}

/** The images of one object in every overlay, each by its path. */
export function imageUses(
  about: Pick<ImageUse, 'group' | 'key' | 'kind' | 'objectName'>,
  objects: ReadonlyMap<string, KubernetesObject>,
  standard: KubernetesObject | undefined,
): ImageUse[] {
  const places = new Map<string, Map<string, string>>();
  for (const [overlay, object] of objects)
    for (const [path, image] of imagesIn(object)) {
      const values = places.get(JSON.stringify(path)) ?? new Map<string, string>();
      places.set(JSON.stringify(path), values.set(overlay, image));
    }
  const standards = new Map([...imagesIn(standard)].map(([path, image]) => [JSON.stringify(path), image]));
  return [...places].map(([path, values]) => ({
    ...{ ...about, path: JSON.parse(path) as string[], values, standard: standards.get(path) },
  }));
}

/** Images that several objects have: one value, as one entry under `images:` is. */
export class SharedImages {
  private readonly settings = new Map<string, Varying>();

  /** `isComputed`: whether the values of an image follow from the overlays' names. */
  constructor(uses: readonly ImageUse[], isComputed: (use: ImageUse) => boolean) {
    const classes: ImageUse[][] = [];
    // By an overlay and the image there: only those can be alike.
    const known = new Map<string, ImageUse[]>();
    for (const use of [...uses].sort((a, b) => b.values.size - a.values.size)) {
      const places = [...use.values].map((entry) => JSON.stringify(entry));
      const candidates = new Set(places.flatMap((place) => (known.has(place) ? [known.get(place)!] : [])));
      const found = [...candidates].find((members) => isAlike(members, use));
      const members = found ?? [];
      if (!found) classes.push(members);
      members.push(use);
      for (const place of places) if (!known.has(place)) known.set(place, members);
    }
    for (const members of classes) {
      const setting = members.length > 1 ? settingOf(members, isComputed) : undefined;
      if (setting) for (const use of members) this.settings.set(markOf(use.key, use.path), setting);
    }
  }

  /** The setting that an image is, with what stands before it; undefined where no other object has the same one. */
  of(
    key: string,
    path: readonly string[],
    values: readonly string[],
    places: readonly Instance[],
  ): (Varying & { readonly head: string }) | undefined {
    const setting = this.settings.get(markOf(key, path));
    if (!setting) return undefined;
    const { head = '' } = setting;
    const isSame = values.every((value, i) => value === `${head}${setting.values.get(places[i]!.overlay)}`);
    return isSame ? { ...setting, head } : undefined;
  }
}

/** Every image of an object, by the path as settings have it. */
function* imagesIn(value: unknown, path: readonly string[] = []): Generator<readonly [readonly string[], string]> {
  if (typeof value === 'string' && path.at(-1) === 'image') yield [path, value];
  else if (Array.isArray(value))
    for (const [i, item] of value.entries()) yield* imagesIn(item, [...path, entryName(item) ?? String(i)]);
  else if (isMap(value)) for (const [key, field] of Object.entries(value)) yield* imagesIn(field, [...path, key]);
}

/** Whether an image is that of others wherever both are. */
function isAlike(members: readonly ImageUse[], { values }: ImageUse): boolean {
  const known = new Map(members.flatMap((member) => [...member.values]));
  const both = [...values].filter(([overlay]) => known.has(overlay));
  return both.length > 0 && both.every(([overlay, value]) => known.get(overlay) === value);
}

function settingOf(members: readonly ImageUse[], isComputed: (use: ImageUse) => boolean): Varying | undefined {
  const values = new Map(members.flatMap((member) => [...member.values]));
  const [first] = members;
  if (new Set(values.values()).size < 2 || isComputed({ ...first!, values })) return undefined;
  const standard = members.find((member) => member.standard !== undefined)?.standard ?? [...values.values()][0]!;
  const head = repositoryIn([...values.values(), standard]) ?? '';
  const tails = new Map([...values].map(([overlay, value]) => [overlay, value.slice(head.length)]));
  const isCommon = members.some(({ group }) => group !== first!.group);
  const what = head === '' ? 'image' : 'tag';
  return {
    ...{ kind: first!.kind, key: first!.key, objectName: first!.objectName, path: first!.path },
    group: isCommon ? COMMON : first!.group,
    type: 'text',
    standard: standard.slice(head.length),
    values: tails,
    called: isCommon ? `${repositoryName(standard)}-${what}` : what,
    head,
    objects: members.map(({ kind, objectName }) => `${kind}/${objectName}`),
  };
}

function markOf(key: string, path: readonly string[]): string {
  return JSON.stringify([key, path]);
}
