import type { PodPlacement } from '../simulate/scheduling/place';
import type { SimulatedPod } from '../simulate/scheduling/simulate';
import { columns } from './columns';

export const placementFormats = {
  json: (pods: readonly SimulatedPod[]): string => JSON.stringify({ pods: pods.map(rowOf) }, null, 2),
  text: (pods: readonly SimulatedPod[]): string => {
    const rows = pods
      .map(rowOf)
      .map(({ pod, verdict, node, feasible, reason }) => [
        pod,
        verdict,
        node ?? '-',
        feasible.length === 0 ? '-' : feasible.length > 4 ? `${feasible.length} nodes` : feasible.join(', '),
        reason,
      ]);
    const table = [['POD', 'VERDICT', 'FOR EXAMPLE', 'TAKEN BY', 'REASON'], ...rows];
    const lines = rows.length === 0 ? [] : [...columns(table).map((line) => line.trimEnd()), ''];
    return [...lines, countsOf(pods)].join('\n');
  },
};

export type PlacementFormat = keyof typeof placementFormats;

function rowOf({ controller, placement: { pod, verdict, feasible, node, preempts, reason } }: SimulatedPod) {
  return {
    pod: `${pod.namespace}/${pod.name}`,
    owner: controller ?? null,
    verdict,
    feasible,
    node: node ?? null,
    ...(preempts.length > 0 ? { preempts: preempts.map(({ namespace, name }) => `${namespace}/${name}`) } : {}),
    reason,
  };
}

function countsOf(pods: readonly SimulatedPod[]): string {
  const count = (verdict: PodPlacement['verdict']) =>
    pods.filter(({ placement }) => placement.verdict === verdict).length;
  const all = `${pods.length} pod${pods.length === 1 ? '' : 's'}`;
  return `${all}: ${count('placed')} placed, ${count('depends')} depend on choices, ${count('pending')} pending`;
}
