import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Cluster } from './cluster';
import { goModule } from './go-module';
import { loadImages } from './images';
import type { KubernetesObject } from './kubernetes';
import { settled } from './workloads';

/** Its own manifests, from its Go module; the version is that of the tool's stand-in. */
const MODULE = 'github.com/argoproj/argo-rollouts@v1.9.0';
const IMAGE = 'quay.io/argoproj/argo-rollouts:v1.9.0';
/** Without these it looks for the group of Traefik 2. */
export const TRAEFIK_GROUP = ['--traefik-api-group=traefik.io', '--traefik-api-version=traefik.io/v1alpha1'];

export interface Rollout extends KubernetesObject {
  readonly spec: { readonly paused?: boolean };
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly abort?: boolean;
    readonly currentStepIndex?: number;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly pauseConditions?: readonly { readonly reason: string }[];
  };
}

/** The controller of Argo Rollouts with its kinds, as its project installs it. */
export async function installArgoRollouts(
  cluster: Cluster,
  namespace: string,
  args: readonly string[] = TRAEFIK_GROUP,
): Promise<void> {
  const folder = goModule(MODULE);
  const text = readFileSync(join(folder, 'manifests/install.yaml'), 'utf8')
    .replace(/quay\.io\/argoproj\/argo-rollouts:\S+/g, IMAGE)
    .replace(/^( +)imagePullPolicy: Always$/gm, `$1imagePullPolicy: IfNotPresent\n$1args: ${JSON.stringify(args)}`);
  const objects = (loadAll(text) as KubernetesObject[]).map((object) => ({
    ...object,
    metadata: { ...object.metadata, namespace },
  }));
  await loadImages(cluster, objects);
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await cluster.applyServerSide(...objects);
  await settled(cluster, objects);
}

/** What `kubectl argo rollouts promote` writes of a Rollout that waits. */
export async function promote(cluster: Cluster, namespace: string, name: string): Promise<void> {
  const patch = JSON.stringify({ status: { pauseConditions: null } });
  await cluster.kubectl('patch', 'rollout', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', patch);
}

/** What `kubectl argo rollouts abort` writes. */
export async function abort(cluster: Cluster, namespace: string, name: string): Promise<void> {
  const patch = JSON.stringify({ status: { abort: true } });
  await cluster.kubectl('patch', 'rollout', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', patch);
}
