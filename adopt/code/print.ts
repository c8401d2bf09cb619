/** Code of a value: as it stands, or a map or a list that is laid out. */
export type Code =
  | { readonly is: 'raw'; readonly text: string; readonly isString?: boolean }
  | { readonly is: 'map'; readonly fields: readonly CodeField[] }
  | { readonly is: 'list'; readonly items: readonly Code[] };

/** A field of a map; one without a key is spread into it. */
export interface CodeField {
  readonly key?: string;
  readonly value: Code;
  /** A comment of one line above it. */
  readonly comment?: string;
}

/** First what a reader looks for; all else in the order in which it stood. */
const FIRST = [
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'namespace',
  'image',
  'command',
  'args',
  'env',
  'envFrom',
  'labels',
  'annotations',
];

const WIDTH = 120;
/** Maps of this length stand in one line. */
const SHORT = 90;

export function raw(text: string): Code {
  return { is: 'raw', text };
}

export function map(fields: readonly CodeField[]): Code {
  return { is: 'map', fields: [...fields].sort((a, b) => rank(a) - rank(b)) };
}

function rank({ key, value }: CodeField): number {
  // A namespace that is stated is spread where it would stand; what else is spread comes first, so that fields win.
  const isNamespace = value.is === 'raw' && value.text.startsWith('statedNamespace');
  if (key === undefined && !isNamespace) return -1;
  const name = key ?? 'namespace';
  return FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length;
}

/** JSON-like data as code; `shown` writes strings, or leaves them to quotes. */
export function codeOf(
  value: unknown,
  shown?: (text: string, path: readonly string[]) => string | undefined,
  path: readonly string[] = [],
): Code {
  if (typeof value === 'string') {
    const other = shown?.(value, path);
    return other === undefined ? { is: 'raw', text: quotedString(value), isString: true } : raw(other);
  }
  if (Array.isArray(value))
    return { is: 'list', items: value.map((item, i) => codeOf(item, shown, [...path, String(i)])) };
  if (value !== null && typeof value === 'object')
    return map(Object.entries(value).map(([key, field]) => ({ key, value: codeOf(field, shown, [...path, key]) })));
  return raw(Object.is(value, -0) ? '-0' : String(value));
}

/** In single quotes, unless double ones need fewer escapes. */
export function quotedString(text: string): string {
  const inner = JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const singles = text.split("'").length;
  const doubles = text.split('"').length;
  return singles > doubles ? `"${inner}"` : `'${inner.replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}

/** A template literal that says the text; `${…}` stands where `pieces` are code. */
export function template(pieces: readonly (string | { readonly code: string })[]): string {
  return `\`${pieces
    .map((piece) =>
      typeof piece === 'string'
        ? piece
            .replace(/[\\`]|\$(?=\{)/g, '\\$&')
            // biome-ignore format: the classes are read side by side
            .replace(
            /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g,
            (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
          )
        : `\${${piece.code}}`,
    )
    .join('')}\``;
}

/** Lays out a value that begins at `column`, in lines that are indented by `indent`; `after` is what must fit behind it. */
export function print(code: Code, indent = '', column = indent.length, after = 1): string {
  if (code.is === 'raw') return code.text;
  const flat = flatOf(code);
  if (flat !== undefined && column + flat.length + after <= WIDTH && (code.is === 'list' || isShort(code, flat)))
    return flat;
  const inner = `${indent}  `;
  if (code.is === 'list')
    return `[\n${code.items.map((item) => `${inner}${print(item, inner)},\n`).join('')}${indent}]`;
  return `{\n${code.fields.map((field) => `${commentOf(field, inner)}${inner}${printField(field, inner)},\n`).join('')}${indent}}`;
}

/** A call, in one line where it fits, else with an argument in each; `after` stands behind an argument. */
export function call(
  name: string,
  given: readonly (Code | { readonly code: Code; readonly after: string })[],
  indent: string,
  column: number,
): string {
  const all = given.map((one) => ('code' in one ? one : { code: one, after: '' }));
  const flat = all.map(({ code, after }) => `${print(code, indent, 0, 0)}${after}`);
  const line = `${name}(${flat.join(', ')})`;
  if (!line.includes('\n') && column + line.length + 1 <= WIDTH) return line;
  const [only] = all;
  // A single map or list stays beside the parentheses.
  if (all.length === 1 && only!.code.is !== 'raw')
    return `${name}(${print(only!.code, indent, column + name.length + 1, 2)}${only!.after})`;
  const inner = `${indent}  `;
  const lines = all.map(
    ({ code, after }) => `${inner}${print(code, inner, inner.length, 1 + after.length)}${after},\n`,
  );
  return `${name}(\n${lines.join('')}${indent})`;
}

function commentOf({ comment }: CodeField, indent: string): string {
  return comment === undefined ? '' : `${indent}/** ${comment.replaceAll('*/', '* /')} */\n`;
}

function printField({ key, value }: CodeField, indent: string): string {
  if (key === undefined) return `...${print(value, indent, indent.length + 3)}`;
  if (value.is === 'raw' && standsForBoth(key, value.text)) return key;
  const name = keyOf(key);
  const text = print(value, indent, indent.length + name.length + 2);
  const isLong = !text.includes('\n') && indent.length + name.length + text.length + 3 > WIDTH;
  return value.is === 'raw' && value.isString && isLong && name.length > 2
    ? `${name}:\n${indent}  ${text}`
    : `${name}: ${text}`;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** `{ port }` for `{ port: port }`; but `{ 0 }` and `{ true }` are no code. */
function standsForBoth(key: string, text: string): boolean {
  return text === key && key !== '__proto__' && IDENTIFIER.test(key) && !['true', 'false', 'null'].includes(key);
}

function keyOf(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return IDENTIFIER.test(key) ? key : quotedString(key);
}

/** In one line; undefined where it takes several. */
function flatOf(code: Code): string | undefined {
  if (code.is === 'raw') return code.text.includes('\n') ? undefined : code.text;
  if (code.is === 'list') {
    const items = code.items.map(flatOf);
    return items.includes(undefined) || mustBreak(code.items) || !code.items.every(mayBeFlat)
      ? undefined
      : `[${items.join(', ')}]`;
  }
  if (code.fields.length === 0) return '{}';
  const fields = code.fields.map(({ key, value, comment }) => {
    const text = flatOf(value);
    if (text === undefined || comment !== undefined || !mayBeFlat(value)) return undefined;
    return key === undefined ? `...${text}` : standsForBoth(key, text) ? key : `${keyOf(key)}: ${text}`;
  });
  return fields.includes(undefined) ? undefined : `{ ${fields.join(', ')} }`;
}

/** What is expanded by itself expands what is around it. */
function mayBeFlat(code: Code): boolean {
  const flat = code.is === 'map' ? flatOf(code) : '';
  return code.is !== 'map' || (flat !== undefined && isShort(code, flat));
}

function isShort(code: Code, flat: string): boolean {
  return code.is !== 'map' || (flat.length <= SHORT && depthOf(code) <= 3);
}

function depthOf(code: Code): number {
  if (code.is === 'raw') return 0;
  const below = code.is === 'map' ? code.fields.map(({ value }) => value) : code.items;
  return (code.is === 'map' ? 1 : 0) + Math.max(0, ...below.map(depthOf));
}

/** Lists of maps with several fields each stand one below the other, and so do lists of lists. */
function mustBreak(items: readonly Code[]): boolean {
  if (items.length < 2) return false;
  return (
    items.every((item) => item.is === 'map' && item.fields.length > 1) ||
    items.every((item) => item.is === 'list' && item.items.length > 1)
  );
}
