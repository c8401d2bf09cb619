/**
 * The ways in from outside: the HTTPRoute of a target on a platform team's Gateway and the Ingress of another one, both
 * served by Traefik, with the targets' network policies in force. Then random routes, answered by Traefik and by simulate/routing.
 */
import { cloud } from '../../clusters/cloud';
import { shared } from '../../clusters/shared';
import { Cluster } from './support/cluster';
import { define } from './support/definitions';
import { declaredSecrets } from './support/external-secrets';
import { type Reply, request } from './support/http';
import { loadImages, TEST_IMAGE } from './support/images';
import type { KubernetesObject } from './support/kubernetes';
import { nginxSets } from './support/nginx-sets';
import { entranceOf, loadTraefik, openEntrance, registryCredentials, shapePlace, TRAEFIK } from './support/place';
import { prefixSets } from './support/prefix-table';
import { objectsBesideQueue } from './support/rendered';
import { explained, say, testOn } from './support/report';
import { routeSets } from './support/route-sets';
import { compareRouting, openRouting, READS_NGINX, ROUTING_NAMESPACES } from './support/routing';
import { waitFor } from './support/wait';
import { addressOf, idlePod, openFrom, settled } from './support/workloads';

const PLACES = [
  ['HTTPRoute', 'shared/dev', shared],
  ['Ingress', 'cloud/staging', cloud],
] as const;

/** What the pods answer to the kubelet and to Prometheus, and to nobody outside. */
const INSIDE_ONLY = ['/metrics', '/healthz', '/readyz'];

const cluster = new Cluster('provepod');

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 2 });
  await define(
    cluster,
    PLACES.flatMap(([, target]) => objectsBesideQueue(target)),
  );
  await loadImages(
    cluster,
    PLACES.flatMap(([, target]) => objectsBesideQueue(target)),
  );
  say(`a cluster of two nodes with its images: ${seconds(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

describe.each(PLACES)('the %s of %s', (kind, target, place) => {
  const objects = objectsBesideQueue(target);
  const [route, ...others] = objects.filter((object): object is Route => object.kind === kind) as [Route, ...Route[]];
  const namespaces = objects.filter((object) => object.kind === 'Namespace');
  const namespace = route.metadata.namespace!;
  const entrance = entranceOf(place);
  /** A request from outside: to the entrance, for the host of the route. */
  let ask: (path: string, form?: Readonly<Record<string, string>>, host?: string) => Promise<Reply>;

  beforeAll(() =>
    explained(cluster, async () => {
      const started = Date.now();
      say((await shapePlace(cluster, place)).join(', '));
      await openEntrance(cluster, entrance);
      await cluster.apply(
        ...namespaces,
        ...declaredSecrets(objects),
        ...namespaces.flatMap(({ metadata }) => registryCredentials(place, metadata.name)),
      );
      await cluster.apply(...objects);
      await settled(cluster, objects);
      say(`${objects.length} objects of ${target} applied, all pods ready: ${seconds(started)}`);

      const [agent, address] = [
        await cluster.agent(false, entrance.tls),
        await addressOf(cluster, entrance.namespace, TRAEFIK),
      ];
      ask = (path, form, host = hostOf(route)) =>
        request(
          {
            agent,
            ...address,
            path,
            method: form ? 'POST' : 'GET',
            headers: { host, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
          },
          form && String(new URLSearchParams(form)),
        );
      await waitFor('an answer with what Redis keeps', 60, async () => expect((await ask('/visits')).status).toBe(200));
    }),
  );

  // The next place has other nodes and another entrance.
  afterAll(async () => {
    await cluster.kubectl(
      'delete',
      'namespace',
      '--ignore-not-found',
      '--wait=false',
      entrance.namespace,
      ...namespaces.map(({ metadata }) => metadata.name),
    );
  });

  testOn(cluster, 'answers with the page, its guestbook and its visits', async () => {
    expect((await ask('/guestbook', { name: 'a visitor', message: 'by the front door' })).status).toBe(303);
    const page = await ask('/');
    expect(page.body).toContain('by the front door');
    expect(await visits()).toBe(Number(/Visits so far: <strong>(\d+)</.exec(page.body)?.[1]));
  });

  for (const other of others)
    testOn(cluster, `answers for ${hostOf(other)}, too, by ${other.metadata.name} in its own namespace`, async () => {
      await waitFor('the page', 60, async () => {
        const { status, headers } = await ask('/', undefined, hostOf(other));
        expect([status, headers['location']]).toEqual([302, '/dashboard']);
      });
    });

  testOn(cluster, 'gives nothing of what is meant for the inside', async () => {
    const statuses = Object.fromEntries(
      await Promise.all(INSIDE_ONLY.map(async (path) => [path, (await ask(path)).status] as const)),
    );
    expect(statuses).toEqual(Object.fromEntries(INSIDE_ONLY.map((path) => [path, 404])));
  });

  testOn(cluster, 'is the only way: other pods beside the one that serves it do not reach web', async () => {
    await cluster.apply(idlePod(entrance.namespace, 'stranger'));
    await cluster.kubectl('wait', '-n', entrance.namespace, '--for=condition=Ready', 'pod/stranger', '--timeout=60s');
    const { host, port } = await addressOf(cluster, namespace, 'web');
    expect(await openFrom(cluster, entrance.namespace, 'stranger', [`${host}:${port}`])).toEqual([]);
  });

  const visits = async () => (JSON.parse((await ask('/visits')).body) as { visits: number }).visits;
});

describe('random routes', () => {
  // Paths under a prefix as well, and annotations of ingress-nginx, which are no matter of chance.
  const sets = [
    ...routeSets(300, Number(process.env.STRATA_ROUTE_SEED ?? 3)),
    ...prefixSets(READS_NGINX ? '3.7' : '3.5'),
    ...(READS_NGINX ? nginxSets() : []),
  ];

  afterAll(async () => {
    await cluster.kubectl('delete', 'namespace', '--ignore-not-found', '--wait=false', ...ROUTING_NAMESPACES);
  });

  testOn(
    cluster,
    'are answered by the backends that simulate/routing names, with its shares, paths and statuses',
    async () => {
      await cluster.tool(['image', 'node', TEST_IMAGE], { seconds: 900 });
      await loadTraefik(cluster);
      const started = Date.now();
      const agent = await openRouting(cluster, sets);
      say(`${sets.length} sets of routes read by Traefik: ${seconds(started)}`);
      const asked = Date.now();
      const { requests, ties, shared, differences } = await compareRouting(cluster, agent, sets);
      say(`${requests} requests, ${ties} with a tie, ${shared} with counted shares: ${seconds(asked)}`);
      expect(differences.slice(0, 5)).toEqual([]);
      // Without these the comparison would show little.
      expect(requests).toBeGreaterThanOrEqual(9_000);
      expect(shared).toBeGreaterThan(50);
      expect(ties).toBeLessThan(requests / 20);
    },
    15,
  );
});

interface Route extends KubernetesObject {
  readonly spec: { readonly hostnames?: readonly string[]; readonly rules: readonly { readonly host?: string }[] };
}

function hostOf({ spec }: Route): string {
  return (spec.hostnames?.[0] ?? spec.rules[0]?.host)!;
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
