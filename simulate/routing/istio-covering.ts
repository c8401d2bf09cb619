import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../manifests/resource';
import { list, record, string, strings } from '../../manifests/resource';
import { goRegExp } from '../../upstream/kubernetes/cel/regexp';

/** What names a match or its figures, and asks nothing of a request. */
const NAMES: ReadonlySet<string> = new Set(['name', 'statPrefix']);
const TEXTS = ['exact', 'prefix', 'regex'] as const;

/**
 * Whether every request that a match of a VirtualService takes is taken by another one as well, as far as it can be told: each condition of the
 * wider one follows from one of the narrower. False where that is not certain, as with two expressions that differ.
 *
 * @param wide A match of a rule for HTTP, TLS or TCP; `{}` for a rule without any.
 * @param narrow A match of the same kind of rule.
 * @param gateways What the VirtualService is for; a match that names none is for all of these.
 */
export function istioCovers(wide: Json, narrow: Json, gateways: readonly string[]): boolean {
  return Object.entries(wide).every(
    ([field, value]) => NAMES.has(field) || follows(field, value, wide['ignoreUriCase'] === true, narrow, gateways),
  );
}

function follows(
  field: string,
  value: unknown,
  ignoresCase: boolean,
  narrow: Json,
  gateways: readonly string[],
): boolean {
  const other = narrow[field];
  switch (field) {
    case 'uri':
      return isAnyPath(value) || pathFollows(record(value)!, ignoresCase, narrow);
    case 'ignoreUriCase':
      // Asked together with the path.
      return true;
    case 'headers':
    case 'queryParams': {
      const asked = Object.entries(record(other) ?? {});
      const fold = (name: string) => (field === 'headers' ? name.toLowerCase() : name);
      return Object.entries(record(value) ?? {}).every(([name, text]) =>
        asked.some(([own, narrower]) => fold(own) === fold(name) && textFollows(text, narrower, true)),
      );
    }
    case 'method':
    case 'authority':
    case 'scheme':
      return !record(value) || (record(other) !== undefined && textFollows(value, other, true));
    case 'port':
      return !value || value === other;
    case 'sourceNamespace':
      return !value || value === other;
    case 'sourceLabels': {
      const own = strings(other);
      return Object.entries(strings(value)).every(([label, text]) => own[label] === text);
    }
    case 'gateways': {
      const names = list(value);
      const asked = list(other).length > 0 ? list(other) : gateways;
      return names.length === 0 || asked.every((name) => names.includes(name));
    }
    case 'withoutHeaders':
      return Object.entries(record(value) ?? {}).every(([name, text]) =>
        isDeepStrictEqual(text, record(other)?.[name]),
      );
    default:
      return isDeepStrictEqual(value, other);
  }
}

/** A path that asks nothing. */
function isAnyPath(value: unknown): boolean {
  const uri = record(value);
  return !uri || uri['prefix'] === '/' || uri['regex'] === '.*' || TEXTS.every((kind) => uri[kind] === undefined);
}

/** Expressions are asked as they stand, whether the case is ignored or not. */
function pathFollows(wide: Json, ignoresCase: boolean, match: Json): boolean {
  const narrow = record(match['uri']);
  if (!narrow) return false;
  const isExpression = narrow['exact'] === undefined && narrow['prefix'] === undefined;
  if (match['ignoreUriCase'] === true && !isExpression && (!ignoresCase || wide['regex'] !== undefined)) return false;
  if (!ignoresCase || wide['regex'] !== undefined) return textFollows(wide, narrow, false);
  return textFollows(folded(wide), folded(narrow), false);
}

function folded({ exact, prefix, regex }: Json): Json {
  return { exact: string(exact)?.toLowerCase(), prefix: string(prefix)?.toLowerCase(), regex };
}

/** @param asksPresence Whether a text without a condition, or with the expression `*`, asks for the field to be there. */
function textFollows(wide: unknown, narrow: unknown, asksPresence: boolean): boolean {
  const [one, other] = [record(wide) ?? {}, record(narrow) ?? {}];
  if (asksPresence && (one['regex'] === '*' || TEXTS.every((kind) => one[kind] === undefined))) return true;
  const [exact, prefix, regex] = TEXTS.map((kind) => string(one[kind]));
  const [ownExact, ownPrefix, ownRegex] = TEXTS.map((kind) => string(other[kind]));
  if (exact !== undefined) return ownExact === exact;
  if (prefix !== undefined) return (ownExact ?? ownPrefix)?.startsWith(prefix) ?? false;
  if (regex === undefined) return false;
  if (ownExact === undefined) return regex === ownRegex || (ownPrefix !== undefined && takesAllFrom(regex, ownPrefix));
  return goRegExp(`^(?:${regex})$`)?.test(ownExact) ?? false;
}

/** Whether an expression takes every text that begins with a prefix: its own beginning is found there, and `.*` takes the rest. */
function takesAllFrom(regex: string, prefix: string): boolean {
  const [, start] = /^([^|]*[^|\\]|)\.\*$/.exec(regex) ?? [];
  return start !== undefined && (goRegExp(`^(?:${start})`)?.test(prefix) ?? false);
}
