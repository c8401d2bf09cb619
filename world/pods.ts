import { CONTROLLER_LABEL_NAMES } from '../manifests/controller-labels';
import { record, strings } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { misspellingOf } from '../model/misspelling';
import { addTo } from '../model/multimap';
import { labelsOfPods, selectsKnown } from './known-labels';
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
  for (const workload of podMakers(world)) {
    if (!makesPods(workload)) continue;
    namespaces.add(workload.namespace);
    const byController = [...workload.controllerLabels].flatMap(([key, { values = [] }]) =>
      values.map((value) => [key, value] as const),
    );
    for (const [key, value] of [...Object.entries(workload.podLabels), ...byController]) {
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
export function podsMatching(world: World, namespace: string, selector: unknown): readonly WorkloadManifest[] {
  const all = candidatesIn(world, namespace, selector).filter(
    (workload) => makesPods(workload) && maySelect(selector, workload),
  );
  // The ReplicaSet of a Deployment counts where only it has the labels.
  const own = all.filter(({ resource }) => !isMadeHere(world, resource));
  return own.length > 0 ? own : all;
}

/** Whether there is one. */
export function hasPodsMatching(world: World, namespace: string, selector: unknown): boolean {
  return candidatesIn(world, namespace, selector).some(
    (workload) => makesPods(workload) && maySelect(selector, workload),
  );
}

/** Labels with values that only the cluster knows, such as hashes, may be those of the selector. */
function maySelect(selector: unknown, workload: WorkloadManifest): boolean {
  return selectsKnown(selector, labelsOfPods(workload)) !== 'no';
}

function candidatesIn(world: World, namespace: string, selector: unknown): readonly WorkloadManifest[] {
  const labels = Object.entries(labelsOf(selector)).filter(([key]) => !CONTROLLER_LABEL_NAMES.has(key));
  return (
    fewestOf(labels.map(([key, value]) => indexOf(world).inNamespace.get(`${namespace} ${key}=${value}`) ?? [])) ??
    inNamespace(world, namespace)
  );
}

/** The workloads that are judged, and those that an operator makes of what is judged or known. */
function podMakers(world: World): readonly WorkloadManifest[] {
  return world.operated.length === 0 ? world.workloads : [...world.workloads, ...world.operated];
}

function inNamespace(world: World, namespace: string): readonly WorkloadManifest[] {
  const made = world.operated.filter((workload) => workload.namespace === namespace);
  return made.length === 0 ? world.workloadsIn(namespace) : [...world.workloadsIn(namespace), ...made];
}

/**
 * The labels that are meant where a selector that selects no pod of a namespace misspells one of its own: `app=web` for `app: wbe`.
 * All its other labels are those of the same pod.
 */
export function misspeltLabels(world: World, namespace: string, selector: Labels): string[] {
  // The pods that have them may stand in what could not be read.
  if (world.unread.length > 0) return [];
  const meant = Object.entries(selector).flatMap(([key, value]) => {
    const others = Object.entries(selector).filter(([other]) => other !== key);
    const near = inNamespace(world, namespace).filter(({ podLabels }) =>
      others.every(([other, wanted]) => podLabels[other] === wanted),
    );
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
    Object.entries(labelsOf(selector))
      .filter(([key]) => !CONTROLLER_LABEL_NAMES.has(key))
      .map(([key, value]) => indexOf(world).anywhere.get(`${key}=${value}`) ?? []),
  );
  return (fewest ?? podMakers(world)).find((workload) => makesPods(workload) && maySelect(selector, workload));
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
