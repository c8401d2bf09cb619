// The pods of bench/simulate.mjs, placed by strata and by a real kube-scheduler on simulated nodes, in one run.
//
//   STRATA_TEST_CLUSTER=… node bench/scheduler.mjs [NODES] [PODS]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, run } from './measure.mjs';
import { checkout } from './projects.mjs';
import { Report } from './report.mjs';
import { deployment, node } from './scheduling-world.mjs';

const NAME = 'bench';
const tool = process.env.STRATA_TEST_CLUSTER;
const [nodes = 1_000, pods = 10_000] = process.argv.slice(2).map(Number);
const world = {
  nodes: Array.from({ length: nodes }, node),
  deployments: Array.from({ length: pods / 10 }, deployment),
};

if (process.env.STRATA_BENCH_INSIDE) await inside();
else outside();

/** Starts the cluster, and runs this program again where its API server can be reached. */
function outside() {
  if (!tool) throw new Error('STRATA_TEST_CLUSTER is not set: give the path of the program that starts test clusters.');
  const env = { STRATA_CLUSTER: NAME };
  const folder = mkdtempSync(join(tmpdir(), 'strata-bench-scheduler-'));
  const down = () => spawnSync(tool, ['down'], { env: { ...process.env, ...env } });
  process.on('exit', () => {
    down();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
  down();
  run([tool, 'up', '--nodes', '0', '--fake', '1'], { env });
  const { stdout } = run([tool, 'exec', '--', 'node', fileURLToPath(import.meta.url), String(nodes), String(pods)], {
    env: { ...env, STRATA_BENCH_INSIDE: '1' },
  });
  const real = JSON.parse(stdout.trim().split('\n').at(-1));
  down();

  const json = (path, objects) => {
    const file = join(folder, path);
    writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
    return file;
  };
  const [cluster, manifests] = [json('cluster.yaml', world.nodes), json('apps.yaml', world.deployments)];
  const { schedule } = compare(3, {
    schedule: () =>
      run(['node', join(checkout, 'bin/strata.mjs'), 'simulate', 'schedule', manifests, '--cluster', cluster], {
        cwd: folder,
        accepts: [0, 1],
      }).seconds,
  });
  const report = new Report();
  report.section(`${nodes.toLocaleString('en')} nodes, ${pods.toLocaleString('en')} pods that wait`);
  report.faster('strata simulate schedule, the whole process', schedule, {
    name: 'kube-scheduler',
    seconds: real.seconds,
    goal: 20,
  });
}

/** Makes the pods while the scheduler is stopped, lets it go, and waits until it has bound them. */
async function inside() {
  const config = JSON.parse(readFileSync(process.env.KUBECONFIG, 'utf8'));
  const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster;
  const { 'client-certificate-data': cert, 'client-key-data': key } = config.users[0].user;
  const decoded = (data) => Buffer.from(data, 'base64');
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: decoded(ca), cert: decoded(cert), key: decoded(key) });
  const send = (method, path, body) =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${server}${path}`,
        { agent, method, headers: { 'Content-Type': 'application/json' } },
        (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode >= 300) reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
            else resolve(JSON.parse(text));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const all = async (items, each) => {
    const rest = [...items];
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let item = rest.pop(); item !== undefined; item = rest.pop()) await each(item);
      }),
    );
  };
  const schedulers = spawnSync('pgrep', ['-f', `kube-scheduler .*/${NAME}/scheduler.kubeconfig`], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map(Number);
  for (const pid of schedulers) process.kill(pid, 'SIGSTOP');
  await send('DELETE', '/api/v1/nodes/fake-1');
  await all(world.nodes, (each) => {
    const annotations = { 'kwok.x-k8s.io/node': 'fake' };
    const { allocatable } = each.status;
    return send('POST', '/api/v1/nodes', {
      ...each,
      metadata: { ...each.metadata, annotations },
      status: { ...each.status, capacity: allocatable },
    });
  });
  const namespaces = [...new Set(world.deployments.map(({ metadata }) => metadata.namespace))];
  await all(namespaces, (name) =>
    send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
  );
  for (const name of namespaces) await until(() => send('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`));
  const made = world.deployments.flatMap(({ metadata: { name, namespace }, spec: { template } }) =>
    Array.from({ length: 10 }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-${i}`, namespace, labels: template.metadata.labels },
      spec: template.spec,
    })),
  );
  await all(made, (pod) => send('POST', `/api/v1/namespaces/${pod.metadata.namespace}/pods`, pod));
  const waiting = async () => {
    const { items, metadata } = await send('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3D&limit=1');
    return items.length + (metadata.remainingItemCount ?? 0);
  };
  const started = process.hrtime.bigint();
  for (const pid of schedulers) process.kill(pid, 'SIGCONT');
  await until(async () => {
    if ((await waiting()) > 0) throw new Error('some wait');
  });
  process.stdout.write(`${JSON.stringify({ seconds: Number(process.hrtime.bigint() - started) / 1e9 })}\n`);
  process.exit(0);
}

async function until(attempt) {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries > 6_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
