import { StrataError } from '../../model/errors';
import { flowChangeFormats } from '../../report/flow-changes';
import { flowDiff } from '../../simulate/network/flow-diff';
import type { Host, Project } from '../command';
import type { FlowsGiven } from './read';
import { exitCode, query, reader } from './read';

/** `strata flows diff A B`: what a change opens and closes. */
export function diff<P>(project: Project<P>, given: FlowsGiven, host: Host): number {
  const [, before, after, ...more] = given.words;
  const { format, only } = given.values;
  if (before === undefined || after === undefined || more.length > 0)
    throw new StrataError('strata flows diff', 'needs two sets of manifests: before and after', [
      'call strata flows diff BEFORE AFTER',
    ]);
  if (!(format in flowChangeFormats))
    throw new StrataError(`strata flows diff --format ${format}`, 'a difference has no picture', [
      `use one of these: ${Object.keys(flowChangeFormats).join(', ')}`,
    ]);
  const reading = reader(project, given, host);
  const changes = flowDiff(reading.worldOf([before]), reading.worldOf([after]), query(given)).filter(
    (change) => only === undefined || change.after === only,
  );
  host.print(flowChangeFormats[format as keyof typeof flowChangeFormats](changes));
  return exitCode(reading);
}
