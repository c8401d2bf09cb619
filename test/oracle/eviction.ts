/**
 * The eviction API and the disruption controller of a real cluster as the oracle of simulate/maintenance: whether each pod may be
 * evicted now, and what the API server says where it may not. The pods are on simulated nodes.
 *
 *   cluster up --nodes 0 --fake 6
 *   npm run oracle:eviction -- [NAMESPACES] [SEED] [OUT]      (STRATA_TEST_CLUSTER, STRATA_CLUSTER: see run.mjs)
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../../manifests/resource';
import { list, Resource, record, string } from '../../manifests/resource';
import { evictionRefusal } from '../../simulate/maintenance/eviction';
import { knownBudgets } from '../../simulate/scheduling/budget';
import { standingPods } from '../../simulate/scheduling/member';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { ApiServer } from './api-server';
import { random } from './mutate';

const APPS = ['web', 'db', 'job'];
const SPACES = 8;

interface Plan {
  readonly namespace: string;
  readonly objects: readonly { readonly path: string; readonly object: Json }[];
  readonly budgets: readonly Json[];
}

/** A namespace with workloads of many kinds, and budgets that guard some of their pods. */
function planned(namespace: string, next: () => number): Plan {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const upTo = (most: number) => Math.floor(next() * (most + 1));
  const template = (app: string, tier: string, spec: Json = {}): Json => ({
    metadata: { labels: { app, tier } },
    spec: { containers: [{ name: 'a', image: 'a:1' }], terminationGracePeriodSeconds: 0, ...spec },
  });
  const away = { nodeSelector: { none: 'such' } };
  const workload = (i: number) => {
    const [app, tier] = [pick(APPS), pick(['x', 'y'])];
    const kind = pick([
      'Deployment',
      'Deployment',
      'StatefulSet',
      'ReplicaSet',
      'DaemonSet',
      'Pod',
      'Pod',
      'ReplicationController',
    ]);
    const name = `${kind.toLowerCase()}-${i}`;
    const metadata = { name, namespace };
    const made = template(app, tier, next() < 0.1 ? away : {});
    const apps = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
    if (kind === 'Pod')
      return {
        path: `/api/v1/namespaces/${namespace}/pods`,
        object: { apiVersion: 'v1', kind, metadata: { ...metadata, labels: { app, tier } }, spec: made['spec'] },
      };
    const selector = { name };
    const labelled = { ...made, metadata: { labels: { app, tier, name } } };
    if (kind === 'ReplicationController')
      return {
        path: `/api/v1/namespaces/${namespace}/replicationcontrollers`,
        object: { apiVersion: 'v1', kind, metadata, spec: { replicas: upTo(4), selector, template: labelled } },
      };
    return {
      path: apps,
      object: {
        apiVersion: 'apps/v1',
        kind,
        metadata,
        spec: {
          ...(kind === 'DaemonSet' ? {} : { replicas: upTo(5) }),
          ...(kind === 'StatefulSet' ? { serviceName: 'none', podManagementPolicy: 'Parallel' } : {}),
          selector: { matchLabels: selector },
          template: labelled,
        },
      },
    };
  };
  const budget = (i: number): Json => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: `budget-${i}`, namespace },
    spec: {
      ...pick([
        () => ({ minAvailable: pick([0, 1, 2, 3, 5]) }),
        () => ({ minAvailable: pick(['0%', '1%', '34%', '50%', '67%', '100%']) }),
        () => ({ maxUnavailable: pick([0, 1, 2, 9]) }),
        () => ({ maxUnavailable: pick(['0%', '1%', '25%', '50%', '100%']) }),
        () => ({}),
      ])(),
      ...pick([
        () => ({ selector: { matchLabels: { app: pick(APPS) } } }),
        () => ({ selector: { matchLabels: { app: pick(APPS), tier: pick(['x', 'y']) } } }),
        () => ({ selector: { matchExpressions: [{ key: 'tier', operator: pick(['NotIn', 'In']), values: ['x'] }] } }),
        () => ({ selector: i === 0 ? {} : { matchLabels: { app: 'none' } } }),
      ])(),
      ...(next() < 0.4 ? { unhealthyPodEvictionPolicy: pick(['AlwaysAllow', 'IfHealthyBudget']) } : {}),
    },
  });
  return {
    namespace,
    objects: Array.from({ length: 2 + upTo(3) }, (_, i) => workload(i)),
    budgets: Array.from({ length: 1 + upTo(1) }, (_, i) => budget(i)),
  };
}

const KINDS = [
  '/api/v1 pods Pod v1',
  '/api/v1 replicationcontrollers ReplicationController v1',
  '/apis/apps/v1 deployments Deployment apps/v1',
  '/apis/apps/v1 replicasets ReplicaSet apps/v1',
  '/apis/apps/v1 statefulsets StatefulSet apps/v1',
  '/apis/apps/v1 daemonsets DaemonSet apps/v1',
  '/apis/policy/v1 poddisruptionbudgets PodDisruptionBudget policy/v1',
].map((line) => line.split(' ') as [string, string, string, string]);

/** All that is in a namespace, as `kubectl get -o yaml` prints it. */
async function dump(server: ApiServer, namespace: string): Promise<Resource[]> {
  const all = await Promise.all(
    KINDS.map(async ([root, plural, kind, apiVersion]) =>
      (await server.list(`${root}/namespaces/${namespace}/${plural}`)).map((item) => ({ ...item, apiVersion, kind })),
    ),
  );
  return all.flat().map((object, i) => new Resource(object, { file: 'live.yaml', text: '' }, i));
}

/** Waits until the controllers have nothing to do: every budget says the same twice. */
async function settled(server: ApiServer, namespaces: readonly string[]): Promise<void> {
  let before = '';
  for (let i = 0; i < 40; i++) {
    const states = await Promise.all(
      namespaces.map(async (namespace) =>
        [
          ...(await server.list(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`)),
          ...(await server.list(`/api/v1/namespaces/${namespace}/pods`)),
        ].map(({ metadata, status }) => [record(metadata)?.['generation'], status]),
      ),
    );
    const now = JSON.stringify(states);
    if (now === before) return;
    before = now;
    await wait(2_500);
  }
  throw new Error('the cluster does not come to rest');
}

async function evictions(
  server: ApiServer,
  namespace: string,
): Promise<{ readonly asked: number; readonly wrong: object[]; readonly refused: number }> {
  const resources = await dump(server, namespace);
  const world = new World(resources, new Facts([]));
  const members = standingPods(world).map(({ member }) => member);
  const budgets = knownBudgets(world);
  const wrong: object[] = [];
  let refused = 0;
  for (const member of members) {
    const { name } = member.pod;
    const { status, body } = await server.create(`/api/v1/namespaces/${namespace}/pods/${name}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name, namespace },
      deleteOptions: { dryRun: ['All'] },
    });
    const causes = list(record(body['details'])?.['causes']).map((cause) => string(record(cause)?.['message']));
    const theirs = status < 300 ? undefined : [string(body['message']), ...causes].join(' ');
    const ours = evictionRefusal(member, budgets, members, new Set());
    if (theirs !== undefined) refused += 1;
    // Of a budget that the controller could never work out the server says either.
    const said = (text: string | undefined) =>
      text?.replace(
        /(does not allow .* because it failed sync: .*|is still being processed by the server\.)$/,
        'is unknown',
      );
    if (said(theirs) !== said(ours))
      wrong.push({
        pod: `${namespace}/${name}`,
        theirs,
        ours,
        budgets: budgets.map(({ resource }) => resource.object),
      });
  }
  return { asked: members.length, wrong, refused };
}

async function main(namespaces: number, seed: number, out: string): Promise<void> {
  const server = ApiServer.fromKubeconfig(process.env['KUBECONFIG'] ?? '');
  const next = random(seed);
  const wrong: object[] = [];
  let [asked, refused] = [0, 0];
  for (let first = 0; first < namespaces; first += SPACES) {
    const plans = Array.from({ length: Math.min(SPACES, namespaces - first) }, (_, i) =>
      planned(`evict-${seed}-${first + i}`, next),
    );
    await Promise.all(
      plans.map(async ({ namespace, objects }) => {
        await server.create(
          '/api/v1/namespaces',
          { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
          false,
        );
        await server.create(
          `/api/v1/namespaces/${namespace}/serviceaccounts`,
          { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
          false,
        );
        for (const { path, object } of objects) {
          const { status, body } = await server.create(path, object, false);
          if (status >= 300) throw new Error(`${path}: ${String(body['message'])}`);
        }
      }),
    );
    const names = plans.map(({ namespace }) => namespace);
    await settled(server, names);
    for (const { namespace, budgets } of plans) {
      for (const pod of await server.list(`/api/v1/namespaces/${namespace}/pods`)) {
        const name = string(record(pod['metadata'])?.['name'])!;
        const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
        if (next() < 0.25)
          await server.patch(`${path}/status`, { status: { conditions: [{ type: 'Ready', status: 'False' }] } });
        if (next() < 0.05) {
          await server.patch(path, { metadata: { finalizers: ['example.com/hold'] } });
          await server.remove(path);
        }
      }
      for (const budget of budgets)
        await server.create(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, budget, false);
    }
    await settled(server, names);
    for (const namespace of names) {
      const found = await evictions(server, namespace);
      asked += found.asked;
      refused += found.refused;
      wrong.push(...found.wrong);
      for (const pod of await server.list(`/api/v1/namespaces/${namespace}/pods`)) {
        const name = string(record(pod['metadata'])?.['name'])!;
        if (record(pod['metadata'])?.['finalizers'])
          await server.patch(`/api/v1/namespaces/${namespace}/pods/${name}`, { metadata: { finalizers: null } });
      }
      await server.remove(`/api/v1/namespaces/${namespace}`);
    }
    console.log(
      `${asked} pods in ${first + names.length} namespaces, ${refused} of them refused: ${wrong.length} judged otherwise`,
    );
  }
  for (const difference of wrong.slice(0, 3)) console.log(`  ${JSON.stringify(difference)}`);
  writeFileSync(out, JSON.stringify(wrong, null, 1));
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

const [namespaces = '40', seed = '1', out = 'oracle-eviction.json'] = process.argv.slice(2);
void main(Number(namespaces), Number(seed), out);
