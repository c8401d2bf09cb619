/**
 * Autoscalers on a real API server with its real controller: what it does round by round is what simulate/scaling says. The pods run on
 * simulated nodes, and what they use is said by a script.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseQuantity } from '../../manifests/quantity';
import type { HpaFigure } from '../../simulate/scaling/hpa/per-pod';
import type { HpaOutcome } from '../../simulate/scaling/hpa/round';
import type { HpaHistoryRound } from '../oracle/hpa-histories';
import { hpaPlayed } from '../oracle/hpa-histories';
import { Cluster } from './support/cluster';
import { type HpaScript, hpaScript } from './support/hpa-scripts';
import type { KubernetesObject } from './support/kubernetes';
import { certificateFor } from './support/place';
import { say, testOn } from './support/report';
import { pause, waitFor } from './support/wait';
import { apiAvailable } from './support/workloads';

const HISTORIES = 40;
const ROUNDS = 10;
const PORT = 18443;
const METRICS = { name: 'scripted-metrics', namespace: 'kube-system' };
const APIS = [
  ['metrics.k8s.io', 'v1beta1'],
  ['custom.metrics.k8s.io', 'v1beta2'],
  ['external.metrics.k8s.io', 'v1beta1'],
] as const;

/** A round as scripted-metrics.js writes it. */
interface LiveRound extends HpaHistoryRound {
  readonly namespace: string;
  readonly number: number;
  readonly fails: readonly string[];
  readonly out: HpaHistoryRound['out'] & { readonly current: readonly CurrentMetric[] };
}
type CurrentMetric = Readonly<Record<string, { readonly current?: Current } | string>>;
interface Current {
  readonly averageUtilization?: number;
  readonly averageValue?: string;
  readonly value?: string;
}

const cluster = new Cluster('provepod');

afterAll(() => cluster.close());

testOn(
  cluster,
  `the controller does what the simulation says, in ${ROUNDS} rounds of ${HISTORIES} histories`,
  async () => {
    await cluster.up({ simulated: 6 });
    const scripts = Array.from({ length: HISTORIES }, (_, i) => hpaScript(i + 1, ROUNDS));
    await servesMetrics(cluster, scripts);
    await cluster.apply(...scripts.flatMap(({ objects }) => objects));
    for (const { namespace } of scripts)
      await cluster.kubectl('rollout', 'status', '-n', namespace, 'deployment/web', '--timeout=120s');
    await cluster.apply(...scripts.map(({ hpa }) => hpa));
    await waitFor(
      'the last rounds',
      30 + 15 * (ROUNDS + 4),
      () => expect(written().length).toBe(HISTORIES * ROUNDS),
      5,
    );

    const wrong: string[] = [];
    const seen = new Map<string, number>();
    for (const script of scripts) {
      const rounds = written()
        .filter(({ namespace }) => namespace === script.namespace)
        .sort((a, b) => a.number - b.number);
      for (const { round, outcome } of played(script, rounds)) {
        const { number, out } = round as LiveRound;
        const [theirs, ours] = [theirsOf(round as LiveRound), oursOf(outcome, round as LiveRound)];
        const way = Math.sign(out.replicas - round.spec);
        seen.set(`${way}`, (seen.get(`${way}`) ?? 0) + 1);
        if (JSON.stringify(theirs) === JSON.stringify(ours)) continue;
        wrong.push(`${script.namespace}, round ${number}: ${JSON.stringify(theirs)} and not ${JSON.stringify(ours)}`);
        break;
      }
    }
    say(
      `${HISTORIES} histories of ${ROUNDS} rounds: ${seen.get('1')} times up, ${seen.get('-1')} down, ${wrong.length} differ`,
    );
    expect(wrong).toEqual([]);
    expect(seen.get('1')).toBeGreaterThan(HISTORIES / 2);
    expect(seen.get('-1')).toBeGreaterThan(HISTORIES / 4);
  },
  20,
);

/** Starts the scripted metrics APIs, and waits until the API server hands requests on to them. */
async function servesMetrics(place: Cluster, scripts: readonly HpaScript[]): Promise<void> {
  const told = scripts.map(({ namespace, metrics, rounds }) => [namespace, { metrics, rounds }]);
  const { key, certificate } = certificateFor('localhost');
  writeFileSync(place.file('script.json'), JSON.stringify(Object.fromEntries(told)));
  writeFileSync(place.file('key.pem'), key);
  writeFileSync(place.file('cert.pem'), certificate);
  writeFileSync(place.file('rounds.jsonl'), '');
  const program = join(__dirname, 'support/scripted-metrics.js');
  await place.background(
    ['exec', '--', process.execPath, program, place.file('.'), String(PORT)],
    () => existsSync(place.file('serves')),
    'the scripted metrics',
  );
  await place.apply(
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: METRICS,
      spec: { ports: [{ name: 'https', port: PORT }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...METRICS, labels: { 'kubernetes.io/service-name': METRICS.name } },
      addressType: 'IPv4',
      ports: [{ name: 'https', port: PORT }],
      endpoints: [{ addresses: [await place.hostAddress()] }],
    } as KubernetesObject,
    ...APIS.map(([group, version]) => apiService(group, version)),
  );
  for (const [group, version] of APIS) await apiAvailable(place, `${version}.${group}`, 60);
  // The controller looks which APIs there are every 30 seconds.
  await pause(31);
}

function apiService(group: string, version: string): KubernetesObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      service: { ...METRICS, port: PORT },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  };
}

function written(): LiveRound[] {
  const lines = readFileSync(cluster.file('rounds.jsonl'), 'utf8').trim().split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as LiveRound);
}

function played({ hpa, template }: HpaScript, rounds: readonly LiveRound[]) {
  const before = new Set<string>();
  const told = rounds.map((round, i) => {
    const gone = [...before].filter((name) => !round.pods?.some(({ n }) => n === name));
    for (const { n } of round.pods ?? []) before.add(n);
    for (const name of gone) before.delete(name);
    const readings = Object.entries(round.readings ?? {}).map(([metric, reading]) => [
      metric,
      round.fails.includes(`metric-${metric}`) ? { err: 'not there' } : reading,
    ]);
    return {
      ...round,
      ...(i === 0 ? { hpa: hpa as never } : {}),
      gone,
      readings: Object.fromEntries(readings) as NonNullable<LiveRound['readings']>,
      ...(round.fails.includes('usage') ? { usageErr: 'not there' } : {}),
    };
  });
  return hpaPlayed({ minor: 35, templates: [template], rounds: told });
}

/** What both are compared by; a metric that is not there is told in words of the client, which are no matter of the simulation. */
interface Decision {
  readonly replicas: number;
  readonly conditions: readonly (readonly string[])[];
  readonly measured: readonly (readonly (string | null)[])[];
}

function theirsOf({ out, fails }: LiveRound): Decision {
  return {
    replicas: out.replicas,
    conditions: (out.conditions ?? []).map((condition) => told(condition, fails)),
    measured: out.current.map((metric) => {
      const { averageUtilization, averageValue, value } = currentOf(metric) ?? {};
      return [averageUtilization === undefined ? null : String(averageUtilization), milli(averageValue), milli(value)];
    }),
  };
}

function oursOf({ replicas, state, figures }: HpaOutcome, { fails }: LiveRound): Decision {
  const conditions = Object.entries(state.conditions) as [
    string,
    { status: string; reason: string; message: string },
  ][];
  return {
    replicas,
    conditions: conditions.flatMap(([type, condition]) =>
      condition ? [told([type, condition.status, condition.reason, condition.message], fails)] : [],
    ),
    measured: figures.map((figure) => ('failed' in figure ? [null, null, null] : measuredOf(figure))),
  };
}

const told = (condition: readonly string[], fails: readonly string[]) =>
  fails.length > 0 && condition[1] === 'False' ? condition.slice(0, 3) : condition;

function measuredOf({ utilization, average, value }: HpaFigure): (string | null)[] {
  return [utilization, average, value].map((amount) => (amount === undefined ? null : String(amount)));
}

/** Thousandths, as the simulation counts. */
function milli(amount: string | undefined): string | null {
  return amount === undefined ? null : String(parseQuantity(amount)! / 1_000_000n);
}

function currentOf(metric: CurrentMetric): Current | undefined {
  for (const part of Object.values(metric)) if (typeof part === 'object' && part.current) return part.current;
  return undefined;
}
