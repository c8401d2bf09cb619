import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { type Cluster, toolPath } from './cluster';
import type { KubernetesObject } from './kubernetes';

/** How a run of the script that `strata plan release` prints ended. */
export interface ScriptRun {
  readonly code: number;
  /** All that it printed. */
  readonly said: string;
  /** The stages that it had made, in their order. */
  readonly made: readonly number[];
  /** When it had each of them made, by the clock. Milliseconds. */
  readonly times: readonly number[];
}

interface ScriptOptions {
  /** The stage to begin with. @default 1 */
  readonly from?: number;
  /** Seconds that a state is waited for. */
  readonly timeout: number;
}

/**
 * Runs the script against a cluster as somebody does whose GitOps controller delivers a commit seconds after it was made: by then the script
 * looks at the cluster already. `states[i]` is all that stage i + 1 renders, `before` what stands there.
 */
export function runReleaseScript(
  cluster: Cluster,
  script: string,
  before: readonly KubernetesObject[],
  states: readonly (readonly KubernetesObject[])[],
  { from = 1, timeout }: ScriptOptions,
): Promise<ScriptRun> {
  const key = ({ kind, metadata }: KubernetesObject) =>
    `${kind} ${metadata.name} -n ${metadata.namespace ?? 'default'}`;
  for (const [i, objects] of states.entries()) {
    const last = i === 0 ? before : states[i - 1]!;
    const had = new Set(last.map((object) => JSON.stringify(object)));
    const items = objects.filter((object) => !had.has(JSON.stringify(object)));
    const kept = new Set(objects.map(key));
    writeFileSync(cluster.file(`stage-${i + 1}.json`), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const gone = last
      .filter((object) => !kept.has(key(object)))
      .map((object) => `kubectl delete ${key(object)} --wait=false`);
    writeFileSync(cluster.file(`stage-${i + 1}.sh`), [...gone, ''].join('\n'));
  }
  const make = cluster.file('make');
  const folder = make.slice(0, make.lastIndexOf('/'));
  const applies = `sleep 3; kubectl apply -f ${folder}/stage-$1.json && sh ${folder}/stage-$1.sh`;
  writeFileSync(
    make,
    ['#!/bin/sh', `echo "$1 $(date +%s%3N)" >> ${folder}/made`, `(${applies}) > /dev/null &`, ''].join('\n'),
  );
  chmodSync(make, 0o755);
  writeFileSync(cluster.file('made'), '');
  writeFileSync(cluster.file('release.sh'), script);
  const settings = [`FROM=${from}`, `TIMEOUT=${timeout}`, 'PAUSE=1'];
  const words = ['exec', '--', 'env', ...settings, 'sh', cluster.file('release.sh'), make];
  return new Promise((done) => {
    const child = execFile(
      toolPath(),
      words,
      { env: { ...process.env, STRATA_CLUSTER: cluster.name } },
      (error, stdout, stderr) => {
        const lines = cluster.read('made').split('\n').filter(Boolean);
        const columns = lines.map((line) => line.split(' ').map(Number));
        done({
          code: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
          said: `${stdout}${stderr}`,
          made: columns.map(([stage]) => stage!),
          times: columns.map(([, time]) => time!),
        });
      },
    );
    // Nobody is there to say that it may go on.
    child.stdin?.end();
  });
}
