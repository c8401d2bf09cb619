import type { Resource } from '../../../manifests/resource';
import { list } from '../../../manifests/resource';
import { operatorObjects } from '../../../world/alertmanager';
import { keysOf } from '../../../world/contents';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';
import { fieldsOf, secretKeyFindings } from '../../secret-keys';

const manifests = (key: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: scraper, namespace: shop }
stringData: { user: prometheus, password: example }
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  endpoints:
    - port: metrics
      basicAuth: { username: { name: scraper, key: user }, password: { name: scraper, key: ${key} } }
`;

/** What follows where the operator cannot read it (pkg/assets/store.go; pkg/prometheus/server/operator.go). */
const CONSEQUENCES: Readonly<Record<string, string>> = {
  ServiceMonitor: 'the operator leaves the whole monitor out, and nothing of it is scraped',
  PodMonitor: 'the operator leaves the whole monitor out, and nothing of it is scraped',
  Probe: 'the operator leaves the whole probe out, and nothing of it is scraped',
  ScrapeConfig: 'the operator leaves the whole object out, and nothing of it is scraped',
  Prometheus: 'the operator makes no configuration of it, and no change of monitors or rules arrives',
  PrometheusAgent: 'the operator makes no configuration of it, and no change of monitors arrives',
  Alertmanager: 'the operator makes no configuration of it, and no change of routes arrives',
  ThanosRuler: 'the operator does not make its pods',
};
/** Written as pods are, whose references other checks follow. */
const OF_PODS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'volumes', 'storage']);

export default check({
  id: 'operator-secret-exists',
  group: 'monitoring',
  description: "the Secrets, ConfigMaps and keys that the Prometheus operator's objects name exist",
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus-operator.dev/docs/api-reference/api/',
  fix: 'name an existing Secret and one of its keys, or add it',
  example: {
    broken: manifests('passwd'),
    fails: ['ServiceMonitor/shop/web spec.endpoints[0].basicAuth.password.key'],
    fixed: manifests('password'),
  },
  *judge(world) {
    for (const [kind, consequence] of Object.entries(CONSEQUENCES))
      for (const resource of operatorObjects(world, kind)) {
        for (const field of fieldsOf(resource.at(['spec']), ['spec']))
          if (!OF_PODS.has(String(field.path[1]))) yield* secretKeyFindings(world, resource, field, consequence);
        yield* mounted(world, resource);
      }
  },
});

/** What is mounted into the pods of an object by its name alone. */
function* mounted(world: World, resource: Resource): Iterable<Finding> {
  const namespace = world.namespaceOf(resource);
  for (const [field, kind] of [
    ['secrets', 'Secret'],
    ['configMaps', 'ConfigMap'],
  ] as const)
    for (const [i, name] of list(resource.at(['spec', field])).entries()) {
      if (typeof name !== 'string' || keysOf(world, kind, namespace, name) !== undefined) continue;
      const reference = { resource, path: ['spec', field, i], kind, namespace, name };
      const finding = missing(world, reference, 'its pods stay in ContainerCreating');
      if (finding) yield finding;
    }
}
