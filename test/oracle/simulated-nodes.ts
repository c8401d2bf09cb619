import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../../manifests/resource';
import { mappings, record, string } from '../../manifests/resource';
import type { ApiServer } from './api-server';
import { pathOf } from './rollout-cases';

/** A namespace with simulated nodes of its own, and what is created in it, in this order. */
export interface LiveCase {
  readonly namespace: string;
  readonly nodes: readonly Json[];
  readonly objects: readonly Json[];
}

export const nameOf = (object: Json) => string(record(object['metadata'])?.['name']) ?? '';
export const isReady = (pod: Json) =>
  mappings(record(pod['status'])?.['conditions']).some(({ type, status }) => type === 'Ready' && status === 'True');
const isUsable = (node: Json) =>
  isReady(node) &&
  mappings(record(node['spec'])?.['taints']).every(({ key }) => !String(key).startsWith('node.kubernetes.io/'));

export async function createAll(server: ApiServer, { namespace, nodes, objects }: LiveCase): Promise<void> {
  const create = async (path: string, object: Json) => {
    const { status, body } = await server.create(path, object, false);
    if (status >= 300) throw new Error(`${path}: ${String(body['message'])}`);
  };
  const metadata = { name: namespace };
  await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
  for (const node of nodes) {
    await create('/api/v1/nodes', node);
    await server.patch(`/api/v1/nodes/${nameOf(node)}/status`, { status: node['status'] });
  }
  // Pods are placed in the order in which they come only once the nodes are ready.
  const names = new Set(nodes.map(nameOf));
  const areReady = async () =>
    (await server.list('/api/v1/nodes')).filter((node) => names.has(nameOf(node))).every(isUsable);
  while (!(await areReady())) await wait(1_000);
  await create(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  }).catch(() => undefined);
  for (const object of objects) {
    await create(pathOf(object, namespace), object);
    // The other workload is placed, and what a quota has is known, before the last one comes.
    if (object !== objects.at(-1)) await wait(1_500);
  }
}
