/**
 * Registers how to end what a test starts, at once after starting it: then it is ended even when a later step fails,
 * and nothing keeps jest from exiting.
 */
export function cleanup(after: typeof afterEach | typeof afterAll): (end: () => unknown) => void {
  const ends: (() => unknown)[] = [];
  after(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return (end) => void ends.push(end);
}
