import type { Cluster } from './cluster';
import type { KubernetesObject } from './kubernetes';

interface DeclaredNode {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[] };
}

/** Labels that every node has of itself. */
const OWN_LABELS = ['kubernetes.io/hostname', 'kubernetes.io/os', 'kubernetes.io/arch'];

/** Gives the real nodes the labels and taints of a cluster's declared workers, in their order; says which became which. */
export async function shapeNodes(cluster: Cluster, declared: readonly DeclaredNode[]): Promise<string[]> {
  const real = await cluster.list<KubernetesObject>('', 'nodes');
  const workers = declared.filter(({ spec }) => !spec.taints?.some(({ key }) => key.startsWith('node-role.kubernetes.io/')));
  return Promise.all(
    real.map(async ({ metadata: { name } }, i) => {
      const { metadata, spec } = workers[i]!;
      const labels = Object.entries(metadata.labels).filter(([key]) => !OWN_LABELS.includes(key));
      const taints = (spec.taints ?? []).map(({ key, value = '', effect }) => ({ key, value, effect }));
      // Whole maps and lists, so that what an earlier cluster's node had is gone.
      await cluster.kubectl('patch', 'node', name, '--type=merge', '-p', JSON.stringify({ metadata: { labels: Object.fromEntries(labels) }, spec: { taints } }));
      return `${name} is ${metadata.name}`;
    }),
  );
}
