import type { Json } from '../../manifests/resource';
import { list, mappings, number, record, string, strings } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import type { AffinityTerm } from './affinity-term';
import { termsOf } from './affinity-term';
import type { Units } from './amounts';
import { requestsOf } from './amounts';
import type { HostPort } from './host-ports';
import { hostPortsOf } from './host-ports';
import type { NodeRequirement } from './node-affinity';
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
  /** Whoever removes the last of them lets the scheduler look at the pod. */
  readonly gates: readonly string[];
  readonly requests: Units;
  readonly hostPorts: readonly HostPort[];
  readonly tolerations: readonly Json[];
  readonly node: NodeRequirement;
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  readonly spread: readonly SpreadConstraint[];
  readonly volumes: PodVolumes;
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
  return {
    ...named,
    labels,
    terminating: typeof metadata['deletionTimestamp'] === 'string',
    nodeName: string(spec['nodeName']) || undefined,
    priority: number(spec['priority']) ?? 0,
    gates: mappings(spec['schedulingGates']).map((gate) => string(gate['name']) ?? ''),
    requests: requestsOf(spec, containers, initContainers),
    hostPorts: hostPortsOf(spec, containers, initContainers),
    tolerations: mappings(spec['tolerations']),
    node: {
      selector: strings(spec['nodeSelector']),
      terms: nodes && mappings(nodes['nodeSelectorTerms']),
    },
    affinity: podTerms('podAffinity'),
    antiAffinity: podTerms('podAntiAffinity'),
    spread: constraintsOf(list(spec['topologySpreadConstraints']), labels),
    volumes: podVolumesOf(spec),
  };
}
