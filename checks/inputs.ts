import { isUtf8 } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Reading, Unreadable } from './read';
import { readSources } from './read';
import type { Resource, Source } from './resource';

/** What stands at some paths. */
export interface Inputs extends Reading {
  /** Files of folders in which there are no Kubernetes objects. */
  readonly skipped: readonly string[];
}

/** Where texts come from besides files. */
export interface Surroundings {
  readonly read: (file: string) => Buffer;
  readonly stdin: () => Buffer;
  /** Runs a program: its output, or why there is none. */
  readonly run: (program: string, args: readonly string[]) => Ran;
}

export type Ran = { readonly output: Buffer } | { readonly failed: string } | 'not installed';

export const surroundings: Surroundings = { read: (file) => readFileSync(file), stdin: () => readFileSync(0), run };

/** Reads files, folders with all that is in them, and `-`, the standard input. */
export function readInputs(paths: readonly string[], { read: bytesOf, stdin, run }: Surroundings = surroundings): Inputs {
  const resources: Reading['resources'][number][] = [];
  const unreadable: Unreadable[] = [];
  const documents: Resource[] = [];
  const skipped: string[] = [];
  const read = (file: string, bytes: Buffer, found: boolean) => {
    const source = decode(file, bytes);
    const reading: Reading = 'reason' in source ? { resources: [], unreadable: [source], documents: [] } : readSources([source]);
    const foreign = found && reading.resources.length === 0 && (reading.unreadable.every((part) => part.foreign === true) || !/^\s*["']?(apiVersion|kind)["']?\s*:/m.test(bytes.toString('latin1')));
    documents.push(...reading.documents);
    if (foreign) skipped.push(file);
    else {
      for (const resource of reading.resources) resources.push(resource);
      unreadable.push(...reading.unreadable);
    }
  };
  for (const path of paths) {
    const before = resources.length + unreadable.length;
    try {
      for (const file of path === '-' ? [{ path, found: false }] : filesAt(path)) {
        if ('render' in file) rendered(file, run, read, unreadable);
        else read(file.path, file.path === '-' ? stdin() : bytesOf(file.path), file.found);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      unreadable.push({ file: path, line: 1, column: 1, reason: message });
    }
    if (resources.length + unreadable.length === before) unreadable.push({ file: path, line: 1, column: 1, reason: 'there are no Kubernetes objects in it' });
  }
  return { resources, unreadable, documents, skipped };
}

type Found = { readonly path: string; readonly found: boolean } | { readonly path: string; readonly render: 'kustomize' | 'helm' };

function* filesAt(path: string, found = false, inside: readonly string[] = []): Generator<Found> {
  if (!statSync(path).isDirectory()) {
    yield { path, found };
    return;
  }
  const real = realpathSync(path);
  if (inside.includes(real)) return;
  const names = readdirSync(path).sort();
  const kustomization = names.find((name) => /^(kustomization\.ya?ml|Kustomization)$/.test(name));
  if (names.includes('Chart.yaml')) yield { path, render: 'helm' };
  else if (kustomization !== undefined) {
    // A component is a part of others and cannot be rendered alone.
    if (!/^kind:\s*Component\s*$/m.test(readFileSync(join(path, kustomization), 'utf8'))) yield { path, render: 'kustomize' };
  } else {
    for (const name of names) {
      if (name.startsWith('.') || name === 'node_modules') continue;
      const child = join(path, name);
      const stat = statSync(child, { throwIfNoEntry: false });
      if (stat?.isDirectory() || (stat?.isFile() && /\.(ya?ml|json)$/.test(name))) yield* filesAt(child, true, [...inside, real]);
    }
  }
}

const RENDERERS = {
  kustomize: { what: 'a Kustomize folder', commands: (path: string) => [['kustomize', 'build', path], ['kubectl', 'kustomize', path]] },
  helm: { what: 'a Helm chart', commands: (path: string) => [['helm', 'template', 'release', path]] },
} as const;

function rendered({ path, render }: Extract<Found, { render: string }>, run: Surroundings['run'], read: (file: string, bytes: Buffer, found: boolean) => void, unreadable: Unreadable[]): void {
  const { what, commands } = RENDERERS[render];
  const refuse = (reason: string) => unreadable.push({ file: path, line: 1, column: 1, reason });
  const tried = commands(path);
  for (const [program, ...args] of tried) {
    const ran = run(program!, args);
    if (ran === 'not installed') continue;
    if ('failed' in ran) refuse(`${program} cannot render it: ${ran.failed}`);
    else read([program, ...args].join(' '), ran.output, false);
    return;
  }
  refuse(`this is ${what}, and ${tried.map(([program]) => program).join(' and ')} ${tried.length > 1 ? 'are' : 'is'} not installed: install one, or pipe in what it renders (${tried[0]!.join(' ')} | strata verify -)`);
}

function run(program: string, args: readonly string[]): Ran {
  const { error, status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 2 ** 30, timeout: 120_000, stdio: ['ignore', 'pipe', 'pipe'] });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return 'not installed';
  if (error || status !== 0) return { failed: error?.message ?? stderr.toString().trim().split('\n').at(-1) ?? `it ended with ${status}` };
  return { output: stdout };
}

/** Bytes to text; Kubernetes reads UTF-8 and nothing else. */
export function decode(file: string, bytes: Buffer): Source | Unreadable {
  const at = (offset: number, reason: string): Unreadable => {
    const before = bytes.subarray(0, offset).toString('latin1');
    return { file, line: before.split('\n').length, column: bytes.subarray(before.lastIndexOf('\n') + 1, offset).toString('utf8').length + 1, reason };
  };
  const utf16 = bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0) !== (bytes[1] === 0));
  if (utf16) return at(0, 'this is UTF-16: save it as UTF-8 (PowerShell: Out-File -Encoding utf8)');
  if (!isUtf8(bytes)) return at(firstWrongByte(bytes), 'this byte is not UTF-8: save the file as UTF-8');
  try {
    return { file, text: bytes.toString('utf8') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STRING_TOO_LONG') throw error;
    return at(0, 'the file is too large to read: split it');
  }
}

function firstWrongByte(bytes: Buffer): number {
  // Prefixes are right up to the wrong byte, but for a character that the end cuts in two.
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const whole = [0, 1, 2, 3].some((cut) => middle >= cut && isUtf8(bytes.subarray(0, middle - cut)) && startsCharacter(bytes, middle - cut, cut));
    if (whole) low = middle;
    else high = middle - 1;
  }
  let start = low;
  while (start > 0 && !isUtf8(bytes.subarray(0, start))) start--;
  return start;
}

/** Whether the bytes that were cut off may be the beginning of one character. */
function startsCharacter(bytes: Buffer, from: number, count: number): boolean {
  if (count === 0) return true;
  const lead = bytes[from]!;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  return length > count && bytes.subarray(from + 1, from + count).every((byte) => (byte & 0xc0) === 0x80);
}
