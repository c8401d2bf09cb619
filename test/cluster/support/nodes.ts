import { nodesOf, type Cluster as Place } from '../../../model/cluster';
import type { Cluster } from './cluster';
import type { KubernetesObject } from './kubernetes';

interface DeclaredNode {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  };
}

/** Labels that every node has of itself. */
const OWN_LABEL = /^(beta\.)?kubernetes\.io\//;

/** The least that has every label and taint of a place. */
export function oneOfEachPool(place: Place): DeclaredNode[] {
  return nodesOf(place).filter(({ metadata }) => metadata.name.endsWith('-1'));
}

/** Gives the real nodes the labels and taints of a cluster's declared workers, in their order; says which became which. */
export async function shapeNodes(cluster: Cluster, declared: readonly DeclaredNode[]): Promise<string[]> {
  const real = await cluster.list<KubernetesObject>('', 'nodes');
  const workers = declared.filter(
    ({ spec }) => !spec.taints?.some(({ key }) => key.startsWith('node-role.kubernetes.io/')),
  );
  return Promise.all(
    real.map(async ({ metadata: { name, labels: before = {} } }, i) => {
      const { metadata, spec } = workers[i]!;
      // What an earlier place's node had goes: a list is replaced whole, a label that is null is removed.
      const gone = Object.keys(before).map((key) => [key, null] as const);
      const labels = Object.fromEntries(
        [...gone, ...Object.entries(metadata.labels)].filter(([key]) => !OWN_LABEL.test(key)),
      );
      const taints = (spec.taints ?? []).map(({ key, value = '', effect }) => ({ key, value, effect }));
      await cluster.kubectl(
        'patch',
        'node',
        name,
        '--type=merge',
        '-p',
        JSON.stringify({ metadata: { labels }, spec: { taints } }),
      );
      return `${name} is ${metadata.name}`;
    }),
  );
}
