import type { Duration } from './quantity';
import { durationProblem, seconds } from './quantity';
import type { ControlledRelease, ReleaseStep } from './release';
import { stepsProblem } from './release-steps';

const FIELDS: Readonly<Record<ControlledRelease['way'], readonly string[]>> = {
  canary: ['by', 'steps', 'judge'],
  blueGreen: ['by', 'switches', 'keepOld', 'judge'],
};

/** How often is measured, where nobody says it. */
export const JUDGED_EVERY: Duration = '2m';
/** How long the pods of the version before stay after a switch, where nobody says it. */
export const OLD_KEPT: Duration = '1m';
/** Endpoints reach the proxies of all nodes in this time (the least that Argo Rollouts advises). Seconds. */
const LEAST_KEPT = 30;

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a release that a controller carries out, as the end of "is … "; undefined where nothing is. */
export function controlledProblem(way: string, fields: Fields): string | undefined {
  if (fields['by'] !== 'argo-rollouts')
    return `wrong: its by is ${JSON.stringify(fields['by'])}; only 'argo-rollouts' can be named, and without by the cluster's own means carry it out`;
  if (way !== 'canary' && way !== 'blueGreen')
    return `wrong: Argo Rollouts carries out canary and blueGreen, and not ${way}: leave by out`;
  const known = FIELDS[way];
  const other = Object.keys(fields).find((field) => !known.includes(field));
  if (other !== undefined) {
    const why = ['next', 'at', 'live', 'blue', 'green'].includes(other)
      ? ': the image of the service itself is the next version, once a commit changes it'
      : '';
    return `wrong: ${way} by 'argo-rollouts' has no ${other}, only ${known.join(', ')}${why}`;
  }
  const { judge } = fields;
  if (way === 'canary') {
    const wrong = stepsProblem(fields['steps']);
    if (wrong !== undefined) return wrong;
    const watches = (fields['steps'] as readonly ReleaseStep[]).flatMap((step) =>
      'watch' in step ? [step.watch] : [],
    );
    if (judge !== undefined && watches.length === 0)
      return "wrong: it has a judge and no watch('10m') among its steps, so nothing is ever measured";
    const [first] = fields['steps'] as readonly ReleaseStep[];
    if (judge !== undefined && first && 'watch' in first)
      return 'wrong: it has a judge, and its first step is a watch: of the next version there is nothing to measure before a share';
    return judge === undefined ? undefined : judgeProblem(judge, watches);
  }
  const { switches = 'by-hand', keepOld = OLD_KEPT } = fields;
  if (switches !== 'by-hand' && switches !== 'when-ready')
    return `wrong: its switches is ${JSON.stringify(switches)}, which is not 'by-hand' or 'when-ready'`;
  const problem = durationProblem(keepOld);
  if (problem !== undefined) return `wrong: its keepOld is ${problem}`;
  if (seconds(keepOld as Duration) < LEAST_KEPT)
    return `wrong: its keepOld is ${String(keepOld)}, and for ${LEAST_KEPT}s nodes may still send requests to the old pods`;
  if (judge === undefined) return undefined;
  const { watch, ...how } = { ...(judge as Fields) };
  const wrong = durationProblem(watch);
  return wrong === undefined ? judgeProblem(how, [watch as Duration]) : `wrong: the watch of its judge is ${wrong}`;
}

function judgeProblem(judge: unknown, watches: readonly Duration[]): string | undefined {
  const { failing, every = JUDGED_EVERY, ...others } = { ...(judge as Fields) };
  const [other] = Object.keys(others);
  if (other !== undefined) return `wrong: its judge has no ${other}, only failing and every`;
  if (typeof failing !== 'number' || !(failing > 0 && failing < 100))
    return `wrong: its judge takes a version back when failing (${JSON.stringify(failing)}) percent of the requests do, and that is above 0 and below 100`;
  const problem = durationProblem(every);
  if (problem !== undefined) return `wrong: the every of its judge is ${problem}`;
  const short = watches.find((watch) => seconds(watch) < 2 * seconds(every as Duration));
  return short === undefined
    ? undefined
    : `wrong: it measures every ${String(every)}, first after that time, and a watch of ${short} has no room for two measurements`;
}
