import { list, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { settledNodes } from '../../../simulate/scheduling/unplaceable';
import type { World } from '../../../world/world';
import { containerChanges } from '../containers';
import { fieldAt } from '../paths';
import { fieldOfNarrowing, nodeNarrowings, tolerationText } from '../placement';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const web = (pod: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { ${pod}containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;

export default riskRule({
  id: 'pods-may-wait',
  class: 'disruption',
  description:
    'pods that need something of their cluster that is not seen there: nodes with a label, without a taint or with the image already, a scheduler, a RuntimeClass',
  reason:
    'Where it is missing, new pods stay pending or do not start their containers. A rollout stands still, and a pod that is evicted or crashes with its node is not replaced.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/',
  advice:
    'look that it is there first: kubectl get nodes --show-labels, kubectl get runtimeclass; or compare it together with the facts of the cluster',
  example: {
    before: web(''),
    after: web('nodeSelector: { disk: ssd }, schedulerName: batch, '),
    finds: [
      'Deployment/shop/web spec.template.spec.nodeSelector.disk',
      'Deployment/shop/web spec.template.spec.schedulerName',
    ],
    harmless: web('nodeSelector: { kubernetes.io/os: linux }, schedulerName: default-scheduler, '),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0 || workload.after.resource.kind === 'PodTemplate') continue;
      yield* ofNodes(diff, workload);
      yield* ofPod(diff, workload);
      yield* ofImages(workload);
    }
  },
});

/** Where the nodes are known, the scheduler's own rules are asked; a DaemonSet has a pod on each node that fits, and waits for none. */
function* ofNodes({ after: world }: WorldChange, { change, before, after }: WorkloadChange): Iterable<FoundRisk> {
  if (settledNodes(world) || after.resource.kind === 'DaemonSet') return;
  for (const narrowing of nodeNarrowings(before.podSpec, after.podSpec)) {
    const what =
      narrowing.by === 'nodeSelector'
        ? `its pods run only on nodes with ${narrowing.label}`
        : narrowing.by === 'affinity'
          ? 'its required node affinity takes fewer nodes than before'
          : `it does not tolerate ${firstNames(narrowing.tolerations.map(tolerationText))} any more: nodes with such a taint do not take its pods`;
    yield {
      change,
      field: fieldOfNarrowing(change, after, narrowing),
      message: `${what}; which nodes there are is not known here, and where none fits they stay pending`,
    };
  }
}

function* ofPod({ after: world }: WorldChange, { change, before, after }: WorkloadChange): Iterable<FoundRisk> {
  const at = (name: string) => fieldAt(change, [...after.podSpecPath.map(String), name]);
  const [was, is] = [before, after].map(schedulerOf);
  if (is !== undefined && is !== was && !runsScheduler(world, is))
    yield {
      change,
      field: at('schedulerName'),
      message: `its pods wait for the scheduler ${is}, which is not among the manifests: where it does not run they stay pending`,
    };
  const [old, runtime] = [before, after].map(({ podSpec }) => string(podSpec['runtimeClassName']));
  const found = runtime === undefined || runtime === old ? undefined : world.find('RuntimeClass', '', runtime).is;
  // Where another one was there before, reference-breaks tells it.
  if (found === 'unknown' || (found === 'absent' && old === undefined))
    yield {
      change,
      field: at('runtimeClassName'),
      message: `its pods need the RuntimeClass ${runtime}, which is not among the manifests: where it is missing they are refused, and on nodes without its handler they do not start`,
    };
  const gates = list(after.podSpec['schedulingGates']).length;
  if (gates > list(before.podSpec['schedulingGates']).length)
    yield {
      change,
      field: at('schedulingGates'),
      message: 'its pods stay pending until somebody takes away their scheduling gates',
    };
}

function schedulerOf({ podSpec }: WorkloadManifest): string | undefined {
  const name = string(podSpec['schedulerName']);
  return name === 'default-scheduler' || name === '' ? undefined : name;
}

/** Whether something among the manifests looks like the scheduler: by its name, its image or its arguments. */
function runsScheduler({ workloads }: World, name: string): boolean {
  return workloads.some(
    ({ resource, containers }) =>
      resource.name.includes(name) || containers.some(({ json }) => JSON.stringify(json).includes(name)),
  );
}

function* ofImages(workload: WorkloadChange): Iterable<FoundRisk> {
  for (const { before, after, path } of containerChanges(workload))
    if (after.json['imagePullPolicy'] === 'Never' && before.json['imagePullPolicy'] !== 'Never')
      yield {
        change: workload.change,
        field: fieldAt(workload.change, [...path, 'imagePullPolicy']),
        message: `the image of ${after.name} is never pulled: its container starts only on nodes that have it already (ErrImageNeverPull)`,
        advice: 'leave it at IfNotPresent, unless every node gets the image by other means',
      };
}
