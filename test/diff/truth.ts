import { objectChanges } from '../../diff/objects';
import type { RiskClass } from '../../diff/risk/classes';
import { worstOf } from '../../diff/risk/classes';
import { risksOf } from '../../diff/risk/classify';
import { Resource } from '../../manifests/resource';
import type { KubernetesVersion } from '../../model/kubernetes-version';
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

/** The class of a change, and whether a rule says that the API server refuses it, or that pods are replaced. */
export function classified(change: RecordedChange): {
  readonly class: RiskClass;
  readonly immutable: boolean;
  readonly restarts: boolean;
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
    restarts: risks.some(({ rule }) => rule === 'pod-template-changed'),
  };
}

/** Where the classes say something else than what happened; nothing where they agree. */
export function disagreement(change: RecordedChange): string | undefined {
  const { class: risk, immutable, restarts } = classified(change);
  const what = `1.${change.minor} ${String(change.old['kind'])}: ${change.what}`;
  if (change.refused !== undefined)
    return immutable ? undefined : `${what}: is refused (${change.refused}), and we say ${risk}`;
  if (immutable) return `${what}: is taken, and we say that it is refused`;
  if (change.revision !== restarts)
    return `${what}: ${change.revision ? 'makes' : 'makes no'} new revision, and we say ${risk}`;
  if (risk === 'no-effect' && !change.unchanged && change.generation)
    return `${what}: has another generation, and we say ${risk}`;
  if (change.unchanged && risk !== 'no-effect') return `${what}: is stored as it was, and we say ${risk}`;
  return undefined;
}
