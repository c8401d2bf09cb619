import type { Cluster } from './cluster';
import { nodesOf } from './cluster';
import { StrataError } from './errors';
import { mayRunOn } from './node-match';
import type { Placement } from './placement';
import type { Bytes, Cpu } from './quantity';
import { byteCount, millicores } from './quantity';

/** What a pod asks for as a whole: thousandths of a CPU, and bytes. */
export interface PodRequest {
  readonly cpu: number;
  readonly memory: number;
}

/** Refuses a pod that asks for more than any node has, of those that it may run on. */
export function checkRoom(place: string, asked: PodRequest, placement: Placement, cluster: Cluster): void {
  const fitting = nodesOf(cluster).filter((node) => mayRunOn(placement, node));
  const has = fitting.map(({ status: { allocatable } }) => ({
    cpu: millicores(allocatable.cpu as Cpu),
    memory: byteCount(allocatable.memory as Bytes),
  }));
  if (has.length === 0 || has.some(({ cpu, memory }) => asked.cpu <= cpu && asked.memory <= memory)) return;
  const most = { cpu: Math.max(...has.map(({ cpu }) => cpu)), memory: Math.max(...has.map(({ memory }) => memory)) };
  const parts = [
    ...(asked.cpu > most.cpu ? [`${asked.cpu}m of cpu, and the largest has ${most.cpu}m`] : []),
    ...(asked.memory > most.memory
      ? [`${mebi(asked.memory)} of memory, and the largest has ${mebi(most.memory)}`]
      : []),
  ];
  const what = parts.join('; ') || `${asked.cpu}m of cpu and ${mebi(asked.memory)} of memory, and none has both`;
  throw new StrataError(
    place,
    `its pod fits no node of cluster ${cluster.name} that it may run on: it asks for ${what}`,
    ['ask for less', `give a pool larger nodes in clusters/${cluster.name}.ts`],
  );
}

function mebi(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)}Mi`;
}
