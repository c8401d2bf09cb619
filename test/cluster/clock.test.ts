/**
 * Hours with more pods, by the clock: CronJobs that patch the fewest pods of an autoscaler on a real node, as the one account that may; and a
 * cron trigger of KEDA, which takes over the autoscaler that was there before and leaves no pod at night.
 */

import { kind as place } from '../../clusters/kind';
import { composition } from '../../composition/composition';
import { Controller } from '../../constructs/core/controller';
import { Workload } from '../../constructs/core/workload';
import type { Hours } from '../../constructs/scaling/hours';
import { autoscaling, metricsServer, networkPolicies } from '../../features';
import { because, environment, matrixOf, target } from '../../index';
import type { Keda } from '../../model/cluster-facts';
import { Cluster } from './support/cluster';
import { loadImages, TEST_IMAGE } from './support/images';
import { installKeda } from './support/keda';
import type { KubernetesObject, Pod, Workload as Running } from './support/kubernetes';
import { objectsOfTarget, secondsSince } from './support/monitored';
import { NotTried, say, testOn } from './support/report';
import { pause, waitFor } from './support/wait';
import { settled } from './support/workloads';

const why = 'it is looked at here';
const MINUTE = 60_000;
/** A clock that no machine goes by, and of which no hour is one of UTC. */
const ZONE = 'Asia/Kathmandu';
const KEDA: Keda = {
  version: '2.21',
  pods: {
    name: 'keda',
    namespaceLabels: { 'kubernetes.io/metadata.name': 'keda' },
    podLabels: { app: 'keda-operator' },
  },
};

interface Autoscaler extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & {
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly spec: { readonly minReplicas: number; readonly maxReplicas: number };
}

/** A web app in a namespace of its own, with three pods at least in these hours. */
function app(name: string, hours: readonly Hours[], settings: { keda?: Keda; idle?: 'zero' } = {}) {
  const { keda, idle } = settings;
  const here = { ...place, ...(keda ? { keda } : {}), kubeletCertificates: 'signed' as const, settings: {} };
  const dev = environment('dev', { ephemeral: true, settings: {} });
  const one = target(dev, here, [metricsServer, autoscaling, networkPolicies], {
    settings: {
      autoscaling: {
        workloads: because(['web'], why),
        min: because(1, why),
        max: because(4, why),
        hours: because(hours, why),
        ...(idle ? { idle: because(idle, why) } : {}),
        scaleDown: because({ window: '0s', policies: [{ percent: 100, every: '15s' }] }, 'nobody waits'),
      },
    },
  });
  return objectsOfTarget(
    composition({
      name,
      matrix: matrixOf([], one),
      compose: (platform) => {
        new Workload(platform.component('web'), 'web', {
          namespace: platform.namespace,
          controller: Controller.deployment(),
          pod: {
            terminationGracePeriod: 1,
            container: {
              name: 'web',
              image: TEST_IMAGE,
              command: ['sleep', 'infinity'],
              resources: { cpu: '20m', memory: '32Mi' },
            },
          },
        });
      },
    }),
  );
}

/** Hours from one instant until another, as the clock of the zone shows them. */
function hoursBetween(from: number, to: number): Hours {
  const shown = (at: number) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
      at,
    );
  return { from: shown(from), to: shown(to), zone: ZONE, min: 3 };
}

const nextMinute = (wait: number) => Math.ceil((Date.now() + wait) / MINUTE) * MINUTE;
const until = (at: number) => pause(Math.max(0, at - Date.now()) / 1000);

/** May the account of the CronJobs do this? */
const mayOn = (cluster: Cluster, namespace: string) => async (verb: string, what: string) =>
  (await cluster
    .kubectl('auth', 'can-i', verb, what, '-n', namespace, `--as=system:serviceaccount:${namespace}:web-hours`)
    .catch((error: Error) => error.message)) === 'yes\n';

async function mayDoOneThing(cluster: Cluster, namespace: string): Promise<void> {
  const may = mayOn(cluster, namespace);
  const one = 'horizontalpodautoscalers.autoscaling/web';
  expect([await may('get', one), await may('patch', one)]).toEqual([true, true]);
  const others: [verb: string, what: string][] = [
    ...['update', 'delete'].map((verb) => [verb, one] as [string, string]),
    ['patch', 'horizontalpodautoscalers.autoscaling/other'],
    ['list', 'horizontalpodautoscalers.autoscaling'],
    ['create', 'horizontalpodautoscalers.autoscaling'],
    ['patch', 'deployments.apps/web'],
    ['patch', 'deployments.apps/web/scale'],
    ['get', 'secrets'],
    ['create', 'pods'],
  ];
  for (const [verb, what] of others) expect([verb, what, await may(verb, what)]).toEqual([verb, what, false]);
}

describe('Kubernetes 1.28', () => {
  const cluster = new Cluster('proveclo');
  beforeAll(() => cluster.up({ oldest: true }), 15 * MINUTE);
  afterAll(() => cluster.close());

  testOn(cluster, 'takes the CronJobs as they are written, and the command that a newer kubectl gives', async () => {
    const objects = app('old', [{ days: 'Mon-Fri', from: '08:00', to: '18:00', zone: ZONE, min: 3 }]);
    const own = objects.filter(({ metadata }) => metadata.namespace === 'old-dev' || metadata.name === 'old-dev');
    await strictly(cluster, own);
    await mayDoOneThing(cluster, 'old-dev');
    for (const [what, pods] of [
      ['start', 3],
      ['end', 1],
    ] as const) {
      const args = argsOf(own, `web-hours-1-${what}`);
      await cluster.kubectl(...args, '-n', 'old-dev', '--as=system:serviceaccount:old-dev:web-hours');
      expect((await cluster.get<Autoscaler>('old-dev', 'hpa', 'web')).spec.minReplicas).toBe(pods);
    }
  });
});

/** Applies objects, and refuses fields that the server does not know. */
async function strictly(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<void> {
  await cluster.tool(['kubectl', 'apply', '--validate=strict', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  });
}

function argsOf(objects: readonly KubernetesObject[], name: string): readonly string[] {
  const job = objects.find(({ kind, metadata }) => kind === 'CronJob' && metadata.name === name);
  const { jobTemplate } = job!.spec as {
    jobTemplate: { spec: { template: { spec: { containers: { args: string[] }[] } } } };
  };
  return jobTemplate.spec.template.spec.containers[0]!.args;
}

describe('Kubernetes 1.35', () => {
  const cluster = new Cluster('proveclk');
  let isUp = false;
  const proof = (name: string, run: () => Promise<void>, minutes = 10) =>
    testOn(
      cluster,
      name,
      async () => {
        if (isUp) return run();
        throw new NotTried('the cluster is not up');
      },
      minutes,
    );

  beforeAll(async () => {
    await cluster.up({ nodes: 1 });
    await loadImages(cluster, app('shop', [hoursBetween(0, MINUTE)]));
    isUp = true;
  }, 30 * MINUTE);
  afterAll(() => cluster.close());

  const fewest = async (namespace: string) => (await cluster.get<Autoscaler>(namespace, 'hpa', 'web')).spec.minReplicas;
  const pods = async (namespace: string) =>
    (await cluster.get<Running>(namespace, 'deployment', 'web')).spec.replicas ?? 1;

  describe('by CronJobs', () => {
    const NAMESPACE = 'shop-dev';
    /** Two windows of three minutes, with one between them. */
    let first = 0;
    let second = 0;
    let objects: readonly KubernetesObject[] = [];

    proof('what is rendered is taken as it is, and its account may do one thing', async () => {
      first = nextMinute(40_000);
      second = first + 4 * MINUTE;
      objects = app('shop', [hoursBetween(first, first + 3 * MINUTE), hoursBetween(second, second + 3 * MINUTE)]);
      await strictly(cluster, objects);
      await mayDoOneThing(cluster, NAMESPACE);
      expect(await fewest(NAMESPACE)).toBe(1);
    });

    proof('when hours begin there are as many pods as they say, and the Job succeeds', async () => {
      expect(Date.now()).toBeLessThan(first);
      await until(first);
      await waitFor('the fewest pods of the hours', 40, async () => expect(await fewest(NAMESPACE)).toBe(3));
      say(`set ${secondsSince(first)} after they began`);
      await waitFor('as many pods', 45, async () => expect(await pods(NAMESPACE)).toBe(3));
      say(`wanted ${secondsSince(first)} after they began`);
      const ran = await cluster.list<Pod>(NAMESPACE, 'pods', 'app.kubernetes.io/name=web-hours-1-start');
      await waitFor('the end of the Job', 30, async () => {
        const [pod] = await cluster.list<Pod>(NAMESPACE, 'pods', 'app.kubernetes.io/name=web-hours-1-start');
        expect(pod?.status.phase).toBe('Succeeded');
      });
      say((await cluster.kubectl('logs', '-n', NAMESPACE, ran[0]!.metadata.name)).trim());
      expect(ran).toHaveLength(1);
    });

    proof('meanwhile kubectl apply --server-side is told whose number it is, and changes nothing', async () => {
      const hpa = objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
      const applied = (...more: readonly string[]) =>
        cluster.tool(['kubectl', 'apply', '--server-side', '--field-manager=other', ...more, '-f', '-'], {
          input: JSON.stringify(hpa),
        });
      await expect(applied()).rejects.toThrow(/conflict with "kubectl-patch".*\.spec\.minReplicas/s);
      expect(await fewest(NAMESPACE)).toBe(3);
      // What the recipe says of it: forced, it takes the hours away until the CronJob runs once more.
      await applied('--force-conflicts');
      expect(await fewest(NAMESPACE)).toBe(1);
      await cluster.kubectl('create', 'job', 'again', '--from=cronjob/web-hours-1-start', '-n', NAMESPACE);
      await waitFor('the fewest pods of the hours', 40, async () => expect(await fewest(NAMESPACE)).toBe(3));
      await cluster.kubectl('delete', 'job', 'again', '-n', NAMESPACE);
    });

    proof('when they end it is as before', async () => {
      await until(first + 3 * MINUTE);
      await waitFor('the fewest pods', 40, async () => expect(await fewest(NAMESPACE)).toBe(1));
      say(`set ${secondsSince(first + 3 * MINUTE)} after they ended`);
    });

    proof('a run that could not start in time is made good', async () => {
      const suspend = (is: boolean) =>
        cluster.kubectl(
          ...['patch', 'cronjob', 'web-hours-2-start', '-n', NAMESPACE, '--type=merge', '-p'],
          JSON.stringify({ spec: { suspend: is } }),
        );
      await suspend(true);
      expect(Date.now()).toBeLessThan(second);
      await until(second + 25_000);
      expect(await fewest(NAMESPACE)).toBe(1);
      await suspend(false);
      await waitFor('the fewest pods of the hours', 40, async () => expect(await fewest(NAMESPACE)).toBe(3));
      say(`set ${secondsSince(second)} after they began, by a CronJob that could not start for 25 s`);
    });

    proof('one that comes when the hours are half over does nothing: the next one is near', async () => {
      await until(second + 3 * MINUTE);
      await waitFor('the fewest pods', 40, async () => expect(await fewest(NAMESPACE)).toBe(1));
      const late = nextMinute(40_000);
      const again = app('shop', [hoursBetween(late, late + 3 * MINUTE)]);
      const start = again.find(({ metadata }) => metadata.name === 'web-hours-1-start')!;
      await cluster.apply({ ...start, spec: { ...(start.spec as object), suspend: true } });
      await until(late + 1.5 * MINUTE + 10_000);
      await cluster.apply({ ...start, spec: { ...(start.spec as object), suspend: false } });
      await pause(30);
      expect(await fewest(NAMESPACE)).toBe(1);
    });
  });

  describe('by KEDA', () => {
    const NAMESPACE = 'night-dev';
    let from = 0;
    let to = 0;

    proof(
      'it takes over the autoscaler that was there, and starts pods when hours begin',
      async () => {
        const begun = Date.now();
        await installKeda(cluster);
        say(`KEDA: ${secondsSince(begun)}`);
        const before = app('night', []);
        await cluster.apply(...before);
        await settled(cluster, before);
        expect((await cluster.get<Autoscaler>(NAMESPACE, 'hpa', 'web')).metadata.ownerReferences).toBeUndefined();

        from = nextMinute(60_000);
        to = from + 2 * MINUTE;
        await cluster.apply(...app('night', [hoursBetween(from, to)], { keda: KEDA, idle: 'zero' }));
        await waitFor('the autoscaler to be that of KEDA', 60, async () => {
          const { metadata } = await cluster.get<Autoscaler>(NAMESPACE, 'hpa', 'web');
          expect(metadata.ownerReferences).toMatchObject([{ kind: 'ScaledObject', name: 'web' }]);
        });
        const all = await cluster.list<Autoscaler>(NAMESPACE, 'hpa');
        expect(all.map(({ metadata }) => metadata.name)).toEqual(['web']);
        // Then whoever prunes it takes it away, and KEDA makes it anew.
        await cluster.kubectl('delete', 'hpa', 'web', '-n', NAMESPACE);
        await waitFor('another one', 60, () => cluster.get(NAMESPACE, 'hpa', 'web'));

        await until(from);
        await waitFor('the pods of the hours', 110, async () => expect(await pods(NAMESPACE)).toBe(3));
        say(`three pods ${secondsSince(from)} after they began`);
      },
      15,
    );

    proof('after them nothing is left to do, and the last pod goes', async () => {
      await until(to);
      await waitFor('no pod', 8 * 60, async () => expect(await pods(NAMESPACE)).toBe(0));
      say(`no pod ${secondsSince(to)} after they ended`);
    });
  });
});
