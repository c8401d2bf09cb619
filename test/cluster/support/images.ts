import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import type { Cluster } from './cluster';
import { type KubernetesObject, podSpecOf } from './kubernetes';
import { ROOT } from './rendered';

/** An image's settings, as far as they matter here. */
interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  readonly User?: string;
}

/** Where the tool keeps what it has built. */
const CACHE = process.env.STRATA_CLUSTER_CACHE ?? join(homedir(), '.cache/strata-cluster');

/** The image that pods of the tests themselves run: it has node and a shell. */
export const TEST_IMAGE = 'strata.test/node:1';

/**
 * Makes every image of the objects known to the nodes, under the name that the manifests use. No registry is reachable:
 * well-known images are the tool's stand-ins, our services are built from their Dockerfile on the stand-in of node, and
 * Uptime Kuma and Grafana, which the tool does not have, are small programs that start as the real ones do. kubectl is that of the tool.
 */
export async function loadImages(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<void> {
  const standIns = await standInsOf(cluster);
  await cluster.tool(['image', 'node', TEST_IMAGE], { seconds: 900 });
  for (const image of imagesOf(objects)) {
    const name = lastPart(image);
    const service = join(ROOT, 'services', name);
    if (name === 'uptime-kuma') await loadUptimeKuma(cluster, image);
    else if (name === 'grafana') await loadGrafana(cluster, image);
    else if (name === 'kubectl') await loadKubectl(cluster, image);
    else if (existsSync(join(service, 'Dockerfile'))) await loadService(cluster, image, service);
    else if (standIns.has(name)) await cluster.tool(['image', standIns.get(name)!, image], { seconds: 1800 });
    else throw new Error(`${image}: there is no stand-in for ${name}, only for ${[...standIns.keys()].join(', ')}`);
  }
}

function imagesOf(objects: readonly KubernetesObject[]): string[] {
  const specs = objects.flatMap((object) => podSpecOf(object) ?? []);
  const images = specs.flatMap(({ containers, initContainers = [] }) =>
    [...containers, ...initContainers].map(({ image }) => image),
  );
  return [...new Set(images)].sort();
}

/** The stand-ins by the last part of their repository. Registry and version are the manifest's business. */
async function standInsOf(cluster: Cluster): Promise<Map<string, string>> {
  const lines = (await cluster.tool(['images'])).trim().split('\n');
  return new Map(
    lines.map((line) => line.split(/\s+/)).map(([name = '', reference = '']) => [lastPart(reference), name]),
  );
}

/** `docker.io/library/redis:8` is `redis`. */
function lastPart(image: string): string {
  return basename(image).replace(/:.*$/, '');
}

/** One of our services: what its Dockerfile's last stage says, on the stand-in of its base image. */
async function loadService(cluster: Cluster, image: string, folder: string): Promise<void> {
  const instructions = lastStageOf(readFileSync(join(folder, 'Dockerfile'), 'utf8'));
  const argument = (word: string) => instructions.findLast(([name]) => name === word)?.[1];
  const workingDir = argument('WORKDIR') ?? '/';
  const program = instructions
    .find(([name, rest]) => name === 'COPY' && rest.includes('dist/main.js'))?.[1]
    .split(/\s+/)
    .at(-1);
  if (!program) throw new Error(`${folder}/Dockerfile copies no dist/main.js`);
  const config: ImageConfig = {
    WorkingDir: workingDir,
    User: argument('USER') ?? 'root',
    Env: instructions.filter(([name]) => name === 'ENV').map(([, rest]) => rest),
    Entrypoint: JSON.parse(argument('ENTRYPOINT') ?? '["node"]') as string[], // their base images start node
    Cmd: JSON.parse(argument('CMD') ?? '[]') as string[],
  };
  const target = posix.join(workingDir, program.endsWith('.js') ? program : join(program, 'main.js'));
  await loadOnNode(cluster, image, new Map([[join(folder, 'dist/main.js'), target]]), config);
}

function lastStageOf(dockerfile: string): (readonly [string, string])[] {
  const lines = dockerfile
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim());
  const stage = lines.slice(lines.findLastIndex((line) => /^FROM\s/i.test(line)) + 1);
  return stage
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => [line.split(/\s/)[0]!.toUpperCase(), line.replace(/^\S+\s+/, '')] as const);
}

async function loadUptimeKuma(cluster: Cluster, image: string): Promise<void> {
  await loadOnNode(cluster, image, new Map([[join(__dirname, 'uptime-kuma.js'), '/app/server/server.js']]), {
    WorkingDir: '/app',
    // As the image's entrypoint does: only root gets past it, so a pod that is somebody else must not use it.
    Entrypoint: ['sh', '-c', 'chown -hR "${PUID:-0}:${PGID:-0}" /app/data && exec "$@"', 'entrypoint'],
    Cmd: ['node', 'server/server.js'],
  });
}

/** A program of these tests in place of one of our services. */
export async function loadProgram(cluster: Cluster, image: string, file: string): Promise<void> {
  await loadOnNode(cluster, image, new Map([[join(__dirname, file), '/app/main.js']]), {
    WorkingDir: '/app',
    User: '1000',
    Entrypoint: ['node', 'main.js'],
  });
}

async function loadGrafana(cluster: Cluster, image: string): Promise<void> {
  await loadOnNode(cluster, image, new Map([[join(__dirname, 'grafana.js'), '/run.js']]), {
    WorkingDir: '/usr/share/grafana',
    User: '472',
    Entrypoint: ['node', '/run.js'],
  });
}

/** The tool has all programs of Kubernetes in one; as the image does, it starts nothing but kubectl, and has no shell. */
async function loadKubectl(cluster: Cluster, image: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'strata-image-'));
  try {
    mkdirSync(join(folder, 'bin'));
    copyFileSync(join(CACHE, 'bin/kube'), join(folder, 'bin/kube'));
    await cluster.tool(['load', image, folder, JSON.stringify({ Entrypoint: ['/bin/kube', 'kubectl'] })]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files (here: there) on the stand-in of the node image. */
async function loadOnNode(
  cluster: Cluster,
  image: string,
  files: ReadonlyMap<string, string>,
  config: ImageConfig,
): Promise<void> {
  const base = join(CACHE, 'images/node');
  const { Env = [] } = JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')) as ImageConfig;
  const folder = mkdtempSync(join(tmpdir(), 'strata-image-'));
  try {
    execFileSync('cp', ['-a', '--reflink=auto', `${base}/root/.`, folder]); // owners matter, fs.cp does not keep them
    for (const [here, there] of files) {
      mkdirSync(dirname(join(folder, there)), { recursive: true });
      copyFileSync(here, join(folder, there));
    }
    await cluster.tool(['load', image, folder, JSON.stringify({ ...config, Env: [...Env, ...(config.Env ?? [])] })]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
