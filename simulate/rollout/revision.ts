import { Resource, record, strings } from '../../manifests/resource';
import { WorkloadManifest } from '../../manifests/workload';
import type { World } from '../../world/world';
import { freshPod } from '../scheduling/fresh-pod';
import type { SchedulerPod } from '../scheduling/pod';

/** The label by which a controller tells the pods of its revisions apart. */
const LABELS: Readonly<Record<string, string>> = {
  Deployment: 'pod-template-hash',
  StatefulSet: 'controller-revision-hash',
  DaemonSet: 'controller-revision-hash',
};

/** A pod of one revision of a workload, as admission hands it to the scheduler. */
export function podOfRevision(world: World, workload: WorkloadManifest, revision: 'old' | 'new'): SchedulerPod {
  const label = LABELS[workload.resource.kind];
  if (label === undefined) return freshPod(world, workload);
  const { resource, namespace } = workload;
  const spec = record(resource.object['spec']) ?? {};
  const template = record(spec['template']) ?? {};
  const metadata = record(template['metadata']) ?? {};
  const labelled = new Resource(
    {
      ...resource.object,
      spec: {
        ...spec,
        template: {
          ...template,
          metadata: { ...metadata, labels: { ...strings(metadata['labels']), [label]: revision } },
        },
      },
    },
    resource.source,
    resource.document,
    resource.place,
  );
  return freshPod(world, WorkloadManifest.of(labelled, namespace)!);
}
