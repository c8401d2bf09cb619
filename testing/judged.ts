import type { Composition } from '../model/composition';
import type { ChecksWanted, Report, ReportedFinding } from '../verify';
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

/** Whether a connection is possible in a target: from and to are parts of names of workloads, `outside`, or addresses. */
export function flowVerdict<P>(
  composition: Composition<P>,
  target: string,
  { from, to, port }: { readonly from: string; readonly to: string; readonly port: number },
): 'allowed' | 'denied' | 'unknown' {
  const asked = flows(renderedManifests(composition, target), { from, to: `${to}` });
  const found = asked.filter(
    (flow) => flow.port === 'any' || (flow.port <= port && port <= (flow.endPort ?? flow.port)),
  );
  const exact = found.filter(({ port: own }) => own !== 'any');
  const verdicts = new Set((exact.length > 0 ? exact : found).map(({ verdict }) => verdict));
  if (verdicts.size === 0) throw new Error(`${target}: no flow from ${from} to ${to}; npx strata flows shows all`);
  return verdicts.size === 1 ? [...verdicts][0]! : 'unknown';
}
