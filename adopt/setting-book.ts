import type { SettingType, SettingUse } from './expression';
import { camel, isFreeWord, upperFirst } from './words';

/** A value that differs between overlays, and where. */
export interface Varying {
  readonly group: string;
  readonly key: string;
  readonly kind: string;
  readonly objectName: string;
  /** Keys on the way to it; entries of lists by their names, where they have any. */
  readonly path: readonly string[];
  readonly type: SettingType;
  readonly standard: unknown;
  readonly values: ReadonlyMap<string, unknown>;
  /** @default - by the path */
  readonly called?: string;
  /** The objects that have it, where they are known to be several. @default - one */
  readonly objects?: readonly string[];
  /** What stands before it in the field: values after something else are another setting. @default - nothing */
  readonly head?: string;
}

/** The group of what several things share. */
export const COMMON = 'common';

/** The settings of an adopted platform by group: each has a name of its own, and what varies alike and is called alike is one. */
export class SettingBook {
  readonly groups = new Map<string, Map<string, SettingUse>>();
  private readonly homes = new Map<string, Set<string>>();

  /** `shared`: what several things have in common, as a book found that was filled before; `taken`: names that code uses otherwise. */
  constructor(
    private readonly taken: ReadonlySet<string>,
    private readonly shared: ReadonlySet<string> = new Set(),
  ) {}

  use(varying: Varying): SettingUse {
    const { kind, path, type, standard, values, objectName, head = '' } = varying;
    const names = namesFor(varying);
    const mark = JSON.stringify([names[0], type, head, [...values]]);
    if (isLabel(path) || varying.called === 'hash-in-name')
      this.homes.set(mark, (this.homes.get(mark) ?? new Set()).add(varying.group));
    const group = this.shared.has(mark) ? COMMON : varying.group;
    const fields = this.groups.get(group) ?? new Map<string, SettingUse>();
    this.groups.set(group, fields);
    const same = (known: SettingUse) =>
      known.type === type &&
      known.head === head &&
      JSON.stringify(known.standard) === JSON.stringify(standard) &&
      JSON.stringify([...known.values]) === JSON.stringify([...values]);
    const all = [...names, camel([kind, ...path].join('-')), camel([kind, objectName, ...path].join('-'))];
    const free = all.find((name) => !this.taken.has(name) && (!fields.has(name) || same(fields.get(name)!)));
    const field = free ?? `${all.at(-1)}Value`;
    const use = fields.get(field) ?? {
      field,
      group,
      type,
      standard,
      values,
      head,
      first: { key: varying.key, object: `${kind}/${objectName}`, path },
      objects: new Set<string>(),
    };
    for (const object of varying.objects ?? [`${kind}/${objectName}`]) use.objects.add(object);
    fields.set(field, use);
    return use;
  }

  /** What stands in more than one thing: by it, a second book puts these into the common group. */
  sharedMarks(): ReadonlySet<string> {
    return new Set([...this.homes].filter(([, things]) => things.size > 1).map(([mark]) => mark));
  }
}

function isLabel(path: readonly string[]): boolean {
  return path.some((key) => key === 'labels' || key === 'matchLabels' || key === 'annotations' || key === 'selector');
}

/** Names from the plain one to the exact one. */
function namesFor({ kind, path, called }: Varying): string[] {
  const last = path.at(-1) ?? 'value';
  const parent = path.at(-2) ?? '';
  const plain = called ?? plainName(kind, path, last, parent);
  const owner = ownerIn(path);
  const all = [plain, ...(owner === undefined ? [] : [`${owner}-${plain}`]), `${kind}-${plain}`, `${parent}-${plain}`];
  return [...all.filter(isFreeWord), ...all.filter((name) => !isFreeWord(name))].map(camel);
}

function plainName(kind: string, path: readonly string[], last: string, parent: string): string {
  if (last === 'value' && path.at(-3) === 'env') return parent;
  if (parent === 'requests') return `${last}-request`;
  if (parent === 'limits') return `${last}-limit`;
  if (path.join('.') === 'metadata.name') return `${kind}Name`;
  if (last === 'matchLabels' || last === 'selector') return 'selected-labels';
  if (last === 'data' || last === 'binaryData' || last === 'stringData')
    return `${kind === 'Secret' ? 'secret' : 'config'}${upperFirst(last)}`;
  const word = last.slice(last.lastIndexOf('/') + 1);
  if (last.startsWith('checksum/')) return `${word}-checksum`;
  return /^\d+$/.test(word) ? `${parent}-${word}` : word;
}

/** The container or the like that a field belongs to. */
function ownerIn(path: readonly string[]): string | undefined {
  const at = path.findIndex((key) => key === 'containers' || key === 'initContainers');
  return at >= 0 && at + 2 < path.length ? path[at + 1] : undefined;
}
