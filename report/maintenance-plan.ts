import type { Drain } from '../simulate/maintenance/drain';
import { displacedText, memberName } from '../simulate/maintenance/live';
import type { GroupMaintenance } from '../simulate/maintenance/maintain';
import type { TaintEviction, TaintedPod } from '../simulate/maintenance/taint-eviction';
import type { SchedulerTaint } from '../simulate/scheduling/taints';
import { columns } from './columns';
import { drainFormats } from './drains';
import type { DrainCommand, RunbookStep } from './runbook';
import {
  canBeDrained,
  cordonStep,
  drainCommand,
  drainStep,
  mends,
  numbered,
  readyAfterSteps,
  readyCommands,
  readySteps,
  staysCordonedStep,
  uncordonStep,
  word,
} from './runbook';
import { SHELL_TOOLS, TAINT_TOOLS } from './shell-tools';

/** Groups of nodes that are empty one after the other, as it was simulated. */
export interface MaintenancePlan extends DrainCommand {
  /** With the zone that they are, where zones are taken. */
  readonly groups: readonly (GroupMaintenance & { readonly zone?: string })[];
}

export const maintenancePlanFormats = {
  markdown: (plan: MaintenancePlan): string =>
    [...head(plan), ...plan.groups.flatMap((group) => section(plan, group))].join('\n'),
  text: ({ groups }: MaintenancePlan): string => groups.map(groupText).join('\n\n'),
  json: ({ groups }: MaintenancePlan): string => JSON.stringify({ groups: groups.map(groupJson) }, null, 2),
  sh: (plan: MaintenancePlan): string => script(plan),
};

export type MaintenancePlanFormat = keyof typeof maintenancePlanFormats;

/** Whether all of its nodes become empty. */
export function isPossible(group: GroupMaintenance): boolean {
  return heldIn(group).length === 0;
}

/** The drains that do not end. */
function heldIn({ emptied }: GroupMaintenance): readonly Drain[] {
  return emptied.by === 'drain' ? emptied.drains.filter((drain) => !canBeDrained(drain)) : [];
}

function head({ groups }: MaintenancePlan): string[] {
  const held = groups.flatMap(heldIn).map(({ node }) => node);
  return [
    `# Maintenance of ${groups.map(({ nodes }) => nodes.join(' and ')).join(', then ')}`,
    '',
    groups.length > 1
      ? 'One after the other: the next only when those before take pods again, and everything is ready.'
      : 'Made empty for maintenance, and takes pods again afterwards.',
    ...(held.length > 0
      ? ['', `**Not as things are: ${held.join(', ')} cannot be drained.** What to mend first stands below.`]
      : []),
    '',
  ];
}

function section(plan: MaintenancePlan, group: GroupMaintenance): string[] {
  const lines = isPossible(group)
    ? [...numbered(steps(plan, group)), '']
    : heldIn(group).flatMap((drain) => [`### ${drain.node}`, '', ...mends(drain), '']);
  return [`## ${group.nodes.join(', ')}`, '', ...lines];
}

function steps(plan: MaintenancePlan, group: GroupMaintenance): RunbookStep[] {
  const { nodes, emptied, stayCordoned } = group;
  return [
    ...nodes.map((node) => cordonStep(node, stayCordoned.includes(node))),
    ...(emptied.by === 'drain'
      ? emptied.drains.map((drain) => drainStep(drain, plan, stayCordoned.includes(drain.node)))
      : nodes.map((node) => taintStep(node, emptied))),
    ...readySteps(group.ready),
    { does: `Do the work on ${nodes.join(' and ')}.`, notes: [] },
    ...(emptied.by === 'taint'
      ? nodes.map((node) => ({
          does: code(untaintCommand(node, emptied.taint)),
          notes: ['Expect: the taint is gone.'],
        }))
      : []),
    ...nodes.map((node) => (stayCordoned.includes(node) ? staysCordonedStep(node) : uncordonStep(node))),
    ...readyAfterSteps(group.readyAfter),
  ];
}

const code = (command: string) => `\`${command}\``;

function taintStep(node: string, { taint, pods, preempted, down }: TaintEviction): RunbookStep {
  const here = pods.filter((pod) => pod.node === node);
  const times = [...new Set(here.flatMap(({ after }) => after ?? []))].sort((a, b) => a - b);
  const stay = here.filter(({ after, member }) => after === undefined && !member.finished);
  const gone = here.filter(({ after, to }) => after !== undefined && to === undefined);
  const names = (some: readonly TaintedPod[]) =>
    some
      .map(({ member, to }) => `${code(memberName(member))}${to === undefined ? '' : ` (to ${to}, for example)`}`)
      .join(', ');
  const at = (seconds: number) => (seconds === 0 ? 'at once' : `after ${seconds} s`);
  return {
    does: code(taintCommand(node, taint)),
    notes: [
      'Budgets do not hold this back: pods are deleted, and not evicted.',
      ...times.map((seconds) => `Expect: ${at(seconds)} go ${names(here.filter(({ after }) => after === seconds))}.`),
      ...(times.length === 0 ? ['Expect: no pod goes.'] : []),
      ...(stay.length > 0 ? [`These stay: ${names(stay)}.`] : []),
      ...gone.map(({ member, reason }) => `In place of ${code(memberName(member))} none runs: ${reason}`),
      ...preempted.map((each) => `${code(memberName(each.member))} goes as well: ${displacedText(each)}`),
      ...down.map((name) => `${name} is without a ready pod for a while.`),
      `To go back: ${code(untaintCommand(node, taint))}. What was deleted stays where it is now.`,
    ],
  };
}

function taintCommand(node: string, { key, value, effect }: SchedulerTaint): string {
  return `kubectl taint nodes ${word(node)} ${word(`${key}=${value}:${effect}`)} --overwrite`;
}

function untaintCommand(node: string, taint: SchedulerTaint): string {
  return `kubectl taint nodes ${word(node)} ${word(goneTaint(taint))}`;
}

const goneTaint = ({ key, effect }: SchedulerTaint) => `${key}:${effect}-`;

function script(plan: MaintenancePlan): string {
  const { groups } = plan;
  const held = groups.flatMap(heldIn);
  return [
    '#!/bin/sh',
    `# Makes nodes empty for maintenance, as it was simulated: ${groups.map(({ nodes }) => nodes.join(' and ')).join(', then ')}`.replaceAll(
      '\n',
      ' ',
    ),
    '#',
    '#   sh maintain.sh [COMMAND]     runs COMMAND NODE while the node is empty',
    '#',
    ...SHELL_TOOLS,
    ...(groups.some(({ emptied }) => emptied.by === 'taint') ? TAINT_TOOLS : []),
    '',
    ...held.map(
      ({ node }) =>
        `say ${word(`${node} cannot be drained: strata simulate drain --node ${node} says which pods hold it up`)}`,
    ),
    ...(held.length > 0 ? ['exit 1'] : ['can_look', '', ...groups.flatMap((group) => scriptOf(group, plan))]),
    '',
  ].join('\n');
}

function scriptOf(group: GroupMaintenance, command: DrainCommand): string[] {
  const { nodes, emptied, stayCordoned } = group;
  const each = (line: (node: string) => string) => nodes.map((node) => line(word(node)));
  const names = nodes.join(' and ');
  const open = nodes.filter((node) => !stayCordoned.includes(node));
  return [
    `say ${word(`make ${names} empty`)}`,
    ...each((node) => `is_ready ${node}`),
    ...each((node) => `kubectl cordon ${node}`),
    ...(emptied.by === 'drain'
      ? nodes.map((node) => drainCommand(command, node))
      : nodes.map((node) => taintCommand(node, emptied.taint))),
    ...(emptied.by === 'drain'
      ? nodes.filter((node) => isLeftEmpty(emptied.drains, node)).map((node) => `is_empty ${word(node)}`)
      : waitFor(nodes, emptied)),
    ...readyCommands(group.ready),
    ...each((node) => `if [ -n "$work" ]; then "$work" ${node}; fi`),
    ...each((node) => `is_ready ${node}`),
    ...(emptied.by === 'taint' ? nodes.map((node) => `untaint ${word(node)} ${word(goneTaint(emptied.taint))}`) : []),
    ...open.map((node) => `kubectl uncordon ${word(node)}`),
    ...readyCommands(group.readyAfter),
    ...(open.length === 0
      ? []
      : [`say ${word(`${open.join(' and ')} ${open.length === 1 ? 'takes' : 'take'} pods again`)}`]),
    ...stayCordoned.map((node) => `say ${word(`${node} stays cordoned, as it was before`)}`),
    '',
  ];
}

/** Pods are deleted, and then have their grace period: of most pods that is far less. */
const GRACE = 15 * 60;

/** Until no pod is left on a node but those that tolerate the taint for ever. */
function waitFor(nodes: readonly string[], { taint, pods }: TaintEviction): string[] {
  const longest = Math.max(0, ...pods.map(({ after }) => after ?? 0));
  const [key, value] = [word(taint.key), taint.value === '' ? "''" : word(taint.value)];
  // Those that tolerate it for a time and come back to the node would be waited for without end.
  const comeBack = nodes.filter((node) => pods.some(({ to }) => to === node));
  return [
    ...(longest === 0 ? [] : [`say ${word(`pods tolerate the taint for up to ${longest} s`)}`]),
    ...(comeBack.length === 0 ? [] : [`sleep ${longest}`]),
    ...nodes.map(
      (node) =>
        `becomes_left ${word(node)} ${longest + GRACE} ${key} ${value}${comeBack.includes(node) ? ' stay' : ''}`,
    ),
  ];
}

/** Whether no pod comes back since it tolerates that the node is cordoned. */
function isLeftEmpty(drains: readonly Drain[], name: string): boolean {
  return !drains.some(({ node, pods }) => node === name && pods.some(({ to }) => to === name));
}

function groupText({ nodes, zone, emptied }: MaintenancePlan['groups'][number]): string {
  const head = zone === undefined ? [] : [`zone ${zone}: ${nodes.join(', ')}`];
  if (emptied.by === 'drain') return [...head, drainFormats.text(emptied.drains)].join('\n');
  const { taint, pods, preempted, down } = emptied;
  const rows = pods.map(({ member, node, after, to, reason }) => [
    memberName(member),
    node,
    after === undefined ? 'stays' : after === 0 ? 'at once' : `after ${after} s`,
    to ?? '-',
    reason,
  ]);
  const others = preempted.map((each) => [
    memberName(each.member),
    '-',
    'preempted',
    each.to ?? '-',
    displacedText(each),
  ]);
  return [
    ...head,
    `${nodes.join(', ')} with ${taint.key}=${taint.value}:${taint.effect}`,
    ...(rows.length === 0 ? [] : columns([['POD', 'ON', 'GOES', 'TO', 'REASON'], ...rows, ...others])).map((line) =>
      `  ${line}`.trimEnd(),
    ),
    ...down.map((name) => `  ${name} has no ready pod until those in their places are ready`),
  ].join('\n');
}

function groupJson({ nodes: names, zone, emptied }: MaintenancePlan['groups'][number]) {
  const nodes = zone === undefined ? { nodes: names } : { zone, nodes: names };
  if (emptied.by === 'drain') return { ...nodes, drains: JSON.parse(drainFormats.json(emptied.drains)).nodes };
  const { taint, pods, preempted, down } = emptied;
  return {
    ...nodes,
    taint,
    pods: pods.map(({ member, node, after, to, reason }) => ({
      pod: memberName(member),
      owner: member.controller?.name ?? null,
      node,
      after: after ?? null,
      to: to ?? null,
      reason,
    })),
    preempted: preempted.map((each) => ({
      pod: memberName(each.member),
      owner: each.member.controller?.name ?? null,
      to: each.to ?? null,
      reason: displacedText(each),
    })),
    down,
  };
}
