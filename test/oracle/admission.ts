/**
 * A cluster as the oracle of the checks of LimitRanges, ResourceQuotas and PodDisruptionBudgets: random pods are offered to its
 * API server in namespaces with limits and quotas, and its disruption controller says which budgets let nothing be evicted.
 *
 *   STRATA_TEST_CLUSTER=path/to/cluster npm run oracle:admission -- [NAMESPACES] [SEED]
 *
 * The test cluster must be up and have room for 350 pods: four simulated nodes are enough. Each namespace gets 16 pods. It
 * leaves its namespaces behind: take the cluster down afterwards.
 */
import { writeFileSync } from 'node:fs';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import type { Json } from '../../manifests/resource';
import { Resource, record, string } from '../../manifests/resource';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { admissionCases, disruptionCases } from './admission-cases';
import { ApiServer } from './api-server';
import { random } from './mutate';

interface Disagreement {
  readonly object: unknown;
  readonly server: string;
  readonly ours: string;
}

/** What our checks of these ids fail, by the name of the object. */
function failures(objects: readonly Json[], ids: readonly string[]): ReadonlyMap<string, string> {
  const world = new World(
    objects.map((object) => new Resource(object, { file: 'oracle', text: '' }, 0)),
    new Facts([]),
  );
  const found = runChecks(
    world,
    checks.filter(({ id }) => ids.includes(id)),
  ).filter(({ verdict }) => verdict === 'fail');
  return new Map(
    found.map(({ object, check, path, message }) => [object.split('/')[2] ?? '', `${check} ${path} ${message}`]),
  );
}

const PLURALS: Readonly<Record<string, string>> = {
  Deployment: 'apis/apps/v1 deployments',
  StatefulSet: 'apis/apps/v1 statefulsets',
  Job: 'apis/batch/v1 jobs',
  PodDisruptionBudget: 'apis/policy/v1 poddisruptionbudgets',
  Pod: 'api/v1 pods',
  LimitRange: 'api/v1 limitranges',
  ResourceQuota: 'api/v1 resourcequotas',
  ServiceAccount: 'api/v1 serviceaccounts',
};

function pathOf(kind: string, namespace: string): string {
  if (kind === 'Namespace') return '/api/v1/namespaces';
  const [root, plural] = (PLURALS[kind] ?? '').split(' ');
  return `/${root}/namespaces/${namespace}/${plural}`;
}

function nameOf(object: Json): string {
  return string(record(object['metadata'])?.['name']) ?? '';
}

async function create(
  server: ApiServer,
  object: Json,
  dryRun: boolean,
): Promise<{ readonly status: number; readonly words: string }> {
  const { status, body } = await server.create(
    pathOf(String(object['kind']), string(record(object['metadata'])?.['namespace']) ?? ''),
    object,
    dryRun,
  );
  return { status, words: string(body['message']) ?? '' };
}

/** Creates what later questions rely on; what is there already stays. */
async function set(server: ApiServer, objects: readonly Json[]): Promise<void> {
  for (const object of objects) {
    const { status, words } = await create(server, object, false);
    if (status >= 300 && status !== 409)
      throw new Error(`${String(object['kind'])} ${nameOf(object)}: ${status} ${words}`);
  }
}

const pause = (seconds: number): Promise<void> => new Promise((done) => setTimeout(done, seconds * 1000));

async function admission(server: ApiServer, namespaces: number, seed: number): Promise<Disagreement[]> {
  const { setup, pods } = admissionCases(namespaces, random(seed));
  await set(server, setup);
  // Quotas are enforced once their controller has counted.
  await pause(10);
  const ours = failures([...setup, ...pods], ['limitrange-conforms', 'request-le-limit', 'quota-forces-requests']);
  const wrong: Disagreement[] = [];
  let refused = 0;
  for (const pod of pods) {
    const { status, words } = await create(server, pod, true);
    const own = ours.get(nameOf(pod)) ?? '';
    if (status >= 300) refused++;
    if (status >= 300 !== (own !== '')) wrong.push({ object: pod, server: words, ours: own });
  }
  console.log(`LimitRanges and quotas: ${pods.length} pods, ${refused} refused, ${wrong.length} disagreements`);
  return wrong;
}

/** The budgets' status, once every one has been counted and no number has changed for 15 seconds. */
async function settled(server: ApiServer, namespace: string, budgets: number): Promise<ReadonlyMap<string, Json>> {
  let before = '';
  let same = 0;
  for (let tries = 0; tries < 60; tries++) {
    await pause(5);
    const items = await server.list(pathOf('PodDisruptionBudget', namespace));
    const status = new Map(items.map((item) => [nameOf(item), record(item['status']) ?? {}]));
    const now = JSON.stringify(
      [...status.values()].map(({ currentHealthy, disruptionsAllowed, expectedPods }) => [
        currentHealthy,
        disruptionsAllowed,
        expectedPods,
      ]),
    );
    same = now === before ? same + 1 : 0;
    // One that cannot be counted has a condition and no generation.
    if (
      same >= 3 &&
      status.size === budgets &&
      [...status.values()].every(({ conditions }) => conditions !== undefined)
    )
      return status;
    before = now;
  }
  throw new Error('the budgets do not come to rest');
}

async function disruption(server: ApiServer): Promise<Disagreement[]> {
  const namespace = 'disruption';
  const objects = disruptionCases(namespace);
  const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');
  await set(server, objects);
  const status = await settled(server, namespace, budgets.length);
  const ours = failures(objects, ['pdb-allows-eviction']);
  const blocked = (budget: Json): boolean => (status.get(nameOf(budget))?.['disruptionsAllowed'] ?? 0) === 0;
  const wrong = budgets.filter((budget) => blocked(budget) !== ours.has(nameOf(budget)));
  console.log(
    `PodDisruptionBudgets: ${budgets.length}, ${budgets.filter(blocked).length} of them allow no eviction, ${wrong.length} disagreements`,
  );
  return wrong.map((budget) => ({
    object: budget,
    server: JSON.stringify(status.get(nameOf(budget))),
    ours: ours.get(nameOf(budget)) ?? '',
  }));
}

async function main(namespaces: number, seed: number, out: string): Promise<void> {
  const server = ApiServer.fromKubeconfig(process.env.KUBECONFIG ?? '');
  const wrong = [...(await admission(server, namespaces, seed)), ...(await disruption(server))];
  writeFileSync(out, JSON.stringify(wrong, null, 1));
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

const [namespaces = '60', seed = '1', out = 'oracle-admission.json'] = process.argv.slice(2);
void main(Number(namespaces), Number(seed), out);
