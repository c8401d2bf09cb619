import type { Target } from '../model/target';
import type { TreeRequest } from '../render/plan-tree';
import { toYaml } from '../render/yaml';
import type { Project } from './command';

/** The files that hand rendered targets to Argo CD and to Flux. */
export function plannedDelivery<P>({ deliver }: Pick<Project<P>, 'deliver'>): TreeRequest<Target<P>>['deliver'] {
  return (targets, index) =>
    deliver(targets.map((target) => ({ target, ...index.targets[target.path]! }))).map(({ file, objects }) => ({
      path: file,
      text: objects.map(toYaml).join('---\n'),
    }));
}
