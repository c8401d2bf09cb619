/**
 * The controllers and the scheduler of a real cluster as the oracle of whole workloads in simulate/scheduling: of several runs of the same
 * manifests, each leaves as many pods without a node as was said, and puts the others where they may be. Nodes are simulated, and each
 * run has its own.
 *
 *   cluster up --nodes 0 --fake 1
 *   npm run oracle:workloads -- [CASES] [SEED] [OUT]      (STRATA_TEST_CLUSTER, STRATA_CLUSTER: see run.mjs)
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../../manifests/resource';
import { mappings, Resource, record, string, strings } from '../../manifests/resource';
import { takersOf } from '../../simulate/scheduling/filter';
import type { SchedulerPod } from '../../simulate/scheduling/pod';
import { clusterOf, queueOf } from '../../simulate/scheduling/queue';
import { simulateSchedule } from '../../simulate/scheduling/simulate';
import type { ClusterState } from '../../simulate/scheduling/state';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { ApiServer } from './api-server';
import { random } from './mutate';
import { pathOf } from './rollout-cases';
import type { LiveCase } from './simulated-nodes';
import { createAll, nameOf } from './simulated-nodes';

/** Runs of each case. */
const RUNS = 3;
/** So many runs at once. */
const AT_ONCE = 60;
/** Seconds without a change after which nothing moves any more. */
const QUIET = 8;

/** Up to three workloads on up to four nodes; the same numbers give the same case in another namespace. */
function caseOf(namespace: string, next: () => number): LiveCase {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const chance = (share: number) => next() < share;
  const node = (_: unknown, i: number): Json => {
    const amounts = { cpu: pick(['1', '2', '2', '3', '4']), memory: '8Gi', pods: chance(0.15) ? '3' : '110' };
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: `${namespace}-${i}`,
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: {
          'kubernetes.io/hostname': `${namespace}-${i}`,
          case: namespace,
          zone: pick(['a', 'a', 'b', 'c']),
          disk: pick(['ssd', 'hdd']),
        },
      },
      spec: chance(0.12) ? { taints: [{ key: 'kept', value: 'x', effect: 'NoSchedule' }] } : {},
      status: { allocatable: amounts, capacity: amounts },
    };
  };
  const nodes = Array.from({ length: pick([1, 2, 3, 3, 4, 4]) }, node);
  const apps = ['web', 'db', 'job'].slice(0, pick([1, 2, 2, 3]));
  const selects = (app: string) => ({ labelSelector: { matchLabels: { app } } });
  const topology = () => pick(['kubernetes.io/hostname', 'kubernetes.io/hostname', 'zone']);
  const term = (app: string): Json => ({ topologyKey: topology(), ...selects(app) });
  const workload = (app: string): Json => {
    const affinity = {
      ...(chance(0.3) ? { podAntiAffinity: required([term(chance(0.8) ? app : pick(apps))]) } : {}),
      ...(chance(0.2) ? { podAffinity: required([term(pick(apps))]) } : {}),
      ...(chance(0.15)
        ? {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'disk', operator: pick(['In', 'NotIn']), values: ['ssd'] }] },
                ],
              },
            },
          }
        : {}),
    };
    const spread: Json = {
      maxSkew: pick([1, 1, 2]),
      topologyKey: topology(),
      whenUnsatisfiable: pick(['DoNotSchedule', 'DoNotSchedule', 'ScheduleAnyway']),
      ...selects(app),
    };
    const ports = chance(0.12) ? { ports: [{ containerPort: 80, hostPort: 9100 }] } : {};
    const kind = pick(['Deployment', 'Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet']);
    return {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name: app, namespace },
      spec: {
        ...(kind === 'DaemonSet' ? {} : { replicas: pick([1, 2, 2, 3, 3, 4, 5]) }),
        ...(kind === 'StatefulSet' ? { serviceName: app, podManagementPolicy: 'Parallel' } : {}),
        selector: { matchLabels: { app } },
        template: {
          metadata: { labels: { app } },
          spec: {
            nodeSelector: { case: namespace },
            terminationGracePeriodSeconds: 0,
            automountServiceAccountToken: false,
            containers: [
              { name: 'a', image: 'a:1', resources: { requests: { cpu: pick(['100m', '500m', '1', '1']) } }, ...ports },
            ],
            ...(Object.keys(affinity).length > 0 ? { affinity } : {}),
            ...(chance(0.3) ? { topologySpreadConstraints: [spread] } : {}),
            ...(chance(0.3) ? { tolerations: [{ key: 'kept', operator: 'Exists' }] } : {}),
          },
        },
      },
    };
  };
  return { namespace, nodes, objects: apps.map(workload) };
}

const required = (terms: readonly Json[]) => ({ requiredDuringSchedulingIgnoredDuringExecution: terms });
const nodeOf = (pod: Json) => string(record(pod['spec'])?.['nodeName']);
const appOf = (pod: Json) => strings(record(pod['metadata'])?.['labels'])['app'] ?? '';

function worldOf({ nodes, objects }: LiveCase): World {
  const resources = (items: readonly Json[]) =>
    items.map((object, i) => new Resource(object, { file: 'case.yaml', text: '' }, i));
  return new World(resources(objects), new Facts(resources(nodes)));
}

/** Pods by their nodes, of one workload; undefined: they wait. */
type Ends = ReadonlyMap<string | undefined, number>;

function endsOf(pods: readonly Json[], app: string): Ends {
  const ends = new Map<string | undefined, number>();
  for (const pod of pods) if (appOf(pod) === app) ends.set(nodeOf(pod), (ends.get(nodeOf(pod)) ?? 0) + 1);
  return ends;
}

/**
 * Whether pods of workloads that came one after the other may end so: each finds its node open when it is placed, which may be after others
 * have come, and none that waits does.
 */
function mayEnd(cluster: ClusterState, groups: readonly (readonly SchedulerPod[])[], ends: readonly Ends[]): boolean {
  const lefts = groups.map((_, i) => leftOf(ends[i]));
  const placed = groups.map(() => 0);
  const openIn = (i: number) => [...lefts[i]!].filter(([, count]) => count > 0);
  const takersIn = (i: number) => new Set(takersOf(groups[i]![placed[i]!]!, cluster).map(({ name }) => name));
  const place = (i: number, arrived: number): boolean => {
    const open = openIn(i);
    if (open.length === 0) return false;
    const pod = groups[i]![placed[i]!]!;
    const takers = takersIn(i);
    return open.some(([node, count]) => {
      if (!takers.has(node)) return false;
      cluster.place(pod, node);
      lefts[i]!.set(node, count - 1);
      placed[i]! += 1;
      const found = next(arrived);
      placed[i]! -= 1;
      lefts[i]!.set(node, count);
      cluster.remove(pod, node);
      return found;
    });
  };
  const next = (arrived: number): boolean => {
    const isLast = arrived === groups.length - 1;
    const waits = (i: number) => placed[i]! < groups[i]!.length;
    if (isLast && groups.every((_, i) => openIn(i).length === 0))
      return groups.every((_, i) => !waits(i) || takersIn(i).size === 0);
    for (let i = 0; i <= arrived; i++) if (place(i, arrived)) return true;
    // The next comes when all of this one have been looked at.
    return !isLast && (!waits(arrived) || takersIn(arrived).size === 0) && next(arrived + 1);
  };
  return next(0);
}

function leftOf(ends: Ends | undefined): Map<string, number> {
  return new Map([...(ends ?? [])].flatMap(([node, count]) => (node === undefined ? [] : [[node, count] as const])));
}

/** What is otherwise than it was said. */
function differences(one: LiveCase, pods: readonly Json[]): { readonly wrong: string[]; readonly said: string[] } {
  const world = worldOf(one);
  const said = simulateSchedule(world)!;
  const queue = queueOf(world);
  const apps = one.objects.map(nameOf);
  const wrong = apps.flatMap((app) => {
    const own = said.filter(({ workload }) => workload.resource.name === app).map(({ placement }) => placement.verdict);
    const placed = pods.filter((pod) => appOf(pod) === app && nodeOf(pod) !== undefined).length;
    const least = own.filter((verdict) => verdict === 'placed').length;
    const most = least + own.filter((verdict) => verdict === 'depends').length;
    return placed < least || placed > most ? [`${app}: ${placed} placed, ${least} to ${most} were said`] : [];
  });
  const isDaemon = one.objects.some(({ kind }) => kind === 'DaemonSet');
  // The pods of a DaemonSet come node by node: each has a node of its own.
  if (!isDaemon) {
    const groups = apps.map((app) =>
      queue.filter(({ workload }) => workload.resource.name === app).map(({ pod }) => pod),
    );
    if (
      !mayEnd(
        clusterOf(world, [])!,
        groups,
        apps.map((app) => endsOf(pods, app)),
      )
    )
      wrong.push('they cannot have come to be there');
  }
  return { wrong, said: said.map(({ placement: { verdict } }) => verdict) };
}

/** Creates a workload when the scheduler has looked at all pods of the one before, as they are queued here. */
async function comeInOrder(server: ApiServer, one: LiveCase): Promise<void> {
  await createAll(server, { ...one, objects: [] });
  const queue = queueOf(worldOf(one));
  for (const object of one.objects) {
    await server.create(pathOf(object, one.namespace), object, false);
    const expected = queue.filter(({ workload }) => workload.resource.name === nameOf(object)).length;
    for (let tries = 0; tries < 60; tries++) {
      const pods = (await server.list(`/api/v1/namespaces/${one.namespace}/pods`)).filter(
        (pod) => appOf(pod) === nameOf(object),
      );
      if (pods.length >= expected && pods.every(isLookedAt)) break;
      await wait(500);
    }
  }
}

/** Whether the scheduler has placed it, or said why not. */
function isLookedAt(pod: Json): boolean {
  return (
    nodeOf(pod) !== undefined ||
    mappings(record(pod['status'])?.['conditions']).some(({ type }) => type === 'PodScheduled')
  );
}

/** Waits until no pod has moved for a while. */
async function settled(server: ApiServer, cases: readonly LiveCase[]): Promise<ReadonlyMap<string, readonly Json[]>> {
  const names = new Set(cases.map(({ namespace }) => namespace));
  for (let [last, since] = ['', Date.now()]; ; await wait(1_000)) {
    const found = new Map<string, Json[]>();
    for (const pod of await server.list('/api/v1/pods')) {
      const namespace = string(record(pod['metadata'])?.['namespace']) ?? '';
      if (names.has(namespace)) found.set(namespace, [...(found.get(namespace) ?? []), pod]);
    }
    const text = JSON.stringify(
      [...found].map(([name, pods]) => [name, pods.map((pod) => [nameOf(pod), nodeOf(pod)]).sort()]).sort(),
    );
    if (text !== last) [last, since] = [text, Date.now()];
    else if (Date.now() - since > QUIET * 1_000) return found;
  }
}

async function main(count: number, seed: number, out: string): Promise<void> {
  const server = ApiServer.fromKubeconfig(process.env['KUBECONFIG'] ?? '');
  const wrong: object[] = [];
  const verdicts = new Map<string, number>();
  let runs = 0;
  for (let first = 0; first < count; first += AT_ONCE / RUNS) {
    const numbers = Array.from({ length: Math.min(AT_ONCE / RUNS, count - first) }, (_, i) => first + i);
    const cases = numbers.flatMap((n) =>
      Array.from({ length: RUNS }, (_, run) => caseOf(`work-${seed}-${n}-${run}`, random(seed * 100_003 + n))),
    );
    await Promise.all(cases.map((one) => comeInOrder(server, one)));
    const found = await settled(server, cases);
    for (const one of cases) {
      const pods = found.get(one.namespace) ?? [];
      const { wrong: differs, said } = differences(one, pods);
      runs += 1;
      for (const verdict of said) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      if (differs.length > 0)
        wrong.push({ wrong: differs, one, pods: pods.map((pod) => [nameOf(pod), nodeOf(pod) ?? null]) });
    }
    console.log(`${runs} runs of ${first + numbers.length} cases: ${wrong.length} ended otherwise`);
    writeFileSync(out, JSON.stringify(wrong, null, 1));
    await Promise.all(
      cases.map(async ({ namespace, nodes }) => {
        await server.remove(`/api/v1/namespaces/${namespace}`);
        for (const node of nodes) await server.remove(`/api/v1/nodes/${nameOf(node)}`);
      }),
    );
  }
  console.log(
    [...verdicts]
      .sort()
      .map(([verdict, each]) => `${each} ${verdict}`)
      .join(', '),
  );
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

const [count = '120', seed = '1', out = 'oracle-workloads.json'] = process.argv.slice(2);
void main(Number(count), Number(seed), out);
