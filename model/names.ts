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
