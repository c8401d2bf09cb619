import { StrataError } from '../model/errors';
import { alertFormats } from '../report/alert-stories';
import { alertStories } from '../simulate/alerting/alerts';
import { oneWorld } from './one-world';
import type { Run } from './options/table';
import type { alerts } from './tables';

export const command: Run<typeof alerts> = (project, { words, values }, host) => {
  const { world, unreadable } = oneWorld(project, 'strata alerts', words, values, host);
  const { at, format } = values;
  host.print(alertFormats[format](alertStories(world, at === undefined ? undefined : instantOf(at))));
  return unreadable ? 2 : 0;
};

function instantOf(text: string): Date {
  const instant = new Date(text);
  // Without a zone it would be the time of whoever asks.
  if (/T.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(instant.getTime())) return instant;
  throw new StrataError('strata alerts --at', `${JSON.stringify(text)} is no instant`, [
    'write one with its zone, such as 2030-01-31T23:00:00Z or 2030-01-31T23:00:00+01:00',
  ]);
}
