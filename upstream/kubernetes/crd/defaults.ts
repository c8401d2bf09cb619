import type { Json, Path } from '../../../manifests/resource';
import { fieldProblems } from '../structural/judge';
import { isEmbedded } from '../structural/schemas';
import type { CrdProblems } from './problem';

/** A default must be valid by its own schema, without other defaults. */
export function defaultProblems(schema: Json, path: Path, problems: CrdProblems): void {
  const value = schema['default'];
  // What a default of an object of its own must hold is not known here.
  if (value === undefined || value === null || isEmbedded(schema)) return;
  for (const problem of fieldProblems(value, schema))
    if (!problem.undecided)
      problems.add(
        [...path, 'default', ...problem.path],
        problem.value,
        problem.unknownField ? `${problem.words}: a default must not have unknown fields` : problem.words,
      );
}
