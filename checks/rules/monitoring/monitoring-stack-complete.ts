import type { Resource } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { operatorObjects } from '../../../world/alertmanager';
import { possibleCreatorOf } from '../../../world/possible-creators';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: monitoring }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: prometheus, namespace: monitoring }
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: monitoring }
spec:
  serviceAccountName: ${name}
`;

export default check({
  id: 'monitoring-stack-complete',
  group: 'monitoring',
  description: "the ServiceAccount and the Alertmanager Services that the Prometheus operator's objects name exist",
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus-operator.dev/docs/api-reference/api/',
  fix: 'name an existing ServiceAccount, and a Service and a port of the Alertmanager, or add them',
  example: {
    broken: manifests('prometheus-server'),
    fails: ['Prometheus/monitoring/main spec.serviceAccountName'],
    fixed: manifests('prometheus'),
  },
  *judge(world) {
    for (const kind of ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler']) {
      for (const resource of operatorObjects(world, kind)) {
        yield* judgeAccount(world, resource);
        yield* judgeAlertmanagers(world, resource);
      }
    }
  },
});

function* judgeAccount(world: World, resource: Resource): Iterable<Finding> {
  const name = string(resource.at(['spec', 'serviceAccountName']));
  if (!name || name === 'default') return;
  const reference = {
    resource,
    path: ['spec', 'serviceAccountName'],
    kind: 'ServiceAccount',
    namespace: world.namespaceOf(resource),
    name,
  };
  const finding = missing(
    world,
    reference,
    `no pod of ${resource.kind} ${resource.name} is made: the API server rejects each as forbidden`,
  );
  if (finding) yield finding;
}

const CONSEQUENCE = 'no alert is sent';

/** Whether anything but the operator's objects, whose Services have names that are known, may make a Service of this name. */
function mayBeMade(world: World, namespace: string, name: string): boolean {
  if (world.find('Service', namespace, name).is !== 'absent') return true;
  return possibleCreatorOf(world, 'Service', namespace, name)?.group !== 'monitoring.coreos.com';
}

function certain(
  world: World,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Partial<Finding> {
  const meant = near(name, world.namesOf('Service', namespace));
  return { verdict: 'fail', message: `namespace ${namespace} has no Service ${name}, so ${CONSEQUENCE}${meant}` };
}

function* judgeAlertmanagers(world: World, resource: Resource): Iterable<Finding> {
  for (const [i, entry] of list(resource.at(['spec', 'alerting', 'alertmanagers'])).entries()) {
    const alertmanager = record(entry);
    const name = string(alertmanager?.['name']);
    if (!name) continue;
    const namespace = string(alertmanager?.['namespace']) || world.namespaceOf(resource);
    const path = ['spec', 'alerting', 'alertmanagers', i];
    const reference = { resource, path: [...path, 'name'], kind: 'Service', namespace, name };
    const absent = missing(world, reference, CONSEQUENCE);
    if (absent) yield mayBeMade(world, namespace, name) ? absent : { ...absent, ...certain(world, reference) };
    const service = serviceOf(world, namespace, name);
    const port = string(alertmanager?.['port']) ?? number(alertmanager?.['port']);
    if (!service || port === undefined || service.ports.length === 0) continue;
    // A number is that of the container, which the endpoints show; a name that of the Service.
    const has = service.ports.some((own) =>
      typeof port === 'string'
        ? own.name === port
        : own.number === port || service.targets(own).some((to) => to.number === port),
    );
    if (!has)
      yield {
        resource,
        path: [...path, 'port'],
        value: port,
        message: `Service ${name} has no port ${port} (it has: ${service.portList}), so ${CONSEQUENCE}${near(
          String(port),
          service.ports.flatMap((own) => own.name ?? []),
        )}`,
      };
  }
}
