import type { Path } from '../../manifests/resource';
import type { ConfigProblem } from './form';
import type { Release } from './release';
import { isOlderThan } from './release';

/** Prometheus 3 takes every name but the empty one; those before it take letters, digits and _ only. */
export function* labelNameProblems(
  name: string,
  of: 'annotation' | 'label',
  path: Path,
  release: Release,
): Iterable<ConfigProblem> {
  const old = isOlderThan(release, 3);
  if (name !== '' && (old === false || /^[A-Za-z_]\w*$/.test(name))) return;
  yield {
    path,
    value: name,
    reason: `the name of ${of} ${name || '""'} is not made of letters, digits and _`,
    ...(name === '' || old ? {} : { open: true }),
  };
}
