import { POD_SECURITY_LEVELS } from '../model/cluster-facts';
import { knownNames, StrataError } from '../model/errors';
import { labelProblem, labelsProblem } from '../model/names';

/** Labels that every object, or every workload, has from strata itself. */
const TAKEN = ['app.kubernetes.io/managed-by', 'app.kubernetes.io/name', 'app.kubernetes.io/part-of', 'environment'];

/** Throws unless this may be said of a platform; TypeScript does not see names, and nothing of what is read from a file. */
export function checkSpec({ name, podSecurity }: { readonly name: string; readonly podSecurity?: string }): void {
  const problem = labelProblem(name);
  if (problem !== undefined)
    throw new StrataError(`the platform's name ${JSON.stringify(name)}`, problem, [
      'write a name that namespaces may begin with: lower case letters, digits and hyphens',
    ]);
  if (podSecurity !== undefined) checkLevel(`platform ${name}, podSecurity`, podSecurity);
}

/** Throws unless a namespace may enforce this. */
export function checkLevel(place: string, level: string): void {
  if (POD_SECURITY_LEVELS.some((known) => known === level)) return;
  throw new StrataError(place, `is ${JSON.stringify(level)}, which is no level of the Pod Security Standards`, [
    `write one that there is: ${knownNames(String(level), POD_SECURITY_LEVELS)}`,
  ]);
}

/** Throws unless a namespace may be called so; `namespaceOf` is told how it came to its name. */
export function checkNamespaceName(place: string, name: string, said: boolean): void {
  const problem = labelProblem(name);
  if (problem === undefined) return;
  throw new StrataError(
    place,
    `${said ? 'namespaceOf gives the namespace' : 'the namespace is called'} ${JSON.stringify(name)}, ${problem}`,
    said ? ['return such a name from `namespaceOf`'] : ['shorten the name', 'say with `namespaceOf` how it is called'],
  );
}

/** Throws unless these may be the labels of every object of a target. */
export function checkSpecLabels(place: string, labels: Readonly<Record<string, string>>): void {
  const taken = TAKEN.find((key) => Object.hasOwn(Object(labels), key));
  if (taken !== undefined)
    throw new StrataError(place, `sets ${taken}, which strata itself sets on every object that has it`, [
      'give the label another name',
    ]);
  const problem = labelsProblem(labels);
  if (problem !== undefined)
    throw new StrataError(place, `is ${problem}`, ['return labels: keys with texts as their values']);
}
