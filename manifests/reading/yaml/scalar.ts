/** Words that stand for something else than themselves in YAML 1.1, as Kubernetes' reader has them: more than YAML 1.2 knows. */
const WORDS: ReadonlyMap<string, boolean | number | null> = new Map<string, boolean | number | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, -Infinity] as const),
]);

const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** Behind a leading dot, `_` stands between digits alone; elsewhere in a number it stands anywhere. */
const FROM_DOT = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const LONGEST_INTEGER = 2n ** 64n;

export type YamlScalar = string | number | boolean | null;

/**
 * A scalar without quotes, as go.yaml.in/yaml/v2 understands it, which Kubernetes reads with: `012` and `0o14` are octal, `1_000`
 * a number, dates and base-60 numbers are strings.
 */
export function plainScalar(source: string): YamlScalar {
  switch (source.charCodeAt(0)) {
    case 46: // .
      return WORDS.get(source) ?? (FROM_DOT.test(source) ? finite(source.replaceAll('_', ''), source) : source);
    case 43: // + -
    case 45:
    case 48:
    case 49:
    case 50:
    case 51:
    case 52:
    case 53:
    case 54:
    case 55:
    case 56:
    case 57:
      return WORDS.get(source) ?? numberIn(source);
    default: {
      const word = source.length > 5 ? undefined : WORDS.get(source);
      return word === undefined ? source : word;
    }
  }
}

function numberIn(source: string): number | string {
  const digits = source.replaceAll('_', '');
  if (INTEGER.test(digits)) {
    const integer = integerIn(digits);
    if (integer !== undefined) return integer;
  }
  return FLOAT.test(digits) ? finite(digits, source) : source;
}

/** Whether a number is written as an integer. */
export function isInteger(source: string): boolean {
  return INTEGER.test(source.replaceAll('_', ''));
}

function integerIn(digits: string): number | undefined {
  const sign = digits.startsWith('-') ? -1 : 1;
  const bare = /^[-+]/.test(digits) ? digits.slice(1) : digits;
  const normal = /^0[0-7]+$/.test(bare) ? `0o${bare.slice(1)}` : bare;
  if (normal.length < 15) return sign * Number(normal) || 0;
  return BigInt(normal) < LONGEST_INTEGER ? sign * Number(normal) : undefined;
}

function finite(digits: string, source: string): number | string {
  const value = Number(digits);
  return Number.isFinite(value) ? value : source;
}
