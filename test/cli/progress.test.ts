import type { Host } from '../../cli/command';
import { withProgress } from '../../cli/progress';

function aTerminal(columns?: number) {
  const written: string[] = [];
  let time = 0;
  const outer: Host = {
    env: {},
    print: (line) => written.push(`out: ${line}`),
    printError: (line) => written.push(`error: ${line}`),
    errorTerminal: { write: (text) => written.push(text), ...(columns === undefined ? {} : { columns }) },
  };
  const { host, done } = withProgress(outer, () => time);
  const at = (when: number, text: string) => {
    time = when;
    host.progress?.(text);
  };
  return { written, host, done, at };
}

const CLEAR = '\r\u001b[K';

test('what takes less than a second shows no progress', () => {
  const { written, done, at } = aTerminal();
  at(0, 'one');
  at(999, 'two');
  done();
  expect(written).toEqual([]);
});

test('from a second on it is shown, at most every tenth of a second, and goes in the end', () => {
  const { written, done, at } = aTerminal();
  for (const [when, text] of [
    [1000, 'one'],
    [1050, 'two'],
    [1100, 'three'],
  ] as const)
    at(when, text);
  done();
  done();
  expect(written).toEqual([`${CLEAR}one`, `${CLEAR}three`, CLEAR]);
});

test('it goes before anything else is printed', () => {
  const { written, host, at } = aTerminal();
  at(1000, 'one');
  host.print('result');
  at(1100, 'two');
  host.printError('warning');
  expect(written).toEqual([`${CLEAR}one`, CLEAR, 'out: result', `${CLEAR}two`, CLEAR, 'error: warning']);
});

test('it never wraps', () => {
  const { written, at } = aTerminal(10);
  at(1000, 'x'.repeat(50));
  expect(written).toEqual([`${CLEAR}${'x'.repeat(9)}`]);
});

test('where standard error is no terminal there is none', () => {
  const host: Host = { env: {}, print: () => undefined, printError: () => undefined };
  expect(withProgress(host).host.progress).toBeUndefined();
});
