import { objectChanges } from '../../diff/objects';
import type { RiskClass } from '../../diff/risk/classes';
import { worstOf } from '../../diff/risk/classes';
import { risksOf } from '../../diff/risk/classify';
import { Resource } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { isPaused } from '../../simulate/rollout/strategy';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

/** What an API server and its controllers did when the manifest of an object was applied over an earlier one. */
export interface RecordedChange {
  readonly minor: number;
  readonly what: string;
  readonly old: Resource['object'];
  readonly new: Resource['object'];
  /** What the server said when it refused it. */
  readonly refused?: string;
  /** Whether the object has another generation. */
  readonly generation: boolean;
  /** Whether a controller made another revision of its pods. */
  readonly revision: boolean;
  /** Whether the server stored nothing. */
  readonly unchanged: boolean;
}

/** The class of a change, and whether a rule says that the API server refuses it, or that there is another revision. */
export function classified(change: RecordedChange): {
  readonly class: RiskClass;
  readonly immutable: boolean;
  readonly revises: boolean;
} {
  const worldOf = (object: Resource['object']) =>
    new World(
      [new Resource(object, { file: 'change.yaml', text: '' }, 0)],
      new Facts([], `1.${change.minor}` as KubernetesVersion),
    );
  const [before, after] = [worldOf(change.old), worldOf(change.new)];
  const changes = objectChanges(before, after);
  const risks = risksOf({ before, after, changes });
  return {
    // Of nothing that is said it is `no-effect`.
    class: worstOf(risks.map((risk) => risk.class)),
    immutable: risks.some(({ class: risk }) => risk === 'immutable'),
    // Another template makes another revision also where no pod is replaced by itself, but not while it is paused.
    revises: risks.some(
      ({ rule, field }) =>
        rule === 'pod-template-changed' ||
        (rule === 'rollout-held' &&
          field?.path[1] === 'template' &&
          after.workloads.some((each) => hasRevisions(each) && !isPaused(each))),
    ),
  };
}

/** Whether its controller keeps its templates, as ReplicaSets or ControllerRevisions. */
function hasRevisions({ resource: { kind } }: WorkloadManifest): boolean {
  return kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet';
}

/** Where the classes say something else than what happened; nothing where they agree. */
export function disagreement(change: RecordedChange): string | undefined {
  const { class: risk, immutable, revises } = classified(change);
  const what = `1.${change.minor} ${String(change.old['kind'])}: ${change.what}`;
  if (change.refused !== undefined)
    return immutable ? undefined : `${what}: is refused (${change.refused}), and we say ${risk}`;
  if (immutable) return `${what}: is taken, and we say that it is refused`;
  if (change.revision !== revises)
    return `${what}: ${change.revision ? 'makes' : 'makes no'} new revision, and we say ${risk}`;
  if (risk === 'no-effect' && !change.unchanged && change.generation)
    return `${what}: has another generation, and we say ${risk}`;
  if (change.unchanged && risk !== 'no-effect') return `${what}: is stored as it was, and we say ${risk}`;
  return undefined;
}
