/**
 * What `strata simulate` and `strata plan` say of nodes, done on three real ones: drained by the script of the plan while the app answers,
 * tainted, and lost.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cloud } from '../../clusters/cloud';
import { nodesOf } from '../../model/cluster';
import { Cluster } from './support/cluster';
import { define } from './support/definitions';
import { declaredSecrets } from './support/external-secrets';
import { type Reply, request } from './support/http';
import { loadImages, TEST_IMAGE } from './support/images';
import type { KubernetesObject, Pod, Workload } from './support/kubernetes';
import { shapeNodes } from './support/nodes';
import { registryCredentials, shapeStorage } from './support/place';
import { objectsBesideQueue } from './support/rendered';
import { explained, isReady, say, testOn } from './support/report';
import { steadilyDuring } from './support/traffic';
import { waitFor } from './support/wait';
import { addressOf, admitHost, settled } from './support/workloads';

const TARGET = 'cloud/staging';
const APP = 'course-staging';
const LAB = 'guestbook';
const repository = join(__dirname, '../..');

const cluster = new Cluster('provepod');
const objects = objectsBesideQueue(TARGET);
let visit: () => Promise<Reply>;

beforeAll(
  () =>
    explained(cluster, async () => {
      const started = Date.now();
      await cluster.up({ nodes: 3 });
      await define(cluster, objects);
      await shapeStorage(cluster, cloud);
      // Two for the app, which staging runs on spot nodes, and one for the rest.
      const declared = nodesOf(cloud).filter(({ metadata: { name } }) => /^(general-1|spot-[12])$/.test(name));
      say((await shapeNodes(cluster, declared)).join(', '));
      await loadImages(cluster, objects);
      const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
      await cluster.apply(
        ...namespaces,
        ...declaredSecrets(objects),
        ...namespaces.flatMap(({ metadata }) => registryCredentials(cloud, metadata.name)),
        namespace(LAB),
      );
      await cluster.apply(...objects);
      await settled(cluster, objects);
      await cluster.apply(admitHost(APP, 'web', 8080, await cluster.hostAddress()));
      const [agent, web] = [await cluster.agent(false), await addressOf(cluster, APP, 'web')];
      visit = () => request({ agent, ...web });
      await waitFor('the page', 60, async () => expect((await visit()).status).toBe(200));
      // The autoscaler adds the second pod when it has looked.
      await waitFor('two pods of web', 120, async () =>
        expect((await cluster.get<Workload>(APP, 'deployment', 'web')).status.readyReplicas).toBe(2),
      );
      say(`${objects.length} objects of ${TARGET} on three nodes, all pods ready: ${seconds(started)}`);
    }),
  40 * 60_000,
);

afterAll(() => cluster.close());

interface Drains {
  readonly nodes: readonly {
    readonly node: string;
    readonly verdict: string;
    readonly down: readonly string[];
    readonly pods: readonly {
      readonly pod: string;
      readonly verdict: string;
      readonly to: string | null;
      readonly reason: string;
    }[];
  }[];
}

/** The facts of the live cluster, as `strata facts` writes them. */
async function facts(): Promise<string> {
  const file = cluster.file('facts.yaml');
  writeFileSync(file, await cluster.tool(['exec', '--', 'node', join(repository, 'bin/strata.mjs'), 'facts']));
  return file;
}

/** What strata says of the cluster as it is; commands that find something to complain of say so in their exit code. */
async function strata<T>(what: string, ...args: string[]): Promise<T> {
  const command = [join(repository, 'bin/strata.mjs'), ...what.split(' '), await facts(), ...args, '--format', 'json'];
  try {
    return JSON.parse(execFileSync('node', command, { encoding: 'utf8', cwd: repository })) as T;
  } catch (error) {
    return JSON.parse((error as { stdout: string }).stdout) as T;
  }
}

async function scriptOf(what: string, ...args: string[]): Promise<string> {
  const file = cluster.file(`${what.replaceAll(' ', '-')}.sh`);
  const command = [join(repository, 'bin/strata.mjs'), ...what.split(' '), await facts(), ...args, '--format', 'sh'];
  writeFileSync(file, execFileSync('node', command, { encoding: 'utf8', cwd: repository }));
  return file;
}

testOn(cluster, 'each node is drained by the script of the plan, and the app answers every request', async () => {
  const { nodes } = await strata<Drains>('simulate drain', '--all');
  const web = `Deployment/${APP}/web`;
  expect(nodes.map(({ verdict, down }) => [verdict, down.includes(web)])).toEqual(nodes.map(() => ['drained', false]));
  expect(nodes.flatMap(({ pods }) => pods).filter(({ pod }) => pod.startsWith(`${APP}/web-`)).length).toBeGreaterThan(
    1,
  );

  const script = await scriptOf('plan drain', '--all');
  // What is seen while a node is empty: who is still there.
  const log = cluster.file('empty');
  const look = cluster.file('look.sh');
  writeFileSync(
    look,
    `#!/bin/sh\nkubectl get pods -A --field-selector "spec.nodeName=$1" -o 'jsonpath={range .items[*]}{"'$1' "}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}' >> ${log}\necho "$1 was empty" >> ${log}\n`,
    { mode: 0o755 },
  );
  const started = Date.now();
  const { sent, failed } = await steadilyDuring(
    async () => void (await cluster.tool(['exec', '--', 'sh', script, look], { seconds: 1200 })),
    visit,
    20,
  );
  say(`three nodes drained one after the other: ${seconds(started)}; ${sent} requests, ${failed.length} failed`);
  expect(failed).toEqual([]);
  expect(readFileSync(log, 'utf8').trim().split('\n').sort()).toEqual(
    nodes.map(({ node }) => `${node} was empty`).sort(),
  );
  await settled(cluster, objects);

  // It may be run again: everything is done once more, and nothing is in its way.
  await cluster.tool(['exec', '--', 'sh', script], { seconds: 1200 });
  await settled(cluster, objects);
});

testOn(
  cluster,
  "the lab's drain is held up by its budget in the words of the simulation, and passes with the mended one",
  async () => {
    const budget = (least: number): KubernetesObject => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'guestbook', namespace: LAB },
      spec: { minAvailable: least, selector: { matchLabels: { app: 'guestbook' } } },
    });
    // Where only one node takes them, the mended budget holds up the drain as well: for a pod that waits for a node.
    const anywhere = { tolerations: [{ key: 'node.example.com/spot', operator: 'Exists' }] };
    await cluster.apply(deployment('guestbook', 2, anywhere), budget(2));
    await cluster.kubectl('rollout', 'status', '-n', LAB, 'deployment/guestbook', '--timeout=120s');
    const [
      {
        spec: { nodeName: node },
      } = { spec: { nodeName: '' } },
    ] = await cluster.list<Placed>(LAB, 'pods');
    // The disruption controller looks after a moment.
    await waitFor('the status of the budget', 30, async () => {
      const status = (
        await cluster.get<KubernetesObject & { status?: { currentHealthy?: number } }>(
          LAB,
          'poddisruptionbudget',
          'guestbook',
        )
      ).status;
      expect(status?.currentHealthy).toBe(2);
    });
    const drain = () =>
      cluster.kubectl(
        'drain',
        node,
        '--ignore-daemonsets',
        '--delete-emptydir-data',
        '--force',
        '--timeout=15s',
        `--pod-selector=app=guestbook`,
      );

    const blocked = (await strata<Drains>('simulate drain', '--node', node)).nodes[0]!;
    const held = blocked.pods.filter(({ verdict }) => verdict === 'blocked');
    expect(blocked.verdict).toBe('incomplete');
    expect(held.length).toBeGreaterThan(0);
    const reason = held[0]!.reason.split('. ')[0]!;
    await expect(drain()).rejects.toThrow(reason);
    say(`held up: ${reason}`);
    await cluster.kubectl('uncordon', node);

    await cluster.apply(budget(1));
    expect((await strata<Drains>('simulate drain', '--node', node)).nodes[0]!.verdict).toBe('drained');
    await waitFor('a drain that the mended budget lets through', 60, async () => void (await drain()));
    await cluster.kubectl('uncordon', node);
    await cluster.kubectl('delete', '-n', LAB, 'deployment/guestbook', 'pdb/guestbook');
  },
);

testOn(cluster, 'a taint with the effect NoExecute moves pods when it was said', async () => {
  const tolerates = (seconds?: number) => ({
    tolerations: [
      {
        key: 'maintenance',
        operator: 'Exists',
        effect: 'NoExecute',
        ...(seconds === undefined ? {} : { tolerationSeconds: seconds }),
      },
    ],
  });
  // The node of the rest: the app's two nodes have a taint that these do not tolerate.
  const general = await nodeNamed('general');
  await cluster.apply(
    deployment('at-once', 1),
    deployment('brief', 1, tolerates(12)),
    deployment('stays', 1, tolerates()),
  );
  for (const name of ['at-once', 'brief', 'stays'])
    await cluster.kubectl('rollout', 'status', '-n', LAB, `deployment/${name}`, '--timeout=120s');

  interface Tainted {
    readonly groups: readonly { readonly pods: readonly { readonly pod: string; readonly after: number | null }[] }[];
  }
  const { groups } = await strata<Tainted>('plan maintain', '--node', general, '--taint', 'maintenance=now');
  const said = new Map(
    groups[0]!.pods.filter(({ pod }) => pod.startsWith(`${LAB}/`)).map(({ pod, after }) => [pod, after]),
  );
  expect([...said].map(([pod, after]) => [pod.replace(/^.*\/(.*)-\w+-\w+$/, '$1'), after]).sort()).toEqual([
    ['at-once', 0],
    ['brief', 12],
    ['stays', null],
  ]);

  await cluster.kubectl('cordon', general);
  const started = Date.now();
  await cluster.kubectl('taint', 'nodes', general, 'maintenance=now:NoExecute');
  const gone = new Map<string, number>();
  await waitFor(
    'the pods that are to go',
    60,
    async () => {
      for (const pod of await cluster.list<Pod & { metadata: { deletionTimestamp?: string } }>(LAB, 'pods')) {
        const name = `${LAB}/${pod.metadata.name}`;
        if (pod.metadata.deletionTimestamp !== undefined && !gone.has(name))
          gone.set(name, (Date.now() - started) / 1000);
      }
      expect([...gone.keys()].sort()).toEqual(
        [...said].flatMap(([pod, after]) => (after === null ? [] : [pod])).sort(),
      );
    },
    0.5,
  );
  for (const [pod, at] of gone) {
    say(`${pod}: said ${said.get(pod)} s, seen after ${at.toFixed(1)} s`);
    expect(at).toBeGreaterThanOrEqual(said.get(pod)! - 1);
    expect(at).toBeLessThan(said.get(pod)! + 8);
  }
  // Pods have their grace period to end.
  await waitFor('only what stays', 60, async () => {
    const left = await cluster.list<Placed>(LAB, 'pods');
    expect(left.filter(({ spec }) => spec.nodeName === general).map(({ metadata }) => metadata.name)).toEqual([
      expect.stringMatching(/^stays-/),
    ]);
  });
  await cluster.kubectl('taint', 'nodes', general, 'maintenance:NoExecute-');
  await cluster.kubectl('uncordon', general);
  await cluster.kubectl('delete', '-n', LAB, 'deployment', '--all');
  await settled(cluster, objects);
});

/** Whatever a test before left behind. */
beforeEach(async () => {
  for (const { metadata, spec } of await cluster.list<KubernetesObject & { spec?: { taints?: { key: string }[] } }>(
    '',
    'nodes',
  )) {
    if (spec?.taints?.some(({ key }) => key === 'maintenance'))
      await cluster.kubectl('taint', 'nodes', metadata.name, 'maintenance:NoExecute-');
    await cluster.kubectl('uncordon', metadata.name);
  }
  await cluster.kubectl('delete', '-n', LAB, 'deployment,pdb', '--all');
});

testOn(cluster, 'a node is lost: what runs again, and what waits, is what was said', async () => {
  const spread = (app: string) => ({
    tolerations: [{ operator: 'Exists' }],
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
        ],
      },
    },
  });
  await cluster.apply(
    deployment('apart', 3, spread('apart')),
    deployment('any', 3, { tolerations: [{ operator: 'Exists' }] }),
  );
  for (const name of ['apart', 'any'])
    await cluster.kubectl('rollout', 'status', '-n', LAB, `deployment/${name}`, '--timeout=120s');
  const [web] = await cluster.list<Placed>(APP, 'pods', 'app.kubernetes.io/name=web');
  const lost = web!.spec.nodeName;

  interface Loss {
    readonly pods: readonly { readonly pod: string; readonly owner: string | null; readonly verdict: string }[];
  }
  const { pods } = await strata<Loss>('simulate lose', '--node', lost);
  const waiting = pods
    .filter(({ verdict }) => verdict === 'waiting')
    .map(({ owner }) => owner)
    .sort();
  expect(waiting).toContain(`Deployment/${LAB}/apart`);
  say(`said of ${lost}: ${pods.map(({ owner, verdict }) => `${owner} ${verdict}`).join(', ')}`);

  const number = /\d+$/.exec(lost)![0];
  await cluster.tool(['exec', '--', 'pkill', '-9', '-f', `provepod/kubelet-${number}.kubeconfig`]);
  await cluster.kubectl('delete', 'node', lost, '--wait=false');
  await waitFor('what was said', 180, async () => {
    const all = [...(await cluster.list<Placed>(LAB, 'pods')), ...(await cluster.list<Placed>(APP, 'pods'))];
    // Pods of the lost node are collected as orphans after a while.
    expect(all.filter(({ spec }) => spec.nodeName === lost)).toEqual([]);
    const pending = all.filter((pod) => !pod.spec.nodeName);
    expect(pending.map(ownerOf).sort()).toEqual(waiting);
    const others = all.filter((pod) => pod.spec.nodeName);
    expect(others.filter((pod) => !isReady(pod))).toEqual([]);
  });
});

type Placed = Pod & { readonly spec: { readonly nodeName: string } };

/** `Deployment/guestbook/any`, of a pod by its name. */
function ownerOf({ metadata: { name, namespace = '' } }: Pod): string {
  const [, deployment] = /^(.*)-[a-z0-9]+-[a-z0-9]{5}$/.exec(name) ?? [];
  return deployment === undefined
    ? `StatefulSet/${namespace}/${name.replace(/-\d+$/, '')}`
    : `Deployment/${namespace}/${deployment}`;
}

async function nodeNamed(pool: string): Promise<string> {
  const [node] = await cluster.list<KubernetesObject>('', 'nodes', `node.example.com/pool=${pool}`);
  return node!.metadata.name;
}

function namespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

/** Pods that do nothing, and end at once. */
function deployment(name: string, replicas: number, pod: object = {}): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: LAB },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'idle',
              image: TEST_IMAGE,
              command: ['sleep', 'infinity'],
              resources: { requests: { cpu: '10m' } },
            },
          ],
          ...pod,
        },
      },
    },
  } as KubernetesObject;
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
