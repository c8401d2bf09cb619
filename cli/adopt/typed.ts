import { typeModuleOf } from '../../adopt/code/types';
import { Resource } from '../../manifests/resource';
import type { KubernetesObject } from '../../model/kubernetes';
import { problemsAt } from '../../upstream/kubernetes/validate';

/** The version that kubernetes-types describes. */
const MINOR = 30;

/** Whether kubernetes-types has a type for an object, and the object is one of it. */
export function isTyped(object: KubernetesObject): boolean {
  if (typeModuleOf(object.apiVersion, object.kind) === undefined) return false;
  return problemsAt(new Resource(object, { file: '', text: '' }, 0), MINOR)?.length === 0;
}
