import type { RepositoryConfig } from '../checks/config/config';
import { configOf } from '../checks/config/config';
import type { Inputs } from '../checks/inputs';
import { checks } from '../checks/registry';
import type { Resource } from '../manifests/resource';

interface Given {
  readonly config: string | undefined;
  readonly cluster: string | undefined;
  readonly declare: readonly string[] | undefined;
  readonly complete: boolean;
  readonly kubernetes?: string | undefined;
  readonly previous?: string | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly 'fail-on'?: string | undefined;
}

/** The options of a command, completed by what the `.strata.yaml` of the repository says: its values where none is given, its lists beside those given. */
export function configured<T extends Given>(values: T): { readonly values: T; readonly config: RepositoryConfig } {
  const config = configOf(
    values.config,
    process.cwd(),
    checks.map(({ id }) => id),
  );
  const { values: own } = config;
  const joined = (one: readonly string[] | undefined, other: readonly string[] | undefined) =>
    one || other ? [...(one ?? []), ...(other ?? [])] : undefined;
  return {
    config,
    values: {
      ...values,
      cluster: values.cluster ?? own.cluster,
      kubernetes: values.kubernetes ?? own.kubernetes,
      previous: values.previous ?? own.previous,
      complete: values.complete || own.complete === true,
      declare: joined(own.declare, values.declare),
      skip: joined(own.skip, values.skip),
      'fail-on': values['fail-on'] ?? own['fail-on'],
    },
  };
}

/** What stands elsewhere: what is declared, nothing where the manifests are all there is, undefined where nobody said. */
export function declaredIn(
  { declare, complete }: Pick<Given, 'declare' | 'complete'>,
  inputs: Inputs,
): readonly Resource[] | undefined {
  return declare?.flatMap((path) => inputs.objectsAt('--declare', path)) ?? (complete ? [] : undefined);
}
