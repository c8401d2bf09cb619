import type { Quantity } from '../../manifests/quantity';
import type { Json } from '../../manifests/resource';
import { list, record, string, strings } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { resourcesOf } from '../../world/requests';
import type { World } from '../../world/world';
import type { SchedulerNode } from './node';
import { readNode } from './node';
import type { SchedulerPod } from './pod';
import { readPod } from './pod';

/** The nodes of the cluster, each once; undefined where nobody said. */
export const knownNodes = memo((world: World): readonly SchedulerNode[] | undefined => {
  const nodes = world.facts.known('nodes')?.map((resource) => [resource.name, readNode(resource)] as const);
  return nodes && [...new Map(nodes).values()];
});

/** Whether it is the scheduler that is simulated that places its pods. */
export function isOfDefaultScheduler({ podSpec }: WorkloadManifest): boolean {
  return (podSpec['schedulerName'] ?? 'default-scheduler') === 'default-scheduler';
}

/**
 * A pod of a workload as admission hands it to the scheduler: with what LimitRanges, its RuntimeClass and its controller add.
 */
export const freshPod = memo((world: World, workload: WorkloadManifest): SchedulerPod => {
  const { pod, podSpec, namespace, resource } = workload;
  const runtime = runtimeClassOf(world, podSpec);
  const spec: Json = {
    ...podSpec,
    containers: admitted(world, workload, 'containers'),
    initContainers: admitted(world, workload, 'initContainers'),
    nodeSelector: {
      ...strings(record(runtime?.['scheduling'])?.['nodeSelector']),
      ...strings(podSpec['nodeSelector']),
    },
    tolerations: [
      ...list(podSpec['tolerations']),
      ...list(record(runtime?.['scheduling'])?.['tolerations']),
      ...DEFAULT_TOLERATIONS,
      ...(resource.kind === 'DaemonSet' ? DAEMON_TOLERATIONS : []),
    ],
    ...(runtime && podSpec['overhead'] === undefined ? { overhead: record(runtime['overhead'])?.['podFixed'] } : {}),
  };
  return readPod({ ...pod, spec }, { namespace, name: resource.name });
});

/** plugin/pkg/admission/defaulttolerationseconds. */
const DEFAULT_TOLERATIONS = ['not-ready', 'unreachable'].map((condition) => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations. */
const DAEMON_TOLERATIONS = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
].map(([condition, effect]) => ({ key: `node.kubernetes.io/${condition}`, operator: 'Exists', effect }));

/** Its containers, which ask for what LimitRanges fill in where they say nothing. */
function admitted(world: World, workload: WorkloadManifest, field: 'containers' | 'initContainers'): readonly Json[] {
  const roles = field === 'containers' ? ['container'] : ['init', 'sidecar'];
  return workload.containers
    .filter(({ role }) => roles.includes(role))
    .map((container) => {
      const { requests, limits } = resourcesOf(world, workload, container);
      return { ...container.json, resources: { requests: written(requests), limits: written(limits) } };
    });
}

/** In thousand-millionths, which lose nothing. */
function written(amounts: ReadonlyMap<string, Quantity>): Json {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, `${amount}n`]));
}

function runtimeClassOf(world: World, podSpec: Json): Json | undefined {
  const name = string(podSpec['runtimeClassName']);
  if (!name) return undefined;
  const found = world.find('RuntimeClass', '', name);
  return found.is === 'present' ? found.resource.object : undefined;
}
