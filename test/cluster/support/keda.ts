import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Cluster } from './cluster';
import { goModule } from './go-module';
import { loadImages } from './images';
import type { KubernetesObject } from './kubernetes';
import { apiAvailable, settled } from './workloads';

/** Its own manifests, from its Go module; the version is that of the tool's stand-ins. */
const MODULE = 'github.com/kedacore/keda/v2@v2.21.0';
const VERSION = '2.21.0';
const FOLDERS = ['general', 'crd/bases', 'rbac', 'service_account', 'manager', 'metrics-server', 'webhooks'];

/** KEDA with its kinds, its metrics server and its webhooks, as its project installs it. */
export async function installKeda(cluster: Cluster): Promise<void> {
  const sources = goModule(MODULE);
  const objects = FOLDERS.flatMap((folder) => objectsIn(join(sources, 'config', folder)));
  await loadImages(cluster, objects);
  await cluster.applyServerSide(...objects);
  await settled(cluster, objects, 420);
  await apiAvailable(cluster, 'v1beta1.external.metrics.k8s.io', 120);
}

function objectsIn(folder: string): KubernetesObject[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  return files.flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
      .replace(/(ghcr\.io\/kedacore\/keda[\w-]*):latest/g, `$1:${VERSION}`)
      .replaceAll('imagePullPolicy: Always', 'imagePullPolicy: IfNotPresent');
    return (loadAll(text) as KubernetesObject[]).filter(Boolean);
  });
}
