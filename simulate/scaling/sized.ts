import type { Json, Path } from '../../manifests/resource';
import { Resource, record } from '../../manifests/resource';
import type { Container, WorkloadManifest } from '../../manifests/workload';
import { addTo } from '../../model/multimap';
import { podsOf, scalersOf, workloadNamed } from '../../world/autoscalers';
import { podViolations } from '../../world/limit-ranges';
import { limitsOf, resourcesOf } from '../../world/requests';
import { utilizations } from '../../world/utilizations';
import { verticalScalersOf } from '../../world/vertical-scalers';
import { World } from '../../world/world';
import { admissionOf } from '../rollout/quota';
import { unitsText } from '../scheduling/amounts';
import { ownerText } from '../scheduling/queue';
import type { Waiting } from './capacity';
import { capacityOf } from './capacity';
import type { Measured, Sizes } from './proposal';
import { measuredOf, proposalFor } from './proposal';
import type { ContainerReadings } from './readings';
import { controllersIn } from './use';

/** A container that was measured, beside what it asks for. */
export interface SizedContainer {
  readonly workload: WorkloadManifest;
  readonly container: Container;
  /** With the defaults of LimitRanges. */
  readonly asked: Sizes;
  /** Pods of it that were seen at once, on average, rounded. */
  readonly pods: number;
  readonly cpu: Measured | undefined;
  readonly memory: Measured | undefined;
  /** undefined where there are too few readings. */
  readonly proposed: (Sizes & { readonly cpu: number; readonly memory: number }) | undefined;
}

export interface Sizing {
  readonly containers: readonly SizedContainer[];
  /** Running containers of the manifests that nobody measured. */
  readonly unmeasured: readonly string[];
  /** Measured containers that the manifests and facts do not speak of. */
  readonly unknown: readonly string[];
}

/** What was measured, by the containers of the manifests, and what each should ask for. */
export function sizingOf(world: World, readings: readonly ContainerReadings[]): Sizing {
  // Also those of which nobody knows how many pods they have, such as a DaemonSet on unknown nodes.
  const { controllerOf } = controllersIn(world, world.workloads.map(ownerText));
  const seen = new Map<string, ContainerReadings[]>();
  const unknown = new Set<string>();
  for (const each of readings) {
    const controller = controllerOf(each);
    const workload = controller === undefined ? undefined : workloadOf(world, controller);
    const container = workload?.containers.find(({ name }) => name === each.container);
    if (!workload || !container) unknown.add(`${each.namespace}/${each.pod} ${each.container}`);
    else addTo(seen, keyOf(workload, container), each);
  }
  const running = world.workloads.flatMap((workload) => workload.running.map((container) => ({ workload, container })));
  const isSeen = ({ workload, container }: (typeof running)[number]) => seen.has(keyOf(workload, container));
  return {
    containers: running.filter(isSeen).map(({ workload, container }): SizedContainer => {
      const own = seen.get(keyOf(workload, container))!;
      const [cpu, memory] = [measuredOf(own.map((pod) => pod.cpu)), measuredOf(own.map((pod) => pod.memory))];
      const asked = askedBy(world, workload, container);
      const more = cpu ?? memory;
      const pods = more ? Math.max(1, Math.round(more.samples / more.readings)) : 1;
      return { workload, container, asked, pods, cpu, memory, proposed: proposalFor(asked, cpu, memory) };
    }),
    // A pod that a controller made is measured with it, or not at all.
    unmeasured: running.filter((each) => !isSeen(each) && each.workload.resource.kind !== 'Pod').map(containerText),
    unknown: [...unknown],
  };
}

export function containerText({ workload, container }: Pick<SizedContainer, 'workload' | 'container'>): string {
  return `${ownerText(workload)} ${container.name}`;
}

const keyOf = (workload: WorkloadManifest, { name }: Container) => `${ownerText(workload)} ${name}`;

function workloadOf(world: World, controller: string): WorkloadManifest | undefined {
  const [kind = '', namespace = '', name = ''] = controller.split('/');
  return workloadNamed(world, kind, namespace, name);
}

function askedBy(world: World, workload: WorkloadManifest, container: Container): Sizes {
  const { requests, limits } = resourcesOf(world, workload, container);
  const cpu = (from: typeof requests) => (from.has('cpu') ? Number(from.get('cpu')) / 1e6 : undefined);
  const memory = (from: typeof requests) => (from.has('memory') ? Number(from.get('memory')) / 1e9 : undefined);
  return { cpu: cpu(requests), memory: memory(requests), cpuLimit: cpu(limits), memoryLimit: memory(limits) };
}

/** Sizes as Kubernetes writes them, in `resources` of a container; what is undefined is left out. */
export function resourcesWritten({ cpu, memory, cpuLimit, memoryLimit }: Sizes): {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
} {
  const of = (thousandths: number | undefined, bytes: number | undefined) => ({
    ...(thousandths === undefined ? {} : { cpu: sizeText('cpu', thousandths) }),
    ...(bytes === undefined ? {} : { memory: sizeText('memory', bytes) }),
  });
  return { requests: of(cpu, memory), limits: of(cpuLimit, memoryLimit) };
}

/** `250m`, `64Mi`: nothing finer than a thousandth of a CPU and a byte. */
export function sizeText(resource: 'cpu' | 'memory', amount: number): string {
  return unitsText(resource, BigInt(Math.round(amount)));
}

/** What the proposals run into, or change, beside the containers themselves. */
export interface SizingEffects {
  /** Whether it keeps pods from being made, or has a container killed or held back. */
  readonly obstacles: readonly string[];
  readonly notes: readonly string[];
  /** Pods that find no node; undefined where the nodes are not known. */
  readonly waiting: { readonly before: readonly Waiting[]; readonly after: readonly Waiting[] } | undefined;
}

/** Whether the cluster takes what is proposed, and what autoscalers make of it. */
export function effectsOf(world: World, { containers }: Sizing): SizingEffects {
  const proposed = containers.filter((each) => each.proposed);
  const after = withProposals(world, proposed);
  const workloads = [...new Set(proposed.map(({ workload }) => workload))];
  return {
    obstacles: workloads.flatMap((workload) => [...refusals(after, workload)]),
    notes: workloads.flatMap((workload) => [...scalerNotes(world, after, workload)]),
    waiting: waitingIn(world, after),
  };
}

function waitingIn(world: World, after: World): SizingEffects['waiting'] {
  const asItIs = (one: World) => capacityOf(one)?.scenarios.find(({ kind }) => kind === 'as-it-is')?.waiting;
  const [before, then] = [asItIs(world), asItIs(after)];
  return before && then ? { before, after: then } : undefined;
}

/** The same manifests with what is proposed in place of what is asked for. */
export function withProposals(world: World, containers: readonly SizedContainer[]): World {
  const changes = new Map<Resource, SizedContainer[]>();
  for (const each of containers) if (each.proposed) addTo(changes, each.workload.resource, each);
  const resources = world.resources.map((resource) => {
    const own = changes.get(resource) ?? [];
    if (own.length === 0) return resource;
    const object = own.reduce<Json>((json, { container, proposed }) => {
      const before = record(container.json['resources']) ?? {};
      const written = resourcesWritten(proposed!);
      const merged = {
        ...before,
        requests: { ...record(before['requests']), ...written.requests },
        ...(Object.keys(written.limits).length > 0 && { limits: { ...record(before['limits']), ...written.limits } }),
      };
      return withValue(json, [...container.path, 'resources'], merged) as Json;
    }, resource.object);
    return new Resource(object, resource.source, resource.document, resource.place);
  });
  return new World(
    resources,
    world.facts,
    world.declaredExternal,
    world.previous,
    world.documents,
    world.appliedTo,
    world.unread,
  );
}

function withValue(json: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof key === 'number')
    return (json as readonly unknown[]).map((e, i) => (i === key ? withValue(e, rest, value) : e));
  const at = json as Json;
  return { ...at, [key]: withValue(at[key], rest, value) };
}

/** What LimitRanges and quotas say to a workload with its new sizes. */
function* refusals(after: World, { resource, namespace }: WorkloadManifest): Iterable<string> {
  const workload = workloadNamed(after, resource.kind, namespace, resource.name);
  if (!workload) return;
  const name = ownerText(workload);
  for (const limit of limitsOf(after, namespace))
    for (const { container, violation } of podViolations(after, workload, limit))
      yield `LimitRange/${limit.resource.name} refuses ${name}: ${container ? `container ${container.name}` : 'the sum of its containers'} ${violation.message}`;
  const most = podsOf(after, workload)?.max ?? 0;
  const others = after.workloads
    .filter((other) => other !== workload && other.namespace === namespace)
    .map((other) => ({ workload: other, count: podsOf(after, other)?.min ?? 0 }));
  const { pods, refusal } = admissionOf(after, workload, others);
  if (pods < most) yield `the quota admits ${pods} of ${most} pods of ${name}: ${refusal(pods)}`;
}

/** A percentage of requests is another amount when they change; and who sets requests himself asks nobody. */
function* scalerNotes(world: World, after: World, workload: WorkloadManifest): Iterable<string> {
  const then = workloadNamed(after, workload.resource.kind, workload.namespace, workload.resource.name);
  if (!then) return;
  for (const scaler of scalersOf(world, workload))
    for (const { name, container, target } of utilizations(scaler.resource)) {
      if (target.by !== 'share' || (name !== 'cpu' && name !== 'memory')) continue;
      const sum = (one: World, { running }: WorkloadManifest, owner: WorkloadManifest) =>
        running
          .filter((each) => container === undefined || each.name === container)
          .reduce((total, each) => total + (askedBy(one, owner, each)[name] ?? 0), 0);
      const [was, is] = [sum(world, workload, workload), sum(after, then, then)];
      if (was === is || was === 0) continue;
      const threshold = (of: number) => sizeText(name, (of * target.percent) / 100);
      const same = Math.round((was * target.percent) / is);
      yield `${world.idOf(scaler.resource)} adds pods above ${target.percent}% of ${name}: that was ${threshold(was)} for each pod, and becomes ${threshold(is)}; ${same}% keeps it`;
    }
  for (const { resource, mode } of verticalScalersOf(world, workload))
    yield `${world.idOf(resource)} (${mode}) sets the requests of ${ownerText(workload)} itself: what is proposed holds where it does not`;
}
