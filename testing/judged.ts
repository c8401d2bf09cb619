import type { Composition } from '../model/composition';
import { StrataError } from '../model/errors';
import type { ChecksWanted, Flow, Report, ReportedFinding } from '../verify';
import { flows, renderedManifests, verifyManifests } from '../verify';

/** What `strata verify` says of a target, `dev@kind`. */
export function reportOf<P>(composition: Composition<P>, target: string, options?: ChecksWanted): Report {
  return verifyManifests(renderedManifests(composition, target), options);
}

/** Defines Jest tests: nothing in any target will break, and nothing cannot be told. */
export function testNoFindings<P>(composition: Composition<P>, options?: ChecksWanted): void {
  test.each(composition.matrix.targets().map(({ name }) => name))('%s has no finding', (name) => {
    const { findings } = reportOf(composition, name, options);
    expect(findings.filter(({ severity }) => severity === 'will-break').map(told)).toEqual([]);
  });
}

function told({ check, object, path, message }: ReportedFinding): string {
  return `${check} ${object} ${path}: ${message}`;
}

/**
 * Whether a connection is possible in a target. From and to are names of workloads, or parts of them where none is called exactly so;
 * `outside`, or addresses.
 */
export function flowVerdict<P>(
  composition: Composition<P>,
  target: string,
  { from, to, port }: { readonly from: string; readonly to: string; readonly port: number },
): 'allowed' | 'denied' | 'unknown' {
  const asked = exactly(to, 'to', exactly(from, 'from', flows(renderedManifests(composition, target), { from, to })));
  if (asked.length === 0)
    throw new StrataError(`${target}, from ${from} to ${to}`, 'there is no flow between such ends', [
      'write names of workloads, `outside` or addresses: npx strata flows shows all',
    ]);
  const found = asked.filter(
    (flow) => flow.port === 'any' || (flow.port <= port && port <= (flow.endPort ?? flow.port)),
  );
  const exact = found.filter(({ port: own }) => own !== 'any');
  const verdicts = new Set((exact.length > 0 ? exact : found).map(({ verdict }) => verdict));
  if (verdicts.size === 0)
    throw new StrataError(`${target}, from ${from} to ${to}, port ${port}`, 'there is no flow to this port', [
      `name one of its ports: ${[...new Set(asked.map((flow) => flow.port))].join(', ')}`,
    ]);
  return verdicts.size === 1 ? [...verdicts][0]! : 'unknown';
}

/** Of ends whose names contain a word, those that are called so, if there are any: `Deployment/shop/web` is, `Deployment/shop/idle-web` is not. */
function exactly(name: string, end: 'from' | 'to', asked: readonly Flow[]): readonly Flow[] {
  const found = asked.filter((flow) => flow[end].split('/').at(-1) === name);
  return found.length > 0 ? found : asked;
}
