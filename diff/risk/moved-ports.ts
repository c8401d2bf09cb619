import type { Container, ContainerPort, WorkloadManifest } from '../../manifests/workload';
import { listeningPorts } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { serviceOf } from '../../world/services';
import type { ChangeStep, FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { containerChanges, stepsTo } from './containers';
import { changesOf } from './kinds';
import { fieldAt } from './paths';
import type { WorldChange } from './risk';
import { changedWorkloads } from './workloads';

/** A port of pods that is served at another number: by its container, or as the target of a Service. */
export interface MovedPort {
  readonly change: ObjectChange;
  readonly field: FieldChange | undefined;
  /** The pods, as they are afterwards. */
  readonly workload: WorkloadManifest;
  readonly protocol: string;
  readonly was: number;
  readonly is: number;
}

/** Every port that moves, each once: at the container that listens, else at the Service that leads there. */
export const movedPorts = memo((diff: WorldChange): readonly MovedPort[] => {
  const moved = new Map<string, MovedPort>();
  for (const one of [...ofContainers(diff), ...ofServices(diff)]) {
    const { workload, protocol, was, is } = one;
    const key = JSON.stringify([workload.resource.kind, workload.namespace, workload.resource.name, protocol, was, is]);
    if (!moved.has(key)) moved.set(key, one);
  }
  return [...moved.values()];
});

function* ofContainers(diff: WorldChange): Iterable<MovedPort> {
  for (const workload of changedWorkloads(diff)) {
    const { change, before, after } = workload;
    for (const [old, now] of pairs(before.ports, after.ports)) {
      const ports = [...stepsTo(after.podSpecPath, now.container), 'ports'];
      const field = fieldAt(change, [...ports, { containerPort: now.number }]) ?? fieldAt(change, ports);
      yield { change, field, workload: after, protocol: now.protocol, was: old.number, is: now.number };
    }
    for (const { before: was, after: is, path } of containerChanges(workload)) {
      const told = toldToListen(was, is);
      const field = ['args', 'command', 'env'].map((name) => fieldAt(change, [...path, name])).find(Boolean);
      if (told && field) yield { change, field, workload: after, protocol: 'TCP', ...told };
    }
  }
}

type Ports = readonly ContainerPort[];

/** The ports that go with those that come in their place: by their names, or the only one that goes and the only one that comes. */
function pairs(before: Ports, after: Ports): (readonly [ContainerPort, ContainerPort])[] {
  const isIn = (ports: Ports, { number, protocol }: ContainerPort) =>
    ports.some((port) => port.number === number && port.protocol === protocol);
  const [gone, come] = [before.filter((port) => !isIn(after, port)), after.filter((port) => !isIn(before, port))];
  const named = gone.flatMap((old) => {
    const now = come.find(({ name, protocol }) => name !== undefined && name === old.name && protocol === old.protocol);
    return now ? [[old, now] as const] : [];
  });
  const isOnly =
    named.length === 0 && gone.length === 1 && come.length === 1 && gone[0]!.protocol === come[0]!.protocol;
  return isOnly ? [[gone[0]!, come[0]!]] : named;
}

/** The one port that arguments and variables tell a program to listen on, where it is another one. */
function toldToListen(before: Container, after: Container): { was: number; is: number } | undefined {
  const [old, now] = [before, after].map((container) => [
    ...new Set(listeningPorts(container).map(({ port }) => port)),
  ]);
  const isOne = old!.length === 1 && now!.length === 1 && old![0] !== now![0];
  return isOne ? { was: old![0]!, is: now![0]! } : undefined;
}

function* ofServices(diff: WorldChange): Iterable<MovedPort> {
  for (const change of changesOf(diff, 'Service')) {
    const { does, before, after } = change;
    if (does !== 'changed' || before?.group !== '' || !after) continue;
    const [old, now] = [
      serviceOf(diff.before, diff.before.namespaceOf(before), before.name),
      serviceOf(diff.after, diff.after.namespaceOf(after), after.name),
    ];
    for (const port of now && !now.headless ? now.ports : []) {
      const was = old?.port(port.number, port.protocol);
      const entry: ChangeStep[] = ['spec', 'ports', { port: port.number, protocol: port.protocol }];
      const field = fieldAt(change, [...entry, 'targetPort']) ?? fieldAt(change, entry);
      if (!old || !was || !field) continue;
      const former = old.targets(was);
      for (const { workload, number } of now!.targets(port)) {
        const twin = former.find((each) => diff.after.isSame(each.workload.resource, workload.resource));
        if (twin && twin.number !== number)
          yield { change, field, workload, protocol: port.protocol, was: twin.number, is: number };
      }
    }
  }
}
