import type { RolloutTimeline, TimedRollout } from '../../simulate/rollout/timeline';
import { rolloutTimeline } from '../../simulate/rollout/timeline';
import { random } from './mutate';

/** A Deployment whose template changes, and what is said of it. */
export interface TimelineCase {
  readonly name: string;
  readonly timed: TimedRollout;
  readonly said: RolloutTimeline;
}

/** No rollout that ends takes longer, and one that does not is looked at for so long. Seconds. */
export const LONGEST = 50;
/** A deadline that nobody waits for, though what is asked again may take long. */
const NONE = 86_400;

/** Cases whose answer does not hang on a second more or less: the machine is not exact. */
export function timelineCases(count: number, seed: number): TimelineCase[] {
  const next = random(seed);
  const cases: TimelineCase[] = [];
  while (cases.length < count) {
    const timed = oneOf(next);
    const said = rolloutTimeline(timed);
    if (isSteady(timed, said)) cases.push({ name: `t-${seed}-${cases.length}`, timed, said });
  }
  return cases;
}

function oneOf(next: () => number): TimedRollout {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const chance = (share: number) => next() < share;
  const replicas = pick([1, 1, 2, 2, 3, 3, 4, 5, 6]);
  const steps = [pick([0, 1, 1, 2, 3]), Math.min(replicas, pick([0, 0, 1, 1, 2, 3]))] as const;
  const [surge, unavailable] = steps[0] + steps[1] === 0 ? [1, 0] : steps;
  const ready = chance(0.12) ? undefined : 2 + Math.floor(next() * 110) / 10;
  const minReadySeconds = pick([0, 0, 0, 3, 6]);
  const least = minReadySeconds + 1;
  return {
    strategy: chance(0.2) ? { type: 'Recreate' } : { type: 'RollingUpdate', surge, unavailable },
    replicas,
    start: 0,
    ready,
    stop: 3 + Math.floor(next() * 270) / 10,
    minReadySeconds,
    progressDeadline: chance(0.3) ? Math.max(least, pick([4, 6, 8, 10, 15, 20])) : NONE,
    ...(chance(0.25) ? { quota: replicas + pick([0, 0, 1, 1, 2, 3]) } : {}),
  };
}

/** Whether the same comes of it when pods and deadlines are somewhat later. */
function isSteady(timed: TimedRollout, said: RolloutTimeline): boolean {
  if ((said.end ?? 0) > (timed.quota === undefined ? LONGEST - 12 : 30) || said.gone > LONGEST) return false;
  const text = answer(said);
  for (const ready of timed.ready === undefined ? [0] : [-1, 0, 1, 2.5])
    for (const stop of [-0.5, 0, 1, 2.5])
      for (const deadline of [-1, 0, 2.5]) {
        const moved = {
          ...timed,
          ready: timed.ready === undefined ? undefined : Math.max(0, timed.ready + ready),
          stop: timed.stop + stop,
          progressDeadline: timed.progressDeadline! + deadline,
        };
        if (answer(rolloutTimeline(moved)) !== text) return false;
      }
  return true;
}

function answer({ lowest, peak, end, givenUp }: RolloutTimeline): string {
  return [lowest, peak.counted, end !== undefined, givenUp !== undefined].join();
}
