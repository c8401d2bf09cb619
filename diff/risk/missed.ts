import { record, strings } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { misspeltLabels } from '../../world/pods';
import type { World } from '../../world/world';
import { perhaps } from './perhaps';
import { firstTexts } from './plural';

/**
 * ` (app=wbe); perhaps "app=web" is meant`, or what those workloads have that it selected before: why a selector finds no pod.
 * `wanted`: the labels of a selector; `before`: the workloads, as they are now, if they still are.
 */
export function missedText(
  world: World,
  namespace: string,
  wanted: unknown,
  before: readonly WorkloadManifest[],
): string {
  const labels = strings(record(wanted));
  const asked = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const where = asked.length === 0 ? '' : ` (${asked.join(', ')})`;
  const meant = perhaps(...misspeltLabels(world, namespace, labels));
  if (meant !== '') return where + meant;
  const now = before.flatMap(({ resource }) =>
    world
      .workloadsIn(namespace)
      .filter((each) => each.resource.kind === resource.kind && each.resource.name === resource.name),
  );
  const have = now.map((workload) => {
    const others = Object.keys(labels).filter((key) => workload.podLabels[key] !== labels[key]);
    const own = others.map((key) =>
      workload.podLabels[key] === undefined ? `no ${key}` : `${key}=${workload.podLabels[key]}`,
    );
    return own.length === 0 ? [] : [`the pods of ${world.idOf(workload.resource)} have ${own.join(' and ')}`];
  });
  const told = have.flat();
  return told.length === 0 ? where : `${where}: ${firstTexts(told)}`;
}
