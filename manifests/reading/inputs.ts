import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { NEWEST_KUBERNETES } from '../../model/kubernetes-version';
import { systemReason } from '../../model/system-errors';
import type { Resource } from '../resource';
import type { FileReading } from './file';
import { readFile } from './file';
import { basesAmong, kustomizationAmong } from './kustomizations';
import type { Reading, Unreadable } from './read';
import { readBeside } from './readers';

/** What stands at some paths. */
export interface InputsReading extends Reading {
  /** Files of folders in which there are no Kubernetes objects. */
  readonly skipped: readonly string[];
  /** Why those of them could not be read that could not. */
  readonly overlooked: readonly Unreadable[];
  /** What Kustomize built, as the sources of its objects are called; each may be one of several variants. */
  readonly built: readonly string[];
}

/** Where texts come from, and what helps to read them. */
export interface SystemAccess {
  readonly read: (file: string) => Buffer;
  readonly stdin: () => Buffer;
  /** The file that standard input is an unsaved version of: it takes that file's name, and its place in a folder. @default - it is none */
  readonly stdinName?: string | undefined;
  /** Runs a program: its output, or why there is none. */
  readonly run: (program: string, args: readonly string[]) => Ran;
  /** The program of a reader that runs beside this thread; see readers.ts. @default - none: all is read here */
  readonly readerFile?: (() => string) | undefined;
  /** The version that charts are rendered for, `1.31`. @default - the newest */
  readonly kubernetes?: KubernetesVersion | undefined;
  /** What was read before of files with the same content. @default - each file is read */
  readonly memory?: ReadingMemory | undefined;
}

/** Files that were read already: another one with the same content says the same, and is not parsed again. */
export interface ReadingMemory {
  readonly find: (file: string, read: SystemAccess['read']) => FileReading | undefined;
  readonly keep: (file: string, reading: FileReading) => void;
}

export type Ran = { readonly output: Buffer } | { readonly failed: string } | 'not installed';

export const systemAccess: SystemAccess = { read: (file) => readFileSync(file), stdin: () => readFileSync(0), run };

/** What is said of a path at which nothing was found. */
export const NOTHING_READ = 'there are no Kubernetes objects in it';

/** Reads files, folders with all that is in them, and `-`, the standard input. */
export function readInputs(
  paths: readonly string[],
  { read, stdin, stdinName, run, readerFile, kubernetes, memory }: SystemAccess = systemAccess,
): InputsReading {
  const resources: Resource[] = [];
  const unreadable: Unreadable[] = [];
  const documents: Resource[] = [];
  const skipped: string[] = [];
  const overlooked: Unreadable[] = [];
  const built: string[] = [];
  const add = (file: string, reading: FileReading, found: boolean) => {
    documents.push(...reading.documents);
    if (found && reading.foreign) {
      skipped.push(file);
      overlooked.push(...reading.unreadable.filter(({ foreign }) => foreign !== true));
    } else {
      for (const resource of reading.resources) resources.push(resource);
      unreadable.push(...reading.unreadable);
    }
  };
  const replaced = stdinName !== undefined && paths.includes('-') ? resolve(stdinName) : undefined;
  const found = new Map<string, readonly Found[]>();
  const filesOf = (path: string) => {
    const known = found.get(path) ?? [...filesAt(path)];
    found.set(path, known);
    return known;
  };
  const isThere = (path: string) => path !== '-' && existsSync(path);
  const bases = basesAmong(paths.filter(isThere).flatMap(filesOf).flatMap(kustomizationIn));
  for (const path of paths) {
    const before = resources.length + unreadable.length;
    const name = path === '-' ? (stdinName ?? path) : path;
    let isReplaced = false;
    try {
      const all = path === '-' ? [] : filesOf(path);
      const files = all.filter((file) => resolve(file.path) !== replaced && !bases.has(file.path));
      isReplaced = files.length < all.length;
      if (path === '-') add(name, readFile(name, stdin()), false);
      const sized = files.filter((file) => 'size' in file);
      const known = new Map(sized.flatMap(({ path: file }) => knownIn(memory, file, read)));
      const beside =
        readerFile &&
        readBeside(
          sized.filter((file) => !known.has(file.path)),
          readerFile,
        );
      // One that may not be read keeps nobody from the others.
      for (const file of files)
        try {
          if ('render' in file) built.push(...rendered(file, { run, kubernetes }, add, unreadable));
          else if ('error' in file) throw file.error;
          else {
            const reading = known.get(file.path) ?? beside?.get(file.path) ?? readFile(file.path, read(file.path));
            memory?.keep(file.path, reading);
            add(file.path, reading, file.found);
          }
        } catch (error) {
          unreadable.push(refusedBy(file.path, error));
        }
    } catch (error) {
      unreadable.push(refusedBy(name, error));
    }
    if (resources.length + unreadable.length === before && !isReplaced)
      unreadable.push({
        file: name,
        line: 1,
        column: 1,
        reason: NOTHING_READ,
        foreign: true,
      });
  }
  return { resources, unreadable, documents, skipped, overlooked, built };
}

function knownIn(
  memory: ReadingMemory | undefined,
  file: string,
  read: SystemAccess['read'],
): readonly (readonly [string, FileReading])[] {
  try {
    const reading = memory?.find(file, read);
    return reading ? [[file, reading]] : [];
  } catch {
    // It is read in its turn, and then it is said why it cannot be.
    return [];
  }
}

/** What the file system refuses, in words. */
function refusedBy(file: string, error: unknown): Unreadable {
  const { code, message } = { ...(error as Partial<NodeJS.ErrnoException>), message: (error as Error).message };
  if (code === undefined) throw error;
  const [found, fix] = systemReason(error) ?? [message];
  return { file, line: 1, column: 1, reason: fix === undefined ? found : `${found}: ${fix}` };
}

type Found =
  | { readonly path: string; readonly size: number; readonly found: boolean }
  | { readonly path: string; readonly error: unknown }
  | { readonly path: string; readonly render: 'kustomize' | 'helm' };

function kustomizationIn(found: Found): string[] {
  return 'render' in found && found.render === 'kustomize' ? [found.path] : [];
}

function* filesAt(path: string, found = false, inside: readonly string[] = []): Generator<Found> {
  const stat = statSync(path);
  if (!stat.isDirectory()) {
    yield { path, size: stat.size, found };
    return;
  }
  const real = realpathSync(path);
  if (inside.includes(real)) return;
  let names: string[];
  try {
    names = readdirSync(path).sort();
  } catch (error) {
    yield { path, error };
    return;
  }
  const kustomization = kustomizationAmong(names);
  if (names.includes('Chart.yaml')) yield { path, render: 'helm' };
  else if (kustomization !== undefined) {
    // A component is a part of others and cannot be rendered alone.
    if (!/^kind:\s*Component\s*$/m.test(readFileSync(join(path, kustomization), 'utf8')))
      yield { path, render: 'kustomize' };
    // Overlays may stand in the folder of their base; other files there are parts of what is built, or of nothing.
    for (const name of names) if (mayHold(name)) yield* kustomizationsBelow(join(path, name), [...inside, real]);
  } else {
    for (const name of names) {
      if (!mayHold(name)) continue;
      const child = join(path, name);
      const stat = statSync(child, { throwIfNoEntry: false });
      if (stat?.isDirectory() || (stat?.isFile() && /\.(ya?ml|json)$/.test(name)))
        yield* filesAt(child, true, [...inside, real]);
    }
  }
}

function* kustomizationsBelow(path: string, inside: readonly string[]): Generator<Found> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const found of filesAt(path, true, inside)) if ('render' in found && found.render === 'kustomize') yield found;
}

/** Whether people keep manifests under a name. */
function mayHold(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules';
}

const RENDERERS = {
  kustomize: {
    what: 'a Kustomize folder',
    commands: (path: string) => [
      ['kustomize', 'build', path],
      ['kubectl', 'kustomize', path],
    ],
  },
  helm: {
    what: 'a Helm chart',
    commands: (path: string, kubernetes: string) => [
      ['helm', 'template', 'release', path, '--include-crds', '--kube-version', kubernetes],
    ],
  },
} as const;

/** Adds what a program renders, and says what its source is called where it is one of Kustomize. */
function rendered(
  { path, render }: Extract<Found, { render: string }>,
  { run, kubernetes }: Pick<SystemAccess, 'run' | 'kubernetes'>,
  add: (file: string, reading: FileReading, found: boolean) => void,
  unreadable: Unreadable[],
): string[] {
  const { what, commands } = RENDERERS[render];
  const refuse = (reason: string) => unreadable.push({ file: path, line: 1, column: 1, reason });
  const tried = commands(path, kubernetes ?? NEWEST_KUBERNETES);
  for (const [program, ...args] of tried) {
    const ran = run(program!, args);
    if (ran === 'not installed') continue;
    if ('failed' in ran) refuse(`${program} cannot render it: ${ran.failed}`);
    else {
      // What was rendered stands in no file; its lines are those of the command, without what only refines it.
      const file = [program, ...args.slice(0, args.indexOf(path) + 1)].join(' ');
      add(file, readFile(file, ran.output), false);
      if (render === 'kustomize') return [file];
    }
    return [];
  }
  refuse(
    `this is ${what}, and ${tried.map(([program]) => program).join(' and ')} ${tried.length > 1 ? 'are' : 'is'} not installed: install one, or pipe in what it renders (${tried[0]!.join(' ')} | strata verify -)`,
  );
  return [];
}

function run(program: string, args: readonly string[]): Ran {
  const { error, status, stdout, stderr } = spawnSync(program, args, {
    maxBuffer: 2 ** 30,
    timeout: 120_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return 'not installed';
  if (error || status !== 0) {
    const lines = stderr.toString().trim().split('\n');
    return {
      failed:
        error?.message ?? lines.find((line) => /^error: /i.test(line)) ?? lines.at(-1) ?? `it ended with ${status}`,
    };
  }
  return { output: stdout };
}
