/**
 * The target kind/dev on an empty cluster of three real nodes that carry the labels and taints of cluster kind: what a
 * newcomer does with `kubectl apply -f dist/kind/dev`, and what then has to hold.
 */
import { load } from 'js-yaml';
import { kind } from '../../clusters/kind';
import { components } from '../../constructs/app/components';
import { dev } from '../../environments/dev';
import { matrix } from '../../environments/matrix';
import { because, blueGreen, composition, type Layer, matrixOf, target } from '../../index';
import { nodesOf } from '../../model/cluster';
import { course } from '../../platform';
import type { Selection } from '../../upstream/prometheus/query';
import { queryOf, selectionsOf } from '../../upstream/prometheus/query';
import { Cluster } from './support/cluster';
import { type Reply, request } from './support/http';
import { loadImages } from './support/images';
import type { KubernetesObject, Pod, Workload } from './support/kubernetes';
import { shapeNodes } from './support/nodes';
import { folderOf, objectsOf } from './support/rendered';
import { explained, NotTried, say, testOn } from './support/report';
import { steadilyDuring } from './support/traffic';
import { pause, waitFor } from './support/wait';
import { addressOf, admitHost, idlePod, openFrom, settled } from './support/workloads';

const TARGET = 'kind/dev';
const APP = 'course-dev';
const STATUS = 'course-dev-status';
const ELSEWHERE = 'elsewhere';
const STUDENT = 'demo';

const OUTDATED_WEB = `max_over_time(deployment:outdated_pods:count{deployment="web"}[3m])`;

/** Series that rules ask for and that need not be there while nothing is wrong, by name and job. */
const MAY_BE_MISSING: Readonly<Record<string, string>> = {
  'kube_cronjob_status_last_successful_time kube-state-metrics': 'no CronJob has succeeded',
  'kube_job_failed kube-state-metrics': 'no Job has failed',
  'kube_pod_container_status_last_terminated_reason kube-state-metrics': 'no container has ended',
  'kube_pod_container_status_last_terminated_timestamp kube-state-metrics': 'no container has ended',
  'kube_pod_container_status_waiting_reason kube-state-metrics': 'no container waits',
  'kube_pod_init_container_status_waiting_reason kube-state-metrics': 'no container waits',
  'kubelet_volume_stats_available_bytes kubelet':
    'folders of a node, which volumes are here, have no figures of their own',
  'kubelet_volume_stats_capacity_bytes kubelet': 'the same',
  'kubelet_volume_stats_inodes kubelet': 'the same',
  'kubelet_volume_stats_inodes_free kubelet': 'the same',
  'prometheus_notifications_errors_total prometheus': 'dev has no Alertmanager',
  'prometheus_notifications_sent_total prometheus': 'the same',
};

const cluster = new Cluster('provepod');
const objects = objectsOf(TARGET);
let ready = false;

/** A test that needs the target up; without it there is nothing to learn from it. */
const proof = (name: string, run: () => Promise<void>) =>
  testOn(cluster, name, async () => {
    if (ready) return run();
    throw new NotTried(`${TARGET} did not become ready`);
  });

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 3 });
  say((await shapeNodes(cluster, nodesOf(kind))).join(', '));
  await loadImages(cluster, objects);
  say(`a cluster of three nodes with its images: ${seconds(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

testOn(cluster, 'is applied to an empty cluster and all its pods become ready', async () => {
  const started = Date.now();
  const output = await cluster.kubectl('apply', '-f', folderOf(TARGET));
  expect(lines(output).filter((line) => !line.endsWith(' created'))).toEqual([]);
  await settled(cluster, objects);
  ready = true;
  say(`${lines(output).length} objects created, all pods ready: ${seconds(started)}`);
});

proof('is unchanged when it is applied again', async () => {
  const output = await cluster.kubectl('apply', '-f', folderOf(TARGET));
  expect(lines(output).filter((line) => !line.endsWith(' unchanged'))).toEqual([]);
});

describe('the network policies', () => {
  let addresses: Record<'redis' | 'exporter' | 'prometheus' | 'web' | 'kuma', string>;

  beforeAll(() =>
    explained(cluster, async () => {
      await cluster.apply(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ELSEWHERE } },
        idlePod(ELSEWHERE, 'stranger'),
        idlePod(APP, 'stranger'),
      );
      for (const namespace of [ELSEWHERE, APP])
        await cluster.kubectl('wait', '-n', namespace, '--for=condition=Ready', 'pod/stranger', '--timeout=60s');
      addresses = {
        redis: `${await podAddress(APP, 'redis')}:6379`,
        exporter: `${await podAddress(APP, 'exporter')}:9100`,
        prometheus: `${await podAddress(APP, 'prometheus')}:9090`,
        web: `${await podAddress(APP, 'web')}:8080`,
        kuma: `${await podAddress(STATUS, 'uptime-kuma')}:3001`,
      };
    }),
  );

  proof('keep a foreign pod of another namespace from every pod', async () => {
    const dns = `${await podAddress('kube-system', 'kube-dns', 'k8s-app')}:53`;
    // The cluster's DNS answers anybody: the stranger can reach something.
    expect(await openFrom(cluster, ELSEWHERE, 'stranger', [...Object.values(addresses), dns])).toEqual([dns]);
  });

  proof('keep a foreign pod of the same namespace from every pod', async () => {
    expect(await openFrom(cluster, APP, 'stranger', Object.values(addresses))).toEqual([]);
  });

  proof('let web and the exporter reach Redis, and nothing else', async () => {
    for (const peer of ['web', 'exporter']) {
      expect(await openFrom(cluster, APP, `deploy/${peer}`, othersThan(peer))).toEqual([addresses.redis]);
    }
  });

  proof('let Uptime Kuma reach web, and nothing else', async () => {
    expect(await openFrom(cluster, STATUS, 'uptime-kuma-0', othersThan('kuma'))).toEqual([addresses.web]);
  });

  proof('keep the network of the nodes from web', async () => {
    const agent = await cluster.agent(false);
    await expect(request({ agent, ...(await addressOf(cluster, APP, 'web')) })).rejects.toThrow();
  });

  const othersThan = (peer: string) =>
    Object.entries(addresses).flatMap(([name, address]) => (name === peer ? [] : [address]));
});

describe('with a visitor that the policies admit', () => {
  /** A visit by a client that opens a connection for every request, and by one that keeps its connections. */
  let visit: () => Promise<Reply>;
  let visitAgain: () => Promise<Reply>;
  let info: () => Promise<Record<string, unknown>>;
  let sign: (message: string) => Promise<Reply>;

  beforeAll(() =>
    explained(cluster, async () => {
      await cluster.apply(admitHost(APP, 'web', 8080, await cluster.hostAddress()));
      const web = await addressOf(cluster, APP, 'web');
      const [fresh, kept] = [await cluster.agent(false), await cluster.agent(true)];
      visit = () => request({ agent: fresh, ...web });
      visitAgain = () => request({ agent: kept, ...web });
      info = async () => JSON.parse((await request({ agent: fresh, ...web, path: '/info' })).body);
      sign = (message) =>
        request(
          {
            agent: fresh,
            ...web,
            method: 'POST',
            path: '/guestbook',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          },
          String(new URLSearchParams({ name: 'a visitor', message })),
        );
      await waitFor('the page', 30, async () => expect((await visit()).status).toBe(200));
    }),
  );

  proof('shows a visit and a guestbook entry on the page, in the exporter and in a PromQL answer', async () => {
    const visitsBefore = visitsOn(await visit());
    expect((await sign('first of all')).status).toBe(303);
    const page = await visit();
    expect(visitsOn(page)).toBe(visitsBefore + 1);
    expect(page.body).toContain('first of all');

    const metrics = await exporterMetrics();
    expect(metrics).toContain(`course_visits_total{student="${STUDENT}"} ${visitsBefore + 1}\n`);
    expect(metrics).toContain(`course_guestbook_comments{student="${STUDENT}"} 1\n`);
    await waitFor('both in Prometheus', 60, async () => {
      expect(await promQl(`course_visits_total{student="${STUDENT}"}`)).toEqual([visitsBefore + 1]);
      expect(await promQl(`course_guestbook_comments{student="${STUDENT}"}`)).toEqual([1]);
    });
  });

  proof('tells web what it asks for, and its labels as they are now', async () => {
    expect(await info()).toMatchObject({
      cpuRequestMillicores: 50,
      memoryLimitBytes: 192 * 2 ** 20,
      labels: { 'app.kubernetes.io/name': 'web', environment: 'dev' },
    });
    const label = (what: string) =>
      cluster.kubectl('label', 'pods', '-l', 'app.kubernetes.io/name=web', '-n', APP, what);
    await label('noted=yes');
    await waitFor('the label', 120, async () => expect(await info()).toMatchObject({ labels: { noted: 'yes' } }));
    await label('noted-');
  });

  proof('has every scrape target up', async () => {
    await waitFor('every target', 60, async () => {
      const ofCluster = ['cadvisor', 'kubelet', 'kubelet-probes', 'kubernetes-apiservers'];
      expect(await promQl('count by (job) (up == 1)', 'job')).toEqual(
        [
          ...ofCluster,
          'exporter',
          'grafana',
          'kube-state-metrics',
          'kube-state-metrics-telemetry',
          'node-exporter',
          'prometheus',
          'web',
        ].sort(),
      );
      expect(await promQl('up == 0', 'instance')).toEqual([]);
      expect(await promQl('up{job="node-exporter"}', 'node')).toEqual(['node-1', 'node-2', 'node-3']);
    });
  });

  proof('has series of objects with the labels of these objects', async () => {
    const of = 'job="kube-state-metrics"';
    expect(await promQl(`kube_pod_info{${of}, pod="redis-0"}`, 'namespace')).toEqual([APP]);
    expect(await promQl(`group by (namespace) (kube_pod_info{${of}})`, 'namespace')).toContain('kube-system');
    expect(await promQl(`kube_pod_labels{${of}, pod="redis-0"}`, 'label_app_kubernetes_io_name')).toEqual(['redis']);
    expect(await promQl('{__name__=~"kube_.+", exported_namespace!=""}')).toEqual([]);
    expect(await promQl('group by (namespace) (kube_state_metrics_build_info)', 'namespace')).toEqual([APP]);
  });

  proof('lets nobody read Secrets for series of objects', async () => {
    const may = (verb: string, resource: string) =>
      cluster
        .kubectl('auth', 'can-i', verb, resource, '-A', `--as=system:serviceaccount:${APP}:kube-state-metrics`)
        .catch((error: Error) => error.message);
    expect(await may('list', 'deployments')).toMatch(/^yes/);
    for (const resource of ['secrets', 'configmaps', 'replicasets']) expect(await may('list', resource)).toMatch(/no$/);
    expect(await may('delete', 'pods')).toMatch(/no$/);
  });

  proof('answers kubectl top', async () => {
    await waitFor('figures of the pods', 90, async () => {
      const output = await cluster.kubectl('top', 'pods', '-n', APP, '--no-headers');
      const measured = lines(output).map((line) => line.split(/\s+/)[0]);
      for (const app of ['web', 'redis', 'exporter', 'prometheus'])
        expect(measured).toContainEqual(expect.stringMatching(`^${app}-`));
    });
  });

  proof('gets more replicas of web under load, and loses no request while they come', async () => {
    const replicas = async () => (await cluster.get<Workload>(APP, 'deployment', 'web')).status.readyReplicas ?? 0;
    const before = await replicas();
    const started = Date.now();
    const { sent, failed } = await steadilyDuring(
      () => waitFor('more replicas', 180, async () => expect(await replicas()).toBeGreaterThan(before)),
      visit,
      120,
    );
    say(
      `from ${before} to ${await replicas()} replicas: ${seconds(started)}; ${sent} requests, ${failed.length} failed`,
    );
    expect(failed).toEqual([]);
    // What marks rollouts does not mark scalings.
    expect(await promQl(OUTDATED_WEB)).toEqual([0]);
  });

  proof('loses no request while web is rolled forward and back', async () => {
    const roll = async (...command: string[]) => {
      await cluster.kubectl(...command, '-n', APP);
      await cluster.kubectl('rollout', 'status', 'deployment/web', '-n', APP, '--timeout=180s');
    };
    const version = async () => JSON.stringify((await cluster.get<Workload>(APP, 'deployment', 'web')).spec.template);
    /** The requests that were lost while a command changed the pods, by new connections and by kept ones. */
    const lostDuring = async (command: string[]) => {
      let other: Promise<void> | undefined;
      const started = Date.now();
      const [fresh, kept] = await Promise.all(
        [visit, visitAgain].map((client) => steadilyDuring(() => (other ??= roll(...command)), client, 20)),
      );
      const lost = [...fresh!.failed, ...kept!.failed];
      say(
        `${command.slice(0, 2).join(' ')}: ${seconds(started)}; ${fresh!.sent} + ${kept!.sent} requests, ${fresh!.failed.length} + ${kept!.failed.length} failed`,
      );
      for (const each of lost) say(`lost at ${each}`);
      return lost;
    };
    const forwardAndBack = async () => [
      ...(await lostDuring(['set', 'env', 'deployment/web', 'VERSION=0.1.1'])),
      ...(await lostDuring(['rollout', 'undo', 'deployment/web'])),
    ];
    const first = await version();
    // On two busy cores the network itself lost one request in some 20,000, so a loss must show again to count: pods
    // that leave without draining lose some at every roll.
    if ((await forwardAndBack()).length > 0) expect(await forwardAndBack()).toEqual([]);
    expect(await version()).toBe(first);
  });

  proof('has every series that a rule asks for', async () => {
    const rules = objects.filter(({ metadata }) => metadata.name.startsWith('prometheus-config-'));
    const { groups } = load((rules[0]!.data as Record<string, string>)['rules.yml']!) as {
      groups: { rules: { record?: string; expr: string }[] }[];
    };
    const asked = new Set(
      groups.flatMap((group) => group.rules.flatMap(({ expr }) => selectionsOf(queryOf(expr)).map(nameOfSeries))),
    );
    expect(asked.size).toBeGreaterThan(60);
    await waitFor('every series', 300, async () => {
      // Shares of requests are there when there are requests.
      await visit();
      const there = new Set(await promQl('group by (__name__, job) ({__name__=~".+"})', '__name__', 'job'));
      const names = new Set([...there].map((one) => String(one).split(' ')[0]));
      const missing = [...asked].filter((one) => !(one.includes(' ') ? there.has(one) : names.has(one))).sort();
      expect(missing.filter((one) => MAY_BE_MISSING[one] === undefined)).toEqual([]);
    });
    expect(Object.keys(MAY_BE_MISSING).filter((one) => !asked.has(one))).toEqual([]);
  });

  proof('finds the config of the revision before when a rollout is undone', async () => {
    // A pod that drains goes on answering for a moment.
    const greets = (words: string) => waitFor(words, 30, async () => expect((await visit()).body).toContain(words));
    const rolled = () => cluster.kubectl('rollout', 'status', 'deployment/web', '-n', APP, '--timeout=180s');
    await greets('Welcome');
    const changed = objectsWith({ web: { greeting: because('Another day', 'it is seen on the page') } });
    await cluster.apply(...changed.filter(({ metadata }) => /^web(-config-|$)/.test(metadata.name)));
    await rolled();
    await greets('Another day');
    await cluster.kubectl('rollout', 'undo', 'deployment/web', '-n', APP);
    await rolled();
    await greets('Welcome');
  });

  proof('loses no request while people are moved to another version beside this one, and back', async () => {
    const release = (live: 'blue' | 'green') =>
      objectsWith({
        web: {
          release: because(
            blueGreen({ live, green: { image: 'registry.example.com/course/web:0.2.0' } }),
            'moved to and fro',
          ),
        },
      });
    const text = (object: KubernetesObject) => JSON.stringify(object);
    const [own, both] = [new Set(objectsWith({}).map(text)), release('blue')];
    const changed = both.filter((object) => !own.has(text(object)));
    await loadImages(cluster, both);
    const kept = await cluster.agent(true);
    const web = await addressOf(cluster, APP, 'web');
    const versionBy = async (agent: typeof kept) =>
      JSON.parse((await request({ agent, ...web, path: '/info' })).body)['version'] as string;
    const fresh = await cluster.agent(false);
    const podsOf = async (name: string) =>
      (await cluster.get<{ items: Pod[] } & KubernetesObject>(APP, 'pods', `-lapp.kubernetes.io/name=${name}`)).items
        .map(({ metadata }) => metadata.name)
        .sort();
    const before = await podsOf('web');
    const moves: string[] = [];

    /** Makes a version live, and waits until new connections meet no other. */
    const move = async (live: 'blue' | 'green') => {
      const expected = live === 'blue' ? '0.1.0' : '0.2.0';
      const was = await versionBy(kept);
      const started = Date.now();
      await cluster.apply(
        ...release(live).filter(({ kind, metadata }) => kind === 'Service' && metadata.name === 'web'),
      );
      // A connection that is open stays with the pod that it leads to.
      expect(await versionBy(kept)).toBe(was);
      let last = Date.now();
      for (let right = 0; right < 20; right++) {
        if ((await versionBy(fresh)) === expected) continue;
        right = -1;
        last = Date.now();
      }
      moves.push(`${((last - started) / 1000).toFixed(1)} s`);
      expect(last - started).toBeLessThan(5000);
      kept.destroy();
    };
    const { sent, failed } = await steadilyDuring(
      async () => {
        await cluster.apply(admitHost(APP, 'web-green', 8080, await cluster.hostAddress()), ...changed);
        await cluster.kubectl('rollout', 'status', 'deployment/web-green', '-n', APP, '--timeout=180s');
        for (let round = 0; round < 5; round++) for (const live of ['green', 'blue'] as const) await move(live);
        // On the way into it no pod of the first version was replaced; the autoscaler may have changed how many there are.
        const after = await podsOf('web');
        const [fewer, more] = before.length < after.length ? [before, after] : [after, before];
        expect(fewer.filter((name) => !more.includes(name))).toEqual([]);
        await waitFor('both versions in one job', 90, async () => {
          const green = await cluster.kubectl(
            ...['get', 'pods', '-n', APP, '-lapp.kubernetes.io/name=web-green'],
            '-ojsonpath={.items[*].status.podIP}',
          );
          const up = await promQl('up{job="web"} == 1', 'instance');
          expect(up).toEqual(expect.arrayContaining(green.split(' ').map((address) => `${address}:8080`)));
          // Each says which version it is of, as the alert asks that is about the live one.
          // Beside those of the Prometheus before, which knew of no versions.
          expect(await promQl('count by (deployment) (up{job="web"} == 1)', 'deployment')).toEqual(
            expect.arrayContaining(['web', 'web-green']),
          );
        });
        await cluster.apply(
          ...objects.filter(({ metadata }) => changed.some((each) => each.metadata.name === metadata.name)),
        );
        const names = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
        const gone = changed.filter(({ kind, metadata }) => !names.has(`${kind}/${metadata.name}`));
        for (const { kind, metadata } of gone)
          await cluster.kubectl('delete', kind, metadata.name, '-n', APP, '--wait=false');
      },
      visit,
      20,
    );
    say(
      `5 times to the other version and back, the last answer of the one before after ${moves.join(', ')}; ${sent} requests, ${failed.length} failed`,
    );
    for (const each of failed) say(`lost at ${each}`);
    expect(failed).toEqual([]);
    await settled(cluster, objects);
  });

  describe.each([
    [
      'its pod is deleted by force',
      async () => void (await cluster.kubectl('delete', 'pod', 'redis-0', '-n', APP, '--force', '--grace-period=0')),
    ],
    ['its process is killed', () => signalRedis('SIGKILL')],
    [
      'it hangs',
      async () => {
        await signalRedis('SIGSTOP');
        setTimeout(() => void signalRedis('SIGCONT'), 8_000);
      },
    ],
  ])('when Redis goes: %s', (how, strike) => {
    proof(
      'the page degrades, the exporter shows nothing stale, and all comes back with what Redis acknowledged',
      async () => {
        const entry = `acknowledged before ${how}`;
        expect((await sign(entry)).status).toBe(303);
        const visitsBefore = visitsOn(await visit());
        await pause(1.5); // appendfsync everysec: what is older than a second is on the disk

        const started = Date.now();
        await Promise.all([
          strike(),
          waitFor('the page with a notice', 30, async () => expect(degraded(await visit())).toBe(true), 0.1),
          waitFor(
            'an exporter without Redis',
            30,
            async () => expect(seriesOf(await exporterMetrics())).toEqual({ up: 0, students: 0 }),
            0.1,
          ),
        ]);
        say(`degraded, seen on the page and in the exporter: ${seconds(started)}`);

        await waitFor('the page without a notice', 60, async () => {
          const page = await visit();
          expect(degraded(page)).toBe(false);
          expect(page.body).toContain(entry);
          expect(visitsOn(page)).toBeGreaterThan(visitsBefore);
        });
        await waitFor('an exporter with Redis', 30, async () =>
          expect(seriesOf(await exporterMetrics())).toEqual({ up: 1, students: 2 }),
        );
        say(`recovered with the entry and the visits: ${seconds(started)}`);
      },
    );
  });
});

/** The target with other settings, as a commit would change it. */
function objectsWith(settings: Layer): KubernetesObject[] {
  const { features } = matrix.targets([`${dev.name}@${kind.name}`])[0]!;
  const one = target(dev, kind, features, { settings });
  const { matrix: changed, compose } = composition({ ...course, matrix: matrixOf(components, one) });
  return compose(changed.targets()[0]!).flatMap((component) => component.objects as readonly KubernetesObject[]);
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

function lines(output: string): string[] {
  return output.trim().split('\n');
}

async function podAddress(namespace: string, app: string, label = 'app.kubernetes.io/name'): Promise<string> {
  const [pod] = await cluster.list<Pod>(namespace, 'pods', `${label}=${app}`);
  return pod!.status.podIP!;
}

function visitsOn(page: Reply): number {
  expect(page.status).toBe(200);
  return Number(/Visits so far: <strong>(\d+)</.exec(page.body)?.[1]);
}

/** The page is served either way; without Redis it says so. */
function degraded(page: Reply): boolean {
  expect(page.status).toBe(200);
  return page.body.includes('The database cannot be reached');
}

/** What Prometheus sees when it asks the exporter. */
async function exporterMetrics(): Promise<string> {
  return cluster.exec(APP, 'prometheus-0', 'wget', '-qO-', `http://${await podAddress(APP, 'exporter')}:9100/metrics`);
}

function seriesOf(metrics: string): { up: number; students: number } {
  return {
    up: Number(/^course_redis_up (\d)$/m.exec(metrics)?.[1]),
    students: [...metrics.matchAll(/^course_.*\{student=/gm)].length,
  };
}

/** A series that a rule reads: its name, and its job where the rule says it. */
function nameOfSeries({ metric = '', equal }: Selection): string {
  return equal.job === undefined ? metric : `${metric} ${equal.job}`;
}

/** An instant query: the values, or the values of labels. */
async function promQl(query: string, ...labels: string[]): Promise<(number | string)[]> {
  const output = await cluster.exec(
    APP,
    'prometheus-0',
    'promtool',
    'query',
    'instant',
    '-o',
    'json',
    'http://localhost:9090',
    query,
  );
  const samples = JSON.parse(output) as { metric: Record<string, string>; value: [number, string] }[];
  const named = (metric: Record<string, string>) =>
    labels
      .map((label) => metric[label] ?? '')
      .join(' ')
      .trimEnd();
  return samples.map(({ metric, value }) => (labels.length > 0 ? named(metric) : Number(value[1]))).sort();
}

/** The first process of a container takes no SIGKILL from inside, so it comes from the node. */
async function signalRedis(signal: NodeJS.Signals): Promise<void> {
  const pod = await cluster.get<Pod>(APP, 'pod', 'redis-0');
  for (const pid of await cluster.processesOf(pod, 'redis-server')) process.kill(pid, signal);
}
