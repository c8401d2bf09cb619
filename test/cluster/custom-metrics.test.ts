/**
 * What Prometheus knows as metrics of Kubernetes, on real nodes: an autoscaler follows the requests of its own pods up and down, metrics of
 * an object and of a query are answered, and `kubectl top` works without metrics-server.
 */
import {
  autoscaling,
  networkPolicies,
  prometheus,
  prometheusAdapter,
  prometheusResourceMetrics,
  uptimeKuma,
} from '../../features';
import { because } from '../../index';
import { renderedManifests, verifyManifests } from '../../verify';
import { Cluster } from './support/cluster';
import type { Reply } from './support/http';
import { request } from './support/http';
import { loadImages } from './support/images';
import type { KubernetesObject } from './support/kubernetes';
import { APP, applyInPlaceOf, monitored, objectsOfTarget, secondsSince } from './support/monitored';
import { NotTried, say, testOn } from './support/report';
import { steadilyDuring } from './support/traffic';
import { waitFor } from './support/wait';
import { addressOf, admitHost, settled } from './support/workloads';

const features = [prometheus, prometheusAdapter, prometheusResourceMetrics, autoscaling, networkPolicies, uptimeKuma];
const CUSTOM = `/apis/custom.metrics.k8s.io/v1beta2/namespaces/${APP}`;
const EXTERNAL = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${APP}`;
/** Twenty requests a second are almost three pods of seven, and two are far from enough; a busy machine sends a few less. */
const PER_SECOND = 20;
const PER_POD = 7;
const WANTED = 3;

const target = monitored('discovery', features, {
  autoscaling: {
    min: because(1, 'it is seen to come back'),
    max: because(5, 'it stops before, by what it measures'),
    cpuPercent: because('none', 'requests alone move it here'),
    metrics: because(
      [
        { requestsPerPod: PER_POD },
        { requestsTo: 'Service', perPod: PER_POD },
        { query: { metric: 'course_visits_total', of: 'exporter' }, perPod: 1000 },
      ],
      'each kind is looked at',
    ),
    scaleDown: because({ window: '15s', policies: [{ percent: 100, every: '15s' }] }, 'nobody waits'),
  },
});
const objects = objectsOfTarget(target);

interface Metric {
  readonly type: 'Pods' | 'Object' | 'External';
}
interface Hpa extends KubernetesObject {
  readonly spec: { readonly metrics: readonly Metric[] };
  readonly status?: {
    readonly desiredReplicas?: number;
    readonly currentReplicas?: number;
    readonly currentMetrics?: readonly (Metric | null)[];
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[];
  };
}
interface Values {
  readonly items: readonly {
    readonly describedObject?: { readonly kind: string; readonly name: string };
    readonly value: string;
  }[];
}

const cluster = new Cluster('provenet');
let isUp = false;
const proof = (name: string, run: () => Promise<void>) =>
  testOn(cluster, name, async () => {
    if (isUp) return run();
    throw new NotTried('the platform is not up');
  });

const rendered = objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler') as Hpa;
/** An autoscaler of another workload that looks at one kind of metric alone. */
const watching = (name: string, kind: string, type: Metric['type']): KubernetesObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, namespace: APP },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind, name },
    minReplicas: 1,
    maxReplicas: 1,
    metrics: rendered.spec.metrics.filter((metric) => metric.type === type),
  },
});

async function raw(path: string): Promise<Values> {
  return JSON.parse(await cluster.kubectl('get', '--raw', path)) as Values;
}

/** Calls the page of web by its Service, with a connection for each request. */
async function visitor(): Promise<() => Promise<Reply>> {
  const { host, port } = await addressOf(cluster, APP, 'web');
  const agent = await cluster.agent(false);
  return () => request({ host, port, path: '/', agent });
}

async function isActive(name: string): Promise<Hpa> {
  return waitFor(`autoscaler ${name}`, 120, async () => {
    const hpa = await cluster.get<Hpa>(APP, 'hpa', name);
    const active = hpa.status?.conditions?.find(({ type }) => type === 'ScalingActive');
    expect(`${active?.status}: ${active?.status === 'True' ? '' : active?.message}`).toBe('True: ');
    return hpa;
  });
}

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 1 });
  await loadImages(cluster, objects);
  await applyInPlaceOf(cluster, objects, []);
  await settled(cluster, objects);
  isUp = true;
  say(`a node with ${objects.length} objects: ${secondsSince(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

proof('every API of metrics is served by the adapter', async () => {
  await waitFor('the APIs', 120, async () => {
    const served = await cluster.kubectl('get', 'apiservices', '-o', 'json');
    const { items } = JSON.parse(served) as { items: Hpa[] };
    const metrics = items.filter(({ metadata }) => metadata.name.includes('metrics.k8s.io'));
    const available = metrics.map(
      ({ metadata, status }) =>
        `${metadata.name} ${status?.conditions?.find(({ type }) => type === 'Available')?.status}`,
    );
    expect(available.sort()).toEqual([
      'v1beta1.external.metrics.k8s.io True',
      'v1beta1.metrics.k8s.io True',
      'v1beta2.custom.metrics.k8s.io True',
    ]);
  });
});

proof('pods that nobody has called have no requests, which is a number', async () => {
  const { items } = await waitFor('values of pods', 180, async () => {
    const values = await raw(`${CUSTOM}/pods/*/web_requests_per_second?labelSelector=app.kubernetes.io%2Fname%3Dweb`);
    expect(values.items.length).toBeGreaterThan(0);
    return values;
  });
  expect(items.map(({ describedObject, value }) => [describedObject?.kind, value])).toEqual([['Pod', '0']]);
});

proof('a query has a value as soon as there is a series, and an object always', async () => {
  const service = await raw(`${CUSTOM}/services/web/web_requests_per_second`);
  expect(service.items[0]).toMatchObject({ describedObject: { kind: 'Service', name: 'web' }, value: '0' });
  const visits = () => raw(`${EXTERNAL}/course_visits_per_second`);
  await expect(visits()).rejects.toThrow('NotFound');
  await cluster.apply(admitHost(APP, 'web', 8080, await cluster.hostAddress()));
  const visit = await visitor();
  expect((await visit()).status).toBe(200);
  // It is scraped, and the adapter looks for series once a minute.
  const { items } = await waitFor('visits', 150, visits);
  expect(items).toHaveLength(1);
});

proof('other names and namespaces have no value', async () => {
  for (const path of [
    `${CUSTOM}/services/redis/web_requests_per_second`,
    `${CUSTOM.replace(APP, 'default')}/services/web/web_requests_per_second`,
    `${CUSTOM}/pods/*/exporter_requests_per_second`,
  ])
    await expect(raw(path)).rejects.toThrow('NotFound');
});

proof('autoscalers on each kind of metric are active', async () => {
  await cluster.apply(watching('exporter', 'Deployment', 'Object'), watching('redis', 'StatefulSet', 'External'));
  for (const name of ['web', 'exporter', 'redis']) await isActive(name);
  const { status } = await waitFor('all metrics of web', 120, async () => {
    const hpa = await cluster.get<Hpa>(APP, 'hpa', 'web');
    expect(hpa.status?.currentMetrics?.map((metric) => metric?.type)).toEqual(['Pods', 'Object', 'External']);
    return hpa;
  });
  say(`web reads ${JSON.stringify(status?.currentMetrics)}`);
});

proof('more requests make more pods, as many as they need, and fewer take them away', async () => {
  const send = await visitor();
  const replicas = async () => (await cluster.get<Hpa>(APP, 'hpa', 'web')).status?.desiredReplicas;
  const started = Date.now();
  const { sent, failed } = await steadilyDuring(
    async () => {
      await waitFor(`${WANTED} pods`, 240, async () => expect(await replicas()).toBe(WANTED));
      say(`${WANTED} pods wanted after ${secondsSince(started)}`);
      // Longer than the window of the rate: more are not wanted.
      await new Promise((done) => setTimeout(done, 75_000));
      expect(await replicas()).toBe(WANTED);
    },
    send,
    PER_SECOND,
  );
  expect(failed).toEqual([]);
  const stopped = Date.now();
  await waitFor('one pod', 240, async () => expect(await replicas()).toBe(1));
  say(`${sent} requests; one pod again ${secondsSince(stopped)} after the last`);
});

proof('kubectl top answers for pods and nodes', async () => {
  const nodes = (await cluster.kubectl('top', 'nodes', '--no-headers')).trim().split('\n');
  expect(nodes).toHaveLength(1);
  for (const line of nodes) expect(line).toMatch(/^node-\d\s+[1-9]\d*m\s+\d+%\s+[1-9]\d*Mi/);
  const pods = await cluster.kubectl('top', 'pods', '-n', APP, '--containers', '--no-headers');
  expect(pods).toMatch(/^prometheus-0\s+prometheus\s+\d+m\s+[1-9]\d*Mi/m);
});

proof('a metric that no rule gives stops an autoscaler, as verify says', async () => {
  const wrong = JSON.parse(JSON.stringify(rendered).replaceAll('web_requests_per_second', 'web_requests')) as Hpa;
  const others = objects.filter((object) => object !== rendered);
  const said = (of: readonly object[]) =>
    verifyManifests({ objects: of }, { only: ['adapter-rule-resolves'] }).findings.map(({ path }) => path);
  expect(said(objects)).toEqual([]);
  expect(said([...others, wrong])).toEqual(['spec.metrics[0].pods.metric.name', 'spec.metrics[1].object.metric.name']);
  await cluster.apply({
    ...wrong,
    spec: { ...wrong.spec, metrics: wrong.spec.metrics.slice(0, 1) },
  } as KubernetesObject);
  await waitFor('the autoscaler to stop', 120, async () => {
    const { status } = await cluster.get<Hpa>(APP, 'hpa', 'web');
    const active = status?.conditions?.find(({ type }) => type === 'ScalingActive');
    expect([active?.status, active?.message]).toEqual(['False', expect.stringContaining('could not find the metric')]);
  });
});

proof('the adapter may list pods for its metrics, and nothing of what it does not need', async () => {
  const may = (...what: string[]) =>
    cluster.kubectl('auth', 'can-i', ...what, '--as=system:serviceaccount:kube-system:prometheus-adapter').then(
      () => true,
      () => false,
    );
  expect(await may('list', 'pods', '-A')).toBe(true);
  for (const what of [
    ['list', 'secrets', '-A'],
    ['get', 'services', '-A'],
    ['delete', 'pods', '-A'],
    ['get', 'nodes', '--subresource=proxy'],
  ])
    expect([what, await may(...what)]).toEqual([what, false]);
});

test('what is rendered has nothing that would break', () => {
  const findings = verifyManifests(renderedManifests(target, 'dev@kind')).findings.filter(
    ({ verdict }) => verdict === 'fail',
  );
  expect(findings.filter(({ severity }) => severity === 'will-break')).toEqual([]);
});
