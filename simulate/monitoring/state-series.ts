import { wordsOf } from '../../manifests/flags';
import { list, number, type Resource, record, string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { isListedInCluster } from '../../upstream/kube-state-metrics/series';
import { everyKnown } from '../../world/known';
import type { World } from '../../world/world';
import { allClaimCount, claimCount, type Population } from './population';

/**
 * Series that kube-state-metrics has of each object, by what it lists. Counted at v2.15.0 with one object of each kind on a cluster of 1.35, or
 * from `internal/store` where a small cluster has none (webhooks, attachments, requests for certificates); what depends on the object is
 * worked out below.
 */
const OF_EACH = {
  certificatesigningrequests: { kind: 'CertificateSigningRequest', series: 4 },
  configmaps: { kind: 'ConfigMap', series: 3 },
  cronjobs: { kind: 'CronJob', series: 9 },
  daemonsets: { kind: 'DaemonSet', series: 10 },
  deployments: { kind: 'Deployment', series: 18 },
  endpoints: { kind: 'Service', series: 5 },
  endpointslices: { kind: 'Service', series: 4 },
  horizontalpodautoscalers: { kind: 'HorizontalPodAutoscaler', series: 13 },
  ingresses: { kind: 'Ingress', series: 4 },
  jobs: { kind: 'Job', series: 13 },
  leases: { kind: 'Lease', series: 2 },
  limitranges: { kind: 'LimitRange', series: 4 },
  mutatingwebhookconfigurations: { kind: 'MutatingWebhookConfiguration', series: 4 },
  namespaces: { kind: 'Namespace', series: 3 },
  networkpolicies: { kind: 'NetworkPolicy', series: 3 },
  nodes: { kind: 'Node', series: 29 },
  persistentvolumeclaims: { kind: 'PersistentVolumeClaim', series: 7 },
  persistentvolumes: { kind: 'PersistentVolume', series: 10 },
  poddisruptionbudgets: { kind: 'PodDisruptionBudget', series: 6 },
  pods: { kind: 'Pod', series: 31 },
  // One of each Deployment, and those of earlier revisions, of which nobody knows here.
  replicasets: { kind: 'Deployment', series: 8 },
  replicationcontrollers: { kind: 'ReplicationController', series: 9 },
  resourcequotas: { kind: 'ResourceQuota', series: 1 },
  secrets: { kind: 'Secret', series: 5 },
  services: { kind: 'Service', series: 3 },
  statefulsets: { kind: 'StatefulSet', series: 12 },
  storageclasses: { kind: 'StorageClass', series: 2 },
  validatingwebhookconfigurations: { kind: 'ValidatingWebhookConfiguration', series: 4 },
  volumeattachments: { kind: 'VolumeAttachment', series: 5 },
} as const satisfies Record<string, { readonly kind: string; readonly series: number }>;
type Listed = keyof typeof OF_EACH;

/** Of a running container beside what it asks for, and of one that has ended. */
const OF_CONTAINER = 7;
/** Those that admission adds: the node is not ready, or not reachable. */
const ADDED_TOLERATIONS = 2;
/** Those that the controller of DaemonSets adds beside: `AddOrUpdateDaemonPodTolerations` (pkg/controller/daemon/util). */
const DAEMON_TOLERATIONS = 5;
const CLAIM_OF_POD = 2;

/** What it is told by its arguments. */
interface Told {
  readonly resources: readonly string[];
  readonly namespaces: readonly string[] | undefined;
  /** Resources of which labels or annotations are shown: a series more of each object, for either. */
  readonly shown: readonly string[];
}

/** The series of a kube-state-metrics; undefined where it lists what is not counted here. */
export function stateSeries(world: World, workload: WorkloadManifest, { pods, nodes }: Population): number | undefined {
  const { resources, namespaces, shown } = toldBy(workload);
  const covers = (namespace: string) => namespaces === undefined || namespaces.includes(namespace);
  let sum = 0;
  for (const resource of resources) {
    if (!Object.hasOwn(OF_EACH, resource)) return undefined;
    const { kind, series } = OF_EACH[resource as Listed];
    const more = shown.filter((each) => each === resource || each === '*').length;
    const listed = everyKnown(world, kind).filter(
      (each) => covers(world.namespaceOf(each)) || isListedInCluster(resource),
    );
    if (resource === 'pods') for (const pod of pods) sum += covers(pod.namespace) ? podSeries(pod) + series + more : 0;
    else if (resource === 'nodes') sum += nodes.length * (series + more);
    else if (resource === 'persistentvolumes') sum += allClaimCount(world) * (series + more);
    else if (resource === 'persistentvolumeclaims') sum += allClaimCount(world, covers) * (series + more);
    else if (resource === 'jobs') sum += (listed.length + jobsKept(world, covers)) * (series + more);
    else for (const each of listed) sum += series + more + ownSeries(resource as Listed, each);
  }
  return sum;
}

/** What a pod has beyond what every one has. */
function podSeries(pod: WorkloadManifest): number {
  const { podSpec, containers, resource } = pod;
  const tolerations = list(podSpec['tolerations']).length + ADDED_TOLERATIONS;
  const ofContainers = containers
    .filter(({ role }) => role !== 'ephemeral')
    .map(({ json }) => {
      const { requests, limits } = record(json['resources']) ?? {};
      return (
        OF_CONTAINER +
        Object.keys({ ...record(limits), ...record(requests) }).length +
        Object.keys(record(limits) ?? {}).length
      );
    });
  return (
    ofContainers.reduce((sum, each) => sum + each, 0) +
    tolerations +
    (resource.kind === 'DaemonSet' ? DAEMON_TOLERATIONS : 0) +
    claimCount(pod) * CLAIM_OF_POD
  );
}

function ownSeries(resource: Listed, object: Resource): number {
  if (resource === 'resourcequotas') return 2 * Object.keys(record(object.at(['spec', 'hard'])) ?? {}).length;
  return 0;
}

/** Those of CronJobs that have ended stay for a while: three that succeeded, by default. */
function jobsKept(world: World, covers: (namespace: string) => boolean): number {
  return everyKnown(world, 'CronJob')
    .filter((each) => covers(world.namespaceOf(each)))
    .reduce((sum, each) => sum + (number(each.at(['spec', 'successfulJobsHistoryLimit'])) ?? 3), 0);
}

function toldBy({ running }: WorkloadManifest): Told {
  const words = running.flatMap(wordsOf);
  const given = (name: string) => {
    const prefix = `--${name}=`;
    return words.find((word) => word.startsWith(prefix))?.slice(prefix.length);
  };
  const namespaces = string(given('namespaces'));
  const keys = ['metric-labels-allowlist', 'metric-annotations-allowlist'].flatMap((name) =>
    [...(given(name) ?? '').matchAll(/([a-z*]+)=\[/g)].map(([, key]) => key!),
  );
  return {
    // By default all of these: `DefaultResources` in pkg/options/resource.go.
    resources:
      given('resources')?.split(',') ?? Object.keys(OF_EACH).filter((resource) => resource !== 'endpointslices'),
    namespaces: namespaces ? namespaces.split(',') : undefined,
    shown: keys,
  };
}
