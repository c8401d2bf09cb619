/** Tries until it does not throw; the error after the deadline says what the last try saw. */
export async function waitFor<T>(
  what: string,
  seconds: number,
  attempt: () => T | Promise<T>,
  pauseSeconds = 0.5,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`${what}: not within ${seconds} s; last seen: ${(error as Error).message}`);
      await pause(pauseSeconds);
    }
  }
}

export function pause(seconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, seconds * 1000));
}
