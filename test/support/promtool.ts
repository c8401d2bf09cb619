import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `promtool check config` has against a configuration: nothing, if there is no promtool (PROMTOOL names one). */
export function promtoolComplaint(configuration: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    const file = join(folder, 'prometheus.yml');
    writeFileSync(file, configuration);
    const { error, status, stdout, stderr } = spawnSync(
      process.env['PROMTOOL'] ?? 'promtool',
      // Rules and the token of an account are files that are in the pod alone.
      ['check', 'config', '--syntax-only', file],
      { encoding: 'utf8' },
    );
    return error || status === 0 ? '' : stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
