import { StrataError } from '../model/errors';
import { routingFormats } from '../report/routing';
import { requestFor } from '../simulate/routing/request';
import { waysIn } from '../simulate/routing/ways';
import { oneWorld } from './one-world';
import type { Run } from './options/table';
import type { route } from './tables';

export const command: Run<typeof route> = (project, given, host) => {
  const [method, url, ...words] = given.words;
  if (method === undefined || url === undefined || !/^[A-Z]+$/.test(method))
    throw new StrataError('strata route', 'does not say which request', [
      'give a method and a URL: strata route GET https://shop.example.com/api TARGET',
    ]);
  const request = requestFor(method, url, (given.values.header ?? []).map(headerGiven));
  if (!request)
    throw new StrataError(`strata route ${method} ${url}`, 'is no URL with a host', [
      'write it such as https://shop.example.com/api?q=1',
    ]);
  const { world, unreadable } = oneWorld(project, 'strata route', words, given.values, host);
  const ways = waysIn(world);
  if (ways.length === 0)
    throw new StrataError('strata route', 'finds no Gateway, no Ingress and no IngressRoute', [
      'give manifests with a Gateway, an Ingress or an IngressRoute, or the Gateway with --declare',
    ]);
  const routed = ways.map(({ name, rules, route }) => ({ way: name, rules, answer: route?.(request) }));
  // Ways in that know nothing of the host are of no matter where another one does.
  const taken = routed.filter(({ answer }) => answer?.rule !== undefined);
  host.print(routingFormats[given.values.format](taken.length > 0 ? taken : routed));
  if (unreadable) return 2;
  const errors = taken.flatMap(({ answer }) => answer!.shares).some(({ to }) => to.is === 'error');
  return taken.length === 0 || errors ? 1 : 0;
};

/** `X-Group: beta`, as curl takes it. */
function headerGiven(text: string): readonly [string, string] {
  const [, name, value] = /^([^\s:]+):\s*(.*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new StrataError(`--header ${text}`, 'is not NAME: VALUE', ["write it such as -H 'X-Group: beta'"]);
}
