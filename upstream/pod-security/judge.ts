import type { Labels } from '../../manifests/selector';
import type { Workload } from '../../manifests/workload';
import type { World } from '../../world/world';
import { kubernetesData } from '../kubernetes/data';
import { minorVersion } from '../kubernetes/model';
import { baselineControls } from './baseline';
import type { SecuredPod, Violation } from './pod';
import { securedPod } from './pod';
import { restrictedControls } from './restricted';

/** The Pod Security Standards, as the admission of that name enforces them: levels, versions, and the labels of namespaces. */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
export type Level = (typeof LEVELS)[number];

/** One control of a level. */
export interface Control {
  readonly name: string;
  readonly level: 'baseline' | 'restricted';
  /** The control of baseline that this is a stricter form of. */
  readonly replaces?: string;
  /** The last one of these that fits counts; where none does, the control is not there yet. */
  readonly versions: readonly {
    /** The minor version of the standard. */
    readonly since: number;
    /** The minor version of the API server, where the fields came later than the rule. */
    readonly served?: number;
    readonly violation: Judge;
  }[];
}

const CONTROLS: readonly Control[] = [...baselineControls, ...restrictedControls];

/** A level and the minor version of the standard; without one the server's own counts. */
export interface Policy {
  readonly level: Level;
  readonly version?: number;
}

/** What a policy of an API server says of a pod, in the admission's order. */
export function violations(pod: SecuredPod, policy: Policy, server: number): Violation[] {
  return judgesOf(policy, server).flatMap((judge) => judge(pod) ?? []);
}

type Judge = (pod: SecuredPod) => Violation | undefined;
const known = new Map<string, readonly Judge[]>();

/** The controls that are in force, baseline's first; `only` keeps those that a level adds itself. */
function judgesOf(policy: Policy, server: number, only?: Control['level']): readonly Judge[] {
  const version = versionOf(policy, server);
  const key = `${policy.level} ${version} ${server} ${only ?? ''}`;
  let judges = known.get(key);
  if (!judges) known.set(key, (judges = [...inForce(policy.level, version, server, only)]));
  return judges;
}

function* inForce(level: Level, version: number, server: number, only: Control['level'] | undefined): Iterable<Judge> {
  if (level === 'privileged') return;
  const judgeOf = ({ versions }: Control) =>
    versions.findLast(({ since, served = 0 }) => since <= version && served <= server)?.violation;
  const controls = level === 'baseline' ? baselineControls : CONTROLS;
  const replaced = controls.flatMap((control) => (judgeOf(control) ? (control.replaces ?? []) : []));
  for (const control of controls) {
    const judge = judgeOf(control);
    if (judge && !replaced.includes(control.name) && (only ?? control.level) === control.level) yield judge;
  }
}

/** A server knows no version of the standard that is newer than itself. */
function versionOf({ version }: Policy, server: number): number {
  return Math.min(version ?? server, server);
}

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
  workload: Workload,
  policy: Policy,
  only?: Control['level'],
): Refusal | undefined {
  const pod = securedPod(workload);
  const { servers, asked, always } = inquiryOf(world, policy, only);
  // Most pods keep to what is asked of them: each control is asked once, whatever the server.
  const found = new Map<Judge, Violation>();
  for (const judge of asked) {
    const violation = judge(pod);
    if (violation) found.set(judge, violation);
  }
  if (found.size === 0) return undefined;
  const saidBy = (server: number) => judgesOf(policy, server, only).flatMap((judge) => found.get(judge) ?? []);
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
  readonly asked: readonly Judge[];
  /** Those of them that all servers ask. */
  readonly always: ReadonlySet<Judge>;
}

const inquiries = new WeakMap<World, Map<string, Inquiry>>();

function inquiryOf(world: World, policy: Policy, only: Control['level'] | undefined): Inquiry {
  let known = inquiries.get(world);
  if (!known) inquiries.set(world, (known = new Map()));
  const key = `${policyText(policy)} ${only ?? ''}`;
  let inquiry = known.get(key);
  if (!inquiry) {
    const servers = serversOf(world);
    const asked = [...new Set(servers.flatMap((server) => judgesOf(policy, server, only)))];
    known.set(
      key,
      (inquiry = {
        servers,
        asked,
        always: new Set(
          asked.filter((judge) => servers.every((server) => judgesOf(policy, server, only).includes(judge))),
        ),
      }),
    );
  }
  return inquiry;
}

/** Minor versions between which nothing of this changes, newest first; the cluster's own where it is known. */
function serversOf(world: World): readonly number[] {
  const minor = minorVersion(world);
  if (minor !== undefined) return [minor];
  const { oldest, newest } = kubernetesData();
  const changes = CONTROLS.flatMap(({ versions }) => versions.flatMap(({ since, served = 0 }) => [since, served]));
  return [...new Set([newest, oldest, ...changes.filter((change) => change > oldest && change <= newest)])].sort(
    (a, b) => b - a,
  );
}

/** `privileged (container "web" must not set securityContext.privileged=true), hostPort (…)`, as the admission says it. */
export function violationsText(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}

/** A label that the admission can not read. */
export interface UnreadLabel {
  readonly label: string;
  readonly value: string;
  readonly problem: string;
}

export const LABEL_PREFIX = 'pod-security.kubernetes.io/';

/** What the labels of a namespace ask for; a mode without a label is not there: the cluster's defaults decide, which are privileged as a rule. */
export interface NamespacePolicy {
  readonly enforce?: Policy;
  readonly audit?: Policy;
  readonly warn?: Policy;
  readonly unread: readonly UnreadLabel[];
}

export function namespacePolicy(labels: Labels): NamespacePolicy {
  const unread: UnreadLabel[] = [];
  const modeOf = (mode: string): Policy | undefined => {
    const level = labels[LABEL_PREFIX + mode];
    const version = labels[`${LABEL_PREFIX}${mode}-version`];
    const known = LEVELS.find((candidate) => candidate === level);
    if (level !== undefined && !known)
      unread.push({ label: LABEL_PREFIX + mode, value: level, problem: `must be one of ${LEVELS.join(', ')}` });
    const minor = version === undefined ? null : /^v1\.(0|[1-9]\d*)$/.exec(version);
    if (version !== undefined && version !== 'latest' && !minor)
      unread.push({ label: `${LABEL_PREFIX}${mode}-version`, value: version, problem: 'must be "latest" or "v1.x"' });
    if (level === undefined) return undefined;
    // What can not be read counts as the strictest where it is enforced, and as nothing else.
    return {
      level: known ?? (mode === 'enforce' ? 'restricted' : 'privileged'),
      ...(minor ? { version: Number(minor[1]) } : {}),
    };
  };
  const [enforce, audit, warn] = [modeOf('enforce'), modeOf('audit'), modeOf('warn')];
  return { ...(enforce && { enforce }), ...(audit && { audit }), ...(warn && { warn }), unread };
}

/**
 * The policy by which advice is given about a level: what the namespace asks to be warned of, else the newest standard. None where
 * the namespace enforces a level: then what that level allows is meant, and what it refuses is no advice any more.
 */
export function policyOfAdvice({ enforce, audit, warn }: NamespacePolicy, level: Control['level']): Policy | undefined {
  const strictness = (policy: Policy | undefined) => LEVELS.indexOf(policy?.level ?? 'privileged');
  const asked = [warn, audit].find((policy) => strictness(policy) >= LEVELS.indexOf(level));
  if (!enforce) return { level, ...(asked?.version === undefined ? {} : { version: asked.version }) };
  if (strictness(enforce) >= LEVELS.indexOf(level)) return undefined;
  return asked && { level, ...(asked.version === undefined ? {} : { version: asked.version }) };
}

/** `restricted:v1.31`, as the admission writes it. */
export function policyText({ level, version }: Policy): string {
  return `${level}:${version === undefined ? 'latest' : `v1.${version}`}`;
}

/**
 * Whether a workload is one of the parts of the cluster itself that reach into the node, such as a CNI's agent: in kube-system, which
 * no installer labels, this is how they are meant.
 */
export function isNodeAgent(world: World, workload: Workload): boolean {
  if (workload.namespace !== 'kube-system' || namespacePolicy(world.namespaceLabels('kube-system') ?? {}).enforce)
    return false;
  return refusalOf(world, workload, { level: 'baseline' }) !== undefined;
}
