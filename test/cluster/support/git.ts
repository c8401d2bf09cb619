import { execFileSync } from 'node:child_process';
import type { Cluster } from './cluster';
import { waitFor } from './wait';
import { addressOf } from './workloads';

const IMAGE = 'strata.test/git-server:1';
const NAMESPACE = 'git';
const NAME = 'git';
const PATH = ':8080/rendered.git';

/** A repository that pods can read; commits are made in a folder of this machine and pushed. */
export class GitRepository {
  /** For readers inside the cluster. */
  readonly url = `http://${NAME}.${NAMESPACE}.svc${PATH}`;

  private constructor(
    private readonly cluster: Cluster,
    /** The working tree. */
    readonly folder: string,
    /** For programs of this machine that are run in the cluster's network. */
    readonly remote: string,
  ) {}

  /** Starts the server with an empty repository. */
  static async of(cluster: Cluster): Promise<GitRepository> {
    await cluster.tool(['image', 'git-server', IMAGE], { seconds: 900 });
    const metadata = { name: NAME, namespace: NAMESPACE, labels: { app: NAME } };
    await cluster.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: metadata.labels, ports: [{ port: 8080 }] } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata,
        spec: {
          containers: [{ name: NAME, image: IMAGE, readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } }],
        },
      },
    );
    await cluster.kubectl('wait', '-n', NAMESPACE, '--for=condition=Ready', `pod/${NAME}`, '--timeout=60s');
    await cluster.exec(NAMESPACE, NAME, 'git', 'init', '--bare', '/repositories/rendered.git');
    const { host } = await addressOf(cluster, NAMESPACE, NAME);
    const repository = new GitRepository(cluster, cluster.file('rendered'), `http://${host}${PATH}`);
    execFileSync('git', ['init', '--quiet', '--initial-branch=main', repository.folder]);
    return repository;
  }

  /** Changes the files and pushes that as one commit. */
  async commit(message: string, change: (folder: string) => void): Promise<void> {
    change(this.folder);
    this.git('add', '--all');
    this.git('commit', '--quiet', `--message=${message}`);
    // A new Service takes a moment until its address leads anywhere.
    await waitFor('the push', 20, () =>
      this.cluster.tool(['exec', '--', 'git', '-C', this.folder, 'push', '--quiet', this.remote, 'main']),
    );
  }

  /** Takes over what others have pushed. */
  async pull(): Promise<void> {
    await this.cluster.tool([
      'exec',
      '--',
      'git',
      '-C',
      this.folder,
      'pull',
      '--quiet',
      '--ff-only',
      this.remote,
      'main',
    ]);
  }

  /** The last commit. */
  get head(): string {
    return this.git('rev-parse', 'HEAD').trim();
  }

  /** Undoes the last commit, by another one. */
  async revert(): Promise<void> {
    await this.commit('as before', () => this.git('read-tree', '--reset', '-u', 'HEAD^'));
  }

  /** Whatever a person of this machine has set for commits does not matter here. */
  private git(...args: readonly string[]): string {
    return execFileSync(
      'git',
      [
        '-c',
        'user.name=test',
        '-c',
        'user.email=test@example.com',
        '-c',
        'commit.gpgsign=false',
        '-C',
        this.folder,
        ...args,
      ],
      { encoding: 'utf8' },
    );
  }
}
