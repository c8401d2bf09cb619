import { PROBES, portOf } from '../../../manifests/probes';
import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { programStrings } from '../../../manifests/workload';
import { near } from '../../../model/near';
import type { Finding } from '../../check';
import { check } from '../../check';
import { respeltPort } from '../../respelt';

const manifests = (port: string) => `
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
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /ready, port: ${port} } }
`;

export default check({
  id: 'probe-port-declared',
  group: 'lifecycle',
  description: 'the port of a probe or lifecycle hook is a port of its own container',
  severity: 'will-break',
  needs: [],
  source: 'pkg/probe/util.go',
  fix: 'name a port of the same container, or set its number',
  example: {
    broken: manifests('web'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].readinessProbe.httpGet.port'],
    fixed: manifests('http'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const container of workload.containers) {
        // One unknown finding for several probes of the same port.
        const unknown = new Set<unknown>();
        for (const kind of PROBES) {
          const consequence =
            kind === 'readinessProbe'
              ? 'the pod is never ready and gets no requests'
              : 'the container is restarted again and again (CrashLoopBackOff)';
          for (const finding of judgePort(workload, container, [kind], consequence)) {
            if (finding.verdict !== 'unknown' || !unknown.has(finding.value)) yield finding;
            unknown.add(finding.value);
          }
        }
        for (const hook of ['postStart', 'preStop'])
          yield* judgePort(
            workload,
            container,
            ['lifecycle', hook],
            hook === 'postStart'
              ? 'the container is killed as soon as it starts'
              : 'the hook fails and the container is stopped without it',
          );
      }
    }
  },
});

function* judgePort(
  { resource, running }: WorkloadManifest,
  container: Container,
  at: Path,
  consequence: string,
): Iterable<Finding> {
  const handler = at.reduce<unknown>((value, key) => record(value)?.[key], container.json);
  const found = portOf(handler);
  if (!found) return;
  const ports = list(container.json['ports']).map(record);
  const path = [...container.path, ...at, ...found.path];
  const { port } = found;
  if (typeof port === 'string' && !/^\d+$/.test(port)) {
    const names = ports.flatMap((entry) => string(entry?.['name']) ?? []);
    if (names.includes(port)) {
      const own = ports.find((entry) => entry?.['name'] === port)?.['containerPort'];
      yield* judgeProtocol({ resource, path, port, number: own, running, consequence });
      return;
    }
    const other = running.find(
      ({ json }) => json !== container.json && list(json['ports']).some((entry) => record(entry)?.['name'] === port),
    );
    const hint = other
      ? `; container ${other.name} has one, but a name is resolved in the probe's own container only: set the number`
      : near(port, names);
    yield {
      resource,
      path,
      value: port,
      message: `container ${container.name} has no port named ${port}, so ${consequence}${hint}`,
      ...(other ? {} : respeltPort(port, names, ports.length === 1)),
    };
    return;
  }
  const own = Number(port);
  // All containers of the pod share its network.
  const declared = running
    .flatMap(({ json }) => list(json['ports']))
    .flatMap((entry) => record(entry)?.['containerPort'] ?? []);
  if (record(record(handler)?.['httpGet'])?.['host'] || record(record(handler)?.['tcpSocket'])?.['host']) return;
  if (declared.includes(own)) yield* judgeProtocol({ resource, path, port, number: own, running, consequence });
  if (declared.length === 0 || ports.length === 0 || declared.includes(own)) return;
  // An argument or a variable may set this port: `--health-probe-bind-address=:8081`.
  if (running.flatMap(programStrings).some((told) => new RegExp(`(^|[^\\d.])${own}(?![\\d.])`).test(told))) return;
  yield {
    resource,
    path,
    value: port,
    verdict: 'unknown',
    message: `no container of the pod declares port ${own} (declared: ${declared.join(', ')}): whether a program listens on it is not known, and if none does, ${consequence}; declare the port if one does`,
  };
}

/** Ports at which programs serve both protocols, and often declare one. */
const OFTEN_BOTH: ReadonlySet<unknown> = new Set([53, 88, 389, 443, 514, 853, 1053, 5060, 5353, 8443]);

/** httpGet, tcpSocket and grpc connect by TCP. */
function* judgeProtocol({
  resource,
  path,
  port,
  number,
  running,
  consequence,
}: Pick<WorkloadManifest, 'resource' | 'running'> & {
  readonly path: Path;
  readonly port: unknown;
  readonly number: unknown;
  readonly consequence: string;
}): Iterable<Finding> {
  const declared = running
    .flatMap(({ json }) => list(json['ports']).map(record))
    .filter((entry) => entry?.['containerPort'] === number);
  const protocols = declared.map((entry) => string(entry?.['protocol']) ?? 'TCP');
  if (declared.length === 0 || protocols.includes('TCP')) return;
  const only = `port ${String(port)} is declared for ${protocols[0]} alone and the probe connects by TCP`;
  const isOpen = OFTEN_BOTH.has(number);
  yield {
    resource,
    path,
    value: port,
    ...(isOpen ? { verdict: 'unknown' as const } : {}),
    message: isOpen
      ? `${only}: whether the program listens on TCP too is not known, and if it does not, ${consequence}; declare the port for TCP if it does`
      : `${only}, so ${consequence}`,
    fix: 'probe a port that listens on TCP, or use an exec probe; declare the port for TCP too if the program listens on it',
  };
}
