/** Keys and list positions from the top of an object to a field. */
export type Path = readonly (string | number)[];

/** A text that was read, and where it came from. */
export interface Source {
  /** As the user named it; `-` is standard input. */
  readonly file: string;
  readonly text: string;
}

/** Any JSON object; fields are read with the helpers below, which trust nothing. */
export type Json = { readonly [key: string]: unknown };

/** One Kubernetes object as it was read. */
export class Resource {
  readonly apiVersion: string;
  /** The API group; empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** As the object says it; empty where it says nothing. */
  readonly statedNamespace: string;

  constructor(
    readonly object: Json,
    readonly source: Source,
    /** The how-manieth document of the source. */
    readonly document: number,
    /** Where the object stands in the document: `['items', 3]` inside a List. */
    readonly place: Path = [],
  ) {
    this.apiVersion = string(object['apiVersion']) ?? '';
    this.group = this.apiVersion.includes('/') ? this.apiVersion.slice(0, this.apiVersion.indexOf('/')) : '';
    this.kind = string(object['kind']) ?? '';
    const metadata = record(object['metadata']) ?? {};
    this.name = string(metadata['name']) ?? string(metadata['generateName']) ?? '';
    this.statedNamespace = string(metadata['namespace']) ?? '';
  }

  get labels(): Readonly<Record<string, string>> {
    return strings(this.at(['metadata', 'labels']));
  }

  get annotations(): Readonly<Record<string, string>> {
    return strings(this.at(['metadata', 'annotations']));
  }

  /** Whether an API server printed it: with what it fills in, and nothing that anybody wrote down. */
  get isPrinted(): boolean {
    return this.at(['metadata', 'uid']) !== undefined;
  }

  /** The value at a path, undefined where the path leads nowhere. */
  at(path: Path): unknown {
    return valueAt(this.object, path);
  }
}

export function valueAt(value: unknown, path: Path): unknown {
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** `spec.template.spec.containers[0].image`; keys that are no names are quoted. */
export function pathText(path: Path): string {
  return path.reduce<string>((all, key) => {
    if (typeof key === 'number') return `${all}[${key}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${all}[${JSON.stringify(key)}]`;
    return all === '' ? key : `${all}.${key}`;
  }, '');
}

/** The value if it is an object. */
export function record(value: unknown): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : undefined;
}

/** The value if it is a list; else an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The mappings in a list; what else is in it is left out. */
export function mappings(value: unknown): readonly Json[] {
  return list(value).filter((entry) => record(entry) !== undefined) as readonly Json[];
}

/** The value if it is a string. */
export function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value if it is a number. */
export function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The string fields of an object. */
export function strings(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
