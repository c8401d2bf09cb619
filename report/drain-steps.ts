import type { DrainedPod } from '../simulate/maintenance/drain';
import { memberName } from '../simulate/maintenance/live';
import type { PodController } from '../simulate/maintenance/member';

export function drainCommand(node: string, force: boolean): string {
  return `kubectl drain ${word(node)} --ignore-daemonsets --delete-emptydir-data${force ? ' --force' : ''} --timeout=15m`;
}

export function expectations(evicted: readonly DrainedPod[], rounds: number): string[] {
  if (evicted.length === 0) return ['   - Expect: no pod has to go.'];
  const pods = evicted.map(
    ({ member, to }) => `\`${memberName(member)}\`${to === undefined ? '' : ` (to ${to}, for example)`}`,
  );
  const how = rounds > 1 ? `in ${rounds} rounds, as the budgets allow` : 'at once';
  return [
    `   - Expect: ${evicted.length === 1 ? 'one pod goes' : `${evicted.length} pods go ${how}`}: ${pods.join(', ')}.`,
  ];
}

export function numbered(from: number, commands: readonly string[], expect: string): string[] {
  return commands.flatMap((command, i) => [`${from + i}. \`${command}\``, `   - ${expect}`]);
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

/** What scripts begin with: they stop at the first step that fails; kubectl uses CONTEXT, and COMMAND works on an empty node. */
export const SCRIPT_START: readonly string[] = [
  'set -eu',
  'work="${1-}"',
  'kubectl() { command kubectl ${CONTEXT:+--context "$CONTEXT"} "$@"; }',
  'say() { printf \'%s\\n\' "== $*"; }',
  '',
  'is_ready() { kubectl wait --for=condition=Ready "node/$1" --timeout=15m >/dev/null; }',
  'is_empty() {',
  '  left=$(kubectl get pods -A --field-selector "spec.nodeName=$1,status.phase!=Succeeded,status.phase!=Failed" -o \'jsonpath={range .items[*]}{.metadata.ownerReferences[0].kind}{" "}{.metadata.namespace}{"/"}{.metadata.name}{"\\n"}{end}\' | grep -v -e \'^DaemonSet \' -e \'^Node \' || true)',
  '  [ -z "$left" ] || { say "still on $1:"; printf \'%s\\n\' "$left"; return 1; }',
  '}',
  '',
];
