/**
 * The course's dev target in each form of Prometheus on real nodes: the three scrape the same pods and load the same rules; what only
 * two of them see is there; an alert fires when its cause is there, and ends with it.
 */
import { load } from 'js-yaml';
import { grafana, kubeStateMetrics, networkPolicies, nodeExporter, prometheus } from '../../features';
import { because } from '../../index';
import { renderedManifests, verifyManifests } from '../../verify';
import { discoveredTargets } from '../../world/discovered-targets';
import { worldOf } from '../checks/judging';
import { Cluster } from './support/cluster';
import { askWeb, ShownDashboards } from './support/dashboards';
import { loadImages, TEST_IMAGE } from './support/images';
import type { KubernetesObject } from './support/kubernetes';
import type { ActiveTarget, Form } from './support/monitored';
import {
  APP,
  applyInPlaceOf,
  FORMS,
  monitored,
  objectsOfTarget,
  PrometheusApi,
  prometheusPod,
  secondsSince as seconds,
} from './support/monitored';
import { installPrometheusOperator } from './support/operator';
import { NotTried, say, testOn } from './support/report';
import { compareSeries } from './support/series';
import { waitFor } from './support/wait';
import { settled } from './support/workloads';

const ELSEWHERE = 'elsewhere';
const ASKS = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' };

/** Jobs of flows, and of the cluster itself. */
const FLOWS = ['exporter', 'prometheus', 'web'];
const OF_CLUSTER = ['cadvisor', 'kubelet', 'kubelet-probes', 'kubernetes-apiservers'];

const inForm = (form: Form) => monitored(form, [prometheus, networkPolicies]);
const objectsIn = (form: Form) => objectsOfTarget(inForm(form));
/** With all that says something of nodes and objects, and dashboards. */
const wholeIn = (form: Form) =>
  monitored(form, [prometheus, grafana, nodeExporter, kubeStateMetrics, networkPolicies], {
    kubeStateMetrics: { covers: because('cluster', 'nodes are shown, too') },
  });

interface Seen {
  readonly targets: readonly string[];
  readonly rules: readonly string[];
}

const cluster = new Cluster('provepod');
const seen = new Map<Form, Seen>();
let api = new PrometheusApi(cluster, prometheusPod('minimal'));

const proof = (name: string, form: Form, run: () => Promise<void>) =>
  testOn(cluster, `${form}: ${name}`, async () => {
    if (seen.has(form)) return run();
    throw new NotTried(`Prometheus did not find its targets in the form ${form}`);
  });

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 2 });
  await loadImages(cluster, objectsIn('minimal'));
  await installPrometheusOperator(cluster);
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: ELSEWHERE } });
  await cluster.apply(served('asked', ASKS), served('not-asked', {}));
  say(`a cluster of two nodes with the operator: ${seconds(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

describe.each(FORMS)('in the form %s', (form) => {
  testOn(cluster, `${form}: is applied, and every target of every job is up`, async () => {
    const started = Date.now();
    const objects = objectsIn(form);
    await applyInPlaceOf(cluster, objects, [...seen.keys()].flatMap(objectsIn));
    await settled(cluster, objects);
    const pod = prometheusPod(form);
    api = new PrometheusApi(cluster, pod);
    await waitFor('a ready pod', 120, () =>
      cluster.kubectl('wait', '--for=condition=Ready', `pod/${pod}`, '-n', APP, '--timeout=5s'),
    );
    const jobs = form === 'minimal' ? FLOWS : [...FLOWS, ...OF_CLUSTER, 'annotated-pods'];
    const targets = await waitFor('every target', 240, async () => {
      const found = await api.activeTargets();
      const failing = found
        .filter(({ health }) => health !== 'up')
        .map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`);
      expect(failing).toEqual([]);
      expect([...new Set(found.map(({ labels }) => labels.job!))].sort()).toEqual([...jobs].sort());
      return found;
    });
    const rules = await api.rules();
    expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
    seen.set(form, {
      targets: targets
        .filter(({ labels }) => FLOWS.includes(labels.job!))
        .map(placeOf)
        .sort(),
      rules: rules.map(({ name, query, duration = 0 }) => `${name} ${duration} ${query}`).sort(),
    });
    if (form === 'discovery') expect(discoveredIn(objects)).toEqual(ofPods(targets));
    say(`${objects.length} objects, ${targets.length} targets up, ${rules.length} rules: ${seconds(started)}`);
  });
});

testOn(cluster, 'the three forms scrape the same pods and load the same rules', async () => {
  const [minimal, discovery, operator] = FORMS.map((form) => seen.get(form));
  expect(minimal!.targets.length).toBeGreaterThanOrEqual(3);
  expect(minimal!.rules.length).toBeGreaterThan(40);
  // Prometheus scrapes itself by a name of its own where nobody finds its pod for it.
  const others = (one: Seen | undefined) => one!.targets.filter((each) => !each.startsWith('prometheus '));
  expect(others(discovery)).toEqual(others(minimal));
  expect(others(operator)).toEqual(others(minimal));
  expect(discovery!.rules).toEqual(minimal!.rules);
  expect(operator!.rules).toEqual(minimal!.rules);
});

proof('a pod that asks for it is scraped, and one that does not stays out', 'operator', async () => {
  const pods = (await api.activeTargets())
    .filter(({ labels }) => labels.namespace === ELSEWHERE)
    .map(({ labels }) => labels.pod);
  expect(pods).toEqual(['asked']);
});

proof('no two series of the kubelets became one, and none has the id of a container', 'operator', async () => {
  expect(await api.values('sum(prometheus_target_scrapes_sample_duplicate_timestamp_total)')).toEqual(['0']);
  expect(await api.values('count({job="cadvisor", id!=""})')).toEqual([]);
  expect(Number((await api.values('count(container_memory_working_set_bytes{job="cadvisor"})'))[0])).toBeGreaterThan(5);
});

proof('a rule that cannot be read stays out, and the others go on', 'operator', async () => {
  const before = (await api.rules()).length;
  const rule = (name: string, expr: string) => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name, namespace: APP },
    spec: { groups: [{ name, rules: [{ record: name.replaceAll('-', ':'), expr }] }] },
  });
  const [broken, sound] = [rule('a-broken', 'sum(up'), rule('a-sound', 'sum(up)')];
  const said = verifyManifests({ objects: [broken] }, { only: ['prom-config-rules-valid'] }).findings;
  expect(said.filter(({ verdict }) => verdict === 'fail')).toHaveLength(1);
  await cluster.apply(broken, sound);
  await waitFor('the sound one', 180, async () => {
    const names = (await api.rules()).map(({ name }) => name);
    expect(names).toContain('a:sound');
    expect(names).not.toContain('a:broken');
    expect(names).toHaveLength(before + 1);
  });
  await cluster.kubectl('delete', 'prometheusrule', 'a-broken', 'a-sound', '-n', APP);
});

proof('without the right to read metrics of nodes kubelets refuse, as verify says', 'operator', async () => {
  const rights = objectsIn('operator').find(({ kind: of }) => of === 'ClusterRole')!;
  const less = {
    ...rights,
    rules: (rights.rules as { resources?: string[] }[]).filter(
      ({ resources }) => !resources?.includes('nodes/metrics'),
    ),
  };
  const { text, ...given } = renderedManifests(inForm('discovery'), 'dev@kind');
  // Every such rule: that of metrics-server stands before that of Prometheus.
  const without = text.replace(
    /- apiGroups:\n\s+- ''\n\s+resources:\n\s+- nodes\/metrics\n\s+verbs:\n\s+- get\n\s*/g,
    '',
  );
  expect(without).not.toBe(text);
  const said = verifyManifests({ text: without, ...given }, { only: ['scrape-permitted'] }).findings;
  say(`verify: ${said.map(({ message }) => message).join('; ')}`);
  expect(said.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'fail']);
  await cluster.apply(less);
  // Kubelets remember for five minutes what a pod's token may do; a new pod has a new token.
  await cluster.kubectl('delete', 'pod', prometheusPod('operator'), '-n', APP);
  await waitFor('a refusal', 180, async () => {
    const errors = (await api.activeTargets())
      .filter(({ labels }) => labels.job === 'kubelet')
      .map(({ lastError }) => lastError);
    expect(errors.join()).toMatch(/403 Forbidden/);
  });
  await cluster.apply(rights);
});

proof('an alert fires when Redis goes, and ends when it is back', 'operator', async () => {
  const started = Date.now();
  const firing = () => api.values('ALERTS{alertname="RedisDown", alertstate="firing"}');
  expect(await firing()).toEqual([]);
  await cluster.kubectl('scale', 'statefulset', 'redis', '-n', APP, '--replicas=0');
  await waitFor('the alert', 120, async () => expect(await firing()).toEqual(['1']));
  const after = (Date.now() - started) / 1000;
  say(`RedisDown fires ${after.toFixed(0)} s after Redis went; it waits a minute`);
  expect(after).toBeGreaterThan(55);
  await cluster.kubectl('scale', 'statefulset', 'redis', '-n', APP, '--replicas=1');
  await waitFor('its end', 120, async () => expect(await firing()).toEqual([]));
});

proof(
  'with node-exporter, kube-state-metrics and Grafana the same rules are loaded and all queries answered',
  'operator',
  async () => {
    const started = Date.now();
    const whole = wholeIn('operator');
    const objects = objectsOfTarget(whole);
    await loadImages(cluster, objects);
    await applyInPlaceOf(cluster, objects, objectsIn('operator'));
    await settled(cluster, objects);
    const groups = rulesIn(objects);
    expect(groups).toEqual(rulesIn(objectsOfTarget(wholeIn('discovery'))));
    await waitFor('the rules', 180, async () => {
      const loaded = await api.rules();
      expect(loaded.filter(({ health }) => health === 'err')).toEqual([]);
      expect(loaded.map(({ name }) => name).sort()).toEqual(
        groups.flatMap(({ rules }) => rules.map(({ alert, record }) => alert ?? record!)).sort(),
      );
    });
    await askWeb(cluster, 45);
    await new ShownDashboards(cluster, whole).expectData();
    await compareSeries(cluster, api, objects, { others: ['annotated-pods'], isUsed: true });
    say(`${groups.flatMap(({ rules }) => rules).length} rules loaded, dashboards answered: ${seconds(started)}`);

    const firing = () => api.values('ALERTS{alertname="JobFailed", alertstate="firing", job_name="fails"}');
    expect(await firing()).toEqual([]);
    await cluster.apply(failingJob());
    await waitFor('the alert', 120, async () => expect(await firing()).toEqual(['1']));
    await cluster.kubectl('delete', 'job', 'fails', '-n', ELSEWHERE);
    await waitFor('its end', 120, async () => expect(await firing()).toEqual([]));
  },
);

interface StatedGroup {
  readonly name: string;
  readonly rules: readonly { readonly alert?: string; readonly record?: string; readonly expr: string }[];
}

/** The groups of rules that a form renders, in its file or its objects. */
function rulesIn(objects: readonly KubernetesObject[]): StatedGroup[] {
  return objects.flatMap((object) => {
    if (object.kind === 'PrometheusRule') return (object.spec as { groups: StatedGroup[] }).groups;
    const file = (object as { readonly data?: Readonly<Record<string, string>> }).data?.['rules.yml'];
    return object.kind === 'ConfigMap' && file !== undefined ? (load(file) as { groups: StatedGroup[] }).groups : [];
  });
}

function failingJob(): KubernetesObject {
  const container = { name: 'main', image: TEST_IMAGE, imagePullPolicy: 'IfNotPresent', command: ['false'] };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'fails', namespace: ELSEWHERE },
    spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [container] } } },
  };
}

/** Jobs and the ports of pods that discovery finds, as the manifests tell and as Prometheus tells. */
function discoveredIn(objects: readonly KubernetesObject[]): string[] {
  const all = [...objects, served('asked', ASKS), served('not-asked', {})];
  const world = worldOf(all.map((object) => JSON.stringify(object)).join('\n---\n'));
  const found = discoveredTargets(world).map(
    ({ job, workload, port, isCertain }) => `${job} ${workload.namespace} ${port}${isCertain ? '' : '?'}`,
  );
  return [...new Set(found)].sort();
}

function ofPods(targets: readonly ActiveTarget[]): string[] {
  const found = targets.filter(({ discoveredLabels }) => '__meta_kubernetes_pod_name' in discoveredLabels);
  return [
    ...new Set(
      found.map(
        ({ labels, scrapeUrl, discoveredLabels }) =>
          `${labels.job} ${discoveredLabels.__meta_kubernetes_namespace} ${new URL(scrapeUrl).port}`,
      ),
    ),
  ].sort();
}

/** A pod that serves metrics: a second Prometheus will do. */
function served(name: string, annotations: Readonly<Record<string, string>>): KubernetesObject {
  const [image] = objectsIn('minimal')
    .flatMap(({ kind: of, spec }) =>
      of === 'StatefulSet'
        ? (spec as { template: { spec: { containers: { name: string; image: string }[] } } }).template.spec.containers
        : [],
    )
    .filter((container) => container.name === 'prometheus')
    .map((container) => container.image);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: ELSEWHERE, annotations } as KubernetesObject['metadata'],
    spec: {
      containers: [
        { name: 'main', image, imagePullPolicy: 'IfNotPresent', ports: [{ name: 'http', containerPort: 9090 }] },
      ],
    },
  };
}

function placeOf({ labels, scrapeUrl }: ActiveTarget): string {
  return `${labels.job} ${labels.namespace} ${scrapeUrl}`;
}
