/**
 * The metrics APIs of Kubernetes, with answers from a script, so that it is known what an autoscaler was told and when: its rounds are written
 * down as test/oracle/hpa-histories.ts reads them. It runs beside the API server, which asks it by its APIServices.
 *
 *   node scripted-metrics.js FOLDER PORT      FOLDER has script.json, key.pem and cert.pem; rounds.jsonl is written into it
 */
const { spawn } = require('node:child_process');
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { get } = require('node:http');
const { createServer } = require('node:https');
const { join } = require('node:path');

const [, , folder, port] = process.argv;
/** By namespace: `metrics`, the names of the HPA's metrics in their order, and `rounds`, what each metric has in each round. */
const script = JSON.parse(readFileSync(join(folder, 'script.json'), 'utf8'));
/** Requests of one round come within less, those of the next after more: the controller looks every 15 seconds. */
const ONE_ROUND = 6_000;
/** After so long the controller has written what it decided. */
const DECIDED = 4_000;
const WINDOW = 15_000;

const rounds = new Map();
let proxy;

const ask = (path) =>
  new Promise((done, failed) => {
    get({ port: proxy, path }, (reply) => {
      let text = '';
      reply.on('data', (part) => (text += part));
      reply.on('end', () => done(JSON.parse(text)));
    }).on('error', failed);
  });

const workload = (namespace) => ask(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
const autoscaler = (namespace) => ask(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/web`);

/** The round that a request belongs to; the first request of a round begins it. */
async function roundOf(namespace) {
  const now = Date.now();
  const { number = -1, began = 0, round: running } = rounds.get(namespace) ?? {};
  if (now - began < ONE_ROUND) return running;
  const round = begin(namespace, number + 1, now);
  rounds.set(namespace, { number: number + 1, began: now, round });
  return round;
}

async function begin(namespace, number, now) {
  const [{ spec, status }, { items }] = await Promise.all([
    workload(namespace),
    ask(`/api/v1/namespaces/${namespace}/pods`),
  ]);
  const plan = script[namespace].rounds[number];
  const at = Math.floor(now / 1000) * 1000;
  const round = {
    namespace,
    number,
    at: now,
    spec: spec.replicas,
    status: status.replicas ?? 0,
    pods: items.map(podOf),
    ...(plan ? measured(plan, items, number, at) : {}),
  };
  if (plan) setTimeout(() => end(round), DECIDED);
  return round;
}

/** What is measured of these pods: one number for the pods, spread around it by their names, and of some nothing. */
function measured(plan, pods, number, at) {
  const known = pods.filter(({ metadata }) => dice(metadata.name, number, 'known') >= plan.missing);
  const spread = (amount, name) => Math.round((amount * (100 + (dice(name, number, 'spread') % 41) - 20)) / 100);
  return {
    usage: known.map(({ metadata, spec }) => ({
      n: metadata.name,
      t: at,
      w: WINDOW,
      c: spec.containers.map(({ name }) => ({
        n: name,
        u: { cpu: spread(plan.cpu, metadata.name + name), memory: spread(plan.memory, metadata.name + name) * 1000 },
      })),
    })),
    readings: Object.fromEntries(
      plan.values.map((amount, i) => [
        i,
        {
          pods: known.map(({ metadata }) => ({ n: metadata.name, t: at, w: WINDOW, v: spread(amount, metadata.name) })),
          value: amount,
          values: [Math.floor(amount / 3), amount - Math.floor(amount / 3)],
        },
      ]),
    ),
    fails: plan.fails,
  };
}

function dice(...words) {
  let hash = 2166136261;
  for (const sign of words.join('/')) hash = Math.imul(hash ^ sign.charCodeAt(0), 16777619) >>> 0;
  return (hash ^ (hash >>> 15)) % 100;
}

function podOf({ metadata, status }) {
  const ready = (status.conditions ?? []).find(({ type }) => type === 'Ready');
  return {
    n: metadata.name,
    p: status.phase,
    ...(metadata.deletionTimestamp ? { d: true } : {}),
    ...(status.startTime ? { s: Date.parse(status.startTime) } : {}),
    ...(ready ? { r: ready.status, t: Date.parse(ready.lastTransitionTime) } : {}),
  };
}

async function end(round) {
  const [{ spec }, { status }] = await Promise.all([workload(round.namespace), autoscaler(round.namespace)]);
  const { conditions = [], currentMetrics = [] } = status;
  const out = {
    replicas: spec.replicas,
    conditions: conditions.map(({ type, status: is, reason, message }) => [type, is, reason, message]),
    current: currentMetrics,
  };
  appendFileSync(join(folder, 'rounds.jsonl'), `${JSON.stringify({ ...round, out })}\n`);
}

const time = (at) => new Date(at).toISOString().replace('.000', '');
const milli = (amount) => `${amount}m`;

/** The answer to a request for metrics; undefined where there is none. */
async function answer(path) {
  const [, , group, version, , namespace, resource, name, metric] = path.split('/').map(decodeURIComponent);
  if (!script[namespace]) return undefined;
  const list = (kind, items) => ({ kind, apiVersion: `${group}/${version}`, metadata: {}, items });
  const { usage, readings, fails } = await roundOf(namespace);
  // The history is over.
  if (!usage) return undefined;
  if (group === 'metrics.k8s.io') {
    if (fails.includes('usage')) return undefined;
    const used = ({ n, u }) => ({ name: n, usage: { cpu: milli(u.cpu), memory: String(u.memory / 1000) } });
    return list(
      'PodMetricsList',
      usage.map(({ n, t, w, c }) => ({
        metadata: { name: n, namespace, labels: { app: 'web' } },
        timestamp: time(t),
        window: `${w / 1000}s`,
        containers: c.map(used),
      })),
    );
  }
  const asked = group === 'external.metrics.k8s.io' ? resource : metric;
  const index = script[namespace].metrics.indexOf(asked);
  if (index < 0 || fails.includes(asked)) return undefined;
  const { pods, value, values } = readings[index];
  const now = time(Math.floor(Date.now() / 1000) * 1000);
  if (group === 'external.metrics.k8s.io')
    return list(
      'ExternalMetricValueList',
      values.map((each, i) => ({
        metricName: asked,
        metricLabels: { part: `${i}` },
        timestamp: now,
        value: milli(each),
      })),
    );
  const of = (kind, described, at, window, amount) => ({
    describedObject: { kind, namespace, name: described, apiVersion: 'v1' },
    metric: { name: asked },
    timestamp: time(at),
    windowSeconds: window / 1000,
    value: milli(amount),
  });
  return list(
    'MetricValueList',
    resource === 'pods' && name === '*'
      ? pods.map(({ n, t, w, v }) => of('Pod', n, t, w, v))
      : [of('Service', name, Date.parse(now), WINDOW, value)],
  );
}

const NOT_FOUND = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'NotFound',
  code: 404,
  message: 'the script has nothing here',
};

function serve() {
  const tls = { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
  createServer(tls, async (request, reply) => {
    const { pathname } = new URL(request.url, 'https://localhost');
    const depth = pathname.split('/').length;
    const found =
      depth === 4
        ? { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: pathname.slice('/apis/'.length), resources: [] }
        : depth > 4
          ? await answer(pathname).catch((error) => void process.stderr.write(`${error}\n`))
          : undefined;
    reply.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    reply.end(JSON.stringify(found ?? NOT_FOUND));
  }).listen(Number(port), () => writeFileSync(join(folder, 'serves'), ''));
}

const child = spawn('kubectl', ['proxy', '--port=0'], { stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.on('data', (text) => {
  proxy ??= Number(/:(\d+)/.exec(String(text))?.[1]);
  serve();
});
process.on('exit', () => child.kill());
process.on('SIGTERM', () => process.exit());
