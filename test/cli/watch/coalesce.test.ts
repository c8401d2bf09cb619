import { coalesced, LONGEST, QUIET } from '../../../cli/watch/coalesce';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** What is run, each time with what happened; a run takes so many milliseconds. */
function runs(takes = 0) {
  const calls: string[][] = [];
  let running = 0;
  const happened = coalesced<string>(async (events) => {
    expect(++running).toBe(1);
    calls.push([...events]);
    if (takes > 0) await new Promise((resolve) => setTimeout(resolve, takes));
    running--;
  });
  return { calls, happened };
}

test('a burst is one run, with all that happened, each once', async () => {
  const { calls, happened } = runs();
  for (const event of ['a', 'b', 'a', 'c']) {
    happened(event);
    // Events of one save are closer together.
    await jest.advanceTimersByTimeAsync(15);
  }
  expect(calls).toEqual([]);
  await jest.advanceTimersByTimeAsync(QUIET - 15);
  expect(calls).toEqual([['a', 'b', 'c']]);
  await jest.advanceTimersByTimeAsync(1000);
  expect(calls).toHaveLength(1);
});

test('a save is seen soon enough', () => expect(QUIET).toBeLessThanOrEqual(50));

test('two saves with a pause between are two runs', async () => {
  const { calls, happened } = runs();
  happened('a');
  await jest.advanceTimersByTimeAsync(QUIET);
  happened('b');
  await jest.advanceTimersByTimeAsync(QUIET);
  expect(calls).toEqual([['a'], ['b']]);
});

test('what happens during a run is for one more run after it', async () => {
  const { calls, happened } = runs(200);
  happened('a');
  await jest.advanceTimersByTimeAsync(QUIET + 10);
  happened('b');
  await jest.advanceTimersByTimeAsync(100);
  happened('c');
  expect(calls).toEqual([['a']]);
  await jest.advanceTimersByTimeAsync(1000);
  expect(calls).toEqual([['a'], ['b', 'c']]);
});

test('what never stops is run now and then', async () => {
  const { calls, happened } = runs();
  for (let time = 0; time < 3 * LONGEST; time += 10) {
    happened('log');
    await jest.advanceTimersByTimeAsync(10);
  }
  expect(calls.length).toBeGreaterThanOrEqual(2);
  expect(calls.length).toBeLessThanOrEqual(4);
});
