import { k8s } from 'cdk8s-plus-28';

export interface ProbeTiming {
  /** Seconds between two probes. @default 10 */
  readonly every?: number;
  /** Seconds until a probe without an answer counts as failed. @default 2 */
  readonly timeout?: number;
  /** So many failures in a row before the kubelet acts. @default 3 */
  readonly failures?: number;
}

/** A question that the kubelet asks a container. */
export class Probe {
  /** An HTTP GET on a named port; 200 to 399 is well. */
  static http(path: string, port: string, timing: ProbeTiming = {}): Probe {
    return new Probe({ httpGet: { path, port: k8s.IntOrString.fromString(port) } }, timing);
  }

  /** The same over TLS; the certificate is not verified. */
  static https(path: string, port: string, timing: ProbeTiming = {}): Probe {
    return new Probe({ httpGet: { path, port: k8s.IntOrString.fromString(port), scheme: 'HTTPS' } }, timing);
  }

  /** A TCP connection to a named port. A program that hangs still accepts connections: prefer another kind. */
  static tcp(port: string, timing: ProbeTiming = {}): Probe {
    return new Probe({ tcpSocket: { port: k8s.IntOrString.fromString(port) } }, timing);
  }

  /** A program in the container; exit code 0 is well. */
  static exec(command: readonly string[], timing: ProbeTiming = {}): Probe {
    return new Probe({ exec: { command: [...command] } }, timing);
  }

  /** The gRPC health protocol, on a port by number: Kubernetes takes no name here. */
  static grpc(port: number, service?: string, timing: ProbeTiming = {}): Probe {
    return new Probe({ grpc: { port, ...(service === undefined ? {} : { service }) } }, timing);
  }

  private constructor(
    private readonly handler: Pick<k8s.Probe, 'httpGet' | 'tcpSocket' | 'exec' | 'grpc'>,
    private readonly timing: ProbeTiming,
  ) {}

  /** The name of the port that it asks, if it asks one by name. */
  get port(): string | undefined {
    const port = (this.handler.httpGet ?? this.handler.tcpSocket)?.port.value;
    return typeof port === 'string' ? port : undefined;
  }

  toKube(): k8s.Probe {
    return {
      ...this.handler,
      periodSeconds: this.timing.every ?? 10,
      timeoutSeconds: this.timing.timeout ?? 2,
      failureThreshold: this.timing.failures ?? 3,
    };
  }
}
