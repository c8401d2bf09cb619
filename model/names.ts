import { StrataError } from './errors';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What keeps a string from being a DNS label (RFC 1123), as namespaces and folders need it; undefined where it is one. */
export function labelProblem(name: unknown, max = 63): string | undefined {
  if (typeof name === 'string' && name.length <= max && DNS_LABEL.test(name)) return undefined;
  return `not a name of lower case letters, digits and inner hyphens, ${max} at most`;
}

/** Throws unless the name is a DNS label. */
export function checkLabel(place: string, name: unknown, max = 63): void {
  const problem = labelProblem(name, max);
  if (problem !== undefined)
    throw new StrataError(place, `the name is ${JSON.stringify(name)}, which is ${problem}`, [
      `use ${problem.replace('not ', '')}`,
    ]);
}

const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What keeps a value from being labels of an object, as the API server takes them; undefined where it is. */
export function labelsProblem(given: unknown): string | undefined {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return 'not labels: keys with values';
  for (const [key, value] of Object.entries(given)) {
    const slash = key.lastIndexOf('/');
    const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
    const isKey = LABEL_NAME.test(name) && (prefix === undefined || (DNS_NAME.test(prefix) && prefix.length <= 253));
    if (!isKey) return `wrong: ${JSON.stringify(key)} is not a key of a label ('team', 'example.com/team')`;
    if (typeof value !== 'string' || (value !== '' && !LABEL_NAME.test(value)))
      return `wrong: ${JSON.stringify(value)} is not a value of a label (letters, digits, inner '-', '_' and '.', 63 at most)`;
  }
  return undefined;
}

/** What a variable is called that holds a thing of this name: `preProd` of `pre-prod`. */
export function identifier(name: string): string {
  const camel = name.replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return /^[a-z]/.test(camel) ? camel : `the${camel}`;
}
