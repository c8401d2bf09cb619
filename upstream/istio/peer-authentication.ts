import type { Json } from '../../manifests/resource';
import { record, strings } from '../../manifests/resource';
import type { IstioProblem } from './problem';
import { selectorProblems } from './selector';

/** ValidatePeerAuthentication. */
export function* peerAuthenticationProblems(spec: Json): Iterable<IstioProblem> {
  const selector = record(spec['selector']);
  const ports = record(spec['portLevelMtls']);
  const path = ['spec', 'portLevelMtls'];
  const names = Object.keys(ports ?? {});
  if (names.length > 0 && Object.keys(strings(selector?.['matchLabels'])).length === 0)
    yield { path, value: ports, message: 'is set, and a policy of a whole namespace has no ports of its own' };
  if (ports && names.length === 0) yield { path, value: ports, message: 'is empty' };
  for (const port of names)
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535)
      yield { path: [...path, port], value: ports?.[port], message: `is for ${port}, and a port is 1 to 65535` };
  yield* selectorProblems(selector, ['spec', 'selector']);
}
