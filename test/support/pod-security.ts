import type { PodSecurityLevel } from '../../model/cluster-facts';
import type { Container, PodSpec, Probe, SecurityContext } from './kubernetes';
import { containersOf } from './kubernetes';

/**
 * The Pod Security Standards of Kubernetes 1.35, as far as fields exist in what is rendered, read from the rules of the
 * admission plugin and not from ours. Says what a namespace of this level would refuse.
 */
export function podSecurityViolations(pod: PodSpec, level: PodSecurityLevel): string[] {
  if (level === 'privileged') return [];
  return level === 'baseline' ? baseline(pod) : [...baseline(pod), ...restricted(pod)];
}

const DEFAULT_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
const VOLUME_TYPES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const SECCOMP_TYPES = ['RuntimeDefault', 'Localhost'];
const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_syncookies',
];

function baseline(pod: PodSpec): string[] {
  const found: string[] = [];
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const) if (pod[field]) found.push(field);
  for (const { name, hostPath } of pod.volumes ?? []) if (hostPath) found.push(`volume ${name}: hostPath`);
  for (const { name } of pod.securityContext?.sysctls ?? [])
    if (!SAFE_SYSCTLS.includes(name)) found.push(`sysctl ${name}`);
  if (pod.securityContext?.seccompProfile?.type === 'Unconfined') found.push('pod: seccompProfile Unconfined');
  for (const container of containersOf(pod)) {
    const { name, ports, securityContext: context = {} } = container;
    if (context.privileged) found.push(`${name}: privileged`);
    for (const capability of context.capabilities?.add ?? [])
      if (!DEFAULT_CAPABILITIES.includes(capability)) found.push(`${name}: capability ${capability}`);
    if (ports?.some(({ hostPort }) => hostPort)) found.push(`${name}: hostPort`);
    if (context.procMount && context.procMount !== 'Default') found.push(`${name}: procMount ${context.procMount}`);
    if (context.seccompProfile?.type === 'Unconfined') found.push(`${name}: seccompProfile Unconfined`);
    if (handlersOf(container).some(({ httpGet, tcpSocket }) => httpGet?.host || tcpSocket?.host))
      found.push(`${name}: a probe or hook asks another host`);
  }
  return found;
}

function restricted(pod: PodSpec): string[] {
  const found: string[] = [];
  const whole: SecurityContext = pod.securityContext ?? {};
  for (const { name, ...source } of pod.volumes ?? [])
    if (!Object.keys(source).every((type) => VOLUME_TYPES.includes(type))) found.push(`volume ${name}: type`);
  if (whole.runAsUser === 0) found.push('pod: runAsUser 0');
  for (const { name, securityContext: context = {} } of containersOf(pod)) {
    if (context.allowPrivilegeEscalation !== false) found.push(`${name}: allowPrivilegeEscalation`);
    if ((context.runAsNonRoot ?? whole.runAsNonRoot) !== true) found.push(`${name}: runAsNonRoot`);
    if (context.runAsUser === 0) found.push(`${name}: runAsUser 0`);
    if (!SECCOMP_TYPES.includes((context.seccompProfile ?? whole.seccompProfile)?.type ?? ''))
      found.push(`${name}: seccompProfile`);
    if (!context.capabilities?.drop?.includes('ALL')) found.push(`${name}: capabilities not dropped`);
    if (context.capabilities?.add?.some((capability) => capability !== 'NET_BIND_SERVICE'))
      found.push(`${name}: capabilities added`);
  }
  return found;
}

function handlersOf(container: Container): Probe[] {
  return [
    container.startupProbe,
    container.readinessProbe,
    container.livenessProbe,
    container.lifecycle?.preStop,
  ].filter((handler) => handler !== undefined);
}
