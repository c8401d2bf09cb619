import type { Reply } from './http';
import { pause } from './wait';

interface Traffic {
  readonly sent: number;
  /** One line per request that got no answer, or another one than 200. */
  readonly failed: readonly string[];
}

/** Sends requests at a steady pace, whether or not earlier ones were answered, until the work is done. */
export async function steadilyDuring(
  work: () => Promise<void>,
  visit: () => Promise<Reply>,
  perSecond: number,
): Promise<Traffic> {
  const failed: string[] = [];
  const visits: Promise<void>[] = [];
  const started = Date.now();
  const timer = setInterval(() => {
    const at = `${((Date.now() - started) / 1000).toFixed(1)} s`;
    visits.push(
      visit().then(
        ({ status }) => void (status === 200 || failed.push(`${at}: ${status}`)),
        (error: Error) => void failed.push(`${at}: ${error.message}`),
      ),
    );
  }, 1000 / perSecond);
  try {
    await work();
    await pause(1); // what the work did may still reach a request
  } finally {
    clearInterval(timer);
  }
  await Promise.all(visits);
  return { sent: visits.length, failed };
}
