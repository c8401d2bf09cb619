import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { knownNames, StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import { objectName } from '../../model/kubernetes';
import type { EndPort, FlowEnd, FlowService, OutsideFlow, ServedMetrics } from '../core/flow';
import { openFlow, versionsIn } from '../core/flow';
import type { MetricsOptions } from '../core/metrics';
import { metricsAt } from '../core/metrics';
import type { NamespaceRef } from '../core/namespace';
import { ServiceOf } from '../core/service';
import { Port } from '../core/workload';
import type { Pods, PodsService } from './pods';
import { podsMadeBy, servicesLeadingTo } from './pods';

/** What the objects themselves do not say. */
export interface ExternalOptions {
  /** Labels of the pods, where an operator makes them. @default - those of the pod template */
  readonly selector?: Readonly<Record<string, string>>;
  /** TCP ports of the containers by name, beside those that they name. @default - none */
  readonly ports?: Readonly<Record<string, number>>;
  /** Those of its ports that take packets by UDP as well: policies let them pass. @default - none */
  readonly udp?: readonly string[];
  /** The Service to connect to, where several lead to a port. @default - the one that leads there */
  readonly service?: string;
}

export interface ExternalWorkloadProps extends ExternalOptions {
  /** What makes the pods. */
  readonly object: KubernetesObject;
  readonly place: string;
  /** The objects that it stands among: Services that select its pods are found there. */
  readonly others: readonly KubernetesObject[];
  readonly namespace: NamespaceRef;
  /** Whether its own Service resolves to the pods themselves. @default false */
  readonly headless?: boolean;
}

/** A port of such pods. */
export class ExternalPort extends Port<object, ExternalWorkload> {
  constructor(
    workload: ExternalWorkload,
    name: string,
    number: number,
    /** What a Service of ours leads to: the container may call the port otherwise, or not at all. */
    readonly target: string | number,
    udp = false,
  ) {
    super(workload, name, number, udp);
  }
}

/** Pods that somebody else's objects make, as an end of flows: who connects to them finds them, and policies let it in. */
export class ExternalWorkload extends Construct implements FlowEnd {
  readonly app: string;
  readonly name: string;
  readonly namespace: NamespaceRef;
  readonly selector: Readonly<Record<string, string>>;
  readonly connections: EndPort[] = [];
  /** Connections to what is no workload of the target. */
  readonly outside: OutsideFlow[] = [];
  metrics: ServedMetrics | undefined;
  private readonly place: string;
  private readonly ports = new Map<string, ExternalPort>();
  private readonly services: readonly PodsService[];
  private ownService: ServiceOf | undefined;
  private podsService: ServiceOf | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExternalWorkloadProps,
  ) {
    super(scope, id);
    const { object, namespace } = props;
    this.place = `${props.place}, ${objectName(object)}`;
    this.app = object.metadata.name;
    this.name = this.app;
    this.namespace = namespace;
    const pods = this.pods();
    this.selector = pods.selector;
    this.services = servicesLeadingTo(pods, namespace.name, props.others);
    this.checkService();
  }

  /** Beside the policies that came with the objects, which may be called like them. */
  get policyName(): string {
    return `${this.name}-flows`;
  }

  get labels(): Readonly<Record<string, string>> {
    return { ...Chart.of(this).labels };
  }

  /** The ports that flows were declared to. */
  get allPorts(): readonly EndPort[] {
    return [...this.ports.values()];
  }

  /** A TCP port by its name at the container or at a Service. */
  port(name: string): ExternalPort {
    const made = this.ports.get(name);
    if (made) return made;
    const number = this.numberOf(name);
    const isNamed = this.pods().ports.some((port) => port.name === name && port.number === number);
    const port = new ExternalPort(this, name, number, isNamed ? name : number, this.props.udp?.includes(name));
    this.ports.set(name, port);
    return port;
  }

  /** Declares a flow from these pods: policies let it pass. How they find their peer is said to them in their own way. */
  connectsTo(port: EndPort): void {
    if ('grant' in port && port.grant !== undefined)
      throw new StrataError(
        `${this.place} connects to ${port.workload.app}`,
        'its port gives each client variables and files, and these pods are described elsewhere',
        ['connect a workload of your own', 'let the two meet in a port that asks nothing'],
      );
    port.workload.serviceOf(port);
    openFlow(this, port);
  }

  /** Declares a flow to every single pod behind a port. */
  connectsToEach(port: EndPort): void {
    for (const version of versionsIn(port.workload)) version.eachPod().publish(port);
    openFlow(this, port);
  }

  /** Says that a port serves metrics in Prometheus' format: what scrapes the platform finds it. */
  servesMetrics(portName: string, options: MetricsOptions = {}): void {
    this.metrics = metricsAt(this.port(portName), options);
  }

  /** The Service among the objects that leads to a port; where there is none, one of ours. */
  serviceOf(port: EndPort): FlowService {
    const leading = this.services.filter((service) => leadsTo(service, port));
    const balancing = leading.filter(({ headless }) => !headless);
    const candidates = balancing.length > 0 ? balancing : leading;
    const chosen =
      candidates.find(({ name }) => name === this.props.service) ??
      candidates.find(({ name }) => name === this.name) ??
      candidates[0];
    if (!chosen) return this.own(port);
    if (candidates.length > 1 && chosen.name !== this.props.service && chosen.name !== this.name)
      throw new StrataError(this.place, `${candidates.length} Services lead to its port ${port.name}`, [
        `say which one: workload('…', { service: '${chosen.name}' }); known: ${candidates.map(({ name }) => name).join(', ')}`,
      ]);
    return this.givenService(chosen);
  }

  eachPod(): ServiceOf {
    return (this.podsService ??= new ServiceOf(this, `${this.name}-pods`, { headless: true, ready: false }));
  }

  private own(port: EndPort): FlowService {
    if (this.props.service !== undefined)
      throw new StrataError(this.place, `the Service ${this.props.service} does not lead to its port ${port.name}`, [
        'name another Service, or none',
      ]);
    this.ownService ??= new ServiceOf(this, this.name, { headless: this.props.headless ?? false, ready: true });
    this.ownService.publish(port);
    return this.ownService;
  }

  private givenService(service: PodsService): FlowService {
    const { name, headless } = service;
    // What translates nothing is asked for at the container's port.
    const portOf = (port: EndPort) => (headless ? port.number : leadingPort(service, port)!.port);
    return {
      name,
      host: `${name}.${this.namespace.name}.svc.cluster.local`,
      portOf,
      backendOf: (port) => ({ number: portOf(port) }),
    };
  }

  private pods(): Pods {
    const { object, selector } = this.props;
    const found = podsMadeBy(object);
    if (selector) return { labels: { ...found?.labels, ...selector }, selector, ports: found?.ports ?? [] };
    if (found && Object.keys(found.selector).length > 0) return found;
    throw new StrataError(
      this.place,
      found ? 'its pods have no labels, so nothing can select them' : 'says nothing of its pods',
      [
        found
          ? 'give its pod template labels, by a patch'
          : "say how its pods are found: workload('…', { selector: { … }, ports: { … } })",
      ],
    );
  }

  private checkService(): void {
    const { service } = this.props;
    if (service === undefined || this.services.some(({ name }) => name === service)) return;
    throw new StrataError(this.place, `there is no Service ${service} among its objects that selects its pods`, [
      `name one that does: ${knownNames(
        service,
        this.services.map(({ name }) => name),
      )}`,
    ]);
  }

  private numberOf(name: string): number {
    const said = this.props.ports?.[name];
    if (said !== undefined) return said;
    const { ports } = this.pods();
    const all = [...ports, ...this.services.flatMap((service) => service.ports)];
    const found = all.filter((port) => port.name === name && port.number !== undefined);
    const numbers = [...new Set(found.filter(({ protocol }) => protocol === 'TCP').map(({ number }) => number!))];
    if (numbers.length === 1) return numbers[0]!;
    if (numbers.length > 1)
      throw new StrataError(this.place, `its port ${name} is ${numbers.join(' at the container and ')} by a Service`, [
        `say which one is meant: workload('…', { ports: { ${name}: ${numbers[0]} } })`,
      ]);
    const tcp = all.filter(({ protocol, name: other }) => protocol === 'TCP' && other !== undefined);
    throw new StrataError(
      this.place,
      found.length > 0 ? `its port ${name} is ${found[0]!.protocol}, and flows are TCP` : `has no port named ${name}`,
      [
        `use one of its ports: ${knownNames(name, [...new Set(tcp.map((port) => port.name!))])}`,
        `say it: workload('…', { ports: { ${name}: 8080 } })`,
      ],
    );
  }
}

/** A headless Service translates nothing, so it need not name the port. */
function leadsTo(service: PodsService, port: EndPort): boolean {
  return (service.headless && service.ports.length === 0) || leadingPort(service, port) !== undefined;
}

function leadingPort({ ports }: PodsService, { name, number }: EndPort) {
  const leading = ports.filter((port) => port.protocol === 'TCP' && port.number === number);
  return leading.find((port) => port.name === name) ?? leading[0];
}
