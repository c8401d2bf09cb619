/**
 * API servers and controllers as the oracle of what a change does: each object is applied, then applied again with a change, by one
 * manager of server-side apply. Told are whether it is refused, whether anything changed, and whether there is a new revision of the pods;
 * the refusals are compared with `immutableChanges`.
 *
 *   STRATA_TEST_CLUSTER=path/to/cluster npm run oracle:changes -- [PAIRS] [SEED] [OUT]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Json } from '../../manifests/resource';
import { mappings, Resource, record, string } from '../../manifests/resource';
import { immutableChanges } from '../../upstream/kubernetes/immutable';
import type { Kind } from '../../upstream/kubernetes/model';
import { ApiServer } from './api-server';
import { changesOf } from './changes-cases';
import { seedsOf } from './defaults-cases';

/** One change, and what became of it. */
interface Told {
  readonly what: string;
  readonly old: Json;
  readonly new: Json;
  readonly refused: string | undefined;
  /** Whether `metadata.generation` rose. */
  readonly generation: boolean;
  /** Whether there is a new ReplicaSet or ControllerRevision. */
  readonly revision: boolean;
  /** Whether the object has the same `resourceVersion` as before. */
  readonly unchanged: boolean;
}

interface Pair {
  readonly what: string;
  readonly path: string;
  readonly old: Json;
  readonly next: Json;
  uid: string;
  before?: Json;
  after?: Json;
  refused?: string;
}

async function main(minor: number, count: number, seed: number, out: string, files: readonly string[]) {
  const server = ApiServer.fromKubeconfig(process.env.KUBECONFIG ?? '');
  const oracle = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'oracle' } };
  await server.create('/api/v1/namespaces', oracle, false);
  const seeds = seedsOf(
    files.map((file) => ({ file, text: readFileSync(file, 'utf8') })),
    minor,
  );
  const next = changesOf(seeds, seed);
  const pairs: Pair[] = [];
  const told: Told[] = [];
  const inParallel = (each: () => Promise<boolean>) =>
    Promise.all(
      Array.from({ length: 8 }, async () => {
        while (await each());
      }),
    );
  await inParallel(async () => {
    if (pairs.length >= count) return false;
    const { old, now, what, kind } = next(pairs.length);
    const path = pathOf(kind, old);
    // A change to what is wrong by itself says nothing of changes.
    for (const object of [old, now]) if (!(await accepts(server, path, object))) return true;
    const { status, body } = await server.apply(path, old);
    if (status < 300) pairs.push({ what, path, old, next: now, uid: string(record(body['metadata'])?.['uid']) ?? '' });
    return true;
  });
  await settled(server);
  await each(pairs, async (pair) => {
    pair.before = await server.get(pair.path);
    const { status, body } = await server.apply(pair.path, pair.next);
    if (status < 300) pair.after = body;
    else pair.refused = string(body['message']) ?? String(status);
  });
  await settled(server);
  const revisions = await revisionsOf(server);
  for (const pair of pairs) {
    const [before, after] = [pair.before, pair.after ?? pair.before].map(
      (object) => record(object?.['metadata']) ?? {},
    );
    told.push({
      what: pair.what,
      old: pair.old,
      new: pair.next,
      refused: pair.refused,
      generation: before?.['generation'] !== after?.['generation'],
      revision: (revisions.get(pair.uid) ?? 0) > 1,
      unchanged: before?.['resourceVersion'] === after?.['resourceVersion'],
    });
  }
  await each(pairs, async ({ path }) => void (await server.remove(path)));
  report(told, minor, out);
}

async function accepts(server: ApiServer, path: string, object: Json): Promise<boolean> {
  const metadata = record(object['metadata']) ?? {};
  const other = `${string(metadata['name'])}-x`;
  const kind = string(object['kind']) ?? '';
  const renamed = /^(CustomResourceDefinition|APIService)$/.test(kind)
    ? object
    : { ...object, metadata: { ...metadata, name: other } };
  const at = renamed === object ? path : `${path}-x`;
  return (await server.apply(at, renamed, true)).status < 300;
}

/** Waits until the controllers have seen every workload as it is. */
async function settled(server: ApiServer): Promise<void> {
  for (let times = 0; times < 100; times++) {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const workloads = await Promise.all(
      ['deployments', 'statefulsets', 'daemonsets'].map((kind) =>
        server.list(`/apis/apps/v1/namespaces/oracle/${kind}`),
      ),
    );
    const behind = workloads
      .flat()
      .filter(({ metadata, status }) => record(metadata)?.['generation'] !== record(status)?.['observedGeneration']);
    if (behind.length === 0) return;
  }
}

async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let one = left.pop(); one; one = left.pop()) await work(one);
    }),
  );
}

/** How many revisions each owner has. */
async function revisionsOf(server: ApiServer): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const kind of ['replicasets', 'controllerrevisions'])
    for (const object of await server.list(`/apis/apps/v1/namespaces/oracle/${kind}`))
      for (const { uid } of mappings(record(object['metadata'])?.['ownerReferences']))
        counts.set(string(uid) ?? '', (counts.get(string(uid) ?? '') ?? 0) + 1);
  return counts;
}

function pathOf({ apiVersion, namespaced, plural }: Kind, object: Json): string {
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  return `${root}/${apiVersion}${namespaced ? '/namespaces/oracle' : ''}/${plural}/${string(record(object['metadata'])?.['name'])}`;
}

function report(told: readonly Told[], minor: number, out: string): void {
  const wrong = told.flatMap((one) => {
    const [old, now] = [one.old, one.new].map((object) => new Resource(object, { file: '', text: '' }, 0));
    const ours = immutableChanges(old!, now!, minor);
    // A claim that is not bound yet cannot grow, nor can one of a class that does not let it.
    if (
      /bound claims|only dynamically provisioned|storage.*forbidden/s.test(one.refused ?? '') &&
      ours.length === 0 &&
      one.what.includes('requests')
    )
      return [];
    return ours.length > 0 === (one.refused !== undefined) ? [] : [{ ...one, ours }];
  });
  const count = (test: (one: Told) => boolean) => told.filter(test).length;
  console.log(`1.${minor}: ${told.length} changes of ${new Set(told.map(({ old }) => old['kind'])).size} kinds`, {
    refused: count(({ refused }) => refused !== undefined),
    'a new revision': count(({ revision }) => revision),
    'a new generation': count(({ generation }) => generation),
    'the same object': count(({ unchanged }) => unchanged),
    'not as immutableChanges says': wrong.length,
  });
  writeFileSync(out, JSON.stringify({ wrong, told }, null, 1));
  if (wrong.length > 0) process.exitCode = 1;
}

const [minor = '35', count = '600', seed = '1', out = 'oracle.json', ...files] = process.argv.slice(2);
void main(Number(minor), Number(count), Number(seed), out, files);
