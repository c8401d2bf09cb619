import type { Host } from './command';

/** Nothing is shown before a person starts to wonder, nor more often than can be read. Milliseconds. */
const FIRST = 1000;
const NEXT = 100;
const CLEAR = '\r\u001b[K';

/** A host whose `progress` shows a line on the terminal, which goes when anything else is printed. */
export function withProgress(
  host: Host,
  now: () => number = () => performance.now(),
): { readonly host: Host; readonly done: () => void } {
  const terminal = host.errorTerminal;
  if (!terminal) return { host, done: () => undefined };
  let due = now() + FIRST;
  let isShown = false;
  const done = () => {
    if (isShown) terminal.write(CLEAR);
    isShown = false;
  };
  const progress = (text: string) => {
    if (now() < due) return;
    due = now() + NEXT;
    isShown = true;
    terminal.write(`${CLEAR}${text.slice(0, (terminal.columns ?? 80) - 1)}`);
  };
  const print = (line: string) => {
    done();
    host.print(line);
  };
  const printError = (line: string) => {
    done();
    host.printError(line);
  };
  return { host: { ...host, print, printError, progress }, done };
}
