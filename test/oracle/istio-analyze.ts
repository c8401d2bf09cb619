/**
 * The analyzers of istioctl as the oracle of `istio-destination-resolves`: which hosts, ports, subsets and Gateways of a VirtualService are not there.
 *
 *   npm run oracle:istio -- [COUNT] [SEED]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import rule from '../../checks/rules/references/istio-destination-resolves';
import { runChecks } from '../../checks/run';
import type { Json } from '../../manifests/resource';
import { Resource } from '../../manifests/resource';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { random } from './mutate';

const [count = '1000', seed = '1', out = 'oracle-istio-analyze.json', oracle = ''] = process.argv.slice(2);
const next = random(Number(seed));
const any = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
const chance = (share: number) => next() < share;

const GROUP = 'networking.istio.io/v1';
const namespaced = (kind: string, name: string, namespace: string, spec: Json, apiVersion = GROUP): Json => ({
  ...{ apiVersion, kind, metadata: { name, namespace }, spec },
});

/** One destination each, so that a message is about that. */
function setOf(): { readonly objects: readonly Json[]; readonly isBound: boolean } {
  const place = any(['shop', 'shop', 'other']);
  const edge = any(['shop', 'edge']);
  const services = ['web', 'api'].map((name) =>
    namespaced(
      'Service',
      name,
      place,
      {
        selector: { app: name },
        ports:
          name === 'web'
            ? [{ name: 'http', port: 80 }]
            : [
                { name: 'http', port: 80 },
                { name: 'http-b', port: 90 },
              ],
      },
      'v1',
    ),
  );
  const entry = namespaced('ServiceEntry', 'outside', 'shop', {
    hosts: [any(['api.example.com', '*.example.com', 'out.shop.svc.cluster.local'])],
    ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
    resolution: 'NONE',
  });
  const names = ['web', 'api', 'gone', 'out'];
  const host = () =>
    chance(0.5)
      ? `${any(['web', 'web', 'api'])}.${place}.svc.cluster.local`
      : any([
          ...[any(names), any(names), `${any(names)}.${any(['shop', 'other'])}.svc.cluster.local`],
          ...[
            `${any(names)}.shop`,
            `${any(names)}.shop.svc`,
            'api.example.com',
            'x.example.com',
            'example.com',
            'a.b.example.com',
          ],
        ]);
  const destinationRule = namespaced('DestinationRule', 'rule', 'shop', {
    host: any(['web', 'web.shop.svc.cluster.local', 'api', 'api.other.svc.cluster.local']),
    subsets: [{ name: 'v1' }, { name: 'v2' }],
  });
  const gateway = namespaced('Gateway', 'public', edge, {
    selector: { istio: 'ingress' },
    servers: [
      {
        port: { number: 80, name: 'http', protocol: 'HTTP' },
        hosts: [
          any([
            '*',
            '*.example.com',
            'shop.example.com',
            'shop/*',
            './*',
            'other/*',
            '*/shop.example.com',
            'edge/shop.example.com',
          ]),
        ],
      },
    ],
  });
  const gateways = any([
    undefined,
    ['mesh'],
    ['public'],
    ['edge/public'],
    ['shop/public'],
    ['gone'],
    ['mesh', 'edge/public'],
  ]);
  const destination = {
    host: host(),
    ...(chance(0.5) ? { port: { number: any([80, 80, 90, 443, 8080]) } } : {}),
    ...(chance(0.3) ? { subset: any(['v1', 'v2', 'v3']) } : {}),
  };
  const route = chance(0.8)
    ? { route: [{ destination }] }
    : { route: [{ destination: { host: `web.${place}.svc.cluster.local` } }], mirrors: [{ destination }] };
  const service = namespaced('VirtualService', 'route', 'shop', {
    hosts: [any(['shop.example.com', 'shop.example.com', '*.example.com', 'other.org'])],
    ...(gateways ? { gateways } : {}),
    http: [route],
  });
  const isBound = gateways !== undefined && !gateways.includes('mesh');
  return {
    objects: [
      ...services,
      entry,
      ...(chance(0.8) ? [destinationRule] : []),
      ...(chance(0.85) ? [gateway] : []),
      service,
    ],
    isBound,
  };
}

const sets = Array.from({ length: Number(count) }, setOf);
const answers = execFileSync(oracle, {
  input: sets.map(({ objects }) => `${JSON.stringify(objects)}\n`).join(''),
  maxBuffer: 1 << 30,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as readonly (readonly string[])[]);

type Fault = 'host' | 'port' | 'ports' | 'subset' | 'gateway' | 'hosts of the gateway';

/** What istioctl says; of several faults of a destination the first that keeps requests away. */
function theirs(messages: readonly (readonly string[])[], isBound: boolean): Set<Fault> {
  const found = new Set<Fault>();
  for (const [code, , what = ''] of messages) {
    if (code === 'IST0101' && what === 'gateway') found.add('gateway');
    else if (code === 'IST0101' && what.includes('subset')) found.add('subset');
    else if (code === 'IST0101' && what === 'host:port') found.add('port');
    else if (code === 'IST0101') found.add('host');
    else if (code === 'IST0132') found.add('hosts of the gateway');
    else if (code === 'IST0112' && isBound) found.add('ports');
  }
  if (found.has('gateway')) found.delete('hosts of the gateway');
  if (found.has('host')) for (const fault of ['port', 'ports', 'subset'] as const) found.delete(fault);
  return found;
}

function ours(objects: readonly Json[], isBound: boolean): Set<Fault> {
  const all = objects.map((object, i) => new Resource(object, { file: 'a.yaml', text: '' }, i));
  const world = new World(all, new Facts([], undefined, [], true), []);
  const found = new Set<Fault>();
  for (const { path, message } of runChecks(world, [rule])) {
    // Which clients there are, and ports and pods of Services: istioctl says nothing of it.
    if (path.startsWith('spec.hosts')) continue;
    if (path.startsWith('spec.gateways'))
      found.add(message.includes('takes no requests') ? 'hosts of the gateway' : 'gateway');
    else if (path.endsWith('.host')) found.add('host');
    else if (path.endsWith('.number')) found.add('port');
    else if (path.endsWith('.subset')) found.add('subset');
    else if (isBound) found.add('ports');
  }
  return found;
}

const counts: Record<string, number> = {};
const wrong = sets.flatMap(({ objects, isBound }, i) => {
  const [one, other] = [theirs(answers[i]!, isBound), ours(objects, isBound)].map(
    (faults) => [...faults].sort().join(', ') || 'none',
  ) as [string, string];
  counts[one] = (counts[one] ?? 0) + 1;
  return one === other ? [] : [{ theirs: one, ours: other, messages: answers[i], objects }];
});
writeFileSync(out, JSON.stringify(wrong, null, 1));
console.log(JSON.stringify(counts));
console.log(`${sets.length} VirtualServices: ${wrong.length} of which we tell something else`);
for (const each of wrong.slice(0, 6))
  console.log(JSON.stringify([each.theirs, each.ours, each.objects.at(-1)!['spec'], each.messages]));
process.exitCode = wrong.length > 0 ? 1 : 0;
