import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubernetesObject } from './kubernetes';

export const ROOT = join(__dirname, '../../..');
export const DIST = join(ROOT, 'dist');

/** Every folder of dist/ that holds manifests, such as `kind/dev`. */
export function targets(): string[] {
  if (!existsSync(DIST)) return [];
  const folders = readdirSync(DIST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => relative(DIST, entry.parentPath));
  return [...new Set(folders)].sort();
}

/** The folder that `kubectl apply -f` takes. */
export function folderOf(target: string): string {
  return join(DIST, target);
}

/** A target's files by name, in the order in which they are applied. */
export function filesOf(target: string): Map<string, string> {
  const names = readdirSync(folderOf(target))
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(folderOf(target), name), 'utf8')]));
}

/** A target's objects, in the order in which they are applied. */
export function objectsOf(target: string): KubernetesObject[] {
  return [...filesOf(target).values()].flatMap(objectsIn);
}

function objectsIn(text: string): KubernetesObject[] {
  return (loadAll(text) as (KubernetesObject | null)[]).filter((object) => object !== null);
}

/** The work queue's components: suite work-queue runs them, in a cluster with KEDA and volumes for three brokers. */
const WORK_QUEUE = /^\d+-(rabbitmq|queue-worker|queue-publisher)\.yaml$/;

/** A target's objects without those of the work queue, which the suites of nodes and entrances have no room for. */
export function objectsBesideQueue(target: string): KubernetesObject[] {
  return [...filesOf(target)].filter(([name]) => !WORK_QUEUE.test(name)).flatMap(([, text]) => objectsIn(text));
}
