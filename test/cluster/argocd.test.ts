/**
 * Argo CD delivers the target kind/dev from a Git server, by the rendered projects and ApplicationSet. Of these only the
 * address of the repository is changed; the clusters of the other targets are unknown here, so their Applications stay as they are.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { kind } from '../../clusters/kind';
import { delivery } from '../../environments/delivery';
import { type Application, delivered, installArgoCd, nameOfResult, ownClusterAs, refresh } from './support/argocd';
import { Cluster } from './support/cluster';
import { GitRepository } from './support/git';
import { loadImages } from './support/images';
import { type KubernetesObject, nameOf, type Pod, type Workload } from './support/kubernetes';
import { oneOfEachPool, shapeNodes } from './support/nodes';
import { DIST, filesOf, objectsOf } from './support/rendered';
import { NotTried, say, testOn } from './support/report';
import { waitFor } from './support/wait';

const TARGET = 'kind/dev';
const APP = 'course-dev';
const APPLICATION = 'course-dev-kind';
const ARGO = delivery.argoNamespace;
const WAVE = 'argocd.argoproj.io/sync-wave';

const cluster = new Cluster('provepod');
const objects = objectsOf(TARGET);
let repository: GitRepository;
let isDelivered = false;

/** A test of what Argo CD does with a target that it delivered. */
const proof = (name: string, run: () => Promise<void>) =>
  testOn(cluster, name, async () => {
    if (isDelivered) return run();
    throw new NotTried(`${TARGET} was not delivered`);
  });

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 2 });
  say((await shapeNodes(cluster, oneOfEachPool(kind))).join(', '));
  await loadImages(cluster, objects);
  await installArgoCd(cluster, ARGO);
  repository = await GitRepository.of(cluster);
  await repository.commit('the rendered tree', (folder) =>
    cpSync(DIST, join(folder, delivery.folder), { recursive: true }),
  );
  say(`a cluster of two nodes with its images, Argo CD and a Git server: ${seconds(started)}`);
}, 60 * 60_000);

afterAll(() => cluster.close());

testOn(cluster, 'syncs everything, and everything becomes healthy', async () => {
  const started = Date.now();
  await cluster.apply(ownClusterAs(kind.argoCluster, ARGO));
  for (const file of ['projects.yaml', 'applicationset.yaml'])
    await cluster.tool(['kubectl', 'apply', '-f', '-'], { input: rendered(file) });
  const { status } = await healthy(300);
  isDelivered = true;
  say(`synced and healthy: ${seconds(started)}; tries: ${1 + (status?.operationState?.retryCount ?? 0)}`);
});

proof('has of the set the same Application that is also rendered one by one', async () => {
  const alone = (loadAll(rendered('applications/applications.yaml')) as KubernetesObject[]).find(
    ({ metadata }) => metadata.name === APPLICATION,
  );
  expect((await application()).spec).toEqual(alone?.spec);
});

proof('waits with every wave until the one before is ready', async () => {
  const readyAt = async (app: string) =>
    Math.min(...(await cluster.list<Pod>(APP, 'pods', `app.kubernetes.io/name=${app}`)).map(readySince));
  const madeAt = async (workload: string, name: string) =>
    time((await cluster.get(APP, workload, name)).metadata.creationTimestamp);
  expect(await madeAt('deployment', 'web')).toBeGreaterThanOrEqual(await readyAt('redis'));
  expect(await madeAt('statefulset', 'prometheus')).toBeGreaterThanOrEqual(await readyAt('web'));
});

proof('creates every object after all of the waves before it', async () => {
  const made = await Promise.all(
    objects.map(async (object) => {
      const { name, namespace = 'default', annotations = {} } = object.metadata;
      const group = object.apiVersion.split('/').slice(0, -1).join('.');
      const kindOf = [object.kind, ...(group ? [object.apiVersion.split('/')[1], group] : [])].join('.');
      const { metadata } = await cluster.get(namespace, kindOf, name);
      return { wave: Number(annotations[WAVE] ?? 0), at: time(metadata.creationTimestamp), name: nameOf(object) };
    }),
  );
  const waves = [...new Set(made.map(({ wave }) => wave))].sort((a, b) => a - b);
  expect(waves.length).toBeGreaterThan(3);
  for (const [i, wave] of waves.slice(1).entries()) {
    const before = Math.max(...made.filter((one) => one.wave <= waves[i]!).map(({ at }) => at));
    expect(made.filter((one) => one.wave === wave && one.at < before).map(({ name }) => name)).toEqual([]);
  }
  const first = Math.min(...made.map(({ at }) => at));
  const seen = waves.map((wave) => {
    const own = made.filter((one) => one.wave === wave);
    return `${own.length} in wave ${wave} from ${(Math.min(...own.map(({ at }) => at)) - first) / 1000} s`;
  });
  say(seen.join(', '));
});

proof('brings back what somebody deleted', async () => {
  const uid = async () => (await cluster.get(APP, 'service', 'web')).metadata.uid;
  const before = await uid();
  await cluster.kubectl('delete', 'service', 'web', '-n', APP);
  await waitFor('the Service', 60, async () => expect(await uid()).not.toBe(before));
});

proof('takes back replicas set by hand, and leaves those of an autoscaler alone', async () => {
  const replicas = async (name: string) => (await cluster.get<Workload>(APP, 'deployment', name)).spec.replicas;
  const { operationState: before } = (await healthy(60)).status!;
  await cluster.kubectl('scale', 'deployment', 'web', '--replicas=3', '-n', APP);
  await cluster.kubectl('scale', 'deployment', 'exporter', '--replicas=2', '-n', APP);
  const { operationState: after } = await waitFor('another sync', 60, async () => {
    const { status } = await application();
    expect(status!.operationState!.startedAt).not.toBe(before!.startedAt);
    expect(status!.operationState!.phase).toBe('Succeeded');
    return status!;
  });
  expect(after!.syncResult!.resources!.map(nameOfResult)).toEqual([`Deployment ${APP}/exporter`]);
  expect(await replicas('exporter')).toBe(1);
  // How many there are of web is not looked at: the autoscaler itself may have taken some away by now.
});

proof('refuses a kind that is not rendered', async () => {
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'slipped-in', namespace: APP },
    rules: [],
  };
  await push('a Role', (folder) => writeFileSync(join(folder, '99-role.yaml'), JSON.stringify(role)));
  await waitFor('a refusal', 60, async () => {
    const messages = (await application()).status?.operationState?.syncResult?.resources?.map(
      (one) => `${nameOfResult(one)}: ${one.message}`,
    );
    expect(messages).toContainEqual(
      expect.stringMatching(`Role ${APP}/slipped-in: .*not permitted in project course-dev`),
    );
  });
  expect(await cluster.list(APP, 'roles')).toEqual([]);
});

proof('delivers the next commit soon after a refused one', async () => {
  const started = Date.now();
  await repository.revert();
  await refresh(cluster, ARGO, APPLICATION);
  await healthy(180);
  say(`synced and healthy without the Role: ${seconds(started)}`);
});

proof('removes a ConfigMap when no pod needs it any more, not before', async () => {
  const [old] = objects.filter(({ kind: k, metadata }) => k === 'ConfigMap' && metadata.name.startsWith('web-config-'));
  const changed = 'web-config-changed';
  const [file = ''] = [...filesOf(TARGET)].find(([, text]) => text.includes(old!.metadata.name)) ?? [];
  await push('another version', (folder) => {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(
      join(folder, file),
      text.replaceAll(old!.metadata.name, changed).replace(/^ {2}VERSION: .*$/m, '  VERSION: changed'),
    );
  });
  await waitFor(
    'the old ConfigMap gone',
    240,
    async () =>
      expect(await cluster.kubectl('get', 'configmaps', '-n', APP, '-o', 'name')).not.toContain(old!.metadata.name),
    0.2,
  );
  const { spec, status } = await cluster.get<Workload>(APP, 'deployment', 'web');
  expect(JSON.stringify(spec.template)).toContain(changed);
  expect(status).toMatchObject({
    replicas: spec.replicas,
    updatedReplicas: spec.replicas,
    readyReplicas: spec.replicas,
  });
});

function rendered(file: string): string {
  return readFileSync(join(DIST, 'argocd', file), 'utf8').replaceAll(delivery.repoUrl, repository.url);
}

function application(): Promise<Application> {
  return cluster.get<Application>(ARGO, 'application', APPLICATION);
}

/** Changes the target's files in the repository. */
async function push(message: string, change: (folder: string) => void): Promise<void> {
  await repository.commit(message, (folder) => change(join(folder, delivery.folder, TARGET)));
  await refresh(cluster, ARGO, APPLICATION);
}

/** Waits until the last commit is delivered. */
function healthy(within: number): Promise<Application> {
  return delivered(cluster, ARGO, APPLICATION, repository.head, within);
}

function readySince({ status: { conditions = [] } }: Pod): number {
  return time(conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime);
}

function time(text: string | undefined): number {
  return Date.parse(text ?? '');
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
