import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type ClientRequestArgs } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { transformSync } from 'esbuild';
import type { KubernetesObject, Pod } from './kubernetes';
import { waitFor } from './wait';

/** The clusters of these tests. Names of our own, so that a cluster somebody works with stays untouched. */
export const CLUSTER_NAMES = [
  'provenew',
  'proveold',
  'provepod',
  'provenet',
  'provedsh',
  'provetim',
  'proverol',
  'proveque',
  'proveclk',
  'proveclo',
] as const;
export type ClusterName = (typeof CLUSTER_NAMES)[number];

/** For work on the tests: use the clusters that are up, and leave them up. */
export const keepClusters = process.env.STRATA_KEEP_CLUSTERS === '1';

/** The program that starts test clusters. */
export function toolPath(): string {
  const path = process.env.STRATA_TEST_CLUSTER;
  if (!path) throw new Error('STRATA_TEST_CLUSTER is not set: give the path of the program that starts test clusters.');
  if (!existsSync(path)) throw new Error(`STRATA_TEST_CLUSTER is ${path}, and there is no such file.`);
  return resolve(path);
}

interface RunOptions {
  /** What the command reads on standard input. @default - nothing */
  readonly input?: string;
  /** @default 300 */
  readonly seconds?: number;
}

/** A Kubernetes of its own, with real nodes or with an API server only. */
export class Cluster {
  private readonly folder = mkdtempSync(join(tmpdir(), 'strata-cluster-'));
  private readonly helpers: ChildProcess[] = [];
  private relay: Promise<string> | undefined;

  constructor(readonly name: ClusterName) {}

  /** An API server of the newest supported version with real or simulated nodes; without nodes pods are only admitted. */
  async up(
    options: { readonly nodes: number } | { readonly simulated: number } | { readonly oldest: true },
  ): Promise<void> {
    if (keepClusters && (await this.answers())) return;
    const [nodes, simulated] = ['nodes' in options ? options.nodes : 0, 'simulated' in options ? options.simulated : 0];
    const words = 'oldest' in options ? ['--oldest'] : ['--nodes', String(nodes), '--fake', String(simulated)];
    await this.tool(['up', ...words], { seconds: 900 });
  }

  /** Ends the helpers of this object and, unless clusters are kept, removes the cluster. */
  async close(): Promise<void> {
    for (const helper of this.helpers) helper.kill();
    rmSync(this.folder, { recursive: true, force: true });
    if (!keepClusters) await this.down();
  }

  async down(): Promise<void> {
    await this.tool(['down']);
  }

  private async answers(): Promise<boolean> {
    return this.kubectl('get', '--raw', '/readyz').then(
      () => true,
      () => false,
    );
  }

  /** Runs the tool and gives what it printed; what it complained of is in the error. */
  tool(args: readonly string[], { input, seconds = 300 }: RunOptions = {}): Promise<string> {
    return new Promise((done, failed) => {
      const child = execFile(
        toolPath(),
        args,
        { env: this.environment, timeout: seconds * 1000, maxBuffer: 64 << 20 },
        (error, stdout, stderr) =>
          error
            ? failed(new Error(`${args.join(' ')}: ${stderr.trim() || stdout.trim() || error.message}`))
            : done(stdout),
      );
      // A command that ended without reading its input has said why in its exit code.
      child.stdin?.on('error', () => undefined).end(input ?? '');
    });
  }

  /** A program beside the cluster for as long as this object lives. */
  async background(args: readonly string[], ready: () => boolean, what: string): Promise<void> {
    const child = spawn(toolPath(), args, { env: this.environment, stdio: 'ignore' });
    this.helpers.push(child);
    await waitFor(what, 20, () => {
      if (!ready()) throw new Error('it is not there yet');
    });
  }

  /** The path of a file that goes away with this object. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** What stands in such a file. */
  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  private get environment(): NodeJS.ProcessEnv {
    return { ...process.env, STRATA_CLUSTER: this.name };
  }

  // ------------------------------------------------------------------ objects

  kubectl(...args: readonly string[]): Promise<string> {
    return this.tool(['kubectl', ...args]);
  }

  /** Applies objects that the test made itself. */
  apply(...objects: readonly KubernetesObject[]): Promise<string> {
    return this.tool(['kubectl', 'apply', '-f', '-'], { input: listOf(objects) });
  }

  /** The same by the server: the annotation that kubectl else compares with has no room for large definitions. */
  applyServerSide(...objects: readonly KubernetesObject[]): Promise<string> {
    return this.tool(['kubectl', 'apply', '--server-side', '-f', '-'], { input: listOf(objects) });
  }

  /** One object, or with `list` all that match. */
  async get<T extends KubernetesObject>(namespace: string, kind: string, name: string): Promise<T> {
    return JSON.parse(await this.kubectl('get', '-n', namespace, kind, name, '-o', 'json')) as T;
  }

  async list<T extends KubernetesObject>(namespace: string, kind: string, selector = ''): Promise<T[]> {
    const { items } = JSON.parse(await this.kubectl('get', '-n', namespace, kind, '-l', selector, '-o', 'json')) as {
      items: T[];
    };
    return items;
  }

  /** Runs a command in a pod (`pod`, `deploy/name`), its first container. */
  exec(namespace: string, pod: string, ...command: readonly string[]): Promise<string> {
    return this.kubectl('exec', '-n', namespace, pod, '--', ...command);
  }

  /** The processes of a pod, as the machine that runs all nodes sees them. */
  async processesOf(pod: Pod, program: string): Promise<number[]> {
    const pids = (
      await this.tool(['exec', '--', 'sh', '-c', `grep -l pod${pod.metadata.uid} /proc/[0-9]*/cgroup | cut -d/ -f3`])
    ).trim();
    return pids
      .split('\n')
      .filter((pid) => pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(program))
      .map(Number);
  }

  // ------------------------------------------------------------------ network

  /** The address with which requests of this process arrive at the pods. */
  async hostAddress(): Promise<string> {
    const server = await this.kubectl('config', 'view', '-o', 'jsonpath={.clusters[0].cluster.server}');
    return new URL(server).hostname;
  }

  /** Connects this process, with `tls` encrypted, with Service and pod addresses, which only exist inside the cluster's network. */
  async agent(keepAlive: boolean, tls?: ConnectionOptions): Promise<Agent> {
    const socket = await (this.relay ??= this.startRelay());
    return new RelayAgent(socket, keepAlive, tls);
  }

  private async startRelay(): Promise<string> {
    const socket = this.file('relay.sock');
    const { code } = transformSync(readFileSync(join(__dirname, 'relay.ts'), 'utf8'), { loader: 'ts', format: 'cjs' });
    await this.background(
      ['exec', '--', process.execPath, '-e', code, socket],
      () => existsSync(socket),
      'the relay into the cluster',
    );
    return socket;
  }
}

function listOf(items: readonly KubernetesObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

class RelayAgent extends Agent {
  constructor(
    private readonly relay: string,
    keepAlive: boolean,
    private readonly tls: ConnectionOptions | undefined,
  ) {
    super({ keepAlive });
  }

  override createConnection(options: ClientRequestArgs): Socket {
    const socket = connect(this.relay);
    socket.write(`${options.host} ${options.port}\n`);
    return this.tls ? connectTls({ ...this.tls, socket }) : socket;
  }
}
