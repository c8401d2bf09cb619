import type { Resource } from '../manifests/resource';
import type { KubernetesVersion } from '../model/kubernetes-version';
import { isKnownKubernetes, kubernetesVersionIn, minorOf } from '../model/kubernetes-version';
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

/** Of these a fresh cluster has none or only its own: manifests that are all there is bring every other one. */
const BROUGHT_BY_MANIFESTS: ReadonlySet<string> = new Set([
  'IngressClass',
  'GatewayClass',
  'PriorityClass',
  'RuntimeClass',
  'CustomResourceDefinition',
]);

/** Whether objects of a kind are facts of the cluster, of which a list is whole. */
export function isFact(kind: string): boolean {
  return WHOLE.has(kind);
}

/** Whether a cluster comes with objects of a kind that no manifests bring: storage classes, nodes, served APIs. */
export function comesWithCluster(kind: string): boolean {
  return WHOLE.has(kind) && !BROUGHT_BY_MANIFESTS.has(kind);
}

/**
 * What is known of the cluster: Kubernetes' own objects as `kubectl get … -o yaml` prints them. A kind of which there is no
 * object is unknown, not empty: nobody asked for it. Only where the kinds are there that every cluster has, all were asked for.
 */
export class Facts {
  /** `1.35`: the oldest kubelet's, unless stated; undefined where it is none whose APIs are known. */
  readonly kubernetes: KubernetesVersion | undefined;
  /** Objects that are there, beside which there may be others of their kinds. */
  readonly others: readonly Resource[];
  private readonly byKind: ReadonlyMap<string, readonly Resource[]>;
  private readonly allAsked: boolean;

  constructor(
    /** Objects of the cluster: of some kinds all of them. */
    readonly objects: readonly Resource[],
    private readonly stated?: KubernetesVersion,
    private readonly existing: readonly Resource[] = [],
    /** Whether the manifests are all there is, beside what every cluster has: `--complete`. */
    readonly manifestsAreAll = false,
  ) {
    this.others = [...existing, ...objects.filter(({ kind }) => !WHOLE.has(kind))];
    this.byKind = groupByKind(objects);
    this.allAsked = EVERY_CLUSTER_HAS.filter((has) => objects.some(has)).length >= 2;
    const kubelets = (this.byKind.get('Node') ?? []).flatMap(
      (node) => kubernetesVersionIn(String(node.at(['status', 'nodeInfo', 'kubeletVersion']))) ?? [],
    );
    const oldest = kubelets.sort((a, b) => minorOf(a) - minorOf(b))[0];
    this.kubernetes = stated ?? (oldest && isKnownKubernetes(oldest) ? oldest : undefined);
  }

  /** The same cluster, in which these are there as well. */
  with(more: readonly Resource[]): Facts {
    if (more.length === 0) return this;
    return new Facts(this.objects, this.stated, [...more, ...this.existing], this.manifestsAreAll);
  }

  /** The minor version that is judged for; undefined where nobody said. */
  get minor(): number | undefined {
    return this.kubernetes === undefined ? undefined : minorOf(this.kubernetes);
  }

  /** The minor version that somebody says the cluster has; undefined where only its kubelets tell. */
  get statedMinor(): number | undefined {
    return this.stated === undefined ? undefined : minorOf(this.stated);
  }

  /** The objects of a kind; undefined where nobody said. */
  known(kind: FactKind): readonly Resource[] | undefined {
    return this.ofKind(FACT_KINDS[kind]);
  }

  /** The objects of a kind by its name, if it is one whose list is whole; undefined where nobody said. */
  ofKind(kind: string): readonly Resource[] | undefined {
    if (!WHOLE.has(kind)) return undefined;
    const objects = this.byKind.get(kind);
    return objects ?? (this.allAsked || (this.manifestsAreAll && BROUGHT_BY_MANIFESTS.has(kind)) ? [] : undefined);
  }
}

/** Kinds that are in no cluster empty: where objects of two of them are, the command of docs/verify.md was run, which asks for all. */
const EVERY_CLUSTER_HAS: readonly ((object: Resource) => boolean)[] = [
  ({ kind }) => kind === 'Node',
  ({ kind, name }) => kind === 'PriorityClass' && name.startsWith('system-'),
  ({ kind }) => kind === 'APIService',
];

function groupByKind(objects: readonly Resource[]): Map<string, Resource[]> {
  const groups = new Map<string, Resource[]>();
  for (const object of objects) addTo(groups, object.kind, object);
  return groups;
}
