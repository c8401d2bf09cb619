import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from '../support/project';
import { run } from './whole';

/** For documents that speak of git: the repository that environments/delivery.ts names, on this machine. For use inside of `describe`. */
export class Remote {
  private readonly folder = mkdtempSync(join(tmpdir(), 'strata-remotes-'));
  /** What git must see. */
  readonly env: NodeJS.ProcessEnv = {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: `url.${this.folder}/.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://git.example.com/platform/',
    GIT_CONFIG_KEY_1: 'init.defaultBranch',
    GIT_CONFIG_VALUE_1: 'main',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((role) => [
        [`GIT_${role}_NAME`, 'a reader'],
        [`GIT_${role}_EMAIL`, 'reader@example.com'],
      ]),
    ),
  };

  /** Makes the project a repository with one commit, and the remote an empty one. */
  begin(project: Project): void {
    run(project, "git init --quiet && git add --all -- . ':!node_modules' && git commit --quiet --message first");
    const bare = join(this.folder, 'course-rendered.git');
    rmSync(bare, { recursive: true, force: true });
    run(project, `git init --quiet --bare ${bare}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
