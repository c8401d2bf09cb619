import type { Drain, DrainedPod } from '../simulate/maintenance/drain';
import { memberName } from '../simulate/maintenance/live';
import type { Loss, LostPod } from '../simulate/maintenance/loss';
import { columns } from './columns';

/** A drain; of maintenance, whether the node was cordoned before and stays so. */
type Drained = Drain & { readonly staysCordoned?: boolean };

/** Nodes that were drained one after the other. */
export const drainFormats = {
  json: (drains: readonly Drained[]): string =>
    JSON.stringify(
      {
        nodes: drains.map(({ node, verdict, pods, down, staysCordoned }) => ({
          node,
          verdict,
          pods: pods.map(drainedRow),
          down,
          ...(staysCordoned ? { staysCordoned } : {}),
        })),
      },
      null,
      2,
    ),
  text: (drains: readonly Drained[]): string => drains.map(drainText).join('\n\n'),
};

/** Nodes that were lost at once. */
export const lossFormats = {
  json: (loss: Loss): string => JSON.stringify({ ...loss, pods: loss.pods.map(lostRow) }, null, 2),
  text: ({ nodes, pods, down }: Loss): string => {
    const rows = pods.map(lostRow).map(({ pod, verdict, to, reason }) => [pod, verdict, to ?? '-', reason]);
    const counts = (['back', 'waiting', 'gone'] as const)
      .map((verdict) => `${pods.filter((each) => each.verdict === verdict).length} ${verdict}`)
      .join(', ');
    return [
      `${nodes.join(', ')} ${nodes.length === 1 ? 'is' : 'are'} lost: ${counts}`,
      ...table(['POD', 'VERDICT', 'TO', 'REASON'], rows),
      ...downText(down),
    ].join('\n');
  },
};

export type MaintenanceFormat = keyof typeof drainFormats & keyof typeof lossFormats;

const SAID = {
  drained: 'is drained',
  incomplete: 'is not drained: some pods stay',
  refused: 'is not drained: kubectl drain refuses',
} as const;

/** One node: whether it is drained, and what becomes of each of its pods. */
export function drainText({ node, verdict, pods, down, staysCordoned }: Drained): string {
  const rows = pods
    .map(drainedRow)
    .map(({ pod, verdict: does, round, to, reason }) => [
      pod,
      does,
      round === null ? '-' : String(round),
      to ?? '-',
      reason,
    ]);
  return [
    `${node} ${SAID[verdict]}${staysCordoned ? '; it was cordoned before, and stays so' : ''}`,
    ...table(['POD', 'VERDICT', 'ROUND', 'TO', 'REASON'], rows),
    ...downText(down),
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : columns([head, ...rows]).map((line) => `  ${line}`.trimEnd());
}

function downText(down: readonly string[]): string[] {
  return down.map((name) => `  ${name} has no ready pod until those in their places are ready`);
}

/** A pod of a node that is drained, as JSON has it. */
export function drainedRow({ member, verdict, round, to, reason }: DrainedPod) {
  return {
    pod: memberName(member),
    owner: member.controller?.name ?? null,
    verdict,
    round: round ?? null,
    to: to ?? null,
    reason,
  };
}

function lostRow({ member, verdict, to, reason }: LostPod) {
  return { pod: memberName(member), owner: member.controller?.name ?? null, verdict, to: to ?? null, reason };
}
