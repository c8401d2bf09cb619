/**
 * The course's dev target in each form of Prometheus on real nodes: the three scrape the same pods and load the same rules; what only
 * two of them see is there; an alert fires when its cause is there, and ends with it.
 */
import { kind } from '../../clusters/kind';
import { components } from '../../constructs/app/components';
import { networkPolicies, prometheus } from '../../features';
import { because, composition, environment, matrixOf, target } from '../../index';
import { course } from '../../platform';
import { renderedManifests, verifyManifests } from '../../verify';
import { Cluster } from './support/cluster';
import { loadImages } from './support/images';
import type { KubernetesObject } from './support/kubernetes';
import { nameOf } from './support/kubernetes';
import { installPrometheusOperator } from './support/operator';
import { NotTried, say, testOn } from './support/report';
import { waitFor } from './support/wait';
import { settled } from './support/workloads';

const FORMS = ['minimal', 'discovery', 'operator'] as const;
type Form = (typeof FORMS)[number];

const APP = 'course-dev';
const ELSEWHERE = 'elsewhere';

/** Jobs of flows, and of the cluster itself. */
const FLOWS = ['exporter', 'prometheus', 'web'];
const OF_CLUSTER = ['cadvisor', 'kubelet', 'kubelet-probes', 'kubernetes-apiservers'];

/** The course's kind cluster as it is here: its kubelets' certificates are signed, and an operator may be there. */
const here = {
  ...kind,
  kubeletCertificates: 'signed' as const,
  prometheusOperator: { kubeletService: { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'kubelet' } } },
};
const dev = environment('dev', { ephemeral: true, settings: {} });
const inForm = (form: Form) => {
  const one = target(dev, here, [prometheus, networkPolicies], {
    settings: {
      prometheus: { form: because(form, 'each form is looked at'), interval: because('5s', 'nobody waits') },
    },
  });
  return composition({ ...course, matrix: matrixOf(components, one) });
};
const objectsIn = (form: Form): KubernetesObject[] => {
  const { matrix, compose } = inForm(form);
  return compose(matrix.targets()[0]!).flatMap(({ objects }) => objects as readonly KubernetesObject[]);
};

interface ActiveTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
}
interface LoadedRule {
  readonly name: string;
  readonly query: string;
  readonly duration?: number;
  readonly health: string;
  readonly lastError?: string;
}
interface Seen {
  readonly targets: readonly string[];
  readonly rules: readonly string[];
}

const cluster = new Cluster('provepod');
const seen = new Map<Form, Seen>();
let pod = 'prometheus-0';

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
  await cluster.apply(
    served('asked', { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' }),
    served('not-asked', {}),
  );
  say(`a cluster of two nodes with the operator: ${seconds(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

describe.each(FORMS)('in the form %s', (form) => {
  testOn(cluster, `${form}: is applied, and every target of every job is up`, async () => {
    const started = Date.now();
    const objects = objectsIn(form);
    await removeOthers(objects);
    await cluster.tool(['kubectl', 'apply', '--server-side', '--force-conflicts', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
    });
    await settled(cluster, objects);
    pod = form === 'operator' ? 'prometheus-prometheus-0' : 'prometheus-0';
    await waitFor('a ready pod', 120, () =>
      cluster.kubectl('wait', '--for=condition=Ready', `pod/${pod}`, '-n', APP, '--timeout=5s'),
    );
    const jobs = form === 'minimal' ? FLOWS : [...FLOWS, ...OF_CLUSTER, 'annotated-pods'];
    const targets = await waitFor('every target', 120, async () => {
      const found = await activeTargets();
      const failing = found
        .filter(({ health }) => health !== 'up')
        .map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`);
      expect(failing).toEqual([]);
      expect([...new Set(found.map(({ labels }) => labels.job!))].sort()).toEqual([...jobs].sort());
      return found;
    });
    const rules = await loadedRules();
    expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
    seen.set(form, {
      targets: targets
        .filter(({ labels }) => FLOWS.includes(labels.job!))
        .map(placeOf)
        .sort(),
      rules: rules.map(({ name, query, duration = 0 }) => `${name} ${duration} ${query}`).sort(),
    });
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
  const pods = (await activeTargets())
    .filter(({ labels }) => labels.namespace === ELSEWHERE)
    .map(({ labels }) => labels.pod);
  expect(pods).toEqual(['asked']);
});

proof('no two series of the kubelets became one, and none has the id of a container', 'operator', async () => {
  expect(await promQl('sum(prometheus_target_scrapes_sample_duplicate_timestamp_total)')).toEqual(['0']);
  expect(await promQl('count({job="cadvisor", id!=""})')).toEqual([]);
  expect(Number((await promQl('count(container_memory_working_set_bytes{job="cadvisor"})'))[0])).toBeGreaterThan(5);
});

proof('a rule that cannot be read stays out, and the others go on', 'operator', async () => {
  const before = (await loadedRules()).length;
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
    const names = (await loadedRules()).map(({ name }) => name);
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
  await cluster.kubectl('delete', 'pod', pod, '-n', APP);
  await waitFor('a refusal', 180, async () => {
    const errors = (await activeTargets())
      .filter(({ labels }) => labels.job === 'kubelet')
      .map(({ lastError }) => lastError);
    expect(errors.join()).toMatch(/403 Forbidden/);
  });
  await cluster.apply(rights);
});

proof('an alert fires when Redis goes, and ends when it is back', 'operator', async () => {
  const started = Date.now();
  const firing = () => promQl('ALERTS{alertname="RedisDown", alertstate="firing"}');
  expect(await firing()).toEqual([]);
  await cluster.kubectl('scale', 'statefulset', 'redis', '-n', APP, '--replicas=0');
  await waitFor('the alert', 120, async () => expect(await firing()).toEqual(['1']));
  const after = (Date.now() - started) / 1000;
  say(`RedisDown fires ${after.toFixed(0)} s after Redis went; it waits a minute`);
  expect(after).toBeGreaterThan(55);
  await cluster.kubectl('scale', 'statefulset', 'redis', '-n', APP, '--replicas=1');
  await waitFor('its end', 120, async () => expect(await firing()).toEqual([]));
});

/** What the form before had and this one has not. */
async function removeOthers(objects: readonly KubernetesObject[]): Promise<void> {
  const wanted = new Set(objects.map(nameOf));
  const left = [...seen.keys()].flatMap(objectsIn).filter((object) => !wanted.has(nameOf(object)));
  for (const { kind: of, apiVersion, metadata } of left) {
    const group = apiVersion.includes('/') ? `.${apiVersion.replace(/^(.*)\/(.*)$/, '$2.$1')}` : '';
    await cluster.kubectl(
      'delete',
      `${of}${group}`,
      metadata.name,
      '-n',
      metadata.namespace ?? 'default',
      '--ignore-not-found',
    );
  }
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

function ask(path: string): Promise<unknown> {
  return cluster
    .exec(APP, pod, 'wget', '-qO-', `http://localhost:9090/api/v1/${path}`)
    .then((answer) => (JSON.parse(answer) as { data: unknown }).data);
}

async function activeTargets(): Promise<readonly ActiveTarget[]> {
  return ((await ask('targets?state=active')) as { activeTargets: ActiveTarget[] }).activeTargets;
}

async function loadedRules(): Promise<LoadedRule[]> {
  const { groups } = (await ask('rules')) as { groups: { rules: LoadedRule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** The values of an instant query. */
async function promQl(query: string): Promise<string[]> {
  const { result } = (await ask(`query?query=${encodeURIComponent(query)}`)) as {
    result: { value: [number, string] }[];
  };
  return result.map(({ value }) => value[1]);
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
