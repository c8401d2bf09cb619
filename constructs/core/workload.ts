import { ApiObject, Chart } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Peer } from '../../model/cluster-facts';
import { POD_SECURITY_LEVELS } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { METRICS_ANNOTATION, SERIES_ANNOTATION, SERVICE_LABEL } from '../../model/marks';
import type { Spread } from '../../model/placement';
import { contentHash, lazily } from './config';
import type { Controller } from './controller';
import type { EndPort, FlowEnd, FlowService, OutsideFlow, ServedMetrics, Split } from './flow';
import { metricsServedBy, openFlow, versionsIn } from './flow';
import type { MetricsOptions } from './metrics';
import { metricsAt } from './metrics';
import type { NamespaceRef } from './namespace';
import { topologyOf } from './placement';
import type { EnvValue, PodProps } from './pod';
import { containersOf, podSpec, usesOfNode } from './pod';
import { nextNameOf } from './rollout';
import type { ServedPort } from './service';
import { podsServiceOf, ServiceOf } from './service';
import type { Mount } from './volume';

export interface WorkloadProps {
  readonly namespace: NamespaceRef;
  /** Who keeps the pods running, and how many. */
  readonly controller: Controller;
  readonly pod: PodProps;
  /**
   * The first version of the service that it is another version of: whoever may reach that one may reach this one, and one job scrapes
   * both. What else follows from a workload, it has of its own. @default - it is the first
   */
  readonly first?: Workload | undefined;
  /** The service that it is a version of, said by a label of its pods that all versions have. @default - none says so */
  readonly service?: string;
  /** Labels of its objects and pods beyond the chart's own. Nothing is selected by them, so they may change. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Pods with a name of their own, and the flows from and to them. What follows from a flow, the Service with its port, the
 * client's environment variables and the NetworkPolicies at both ends, is derived from it.
 */
export class Workload extends Construct implements FlowEnd {
  /** The value of the label that the pods are found by. */
  readonly app: string;
  readonly namespace: NamespaceRef;
  readonly pod: PodProps;
  readonly controller: Controller;
  /** Ports of other workloads that these pods open connections to. */
  readonly connections: EndPort[] = [];
  /** Connections to what is no workload of the target. */
  readonly outside: OutsideFlow[] = [];
  /** Other versions of the same service. */
  readonly others: Workload[] = [];
  /** The first version of the service: itself, where there is no other. */
  readonly first: Workload;
  /** The version that most requests of people get. */
  live: Workload = this;
  split: Split | undefined;
  /** What its Service finds pods by. */
  private found: Readonly<Record<string, string>>;
  /** Why nothing else may decide how many pods there are. */
  private counted: string | undefined;
  private readonly ownLabels: Readonly<Record<string, string>>;
  private readonly serviceLabel: Readonly<Record<string, string>>;
  private readonly ports = new Map<string, Port>();
  private readonly env: Record<string, EnvValue> = {};
  private readonly mounts: Mount[] = [];
  /** The ports that its variables lead to, by prefix. */
  private readonly peers = new Map<string, EndPort>();
  private readonly spread: k8s.TopologySpreadConstraint[] = [];
  private autoscaled: { readonly min: number; readonly max: number } | undefined;
  private ownService: ServiceOf | undefined;
  private podsService: ServiceOf | undefined;
  private next: ServiceOf | undefined;

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    this.namespace = props.namespace;
    this.controller = props.controller;
    this.pod = props.pod;
    this.app = id;
    this.ownLabels = props.labels ?? {};
    this.serviceLabel = props.service === undefined ? {} : { [SERVICE_LABEL]: props.service };
    this.first = props.first ?? this;
    this.found = this.selector;
    for (const { over, strength, ...how } of props.pod.placement?.spread ?? [])
      this.spreadOver(topologyOf(over), strength, how);
    this.checkSecurity();
    // Made once already here, so that what is wrong with the pod is said where the pod is described.
    this.podTemplate();
    for (const [name, number] of Object.entries(props.pod.container.ports ?? {}))
      this.ports.set(name, new Port(this, name, number, (props.pod.container.udp ?? []).includes(name)));
    if (props.first) {
      for (const port of props.first.allPorts) this.port(port.name).sharesClientsOf(port);
      props.first.others.push(this);
    }

    props.controller.create(this, {
      // Only a Job's is not final yet.
      metadata: {
        name: this.controller.kind === 'Job' ? lazily(() => this.name) : this.app,
        namespace: this.namespace.name,
        labels: this.labels,
      },
      selector: { matchLabels: this.selector },
      // Flows and features are declared after this constructor has run, so the template is read when everything is known.
      template: lazily(() => this.podTemplate()),
      replicas: lazily(() => (this.autoscaled ? undefined : props.controller.replicas) as number),
    });
    if (this.controller.peers) this.eachPod();
    else if (this.controller.kind === 'StatefulSet')
      this.ownService = new ServiceOf(this, this.name, { headless: true, ready: true });
  }

  /** The name of the controller's object. A Job's carries the hash of what cannot change, and is final when all flows are declared. */
  get name(): string {
    if (this.controller.kind !== 'Job') return this.app;
    return `${this.app}-${contentHash({ ...this.podTemplate(), ...this.controller.immutable })}`;
  }

  get policyName(): string {
    return this.name;
  }

  /** What Services, policies and budgets select the pods by. It never changes: selectors are immutable. */
  get selector(): Record<string, string> {
    return { 'app.kubernetes.io/name': this.app };
  }

  /** Those of the chart, its own, and what the pods are selected by. */
  get labels(): Record<string, string> {
    return { ...Chart.of(this).labels, ...this.ownLabels, ...this.selector };
  }

  /** The fewest pods that the controller keeps when nothing fails. */
  get replicaFloor(): number {
    return this.autoscaled?.min ?? this.controller.replicas;
  }

  /** Whether its pods have the addresses of their nodes, so that no policy can name them by their labels. */
  get onHostNetwork(): boolean {
    return this.pod.host?.network ?? false;
  }

  /** A port by the name that the container gives it. */
  port(name: string): Port {
    const port = this.ports.get(name);
    if (!port) {
      throw new StrataError(`workload ${this.name}`, `has no port named ${name}`, [
        `use one of its ports: ${[...this.ports.keys()].join(', ') || 'none'}`,
        'add the port to its container',
      ]);
    }
    return port;
  }

  /** All ports, in the order of the container. */
  get allPorts(): Port[] {
    return [...this.ports.values()];
  }

  /**
   * Declares a flow from these pods to a port of others. With `as: 'REDIS'` the container finds its peer in `REDIS_HOST`
   * and `REDIS_PORT`. A port may ask for more, and give more: Redis' asks what the client may do, and gives it a user.
   */
  connectsTo<Terms extends object>(
    port: Port<Terms, FlowEnd>,
    options: ConnectOptions & Terms = {} as ConnectOptions & Terms,
  ): void {
    const { as } = options;
    if (as !== undefined) this.checkPrefix(as, port);
    const service = port.workload.serviceOf(port);
    openFlow(this, port);
    const grant = port.grant?.(this, options);
    // Declared once more under the same name, a flow gives nothing new.
    if (as !== undefined && this.peers.has(as)) return;
    if (as !== undefined) this.checkVariables(as, port, Object.keys(grant?.env ?? {}));
    Object.assign(this.env, grant?.env);
    this.mounts.push(...(grant?.mounts ?? []));
    if (as === undefined) return;
    this.peers.set(as, port);
    this.env[`${as}_HOST`] = service.host;
    this.env[`${as}_PORT`] = String(service.portOf(port));
  }

  /** Variables of two peers must not overwrite each other, nor those that the container sets itself. */
  private checkPrefix(as: string, port: EndPort): void {
    const place = `${this.app} connects to ${port.workload.app} as ${as}`;
    if (!/^[A-Z][A-Z0-9_]*$/.test(as))
      throw new StrataError(place, 'is not a prefix of variables: capital letters, digits and _', [
        "use one such as 'REDIS'",
      ]);
    const other = this.peers.get(as);
    if (other !== undefined && other !== port)
      throw new StrataError(place, `its variables would overwrite those of ${other.workload.app}`, [
        'use another prefix for one of the two',
      ]);
  }

  private checkVariables(as: string, port: EndPort, granted: readonly string[]): void {
    const taken = [`${as}_HOST`, `${as}_PORT`, ...granted].find((name) => this.pod.container.env?.[name] !== undefined);
    if (taken === undefined) return;
    throw new StrataError(
      `${this.app} connects to ${port.workload.app} as ${as}`,
      `the container sets ${taken} itself`,
      [`remove ${taken} from its env`, 'use another prefix'],
    );
  }

  /** Where these pods serve their own metrics; undefined where they serve none. */
  metrics: ServedMetrics | undefined;
  /** Metrics at its other ports. */
  readonly moreMetrics: ServedMetrics[] = [];

  /** Says that a port serves metrics in Prometheus' format: what scrapes the platform finds it. */
  servesMetrics(portName: string, options: MetricsOptions = {}): void {
    this.metrics = metricsAt(this.port(portName), options);
    this.annotateMetrics();
  }

  /** The same of a further port. */
  servesMoreMetrics(portName: string, options: Omit<MetricsOptions, 'series'>): void {
    this.moreMetrics.push(metricsAt(this.port(portName), options));
    this.annotateMetrics();
  }

  private annotateMetrics(): void {
    const exposes = [...new Set(metricsServedBy(this).flatMap((served) => served.exposes))];
    const { series } = this.metrics ?? {};
    for (const { node } of [this, ...this.others]) {
      const controller = node.children.find((child) => ApiObject.isApiObject(child));
      if (exposes.length > 0) controller?.metadata.addAnnotation(METRICS_ANNOTATION, exposes.join(', '));
      if (series !== undefined) controller?.metadata.addAnnotation(SERIES_ANNOTATION, String(series));
    }
  }

  /** Declares a flow to every single pod behind a port, as a scraper needs it. */
  connectsToEach(port: EndPort): void {
    for (const version of versionsIn(port.workload)) version.eachPod().publish(port);
    openFlow(this, port);
  }

  /**
   * Spreads the pods evenly over the values of a node label, none with more than `maxSkew` pods above the least; with
   * `required`, a pod that would break this stays pending.
   */
  spreadOver(
    topologyKey: string,
    strength: 'preferred' | 'required',
    { maxSkew = 1, minDomains }: Pick<Spread, 'maxSkew' | 'minDomains'> = {},
  ): void {
    if (this.controller.kind === 'DaemonSet')
      throw new StrataError(`workload ${this.app}`, 'has a pod on each node, which nothing can spread', [
        'remove the spread from its placement',
      ]);
    const whenUnsatisfiable = strength === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway';
    if (this.spread.some((each) => each.topologyKey === topologyKey && each.whenUnsatisfiable === whenUnsatisfiable))
      throw new StrataError(
        `workload ${this.app}`,
        `is spread twice over ${topologyKey} (${strength}), and Kubernetes takes one such constraint`,
        [
          'remove it from the placement, or the feature that spreads the workload',
          'use the other strength in one of them',
        ],
      );
    this.spread.push({
      topologyKey,
      maxSkew,
      ...(minDomains === undefined ? {} : { minDomains }),
      whenUnsatisfiable,
      labelSelector: { matchLabels: this.selector },
      // Each revision is spread by itself; otherwise old pods of a rolling update push the new ones together.
      matchLabelKeys: [this.controller.revisionLabel],
      // Zones whose nodes the pods cannot use do not count.
      nodeAffinityPolicy: 'Honor',
      nodeTaintsPolicy: 'Honor',
    });
  }

  /** Lets its Service lead to another version of it, and to that alone. */
  leadsTo(version: Workload): void {
    this.live = version;
    this.found = version.selector;
  }

  /** Lets its Service lead to the pods of all versions; most of the requests get to one of them. */
  leadsToAll(live: Workload): this {
    this.live = live;
    this.found = { [SERVICE_LABEL]: this.app };
    return this;
  }

  /** Says what its route does with requests for another version. */
  splits(how: Split): this {
    this.split = how;
    if ('share' in how && how.share === 100) this.live = how.to as Workload;
    return this;
  }

  /** Gives it the Services that a controller lets lead to the version of now and to the next one. */
  hasNext(): ServiceOf {
    this.next ??= new ServiceOf(this, nextNameOf(this.name), { headless: false, ready: true, id: 'next-service' });
    for (const service of [this.service(), this.next]) for (const port of this.allPorts) service.publish(port);
    return this.next;
  }

  /** Says why the number of its pods is nothing that an autoscaler may decide. */
  isCounted(reason: string): void {
    this.counted = reason;
  }

  /** Hands the number of pods to an autoscaler; `replicas` stays unset from here on. */
  scaledBetween(min: number, max: number): void {
    if (this.counted !== undefined)
      throw new StrataError(
        `workload ${this.app}`,
        `an autoscaler would decide how many pods there are, and ${this.counted}`,
        [
          'remove the autoscaler while it goes on',
          'serve it by a Gateway: its route deals out requests, however many pods there are',
        ],
      );
    this.autoscaled = { min, max };
  }

  /** The Service that balances over the ready pods; a governing headless Service serves a single pod as well. */
  service(): ServiceOf {
    return (this.ownService ??= new ServiceOf(this, this.name, {
      headless: false,
      ready: true,
      selector: () => this.found,
    }));
  }

  serviceOf(port: ServedPort): FlowService {
    const service = this.service();
    service.publish(port);
    return service;
  }

  /** The Service whose name resolves to every pod, ready or not. */
  eachPod(): ServiceOf {
    return (this.podsService ??= new ServiceOf(this, podsServiceOf(this.name), { headless: true, ready: false }));
  }

  private podTemplate(): k8s.PodTemplateSpec {
    const replicated = (this.autoscaled?.max ?? this.controller.replicas) > 1;
    const { selector, env, mounts, spread, labels } = this;
    return {
      metadata: { labels: { ...labels, ...this.serviceLabel } },
      spec: podSpec(this.controller.runsToEnd ? { restartPolicy: 'Never', ...this.pod } : this.pod, {
        selector,
        replicated,
        env,
        mounts,
        spread,
        imagePullSecrets: this.namespace.imagePullSecrets ?? [],
      }),
    };
  }

  private checkSecurity(): void {
    const exception = this.pod.securityException;
    const strictness = (level: (typeof POD_SECURITY_LEVELS)[number]) => POD_SECURITY_LEVELS.indexOf(level);
    if (exception && strictness(exception.level) < strictness(this.namespace.podSecurity ?? 'privileged')) {
      throw new StrataError(
        `workload ${this.app}`,
        `meets only ${exception.level} (${exception.reason}), and namespace ${this.namespace.name} enforces ${this.namespace.podSecurity}`,
        [
          `put it into a namespace that enforces ${exception.level}`,
          'make the pod meet the stricter level and remove its exception',
        ],
      );
    }
    const ofTheNode = usesOfNode(this.pod);
    if (ofTheNode.length > 0 && exception?.level !== 'privileged')
      throw new StrataError(
        `workload ${this.app}`,
        `uses ${ofTheNode.join(', ')} of its node, which the Pod Security Standard allows in namespaces at level privileged alone`,
        [
          'remove it from the pod',
          "give the pod a securityException with level: 'privileged' and the reason, and put it into a namespace of that level",
        ],
      );
    for (const container of containersOf(this.pod)) {
      if (container.securityContext && !exception) {
        throw new StrataError(
          `workload ${this.app}, container ${container.name}`,
          `departs from the restricted Pod Security Standard (${JSON.stringify(container.securityContext)}) without saying why`,
          [
            'remove its securityContext',
            'give the pod a securityException with the level that it meets and the reason',
          ],
        );
      }
    }
  }
}

/** How a flow is declared. */
export interface ConnectOptions {
  /** `'REDIS'`: the client finds its peer in `REDIS_HOST` and `REDIS_PORT`. @default - no variables */
  readonly as?: string;
}

/** What a client is given by the port that it connects to. */
export interface Grant {
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
}

/** A named port of a workload's container, TCP and perhaps UDP too, and who connects to it. `Terms`: what it asks of its clients. */
export class Port<Terms extends object = object, End extends FlowEnd = Workload> {
  /** Other workloads, and pods that are not ours. */
  private allClients = new Set<FlowEnd | Peer>();
  /** What a client gets for what it says. */
  grant: ((client: Workload, options: ConnectOptions & Terms) => Grant) | undefined;

  constructor(
    readonly workload: End,
    readonly name: string,
    /** The port that the container listens on. */
    readonly number: number,
    readonly udp = false,
  ) {}

  /** Declares a flow from pods that strata does not render, such as a gateway's. */
  admits(peer: Peer): void {
    this.workload.serviceOf(this);
    this.clients.add(peer);
  }

  get clients(): Set<FlowEnd | Peer> {
    return this.allClients;
  }

  /** Whoever may reach the other port may reach this one, and the other way round. */
  sharesClientsOf(other: EndPort): void {
    this.allClients = other.clients;
  }

  /** From now on the port asks its clients for these terms. */
  asks<More extends object>(grant: (client: Workload, options: ConnectOptions & More) => Grant): Port<More, End> {
    const asking = this as unknown as Port<More, End>;
    asking.grant = grant;
    return asking;
  }
}
