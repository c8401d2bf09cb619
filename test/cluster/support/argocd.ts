import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Cluster } from './cluster';
import { goModule } from './go-module';
import { loadImages } from './images';
import { type KubernetesObject, nameOf } from './kubernetes';
import { waitFor } from './wait';
import { settled } from './workloads';

/** Its own manifests, from its Go module; the version is that of the tool's stand-in. */
const MODULE = 'github.com/argoproj/argo-cd/v3@v3.2.0';

interface ResourceResult {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly status?: string;
  readonly message?: string;
  readonly requiresPruning?: boolean;
}

export interface Application extends KubernetesObject {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly health?: { readonly status: string };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly resources?: readonly ResourceResult[];
    readonly operationState?: {
      readonly phase: string;
      readonly message?: string;
      readonly startedAt: string;
      readonly finishedAt?: string;
      readonly retryCount?: number;
      readonly syncResult?: { readonly revision: string; readonly resources?: readonly ResourceResult[] };
    };
  };
}

/** Argo CD as it is installed without its web pages: controllers, repository server and cache. */
export async function installArgoCd(cluster: Cluster, namespace: string): Promise<void> {
  const folder = goModule(MODULE);
  // No registry is reachable.
  const manifests = readFileSync(join(folder, 'manifests/core-install.yaml'), 'utf8').replaceAll(
    'imagePullPolicy: Always',
    'imagePullPolicy: IfNotPresent',
  );
  // The key that its API server, which is not there, makes when it first starts; the others do nothing without it.
  const key = { data: { 'server.secretkey': randomBytes(32).toString('base64') } };
  const objects = (loadAll(manifests) as KubernetesObject[]).map((object) => ({
    ...object,
    ...(object.metadata.name === 'argocd-secret' && key),
    metadata: { ...object.metadata, namespace },
  }));
  await loadImages(cluster, objects);
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  // By the server: the annotation that kubectl compares with has no room for these CRDs.
  await cluster.applyServerSide(...objects);
  await settled(cluster, objects);
}

/** The secret by which Argo CD knows a cluster under a name; here it is the cluster that Argo CD itself is in. */
export function ownClusterAs(name: string, namespace: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `cluster-${name}`, namespace, labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
    stringData: { name, server: 'https://kubernetes.default.svc', config: '{}' },
  };
}

/** Lets Argo CD look at the repository now, as a webhook would. */
export async function refresh(cluster: Cluster, namespace: string, ...applications: string[]): Promise<void> {
  const annotation = 'argocd.argoproj.io/refresh=normal';
  await cluster.kubectl('annotate', 'application', ...applications, '-n', namespace, annotation, '--overwrite');
}

/** Waits until a commit is delivered. */
export function delivered(
  cluster: Cluster,
  namespace: string,
  name: string,
  commit: string,
  seconds: number,
): Promise<Application> {
  return waitFor(`${name} synced and healthy`, seconds, async () => {
    const application = await cluster.get<Application>(namespace, 'application', name);
    const { sync, health, operationState } = application.status ?? {};
    const seen = [sync?.status, sync?.revision, health?.status, operationState?.phase];
    if (seen.join() !== ['Synced', commit, 'Healthy', 'Succeeded'].join()) throw new Error(stateOf(application));
    return application;
  });
}

/** One line on what Argo CD thinks of an Application. */
export function stateOf({ status = {} }: Application): string {
  const { sync, health, operationState: operation, conditions = [], resources = [] } = status;
  const lagging = resources
    .filter((one) => one.status !== 'Synced')
    .map((one) => `${nameOfResult(one)} is ${one.status}`);
  return [
    `${sync?.status ?? 'not compared'} at ${sync?.revision ?? 'no commit'}, ${health?.status ?? 'health unknown'}`,
    `operation ${operation?.phase ?? 'none'} ${operation?.message ?? ''}`,
    ...conditions.map(({ type, message }) => `${type}: ${message}`),
    ...lagging,
  ].join('; ');
}

export function nameOfResult({ kind, namespace, name }: ResourceResult): string {
  return nameOf({ apiVersion: '', kind, metadata: { name, ...(namespace && { namespace }) } });
}
