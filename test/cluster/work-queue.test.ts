/**
 * A queue of RabbitMQ and workers that KEDA starts and ends, on a real node: nothing that was confirmed is lost, whatever is killed. The
 * version that the test cluster has is 3.10; with 4.x the objects are judged only.
 */

import { kind as place } from '../../clusters/kind';
import { composition } from '../../composition/composition';
import { Redis, redisSettings } from '../../constructs/app/redis';
import { networkPolicies, workQueue } from '../../features';
import { because, environment, matrixOf, target } from '../../index';
import { Cluster } from './support/cluster';
import { loadImages } from './support/images';
import { installKeda } from './support/keda';
import type { KubernetesObject, Pod, Workload } from './support/kubernetes';
import { objectsOfTarget, secondsSince } from './support/monitored';
import { isReady, NotTried, say, testOn } from './support/report';
import { pause, waitFor } from './support/wait';
import { settled } from './support/workloads';

const APP = 'shop-dev';
const MESSAGES = 1000;
const MAX = 10;
const KEDA = {
  version: '2.21' as const,
  pods: {
    name: 'keda',
    namespaceLabels: { 'kubernetes.io/metadata.name': 'keda' },
    podLabels: { app: 'keda-operator' },
  },
};
const why = 'it is looked at here';
const dev = environment('dev', { ephemeral: true, settings: {} });

/** The objects of a target with this many messages; the batch is a Job of its own, applied when its time has come. */
function objectsWith(messages: number, perSecond = 0): readonly KubernetesObject[] {
  const one = target(dev, { ...place, keda: KEDA, settings: {} }, [workQueue, networkPolicies], {
    settings: {
      workQueue: {
        version: because('3.10.8', 'the one that can be had here'),
        storage: because('1Gi', why),
        resources: because({ cpu: '50m', memory: '256Mi', memoryLimit: '512Mi' }, why),
        max: because(MAX, why),
        messages: because(messages, why),
        perSecond: because(perSecond, why),
        cooldown: because('30s', 'nobody waits'),
        scaleDown: because({ window: '15s', policies: [{ percent: 100, every: '15s' }] }, 'nobody waits'),
        workerResources: because({ cpu: '10m', memory: '64Mi', memoryLimit: '128Mi' }, why),
      },
    },
  });
  return objectsOfTarget(
    composition({
      name: 'shop',
      matrix: matrixOf([redisSettings], one),
      compose: (platform) => {
        new Redis(platform.component('redis'), 'redis', {
          ...platform.settings.redis,
          namespace: platform.namespace,
          storage: platform.target.cluster.storage,
          credentials: platform.credentials('1'),
        });
      },
    }),
  );
}
const objects = objectsWith(MESSAGES);
const isBatch = ({ kind }: KubernetesObject) => kind === 'Job';
const standing = objects.filter((object) => !isBatch(object));

const cluster = new Cluster('proveque');
let isUp = false;
const proof = (name: string, run: () => Promise<void>, minutes = 10) =>
  testOn(
    cluster,
    name,
    async () => {
      if (isUp) return run();
      throw new NotTried('the platform is not up');
    },
    minutes,
  );

/** A value of a Secret that was rendered. */
function password(secret: string, key: string): string {
  const found = objects.find(({ kind, metadata }) => kind === 'Secret' && metadata.name.startsWith(`${secret}-`));
  return Buffer.from((found!.data as Record<string, string>)[key]!, 'base64').toString();
}

interface Queue {
  readonly messages: number;
  readonly members: readonly string[];
  readonly online: readonly string[];
  readonly message_stats?: { readonly redeliver?: number; readonly publish?: number };
}

async function queue(pod = 'rabbitmq-0', name = 'jobs'): Promise<Queue> {
  const address = `http://scaler:${password('rabbitmq-credentials', 'scaler')}@127.0.0.1:15672/api/queues/%2F/${name}`;
  return JSON.parse(await cluster.exec(APP, pod, 'wget', '-qO-', address)) as Queue;
}

/** How many of a batch's messages are done, by their ids. */
async function done(job: string, messages: number): Promise<number> {
  const keys = Array.from({ length: messages }, (_, i) => `work:done:jobs:${job}-${i}`);
  const login = [
    '--no-auth-warning',
    '--user',
    'queue-worker',
    '--pass',
    password('redis-credentials', 'queue-worker'),
  ];
  return Number(await cluster.exec(APP, 'redis-0', 'redis-cli', ...login, 'exists', ...keys));
}

async function publish(of: readonly KubernetesObject[]): Promise<string> {
  const batch = of.find(isBatch)!;
  await cluster.apply(...of.filter(({ kind }) => kind === 'NetworkPolicy'), batch);
  return batch.metadata.name;
}

async function succeeded(job: string, seconds: number): Promise<void> {
  await waitFor(`${job} to succeed`, seconds, async () => {
    const { status } = await cluster.get<Workload>(APP, 'job', job);
    expect(status.succeeded).toBe(1);
  });
}

const workers = async () => (await cluster.get<Workload>(APP, 'deployment', 'queue-worker')).spec.replicas ?? 1;
const noWorker = (seconds: number) =>
  waitFor('no worker', seconds, async () => {
    expect(await workers()).toBe(0);
    expect(await cluster.list<Pod>(APP, 'pods', 'app.kubernetes.io/name=queue-worker')).toEqual([]);
  });

async function allNodes(seconds: number): Promise<void> {
  await waitFor('all nodes of RabbitMQ', seconds, async () => {
    const pods = await cluster.list<Pod>(APP, 'pods', 'app.kubernetes.io/name=rabbitmq');
    expect(pods.filter(isReady)).toHaveLength(3);
    expect((await queue()).online).toHaveLength(3);
  });
}

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 1 });
  await loadImages(cluster, objects);
  await installKeda(cluster);
  say(`KEDA: ${secondsSince(started)}`);
  await cluster.apply(...standing);
  await settled(
    cluster,
    standing.filter(({ kind }) => kind === 'StatefulSet'),
    420,
  );
  isUp = true;
  say(`all of it: ${secondsSince(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

proof('the nodes are one cluster, and each queue has a member on each of them', async () => {
  await allNodes(120);
  for (const name of ['jobs', 'jobs.failed']) expect((await queue('rabbitmq-0', name)).members).toHaveLength(3);
});

proof('nobody works while there is nothing to do', async () => {
  await noWorker(180);
});

proof('a batch: from none to the most workers and back to none, and each message is done', async () => {
  const begun = Date.now();
  const job = await publish(objects);
  const steps: string[] = [];
  let most = 0;
  await waitFor('all messages', 300, async () => {
    const now = await workers();
    if (steps.at(-1)?.split(' ')[0] !== String(now)) steps.push(`${now} after ${secondsSince(begun)}`);
    most = Math.max(most, now);
    expect(await done(job, MESSAGES)).toBe(MESSAGES);
  });
  await succeeded(job, 60);
  say(`workers: ${steps.join(', ')}; ${MESSAGES} done after ${secondsSince(begun)}`);
  expect(most).toBe(MAX);
  await waitFor('an empty queue', 60, async () => expect((await queue()).messages).toBe(0));
  const ended = Date.now();
  await noWorker(240);
  say(`no worker ${secondsSince(ended)} after the last message`);
  const { message_stats: { redeliver = 0 } = {} } = await queue();
  say(`${redeliver} messages delivered twice`);
  // Those whose worker was ended finished first.
  expect(redeliver).toBeLessThanOrEqual(MAX);
  expect((await queue('rabbitmq-0', 'jobs.failed')).messages).toBe(0);
});

proof('a node that is killed costs no message', async () => {
  const many = 600;
  const job = await publish(objectsWith(many, 20));
  await waitFor('some to be done', 120, async () => expect(await done(job, many)).toBeGreaterThan(20));
  await cluster.kubectl('delete', 'pod', 'rabbitmq-1', '-n', APP, '--grace-period=0', '--force', '--wait=false');
  await succeeded(job, 240);
  await waitFor('all messages', 180, async () => expect(await done(job, many)).toBe(many));
  await allNodes(180);
  say(`${many} of ${many}, although rabbitmq-1 was killed while they were sent`);
});

proof('after a loss of all nodes at once they are whole within three minutes, with what they had', async () => {
  const few = 50;
  // Nobody takes them meanwhile.
  await cluster.kubectl('annotate', 'scaledobject', 'queue-worker', '-n', APP, 'autoscaling.keda.sh/paused-replicas=0');
  await noWorker(120);
  const job = await publish(objectsWith(few));
  await succeeded(job, 120);
  await waitFor('the count', 60, async () => expect((await queue()).messages).toBe(few));
  const pods = ['-l', 'app.kubernetes.io/name=rabbitmq', '-n', APP];
  await cluster.kubectl('delete', 'pods', ...pods, '--grace-period=0', '--force');
  const begun = Date.now();
  await allNodes(180);
  say(`whole ${secondsSince(begun)} after all were killed`);
  // It counts some seconds after it has started.
  await waitFor('the count', 60, async () => expect((await queue()).messages).toBe(few));
  await cluster.kubectl('annotate', 'scaledobject', 'queue-worker', '-n', APP, 'autoscaling.keda.sh/paused-replicas-');
  await waitFor('all messages', 180, async () => expect(await done(job, few)).toBe(few));
});

describe('their naive twins', () => {
  const TWIN = 'twin-dev';

  proof(
    'started one after the other, nodes that were lost together never come back: the first waits for the others',
    async () => {
      const ordered = (object: KubernetesObject) =>
        object.kind === 'StatefulSet'
          ? { ...object, spec: { ...(object.spec as object), podManagementPolicy: 'OrderedReady' } }
          : object;
      const own = standing.filter(
        ({ kind, metadata }) => kind === 'Namespace' || /^rabbitmq|^default-deny|^allow-dns/.test(metadata.name),
      );
      const twin = JSON.parse(JSON.stringify(own.map(ordered)).replaceAll(APP, TWIN)) as KubernetesObject[];
      await cluster.apply(...twin);
      await settled(
        cluster,
        twin.filter(({ kind }) => kind === 'StatefulSet'),
        420,
      );
      const pods = async () => {
        const all = await cluster.list<Pod>(TWIN, 'pods', 'app.kubernetes.io/name=rabbitmq');
        return all.map((pod) => `${pod.metadata.name} ${isReady(pod) ? 'ready' : 'waits'}`);
      };
      await cluster.kubectl('delete', 'pods', '--all', '-n', TWIN, '--grace-period=0', '--force');
      // Three times as long as the others took.
      await pause(90);
      expect(await pods()).toEqual(['rabbitmq-0 waits']);
      await cluster.kubectl('delete', 'namespace', TWIN, '--wait=false');
    },
  );

  /** Lets KEDA look at the queue by another protocol, for one message a worker. */
  async function watchedBy(protocol: 'http' | 'amqp'): Promise<void> {
    const { spec } = standing.find(({ kind }) => kind === 'ScaledObject') as unknown as {
      spec: { triggers: { metadata: Record<string, string> }[] };
    };
    const [trigger] = spec.triggers;
    const host = protocol === 'http' ? trigger!.metadata['host'] : `amqp://rabbitmq.${APP}.svc.cluster.local:5672/`;
    const triggers = [{ ...trigger, metadata: { ...trigger!.metadata, protocol, host, value: '1' } }];
    const patch = JSON.stringify({ spec: { cooldownPeriod: 10, triggers } });
    await cluster.kubectl('patch', 'scaledobject', 'queue-worker', '-n', APP, '--type=merge', '-p', patch);
  }

  proof(
    'looked at by amqp, a queue whose messages are worked on is empty, and workers are ended in the middle of it; by http they are not',
    async () => {
      await cluster.apply({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'test-admits-keda', namespace: APP },
        spec: {
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'rabbitmq' } },
          policyTypes: ['Ingress'],
          ingress: [
            { from: [{ namespaceSelector: { matchLabels: KEDA.pods.namespaceLabels } }], ports: [{ port: 5672 }] },
          ],
        },
      });
      await noWorker(240);
      // Work that takes a minute, and no time to end it.
      const pod = {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'worker', env: [{ name: 'WORK_MILLISECONDS', value: '60000' }] }],
      };
      const patch = JSON.stringify({ spec: { template: { spec: pod } } });
      await cluster.kubectl('patch', 'deployment', 'queue-worker', '-n', APP, '--type=strategic', '-p', patch);
      /** Until it holds: whether there were fewer workers than messages, once there had been as many. */
      const fewerThanMessages = async (messages: number, until: () => Promise<boolean>) => {
        let were = false;
        let fewer = false;
        await waitFor('the end of it', 300, async () => {
          const [left, now] = [(await queue()).messages, await workers()];
          were ||= now >= messages;
          fewer ||= were && now < left;
          expect(await until()).toBe(true);
        });
        return fewer;
      };
      const redelivered = async () => (await queue()).message_stats?.redeliver ?? 0;

      await watchedBy('http');
      const calm = await publish(objectsWith(4));
      expect(await fewerThanMessages(4, async () => (await done(calm, 4)) === 4)).toBe(false);
      await noWorker(240);

      await watchedBy('amqp');
      const before = await redelivered();
      await publish(objectsWith(5));
      expect(await fewerThanMessages(4, async () => (await redelivered()) > before)).toBe(true);
      say(`by amqp ${(await redelivered()) - before} of 5 messages were taken from those who worked on them, so far`);
    },
    20,
  );
});
