import type { CelInput, CelMap, CelValue } from '@bufbuild/cel';

/** The types of Kubernetes' own library, which CEL does not have. */
export type Opaque = 'quantity' | 'ip' | 'cidr' | 'url' | 'semver' | 'format' | 'optional';

/** A failure that the API server has too: it refuses what the rule is about. Of several failures the package keeps the messages alone. */
export class CelFault extends Error {
  constructor(message: string) {
    super(`refused: ${message}`);
  }
}

/** No key of an object can be this. */
const KIND = '\0kind';
const VALUE = '\0value';

const contents = new WeakMap<object, unknown>();

/** A value of such a type: a map, equal to another one if its normal form is. What else belongs to it is its content. */
export function opaque(kind: Opaque, normal: CelInput, content?: unknown): CelMap {
  const { celMap } = require('@bufbuild/cel') as typeof import('@bufbuild/cel');
  const value = celMap(
    new Map<string, CelInput>([
      [KIND, kind],
      [VALUE, normal],
    ]),
  );
  contents.set(value, content);
  return value;
}

/** The normal form of a value of such a type; undefined where it is another. */
export function opened(kind: Opaque, value: CelValue | undefined): CelValue | undefined {
  return isMap(value) && value.get(KIND) === kind ? value.get(VALUE) : undefined;
}

/** The normal form of a value that must be of a type. */
export function open(kind: Opaque, value: CelValue | undefined): CelValue {
  const normal = opened(kind, value);
  if (normal === undefined) throw new Error(`no such overload: this is no ${kind}`);
  return normal;
}

/** The content of a value that must be of a type. */
export function contentOf<T>(kind: Opaque, value: CelValue): T {
  open(kind, value);
  return contents.get(value as object) as T;
}

function isMap(value: unknown): value is CelMap {
  return typeof value === 'object' && value !== null && 'get' in value && 'has' in value && 'keys' in value;
}
