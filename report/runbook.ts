import type { Drain, DrainedPod } from '../simulate/maintenance/drain';
import { isSmooth } from '../simulate/maintenance/drain';
import { memberName } from '../simulate/maintenance/live';
import type { NodeMaintenance } from '../simulate/maintenance/maintain';
import type { PodController } from '../simulate/scheduling/member';

/** What somebody does, and what stands below it: what to expect, how to stop, how to go back. */
export interface RunbookStep {
  readonly does: string;
  readonly notes: readonly string[];
}

/** Steps as Markdown, numbered. */
export function numbered(steps: readonly RunbookStep[]): string[] {
  return steps.flatMap(({ does, notes }, i) => [`${i + 1}. ${does}`, ...notes.map((note) => `   - ${note}`)]);
}

/** How nodes are drained. */
export interface DrainCommand {
  /** `kubectl drain --force`. */
  readonly force: boolean;
}

/** Whether kubectl can drain the node: some pods may wait or come back, but none is held back. */
export function canBeDrained({ verdict }: Drain): boolean {
  return verdict === 'drained';
}

/** A node that cannot be drained: which pods hold it up, and what to do. */
export function mends(drain: Drain): string[] {
  const held = drain.pods.filter(({ verdict }) => verdict === 'blocked' || verdict === 'refused');
  return [
    'These pods hold it up:',
    '',
    ...held.map(({ member, reason }) => `- \`${memberName(member)}\`: ${reason}`),
    '',
    ...(drain.verdict === 'refused'
      ? [
          'Put them in the care of a controller such as a Deployment, or add `--force`: then they are gone for good. Then simulate again.',
        ]
      : [...new Set(held.flatMap(({ fix }) => fix ?? [])), 'Then simulate again.']),
  ];
}

/** A node is drained, something is done to it, and it takes pods again. */
export function drainSteps(drain: NodeMaintenance, command: DrainCommand, work: readonly RunbookStep[]): RunbookStep[] {
  const { node } = drain;
  return [
    cordonStep(node, drain.staysCordoned),
    drainStep(drain, command, drain.staysCordoned),
    ...readySteps(drain.ready),
    ...work,
    ...(drain.staysCordoned ? [staysCordonedStep(node)] : [uncordonStep(node)]),
    ...readyAfterSteps(drain.readyAfter),
  ];
}

/** Of a node that somebody had cordoned before that is not undone. */
export function cordonStep(node: string, before: boolean): RunbookStep {
  if (before)
    return {
      does: `\`kubectl get node ${word(node)}\``,
      notes: ['Expect: the node is `Ready,SchedulingDisabled`: it was cordoned before, and stays so.'],
    };
  return {
    does: `\`kubectl cordon ${word(node)}\``,
    notes: [
      'Expect: the node is `Ready,SchedulingDisabled`. Nothing moves yet.',
      `To go back: \`kubectl uncordon ${word(node)}\``,
    ],
  };
}

export function staysCordonedStep(node: string): RunbookStep {
  return {
    does: `Leave ${node} cordoned, as it was before.`,
    notes: [`\`kubectl uncordon ${word(node)}\` is for those who cordoned it. It takes no pods until then.`],
  };
}

export function uncordonStep(node: string): RunbookStep {
  return {
    does: `\`kubectl uncordon ${word(node)}\``,
    notes: ['Expect: the node is `Ready`. Pods do not come back by themselves; new ones, and those that wait, may.'],
  };
}

export function drainStep(drain: Drain, command: DrainCommand, staysCordoned = false): RunbookStep {
  const { node, down } = drain;
  const evicted = evictedIn(drain);
  const away = evicted.filter(({ to, member }) => to === undefined && !member.finished);
  const waiting = away.filter(({ member }) => member.controller);
  const lost = away.filter(({ member }) => !member.controller);
  return {
    does: `\`${drainCommand(command, node)}\``,
    notes: [
      expectation(evicted),
      ...waiting.map(({ member, reason }) => `\`${memberName(member)}\` will wait: ${reason}`),
      ...lost.map(({ member }) => `\`${memberName(member)}\` is gone for good: nothing makes it anew.`),
      ...down.map((name) => `${name} is without a ready pod for a while.`),
      'To stop: interrupt it. What was evicted stays where it is; the rest goes on running here.',
      ...(staysCordoned ? [] : [`To go back: \`kubectl uncordon ${word(node)}\``]),
    ],
  };
}

/** The same for a shell. `work` is what it runs while the node is empty. */
export function drainScript(drain: NodeMaintenance, command: DrainCommand, work: readonly string[]): string[] {
  const { node } = drain;
  const again = evictedIn(drain).some(({ to }) => to === node);
  return [
    `say ${word(`drain ${node}`)}`,
    `is_ready ${word(node)}`,
    `kubectl cordon ${word(node)}`,
    drainCommand(command, node),
    ...(again ? [] : [`is_empty ${word(node)}`]),
    ...readyCommands(drain.ready),
    ...work,
    `is_ready ${word(node)}`,
    ...(drain.staysCordoned ? [] : [`kubectl uncordon ${word(node)}`]),
    ...readyCommands(drain.readyAfter),
    `say ${word(`${node} ${drain.staysCordoned ? 'stays cordoned, as it was before' : 'takes pods again'}${isSmooth(drain) ? '' : '; as was simulated, not everything was ready throughout'}`)}`,
  ];
}

export function drainCommand({ force }: DrainCommand, node: string): string {
  return `kubectl drain ${word(node)} --ignore-daemonsets --delete-emptydir-data${force ? ' --force' : ''} --timeout=15m`;
}

const evictedIn = ({ pods }: Drain) => pods.filter(({ verdict }) => verdict === 'evicted');

function expectation(evicted: readonly DrainedPod[]): string {
  if (evicted.length === 0) return 'Expect: no pod has to go.';
  const rounds = Math.max(...evicted.map(({ round }) => round ?? 0));
  const pods = evicted.map(
    ({ member, to }) => `\`${memberName(member)}\`${to === undefined ? '' : ` (to ${to}, for example)`}`,
  );
  const how = rounds > 1 ? `in ${rounds} rounds, as the budgets allow` : 'at once';
  return `Expect: ${evicted.length === 1 ? 'one pod goes' : `${evicted.length} pods go ${how}`}: ${pods.join(', ')}.`;
}

/** Of controllers whose pods are ready while nodes are empty. */
export function readySteps(controllers: readonly PodController[]): RunbookStep[] {
  return readyCommands(controllers).map((command) => ({
    does: `\`${command}\``,
    notes: ['Expect: all are ready. If not: stop here, and look at the pods that wait.'],
  }));
}

/** Of those that wait until the nodes take pods again. */
export function readyAfterSteps(controllers: readonly PodController[]): RunbookStep[] {
  return readyCommands(controllers).map((command) => ({
    does: `\`${command}\``,
    notes: ['Expect: all are ready, now that the pods that waited have a node.'],
  }));
}

/** What waits until all pods of controllers are ready. */
export function readyCommands(controllers: readonly PodController[]): string[] {
  return controllers.flatMap(({ name, scale }) => {
    const [kind = '', namespace = '', own = ''] = name.split('/');
    const [space, object] = [word(namespace), word(`${kind.toLowerCase()}/${own}`)];
    if (kind === 'Deployment') return [`kubectl -n ${space} rollout status ${object} --timeout=15m`];
    // Of one whose pods are updated by hand there is no status of a rollout.
    const ready = `--for='jsonpath={.status.readyReplicas}=${scale}'`;
    return kind === 'StatefulSet' ? [`kubectl -n ${space} wait ${ready} ${object} --timeout=15m`] : [];
  });
}

/** As a shell takes it for one word, whatever is in it. */
export function word(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
