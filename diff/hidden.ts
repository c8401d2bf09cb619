import { isMap } from '../model/is-map';
import { literalSecretsIn } from '../upstream/pod-security/literals';
import type { FieldChange } from './field-change';

/** Whether a field holds a secret: the data of a Secret, or what a variable of a container is called as if it did. */
export function isHidden(kind: string, { path, before, after }: FieldChange): boolean {
  if (kind === 'Secret') return path[0] === 'data' || path[0] === 'stringData';
  const entry = path.find((step, i) => isMap(step) && path[i - 1] === 'env');
  const name = isMap(entry) ? String(entry['name']) : '';
  return [before, after].some((value) => holdsSecret(name, value));
}

/** A value, a variable with its value, or a container with all of its variables. */
function holdsSecret(name: string, value: unknown): boolean {
  if (typeof value === 'string') return name !== '' && literalSecretsIn(name, value) !== undefined;
  if (Array.isArray(value)) return value.some((each) => holdsSecret(name, each));
  if (!isMap(value)) return false;
  const own = typeof value['name'] === 'string' ? value['name'] : name;
  if (typeof value['value'] === 'string' && own !== '' && literalSecretsIn(own, value['value']) !== undefined)
    return true;
  return Object.values(value).some((each) => typeof each === 'object' && holdsSecret('', each));
}
