import type { Json, Resource } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { scrapesOf } from '../../../simulate/network/scrapes';
import { monitorsOf, servicesOfMonitor, workloadsOfMonitor } from '../../../world/monitors';
import type { ServiceView } from '../../../world/services';
import type { World } from '../../../world/world';
import { firstNames } from '../plural';
import type { WorldChange } from '../risk';
import { isUnselected } from '../selections';
import { mayHoldOthers } from '../unseen';
import { isGone, pageOf, pagesOfFiles } from './pages';

/** Whose metrics a monitor reads no more; undefined where it reads them still, or another one that is selected does. `unread`: it is there, and nobody selects it. */
export function lostByMonitor(
  diff: WorldChange,
  before: Resource,
  after: Resource | undefined,
  unread: Resource | undefined = undefined,
): string | undefined {
  if (before.kind !== 'ServiceMonitor' && before.kind !== 'PodMonitor')
    return after ? undefined : `${before.kind} ${before.name}`;
  const [was, is] = [
    readBy(diff.before, before),
    new Set(
      monitorsOf(diff.after, before.kind).flatMap((each) =>
        each === unread || isUnselected(diff.after, each) ? [] : readBy(diff.after, each),
      ),
    ),
  ];
  const lost = was.filter((each) => !is.has(each) && !isReadByFile(diff, before, each));
  if (lost.length > 0) return firstNames(lost);
  if (was.length > 0) return undefined;
  // Where nothing that it selects is here, what it says has to do.
  const namespace = diff.before.namespaceOf(before);
  if (targetsOfMonitor(diff.before, before).length > 0 || !mayHoldOthers(diff.before, namespace)) return undefined;
  if (!after) return `what it selects, which is not among the manifests,`;
  const ports = (resource: Resource) => endpointsOf(resource).map(portOf);
  const gone = ports(before).filter((port) => !ports(after).includes(port));
  if (gone.length > 0) return `port ${gone.join(', ')} of what it selects, which is not among the manifests,`;
  const same = ['selector', 'namespaceSelector'].every(
    (field) => JSON.stringify(before.at(['spec', field])) === JSON.stringify(after.at(['spec', field])),
  );
  return same ? undefined : 'what it selected, which is not among the manifests,';
}

/**
 * Whether a Prometheus that is configured by files reads from now on what a monitor read of a Service or of pods, `Service/shop/web port http`; or
 * there is nothing any more to read.
 */
function isReadByFile(diff: WorldChange, monitor: Resource, text: string): boolean {
  const own = scrapesOf(diff.before).filter(
    ({ resource, path }) =>
      resource === monitor &&
      targetsOfMonitor(diff.before, monitor).some(
        (target) =>
          readText(diff.before.idOf(target.resource), portOf(record(monitor.at(path)) ?? {})) === text &&
          ('podSpec' in target || target.workloads.length > 0),
      ),
  );
  const now = pagesOfFiles(diff.after);
  return own.length > 0 && own.every((scrape) => isGone(diff, scrape) || now.has(pageOf(diff.before, scrape)));
}

/** `Service/shop/web port http` */
export function readBy(world: World, monitor: Resource): string[] {
  return targetsOfMonitor(world, monitor).flatMap((target) =>
    portsReadOf(monitor, target).map((port) => readText(world.idOf(target.resource), port)),
  );
}

export type MonitorTarget = ServiceView | WorkloadManifest;

export function targetsOfMonitor(world: World, monitor: Resource): readonly MonitorTarget[] {
  return monitor.kind === 'ServiceMonitor' ? servicesOfMonitor(world, monitor) : workloadsOfMonitor(world, monitor);
}

/** The ports of what it finds that a monitor reads. Those that it names have to be there by that name; of others nobody knows. */
export function portsReadOf(monitor: Resource, target: MonitorTarget): string[] {
  const names = new Set(target.ports.map(({ name }) => name));
  // What an operator makes has ports that nobody declares here.
  if (target.ports.length === 0) return endpointsOf(monitor).map(portOf);
  return endpointsOf(monitor)
    .filter(({ port }) => string(port) === undefined || names.has(string(port)))
    .map(portOf);
}

export function readText(id: string, port: string): string {
  return `${id} port ${port}`;
}

function endpointsOf(monitor: Resource): readonly Json[] {
  return mappings(monitor.at(['spec', monitor.kind === 'ServiceMonitor' ? 'endpoints' : 'podMetricsEndpoints']));
}

function portOf({ port, targetPort, portNumber, path }: Json): string {
  return `${String(port ?? targetPort ?? portNumber ?? '')}${path === undefined || path === '/metrics' ? '' : String(path)}`;
}
