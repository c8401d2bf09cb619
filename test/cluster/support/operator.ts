import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Cluster } from './cluster';
import { goModule } from './go-module';
import { loadImages } from './images';
import type { KubernetesObject } from './kubernetes';
import { settled } from './workloads';

/** Its own manifests, from its Go module; the version is that of the tool's stand-in. */
const MODULE = 'github.com/prometheus-operator/prometheus-operator@v0.85.0';

/** The Prometheus operator as its bundle installs it, with the Service of kubelets that it keeps. */
export async function installPrometheusOperator(cluster: Cluster): Promise<void> {
  const folder = goModule(MODULE);
  const objects = (loadAll(readFileSync(join(folder, 'bundle.yaml'), 'utf8')) as KubernetesObject[]).filter(Boolean);
  await loadImages(cluster, objects);
  await cluster.tool(['image', 'prometheus-config-reloader'], { seconds: 1800 });
  // By the server: the annotation that kubectl compares with has no room for these CRDs.
  await cluster.applyServerSide(...objects);
  await settled(cluster, objects);
}
