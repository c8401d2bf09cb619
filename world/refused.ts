import type { Resource } from '../manifests/resource';
import { kubernetesData } from '../upstream/kubernetes/data';
import { problemsAt } from '../upstream/kubernetes/validate';
import type { World } from './world';

/** Whether the API server refuses a policy, so that it is not there: an address block /33, a label that is a number. */
export function isRefused(world: World, resource: Resource): boolean {
  const { oldest, newest } = kubernetesData();
  const problems = problemsAt(resource, world.facts.minor ?? newest) ?? problemsAt(resource, oldest) ?? [];
  return problems.some(({ topic, depends }) => topic === 'schema-valid' && depends === undefined);
}
