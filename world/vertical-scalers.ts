import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { workloadNamed } from './autoscalers';
import { everyKnown } from './known';
import type { World } from './world';

/** The API group of the VerticalPodAutoscaler. */
const VPA_GROUP = 'autoscaling.k8s.io';

/** A VerticalPodAutoscaler. */
export interface VerticalScaler {
  readonly resource: Resource;
  readonly namespace: string;
  /** What is done with the recommendation; Recreate where nothing is said (GetUpdateMode in pkg/utils/vpa/api.go of VPA). */
  readonly mode: string;
  readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly policies: readonly ContainerPolicy[];
}

/** What a VerticalPodAutoscaler may do to a container, or to all that are not named (`*`). */
export interface ContainerPolicy {
  readonly containerName: string;
  readonly json: Json;
  readonly path: Path;
}

/** Every VerticalPodAutoscaler that is judged or known, and names a target. */
export const verticalScalersIn = memo((world: World): readonly VerticalScaler[] =>
  everyKnown(world, 'VerticalPodAutoscaler').flatMap((resource) => {
    const target = record(resource.at(['spec', 'targetRef']));
    const [kind, name] = [string(target?.['kind']), string(target?.['name'])];
    if (resource.group !== VPA_GROUP || !target || !kind || !name) return [];
    return [
      {
        ...{ resource, namespace: world.namespaceOf(resource) },
        mode: string(resource.at(['spec', 'updatePolicy', 'updateMode'])) || 'Recreate',
        target: { apiVersion: string(target['apiVersion']) ?? '', kind, name },
        policies: policiesOf(resource),
      },
    ];
  }),
);

function policiesOf(resource: Resource): ContainerPolicy[] {
  const path = ['spec', 'resourcePolicy', 'containerPolicies'];
  return list(resource.at(path)).flatMap((entry, i) => {
    const json = record(entry);
    return json ? [{ containerName: string(json['containerName']) ?? '', json, path: [...path, i] }] : [];
  });
}

/** The VerticalPodAutoscalers that change the requests of a workload's pods: those that are not switched off. */
export function verticalScalersOf(world: World, { resource, namespace }: WorkloadManifest): readonly VerticalScaler[] {
  return byTarget(world).get(`${resource.kind}/${namespace}/${resource.name}`) ?? [];
}

const byTarget = memo((world: World): ReadonlyMap<string, readonly VerticalScaler[]> => {
  const map = new Map<string, VerticalScaler[]>();
  for (const scaler of verticalScalersIn(world))
    if (scaler.mode !== 'Off') addTo(map, `${scaler.target.kind}/${scaler.namespace}/${scaler.target.name}`, scaler);
  return map;
});

/** The workload whose pods a VerticalPodAutoscaler sizes, if it is judged. */
export function workloadSized(world: World, { namespace, target }: VerticalScaler): WorkloadManifest | undefined {
  return workloadNamed(world, target.kind, namespace, target.name);
}

/** The policy of a container: its own, or that of all others (GetContainerResourcePolicy in pkg/utils/vpa/api.go of VPA). */
export function policyFor({ policies }: VerticalScaler, container: string): ContainerPolicy | undefined {
  return (
    policies.find(({ containerName }) => containerName === container) ??
    policies.findLast(({ containerName }) => containerName === '*')
  );
}

/**
 * Whether a VerticalPodAutoscaler changes a container's request of a resource: cpu and memory, unless a policy says otherwise. It leaves init
 * containers alone, sidecars among them (getContainer in pkg/utils/vpa/capping.go).
 */
export function changesRequest(scaler: VerticalScaler, { name, role }: Container, resource: string): boolean {
  if (role !== 'container' || (resource !== 'cpu' && resource !== 'memory')) return false;
  const policy = policyFor(scaler, name)?.json;
  if (policy?.['mode'] === 'Off') return false;
  const controlled = policy?.['controlledResources'];
  return controlled === undefined || controlled === null || list(controlled).includes(resource);
}

/** Whether a container's limits follow its requests, in the proportion in which they are written. */
export function keepsProportion(scaler: VerticalScaler, container: string): boolean {
  return policyFor(scaler, container)?.json['controlledValues'] !== 'RequestsOnly';
}
