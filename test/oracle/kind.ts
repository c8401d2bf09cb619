/**
 * The types of kind's own configuration as the oracle of model/kind-config.ts: every cluster of clusters/ is read by them, and must be
 * understood as its facts say.
 *
 *   npm run oracle:kind     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { matrix } from '../../environments/matrix';
import type { Cluster } from '../../model/cluster';
import { nodesOf, ZONE } from '../../model/cluster';
import { kindConfig } from '../../model/kind-config';
import { taintText } from '../../model/placement';
import { toYaml } from '../../render/yaml';

interface Node {
  readonly role: string;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly taints: readonly string[];
}

/** What a person looks for in a node: its zone, its pool's labels, its taints. */
function told(labels: Readonly<Record<string, string>>, taints: readonly string[]): string {
  const own = Object.entries(labels).filter(([label]) => label === ZONE || !label.includes('kubernetes.io/'));
  return JSON.stringify([own.sort(), [...taints].sort()]);
}

/** What kind gives a control plane by itself is not written. */
function expected(cluster: Cluster): string[] {
  return nodesOf(cluster)
    .filter(({ metadata }) => !('node-role.kubernetes.io/control-plane' in metadata.labels))
    .map(({ metadata, spec }) => told(metadata.labels, (spec.taints ?? []).map(taintText)));
}

const [, , out = '', program = ''] = process.argv;
const wrong = matrix.clusters.flatMap((cluster) => {
  const nodes = JSON.parse(execFileSync(program, { input: toYaml(kindConfig(cluster)), encoding: 'utf8' })) as Node[];
  const workers = nodes.filter(({ role }) => role === 'worker').map(({ labels, taints }) => told(labels ?? {}, taints));
  const controls = nodes.length - workers.length;
  console.log(`${cluster.name}: read strictly, ${workers.length} workers, ${controls} control plane`);
  return isDeepStrictEqual(workers, expected(cluster)) && controls > 0 ? [] : [{ cluster: cluster.name, nodes }];
});
writeFileSync(out, JSON.stringify(wrong, null, 1));
process.exitCode = wrong.length > 0 ? 1 : 0;
