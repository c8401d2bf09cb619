import type { Labels } from '../../manifests/selector';
import { baselineControls } from './baseline';
import { type Control, type ControlTest, LEVELS, type Level } from './control';
import type { SecuredPod, Violation } from './pod';
import { restrictedControls } from './restricted';

export const CONTROLS: readonly Control[] = [...baselineControls, ...restrictedControls];

/** A level and the minor version of the standard; without one the server's own counts. */
export interface StandardLevel {
  readonly level: Level;
  readonly version?: number;
}

/** What a policy of an API server says of a pod, in the admission's order. */
export function violations(pod: SecuredPod, policy: StandardLevel, server: number): Violation[] {
  return controlsInForce(policy, server).flatMap((judge) => judge(pod) ?? []);
}

const known = new Map<string, readonly ControlTest[]>();

/** The controls that are in force, baseline's first; `only` keeps those that a level adds itself. */
export function controlsInForce(
  policy: StandardLevel,
  server: number,
  only?: Control['level'],
): readonly ControlTest[] {
  const version = versionOf(policy, server);
  const key = `${policy.level} ${version} ${server} ${only ?? ''}`;
  let judges = known.get(key);
  if (!judges) known.set(key, (judges = [...inForce(policy.level, version, server, only)]));
  return judges;
}

function* inForce(
  level: Level,
  version: number,
  server: number,
  only: Control['level'] | undefined,
): Iterable<ControlTest> {
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
function versionOf({ version }: StandardLevel, server: number): number {
  return Math.min(version ?? server, server);
}

/** `privileged (container "web" must not set securityContext.privileged=true), hostPort (…)`, as the admission says it. */
export function violationsText(violations: readonly Violation[]): string {
  return violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
}

/** A label that the admission cannot read. */
export interface UnreadLabel {
  readonly label: string;
  readonly value: string;
  readonly problem: string;
}

export const LABEL_PREFIX = 'pod-security.kubernetes.io/';

/** What the labels of a namespace ask for; a mode without a label is not there: the cluster's defaults decide, which are privileged as a rule. */
export interface NamespacePolicy {
  readonly enforce?: StandardLevel;
  readonly audit?: StandardLevel;
  readonly warn?: StandardLevel;
  readonly unread: readonly UnreadLabel[];
}

export function namespacePolicy(labels: Labels): NamespacePolicy {
  const unread: UnreadLabel[] = [];
  const modeOf = (mode: string): StandardLevel | undefined => {
    const level = labels[LABEL_PREFIX + mode];
    const version = labels[`${LABEL_PREFIX}${mode}-version`];
    const known = LEVELS.find((candidate) => candidate === level);
    if (level !== undefined && !known)
      unread.push({ label: LABEL_PREFIX + mode, value: level, problem: `must be one of ${LEVELS.join(', ')}` });
    const minor = version === undefined ? null : /^v1\.(0|[1-9]\d*)$/.exec(version);
    if (version !== undefined && version !== 'latest' && !minor)
      unread.push({ label: `${LABEL_PREFIX}${mode}-version`, value: version, problem: 'must be "latest" or "v1.x"' });
    if (level === undefined) return undefined;
    // What cannot be read counts as the strictest where it is enforced, and as nothing else.
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
export function policyOfAdvice(
  { enforce, audit, warn }: NamespacePolicy,
  level: Control['level'],
): StandardLevel | undefined {
  const strictness = (policy: StandardLevel | undefined) => LEVELS.indexOf(policy?.level ?? 'privileged');
  const asked = [warn, audit].find((policy) => strictness(policy) >= LEVELS.indexOf(level));
  if (!enforce) return { level, ...(asked?.version === undefined ? {} : { version: asked.version }) };
  if (strictness(enforce) >= LEVELS.indexOf(level)) return undefined;
  return asked && { level, ...(asked.version === undefined ? {} : { version: asked.version }) };
}

/** `restricted:v1.31`, as the admission writes it. */
export function policyText({ level, version }: StandardLevel): string {
  return `${level}:${version === undefined ? 'latest' : `v1.${version}`}`;
}
