import type { Resource } from '../manifests/resource';
import type { KubernetesVersion } from '../model/kubernetes-version';
import { kubernetesVersionIn, minorOf } from '../model/kubernetes-version';
import { addTo } from '../model/multimap';

/** Kinds of facts: each is known, as a list that is whole, or unknown. */
const FACT_KINDS = {
  nodes: 'Node',
  storageClasses: 'StorageClass',
  ingressClasses: 'IngressClass',
  gatewayClasses: 'GatewayClass',
  priorityClasses: 'PriorityClass',
  runtimeClasses: 'RuntimeClass',
  customResourceDefinitions: 'CustomResourceDefinition',
  apiServices: 'APIService',
} as const;
export type FactKind = keyof typeof FACT_KINDS;
const WHOLE: ReadonlySet<string> = new Set(Object.values(FACT_KINDS));

/**
 * What is known of the cluster: Kubernetes' own objects as `kubectl get … -o yaml` prints them. A kind of which there is no
 * object is unknown, not empty: nobody asked for it.
 */
export class Facts {
  /** `1.35`: the oldest kubelet's, unless stated. */
  readonly kubernetes: KubernetesVersion | undefined;
  /** Objects that are there, beside which there may be others of their kinds. */
  readonly others: readonly Resource[];
  private readonly byKind: ReadonlyMap<string, readonly Resource[]>;

  constructor(objects: readonly Resource[], stated?: KubernetesVersion, existing: readonly Resource[] = []) {
    this.others = [...existing, ...objects.filter(({ kind }) => !WHOLE.has(kind))];
    this.byKind = groupByKind(objects);
    const kubelets = (this.byKind.get('Node') ?? []).flatMap(
      (node) => kubernetesVersionIn(String(node.at(['status', 'nodeInfo', 'kubeletVersion']))) ?? [],
    );
    this.kubernetes = stated ?? kubelets.sort((a, b) => minorOf(a) - minorOf(b))[0];
  }

  /** The minor version that is judged for; undefined where nobody said. */
  get minor(): number | undefined {
    return this.kubernetes === undefined ? undefined : minorOf(this.kubernetes);
  }

  /** The objects of a kind; undefined where nobody said. */
  known(kind: FactKind): readonly Resource[] | undefined {
    return this.byKind.get(FACT_KINDS[kind]);
  }
}

function groupByKind(objects: readonly Resource[]): Map<string, Resource[]> {
  const groups = new Map<string, Resource[]>();
  for (const object of objects) addTo(groups, object.kind, object);
  return groups;
}
