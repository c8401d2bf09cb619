import { number, record, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { selects } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { misspellingOf } from '../model/misspelling';
import { addTo } from '../model/multimap';
import { isMadeHere } from './owners';
import type { World } from './world';

/** Workloads by label and namespace, so that a selector is tried on few of them. */
interface PodIndex {
  /** `namespace key=value` */
  readonly inNamespace: ReadonlyMap<string, readonly WorkloadManifest[]>;
  /** `key=value` */
  readonly anywhere: ReadonlyMap<string, readonly WorkloadManifest[]>;
  readonly namespaces: readonly string[];
}

const indexOf = memo((world: World): PodIndex => {
  const inNamespace = new Map<string, WorkloadManifest[]>();
  const anywhere = new Map<string, WorkloadManifest[]>();
  const namespaces = new Set<string>();
  for (const workload of world.workloads) {
    if (!makesPods(workload)) continue;
    namespaces.add(workload.namespace);
    for (const [key, value] of Object.entries(workload.podLabels)) {
      addTo(inNamespace, `${workload.namespace} ${key}=${value}`, workload);
      addTo(anywhere, `${key}=${value}`, workload);
    }
  }
  return { inNamespace, anywhere, namespaces: [...namespaces] };
});

/** A PodTemplate makes none. */
export function makesPods({ resource }: WorkloadManifest): boolean {
  return resource.kind !== 'PodTemplate';
}

/** The workloads of a namespace whose pods a LabelSelector selects, one of them at least. */
export function podsMatching(world: World, namespace: string, wanted: unknown): readonly WorkloadManifest[] {
  const { selector, ordinals } = withoutOrdinals(wanted);
  const all = candidatesIn(world, namespace, selector).filter(
    (workload) => makesPods(workload) && selects(selector, workload.podLabels) && (ordinals?.(workload) ?? true),
  );
  // The ReplicaSet of a Deployment counts where only it has the labels, such as pod-template-hash.
  const own = all.filter(({ resource }) => !isMadeHere(world, resource));
  return own.length > 0 ? own : all;
}

/** Whether there is one. */
export function hasPodsMatching(world: World, namespace: string, wanted: unknown): boolean {
  const { selector, ordinals } = withoutOrdinals(wanted);
  if (ordinals) return podsMatching(world, namespace, wanted).length > 0;
  return candidatesIn(world, namespace, selector).some(
    (workload) => makesPods(workload) && selects(selector, workload.podLabels),
  );
}

/** Labels that the StatefulSet controller gives to each pod on its own. */
const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

/** A selector without the labels of single pods of a StatefulSet, and whether a workload has a pod that they name. */
function withoutOrdinals(selector: unknown): {
  readonly selector: unknown;
  readonly ordinals?: (workload: WorkloadManifest) => boolean;
} {
  const { [POD_NAME]: pod, [POD_INDEX]: index, ...others } = labelsOf(selector);
  if (pod === undefined && index === undefined) return { selector };
  const ordinals = ({ resource, podLabels, replicas = 0 }: WorkloadManifest): boolean => {
    if (resource.kind !== 'StatefulSet')
      return (
        (pod === undefined || podLabels[POD_NAME] === pod) && (index === undefined || podLabels[POD_INDEX] === index)
      );
    const named =
      pod === undefined ? index : pod.startsWith(`${resource.name}-`) ? pod.slice(resource.name.length + 1) : '';
    if (!/^(0|[1-9]\d*)$/.test(named ?? '') || (index !== undefined && named !== index)) return false;
    const start = number(resource.at(['spec', 'ordinals', 'start'])) ?? 0;
    // Where no number of replicas stands, something else sets it.
    return (
      Number(named) >= start && (Number(named) < start + replicas || resource.at(['spec', 'replicas']) === undefined)
    );
  };
  return { selector: { ...record(selector), matchLabels: others }, ordinals };
}

function candidatesIn(world: World, namespace: string, selector: unknown): readonly WorkloadManifest[] {
  const labels = Object.entries(labelsOf(selector));
  return (
    fewestOf(labels.map(([key, value]) => indexOf(world).inNamespace.get(`${namespace} ${key}=${value}`) ?? [])) ??
    world.workloadsIn(namespace)
  );
}

/**
 * The labels that are meant where a selector that selects no pod of a namespace misspells one of its own: `app=web` for `app: wbe`.
 * All its other labels are those of the same pod.
 */
export function misspeltLabels(world: World, namespace: string, selector: Labels): string[] {
  const meant = Object.entries(selector).flatMap(([key, value]) => {
    const others = Object.entries(selector).filter(([other]) => other !== key);
    const near = world
      .workloadsIn(namespace)
      .filter(({ podLabels }) => others.every(([other, wanted]) => podLabels[other] === wanted));
    return [
      ...misspellingOf(
        value,
        near.flatMap(({ podLabels }) => podLabels[key] ?? []),
      ).map((name) => `${key}=${name}`),
      ...misspellingOf(
        key,
        near.flatMap(({ podLabels }) => Object.keys(podLabels).filter((name) => podLabels[name] === value)),
      ).map((name) => `${name}=${value}`),
    ];
  });
  return [...new Set(meant)];
}

/** A workload of any namespace whose pods a LabelSelector selects. */
export function podAnywhere(world: World, selector: unknown): WorkloadManifest | undefined {
  const fewest = fewestOf(
    Object.entries(labelsOf(selector)).map(([key, value]) => indexOf(world).anywhere.get(`${key}=${value}`) ?? []),
  );
  return (fewest ?? world.workloads).find((workload) => makesPods(workload) && selects(selector, workload.podLabels));
}

/** Namespaces that have workloads. */
export function namespacesWithPods(world: World): readonly string[] {
  return indexOf(world).namespaces;
}

function labelsOf(selector: unknown): Labels {
  return strings(record(selector)?.['matchLabels']);
}

/** Undefined where there is nothing to choose from. */
function fewestOf(buckets: readonly (readonly WorkloadManifest[])[]): readonly WorkloadManifest[] | undefined {
  return buckets.length === 0
    ? undefined
    : buckets.reduce((least, bucket) => (bucket.length < least.length ? bucket : least));
}
