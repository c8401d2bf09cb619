/**
 * A new project with three environments on one cluster: `strata publish` pushes it, Argo CD delivers it environment by
 * environment as its settings say, and people go back to an earlier config by both ways.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { type Application, delivered, installArgoCd, ownClusterAs, refresh, stateOf } from './support/argocd';
import { Cluster } from './support/cluster';
import { defineFlux } from './support/flux';
import { GitRepository } from './support/git';
import type { Pod, Workload } from './support/kubernetes';
import { ClusterProject } from './support/project';
import { DIST, ROOT } from './support/rendered';
import { isReady, NotTried, say, testOn } from './support/report';
import { pause, waitFor } from './support/wait';

const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
type Environment = (typeof ENVIRONMENTS)[number];

const ARGO = 'argocd';
const FLUX = 'flux-system';
const SKIP_RECONCILE = 'argocd.argoproj.io/skip-reconcile';
const WEB = 'docker.io/library/nginx:1.28.0';

const cluster = new Cluster('provepod');
let project: ClusterProject;
let repository: GitRepository;
let isDelivered = false;

const proof = (name: string, run: () => Promise<void>) =>
  testOn(cluster, name, async () => {
    if (isDelivered) return run();
    throw new NotTried('the first commit was not delivered');
  });

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 1 });
  await cluster.tool(['image', 'nginx', WEB], { seconds: 900 });
  await installArgoCd(cluster, ARGO);
  repository = await GitRepository.of(cluster);
  project = new ClusterProject(cluster, 'shop');
  describeProject(repository.url);
  say(`a cluster of one node with Argo CD, a Git server and a new project: ${seconds(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

testOn(cluster, 'a first commit reaches one environment after the other', async () => {
  expect(await publish()).toContain('target staging@kind is new');
  const started = Date.now();
  const tree = join(repository.folder, 'tree');
  await cluster.apply(ownClusterAs('kind', ARGO));
  for (const line of howLines(await project.strata('targets', '--how', 'dev@kind'), 'Argo CD'))
    await cluster.tool(['exec', '--', 'sh', '-c', line.replaceAll('dist/', `${tree}/`)]);
  await everywhere(300);
  isDelivered = true;
  say(`synced and healthy: ${seconds(started)}`);
  await inOrder();
});

proof('a commit that changes nothing is not made, and nothing is synced', async () => {
  const [head, before] = [repository.head, await operations()];
  expect(await publish()).toBe('main: nothing has changed\n');
  expect(repository.head).toBe(head);
  await refresh(cluster, ARGO, ...ENVIRONMENTS.map(applicationOf));
  await pause(10);
  expect(await operations()).toEqual(before);
});

proof('the pods of an autoscaler stay as many as it says when the next commit is delivered', async () => {
  const pods = async () => (await cluster.get<Workload>('shop-staging', 'deployment', 'web')).spec.replicas;
  await waitFor('the least of the autoscaler', 60, async () => expect(await pods()).toBe(2));
  // Without measurements it leaves every number between its bounds as it is.
  await cluster.kubectl('scale', 'deployment', 'web', '--replicas=4', '-n', 'shop-staging');
  project.edit('workloads/web.ts', "text('Welcome'", "text('Second'");
  project.edit('environments/dev.ts', 'Welcome to dev', 'Second in dev');
  const started = Date.now();
  expect(await publish()).toContain('restart: Deployment/web in dev@kind');
  await everywhere(240);
  say(`the next commit in three environments: ${seconds(started)}`);
  await inOrder();
  expect(await pods()).toBe(4);
  await cluster.kubectl('scale', 'deployment', 'web', '--replicas=2', '-n', 'shop-staging');
  expect(await pagesOf('dev')).toEqual(['Second in dev']);
  expect(await pagesOf('prod')).toEqual(['Second']);
});

proof('what is no longer rendered is deleted where it was, and only there', async () => {
  const budgets = async (environment: Environment) => cluster.list(namespaceOf(environment), 'poddisruptionbudgets');
  const names = async () => (await Promise.all(ENVIRONMENTS.map(budgets))).map((list) => list.length);
  expect(await names()).toEqual([1, 1, 1]);
  project.edit(
    'environments/matrix.ts',
    'target(dev, kind, [networkPolicies, disruptionBudgets])',
    'target(dev, kind, [networkPolicies])',
  );
  await publish();
  await everywhere(120);
  expect(await names()).toEqual([0, 1, 1]);
});

proof('`kubectl rollout undo` finds the config of the revision before', async () => {
  const undo = async () => {
    await cluster.kubectl('rollout', 'undo', 'deployment/web', '-n', 'shop-prod');
    await cluster.kubectl('rollout', 'status', 'deployment/web', '-n', 'shop-prod', '--timeout=120s');
  };
  const pauseArgo = (value: string) =>
    cluster.kubectl('annotate', '-n', ARGO, 'application', applicationOf('prod'), `${SKIP_RECONCILE}${value}`);
  const started = Date.now();
  // What Argo CD looks after it syncs back, so it is told to look away; the ApplicationSet leaves that as it is.
  await pauseArgo('=true');
  await undo();
  say(`rolled back by kubectl: ${seconds(started)}`);
  expect(await pagesOf('prod')).toEqual(['Welcome']);
  await cluster.kubectl('annotate', '-n', ARGO, 'applicationset', 'shop', 'test/look=now', '--overwrite');
  await cluster.kubectl(
    'annotate',
    '-n',
    ARGO,
    'application',
    applicationOf('prod'),
    'argocd.argoproj.io/refresh=hard',
  );
  await pause(30);
  expect((await application('prod')).metadata.annotations).toHaveProperty([SKIP_RECONCILE], 'true');
  expect(await pagesOf('prod')).toEqual(['Welcome']);
  // Once it looks again, what is published stands there again.
  await pauseArgo('-');
  await refresh(cluster, ARGO, applicationOf('prod'));
  await waitFor('what is published', 120, async () => expect(await pagesOf('prod')).toEqual(['Second']));
  await everywhere(120);
});

proof('a change that is taken back brings the old pods with their config, not new ones like them', async () => {
  const sets = async () =>
    (await cluster.list<Workload>('shop-prod', 'replicasets')).map(({ metadata }) => metadata.name).sort();
  const before = await sets();
  expect(before).toHaveLength(2);
  project.edit('workloads/web.ts', "text('Second'", "text('Welcome'");
  project.edit('environments/dev.ts', 'Second in dev', 'Welcome to dev');
  const started = Date.now();
  await publish();
  await everywhere(240);
  say(`rolled back by a commit in three environments: ${seconds(started)}`);
  expect(await pagesOf('prod')).toEqual(['Welcome']);
  expect(await pagesOf('dev')).toEqual(['Welcome to dev']);
  expect(await sets()).toEqual(before);
});

proof('a change that breaks staging does not reach prod, and the one that mends it does', async () => {
  const before = await cluster.get<Workload>('shop-prod', 'deployment', 'web');
  const broken = 'docker.io/library/nginx:1.28.404';
  project.edit('environments/staging.ts', WEB, broken);
  project.edit('environments/prod.ts', WEB, broken);
  project.edit('workloads/web.ts', "text('Welcome'", "text('Third'");
  await publish();
  await look();
  await waitFor('a pod in staging that does not start', 90, async () =>
    expect(JSON.stringify(await cluster.list('shop-staging', 'pods'))).toMatch(/ErrImagePull|ImagePullBackOff/),
  );
  const started = Date.now();
  await pause(45);
  expect((await cluster.get<Workload>('shop-prod', 'deployment', 'web')).spec).toEqual(before.spec);
  expect((await application('prod')).status?.operationState?.syncResult?.revision).not.toBe(repository.head);
  expect(await pagesOf('prod')).toEqual(['Welcome']);
  const ready = (await cluster.list<Pod>('shop-staging', 'pods', 'app.kubernetes.io/name=web')).filter(isReady);
  expect(ready.length).toBeGreaterThanOrEqual(1);
  say(`${seconds(started)} after it broke: ${stateOf(await application('staging'))}; prod as before`);

  project.edit('environments/staging.ts', broken, WEB);
  project.edit('environments/prod.ts', broken, WEB);
  const mended = Date.now();
  await publish();
  await everywhere(240);
  say(`mended in three environments: ${seconds(mended)}`);
  expect(await pagesOf('prod')).toEqual(['Third']);
});

proof(
  'published alone, a change that breaks staging is not there for prod, and the wait of the recipe does not end',
  async () => {
    const before = await operations();
    const broken = 'docker.io/library/nginx:1.28.404';
    project.edit('environments/staging.ts', WEB, broken);
    project.edit('environments/prod.ts', WEB, broken);
    expect(await publish('--target', 'staging@*')).toContain('staging@kind: 1 change, restart');
    // The one that must not change looks first.
    for (const environment of [...ENVIRONMENTS].reverse()) await refresh(cluster, ARGO, applicationOf(environment));
    await expect(recipeWaits('20s')).rejects.toThrow(
      'timed out waiting for the condition on applications/shop-staging-kind',
    );
    expect(JSON.stringify(await cluster.list('shop-staging', 'pods'))).toMatch(/ErrImagePull|ImagePullBackOff/);
    expect((await operations())[2]).toBe(before[2]);
    expect((await application('prod')).status?.sync).toMatchObject({ status: 'Synced', revision: repository.head });

    project.edit('environments/staging.ts', broken, WEB);
    project.edit('environments/prod.ts', broken, WEB);
    await publish('--target', 'staging@*');
    await refresh(cluster, ARGO, ...ENVIRONMENTS.map(applicationOf));
    await recipeWaits('120s');
  },
);

proof('the API server takes what is rendered for Flux', async () => {
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: FLUX } });
  await defineFlux(cluster);
  const dry = ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f'];
  const folders = [
    join(repository.folder, 'tree/flux/kind'),
    ...readdirSync(join(DIST, 'flux')).map((name) => join(DIST, 'flux', name)),
  ];
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  for (const folder of folders) {
    const rendered = readdirSync(folder).flatMap((file) => loadAll(readFileSync(join(folder, file), 'utf8')));
    const lines = (await waitFor('its kinds', 30, () => cluster.kubectl(...dry, folder))).trim().split('\n');
    expect(lines.filter((line) => line.endsWith('serverside-applied (server dry run)'))).toHaveLength(rendered.length);
    expect(lines).toHaveLength(rendered.length);
  }
});

/** Three environments, a setting for the image, a delivery in steps. The autoscaler gets no measurements here. */
function describeProject(url: string): void {
  project.write(
    'environments/delivery.ts',
    `import type { Delivery } from 'strata';
import { dev } from './dev';
import { prod } from './prod';
import { staging } from './staging';

export const delivery = {
  repoUrl: '${url}',
  revision: 'main',
  folder: 'tree',
  argoNamespace: '${ARGO}',
  progressive: [dev, staging, prod],
  flux: {},
} as const satisfies Delivery;
`,
  );
  project.write(
    'environments/staging.ts',
    `import { because, environment } from 'strata';

export const staging = environment('staging', {
  ephemeral: false,
  settings: { web: { image: because('${WEB}', 'rehearsed here') } },
});
`,
  );
  project.edit('environments/prod.ts', 'web: {', `web: { image: because('${WEB}', 'rehearsed in staging'),`);
  project.edit(
    'environments/matrix.ts',
    "import { prod } from './prod';",
    "import { prod } from './prod';\nimport { staging } from './staging';",
  );
  project.edit('environments/matrix.ts', '{ disruptionBudgets,', '{ autoscaling, disruptionBudgets,');
  project.edit(
    'environments/matrix.ts',
    '  target(prod,',
    '  target(staging, kind, [networkPolicies, disruptionBudgets, autoscaling]),\n  target(prod,',
  );
  project.edit(
    'main.ts',
    'import { matrix }',
    "import { delivery } from './environments/delivery';\nimport { matrix }",
  );
  project.edit('main.ts', '...spec, matrix', '...spec, matrix, delivery');
  project.edit('clusters/kind.ts', 'resourceMetrics: false', 'resourceMetrics: true');
  project.edit(
    'workloads/web.ts',
    '  /** What the page says. */',
    `  /** The image. */\n  image: text('${WEB}', /^\\S+$/, 'an image'),\n  /** What the page says. */`,
  );
  project.edit('workloads/web.ts', 'resources, greeting }', 'resources, greeting, image }');
  project.edit('workloads/web.ts', `        image: '${WEB}'`, '        image');
}

/** Publishes the project as it is now; what was said of it. */
async function publish(...more: string[]): Promise<string> {
  const said = await project.strata('publish', '--push', '--repo', repository.remote, ...more);
  await repository.pull();
  return said;
}

/** What docs/recipes.md says to wait by between two environments. */
async function recipeWaits(within: string): Promise<void> {
  const [lines] = /^commit=\$\(git ls-remote[^]*?^done$/m.exec(readFileSync(join(ROOT, 'docs/recipes.md'), 'utf8'))!;
  const script = lines.replace(/https:\S+/, repository.remote).replace('--timeout=10m', `--timeout=${within}`);
  await cluster.tool(['exec', '--', 'bash', '-e', '-c', script]);
}

/** The commands that are printed under a heading. */
function howLines(text: string, heading: string): string[] {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`  # ${heading}`)) + 1;
  expect(from).toBeGreaterThan(0);
  const end = lines.findIndex((line, i) => i >= from && (line === '' || line.startsWith('  #')));
  return lines.slice(from, end < 0 ? undefined : end).map((line) => line.trim());
}

/**
 * Lets the Applications look at the repository in the order of the steps. One that looks before those of an earlier step is not
 * held back by them: until 3.6, Argo CD does not know by then that they are to change.
 */
async function look(): Promise<void> {
  for (const environment of ENVIRONMENTS) {
    const name = applicationOf(environment);
    await waitFor(`${name} at the last commit`, 60, async () => {
      await refresh(cluster, ARGO, name);
      expect((await application(environment)).status?.sync?.revision).toBe(repository.head);
    });
  }
}

/** Waits until the last commit is delivered in all environments. */
async function everywhere(within: number): Promise<void> {
  await look();
  for (const environment of ENVIRONMENTS)
    await delivered(cluster, ARGO, applicationOf(environment), repository.head, within);
}

/** An environment is begun when the one before is done. */
async function inOrder(): Promise<void> {
  const spans = await Promise.all(
    ENVIRONMENTS.map(async (environment) => {
      const { startedAt, finishedAt } = (await application(environment)).status!.operationState!;
      return { environment, started: Date.parse(startedAt), finished: Date.parse(finishedAt!) };
    }),
  );
  const first = spans[0]!.started;
  say(
    spans
      .map((one) => `${one.environment} from ${(one.started - first) / 1000} to ${(one.finished - first) / 1000} s`)
      .join(', '),
  );
  for (const [i, { started }] of spans.slice(1).entries()) expect(started).toBeGreaterThanOrEqual(spans[i]!.finished);
}

/** When the last sync of each Application began. */
async function operations(): Promise<(string | undefined)[]> {
  const all = await Promise.all(ENVIRONMENTS.map(application));
  return all.map(({ status }) => status?.operationState?.startedAt);
}

function application(environment: Environment): Promise<Application> {
  return cluster.get<Application>(ARGO, 'application', applicationOf(environment));
}

function applicationOf(environment: Environment): string {
  return `shop-${environment}-kind`;
}

function namespaceOf(environment: Environment): string {
  return `shop-${environment}`;
}

/** What the pods that are not about to go have as their page, each page once. */
async function pagesOf(environment: Environment): Promise<string[]> {
  const pods = await cluster.list<Pod>(namespaceOf(environment), 'pods', 'app.kubernetes.io/name=web');
  const pages = await Promise.all(
    pods
      .filter(({ metadata }) => !('deletionTimestamp' in metadata))
      .map(({ metadata }) => cluster.exec(namespaceOf(environment), metadata.name, 'cat', '/srv/index.html')),
  );
  return [...new Set(pages.map((page) => page.trim().replace(/<\/?h1>/g, '')))];
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
