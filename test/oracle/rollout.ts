/**
 * The controllers and the scheduler of a real cluster as the oracle of simulate/rollout: whether the rollout of a changed template
 * finishes, and where it stalls with which pods. The nodes are simulated, and each case has its own.
 *
 *   cluster up --nodes 0 --fake 1
 *   npm run oracle:rollout -- [CASES] [SEED] [OUT]      (STRATA_TEST_CLUSTER, STRATA_CLUSTER: see run.mjs)
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../../manifests/resource';
import { mappings, number, Resource, record, string, strings } from '../../manifests/resource';
import type { RolloutNumbers } from '../../simulate/rollout/reason';
import type { WorkloadRollout } from '../../simulate/rollout/rollouts';
import { simulateRollouts } from '../../simulate/rollout/rollouts';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { ApiServer } from './api-server';
import { random } from './mutate';
import type { RolloutCase } from './rollout-cases';
import { caseOf, pathOf } from './rollout-cases';
import { createAll, isReady, nameOf } from './simulated-nodes';

/** So many cases run at once. */
const AT_ONCE = 60;
/** What has not changed for so many milliseconds has settled. */
const QUIET = 16_000;
/** A controller that was refused by a quota comes back later and later, after 16 minutes in the end. */
const PATIENCE = 240_000;

const KINDS = [
  ['/api/v1/nodes', 'Node', 'v1'],
  ['/api/v1/pods', 'Pod', 'v1'],
  ['/api/v1/resourcequotas', 'ResourceQuota', 'v1'],
  ['/api/v1/limitranges', 'LimitRange', 'v1'],
  ['/api/v1/persistentvolumes', 'PersistentVolume', 'v1'],
  ['/api/v1/persistentvolumeclaims', 'PersistentVolumeClaim', 'v1'],
  ['/apis/apps/v1/deployments', 'Deployment', 'apps/v1'],
  ['/apis/apps/v1/replicasets', 'ReplicaSet', 'apps/v1'],
  ['/apis/apps/v1/statefulsets', 'StatefulSet', 'apps/v1'],
  ['/apis/apps/v1/daemonsets', 'DaemonSet', 'apps/v1'],
] as const;

/** All that there is, by namespace; nodes and volumes by the case that they are of. */
async function dump(server: ApiServer): Promise<Map<string, Json[]>> {
  const found = new Map<string, Json[]>();
  await Promise.all(
    KINDS.map(async ([path, kind, apiVersion]) => {
      for (const item of await server.list(path)) {
        const { name, namespace, labels } = record(item['metadata']) ?? {};
        const key = String(namespace ?? strings(labels)['case'] ?? name);
        const there = found.get(key);
        const object = { ...item, apiVersion, kind };
        if (there) there.push(object);
        else found.set(key, [object]);
      }
    }),
  );
  return found;
}

const isMain = (pod: Json) => pod['kind'] === 'Pod' && strings(record(pod['metadata'])?.['labels'])['app'] === 'main';
const isGoing = (pod: Json) => record(pod['metadata'])?.['deletionTimestamp'] !== undefined;
const isNew = (pod: Json) => strings(record(pod['metadata'])?.['annotations'])['revision'] === '2';
const nodeOf = (pod: Json) => string(record(pod['spec'])?.['nodeName']);

function specOf(objects: readonly Json[], kind: string): number {
  return objects
    .filter((object) => object['kind'] === kind)
    .filter(
      (object) =>
        mappings(record(object['metadata'])?.['ownerReferences']).some(({ name }) => name === 'main') ||
        nameOf(object) === 'main',
    )
    .reduce((sum, object) => {
      const { replicas } = record(object['spec']) ?? {};
      return sum + (number(replicas) ?? number(record(object['status'])?.['desiredNumberScheduled']) ?? 0);
    }, 0);
}

/** The pods of the workload, as they are. */
function numbersIn(objects: readonly Json[], kind: string): RolloutNumbers {
  const pods = objects.filter((object) => isMain(object) && !isGoing(object));
  const of = (fresh: boolean) => {
    const own = pods.filter((pod) => isNew(pod) === fresh);
    const pending = own.filter((pod) => nodeOf(pod) === undefined).length;
    const ready = own.filter(isReady).length;
    return { ready, unready: own.length - pending - ready, pending };
  };
  const wanted = specOf(objects, kind === 'Deployment' ? 'ReplicaSet' : kind);
  return { old: of(false), new: of(true), missing: Math.max(0, wanted - pods.length) };
}

/** Whether pods are missing that a quota would admit now: a controller that was refused has not come back yet. */
async function isWaiting(
  server: ApiServer,
  { namespace, workload }: RolloutCase,
  objects: readonly Json[],
): Promise<boolean> {
  if (objects.some((object) => isMain(object) && isGoing(object))) return true;
  // In order, the next pod of a StatefulSet comes when the one before is ready.
  const ready = objects.filter((object) => isMain(object)).every(isReady);
  const isOrdered = record(workload['spec'])?.['podManagementPolicy'] === 'OrderedReady';
  if (numbersIn(objects, String(workload['kind'])).missing === 0 || (isOrdered && !ready)) return false;
  const template = record(record(workload['spec'])?.['template']);
  const { status } = await server.create(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...record(template?.['metadata']), name: 'asks' },
    spec: template?.['spec'],
  });
  if (status >= 300) return false;
  // A change of any kind brings it back at once.
  const nudge = { metadata: { annotations: { nudged: String(Date.now()) } } };
  for (const object of objects)
    if (['ReplicaSet', 'StatefulSet', 'DaemonSet'].includes(String(object['kind'])))
      await server.patch(`${pathOf(object, namespace)}/${nameOf(object)}`, nudge);
  return true;
}

function worldOf(objects: readonly Json[]): World {
  const resources = objects.map((object, i) => new Resource(object, { file: 'live.yaml', text: '' }, i));
  const isNode = ({ kind }: Resource) => kind === 'Node';
  return new World(
    resources.filter((resource) => !isNode(resource)),
    new Facts(resources.filter(isNode)),
  );
}

function predicted(objects: readonly Json[], unready: boolean): WorkloadRollout {
  return simulateRollouts(worldOf(objects), { unready })!.find(({ workload }) => workload.resource.name === 'main')!;
}

/** Waits until nothing has changed for long; `look` sees each state of each case. */
async function settle(
  server: ApiServer,
  cases: readonly RolloutCase[],
  look: (one: RolloutCase, objects: readonly Json[]) => Promise<void>,
): Promise<Map<string, Json[]>> {
  const last = new Map<string, { readonly text: string; readonly since: number }>();
  const start = Date.now();
  for (;;) {
    const found = await dump(server);
    let open = 0;
    for (const one of cases) {
      const objects = found.get(one.namespace) ?? [];
      await look(one, objects);
      const text = JSON.stringify(
        objects
          .filter((object) => object['kind'] !== 'Node')
          .map((object) => [
            nameOf(object),
            record(object['spec'])?.['replicas'],
            nodeOf(object),
            isReady(object),
            isGoing(object),
            record(object['metadata'])?.['generation'],
          ])
          .sort(),
      );
      const before = last.get(one.namespace);
      const since = before?.text === text ? before.since : Date.now();
      last.set(one.namespace, { text, since });
      const isOpen =
        Date.now() - since < QUIET || (Date.now() - start < PATIENCE && (await isWaiting(server, one, objects)));
      if (isOpen) open += 1;
    }
    if (open === 0) return found;
    await wait(700);
  }
}

const unreadyStatus = { status: { conditions: [{ type: 'Ready', status: 'False' }] } };

/** What differs between what came and what was predicted. */
function differences(rollout: WorkloadRollout, numbers: RolloutNumbers, isDone: boolean): string[] {
  const { verdict, ends, isWhole } = rollout;
  const wrong: string[] = [];
  if (verdict === 'finishes' && !isDone) wrong.push('it stalls');
  if (verdict === 'stalls' && isDone) wrong.push('it finishes');
  const text = JSON.stringify(numbers);
  const found = ends.map((end) => JSON.stringify(end.numbers));
  if (isWhole && wrong.length === 0 && !found.includes(text)) wrong.push(`it ends with ${text}`);
  return wrong;
}

interface Outcome {
  readonly verdicts: readonly string[];
  readonly wrong: readonly object[];
}

async function runBatch(server: ApiServer, cases: readonly RolloutCase[]): Promise<Outcome> {
  await Promise.all(cases.map((one) => createAll(server, one)));
  const broken = new Map<string, Set<string>>();
  const patchUnready = (namespace: string, pod: Json) =>
    server.patch(`/api/v1/namespaces/${namespace}/pods/${nameOf(pod)}/status`, unreadyStatus);
  await settle(server, cases, async (one, objects) => {
    if (one.broken === 0 || broken.has(one.namespace)) return;
    const ready = objects.filter((object) => isMain(object) && isReady(object));
    if (ready.length < Math.min(2, one.broken)) return;
    broken.set(one.namespace, new Set(ready.slice(0, one.broken).map(nameOf)));
    for (const pod of ready.slice(0, one.broken)) await patchUnready(one.namespace, pod);
  });
  const before = await dump(server);
  const seen = new Map<string, { peak: number; lowest: number }>();
  await Promise.all(
    cases.map(({ namespace, workload }) =>
      server.patch(`${pathOf(workload, namespace)}/main`, {
        spec: { template: { metadata: { annotations: { revision: '2' } } } },
      }),
    ),
  );
  const after = await settle(server, cases, async ({ namespace, unready, workload }, objects) => {
    const pods = objects.filter((object) => isMain(object) && !isGoing(object));
    const { peak, lowest } = seen.get(namespace) ?? { peak: 0, lowest: Number.POSITIVE_INFINITY };
    seen.set(namespace, {
      // A ReplicaSet may make pods before the other one has deleted its own, so no more count than they are told to have.
      peak: Math.max(
        peak,
        Math.min(pods.length, workload['kind'] === 'Deployment' ? specOf(objects, 'ReplicaSet') : 1e9),
      ),
      lowest: Math.min(lowest, pods.filter((pod) => isReady(pod) && !(unready && isNew(pod))).length),
    });
    if (unready && workload) for (const pod of pods) if (isNew(pod) && isReady(pod)) await patchUnready(namespace, pod);
  });
  const verdicts: string[] = [];
  const wrong: object[] = [];
  for (const one of cases) {
    const { namespace, nodes, objects, unready, workload } = one;
    const kind = String(workload['kind']);
    const end = after.get(namespace) ?? [];
    const numbers = numbersIn(end, kind);
    const status = record(end.find((object) => object['kind'] === kind && nameOf(object) === 'main')?.['status']);
    const total =
      kind === 'DaemonSet'
        ? (number(status?.['desiredNumberScheduled']) ?? 0)
        : (number(record(workload['spec'])?.['replicas']) ?? 1);
    const partition =
      number(record(record(record(workload['spec'])?.['updateStrategy'])?.['rollingUpdate'])?.['partition']) ?? 0;
    const kept = kind === 'StatefulSet' ? Math.min(total, partition) : 0;
    const isDone =
      numbers.new.ready === total - kept &&
      numbers.old.ready === kept &&
      numbers.new.unready + numbers.old.unready + numbers.new.pending + numbers.old.pending === 0;
    const given = before.get(namespace) ?? [];
    const live = predicted(given, unready);
    const { peak, lowest } = seen.get(namespace)!;
    const found = differences(live, numbers, isDone);
    if (live.isWhole && peak > live.peak!) found.push(`it has ${peak} pods, not ${live.peak}`);
    if (live.isWhole && lowest < live.lowest!) found.push(`it has ${lowest} ready pods, not ${live.lowest}`);
    // From the manifests alone, wherever the pods are.
    // A node that is late with its lease for a moment leaves pods that are not ready, of which manifests know nothing.
    const isWell = given.filter((object) => isMain(object) && nodeOf(object) !== undefined).every(isReady);
    const written = one.broken > 0 || !isWell ? undefined : predicted([...nodes, ...objects], unready);
    const foundWritten = written
      ? differences(written, numbers, isDone).map((text) => `by the manifests: ${text}`)
      : [];
    verdicts.push(`${kind} ${live.verdict}`, ...(written ? [`by the manifests: ${written.verdict}`] : []));
    if (found.length + foundWritten.length > 0)
      wrong.push({
        namespace,
        wrong: [...found, ...foundWritten],
        numbers,
        said: [live, written].map(
          (each) => each && [each.verdict, each.reason, each.ends.map((end) => end.numbers).slice(0, 5)],
        ),
        one,
        before: given.map((object) => ({
          ...object,
          metadata: { ...record(object['metadata']), managedFields: undefined },
        })),
      });
  }
  await Promise.all(
    cases.map(async ({ namespace, nodes }) => {
      await server.remove(`/api/v1/namespaces/${namespace}`);
      await server.remove(`/api/v1/persistentvolumes/${namespace}`);
      for (const node of nodes) await server.remove(`/api/v1/nodes/${nameOf(node)}`);
    }),
  );
  return { verdicts, wrong };
}

async function main(count: number, seed: number, out: string): Promise<void> {
  const server = ApiServer.fromKubeconfig(process.env['KUBECONFIG'] ?? '');
  const next = random(seed);
  const wrong: object[] = [];
  const counts = new Map<string, number>();
  for (let first = 0; first < count; first += AT_ONCE) {
    const cases = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) =>
      caseOf(`roll-${seed}-${first + i}`, next),
    );
    const outcome = await runBatch(server, cases);
    wrong.push(...outcome.wrong);
    for (const verdict of outcome.verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    console.log(`${first + cases.length} rollouts: ${wrong.length} came otherwise`);
    writeFileSync(out, JSON.stringify(wrong, null, 1));
  }
  console.log(
    [...counts]
      .sort()
      .map(([verdict, each]) => `${each} ${verdict}`)
      .join(', '),
  );
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

const [count = '320', seed = '1', out = 'oracle-rollout.json'] = process.argv.slice(2);
void main(Number(count), Number(seed), out);
