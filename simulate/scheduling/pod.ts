import type { Json } from '../../manifests/resource';
import { list, mappings, number, record, string, strings } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import type { AffinityTerm } from './affinity-term';
import { termsOf } from './affinity-term';
import type { Units, WeighedRequests } from './amounts';
import { requestsOf, weighedRequests } from './amounts';
import type { HostPort } from './host-ports';
import { hostPortsOf } from './host-ports';
import type { NodeRequirement } from './node-affinity';
import type { PodPreferences } from './preferences';
import { preferencesOf } from './preferences';
import type { SpreadConstraint } from './spread-constraint';
import { constraintsOf } from './spread-constraint';
import type { PodVolumes } from './storage/pod-volumes';
import { podVolumesOf } from './storage/pod-volumes';

/** A pod as the scheduler sees it: what its filters look at, read once. */
export interface SchedulerPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** It was asked to end: it takes room, and counts for no spread. */
  readonly terminating: boolean;
  /** The node that it names itself, or that it runs on. */
  readonly nodeName: string | undefined;
  readonly priority: number;
  /** Whether it may take the place of pods of lower priority: `preemptionPolicy`. */
  readonly preempts: boolean;
  /** The node where pods have been asked to end to make room for it. */
  readonly nominatedNode: string | undefined;
  /** Since when it runs, in milliseconds; undefined: it has not started. */
  readonly started: number | undefined;
  /** It ends to make room for another pod. */
  readonly preempted: boolean;
  /** Whoever removes the last of them lets the scheduler look at the pod. */
  readonly gates: readonly string[];
  readonly requests: Units;
  readonly weighed: WeighedRequests;
  readonly hostPorts: readonly HostPort[];
  readonly tolerations: readonly Json[];
  readonly node: NodeRequirement;
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  readonly spread: readonly SpreadConstraint[];
  readonly volumes: PodVolumes;
  readonly preferences: PodPreferences;
  /** What selects it and others like it, by Services and its controller; undefined: nothing that is known. */
  readonly alike?: unknown;
}

/** Whether others only ever take room from it: none helps it, and it shares no claim. */
export function isPlain({ affinity, spread, volumes }: SchedulerPod): boolean {
  return affinity.length + spread.length + volumes.claims.length === 0;
}

/** Reads a pod that has passed admission: `json` has its `metadata` and `spec`. */
export function readPod(json: Json, named: { readonly namespace: string; readonly name: string }): SchedulerPod {
  const metadata = record(json['metadata']) ?? {};
  const spec = record(json['spec']) ?? {};
  const labels = strings(metadata['labels']);
  const affinity = record(spec['affinity']);
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const nodes = record(record(affinity?.['nodeAffinity'])?.[required]);
  const containers = mappings(spec['containers']);
  const initContainers = mappings(spec['initContainers']);
  const podTerms = (field: string) => termsOf(list(record(affinity?.[field])?.[required]), named.namespace, labels);
  const status = record(json['status']);
  const terminating = typeof metadata['deletionTimestamp'] === 'string';
  return {
    ...named,
    labels,
    terminating,
    nodeName: string(spec['nodeName']) || undefined,
    priority: number(spec['priority']) ?? 0,
    preempts: spec['preemptionPolicy'] !== 'Never',
    nominatedNode: string(status?.['nominatedNodeName']) || undefined,
    started: timeOf(status?.['startTime']),
    preempted: terminating && mappings(status?.['conditions']).some(isPreemption),
    gates: mappings(spec['schedulingGates']).map((gate) => string(gate['name']) ?? ''),
    requests: requestsOf(spec, containers, initContainers),
    weighed: weighedRequests(spec, containers, initContainers),
    hostPorts: hostPortsOf(spec, containers, initContainers),
    tolerations: mappings(spec['tolerations']),
    node: {
      selector: strings(spec['nodeSelector']),
      terms: nodes && mappings(nodes['nodeSelectorTerms']),
    },
    affinity: podTerms('podAffinity'),
    antiAffinity: podTerms('podAntiAffinity'),
    spread: constraintsOf(list(spec['topologySpreadConstraints']), labels, 'DoNotSchedule'),
    volumes: podVolumesOf(spec),
    preferences: preferencesOf(spec, named.namespace, labels),
  };
}

function timeOf(value: unknown): number | undefined {
  const time = Date.parse(string(value) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function isPreemption({ type, status, reason }: Json): boolean {
  return type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler';
}
