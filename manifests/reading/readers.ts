import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Json, Path, Source } from '../resource';
import { Resource } from '../resource';
import type { FileReading } from './file';
import { decode, readFile } from './file';
import { duplicatesOf, remember } from './read';

/** Less than so many bytes are read sooner than another thread has started. */
const MIN_BYTES = 4_000_000;
/** What is read has to be taken over by this thread, so that many readers are no faster. */
const MAX_READERS = 4;

/** So many parts of the files are there for each thread: who is done with one takes the next. */
const PARTS = 8;

/** Files that several threads read, part by part. */
interface Work {
  readonly parts: readonly (readonly string[])[];
  /** The first part that nobody has taken yet. */
  readonly next: Int32Array;
}

/** What a reader is told: which files, and where to say what stands in them. */
export interface ReaderTask extends Work {
  /** The part that it begins with. */
  readonly first: number;
  readonly port: MessagePort;
  /** Set to 1 when all is said. */
  readonly done: Int32Array;
}

type MessagePort = InstanceType<typeof MessageChannel>['port1'];

/** A file that was read by another thread, as JSON carries it. */
interface Packed extends Pick<FileReading, 'unreadable' | 'foreign'> {
  readonly objects: readonly (readonly [json: Json, document: number, place: Path])[];
  readonly documents: readonly (readonly [json: Json, document: number])[];
  readonly duplicates: readonly (readonly [document: number, paths: readonly Path[]])[];
}

/**
 * Reads many files with all cores: most of them by other threads, each of which runs the reader's program; this thread reads
 * its own part meanwhile. Undefined where there is too little to read. A file that could not be read is left out.
 */
export function readBeside(
  files: readonly { readonly path: string; readonly size: number }[],
  readerFile: () => string,
  { worthwhile = MIN_BYTES, cores = availableParallelism() } = {},
): Map<string, FileReading> | undefined {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const threads = Math.min(cores, MAX_READERS, files.length);
  if (size < worthwhile || threads < 2) return undefined;
  const work: Work = {
    parts: partsOf(files, size / (threads * PARTS)),
    next: new Int32Array(new SharedArrayBuffer(4)).fill(threads),
  };
  const reader = readerFile();
  const tasks = Array.from({ length: threads - 1 }, (_, i) => start(work, i + 1, reader));
  const readings = new Map<string, FileReading>();
  const take = (task: Task) => {
    for (const [file, packed] of said(task)) readings.set(file, unpack(file, packed));
  };
  for (const part of taken(work, 0)) {
    for (const file of part) for (const [path, reading] of attempt(file)) readings.set(path, reading);
    // What others have read is taken over meanwhile, so that nobody waits for it at the end.
    tasks.forEach(take);
  }
  for (const task of tasks) {
    end(task);
    take(task);
    task.port.close();
  }
  return new Map(files.flatMap(({ path }) => (readings.has(path) ? [[path, readings.get(path)!] as const] : [])));
}

/** Parts of at least so many bytes. */
function partsOf(files: readonly { readonly path: string; readonly size: number }[], bytes: number): string[][] {
  const parts: string[][] = [];
  let passed = Number.POSITIVE_INFINITY;
  for (const { path, size } of files) {
    if (passed >= bytes) {
      parts.push([]);
      passed = 0;
    }
    parts.at(-1)!.push(path);
    passed += size;
  }
  return parts;
}

/** The parts that one thread reads: the one that it begins with, then whatever nobody has taken. */
function* taken({ parts, next }: Work, first: number): Iterable<readonly string[]> {
  for (let i = first; i < parts.length; i = Atomics.add(next, 0, 1)) yield parts[i]!;
}

/** What a reader does. */
export function work({ port, done, first, ...shared }: ReaderTask): void {
  try {
    for (const part of taken(shared, first))
      port.postMessage(
        JSON.stringify(part.flatMap((file) => attempt(file).map(([, reading]) => [file, pack(reading)]))),
      );
  } finally {
    Atomics.store(done, 0, 1);
    Atomics.notify(done, 0);
  }
}

interface Task {
  readonly port: MessagePort;
  readonly done: Int32Array;
  readonly worker: Worker;
}

function start(work: Work, first: number, reader: string): Task {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const task: ReaderTask = { ...work, first, port: port2, done };
  return { port: port1, done, worker: new Worker(reader, { workerData: task, transferList: [port2] }) };
}

/** What a reader has said since it was asked last. */
function* said({ port }: Task): Iterable<[string, Packed]> {
  for (let message = receiveMessageOnPort(port); message; message = receiveMessageOnPort(port))
    yield* JSON.parse(message.message as string) as [string, Packed][];
}

/** Waits without giving way to anything else: whoever reads inputs has nothing else to do. One that dies leaves its files to this thread. */
function end({ done, worker }: Task): void {
  Atomics.wait(done, 0, 0, 120_000);
  void worker.terminate();
}

/** Nothing for a file that cannot be read: whoever asks for it next says why. */
function attempt(file: string): [string, FileReading][] {
  try {
    return [[file, readFile(file, readFileSync(file))]];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return [];
  }
}

function pack({ resources, unreadable, documents, foreign }: FileReading): Packed {
  const sources = new Set([...resources, ...documents].map(({ source }) => source));
  return {
    objects: resources.map(({ object, document, place }) => [object, document, place]),
    documents: documents.map(({ object, document }) => [object, document]),
    duplicates: [...sources].flatMap((source) => [...duplicatesOf(source)]),
    unreadable,
    foreign,
  };
}

function unpack(file: string, { objects, documents, duplicates, unreadable, foreign }: Packed): FileReading {
  const source = new FileSource(file);
  for (const [document, paths] of duplicates) remember(source, document, paths);
  return {
    resources: objects.map(([json, document, place]) => new Resource(json, source, document, place)),
    documents: documents.map(([json, document]) => new Resource(json, source, document)),
    unreadable,
    foreign,
  };
}

/** The text is wanted for the places of findings only. */
class FileSource implements Source {
  private known: string | undefined;

  constructor(readonly file: string) {}

  get text(): string {
    if (this.known === undefined) {
      const source = decode(this.file, readFileSync(this.file));
      this.known = 'text' in source ? source.text : '';
    }
    return this.known;
  }
}
