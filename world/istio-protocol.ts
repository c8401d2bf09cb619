import type { Json } from '../manifests/resource';
import { number, string } from '../manifests/resource';

/** What Istio takes the connections to a port of a Service for; `sniffed`: it looks at what is sent. */
export type IstioProtocol = 'http' | 'https' | 'tcp' | 'udp' | 'sniffed';

const HTTP: ReadonlySet<string> = new Set(['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']);
const TCP: ReadonlySet<string> = new Set(['tcp', 'mongo', 'redis', 'mysql']);
/** Kubernetes' own names of protocols. */
const STANDARD: Readonly<Record<string, IstioProtocol>> = {
  'kubernetes.io/h2c': 'http',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
};
/** Servers there speak first (SMTP, DNS, MySQL, MongoDB), so there is nothing to look at. */
const NEVER_SNIFFED: ReadonlySet<number | undefined> = new Set([25, 53, 3306, 27017]);

/** By appProtocol, or by the port's name up to its first hyphen (pkg/config/kube/conversion.go, ConvertProtocol, Istio 1.31). */
export function istioProtocol(port: Json): IstioProtocol {
  const protocol = string(port['protocol']);
  if (protocol === 'UDP') return 'udp';
  const stated = string(port['appProtocol']);
  const standard = stated === undefined ? undefined : STANDARD[stated];
  if (standard) return standard;
  const name = (stated ?? string(port['name']) ?? '').toLowerCase();
  const first = name.startsWith('grpc-web') ? 'grpc-web' : name.split('-')[0]!;
  if (HTTP.has(first)) return 'http';
  if (first === 'https' || first === 'tls') return 'https';
  if (TCP.has(first)) return 'tcp';
  if (first === 'udp') return 'udp';
  return NEVER_SNIFFED.has(number(port['port'])) ? 'tcp' : 'sniffed';
}
