import { setTimeout as sleep } from 'node:timers/promises';
import type { Done } from './done';

/** What becomes of a message: it is taken off the queue, goes back into it, or is set aside. */
export type Verdict = 'done' | 'duplicate' | 'again' | 'unreadable';

export interface Handling {
  readonly done: Pick<Done, 'has' | 'record'>;
  /** The work itself. It may happen twice for one message, and counts once: what it leads to is recorded with its id. */
  readonly work: () => Promise<void>;
  /** Whether to give up what has no end in sight: a message that is given back is delivered to another. */
  readonly stopping: () => boolean;
  /** Between attempts to reach Redis. @default 500 */
  readonly pauseMs?: number;
}

/**
 * Does the work of a message once, by its id. Without Redis the message is kept and tried again: given back, it would come again at
 * once, and after some rounds count as one that cannot be done.
 */
export async function handle(id: unknown, { done, work, stopping, pauseMs = 500 }: Handling): Promise<Verdict> {
  if (typeof id !== 'string' || id === '') return 'unreadable';
  const insisting = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    for (;;) {
      try {
        return await ask();
      } catch {
        if (stopping()) return undefined;
        await sleep(pauseMs);
      }
    }
  };
  const known = await insisting(() => done.has(id));
  if (known === undefined) return 'again';
  if (known) return 'duplicate';
  try {
    await work();
  } catch {
    return 'again';
  }
  const first = await insisting(() => done.record(id));
  if (first === undefined) return 'again';
  return first ? 'done' : 'duplicate';
}
