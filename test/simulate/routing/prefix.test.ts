import { routeAtGateway } from '../../../simulate/routing/gateway-routing';
import { requestFor } from '../../../simulate/routing/request';
import { routeByTraefikIngress } from '../../../simulate/routing/traefik-ingress';
import { PREFIX_TABLE, prefixSets } from '../../cluster/support/prefix-table';
import { routingWorld } from '../../cluster/support/routing';
import { words } from './support';

/** What reaches the app for each path of the table: by an HTTPRoute, and by an Ingress. */
function answers(version: '3.5' | '3.7', open: 'all' | 'some'): Map<string, readonly [string, string]> {
  const world = routingWorld(prefixSets(version), `v${version}`);
  const gateway = world.of('Gateway')[0]!;
  const text = (form: string, path: string) => {
    const host = `${open}.${form}.prefix.test`;
    const request = requestFor('GET', `http://${host}${path}`)!;
    const answer =
      form === 'gateway' ? routeAtGateway(world, gateway, request) : routeByTraefikIngress(world, 'traefik', request);
    return words(answer)[0]!
      .replace(/^1 (b[01] )?/, '')
      .replace(host, '');
  };
  return new Map(PREFIX_TABLE.map((path) => [path, [text('gateway', path), text('ingress', path)] as const]));
}

const differing = (...of: Parameters<typeof answers>) =>
  Object.fromEntries([...answers(...of)].filter(([, [route, ingress]]) => route !== ingress));

test('print', () => {
  for (const version of ['3.5', '3.7'] as const)
    for (const open of ['all', 'some'] as const) {
      console.log(
        version,
        open,
        JSON.stringify(Object.fromEntries(answers(version, open)), null, 0).replaceAll('],', '],\n'),
      );
      console.log(differing(version, open));
    }
});
