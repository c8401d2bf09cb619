import type { Drain } from '../simulate/maintenance/drain';
import { isSmooth } from '../simulate/maintenance/drain';
import { memberName } from '../simulate/maintenance/live';
import type { NodeMaintenance } from '../simulate/maintenance/maintain';
import { drainCommand, expectations, numbered, readyCommands, SCRIPT_START, word } from './drain-steps';
import { drainFormats } from './drains';

/** The nodes to drain one after the other, as they were simulated, and how. */
export interface DrainPlan {
  readonly drains: readonly NodeMaintenance[];
  /** `kubectl drain --force`. */
  readonly force: boolean;
}

/** The steps as people read them, and as a shell does them. */
export const drainPlanFormats = {
  markdown: (plan: DrainPlan): string =>
    [...head(plan), ...plan.drains.flatMap((drain) => section(plan, drain))].join('\n'),
  text: ({ drains }: DrainPlan): string => drainFormats.text(drains),
  json: ({ drains }: DrainPlan): string => drainFormats.json(drains),
  sh: (plan: DrainPlan): string => script(plan),
};

export type DrainPlanFormat = keyof typeof drainPlanFormats;

/** Whether kubectl can drain the node: some pods may wait or come back, but none is held back. */
function canBeDrained({ verdict }: Drain): boolean {
  return verdict === 'drained';
}

const evictedIn = ({ pods }: Drain) => pods.filter(({ verdict }) => verdict === 'evicted');
const heldIn = ({ pods }: Drain) => pods.filter(({ verdict }) => verdict === 'blocked' || verdict === 'refused');

function head({ drains }: DrainPlan): string[] {
  const blocked = drains.filter((drain) => !canBeDrained(drain));
  return [
    `# Drain ${drains.map(({ node }) => node).join(', ')}`,
    '',
    drains.length > 1
      ? 'One node after the other: the next only when the one before takes pods again, and everything is ready.'
      : 'The node is made empty for maintenance, and takes pods again afterwards.',
    ...(blocked.length > 0
      ? [
          '',
          `**Not as things are: ${blocked.map(({ node }) => node).join(', ')} cannot be drained.** What to mend first stands below.`,
        ]
      : []),
    '',
  ];
}

function section(plan: DrainPlan, drain: NodeMaintenance): string[] {
  const { node } = drain;
  return [`## ${node}`, '', ...(canBeDrained(drain) ? steps(plan, drain) : mends(drain)), ''];
}

function mends(drain: Drain): string[] {
  return [
    'These pods hold it up:',
    '',
    ...heldIn(drain).map(({ member, reason }) => `- \`${memberName(member)}\`: ${reason}`),
    '',
    drain.verdict === 'refused'
      ? 'Put them in the care of a controller such as a Deployment, or add `--force`: then they are gone for good. Then simulate again.'
      : 'Let the budget allow one pod to be unavailable, or run one pod more; then simulate again.',
  ];
}

function steps(plan: DrainPlan, drain: NodeMaintenance): string[] {
  const { node, down } = drain;
  const [before, after] = [readyCommands(drain.ready), readyCommands(drain.readyAfter)];
  const evicted = evictedIn(drain);
  const rounds = Math.max(0, ...evicted.map(({ round }) => round ?? 0));
  const waiting = evicted.filter(({ to, member }) => to === undefined && !member.finished);
  return [
    `1. \`kubectl cordon ${node}\``,
    '   - Expect: the node is `Ready,SchedulingDisabled`. Nothing moves yet.',
    `   - To go back: \`kubectl uncordon ${node}\``,
    `2. \`${drainCommand(node, plan.force)}\``,
    ...expectations(evicted, rounds),
    ...waiting.map(({ member, reason }) => `   - \`${memberName(member)}\` will wait: ${reason}`),
    ...down.map((name) => `   - ${name} is without a ready pod for a while.`),
    '   - To stop: interrupt it. What was evicted stays where it is; the rest goes on running here.',
    `   - To go back: \`kubectl uncordon ${node}\``,
    ...numbered(3, before, 'Expect: all are ready. If not: stop here, and look at the pods that wait.'),
    `${3 + before.length}. Do the work on ${node}.`,
    `${4 + before.length}. \`kubectl uncordon ${node}\``,
    '   - Expect: the node is `Ready`. Pods do not come back by themselves; new ones, and those that wait, may.',
    ...numbered(5 + before.length, after, 'Expect: all are ready, now that the pods that waited have a node.'),
  ];
}

function script(plan: DrainPlan): string {
  const held = plan.drains.filter((drain) => !canBeDrained(drain));
  return [
    '#!/bin/sh',
    `# Drains ${plan.drains
      .map(({ node }) => node)
      .join(', ')
      .replaceAll('\n', ' ')}${plan.drains.length > 1 ? ', one after the other' : ''}, as it was simulated.`,
    '#',
    '#   sh drain.sh [COMMAND]     runs COMMAND NODE while the node is empty',
    '#',
    '# CONTEXT names the context of kubectl. It stops at the first step that fails, and may be run again: what is done already is passed over.',
    ...SCRIPT_START,
    ...held.map(
      ({ node }) =>
        `say ${word(`${node} cannot be drained: strata simulate drain --node ${node} says which pods hold it up`)}`,
    ),
    ...(held.length > 0 ? ['exit 1'] : plan.drains.flatMap((drain) => scriptOf(plan, drain))),
    '',
  ].join('\n');
}

function scriptOf(plan: DrainPlan, drain: NodeMaintenance): string[] {
  const { node } = drain;
  const again = evictedIn(drain).some(({ to }) => to === node);
  return [
    `say ${word(`drain ${node}`)}`,
    `is_ready ${word(node)}`,
    `kubectl cordon ${word(node)}`,
    drainCommand(node, plan.force),
    ...(again ? [] : [`is_empty ${word(node)}`]),
    ...readyCommands(drain.ready),
    `if [ -n "$work" ]; then "$work" ${word(node)}; fi`,
    `is_ready ${word(node)}`,
    `kubectl uncordon ${word(node)}`,
    ...readyCommands(drain.readyAfter),
    `say ${word(`${node} takes pods again${isSmooth(drain) ? '' : '; as was simulated, not everything was ready throughout'}`)}`,
    '',
  ];
}
