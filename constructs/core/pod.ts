import { k8s } from 'cdk8s-plus-28';
import type { PodSecurityLevel } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import type { Placement } from '../../model/placement';
import type { Resources } from '../../model/quantity';
import { byteCount, millicores } from '../../model/quantity';
import type { PodRequest } from '../../model/room-check';
import type { Config } from './config';
import { checkResourceField } from './downward';
import { placementSpec } from './placement';
import type { Probe } from './probe';
import type { Mount } from './volume';

/** A variable's value, or where the kubelet finds it. */
export type EnvValue = string | k8s.EnvVarSource;

export interface ContainerProps {
  readonly name: string;
  readonly image: string;
  /** @default - the image's entrypoint */
  readonly command?: readonly string[];
  /** A function is called when everything is known. @default - the image's command */
  readonly args?: readonly string[] | (() => readonly string[]);
  /** TCP ports by name. @default - none */
  readonly ports?: Readonly<Record<string, number>>;
  /**
   * Those of its ports that take packets by UDP as well: policies let them pass. The pod does not list them twice, because kubectl
   * apply takes two ports of one number for the same. @default - none
   */
  readonly udp?: readonly string[];
  /** @default - none */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /** All keys of these become variables, behind the prefix. @default - none */
  readonly envFrom?: readonly { readonly config: Config; readonly prefix?: string }[];
  /** @default - none: the container counts as started, ready and alive while it runs */
  readonly probes?: { readonly startup?: Probe; readonly readiness?: Probe; readonly liveness?: Probe };
  readonly resources: Resources;
  /** @default - none */
  readonly mounts?: readonly Mount[];
  /** Runs before SIGTERM, inside the grace period. @default - none */
  readonly preStop?: k8s.LifecycleHandler;
  /** Differences from the restricted Pod Security Standard; the pod must state why. @default - none */
  readonly securityContext?: k8s.SecurityContext;
}

/** A pod that cannot meet `restricted`: what it can meet, and why not more. */
export interface SecurityException {
  readonly level: Exclude<PodSecurityLevel, 'restricted'>;
  readonly reason: string;
}

export interface SharedWithNode {
  /** The addresses and ports of the node: its ports are then taken on the node itself, and no NetworkPolicy applies. @default false */
  readonly network?: boolean;
  /** The processes of the node. @default false */
  readonly pid?: boolean;
}

export interface PodProps {
  readonly container: ContainerProps;
  /** Run one after the other before the container starts. @default - none */
  readonly initContainers?: readonly ContainerProps[];
  /**
   * Run beside the container from before it starts until after it ended (native sidecars: Kubernetes 1.29 or newer).
   * @default - none
   */
  readonly sidecars?: readonly ContainerProps[];
  /** User and group of all processes, and owner of the volumes. @default 65532 */
  readonly user?: number;
  /** @default - the pod meets the restricted standard */
  readonly securityException?: SecurityException;
  /** What of its node the pod shares instead of having its own; its exception must be at level `privileged`. @default - nothing */
  readonly host?: SharedWithNode;
  /** Seconds between SIGTERM and SIGKILL. @default 30 */
  readonly terminationGracePeriod?: number;
  /** Where the pod runs. @default - anywhere without a taint */
  readonly placement?: Placement;
  /** @default - none: the pod cannot call the API server */
  readonly serviceAccount?: string;
  /** @default - the cluster's default priority */
  readonly priorityClass?: string;
  /** @default - 'Always', for a Job and a CronJob 'Never' */
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
}

/** What the pod's workload knows: its flows' variables and files, the spread that a feature asks for, its namespace's registries. */
export interface PodContext {
  /** The labels that its replicas share. */
  readonly selector: Readonly<Record<string, string>>;
  /** Whether there can be several of it at once, which then keep apart. */
  readonly replicated: boolean;
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly mounts: readonly Mount[];
  readonly spread: readonly k8s.TopologySpreadConstraint[];
  readonly imagePullSecrets: readonly string[];
}

/** Every container of the pod: the main one first. */
export function containersOf(pod: PodProps): ContainerProps[] {
  return [pod.container, ...(pod.initContainers ?? []), ...(pod.sidecars ?? [])];
}

/** What the scheduler keeps free for the pod: its containers together, or the init container that asks for more. */
export function requestOf(pod: PodProps): PodRequest {
  const sum = (containers: readonly ContainerProps[], of: (resources: Resources) => number) =>
    containers.reduce((total, { resources }) => total + of(resources), 0);
  const most = (of: (resources: Resources) => number) => {
    const beside = sum(pod.sidecars ?? [], of);
    const inits = (pod.initContainers ?? []).map(({ resources }) => beside + of(resources));
    return Math.max(beside + of(pod.container.resources), ...inits);
  };
  return { cpu: most(({ cpu }) => millicores(cpu)), memory: most(({ memory }) => byteCount(memory)) };
}

/** What a pod uses of its node, in the words of the Pod Security Standard. */
export function usesOfNode(pod: PodProps): string[] {
  const volumes = containersOf(pod).flatMap(({ mounts = [] }) => mounts.map(({ volume }) => volume));
  return [
    ...(pod.host?.network ? ['hostNetwork'] : []),
    ...(pod.host?.pid ? ['hostPID'] : []),
    ...(volumes.some((volume) => volume.ofNode) ? ['hostPath'] : []),
  ];
}

export function podSpec(props: PodProps, context: PodContext): k8s.PodSpec {
  const main = {
    ...props.container,
    env: { ...props.container.env, ...context.env },
    mounts: [...(props.container.mounts ?? []), ...context.mounts],
  };
  checkDownward({ ...props, container: main });
  const initContainers = [
    ...(props.sidecars ?? []).map((sidecar) => ({ ...container(sidecar, props), restartPolicy: 'Always' })),
    ...(props.initContainers ?? []).map((init) => container(init, props)),
  ];
  const user = props.user ?? 65532;
  return {
    ...(props.serviceAccount === undefined ? {} : { serviceAccountName: props.serviceAccount }),
    // The cluster's DNS, which a pod with the node's network does not ask otherwise.
    ...(props.host?.network ? { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' } : {}),
    ...(props.host?.pid ? { hostPid: true } : {}),
    automountServiceAccountToken: props.serviceAccount !== undefined,
    enableServiceLinks: false,
    ...(props.restartPolicy === undefined ? {} : { restartPolicy: props.restartPolicy }),
    ...(props.priorityClass === undefined ? {} : { priorityClassName: props.priorityClass }),
    ...(context.imagePullSecrets.length
      ? { imagePullSecrets: context.imagePullSecrets.map((name) => ({ name })) }
      : {}),
    terminationGracePeriodSeconds: props.terminationGracePeriod ?? 30,
    securityContext: props.securityException
      ? { seccompProfile: { type: 'RuntimeDefault' } }
      : {
          runAsNonRoot: true,
          runAsUser: user,
          runAsGroup: user,
          fsGroup: user,
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
        },
    ...placementSpec(props.placement ?? {}, context),
    ...(context.spread.length ? { topologySpreadConstraints: [...context.spread] } : {}),
    ...(initContainers.length ? { initContainers } : {}),
    containers: [container(main, props)],
    ...volumes({ ...props, container: main }),
  };
}

/** What containers are told of their resources, by variables and files, is what is set. */
function checkDownward(pod: PodProps): void {
  const containers = containersOf(pod);
  for (const { name, env = {}, mounts = [] } of containers) {
    for (const [variable, value] of Object.entries(env)) {
      const field = typeof value === 'string' ? undefined : value.resourceFieldRef;
      if (field)
        checkResourceField(`container ${name}, variable ${variable}`, { containerName: name, ...field }, containers);
    }
    for (const { volume } of mounts)
      for (const { path, resourceFieldRef } of volume.tells)
        if (resourceFieldRef)
          checkResourceField(`container ${name}, file ${path} of volume ${volume.name}`, resourceFieldRef, containers);
  }
}

function container(props: ContainerProps, pod: PodProps): k8s.Container {
  for (const probe of Object.values(props.probes ?? {})) {
    if (probe.port === undefined || props.ports?.[probe.port] !== undefined) continue;
    throw new StrataError(`container ${props.name}`, `is probed at port ${probe.port}, which it does not have`, [
      `probe one of its ports: ${Object.keys(props.ports ?? {}).join(', ') || 'none'}`,
      `add ${probe.port} to its ports`,
    ]);
  }
  return {
    name: props.name,
    image: props.image,
    imagePullPolicy: 'IfNotPresent',
    ...(props.command ? { command: [...props.command] } : {}),
    ...(props.args ? { args: [...(typeof props.args === 'function' ? props.args() : props.args)] } : {}),
    ...(props.ports
      ? {
          ports: Object.entries(props.ports).map(([name, containerPort]) => ({
            name,
            containerPort,
            ...(pod.host?.network ? { hostPort: containerPort } : {}),
          })),
        }
      : {}),
    ...(props.envFrom
      ? {
          envFrom: props.envFrom.map(({ config, prefix }) => ({
            ...(prefix === undefined ? {} : { prefix }),
            ...(config.secret ? { secretRef: { name: config.name } } : { configMapRef: { name: config.name } }),
          })),
        }
      : {}),
    ...(Object.keys(props.env ?? {}).length
      ? {
          env: Object.entries(props.env ?? {}).map(([name, value]) =>
            typeof value === 'string' ? { name, value } : { name, valueFrom: value },
          ),
        }
      : {}),
    ...(props.probes?.startup ? { startupProbe: props.probes.startup.toKube() } : {}),
    ...(props.probes?.readiness ? { readinessProbe: props.probes.readiness.toKube() } : {}),
    ...(props.probes?.liveness ? { livenessProbe: props.probes.liveness.toKube() } : {}),
    ...(props.preStop ? { lifecycle: { preStop: props.preStop } } : {}),
    resources: resourceRequirements(props),
    securityContext: pod.securityException
      ? { allowPrivilegeEscalation: false, ...props.securityContext }
      : {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
          ...props.securityContext,
        },
    // What the program wrote last explains its end where it left no termination message.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    ...(props.mounts?.length
      ? {
          volumeMounts: props.mounts.map((mount) => ({
            name: mount.volume.name,
            mountPath: mount.mountPath,
            ...(mount.subPath === undefined ? {} : { subPath: mount.subPath }),
            ...(mount.writable ? {} : { readOnly: true }),
            ...(mount.followsMounts ? { mountPropagation: 'HostToContainer' } : {}),
          })),
        }
      : {}),
  };
}

function resourceRequirements({ name, resources }: ContainerProps): k8s.ResourceRequirements {
  const { cpu, memory, cpuLimit, memoryLimit = memory } = resources;
  const refuse = (what: string, limit: string, request: string) =>
    new StrataError(`container ${name}`, `has a ${what} limit of ${limit} below its request of ${request}`, [
      `raise the limit to ${request} or more`,
      `lower the request to ${limit} or less`,
    ]);
  if (byteCount(memoryLimit) < byteCount(memory)) throw refuse('memory', memoryLimit, memory);
  if (cpuLimit !== undefined && millicores(cpuLimit) < millicores(cpu)) throw refuse('CPU', cpuLimit, cpu);
  const quantity = k8s.Quantity.fromString;
  return {
    requests: { cpu: quantity(cpu), memory: quantity(memory) },
    limits: { ...(cpuLimit === undefined ? {} : { cpu: quantity(cpuLimit) }), memory: quantity(memoryLimit) },
  };
}

function volumes(props: PodProps): Pick<k8s.PodSpec, 'volumes'> {
  const byName = new Map<string, k8s.Volume>();
  for (const { volume } of containersOf(props).flatMap((c) => c.mounts ?? [])) {
    const source = volume.toKube();
    if (!source) continue;
    const other = byName.get(volume.name);
    if (other && JSON.stringify(other) !== JSON.stringify(source)) {
      throw new StrataError(
        `pod of container ${props.container.name}`,
        `mounts two different volumes of the name ${volume.name}`,
        ['give one of them another name', 'mount one volume with the keys of both'],
      );
    }
    byName.set(volume.name, source);
  }
  return byName.size ? { volumes: [...byName.values()] } : {};
}
