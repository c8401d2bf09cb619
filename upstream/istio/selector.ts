import type { Json, Path } from '../../manifests/resource';
import { strings } from '../../manifests/resource';
import type { IstioProblem } from './problem';

/** What finds the pods that a policy is about: labels without stars. */
export function* selectorProblems(selector: Json | undefined, at: Path): Iterable<IstioProblem> {
  for (const [key, value] of Object.entries(strings(selector?.['matchLabels']))) {
    const path = [...at, 'matchLabels', key];
    if (key === '') yield { path, value, message: 'has no name' };
    if (key.includes('*') || value.includes('*'))
      yield { path, value, message: `is ${key}=${value}, and a star stands for nothing there` };
  }
}
