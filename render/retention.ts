import type { Component, KubernetesObject } from '../model/kubernetes';
import { CONFIG_KEPT, CONFIG_OF, groupOf, identityOf } from '../model/kubernetes';

/** What Kubernetes keeps of a workload that says nothing. */
const REVISIONS = 10;
/** Of a config that nothing in the target uses: its users are not known. */
const UNUSED = 5;

/**
 * Hashed configs with the number of earlier versions that must stay, so that `kubectl rollout undo` to any revision finds its own: the
 * largest revisionHistoryLimit of the workloads that use it, or what the config itself asks for, if that is more.
 */
export function withRetention(components: readonly Component[]): Component[] {
  const hashed = components.some(({ objects }) => objects.some(isHashed));
  if (!hashed) return [...components];
  const limits = limitsIn(components.flatMap(({ objects }) => objects));
  return components.map((component) => ({
    ...component,
    objects: component.objects.map((object) =>
      // Somebody signed the text of some: it stays as it is.
      isHashed(object) && !component.verbatim?.has(identityOf(object)) ? retained(object, limits) : object,
    ),
  }));
}

function isHashed({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[CONFIG_OF] !== undefined;
}

function retained(object: KubernetesObject, limits: ReadonlyMap<string, number>): KubernetesObject {
  const { annotations, namespace, name } = object.metadata;
  const asked = annotations?.[CONFIG_KEPT];
  const used = limits.get(`${namespace} ${name}`);
  const kept = Math.max(Number(asked ?? 0), used ?? (asked === undefined ? UNUSED : 0));
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [CONFIG_KEPT]: String(kept) } },
  };
}

interface Templated {
  readonly template?: unknown;
  readonly jobTemplate?: unknown;
  readonly revisionHistoryLimit?: number;
}

/** By namespace and name of what pods name: how many earlier revisions of its users there may be. */
function limitsIn(objects: readonly KubernetesObject[]): Map<string, number> {
  const limits = new Map<string, number>();
  for (const object of objects) {
    const { template, jobTemplate, revisionHistoryLimit } = (object['spec'] ?? {}) as Templated;
    const pods =
      groupOf(object.apiVersion) === '' && object.kind === 'Pod' ? object['spec'] : (template ?? jobTemplate);
    if (pods === undefined) continue;
    // Runs of Jobs are no revisions, but one that has begun goes on with what it began with, as pods do while others take their place.
    const limit = /Job$|^Pod$/.test(object.kind) ? 1 : Math.max(revisionHistoryLimit ?? REVISIONS, 1);
    for (const text of textsIn(pods)) {
      const key = `${object.metadata.namespace} ${text}`;
      limits.set(key, Math.max(limits.get(key) ?? 0, limit));
    }
  }
  return limits;
}

/** A name with a hash in it is nobody else's, so that it need not be asked by which field it is named. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* textsIn(inner);
}
