import type { Path, Resource } from '../../../manifests/resource';
import { list, number, record, string, strings } from '../../../manifests/resource';
import { isEmptySelector, selects } from '../../../manifests/selector';
import type { WorkloadManifest } from '../../../manifests/workload';
import { near } from '../../../model/near';
import { monitorsOf, namespacesOfMonitor, servicesOfMonitor, workloadsOfMonitor } from '../../../world/monitors';
import { namespacesWithPodCreators, possiblePodCreatorOf } from '../../../world/possible-pod-creators';
import type { ServiceView } from '../../../world/services';
import { servicesIn, servicesOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { deadEnd } from '../../endpoints';

const manifests = (port: string) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: metrics, port: 9100 }] }
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: ${port} }] }
`;

export default check({
  id: 'monitor-resolves',
  group: 'monitoring',
  description: 'a ServiceMonitor or PodMonitor selects Services or pods, and names ports of theirs',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus-operator.dev/docs/api-reference/api/',
  fix: 'select by labels of the Service itself (or of the pods), and use the name of a port there',
  example: {
    broken: manifests('metric'),
    fails: ['ServiceMonitor/shop/web spec.endpoints[0].port'],
    fixed: manifests('metrics'),
  },
  *judge(world) {
    for (const monitor of monitorsOf(world, 'ServiceMonitor'))
      if (hasSelector(monitor)) yield* judgeServiceMonitor(world, monitor);
    for (const monitor of monitorsOf(world, 'PodMonitor'))
      if (hasSelector(monitor)) yield* judgePodMonitor(world, monitor);
  },
});

/** A monitor without one is refused, which cr-schema says: nothing more is to be said of it. */
function hasSelector(monitor: Resource): boolean {
  return record(monitor.at(['spec', 'selector'])) !== undefined;
}

const MISSING = 'nothing is scraped and its metrics are missing';

function* judgeServiceMonitor(world: World, monitor: Resource): Iterable<Finding> {
  const selector = monitor.at(['spec', 'selector']);
  const found = servicesOfMonitor(world, monitor);
  if (found.length === 0) {
    yield judgeSelector(world, monitor, 'Service', serviceHint(world, monitor, selector));
    return;
  }
  for (const [i, entry] of list(monitor.at(['spec', 'endpoints'])).entries()) {
    const endpoint = record(entry);
    const port = string(endpoint?.['port']);
    const target = string(endpoint?.['targetPort']) ?? number(endpoint?.['targetPort']);
    const names = found.map(({ name }) => name).join(', ');
    if (port) {
      // The field is a regular expression: only plain names are checked.
      if (!/^[\w-]+$/.test(port)) continue;
      if (found.some((service) => service.backing === 'manual')) {
        if (found.every(isOfKubelets) && !KUBELET_PORTS.includes(port))
          yield {
            ...{ resource: monitor, path: ['spec', 'endpoints', i, 'port'], value: port },
            message: `the endpoints of kubelets that the operator writes have no port named ${port} (they have: ${KUBELET_PORTS.join(', ')}), so ${MISSING}${near(port, KUBELET_PORTS)}`,
          };
        continue;
      }
      const serving = found.flatMap((service) => {
        const own = service.port(port);
        return own ? [{ service, own }] : [];
      });
      if (serving.length > 0) {
        const ends = serving.map(({ service, own }) => deadEnd(world, service, own));
        const [first] = ends;
        if (first && ends.every((end) => end !== undefined))
          yield {
            resource: monitor,
            path: ['spec', 'endpoints', i, 'port'],
            value: port,
            message: `${first.why}, so ${MISSING}`,
            causedBy: first.causedBy,
          };
        continue;
      }
      const has = [...new Set(found.flatMap(({ ports }) => ports.flatMap(({ name }) => name ?? [])))];
      const byNameOnly = found.some((service) =>
        service.ports.some((own) => String(own.number) === port || own.name === undefined),
      )
        ? '; a ServiceMonitor finds ports by name only'
        : '';
      yield {
        resource: monitor,
        path: ['spec', 'endpoints', i, 'port'],
        value: port,
        message: `Service ${names} has no port named ${port} (it has: ${found[0]!.portList}), so ${MISSING}${near(port, has)}${byNameOnly}`,
      };
    } else if (target) {
      const pods = found.flatMap(({ workloads }) => workloads);
      if (pods.length > 0 && !pods.some((workload) => declares(workload, target)))
        yield judgePorts(monitor, ['spec', 'endpoints', i, 'targetPort'], target, pods);
    }
  }
}

/** The Service that the operator keeps of all kubelets, and the ports of its endpoints: its `pkg/kubelet/controller.go`. */
const KUBELET_PORTS = ['https-metrics', 'http-metrics', 'cadvisor'];

function isOfKubelets({ backing, resource: { labels } }: ServiceView): boolean {
  return (
    backing === 'manual' &&
    labels['app.kubernetes.io/name'] === 'kubelet' &&
    labels['app.kubernetes.io/managed-by'] === 'prometheus-operator'
  );
}

/** The Service that is probably meant: one of another namespace, or one whose pods have the labels. */
function serviceHint(world: World, monitor: Resource, selector: unknown): string {
  const elsewhere = servicesOf(world).find(({ resource }) => selects(selector, resource.labels));
  if (elsewhere && !isEmptySelector(selector))
    return `; Service ${elsewhere.name} of namespace ${elsewhere.namespace} has them: a monitor selects in its own namespace, or in those of spec.namespaceSelector`;
  const byPods = (namespacesOfMonitor(world, monitor) ?? [])
    .flatMap((namespace) => servicesIn(world, namespace))
    .find(({ workloads }) => workloads.some(({ podLabels }) => selects(selector, podLabels)));
  return byPods
    ? `; these are labels of the pods of Service ${byPods.name}, and must be labels of the Service itself`
    : '';
}

function* judgePodMonitor(world: World, monitor: Resource): Iterable<Finding> {
  const found = workloadsOfMonitor(world, monitor);
  if (found.length === 0) {
    yield judgeSelector(world, monitor, 'pod');
    return;
  }
  for (const [i, entry] of list(monitor.at(['spec', 'podMetricsEndpoints'])).entries()) {
    const endpoint = record(entry);
    for (const field of ['port', 'portNumber', 'targetPort']) {
      const wanted = string(endpoint?.[field]) ?? number(endpoint?.[field]);
      if (wanted === undefined || wanted === '') continue;
      if (
        (typeof wanted === 'number' || /^[\w-]+$/.test(wanted)) &&
        !found.some((workload) => declares(workload, wanted))
      )
        yield judgePorts(monitor, ['spec', 'podMetricsEndpoints', i, field], wanted, found);
      break;
    }
  }
}

function judgeSelector(world: World, resource: Resource, what: 'Service' | 'pod', hint = ''): Finding {
  const namespaces = namespacesOfMonitor(world, resource);
  const labels = strings(resource.at(['spec', 'selector', 'matchLabels']));
  const maker = (namespaces ?? namespacesWithPodCreators(world))
    .map((namespace) => possiblePodCreatorOf(world, namespace, labels))
    .find((found) => found !== undefined);
  const whole = namespaces
    ? namespaces.every((namespace) => world.isComplete(namespace, what === 'pod' ? 'Pod' : what))
    : world.declaredExternal !== undefined && world.unread.length === 0;
  const where = namespaces === undefined ? 'any namespace' : `namespace ${namespaces.join(', ')}`;
  const at = { resource, path: ['spec', 'selector'], value: resource.at(['spec', 'selector']) };
  if (whole && !maker) return { ...at, message: `no ${what} in ${where} has these labels, so ${MISSING}${hint}` };
  const none = `none of the manifests is a ${what} in ${where} with these labels${hint}`;
  const declare = `--declare the ${what === 'pod' ? 'workload' : what}`;
  if (maker)
    return {
      ...at,
      verdict: 'unknown',
      message: `${none}; whether ${maker.kind} ${maker.name} creates one is not known: ${declare}`,
    };
  return { ...at, verdict: 'unknown', message: `${none}; judge it too, or ${declare}` };
}

function judgePorts(
  resource: Resource,
  path: Path,
  value: string | number,
  workloads: readonly WorkloadManifest[],
): Finding {
  const ports = workloads.flatMap((workload) => workload.ports);
  const has = ports.map(({ name, number }) => (name ? `${name} (${number})` : String(number))).join(', ') || 'none';
  return {
    resource,
    path,
    value,
    message: `no container of ${workloads.map(({ resource: { kind, name } }) => `${kind} ${name}`).join(', ')} declares port ${value} (they declare: ${has}), so ${MISSING}${near(
      String(value),
      ports.flatMap(({ name }) => name ?? []),
    )}`,
  };
}

function declares(workload: WorkloadManifest, wanted: string | number): boolean {
  return workload.ports.some(({ name, number }) => (typeof wanted === 'number' ? number === wanted : name === wanted));
}
