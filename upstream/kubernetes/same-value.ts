import { record } from '../../manifests/resource';

/** Whether two values are the same, in whichever order their keys stand; what is empty is the same as nothing. */
export function sameValue(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '' : `[${value.map(canonical).join()}]`;
  const object = record(value);
  if (!object) return JSON.stringify(value) ?? '';
  const fields = Object.keys(object)
    .sort()
    .flatMap((key) => {
      const text = canonical(object[key]);
      return text === '' ? [] : [`${JSON.stringify(key)}:${text}`];
    });
  return `{${fields.join()}}`;
}
