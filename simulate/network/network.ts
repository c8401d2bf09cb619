import { CONTROLLER_LABEL_NAMES } from '../../manifests/controller-labels';
import type { Json, Resource } from '../../manifests/resource';
import { list, record, strings } from '../../manifests/resource';
import { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';
import type { Certainty } from '../../world/certainty';
import { mayCreate, placesOf } from '../../world/creates';
import type { KnownLabels } from '../../world/known-labels';
import { labelsOfPods, NAMESPACE_NAME, namespaceLabels, selectsKnown } from '../../world/known-labels';
import { networkPluginOf } from '../../world/network-plugin';
import { makesPods, namespacesWithPods } from '../../world/pods';
import { isRefused } from '../../world/refused';
import type { World } from '../../world/world';
import type { Block } from './addresses';
import { readBlock } from './addresses';
import type { AdminPolicy } from './admin-policy';
import { isAdminPolicy, readAdminPolicy } from './admin-policy';
import type { Endpoint, HostEndpoint, PodEndpoint } from './endpoints';
import type { Surroundings } from './matching';
import { selectsPod } from './matching';
import { onePerWorkload } from './one-per-workload';
import type { Passage } from './passage';
import { podAddressesOf, podBlocksOf } from './pod-addresses';
import type { Decider, Policy } from './policy';
import { isNetworkPolicy, readPolicy } from './policy';
import type { Reach } from './reach';
import { reach } from './reach';
import { apart } from './user-networks';

/** Policies of other APIs, which allow and deny what NetworkPolicies do not. */
const OTHER_POLICIES: ReadonlySet<string> = new Set([
  'cilium.io',
  'crd.projectcalico.org',
  'projectcalico.org',
  'crd.antrea.io',
]);
const ADMIN_KINDS = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'];
const OTHER_POLICY_KINDS = [
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
  'StagedNetworkPolicy',
  'ClusterNetworkPolicy',
  'NetworkPolicy',
];

/** Workloads as endpoints, and the policies that are about them. */
export class Network {
  /** By namespace: those that are judged and those that stand elsewhere. */
  private readonly policies = new Map<string, Policy[]>();
  /** The same by one label that a pod must have: `namespace key=value`, or `namespace ` where none must. */
  private readonly byLabel = new Map<string, Policy[]>();
  /** Policies of administrators, which come before and after NetworkPolicies. */
  readonly adminPolicies: readonly AdminPolicy[];
  /** NetworkPolicies that the API server refuses: they are not there. */
  readonly refused: readonly Resource[];
  private readonly surroundings: Surroundings;
  /** Undefined where the nodes are not known. */
  readonly nodeCount: number | undefined;
  /** Namespaces with policies of another API; '' for the whole cluster. */
  private readonly otherPolicies = new Set<string>();

  private readonly created: ReadonlySet<string>;
  /** Namespaces with objects of which a controller may make pods. */
  private readonly makers: ReadonlySet<string>;
  private all: readonly WorkloadManifest[] | undefined;
  private ofWorld: readonly Policy[] | undefined;
  private every: readonly Policy[] | undefined;

  constructor(private readonly world: World) {
    this.created = new Set(world.of('Namespace').map(({ name }) => name));
    this.makers = new Set(
      world.resources.flatMap((resource) => (mayCreate(resource, 'pods') ? [...placesOf(world, resource)] : [])),
    );
    const judged = world.of('NetworkPolicy').filter(isNetworkPolicy);
    this.refused = judged.filter((resource) => isRefused(world, resource));
    for (const resource of [...world.external.filter(isNetworkPolicy), ...judged])
      if (!this.refused.includes(resource)) this.addPolicy(resource);
    this.adminPolicies = [...world.external, ...ADMIN_KINDS.flatMap((kind) => world.of(kind))]
      .filter(isAdminPolicy)
      .map(readAdminPolicy);
    for (const resource of [...world.external, ...OTHER_POLICY_KINDS.flatMap((kind) => world.of(kind))]) {
      if (OTHER_POLICIES.has(resource.group) && OTHER_POLICY_KINDS.includes(resource.kind))
        this.otherPolicies.add(
          resource.statedNamespace ||
            (resource.kind === 'NetworkPolicy' || resource.kind === 'CiliumNetworkPolicy'
              ? (world.appliedTo(resource) ?? 'default')
              : ''),
        );
    }
    const nodes = world.facts.known('nodes');
    this.nodeCount = nodes?.length;
    const plugin = networkPluginOf(world);
    this.surroundings = {
      adminPolicies: this.adminPolicies,
      // Cilium matches what it manages by identity, and never by address.
      podsByAddress: plugin === 'cilium' ? 'no' : plugin === undefined || plugin === 'flannel' ? 'unknown' : 'yes',
      nodesByAddress: plugin === 'cilium' ? 'unknown' : 'yes',
    };
  }

  private addPolicy(resource: Resource): void {
    const namespace = this.world.namespaceOf(resource);
    const policies = this.policies.get(namespace);
    const policy = readPolicy(resource, namespace);
    if (policies) policies.push(policy);
    else this.policies.set(namespace, [policy]);
    const [label] = Object.entries(strings(policy.podSelector['matchLabels'])).filter(
      ([name]) => !CONTROLLER_LABEL_NAMES.has(name),
    );
    const key = `${namespace} ${label ? label.join('=') : ''}`;
    const alike = this.byLabel.get(key);
    if (alike) alike.push(policy);
    else this.byLabel.set(key, [policy]);
  }

  policiesIn(namespace: string): readonly Policy[] {
    return this.policies.get(namespace) ?? [];
  }

  /** The policies that are judged. */
  judgedPolicies(): readonly Policy[] {
    return (this.ofWorld ??= this.allPolicies().filter(({ resource }) => !this.world.isExternal(resource)));
  }

  /** The namespaces with pods that a namespaceSelector certainly selects. */
  namespacesSelected(selector: Json): readonly string[] {
    const named = strings(selector['matchLabels'])[NAMESPACE_NAME];
    const candidates = named === undefined ? namespacesWithPods(this.world) : [named];
    return candidates.filter((name) => selectsKnown(selector, namespaceLabels(this.world, name)) === 'yes');
  }

  /** A workload's pods. */
  readonly endpointOf = memo(
    (workload: WorkloadManifest): Endpoint =>
      workload.podSpec['hostNetwork'] === true
        ? this.node()
        : this.pod(workload.namespace, labelsOfPods(workload), workload),
  );

  /** Another pod of the same workload: what a replica that talks to its like connects to. */
  replicaOf(workload: WorkloadManifest): Endpoint {
    const endpoint = this.endpointOf(workload);
    return { ...endpoint };
  }

  private pod(namespace: string, labels: KnownLabels, workload: WorkloadManifest): PodEndpoint {
    return {
      is: 'pod',
      namespace,
      namespaceLabels: namespaceLabels(this.world, namespace),
      labels,
      ports: workload.ports,
      ...this.addresses(),
    };
  }

  private addresses(): Pick<PodEndpoint, 'addresses'> {
    const addresses = podAddressesOf(this.world);
    return addresses ? { addresses } : {};
  }

  /** The addresses that are pods' and nobody else's; none where that is not known. */
  get podBlocks(): readonly Block[] {
    return podBlocksOf(this.world);
  }

  /** A pod that is not among the manifests, of which only this is known. */
  externalPod({
    namespace,
    labels = {},
    mayBeAdded = false,
    isNotIn = (place) => this.showsAllPods(place),
  }: {
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    /** It may also be added later to a namespace of which the manifests show all pods. @default false */
    readonly mayBeAdded?: boolean;
    /** Where it certainly is not. @default - where the manifests show all pods */
    readonly isNotIn?: (place: string) => boolean;
  } = {}): PodEndpoint {
    return {
      is: 'pod',
      namespace,
      // A pod that is added later has labels of its own: those that policies ask for are of the workloads that there are.
      isNotIn: (place, labelled) => (labelled || !mayBeAdded) && isNotIn(place),
      mayBeAdded,
      namespaceLabels:
        namespace === undefined ? { labels: {}, complete: false } : namespaceLabels(this.world, namespace),
      labels: { labels, complete: false },
      ports: [],
      ...this.addresses(),
    };
  }

  /** Whether the manifests create a namespace and nothing in it makes pods that they do not show. */
  showsAllPods(namespace: string): boolean {
    return this.world.unread.length === 0 && this.created.has(namespace) && !this.makers.has(namespace);
  }

  /** A node of the cluster: its addresses and labels as the nodes say. */
  node(): HostEndpoint {
    const nodes = this.world.facts.known('nodes') ?? [];
    const addresses = nodes.map((node) =>
      list(node.at(['status', 'addresses'])).flatMap(
        (address) => readBlock(String(record(address)?.['address'])) ?? [],
      ),
    );
    return {
      ...this.host(),
      ...(nodes.length > 0 ? { nodeLabels: nodes.map(({ labels }) => labels) } : {}),
      ...(nodes.length > 0 && addresses.every((own) => own.length > 0) ? { addresses: addresses.flat() } : {}),
    };
  }

  /** Every NetworkPolicy. */
  allPolicies(): readonly Policy[] {
    return (this.every ??= [...this.policies.values()].flat());
  }

  /** A node, which is the pod's own where there is only one. */
  host(): HostEndpoint {
    return { is: 'host', sameNode: this.nodeCount === 1 ? 'yes' : 'unknown' };
  }

  /** Whether a connection passes the policies that are known. Policies of other APIs make it unknown. */
  reach(from: Endpoint, to: Endpoint, port: number, protocol = 'TCP'): Reach {
    const known = reach(
      new Set([...this.policiesAbout(from), ...this.policiesAbout(to)]),
      { from, to, port, protocol },
      this.surroundings,
    );
    const { certainty, by } = from === to ? { certainty: 'no' as Certainty, by: [] } : apart(this.world, from, to);
    if (certainty === 'yes') return withoutWay(by);
    return certainty === 'unknown' || this.hasOtherPolicies(from) || this.hasOtherPolicies(to)
      ? { ...known, verdict: known.verdict === 'denied' && certainty === 'unknown' ? 'denied' : 'unknown' }
      : known;
  }

  /** Whether policies of another API may be about an endpoint. */
  hasOtherPolicies(endpoint: Endpoint): boolean {
    return (
      this.otherPolicies.size > 0 &&
      (this.otherPolicies.has('') ||
        (endpoint.is === 'pod' && (endpoint.namespace === undefined || this.otherPolicies.has(endpoint.namespace))))
    );
  }

  /** The policies that select, or may select, an endpoint. */
  readonly policiesAbout = memo((endpoint: Endpoint): readonly Policy[] => {
    if (endpoint.is !== 'pod') return [];
    const { namespace, labels } = endpoint;
    const keys = ['', ...Object.entries(labels.labels).map((label) => label.join('='))];
    const candidates =
      namespace === undefined
        ? endpoint.mayBeAdded
          ? this.allPolicies()
          : []
        : labels.complete
          ? keys.flatMap((key) => this.byLabel.get(`${namespace} ${key}`) ?? [])
          : this.policiesIn(namespace);
    return candidates.filter((policy) => selectsPod(policy, endpoint) !== 'no');
  });

  /** Whether every policy of an endpoint's namespace is known, so that what they deny no other one allows. */
  isComplete(endpoint: Endpoint): boolean {
    return (
      endpoint.is !== 'pod' ||
      (endpoint.namespace !== undefined && this.world.isComplete(endpoint.namespace, 'NetworkPolicy'))
    );
  }

  /** What is to be said of a connection that has to pass: `fail` if it certainly does not, nothing if nothing holds it back. */
  verdictOn(
    from: Endpoint,
    to: Endpoint,
    port: number,
    protocol = 'TCP',
  ): { readonly verdict: 'fail' | 'unknown'; readonly reach: Reach } | undefined {
    const result = this.reach(from, to, port, protocol);
    const { egress, ingress } = result;
    if (egress.verdict === 'allowed' && ingress.verdict === 'allowed') return undefined;
    // Another policy that is not here could allow it.
    const denied =
      (egress.verdict === 'denied' && (isFinal(egress) || this.isComplete(from))) ||
      (ingress.verdict === 'denied' && (isFinal(ingress) || this.isComplete(to)));
    return { verdict: denied && result.verdict === 'denied' ? 'fail' : 'unknown', reach: result };
  }

  /** All workloads that make pods, those that stand elsewhere too; each once, whatever a live dump shows of it. */
  workloads(): readonly WorkloadManifest[] {
    return (this.all ??= this.allWorkloads());
  }

  private allWorkloads(): readonly WorkloadManifest[] {
    const { external, operated, workloads } = this.world;
    const made = new Set(operated.map(({ resource }) => resource));
    const elsewhere = external.flatMap((resource) =>
      made.has(resource) ? [] : (WorkloadManifest.of(resource, this.world.namespaceOf(resource)) ?? []),
    );
    return onePerWorkload(this.world, [...workloads, ...elsewhere, ...operated].filter(makesPods));
  }
}

/** Whether no NetworkPolicy could change the verdict. */
function isFinal({ why, by }: Passage): boolean {
  return (
    why === 'other-network' ||
    (why === 'denied-by-policy' && by.every((policy) => (policy as Partial<AdminPolicy>).tier === 'Admin'))
  );
}

/** Two networks between which there is no way. */
function withoutWay(by: readonly Decider[]): Reach {
  const passage: Passage = { verdict: 'denied', by, rules: [], why: 'other-network' };
  return { verdict: 'denied', egress: passage, ingress: passage };
}

/** The network that the manifests make. */
export const networkOf = memo((world: World) => new Network(world));
