import { hash } from 'node:crypto';
import { StrataError } from '../model/errors';
import type { Component, KubernetesObject } from '../model/kubernetes';
import { objectName } from '../model/kubernetes';
import { toYaml } from './yaml';

/** Argo CD applies lower waves first and waits until they are healthy. */
export const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/** Where an object stands, and the hash of what it says. */
export interface IndexEntry {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly file: string;
  /** Of the object's YAML. */
  readonly sha256: string;
}

export interface PlannedFile {
  /** Relative to the target's folder. */
  readonly path: string;
  readonly text: string;
}

/** The files of one target, and what is in them. */
export interface PlannedTarget {
  readonly files: readonly PlannedFile[];
  readonly objects: readonly IndexEntry[];
}

/** The order of kinds inside one file: first what others refer to. Kinds that are not named come last, by the alphabet. */
const KIND_ORDER = [
  ...[
    'Namespace',
    'PriorityClass',
    'StorageClass',
    'ServiceAccount',
    'ClusterRole',
    'ClusterRoleBinding',
    'Role',
    'RoleBinding',
  ],
  ...[
    'ConfigMap',
    'Secret',
    'ExternalSecret',
    'NetworkPolicy',
    'Service',
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Job',
    'CronJob',
  ],
  ...['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'HTTPRoute', 'Ingress', 'APIService'],
];

/** Objects to files: a file per component, numbered by its wave, so that `kubectl apply -f` meets them in a good order. */
export function planTarget(
  target: { readonly name: string; readonly environment: { readonly name: string; readonly ephemeral: boolean } },
  components: readonly Component[],
): PlannedTarget {
  const seen = new Map<string, string>();
  const files: PlannedFile[] = [];
  const paths = new Set<string>();
  const objects: IndexEntry[] = [];
  const digits = Math.max(2, ...components.map(({ wave }) => String(wave * 10).length));
  for (const component of [...components].sort((a, b) => a.wave - b.wave || compare(a.name, b.name))) {
    const path = `${String(component.wave * 10).padStart(digits, '0')}-${component.name}.yaml`;
    if (component.objects.length === 0) continue;
    if (paths.has(path)) {
      throw new StrataError(
        `${target.name}, ${path}`,
        `two components are called ${component.name}: the second would overwrite the first`,
        ['give one of the two another name', 'put both into one component'],
      );
    }
    paths.add(path);
    const documents: string[] = [];
    for (const object of [...component.objects].sort(byKindAndName)) {
      const name = objectName(object);
      const identity = `${object.apiVersion.replace(/\/?[^/]+$/, '')}/${name}`;
      const other = seen.get(identity);
      if (other !== undefined) {
        throw new StrataError(
          `${target.name}, ${path}`,
          `${name} is rendered twice, also in ${other}: the second would overwrite the first`,
          ['give one of the two another name', 'remove one of the two'],
        );
      }
      seen.set(identity, path);
      if (object.kind === 'Secret' && (object['data'] ?? object['stringData']) && !target.environment.ephemeral) {
        throw new StrataError(
          `${target.name}, ${path}`,
          `${name} holds literal secrets, and they would enter Git; environment ${target.environment.name} is not ephemeral`,
          [
            'reference a Secret that a store or a person provides',
            `declare the environment ephemeral, if nothing in it is worth hiding`,
          ],
        );
      }
      const text = toYaml(withWave(object, component.wave));
      documents.push(text);
      objects.push({
        apiVersion: object.apiVersion,
        kind: object.kind,
        ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
        name: object.metadata.name,
        file: path,
        sha256: hash('sha256', text),
      });
    }
    files.push({ path, text: documents.join('---\n') });
  }
  return { files, objects };
}

function withWave(object: KubernetesObject, wave: number): KubernetesObject {
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [SYNC_WAVE]: String(wave) } },
  };
}

function byKindAndName(a: KubernetesObject, b: KubernetesObject): number {
  return (
    kindRank(a.kind) - kindRank(b.kind) ||
    compare(a.kind, b.kind) ||
    compare(objectName(a), objectName(b)) ||
    compare(a.apiVersion, b.apiVersion)
  );
}

function kindRank(kind: string): number {
  const rank = KIND_ORDER.indexOf(kind);
  return rank < 0 ? KIND_ORDER.length : rank;
}

/** By code points: the same on every machine, whatever its locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
