import type { Fleet, FleetChange, FleetReplacement } from '../../diff/fleet/fleet';
import type { ObjectChange } from '../../diff/object-change';
import { isAtLeast } from '../../diff/risk/classes';
import { CONFIG_OF } from '../../model/kubernetes';
import { count } from '../show';
import { objectsText, targetsText } from './words';

/** What happens when it is applied: which pods are replaced, in which order and how long that takes, and how to go back. */
export function rolloutLines(fleet: Fleet): string[] {
  const back = wayBack(fleet);
  return [...replacementLines(fleet), ...(back === undefined ? [] : [`the way back: ${back}`])];
}

/** What stands above these lines: where no pods are replaced, only the way back is told. */
export function rolloutTitle({ replaced }: Fleet): string {
  return replaced.length > 0 ? 'rolling out' : 'the way back';
}

/** Which pods are replaced, in the order in which that happens, and how long it takes. */
export function replacementLines({ replaced, targets }: Fleet): string[] {
  return replaced.map((each) => replacementText(each, targets));
}

/** How to go back, and what that does not bring back; undefined where nothing takes effect. */
export function wayBack({ changes, whole }: Fleet, revert = 'revert it'): string | undefined {
  const hasKept = changes.some(({ instances }) => instances.some(({ change }) => staysBeside(change)));
  const all = [...changes, ...whole];
  const lost = all.filter((change) => change.class === 'data-loss').length;
  const blocked = all.filter((change) => change.class === 'immutable');
  const wrong = blocked.filter(isWrittenWrongly).length;
  const refused = blocked.length - wrong;
  const grown = changes.filter(
    ({ class: worst, risks }) => worst !== 'immutable' && risks.some(({ rule }) => rule === 'storage-grown'),
  );
  const lasting = changes.filter(({ risks }) => risks.some(({ rule }) => rule === 'revert-refused'));
  if (!all.some((change) => isAtLeast(change.class, 'in-place'))) return undefined;
  return [
    revert,
    ...(lost > 0 ? [`what is lost by ${count(lost, 'change')} of class data-loss stays lost`] : []),
    ...(refused > 0
      ? [
          `${count(refused, 'change')} of class immutable only ${refused === 1 ? 'happens' : 'happen'} when objects are made again, and so ${refused === 1 ? 'does its' : 'do their'} way back`,
        ]
      : []),
    ...(wrong > 0
      ? [
          `${count(wrong, 'change')} ${wrong === 1 ? 'does' : 'do'} nothing where the API server refuses what is written`,
        ]
      : []),
    ...(lasting.length > 0
      ? [`the API server refuses the way back of ${namesOf(lasting)}, unless it is deleted and created again`]
      : []),
    ...(grown.length > 0 ? [`${namesOf(grown)} does not get smaller again`] : []),
    ...(hasKept
      ? [
          'earlier configs are kept, so that kubectl rollout undo finds them too; pause Argo CD (argocd.argoproj.io/skip-reconcile=true) or Flux (flux suspend) before, or it syncs the change again',
        ]
      : []),
  ].join('; ');
}

/** The objects of some changes, as a report calls them. */
function namesOf(changes: readonly FleetChange[]): string {
  const objects = changes.flatMap((change) => change.objects);
  return objectsText({ ...changes[0]!, does: 'changed', objects });
}

/** Whether a change is of class immutable only because the manifest is not valid: then there is nothing to make again. */
function isWrittenWrongly({ risks }: { readonly risks: FleetChange['risks'] }): boolean {
  return risks.every(({ class: risk, rule }) => risk !== 'immutable' || rule === 'manifest-refused');
}

/** Its earlier version stays, under its own name, for pods of an earlier revision. */
function staysBeside({ before, after }: ObjectChange): boolean {
  return before !== undefined && after?.annotations[CONFIG_OF] !== undefined && before.name !== after.name;
}

/** What Kubernetes takes where nothing is said is not told. Seconds. */
const DEFAULT_GRACE = 30;
const DEFAULT_DEADLINE = 600;

function replacementText({ targets, replacement }: FleetReplacement, all: readonly string[]): string {
  const { workload, pods, strategy, available, start, stop, deadline, least } = replacement;
  const [kind, ...name] = workload.split('/');
  const what = targets.length > 1 ? `${kind}/${name.at(-1)}` : workload;
  const how =
    pods === undefined ? `a pod on each node that it is for (${strategy})` : `${count(pods, 'pod')} (${strategy})`;
  const time = [
    ...(available > 0 ? [`a new pod counts after ${available} s at the earliest`] : []),
    ...(start === undefined ? [] : [`it has ${start} s to start`]),
    ...(stop === DEFAULT_GRACE ? [] : [`an old one stops within ${stop} s`]),
    ...(least === undefined || least === 0 ? [] : [`${least} s in all at the least`]),
    ...(deadline === undefined || deadline === DEFAULT_DEADLINE
      ? []
      : [`given up after ${deadline} s without progress`]),
  ];
  return [`${what}${targetsText(targets, all)}: ${how}`, ...(time.length === 0 ? [] : [time.join(', ')])].join('; ');
}
