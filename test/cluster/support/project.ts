import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Place } from '../../project/made';
import type { Cluster } from './cluster';

/** A project as `strata init` makes it from the package, whose commands are run in the network of a cluster. */
export class ClusterProject {
  private readonly folder: string;

  constructor(
    private readonly cluster: Cluster,
    readonly name: string,
  ) {
    const place = new Place();
    place.out(`npm exec --yes --package ./${place.tarball} -- strata init ${name}`);
    place.out('npm ci --no-audit --no-fund', name);
    this.folder = join(place.folder, name);
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Replaces a text that must be there. */
  edit(path: string, from: string, to: string): void {
    const before = readFileSync(join(this.folder, path), 'utf8');
    if (!before.includes(from)) throw new Error(`${path} does not contain ${from}`);
    this.write(path, before.replaceAll(from, to));
  }

  /** What a command of strata prints. */
  strata(...args: readonly string[]): Promise<string> {
    const identity = ['GIT_AUTHOR', 'GIT_COMMITTER'].flatMap((who) => [
      `${who}_NAME=test`,
      `${who}_EMAIL=test@example.com`,
    ]);
    const command = ['env', '-C', this.folder, ...identity, process.execPath, 'node_modules/.bin/strata', ...args];
    return this.cluster.tool(['exec', '--', ...command]);
  }
}
