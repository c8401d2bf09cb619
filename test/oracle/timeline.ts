/**
 * The controllers of Deployments and ReplicaSets of a real cluster as the oracle of simulate/rollout/timeline: how many pods there are at
 * most, how many are available at least, whether and when the rollout ends, and whether it is given up before. The pods are simulated and
 * become ready and go as late as each case says.
 *
 *   cluster up --nodes 0 --fake 1
 *   npm run oracle:timeline -- [CASES] [SEED] [OUT]      (STRATA_TEST_CLUSTER, STRATA_CLUSTER: see run.mjs)
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../../manifests/resource';
import { mappings, number, record, string, strings } from '../../manifests/resource';
import { ApiServer } from './api-server';
import type { TimelineCase } from './timeline-cases';
import { LONGEST, timelineCases } from './timeline-cases';

const NODE = 'timed';
const NAMESPACE = 'timed';
/** So many rollouts begin in a second: more, and the machine is too slow to keep the times. */
const PER_SECOND = Number(process.env['TIMELINE_PER_SECOND'] ?? 4);

/** How much later than its pods are told to become ready they are seen to be, of late: milliseconds. */
let lag = 0;
/** While it is more, the machine is too busy for another rollout. */
const LATE = 500;

/** What is seen of a case. Times are milliseconds. */
class Seen {
  readonly pods = new Map<
    string,
    { readonly old: boolean; readonly going: boolean; readonly readyAt: number | undefined }
  >();
  began: number | undefined;
  settled = false;
  highest = 0;
  lowest = Number.POSITIVE_INFINITY;
  ended: number | undefined;
  givenUp = false;

  constructor(readonly one: TimelineCase) {}

  /** Forgets everything but what its pods are. */
  restart(): void {
    Object.assign(this, { began: undefined, settled: false, ended: undefined, givenUp: false });
    [this.highest, this.lowest] = [0, Number.POSITIVE_INFINITY];
  }

  count(): void {
    if (this.began === undefined) return;
    const now = Date.now();
    const settle = (this.one.timed.minReadySeconds ?? 0) * 1000;
    const available = [...this.pods.values()].filter(
      ({ going, readyAt }) => !going && readyAt !== undefined && readyAt + settle <= now,
    );
    this.highest = Math.max(this.highest, this.pods.size);
    this.lowest = Math.min(this.lowest, available.length);
  }

  pod(type: string, pod: Json): void {
    const { name, deletionTimestamp, annotations } = record(pod['metadata']) ?? {};
    if (type === 'DELETED') this.pods.delete(String(name));
    else {
      const ready = mappings(record(pod['status'])?.['conditions']).find((each) => each['type'] === 'Ready');
      const since = ready?.['status'] === 'True' ? Date.parse(String(ready['lastTransitionTime'])) : undefined;
      const old = strings(annotations)['revision'] === '1';
      this.measure(String(name), strings(annotations)['ready-after'], since !== undefined);
      this.pods.set(String(name), { old, going: deletionTimestamp !== undefined, readyAt: since });
    }
    this.count();
  }

  private readonly added = new Map<string, number>();

  private measure(name: string, late: string | undefined, isReady: boolean): void {
    const since = this.added.get(name);
    if (since === undefined) this.added.set(name, Date.now());
    if (since === undefined || !isReady || late === undefined || this.pods.get(name)?.readyAt !== undefined) return;
    const told = late.endsWith('ms') ? Number(late.slice(0, -2)) : Number(late.slice(0, -1)) * 1000;
    lag = 0.9 * lag + 0.1 * Math.max(0, Date.now() - since - told);
  }

  deployment(object: Json): void {
    const status = record(object['status']) ?? {};
    const { replicas = 1 } = record(object['spec']) ?? {};
    const { generation } = record(object['metadata']) ?? {};
    const isObserved = number(status['observedGeneration']) === generation;
    const counts = ['replicas', 'updatedReplicas', 'availableReplicas'].map((field) => number(status[field]) ?? 0);
    const isComplete = isObserved && counts.every((count) => count === replicas);
    if (this.began === undefined) this.settled = isComplete && generation === 1;
    else if (Number(generation) > 1) {
      if (isComplete) this.ended ??= Date.now();
      if (mappings(status['conditions']).some(({ reason }) => reason === 'ProgressDeadlineExceeded'))
        this.givenUp = true;
    }
  }
}

/** Whether the moment at which it ends is told: a quota is asked again at moments that hang on how often it was asked before. */
const isTimed = ({ timed }: TimelineCase) => timed.quota === undefined;

/** Whether it is said to be given up while it is looked at. */
const isGivenUp = ({ said }: TimelineCase) => (said.givenUp ?? LONGEST) < LONGEST;

/** For how long it is looked at, in seconds. */
function watchedFor(one: TimelineCase): number {
  if (one.said.end !== undefined) return LONGEST;
  return Math.max(30, one.said.gone + 4, isGivenUp(one) ? one.said.givenUp! + 4 : 0);
}

/**
 * By how many seconds it may end sooner than said. The time at which a pod became ready is kept in whole seconds, rounded down, and minReadySeconds
 * counts from there: each time that pods become available may be a second too soon.
 */
function earliest({ timed, said }: TimelineCase): number {
  const rises = said.moments.filter(({ available }, i) => i > 0 && available > said.moments[i - 1]!.available).length;
  return 1.5 + ((timed.minReadySeconds ?? 0) > 0 ? rises : 0);
}

function differences({ one, highest, lowest, ended, givenUp, began }: Seen): string[] {
  const { said } = one;
  const end = ended === undefined ? undefined : (ended - began!) / 1000;
  const late = end !== undefined && said.end !== undefined ? end - said.end : 0;
  return [
    ...(highest === said.peak.counted ? [] : [`it has ${highest} pods at most, not ${said.peak.counted}`]),
    ...(lowest === said.lowest ? [] : [`${lowest} are available at least, not ${said.lowest}`]),
    ...((end === undefined) === (said.end === undefined) ? [] : [`it ends after ${end}, not ${said.end}`]),
    ...(isTimed(one) && (late < -earliest(one) || late > 3 + said.end! / 5)
      ? [`it ends after ${end}, not ${said.end}`]
      : []),
    ...(givenUp === isGivenUp(one) ? [] : [`given up: ${givenUp}, not ${said.givenUp}`]),
  ];
}

function deploymentOf({ name, timed }: TimelineCase): Json {
  const { strategy, replicas, minReadySeconds, progressDeadline } = timed;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: namespaceOf(name, timed) },
    spec: {
      replicas,
      minReadySeconds,
      progressDeadlineSeconds: progressDeadline,
      strategy:
        strategy.type === 'Recreate'
          ? { type: 'Recreate' }
          : { rollingUpdate: { maxSurge: strategy.surge, maxUnavailable: strategy.unavailable } },
      selector: { matchLabels: { case: name } },
      template: {
        metadata: {
          labels: { case: name, timed: 'true' },
          annotations: { revision: '1', 'ready-after': '100ms', 'stop-after': `${timed.stop}s` },
        },
        spec: {
          nodeName: NODE,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 600,
          containers: [{ name: 'a', image: 'a:1' }],
        },
      },
    },
  };
}

/** A quota has a namespace for itself. */
const namespaceOf = (name: string, { quota }: TimelineCase['timed']) => (quota === undefined ? NAMESPACE : name);

/** Follows all objects of a kind from now on, in the order in which they changed. */
function watch(server: ApiServer, path: string, look: (type: string, object: Json) => void): void {
  server.watch(path, (event) => look(String(event['type']), record(event['object']) ?? {}));
}

/** The same controllers, allowed more requests: with twenty in a second they would keep no time for so many Deployments at once. */
function hastenControllers(kubeconfig: string): void {
  const own = join(dirname(kubeconfig), 'controller-manager.kubeconfig');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const words = commandOf(pid);
    if (!words.includes('kube-controller-manager') || !words.includes(own)) continue;
    process.kill(Number(pid), 'SIGKILL');
    const [program = '', ...args] = words;
    const more = ['--kube-api-qps=2000', '--kube-api-burst=4000', '--concurrent-deployment-syncs=20'];
    const only = ['deployment', 'replicaset', 'resourcequota', 'namespace', 'node-lifecycle', 'serviceaccount'].map(
      (name) => `${name}-controller`,
    );
    spawn(program, [...args, ...more, '--concurrent-replicaset-syncs=20', `--controllers=${only.join()}`], {
      detached: true,
      stdio: 'ignore',
    }).unref();
    return;
  }
  throw new Error(`No controller manager runs with ${own}.`);
}

function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return []; // It has ended meanwhile.
  }
}

async function main(count: number, seed: number, out: string, kwok: string, stages: readonly string[]): Promise<void> {
  const kubeconfig = process.env['KUBECONFIG'] ?? '';
  const server = ApiServer.fromKubeconfig(kubeconfig);
  const start = Date.now();
  const at = () => `${((Date.now() - start) / 1000).toFixed(0)} s`;
  hastenControllers(kubeconfig);
  const simulator = spawn(
    kwok,
    [
      '--kubeconfig',
      kubeconfig,
      '--manage-nodes-with-annotation-selector',
      'timed=true',
      '--node-lease-duration-seconds',
      '40',
    ].concat(stages.flatMap((file) => ['--config', file])),
    { stdio: 'ignore' },
  );
  try {
    const cases = timelineCases(count, seed);
    const seen = new Map(cases.map((one) => [one.name, new Seen(one)]));
    await server.create('/api/v1/nodes', nodeObject(), false);
    await server.create('/api/v1/namespaces', namespaceObject(NAMESPACE), false);
    watch(server, '/api/v1/pods?labelSelector=timed', (type, pod) =>
      seen.get(strings(record(pod['metadata'])?.['labels'])['case'] ?? '')?.pod(type, pod),
    );
    watch(
      server,
      '/apis/apps/v1/deployments',
      (type, object) =>
        type !== 'DELETED' && seen.get(string(record(object['metadata'])?.['name']) ?? '')?.deployment(object),
    );
    const all = [...seen.values()];
    // Those that wait for their first pods stand before those whose change has begun.
    const created = (async () => {
      for (const { one } of all) {
        if (one.timed.quota !== undefined) await createQuota(server, one);
        await keepsTime();
        await create(server, one);
        await wait(1000 / PER_SECOND / 1.2);
      }
    })();
    for (const each of all) {
      const next = Date.now() + 1000 / PER_SECOND;
      await settled(each);
      await keepsTime();
      await begin(server, each);
      await wait(Math.max(0, next - Date.now()));
    }
    await created;
    console.log(`${all.length} rollouts have begun: ${at()}`);
    await finished(server, all);
    // A machine that is busy keeps no times: what came otherwise is asked again, some at a time. What is wrong is wrong each time.
    for (let again = 0; again < 3; again++) {
      const wrong = all.filter((each) => differences(each).length > 0);
      if (wrong.length === 0) break;
      console.log(`${wrong.length} are asked again: ${at()}`);
      for (const each of wrong) each.restart();
      for (const each of wrong) await remove(server, each.one);
      for (const each of wrong) {
        await keepsTime();
        await create(server, each.one);
        await settled(each);
        await begin(server, each);
      }
      await finished(server, wrong);
    }
    report(all, out);
    console.log(at());
  } finally {
    simulator.kill();
    server.close();
  }
}

const pathOf = ({ name, timed }: TimelineCase) => `/apis/apps/v1/namespaces/${namespaceOf(name, timed)}/deployments`;

async function create(server: ApiServer, one: TimelineCase): Promise<void> {
  const { status, body } = await server.create(pathOf(one), deploymentOf(one), false);
  if (status >= 300) throw new Error(JSON.stringify(body));
}

/** Removes a Deployment, its ReplicaSets and pods, at once. */
async function remove(server: ApiServer, one: TimelineCase): Promise<void> {
  const namespace = namespaceOf(one.name, one.timed);
  await server.remove(`${pathOf(one)}/${one.name}`);
  const selected = `labelSelector=${encodeURIComponent(`case=${one.name}`)}`;
  await server.remove(`/apis/apps/v1/namespaces/${namespace}/replicasets?${selected}`);
  await server.remove(`/api/v1/namespaces/${namespace}/pods?${selected}&gracePeriodSeconds=0`);
}

/** Waits until the machine keeps time. */
async function keepsTime(): Promise<void> {
  for (const until = Date.now() + 20_000; lag > LATE && Date.now() < until; lag *= 0.97) await wait(100);
}

async function settled(seen: Seen): Promise<void> {
  for (const until = Date.now() + 120_000; !seen.settled; await wait(50))
    if (Date.now() > until) throw new Error(`${seen.one.name} does not settle`);
}

/** Waits until each has been looked at for long enough. */
async function finished(server: ApiServer, all: readonly Seen[]): Promise<void> {
  const age = ({ began }: Seen) => Date.now() - began!;
  const isOpen = (seen: Seen) =>
    age(seen) < 1000 * (seen.ended === undefined ? watchedFor(seen.one) : seen.one.said.gone + 2);
  for (let round = 1; all.some(isOpen); round++) {
    // A controller that was refused by a quota comes back later and later; a change of any kind brings it back at once.
    if (round % 12 === 0)
      for (const seen of all.filter((each) => isOpen(each) && !isTimed(each.one) && each.ended === undefined))
        await nudge(server, seen.one);
    await wait(300);
  }
}

async function nudge(server: ApiServer, { name, timed }: TimelineCase): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespaceOf(name, timed)}/replicasets`;
  for (const set of await server.list(path))
    await server.patch(`${path}/${String(record(set['metadata'])?.['name'])}`, {
      metadata: { annotations: { nudged: String(Date.now()) } },
    });
}

async function begin(server: ApiServer, seen: Seen): Promise<void> {
  const { name, timed } = seen.one;
  const late = timed.ready === undefined ? null : `${timed.start + timed.ready}s`;
  seen.began = Date.now();
  seen.count();
  await server.patch(`/apis/apps/v1/namespaces/${namespaceOf(name, timed)}/deployments/${name}`, {
    spec: { template: { metadata: { annotations: { revision: '2', 'ready-after': late } } } },
  });
}

function report(all: readonly Seen[], out: string): void {
  const wrong = all.flatMap((seen) => {
    const found = differences(seen);
    const { ended, began, highest, lowest, givenUp, one } = seen;
    return found.length === 0
      ? []
      : [{ found, one, highest, lowest, givenUp, ended: ended && (ended - began!) / 1000 }];
  });
  writeFileSync(out, JSON.stringify(wrong, null, 1));
  for (const { found, one } of wrong.slice(0, 20))
    console.log(`${one.name}: ${found.join('; ')}: ${JSON.stringify(one.timed)}`);
  const late = all.filter(({ one, ended }) => isTimed(one) && ended !== undefined && one.said.end !== undefined);
  const most = Math.max(0, ...late.map(({ one, ended, began }) => (ended! - began!) / 1000 - one.said.end!));
  const of = (test: (one: TimelineCase) => boolean) => all.filter(({ one }) => test(one)).length;
  console.log(
    `${all.length} rollouts: ${of(({ said }) => said.end === undefined)} never end, ${of(({ timed }) => timed.strategy.type === 'Recreate')} Recreate, ${of(({ timed }) => timed.quota !== undefined)} with a quota, ${of(isGivenUp)} given up; ends up to ${most.toFixed(1)} s later than said; ${wrong.length} came otherwise`,
  );
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

async function createQuota(server: ApiServer, { name, timed }: TimelineCase): Promise<void> {
  await server.create('/api/v1/namespaces', namespaceObject(name), false);
  await server.create(
    `/api/v1/namespaces/${name}/resourcequotas`,
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'quota', namespace: name },
      spec: { hard: { pods: String(timed.quota) } },
    },
    false,
  );
}

function namespaceObject(name: string): Json {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function nodeObject(): Json {
  const amounts = { cpu: '1000', memory: '1000Gi', pods: '10000' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE, annotations: { timed: 'true' }, labels: { 'kubernetes.io/hostname': NODE } },
    status: { allocatable: amounts, capacity: amounts },
  };
}

const [count = '500', seed = '1', out = 'oracle-timeline.json', kwok = '', ...stages] = process.argv.slice(2);
void main(Number(count), Number(seed), out, kwok, stages);
