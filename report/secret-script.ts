import type { SecretContract, SecretKey } from '../model/secret-contract';
import { filledIn } from '../model/secret-contract';

/**
 * Shell commands that make a Secret with `kubectl`. They hold no value: each is made by a command, or comes from a variable. They
 * need `openssl`, and leave no file behind.
 */
export function secretScript({ namespace, name, type, keys, origin }: SecretContract): string[] {
  const variables = variablesFor(keys);
  const create = [
    `kubectl create secret generic ${name} --namespace ${namespace}`,
    ...(type === undefined ? [] : [`--type ${type}`]),
    ...keys.map(({ key }) => `--from-file=${key}`),
  ];
  return [
    '(',
    ...[
      'set -eu',
      ...('file' in origin ? ['project=$PWD', `file=$PWD/${quoted(origin.file)}`] : []),
      'umask 077',
      'folder=$(mktemp -d)',
      `trap 'rm -rf "$folder"' EXIT`,
      'cd "$folder"',
      ...(keys.some(({ text }) => text !== undefined)
        ? ['openssl version > /dev/null', 'sha256_of() { openssl dgst -sha256 -r < "$1" | cut -c 1-64; }']
        : []),
      ...keys.flatMap((key) => (key.text === undefined ? [valueLine(key, variables.get(key.key)!)] : [])),
    ].map((line) => `  ${line}`),
    // The lines of a text stand as they are in the file.
    ...keys.flatMap(({ key, text }) => (text === undefined ? [] : textLines(key, text))),
    ...('file' in origin
      ? [
          // A field that some versions of kubectl write, and that says nothing.
          `  ${[...create, '--dry-run=client', '-o yaml'].join(' \\\n    ')} > created.yaml`,
          "  sed '/creationTimestamp: null/d' created.yaml > secret.yaml",
          `  ${ENCRYPT[origin.from]} > encrypted.yaml`,
          '  mkdir -p "${file%/*}"',
          '  cp encrypted.yaml "$file"',
        ]
      : [`  ${create.join(' \\\n    ')}`]),
    ')',
  ];
}

/** Reads secret.yaml, and prints what may stand in Git. The names stay readable: whoever renders compares them. */
const ENCRYPT = {
  'sealed-secrets': 'kubeseal --format yaml < secret.yaml',
  // In the folder of the project: SOPS looks for .sops.yaml where it is called, and for the file's path in its rules.
  sops: `(cd "$project" && sops --encrypt --encrypted-regex '^(data|stringData)$' --filename-override "$file" "$folder/secret.yaml")`,
} as const;

function quoted(word: string): string {
  return /^[\w@./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** By key, the variable that gives its value: none that a shell has for itself. */
export function variablesFor(keys: readonly SecretKey[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const taken = new Set<string>();
  for (const { key, text } of keys) {
    if (text !== undefined) continue;
    const base = `SECRET_${key.toUpperCase().replace(/\W+/g, '_').replace(/^_+/, '')}`;
    let variable = base;
    for (let i = 2; taken.has(variable); i++) variable = `${base}_${i}`;
    taken.add(variable);
    variables.set(key, variable);
  }
  return variables;
}

function valueLine({ key, make }: SecretKey, variable: string): string {
  const value = make === undefined ? `\${${variable}:?is not set}` : `\${${variable}:-$(${make})}`;
  // Assigned first: a shell does not stop at a command that fails inside of another one's arguments.
  return `value=${value}; printf %s "$value" > ${key}`;
}

/** A file that is made of other values, or their hashes. */
function textLines(key: string, text: string): string[] {
  const endsLine = text.endsWith('\n');
  const lines = (endsLine ? text.slice(0, -1) : text).split('\n').map(filled);
  const end = lines.includes('END') ? 'END_OF_FILE' : 'END';
  // A text without a line break at its end is put there by printf, which takes what the shell leaves of one.
  return endsLine
    ? [`  cat > ${key} <<${end}`, ...lines, end]
    : [`  printf %s "$(cat <<${end}`, ...lines, end, `  )" > ${key}`];
}

/** Escaped for a here-document, in which the hashes and values are worked out. */
function filled(line: string): string {
  return filledIn(
    line.replace(/[\\$`]/g, '\\$&'),
    (key) => `$(sha256_of ${key})`,
    (key) => `$(cat ${key})`,
  );
}
