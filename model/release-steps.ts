import { durationProblem, wholeProblem } from './quantity';
import type { ReleaseStep } from './release';
import { stepShares } from './release';

/** What is wrong with the steps of a canary, as the end of "is … "; undefined where nothing is. */
export function stepsProblem(steps: unknown): string | undefined {
  if (!Array.isArray(steps)) return "wrong: its steps are no list of share(5), watch('10m') and hold()";
  for (const [i, step] of steps.entries()) {
    const problem = stepProblem(step);
    if (problem !== undefined) return `wrong: step ${i + 1} of it is ${problem}`;
  }
  const waits = (steps as readonly ReleaseStep[]).map((step) => ('share' in step ? '' : Object.keys(step)[0]!));
  const twice = waits.find((wait, i) => wait !== '' && wait === waits[i - 1]);
  if (twice !== undefined) return `wrong: it has a ${twice} after a ${twice}: one of them says it`;
  const shares = stepShares(steps as readonly ReleaseStep[]);
  if (shares.length === 0)
    return 'wrong: no step of it is a share, so the next version gets no request before it gets all: use blueGreen';
  const falling = shares.findIndex((each, i) => i > 0 && each <= shares[i - 1]!);
  return falling < 0
    ? undefined
    : `wrong: its shares do not rise: ${shares[falling]} comes after ${shares[falling - 1]}; for less, set at back to an earlier share`;
}

function stepProblem(step: unknown): string | undefined {
  const {
    share: percent,
    watch: time,
    hold: stop,
    ...others
  } = { ...(step as Readonly<Record<string, unknown>> | null) };
  const given = [percent, time, stop].filter((each) => each !== undefined);
  if (given.length !== 1 || Object.keys(others).length > 0) return "not one of share(5), watch('10m') and hold()";
  if (time !== undefined) {
    const problem = durationProblem(time);
    return problem === undefined ? undefined : `a watch that is ${problem}`;
  }
  if (stop !== undefined) return stop === true ? undefined : 'not hold()';
  const isShare = wholeProblem(percent, 1) === undefined && (percent as number) < 100;
  return isShare ? undefined : `share(${String(percent)}), and a share is a whole percent from 1 to 99`;
}
