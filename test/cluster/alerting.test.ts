/**
 * From what goes wrong to whoever is told, on real nodes: Prometheus, three Alertmanagers and a pager that keeps what it gets. Somebody is told
 * once, also when an Alertmanager goes meanwhile; what explains an alert keeps it back, and so do hours; error budgets that burn fast page,
 * slowly burning ones are tickets, and a blip is neither.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alerting, networkPolicies, prometheus } from '../../features';
import { because, type Layer } from '../../index';
import { Cluster } from './support/cluster';
import { request } from './support/http';
import { loadImages, TEST_IMAGE } from './support/images';
import type { KubernetesObject, Pod } from './support/kubernetes';
import {
  APP,
  applyInPlaceOf,
  type Form,
  monitored,
  objectsOfTarget,
  PrometheusApi,
  prometheusPod,
  secondsSince,
} from './support/monitored';
import { installPrometheusOperator } from './support/operator';
import { NotTried, say, testOn } from './support/report';
import { pause, waitFor } from './support/wait';
import { addressOf, admitHost, settled } from './support/workloads';

const PEOPLE = 'people';
const REPLICAS = [0, 1, 2];

/** Nobody works now. */
const otherDay = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'][
  (new Date().getUTCDay() + 3) % 7
]!;

const settings = (more: Layer['alerting'] = {}): Layer => {
  const tell = (path: string) =>
    because({ kind: 'webhook', url: `http://pager.${PEOPLE}.svc:8080/${path}` } as const, 'the test looks there');
  return {
    alerting: {
      page: tell('page'),
      ticket: tell('ticket'),
      deadMansSwitch: tell('watchdog'),
      // Long enough for an Alertmanager to go before anybody is told.
      pageWait: because('15s', 'nobody waits'),
      pageInterval: because('45s', 'nobody waits'),
      ticketWait: because('5s', 'nobody waits'),
      ticketInterval: because('45s', 'nobody waits'),
      deadMansSwitchRepeat: because('1m', 'nobody waits'),
      ticketHours: because('always', 'tests run at any time'),
      ...more,
    },
  };
};
const inForm = (form: Form, more?: Layer['alerting']) =>
  objectsOfTarget(monitored(form, [prometheus, alerting, networkPolicies], settings(more)));
const podOf = (form: Form, replica: number) => `${form === 'operator' ? 'alertmanager-' : ''}alertmanager-${replica}`;

interface Notification {
  readonly to: string;
  readonly at: number;
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

const cluster = new Cluster('provepod');
const applied: KubernetesObject[] = [];
let inUse: Form | undefined;

const proof = (name: string, form: Form, run: () => Promise<void>, minutes?: number) =>
  testOn(
    cluster,
    `${form}: ${name}`,
    async () => {
      if (inUse === form) return run();
      throw new NotTried(`no Alertmanagers in the form ${form}`);
    },
    minutes,
  );

beforeAll(async () => {
  const started = Date.now();
  await cluster.up({ nodes: 2 });
  await loadImages(cluster, inForm('discovery'));
  await installPrometheusOperator(cluster);
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: PEOPLE } }, ...pager());
  await cluster.kubectl('wait', '--for=condition=Ready', 'pod/pager', '-n', PEOPLE, '--timeout=60s');
  say(`a cluster of two nodes with the operator and a pager: ${secondsSince(started)}`);
}, 40 * 60_000);

afterAll(() => cluster.close());

describe.each(['operator', 'discovery'] as const)('in the form %s', (form) => {
  const api = new PrometheusApi(cluster, prometheusPod(form));

  testOn(cluster, `${form}: is applied, and three Alertmanagers are one cluster`, async () => {
    const started = Date.now();
    await put(form);
    await waitFor('three members, seen by each', 180, async () =>
      expect(await api.values('alertmanager_cluster_members')).toEqual(['3', '3', '3']),
    );
    inUse = form;
    say(`three Alertmanagers, one cluster: ${secondsSince(started)}`);
  });

  proof('the dead man’s switch hears of the Watchdog again and again', form, async () => {
    const from = Date.now();
    await waitFor('the second time', 200, async () =>
      expect((await told('Watchdog', from)).filter(({ to }) => to === 'watchdog').length).toBeGreaterThanOrEqual(2),
    );
  });

  proof('Redis goes and an Alertmanager, too: one page, and one when it is back', form, async () => {
    const from = Date.now();
    await cluster.kubectl('scale', 'statefulset', 'redis', '-n', APP, '--replicas=0');
    await waitFor('the alert', 150, async () =>
      expect(await api.values('ALERTS{alertname="RedisDown", alertstate="firing"}')).toEqual(['1']),
    );
    // The first of them tells; the others wait for it.
    await cluster.kubectl('delete', 'pod', podOf(form, 0), '-n', APP, '--force', '--grace-period=0');
    await waitFor('the page', 120, async () => expect(await statusesOf('RedisDown', from)).toEqual(['firing']));
    say(`told ${secondsSince(from)} after Redis went; the alert waits a minute`);
    // All would have told by then, if they did not know of each other.
    await pause(60);
    expect(await statusesOf('RedisDown', from)).toEqual(['firing']);

    // What explains a ticket keeps it back while it fires.
    await add(form, { alertname: 'Explained', severity: 'ticket', namespace: APP, job: 'exporter' });
    await add(form, { alertname: 'Unexplained', severity: 'ticket', namespace: APP, job: 'web' });
    await waitFor('the ticket that nothing explains', 60, async () =>
      expect(await statusesOf('Unexplained', from)).toEqual(['firing']),
    );
    await pause(20);
    expect(await told('Explained', from)).toEqual([]);

    await cluster.kubectl('scale', 'statefulset', 'redis', '-n', APP, '--replicas=1');
    await waitFor('the end', 180, async () =>
      expect(await statusesOf('RedisDown', from)).toEqual(['firing', 'resolved']),
    );
    await pause(60);
    expect(await statusesOf('RedisDown', from)).toEqual(['firing', 'resolved']);
    expect((await told('RedisDown', from)).map(({ to }) => to)).toEqual(['page', 'page']);
  });

  proof('outside of its hours a ticket waits, and a page does not', form, async () => {
    const hours = { weekdays: [otherDay], times: [{ from: '00:00', to: '24:00' }] };
    await put(form, { ticketHours: because(hours, 'nobody works now') });
    await waitFor('the hours in each of them', 120, async () => {
      for (const replica of REPLICAS) expect(await amtool(form, replica, 'config', 'show')).toContain(`[${otherDay}]`);
    });
    await waitFor('all of them', 120, async () =>
      expect(await api.values('alertmanager_cluster_members')).toEqual(['3', '3', '3']),
    );
    const from = Date.now();
    await add(form, { alertname: 'Later', severity: 'ticket', namespace: APP, job: 'a' });
    await add(form, { alertname: 'AtOnce', severity: 'page', namespace: APP, job: 'b' });
    await waitFor('the page', 60, async () => expect(await statusesOf('AtOnce', from)).toEqual(['firing']));
    await pause(30);
    expect(await told('Later', from)).toEqual([]);
    await put(form);
    await waitFor(
      'the ticket, at a time when somebody works',
      240,
      async () => {
        // An alert that nobody repeats ends after five minutes.
        await add(form, { alertname: 'Later', severity: 'ticket', namespace: APP, job: 'a' });
        expect((await told('Later', from)).map(({ to }) => to)).toContain('ticket');
      },
      5,
    );
  });
});

describe('error budgets', () => {
  const api = new PrometheusApi(cluster, prometheusPod('discovery'));
  const stateOf = (alert: string) => api.values(`ALERTS{alertname="${alert}", slo="web-availability"}`);
  const tellings = async (alert: string, from: number) => (await told(alert, from)).map(({ to }) => to);

  proof(
    'a slow burn is a ticket, a blip is not told, a fast burn pages within minutes',
    'discovery',
    async () => {
      const from = Date.now();
      const fail = await failingWeb();
      // Three and a half times what 99.9 % allows: above 3, below 6.
      await fail('share=0.0035');
      await waitFor('a slow burn', 180, async () => expect(await stateOf('ErrorBudgetBurns')).toEqual(['1']));
      await waitFor(
        'the ticket',
        20 * 60,
        async () => expect(await tellings('ErrorBudgetBurns', from)).toEqual(['ticket']),
        5,
      );
      say(`a ticket ${secondsSince(from)} after the slow burn began; the alert waits 15 minutes`);
      expect(await stateOf('ErrorBudgetBurnsFast')).toEqual([]);

      // Two seconds in which all fail: ten times what is allowed for five minutes, and little of all that is known.
      await fail('failed=100');
      await waitFor('the blip in the short window', 60, async () =>
        expect(Number((await api.values('slo:error_ratio:rate5m{slo="web-availability"}'))[0])).toBeGreaterThan(0.006),
      );
      await pause(120);
      expect(await tellings('ErrorBudgetBurnsFast', from)).toEqual([]);

      const fast = Date.now();
      await fail('share=0.2');
      await waitFor(
        'the page',
        10 * 60,
        async () => expect(await tellings('ErrorBudgetBurnsFast', from)).toEqual(['page']),
        5,
      );
      say(`a page ${secondsSince(fast)} after a fifth of the requests began to fail`);
    },
    40,
  );
});

/** Renders, applies and waits until its pods are there. */
async function put(form: Form, more?: Layer['alerting']): Promise<void> {
  const objects = inForm(form, more);
  await applyInPlaceOf(cluster, objects, applied);
  applied.push(...objects);
  await settled(cluster, objects);
  for (const pod of [prometheusPod(form), ...REPLICAS.map((replica) => podOf(form, replica))])
    await waitFor(`${pod} ready`, 180, () =>
      cluster.kubectl('wait', '--for=condition=Ready', `pod/${pod}`, '-n', APP, '--timeout=5s'),
    );
}

function amtool(form: Form, replica: number, ...command: readonly string[]): Promise<string> {
  const where = '--alertmanager.url=http://localhost:9093';
  return cluster.kubectl(
    'exec',
    '-n',
    APP,
    podOf(form, replica),
    '-c',
    'alertmanager',
    '--',
    'amtool',
    where,
    ...command,
  );
}

/** Tells every Alertmanager of an alert, as Prometheus does. */
async function add(form: Form, labels: Readonly<Record<string, string>>): Promise<void> {
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  for (const replica of REPLICAS) await amtool(form, replica, 'alert', 'add', ...words);
}

/** The notifications of an alert since then. */
async function told(alert: string, from: number): Promise<Notification[]> {
  const { body } = await request({
    agent: await cluster.agent(false),
    ...(await addressOf(cluster, PEOPLE, 'pager')),
    path: '/seen',
  });
  return (JSON.parse(body) as Notification[]).filter(
    ({ at, alerts }) => at >= from && alerts.some(({ labels }) => labels.alertname === alert),
  );
}

async function statusesOf(alert: string, from: number): Promise<string[]> {
  return (await told(alert, from)).flatMap(({ alerts }) =>
    alerts.filter(({ labels }) => labels.alertname === alert).map(({ status }) => status),
  );
}

/** Runs a program in place of the web app; the result lets a share of its requests fail. */
async function failingWeb(): Promise<(query: string) => Promise<void>> {
  const patch = [
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: TEST_IMAGE },
    { op: 'add', path: '/spec/template/spec/containers/0/command', value: ['node', '-e', program('failing-web.js')] },
  ];
  await cluster.kubectl('patch', 'deployment', 'web', '-n', APP, '--type=json', '-p', JSON.stringify(patch));
  await cluster.kubectl('rollout', 'status', 'deployment/web', '-n', APP, '--timeout=120s');
  await cluster.apply(admitHost(APP, 'web', 8080, await cluster.hostAddress()));
  const agent = await cluster.agent(false);
  const pods = (await cluster.list<Pod>(APP, 'pods', 'app.kubernetes.io/name=web')).filter(
    ({ spec }) => spec.containers[0]!.image === TEST_IMAGE,
  );
  return async (query) => {
    for (const { status } of pods)
      await waitFor('the program', 30, () =>
        request({ agent, host: status.podIP!, port: 8080, method: 'PUT', path: `/?${query}` }),
      );
  };
}

function pager(): KubernetesObject[] {
  const labels = { app: 'pager' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'pager', namespace: PEOPLE, labels },
      spec: {
        containers: [
          {
            name: 'pager',
            image: TEST_IMAGE,
            imagePullPolicy: 'IfNotPresent',
            command: ['node', '-e', program('pager.js')],
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'pager', namespace: PEOPLE },
      spec: { selector: labels, ports: [{ port: 8080 }] },
    },
  ];
}

function program(name: string): string {
  return readFileSync(join(__dirname, 'support', name), 'utf8');
}
