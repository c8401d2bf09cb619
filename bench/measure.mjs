import { spawnSync } from 'node:child_process';

/** Runs a command to its end; returns the seconds of wall time and what it printed. Any exit code but those it `accepts` ends the bench. */
export function run([command, ...args], { cwd, env, input, accepts = [0] } = {}) {
  const start = process.hrtime.bigint();
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    input,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (error || !accepts.includes(status))
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}\n${stderr}`);
  return { seconds, stdout };
}

/**
 * The median seconds of each contestant. They take turns, so that a machine that is slow for a while is slow for all of
 * them. A contestant returns its seconds; what it does besides is not counted.
 */
export function compare(times, contestants) {
  const seconds = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let i = 0; i < times; i++) {
    for (const [name, contestant] of Object.entries(contestants)) seconds[name].push(contestant(i));
  }
  return Object.fromEntries(Object.entries(seconds).map(([name, all]) => [name, median(all)]));
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The most memory that a command held at once. */
export function peakMegabytes([node, ...args]) {
  const report =
    "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(2, `peak ${process.resourceUsage().maxRSS} KiB`));";
  const { status, stderr } = spawnSync(
    node,
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, ...args],
    { encoding: 'utf8', maxBuffer: 2 ** 30 },
  );
  const [, peak] = /peak (\d+) KiB/.exec(stderr) ?? [];
  if (status !== 0 || peak === undefined) throw new Error(`${args.join(' ')}: exit code ${status}\n${stderr}`);
  return Number(peak) / 1024;
}
