import { Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Port, Workload } from './workload';

/** HTTP and HTTPS are asked for at their usual ports; everything else at the port of the container. */
const SERVICE_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

export interface ServiceProps {
  /** The name resolves to the pods themselves instead of one virtual address. */
  readonly headless: boolean;
  /** Only pods that are ready; a scraper wants to see the others, too. */
  readonly ready: boolean;
}

/** The Service of a workload, with just the ports that flows ask for. */
export class ServiceOf extends Construct {
  readonly name: string;
  private readonly published: Port[] = [];

  constructor(
    private readonly workload: Workload,
    name: string,
    private readonly props: ServiceProps,
  ) {
    super(workload, props.ready ? 'service' : 'pods-service');
    this.name = name;
    new k8s.KubeService(this, 'service', {
      metadata: { name, namespace: workload.namespace.name, labels: workload.labels },
      spec: {
        ...(props.headless ? { clusterIp: 'None' } : { type: 'ClusterIP' }),
        ...(props.ready ? {} : { publishNotReadyAddresses: true }),
        selector: workload.selector,
        ports: Lazy.any({ produce: () => this.published.map((port) => this.toKube(port)) }) as k8s.ServicePort[],
      },
    });
  }

  /** Its DNS name, the same from every namespace. */
  get host(): string {
    return `${this.name}.${this.workload.namespace.name}.svc.cluster.local`;
  }

  publish(port: Port): void {
    if (!this.published.includes(port)) this.published.push(port);
  }

  /** The port to ask for. A headless Service translates nothing, so there it is the container's. */
  portOf(port: Port): number {
    return this.props.headless ? port.number : (SERVICE_PORTS[port.name] ?? port.number);
  }

  private toKube(port: Port): k8s.ServicePort {
    return { name: port.name, port: this.portOf(port), targetPort: k8s.IntOrString.fromString(port.name) };
  }
}
