import { isDeepStrictEqual } from 'node:util';
import type { Unreadable } from '../manifests/reading/read';
import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { selects } from '../manifests/selector';
import { WorkloadManifest } from '../manifests/workload';
import { misspellingOf } from '../model/misspelling';
import { addTo } from '../model/multimap';
import type { Facts } from './facts';
import { isFact } from './facts';
import { LiveDump } from './live-dump';
import { operatedObjects } from './operated';
import { clusterScoped, isScopeKnown } from './scope';

/** What can be said of an object that something refers to. */
export type Presence =
  | { readonly is: 'present'; readonly resource: Resource }
  /** It does not exist, or its name is certainly a misspelling of those that are meant. */
  | { readonly is: 'absent' }
  /** Not among the manifests, and nobody said whether it stands elsewhere. */
  | { readonly is: 'unknown'; readonly settledBy: string };

/** What every cluster has before anybody applies anything. */
const BUILT_IN_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** All that is judged and all that is known, indexed. Checks read it and change nothing. */
export class World {
  readonly workloads: readonly WorkloadManifest[];
  private readonly byKind = new Map<string, Resource[]>();
  private readonly byName = new Map<string, Resource>();
  private readonly workloadsByNamespace = new Map<string, WorkloadManifest[]>();
  /** What is not judged and is known to be there: declared, or among the facts of the cluster. */
  readonly external: readonly Resource[];
  /** Workloads that the Prometheus operator makes of objects that are judged or known; they are among what is not judged. */
  readonly operated: readonly WorkloadManifest[];
  private readonly notJudged: ReadonlySet<Resource>;
  private readonly dump: LiveDump;
  private readonly names = new Map<string, ReadonlyMap<string, readonly string[]>>();
  private readonly labelsByNamespace = new Map<string, Labels | undefined>();
  private readonly declaredNamespaces: ReadonlySet<string>;

  constructor(
    /** What is judged. */
    readonly resources: readonly Resource[],
    readonly facts: Facts,
    /** All that stands elsewhere and is not judged; undefined where nobody said. */
    readonly declaredExternal?: readonly Resource[],
    /** The render before. */
    readonly previous?: readonly Resource[],
    /** What stands beside the manifests and is no Kubernetes object. */
    readonly documents: readonly Resource[] = [],
    /** The namespace that an object which names none is applied to (`kubectl apply --namespace`); undefined where nobody said. */
    readonly appliedTo: (resource: Resource) => string | undefined = () => undefined,
    /** What stands among the manifests, or is declared, and could not be read: it may hold what is not here. */
    readonly unread: readonly Unreadable[] = [],
  ) {
    const workloads: WorkloadManifest[] = [];
    // All kinds first: a CRD may stand behind what it makes cluster-scoped.
    const each = withoutCopies(resources);
    for (const resource of each) addTo(this.byKind, resource.kind, resource);
    for (const resource of each) {
      this.remember(resource);
      const workload = WorkloadManifest.of(resource, this.namespaceOf(resource));
      if (workload) {
        workloads.push(workload);
        addTo(this.workloadsByNamespace, workload.namespace, workload);
      }
    }
    const standing = [...(declaredExternal ?? []), ...facts.others];
    const made = this.madeOf([...each, ...standing], standing);
    this.operated = made.flatMap((resource) => WorkloadManifest.of(resource, resource.statedNamespace) ?? []);
    this.external = [...standing, ...made];
    const judged = new Set(facts.objects.length > 0 ? resources : []);
    this.notJudged = new Set([...this.external, ...facts.objects.filter((object) => !judged.has(object))]);
    for (const resource of this.external) {
      const key = this.nameKey(resource);
      if (!this.byName.has(key)) this.byName.set(key, resource);
    }
    this.workloads = workloads;
    this.dump = new LiveDump(resources, (resource) => this.namespaceOf(resource));
    this.declaredNamespaces = new Set(resources.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name));
  }

  /** What an operator makes of these, but for what is here itself. */
  private madeOf(owners: readonly Resource[], standing: readonly Resource[]): readonly Resource[] {
    const made = new Map<string, Resource>();
    for (const owner of owners)
      for (const object of operatedObjects(owner, this.namespaceOf(owner))) made.set(this.nameKey(object), object);
    if (made.size === 0) return [];
    for (const key of [...standing.map((resource) => this.nameKey(resource)), ...this.byName.keys()]) made.delete(key);
    return [...made.values()];
  }

  /** Whether a resource is only known, and not judged. */
  isExternal(resource: Resource): boolean {
    return this.notJudged.has(resource);
  }

  /** The judged resources of a kind; one that is defined twice alike is one. */
  of(kind: string): readonly Resource[] {
    return this.byKind.get(kind) ?? [];
  }

  /** Where a resource stands: where a namespaced one is applied to, or `default`, if it does not say; empty for the cluster's own. */
  namespaceOf(resource: Resource): string {
    if (clusterScoped(resource, this.of('CustomResourceDefinition'))) return '';
    return resource.statedNamespace || this.appliedTo(resource) || 'default';
  }

  /** Whether two definitions are of one object: what they say may differ, which duplicate-object reports. */
  isSame(one: Resource, other: Resource): boolean {
    const named = [one, other].every((resource) => string(resource.at(['metadata', 'name'])) !== undefined);
    return one === other || (named && one.group === other.group && this.idOf(one) === this.idOf(other));
  }

  /** `Deployment/shop/web`, `Namespace/shop`; the file of what is no Kubernetes object. */
  idOf(resource: Resource): string {
    if (resource.kind === '') return resource.source.file;
    const namespace = isScopeKnown(resource, this.of('CustomResourceDefinition'))
      ? this.namespaceOf(resource)
      : resource.statedNamespace;
    return [resource.kind, namespace, resource.name].filter(Boolean).join('/');
  }

  /**
   * An object that is referred to. One that is not here is absent where the manifests themselves create its namespace, where
   * somebody declared what stands elsewhere, or where they are a dump of its kind: then they are the whole of it. It is absent, too,
   * where its name is a misspelling of one that is here. Else it is unknown, and so it is while something could not be read.
   */
  find(kind: string, namespace: string, name: string): Presence {
    const resource = this.byName.get(`${kind}/${namespace}/${name}`);
    if (resource) return { is: 'present', resource };
    const known = namespace === '' ? this.facts.ofKind(kind) : undefined;
    const fact = known?.find((object) => object.name === name);
    if (fact) return { is: 'present', resource: fact };
    if (this.unread.length === 0 && (known || this.isComplete(namespace, kind))) return { is: 'absent' };
    if (this.unread.length === 0 && misspellingOf(name, this.namesOf(kind, namespace)).length > 0)
      return { is: 'absent' };
    const what = [kind, namespace, name].filter(Boolean).join('/');
    return {
      is: 'unknown',
      settledBy: `--declare a file that holds ${what} if it stands elsewhere, or judge it along with the namespace`,
    };
  }

  /** Whether what is not here does not exist: anything in a namespace, or anything of a kind in it. */
  isComplete(namespace: string, kind?: string): boolean {
    if (this.unread.length > 0) return false;
    if (namespace === '' && kind !== undefined && isFact(kind)) return this.isFactComplete(kind);
    return (
      this.declaredExternal !== undefined ||
      (namespace !== '' && this.declaredNamespaces.has(namespace)) ||
      (kind !== undefined && this.dump.isWhole(kind, namespace))
    );
  }

  /**
   * Classes, nodes and definitions are the cluster's, whoever declares what stands beside the manifests: their list is whole where one of
   * the kind is declared, or where the facts of the cluster say so.
   */
  private isFactComplete(kind: string): boolean {
    return (
      this.facts.ofKind(kind) !== undefined ||
      this.declaredExternal?.some((resource) => resource.kind === kind) === true ||
      this.dump.isWhole(kind, '')
    );
  }

  /** Names of a kind in a namespace; empty for the cluster's own. */
  namesOf(kind: string, namespace: string): readonly string[] {
    let ofKind = this.names.get(kind);
    if (!ofKind) this.names.set(kind, (ofKind = this.namesByNamespace(kind)));
    return ofKind.get(namespace) ?? [];
  }

  private namesByNamespace(kind: string): ReadonlyMap<string, readonly string[]> {
    const names = new Map<string, Set<string>>();
    const known = [...this.of(kind), ...this.external, ...this.facts.objects];
    for (const resource of known) {
      if (resource.kind !== kind) continue;
      const namespace = this.namespaceOf(resource);
      const here = names.get(namespace) ?? new Set();
      names.set(namespace, here.add(resource.name));
    }
    return new Map([...names].map(([namespace, here]) => [namespace, [...here]]));
  }

  /** The workloads of a namespace whose pods a LabelSelector selects. */
  podsSelected(namespace: string, selector: unknown): WorkloadManifest[] {
    return (this.workloadsByNamespace.get(namespace) ?? []).filter((workload) => selects(selector, workload.podLabels));
  }

  workloadsIn(namespace: string): readonly WorkloadManifest[] {
    return this.workloadsByNamespace.get(namespace) ?? [];
  }

  /** A namespace's labels, with the one that Kubernetes sets; undefined where the namespace is not known. */
  namespaceLabels(name: string): Labels | undefined {
    if (!this.labelsByNamespace.has(name)) {
      const labels = this.byName.get(`Namespace//${name}`)?.labels;
      this.labelsByNamespace.set(name, labels && { ...labels, 'kubernetes.io/metadata.name': name });
    }
    return this.labelsByNamespace.get(name);
  }

  /** Whether a namespace is there: judged, declared, or a part of every cluster. */
  hasNamespace(name: string): boolean {
    return BUILT_IN_NAMESPACES.includes(name) || this.byName.has(`Namespace//${name}`);
  }

  /** A kind of Kubernetes' own is not hidden by an add-on's of the same name, such as Knative's Service or Istio's Gateway. */
  private remember(resource: Resource): void {
    const key = this.nameKey(resource);
    const other = this.byName.get(key);
    if (!other || isKubernetes(resource) || !isKubernetes(other)) this.byName.set(key, resource);
  }

  private nameKey(resource: Resource): string {
    return `${resource.kind}/${this.namespaceOf(resource)}/${resource.name}`;
  }
}

/** A copied folder or a link defines an object once more, which changes nothing: kubectl applies it twice. */
function withoutCopies(resources: readonly Resource[]): readonly Resource[] {
  const known = new Map<string, Resource[]>();
  return resources.filter((resource) => {
    // The API server generates a name of its own for each object with generateName.
    if (string(resource.at(['metadata', 'name'])) === undefined) return true;
    const key = `${resource.group}/${resource.kind}/${resource.statedNamespace}/${resource.name}`;
    const others = known.get(key);
    if (others?.some((other) => isDeepStrictEqual(other.object, resource.object))) return false;
    addTo(known, key, resource);
    return true;
  });
}

function isKubernetes({ group }: Resource): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}
