import { typeModuleOf } from '../../adopt/code/types';
import { Resource } from '../../manifests/resource';
import { isMap } from '../../model/is-map';
import type { KubernetesObject } from '../../model/kubernetes';
import { apiOf, type Type } from '../../upstream/kubernetes/model';
import { problemsAt } from '../../upstream/kubernetes/validate';

/** The version that kubernetes-types describes. */
const MINOR = 30;

/** Whether kubernetes-types has a type for an object, and the object is one of it. */
export function isTyped(object: KubernetesObject): boolean {
  if (typeModuleOf(object.apiVersion, object.kind) === undefined) return false;
  const definition = apiOf(MINOR).kind(object.apiVersion, object.kind)?.definition;
  if (!definition || !fits(object, { is: 'object', definition })) return false;
  return problemsAt(new Resource(object, { file: '', text: '' }, 0), MINOR)?.length === 0;
}

/** What the types want and the API server does not: every field that documents call required, and quantities as strings. */
function fits(value: unknown, type: Type): boolean {
  switch (type.is) {
    case 'object':
      return (
        isMap(value) &&
        [...type.definition.fields].every(([name, field]) =>
          value[name] === undefined ? !field.required : fits(value[name], field.type),
        )
      );
    case 'list':
      return Array.isArray(value) && value.every((item) => fits(item, type.of));
    case 'map':
      return isMap(value) && Object.values(value).every((item) => fits(item, type.of));
    case 'quantity':
      return typeof value === 'string';
    default:
      return true;
  }
}
