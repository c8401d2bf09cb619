import type { Redis } from 'ioredis';
import { type CourseKey, type DropReason, PREFIXES, readNumber, selectKeys } from './course';

/** What one pass over Redis found. */
export interface Reading {
  readonly samples: readonly (CourseKey & { readonly value: number })[];
  readonly dropped: readonly DropReason[];
}

const KEYS_PER_SCAN = 500;
/** Far above any course; a keyspace beyond it is a fault to report, not a load to carry on every scrape. */
const MOST_KEYS = 100_000;

/** Reads only. The signal ends the pass between two commands; each command is bounded by the link. */
export async function readCourse(redis: Redis, maxStudents: number, signal: AbortSignal): Promise<Reading> {
  const visits = await scanKeys(redis, `${PREFIXES.visits}*`, signal);
  const comments = await scanKeys(redis, `${PREFIXES.comments}*`, signal);
  const { kept, dropped } = selectKeys({ visits, comments }, maxStudents);
  signal.throwIfAborted();
  return readValues(redis, kept, dropped);
}

/** A set, because SCAN may return a key more than once. */
async function scanKeys(redis: Redis, pattern: string, signal: AbortSignal): Promise<Set<string>> {
  const keys = new Set<string>();
  let cursor = '0';
  do {
    signal.throwIfAborted();
    const [next, batch] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', KEYS_PER_SCAN);
    for (const key of batch) keys.add(key);
    if (keys.size > MOST_KEYS) throw new Error(`more than ${MOST_KEYS} keys match ${pattern}`);
    cursor = next;
  } while (cursor !== '0');
  return keys;
}

/** One round trip. GET rather than MGET, which answers a key of the wrong type as if it did not exist. */
async function readValues(
  redis: Redis,
  keys: readonly CourseKey[],
  alreadyDropped: readonly DropReason[],
): Promise<Reading> {
  const commands = keys.map(({ key, measure }) => [measure === 'visits' ? 'get' : 'llen', key]);
  const replies = await redis.pipeline(commands).exec();
  const samples: (CourseKey & { value: number })[] = [];
  const dropped = [...alreadyDropped];

  keys.forEach((key, index) => {
    const [error, reply] = replies?.[index] ?? [new Error('no reply')];
    if (error && !error.message.startsWith('WRONGTYPE')) throw error;
    if (reply === null) return; // deleted since the scan
    const value = error ? 'wrong_type' : readNumber(reply);
    if (typeof value === 'number') samples.push({ ...key, value });
    else dropped.push(value);
  });
  return { samples, dropped };
}
