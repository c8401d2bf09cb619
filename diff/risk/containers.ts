import type { Container } from '../../manifests/workload';
import type { ChangeStep } from '../field-change';
import type { WorkloadChange } from './workloads';

/** A container of a workload that is there before and after. */
export interface ContainerChange {
  readonly before: Container;
  readonly after: Container;
  /** Where it stands. */
  readonly path: readonly ChangeStep[];
}

/** The containers that stay, by their names; an init container that becomes a sidecar is the same one. */
export function containerChanges({ before, after }: WorkloadChange): ContainerChange[] {
  const old = new Map(before.containers.map((container) => [listOf(container) + container.name, container]));
  return after.containers.flatMap((container) => {
    const was = old.get(listOf(container) + container.name);
    return was ? [{ before: was, after: container, path: stepsTo(after.podSpecPath, container) }] : [];
  });
}

/** Where a container stands. */
export function stepsTo(podSpecPath: readonly (string | number)[], container: Container): ChangeStep[] {
  return [...podSpecPath.map(String), listOf(container), { name: container.name }];
}

function listOf({ role }: Container): string {
  return role === 'init' || role === 'sidecar'
    ? 'initContainers'
    : role === 'ephemeral'
      ? 'ephemeralContainers'
      : 'containers';
}
