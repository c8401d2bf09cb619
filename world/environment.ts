import { list, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { keysOf } from './contents';
import { serviceOf } from './services';
import type { World } from './world';

/** The variables of a container in the order in which the kubelet sets them. */
export interface ContainerEnvironment {
  /** Names of env, in order. */
  readonly own: readonly string[];
  /** Names from envFrom: they are set before env. */
  readonly imported: ReadonlySet<string>;
  /** What is imported and cannot be listed: objects whose keys are not known. */
  readonly open: readonly string[];
}

export function environmentOf(
  world: World,
  { namespace }: Pick<WorkloadManifest, 'namespace'>,
  { json }: Pick<Container, 'json'>,
): ContainerEnvironment {
  const imported = new Set<string>();
  const open: string[] = [];
  for (const entry of list(json['envFrom'])) {
    const from = record(entry);
    const prefix = string(from?.['prefix']) ?? '';
    for (const [field, kind] of [
      ['configMapRef', 'ConfigMap'],
      ['secretRef', 'Secret'],
    ] as const) {
      const name = string(record(from?.[field])?.['name']);
      if (!name) continue;
      const keys = keysOf(world, kind, namespace, name);
      if (keys === undefined || keys === 'unknown') open.push(`${kind} ${name}`);
      else for (const key of keys) imported.add(prefix + key);
    }
  }
  return { own: list(json['env']).map((entry) => string(record(entry)?.['name']) ?? ''), imported, open };
}

/** `$(NAME)` as the kubelet sees it: `$$` is a dollar and no more. */
export function expansionsIn(value: string): string[] {
  return [...value.matchAll(/\$(\$|\(([^()]*)\))/g)].flatMap(([, , name]) => (name === undefined ? [] : [name]));
}

/** Whether the kubelet sets this variable because of a Service: `REDIS_SERVICE_HOST`. */
export function setByService(
  world: World,
  { namespace, podSpec }: WorkloadManifest,
  name: string,
): 'yes' | 'no' | 'unknown' {
  if (/^KUBERNETES_(SERVICE_(HOST|PORT)|PORT)/.test(name)) return 'yes';
  const service = /^([A-Z][A-Z0-9_]*?)_(?:SERVICE_HOST|SERVICE_PORT|PORT)(?:_|$)/.exec(name)?.[1];
  if (!service || podSpec['enableServiceLinks'] === false) return 'no';
  const found = serviceOf(world, namespace, service.toLowerCase().replaceAll('_', '-'));
  if (found) return found.headless || found.backing === 'external' ? 'no' : 'yes';
  return /_SERVICE_(HOST|PORT)/.test(name) && !world.isComplete(namespace, 'Service') ? 'unknown' : 'no';
}
