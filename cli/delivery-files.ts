import type { Target } from '../model/target';
import type { TreeRequest } from '../render/plan-tree';
import { toYaml } from '../render/yaml';
import type { Project } from './command';

/** The files that hand rendered targets to Argo CD. */
export function deliveryFiles<P>({ deliver }: Pick<Project<P>, 'deliver'>): TreeRequest<Target<P>>['deliver'] {
  return (targets, index) =>
    deliver(targets.map((target) => ({ target, objects: index.targets[target.path]!.objects }))).map(
      ({ file, objects }) => ({ path: file, text: objects.map(toYaml).join('---\n') }),
    );
}
