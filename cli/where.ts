import type { Cluster } from '../model/cluster';
import { knownNames, StrataError, someNames } from '../model/errors';
import { globMatcher, nearestToGlob } from '../model/glob';
import type { Environment } from '../model/target';

/** A target, or a pair that is none: it has no features. */
interface Listed {
  readonly environment: Environment;
  readonly cluster: Cluster;
  readonly features?: readonly { readonly name: string }[];
}

/** What `--where` asks for. */
const FACTS: Readonly<Record<string, (listed: Listed) => readonly string[]>> = {
  environment: ({ environment }) => [environment.name],
  cluster: ({ cluster }) => [cluster.name],
  feature: ({ features = [] }) => features.map(({ name }) => name),
  kubernetes: ({ cluster }) => [cluster.kubernetes],
};

/** What all of these conditions hold of; each is like `cluster=cloud-*`. A value that nothing has is an error: it is misspelt. */
export function whereOf(conditions: readonly string[], all: readonly Listed[]): (listed: Listed) => boolean {
  const tests = conditions.map((condition) => {
    const [name, glob] = parts(condition);
    const fact = FACTS[name]!;
    const matches = globMatcher(glob);
    const values = [...new Set(all.flatMap(fact))];
    if (!values.some(matches))
      throw new StrataError(`--where ${condition}`, `no target has such a ${name}`, [
        `write a ${name} that there is: ${someNames(nearestToGlob(glob, values, values.length), 8) || 'there is none'}`,
      ]);
    return (listed: Listed) => fact(listed).some(matches);
  });
  return (listed) => tests.every((test) => test(listed));
}

/** What a shell offers for `--where`. */
export function whereWords(all: readonly Listed[]): string[] {
  return Object.entries(FACTS).flatMap(([name, fact]) =>
    [...new Set(all.flatMap(fact))].map((value) => `${name}=${value}`),
  );
}

function parts(condition: string): [name: string, glob: string] {
  const at = condition.indexOf('=');
  const name = condition.slice(0, at);
  if (at > 0 && Object.hasOwn(FACTS, name) && at < condition.length - 1) return [name, condition.slice(at + 1)];
  throw new StrataError(`--where ${condition}`, 'is no condition', [
    `write NAME=GLOB, such as cluster=cloud-*; ${knownNames(at > 0 ? name : condition, Object.keys(FACTS))}`,
  ]);
}
