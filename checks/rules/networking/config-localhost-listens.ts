import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { programStrings } from '../../../manifests/workload';
import type { ConfiguredAddress } from '../../../simulate/network/configured-addresses';
import { configuredAddresses } from '../../../simulate/network/configured-addresses';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (sidecar: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:3.1.0
          ports: [{ containerPort: 8080 }]
          env: [{ name: REDIS_URL, value: 'redis://localhost:6379' }]
        ${sidecar}
`;

export default check({
  id: 'config-localhost-listens',
  group: 'networking',
  description:
    'a database or a broker that the configuration of a pod looks for at localhost is a container of that pod',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/',
  fix: 'write the name of the Service; localhost is the pod itself',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].value'],
    fixed: manifests("- { name: redis, image: 'redis:7.4.1', ports: [{ containerPort: 6379 }] }"),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      // What the node listens on is not known.
      if (workload.podSpec['hostNetwork'] === true) continue;
      for (const address of configuredAddresses(world, workload)) {
        const finding = judge(workload, address);
        if (finding) yield finding;
      }
    }
  },
});

/** Servers that a program connects to as a client: their ports, and how their images and variables are called. */
const SERVERS: readonly (readonly [port: number, names: RegExp])[] = [
  [6379, /redis|valkey|keydb|dragonfly|sentinel/i],
  [5432, /postgres|pgsql|pg_?bouncer|pgpool|timescale|cockroach|cloud-?sql|alloydb|^pg/i],
  [3306, /mysql|mariadb|percona|proxysql|cloud-?sql/i],
  [27017, /mongo/i],
  [5672, /rabbit|amqp/i],
  [11211, /memcache/i],
  [9092, /kafka|redpanda/i],
  [4222, /nats/i],
  [9200, /elastic|opensearch/i],
  [2181, /zookeeper/i],
];

function judge(workload: WorkloadManifest, address: ConfiguredAddress): Finding | undefined {
  const { host, port, scheme, name, text, resource, path, isFile } = address;
  if (isFile || port === undefined || !/^(localhost|127\.0\.0\.1|127\.\d+\.\d+\.\d+)$/.test(host)) return undefined;
  const server = SERVERS.find(([usual, names]) => (scheme ? names.test(scheme) : usual === port && names.test(name)));
  if (!server || listensHere(workload, address, server[1], port)) return undefined;
  const at = { resource, path, value: text };
  const nobody = `no container of the pod listens on port ${port}, and localhost is the pod itself`;
  const others = workload.running.filter((container) => !isWithin(container, path));
  const silent = others.filter((container) => list(container.json['ports']).length === 0);
  if (silent.length > 0)
    return {
      ...at,
      verdict: 'unknown',
      message: `no container of the pod declares port ${port}, and localhost is the pod itself: whether ${silent.map((container) => container.name).join(', ')} listens on it is not known, and if none does, every connection is refused; declare the port if one does`,
    };
  return { ...at, message: `${nobody}: every connection is refused` };
}

/** Whether a container has the port, is told of it, or is called after the server. */
function listensHere(
  { running, containers, resource }: WorkloadManifest,
  { text, path }: ConfiguredAddress,
  names: RegExp,
  port: number,
): boolean {
  const tells = new RegExp(`(^|[^\\d.])${port}(?![\\d.])`);
  return containers.some(
    (container) =>
      declares(container, port) ||
      (running.includes(container) && names.test(imageName(container))) ||
      // What the client itself is told of the port is no reason to think that somebody listens on it.
      (!isWithin(container, path) && programStrings(container).some((told) => tells.test(told.replaceAll(text, '')))) ||
      (isWithin(container, path) &&
        [...list(container.json['command']), ...list(container.json['args'])].some(
          (told) => typeof told === 'string' && told !== resource.at(path) && tells.test(told),
        )),
  );
}

function isWithin({ path: place }: Container, path: Path): boolean {
  return place.every((key, i) => path[i] === key);
}

function declares({ json }: Container, port: number): boolean {
  return list(json['ports']).some((entry) => record(entry)?.['containerPort'] === port);
}

/** The image without its registry; an exporter is called after what it watches and is none. */
function imageName({ json, name }: Container): string {
  const image = string(json['image']) ?? '';
  const last = image.slice(image.lastIndexOf('/') + 1);
  return /exporter|client|ui$|commander|admin|insight/i.test(last) ? '' : `${last} ${name}`;
}
