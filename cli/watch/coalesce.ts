/** Saving a file is several events, and a checkout is hundreds. Milliseconds without a further one before something runs. */
export const QUIET = 25;
/** Something that never stops changing does not keep others from being seen. Milliseconds. */
export const LONGEST = 500;

/**
 * Calls `run` once for a burst of events, with all that happened: when it has been quiet for a moment, and never while it
 * still runs. What happens meanwhile is for the next call.
 */
export function coalesced<T>(run: (events: ReadonlySet<T>) => Promise<void>): (event: T) => void {
  let events = new Set<T>();
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  let isRunning = false;
  const start = async () => {
    timer = undefined;
    if (isRunning) return;
    isRunning = true;
    const seen = events;
    events = new Set();
    try {
      await run(seen);
    } finally {
      isRunning = false;
      if (events.size > 0) schedule();
    }
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(start, Math.max(0, Math.min(QUIET, since + LONGEST - Date.now())));
  };
  return (event) => {
    if (events.size === 0) since = Date.now();
    events.add(event);
    schedule();
  };
}
