import { StrataError } from '../../model/errors';
import { reasonJson, reasonText } from '../../report/flow-reasons';
import { readWanted } from '../../simulate/network/ends';
import { whyFlow } from '../../simulate/network/why';
import type { Host, Project } from '../command';
import type { FlowsGiven } from './read';
import { exitCode, reader } from './read';

/** `strata flows why FROM TO:PORT PATH…`: the policies and rules behind one connection. */
export function why<P>(project: Project<P>, given: FlowsGiven, host: Host): number {
  const [, from, to, ...paths] = given.words;
  const { format } = given.values;
  if (from === undefined || to === undefined || paths.length === 0)
    throw new StrataError('strata flows why', 'needs both ends and the manifests', [
      'call strata flows why FROM TO:PORT PATH…, such as strata flows why web redis:6379 manifests/',
    ]);
  if (format !== 'text' && format !== 'json')
    throw new StrataError(`strata flows why --format ${format}`, 'an explanation has no such form', [
      'use one of these: text, json',
    ]);
  const reading = reader(project, given, host);
  const sets = reading
    .worldsOf(paths)
    .map(({ name, world }) => ({ name, reasons: whyFlow(world, readWanted(from), readWanted(to)) }));
  const [first, ...others] = sets;
  if (first && others.length === 0) {
    if (format === 'json') host.print(JSON.stringify({ reasons: first.reasons.map(reasonJson) }, null, 2));
    else for (const line of first.reasons.flatMap(reasonText)) host.print(line);
  } else if (format === 'json') {
    const named = sets.map(({ name, reasons }) => ({ name, reasons: reasons.map(reasonJson) }));
    host.print(JSON.stringify({ sets: named }, null, 2));
  } else
    for (const { name, reasons } of sets)
      for (const line of [`${name}:`, ...reasons.flatMap(reasonText)]) host.print(line);
  return exitCode(reading);
}
