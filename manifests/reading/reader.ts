import { workerData } from 'node:worker_threads';
import type { ReaderTask } from './readers';
import { work } from './readers';

// The program of a thread that reads files; see readers.ts.
work(workerData as ReaderTask);
