import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { lazily } from './config';
import type { NamespaceRef } from './namespace';

/** HTTP and HTTPS are asked for at their usual ports; everything else at the port of the container. */
const SERVICE_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

export interface ServiceProps {
  /** The name resolves to the pods themselves instead of one virtual address. */
  readonly headless: boolean;
  /** Only pods that are ready; a scraper wants to see the others, too. */
  readonly ready: boolean;
  /** What it finds the pods by, asked for when everything is known. @default - all that the workload is found by */
  readonly selector?: () => Readonly<Record<string, string>>;
  /** What it is called in the tree. @default - by whether it leads to pods that are not ready */
  readonly id?: string;
}

/** A port that a Service can lead to: its name and number at the container. */
export interface ServedPort {
  readonly name: string;
  readonly number: number;
  /** What the container calls it. @default - the same name */
  readonly target?: string | number;
}

/** What a Service stands in front of. */
export interface Served extends Construct {
  readonly namespace: NamespaceRef;
  readonly labels: Readonly<Record<string, string>>;
  /** What it finds the pods by. */
  readonly selector: Readonly<Record<string, string>>;
}

/** The name of the Service that leads to every pod of a workload, ready or not. */
export function podsServiceOf(workload: string): string {
  return `${workload}-pods`;
}

/** The Service of a workload, with just the ports that flows ask for. */
export class ServiceOf extends Construct {
  readonly name: string;
  private readonly published: ServedPort[] = [];

  constructor(
    private readonly workload: Served,
    name: string,
    private readonly props: ServiceProps,
  ) {
    super(workload, props.id ?? (props.ready ? 'service' : 'pods-service'));
    this.name = name;
    new k8s.KubeService(this, 'service', {
      metadata: { name, namespace: workload.namespace.name, labels: workload.labels },
      spec: {
        ...(props.headless ? { clusterIp: 'None' } : { type: 'ClusterIP' }),
        ...(props.ready ? {} : { publishNotReadyAddresses: true }),
        selector: props.selector ? lazily(props.selector) : workload.selector,
        ports: Lazy.any({ produce: () => this.published.map((port) => this.toKube(port)) }) as k8s.ServicePort[],
      },
    });
  }

  /** Its DNS name, the same from every namespace. */
  get host(): string {
    return `${this.name}.${this.workload.namespace.name}.svc.cluster.local`;
  }

  publish(port: ServedPort): void {
    if (!this.published.includes(port)) this.published.push(port);
  }

  /** The port to ask for. A headless Service translates nothing, so there it is the container's. */
  portOf(port: ServedPort): number {
    return this.props.headless ? port.number : (SERVICE_PORTS[port.name] ?? port.number);
  }

  backendOf({ name }: ServedPort): { readonly name: string } {
    return { name };
  }

  private toKube(port: ServedPort): k8s.ServicePort {
    const { name, target = name } = port;
    const targetPort =
      typeof target === 'number' ? k8s.IntOrString.fromNumber(target) : k8s.IntOrString.fromString(target);
    return { name, port: this.portOf(port), targetPort };
  }
}
