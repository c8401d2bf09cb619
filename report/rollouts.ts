import type { PodNumbers, RolloutNumbers } from '../simulate/rollout/reason';
import type { WorkloadRollout } from '../simulate/rollout/rollouts';
import { strategyText } from '../simulate/rollout/strategy';
import { columns } from './columns';

/** What comes of rolling out a new revision of each workload. `controlled`: Rollouts of Argo, of which their controller makes the pods. */
export const rolloutFormats = {
  json: (rollouts: readonly WorkloadRollout[], controlled: readonly string[]): string =>
    JSON.stringify({ workloads: rollouts.map(rowOf), notSimulated: controlled }, null, 2),
  text: (rollouts: readonly WorkloadRollout[], controlled: readonly string[]): string => {
    const rows = rollouts
      .map(rowOf)
      .map(({ workload, verdict, strategy, replicas, peak, lowestReady, end, reason }) => [
        workload,
        verdict,
        strategy,
        String(replicas),
        String(peak ?? '-'),
        String(lowestReady ?? '-'),
        end ? numbersText(end) : '-',
        reason,
      ]);
    const head = ['WORKLOAD', 'VERDICT', 'STRATEGY', 'PODS', 'PEAK', 'LEAST READY', 'ENDS WITH', 'REASON'];
    const lines = rows.length === 0 ? [] : [...columns([head, ...rows]).map((line) => line.trimEnd()), ''];
    const others = controlled.map(
      (name) =>
        `${name} is not simulated: the controller of Argo Rollouts replaces its pods. strata plan release TARGET SERVICE tells its stages`,
    );
    return [...lines, countsOf(rollouts), ...others].join('\n');
  },
};

export type RolloutFormat = keyof typeof rolloutFormats;

function rowOf({ name, verdict, strategy, replicas, peak, lowest, end, reason }: WorkloadRollout) {
  return {
    workload: name,
    verdict,
    strategy: strategyText(strategy),
    replicas,
    peak: peak ?? null,
    lowestReady: lowest ?? null,
    end: end?.numbers ?? null,
    reason,
  };
}

/** `3 old ready, 1 new pending`: what goes on serving, and what does not. */
function numbersText({ old, new: fresh, missing }: RolloutNumbers): string {
  const part = (revision: string, numbers: PodNumbers) =>
    (['ready', 'unready', 'pending'] as const).flatMap((state) =>
      numbers[state] > 0 ? [`${numbers[state]} ${revision} ${state === 'unready' ? 'not ready' : state}`] : [],
    );
  const parts = [...part('old', old), ...part('new', fresh), ...(missing > 0 ? [`${missing} missing`] : [])];
  return parts.join(', ') || 'no pods';
}

function countsOf(rollouts: readonly WorkloadRollout[]): string {
  const count = (verdict: WorkloadRollout['verdict']) => rollouts.filter((each) => each.verdict === verdict).length;
  const all = `${rollouts.length} workload${rollouts.length === 1 ? '' : 's'}`;
  return `${all}: ${count('finishes')} finish, ${count('depends')} depend on choices, ${count('stalls')} stall`;
}
