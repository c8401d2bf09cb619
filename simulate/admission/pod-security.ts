import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { kubernetesData } from '../../upstream/kubernetes/data';
import {
  CONTROLS,
  controlsInForce,
  namespacePolicy,
  policyText,
  type StandardLevel,
} from '../../upstream/pod-security/admission';
import type { Control, ControlTest } from '../../upstream/pod-security/control';
import type { Violation } from '../../upstream/pod-security/pod';
import { securedPod } from '../../upstream/pod-security/pod';
import type { World } from '../../world/world';

/** A pod under a policy: refused by all servers that come into question, or by some of them. */
export interface Refusal {
  readonly verdict: 'fail' | 'unknown';
  readonly violations: readonly Violation[];
  /** `; Kubernetes 1.35 sees it so and 1.28 does not: …`, which ends a message; empty where nothing depends on the version. */
  readonly depends: string;
}

/** What a policy says of a workload's pods; `only` looks at what that level adds itself. */
export function refusalOf(
  world: World,
  workload: WorkloadManifest,
  policy: StandardLevel,
  only?: Control['level'],
): Refusal | undefined {
  const pod = securedPod(workload);
  const { servers, asked, always } = inquiryOf(world, policy, only);
  // Most pods keep to what is asked of them: each control is asked once, whatever the server.
  const found = new Map<ControlTest, Violation>();
  for (const judge of asked) {
    const violation = judge(pod);
    if (violation) found.set(judge, violation);
  }
  if (found.size === 0) return undefined;
  const saidBy = (server: number) => controlsInForce(policy, server, only).flatMap((judge) => found.get(judge) ?? []);
  const refusing = servers.find((server) => saidBy(server).length > 0)!;
  const violations = saidBy(refusing);
  const admitting = [...found.keys()].some((judge) => always.has(judge))
    ? undefined
    : servers.find((server) => saidBy(server).length === 0);
  if (admitting === undefined) return { verdict: 'fail', violations, depends: '' };
  return {
    verdict: 'unknown',
    violations,
    depends: `; Kubernetes 1.${refusing} sees it so and 1.${admitting} does not: --kubernetes, or the cluster's nodes, would settle it`,
  };
}

/** What has to be asked about a pod, to know what each server says that comes into question. */
interface Inquiry {
  /** The newest comes first: what it says is what most people want to know. */
  readonly servers: readonly number[];
  readonly asked: readonly ControlTest[];
  /** Those of them that all servers ask. */
  readonly always: ReadonlySet<ControlTest>;
}

function inquiryOf(world: World, policy: StandardLevel, only: Control['level'] | undefined): Inquiry {
  const level = `${policyText(policy)} ${only ?? ''}`;
  const known = inquiries(world);
  const inquiry = known.get(level) ?? inquire(world, policy, only);
  known.set(level, inquiry);
  return inquiry;
}

/** By policy and level. */
const inquiries = memo((_: World) => new Map<string, Inquiry>());

function inquire(world: World, policy: StandardLevel, only: Control['level'] | undefined): Inquiry {
  const servers = serversOf(world);
  const asked = [...new Set(servers.flatMap((server) => controlsInForce(policy, server, only)))];
  return {
    servers,
    asked,
    always: new Set(
      asked.filter((judge) => servers.every((server) => controlsInForce(policy, server, only).includes(judge))),
    ),
  };
}

/** Minor versions between which nothing of this changes, newest first; the cluster's own where it is known. */
function serversOf(world: World): readonly number[] {
  const minor = world.facts.minor;
  if (minor !== undefined) return [minor];
  const { oldest, newest } = kubernetesData();
  const changes = CONTROLS.flatMap(({ versions }) => versions.flatMap(({ since, served = 0 }) => [since, served]));
  return [...new Set([newest, oldest, ...changes.filter((change) => change > oldest && change <= newest)])].sort(
    (a, b) => b - a,
  );
}

/**
 * Whether a workload is one of the parts of the cluster itself that reach into the node, such as a CNI's agent: in kube-system, which
 * no installer labels, this is how they are meant.
 */
export function isNodeAgent(world: World, workload: WorkloadManifest): boolean {
  if (workload.namespace !== 'kube-system' || namespacePolicy(world.namespaceLabels('kube-system') ?? {}).enforce)
    return false;
  return refusalOf(world, workload, { level: 'baseline' }) !== undefined;
}
