import { resolve, sep } from 'node:path';
import { chosenChecks } from '../checks/choose';
import type { RepositoryConfig } from '../checks/config/config';
import { configOf } from '../checks/config/config';
import { weighed } from '../checks/config/severity';
import type { Inputs } from '../checks/inputs';
import { checks } from '../checks/registry';
import type { LivedWith } from '../diff/risk/risk';
import type { Resource } from '../manifests/resource';
import { checkLabel } from '../model/names';
import type { Places } from './cluster-given';

interface Given {
  readonly config: string | undefined;
  readonly namespace?: string | undefined;
  readonly cluster: string | undefined;
  readonly declare: readonly string[] | undefined;
  readonly complete: boolean;
  readonly kubernetes?: string | undefined;
  readonly previous?: string | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly 'fail-on'?: string | undefined;
}

/** The options of a command, completed by what the `.strata.yaml` of the repository says: its values where none is given, its lists beside those given. */
export function configured<T extends Given>(
  values: T,
): { readonly values: T & { readonly places: Places }; readonly config: RepositoryConfig } {
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
      places: {
        cluster: values.cluster === undefined ? config.placeOf('cluster') : undefined,
        kubernetes: values.kubernetes === undefined ? config.placeOf('kubernetes') : undefined,
      },
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

/**
 * Where objects that name no namespace are applied to: what the command line says of all of them, else what the configuration says
 * of the nearest folder or file that they stand in, else what it says of all.
 */
export function appliedIn(
  { namespace }: Pick<Given, 'namespace'>,
  { values }: RepositoryConfig,
): ((resource: Resource) => string | undefined) | undefined {
  if (namespace !== undefined) {
    checkLabel('--namespace', namespace);
    return () => namespace;
  }
  // The longest path is the nearest.
  const places = Object.entries(values.namespaces ?? {})
    .map(([path, name]) => ({ path: resolve(path), name }))
    .sort((a, b) => b.path.length - a.path.length);
  if (places.length === 0 && values.namespace === undefined) return undefined;
  return ({ source }) => {
    const file = resolve(source.file);
    return places.find(({ path }) => file === path || file.startsWith(path + sep))?.name ?? values.namespace;
  };
}

/** Which findings of checks the `.strata.yaml` of the repository says to live with: those of a change are told by the rest. */
export function livedWithIn(file: string | undefined): LivedWith {
  const { values, suppressions } = configOf(
    file,
    process.cwd(),
    checks.map(({ id }) => id),
  );
  const left = chosenChecks(
    weighed(checks, values.severity),
    undefined,
    values.skip?.filter((name) => name !== 'own'),
  );
  // What is advice by itself is asked by rules that take it for more.
  const asked = new Set(
    left.flatMap(({ id, severity }) => (severity === 'will-break' || values.severity?.[id] === undefined ? [id] : [])),
  );
  return { suppressions, asks: (check) => asked.has(check) };
}
