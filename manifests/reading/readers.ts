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

/** What a reader is told: which files, and where to say what stands in them. */
export interface ReaderTask {
  readonly files: readonly string[];
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
  const parts: string[][] = Array.from({ length: threads }, () => []);
  let passed = 0;
  for (const file of files) {
    parts[Math.min(threads - 1, Math.floor((passed / size) * threads))]!.push(file.path);
    passed += file.size;
  }
  const [own, ...others] = parts;
  const reader = readerFile();
  const tasks = others.map((part) => start(part, reader));
  const readings = new Map(own!.flatMap((file) => attempt(file)));
  for (const task of tasks) for (const [file, packed] of result(task)) readings.set(file, unpack(file, packed));
  return readings;
}

/** What a reader does. */
export function work({ files, port, done }: ReaderTask): void {
  try {
    port.postMessage(
      JSON.stringify(files.flatMap((file) => attempt(file).map(([, reading]) => [file, pack(reading)]))),
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

function start(files: readonly string[], reader: string): Task {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const task: ReaderTask = { files, port: port2, done };
  return { port: port1, done, worker: new Worker(reader, { workerData: task, transferList: [port2] }) };
}

/** Waits without giving way to anything else: whoever reads inputs has nothing else to do. */
function result({ port, done, worker }: Task): [string, Packed][] {
  // A reader that dies says nothing; its files are read here then.
  const isDone = Atomics.wait(done, 0, 0, 120_000) !== 'timed-out';
  const message = isDone ? (receiveMessageOnPort(port)?.message as string | undefined) : undefined;
  port.close();
  void worker.terminate();
  return message === undefined ? [] : (JSON.parse(message) as [string, Packed][]);
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
