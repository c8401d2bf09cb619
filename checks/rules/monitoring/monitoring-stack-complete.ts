import type { Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { operatorObjects } from '../../../world/alertmanager';
import { alertmanagersNamed } from '../../../world/prometheus-alertmanagers';
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
  description:
    "the ServiceAccounts, the Alertmanager Services and the AlertmanagerConfig that the Prometheus operator's objects name exist",
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus-operator.dev/docs/api-reference/api/',
  fix: 'name an existing ServiceAccount, a Service and a port of the Alertmanager, and an AlertmanagerConfig of its namespace, or add them',
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
    for (const resource of operatorObjects(world, 'Alertmanager')) yield* judgeConfiguration(world, resource);
  },
});

/** The operator's `pkg/alertmanager/operator.go`: without it `provisionAlertmanagerConfiguration` fails, and with it the whole sync. */
function* judgeConfiguration(world: World, resource: Resource): Iterable<Finding> {
  const path = ['spec', 'alertmanagerConfiguration', 'name'];
  const name = string(resource.at(path));
  if (!name) return;
  const reference = { resource, path, kind: 'AlertmanagerConfig', namespace: world.namespaceOf(resource), name };
  const finding = missing(
    world,
    reference,
    'the operator makes no configuration and no pods of the Alertmanager, or leaves those that run as they are: nobody is told by it',
  );
  if (finding) yield finding;
}

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

function* judgeAlertmanagers(world: World, resource: Resource): Iterable<Finding> {
  for (const { path, namespace, name, service, port, targets } of alertmanagersNamed(world, resource)) {
    if (name === '') continue;
    const reference = { resource, path: [...path, 'name'], kind: 'Service', namespace, name };
    const absent = missing(world, reference, CONSEQUENCE);
    if (absent) yield absent;
    if (!service || port === undefined || service.ports.length === 0) continue;
    const at = { resource, path: [...path, 'port'], value: port };
    if (typeof port === 'string' && !service.ports.some((own) => own.name === port))
      yield {
        ...at,
        message: `Service ${service.name} has no port ${port} (it has: ${service.portList}), so ${CONSEQUENCE}${near(
          port,
          service.ports.flatMap((own) => own.name ?? []),
        )}`,
      };
    if (typeof port === 'number' && targets.length === 0 && service.workloads.length > 0)
      yield {
        ...at,
        message: `a number is that of a port that a container declares, and none of the pods of Service ${service.name} declares ${port} (the Service has: ${service.portList}), so ${CONSEQUENCE}`,
      };
  }
}
