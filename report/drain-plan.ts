import type { NodeMaintenance } from '../simulate/maintenance/maintain';
import { drainFormats } from './drains';
import type { DrainCommand } from './runbook';
import { canBeDrained, drainScript, drainSteps, mends, numbered, word } from './runbook';
import { SHELL_TOOLS } from './shell-tools';

/** The nodes to drain one after the other, as they were simulated, and how. */
export interface DrainPlan extends DrainCommand {
  readonly drains: readonly NodeMaintenance[];
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
  const work = [{ does: `Do the work on ${node}.`, notes: [] }];
  return [`## ${node}`, '', ...(canBeDrained(drain) ? numbered(drainSteps(drain, plan, work)) : mends(drain)), ''];
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
    ...SHELL_TOOLS,
    '',
    ...held.map(
      ({ node }) =>
        `say ${word(`${node} cannot be drained: strata simulate drain --node ${node} says which pods hold it up`)}`,
    ),
    ...(held.length > 0
      ? ['exit 1']
      : [
          'can_look',
          '',
          ...plan.drains.flatMap((drain) => [
            ...drainScript(drain, plan, [`if [ -n "$work" ]; then "$work" ${word(drain.node)}; fi`]),
            '',
          ]),
        ]),
    '',
  ].join('\n');
}
