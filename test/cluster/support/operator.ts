import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Cluster } from './cluster';
import { loadImages } from './images';
import type { KubernetesObject } from './kubernetes';
import { settled } from './workloads';

/** Its own manifests, from its Go module; the version is that of the tool's stand-in. */
const MODULE = 'github.com/prometheus-operator/prometheus-operator@v0.85.0';

/** The Prometheus operator as its bundle installs it, with the Service of kubelets that it keeps. */
export async function installPrometheusOperator(cluster: Cluster): Promise<void> {
  const { Dir } = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', MODULE], { cwd: tmpdir(), encoding: 'utf8' }),
  ) as { Dir: string };
  const objects = (loadAll(readFileSync(join(Dir, 'bundle.yaml'), 'utf8')) as KubernetesObject[]).filter(Boolean);
  await loadImages(cluster, objects);
  await cluster.tool(['image', 'prometheus-config-reloader'], { seconds: 1800 });
  // By the server: the annotation that kubectl compares with has no room for these CRDs.
  await cluster.tool(['kubectl', 'apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  });
  await settled(cluster, objects);
}
