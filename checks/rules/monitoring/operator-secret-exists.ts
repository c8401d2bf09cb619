import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import { operatorObjects } from '../../../world/alertmanager';
import { keysOf } from '../../../world/contents';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';
import { respelt } from '../../respelt';

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
const OF_PODS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'volumes']);
const MOUNTED: Readonly<Record<string, 'Secret' | 'ConfigMap'>> = { secrets: 'Secret', configMaps: 'ConfigMap' };

export default check({
  id: 'operator-secret-exists',
  group: 'monitoring',
  description: "the Secrets, ConfigMaps and keys that the Prometheus operator's objects name exist",
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.SafeAuthorization',
  fix: 'name an existing Secret and one of its keys, or add it',
  example: {
    broken: manifests('passwd'),
    fails: ['ServiceMonitor/shop/web spec.endpoints[0].basicAuth.password.key'],
    fixed: manifests('password'),
  },
  *judge(world) {
    for (const kind of Object.keys(CONSEQUENCES))
      for (const resource of operatorObjects(world, kind))
        for (const key of keysNamed(resource.at(['spec']), ['spec'], 'Secret')) {
          const finding = judged(world, resource, key);
          if (finding) yield finding;
        }
  },
});

/** A Secret or a ConfigMap, and the key in it that is asked for. */
interface NamedKey {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly name: string;
  readonly key?: string;
  readonly path: Path;
}

/** What a specification names: `{ name, key }` is a key of a Secret everywhere but below `configMap`. */
function* keysNamed(value: unknown, path: Path, kind: NamedKey['kind']): Iterable<NamedKey> {
  for (const [i, entry] of list(value).entries()) yield* keysNamed(entry, [...path, i], kind);
  const fields = record(value);
  if (!fields) return;
  const [name, key] = [string(fields['name']), string(fields['key'])];
  const others = Object.keys(fields).filter((field) => !['name', 'key', 'optional'].includes(field));
  if (name !== undefined && key !== undefined && others.length === 0) {
    if (fields['optional'] !== true) yield { kind, name, key, path };
    return;
  }
  for (const [field, inner] of Object.entries(fields)) {
    const mounted = path.length === 1 ? MOUNTED[field] : undefined;
    if (mounted)
      for (const [i, one] of list(inner).entries())
        if (typeof one === 'string') yield { kind: mounted, name: one, path: [...path, field, i] };
    if (!OF_PODS.has(field)) yield* keysNamed(inner, [...path, field], field === 'configMap' ? 'ConfigMap' : 'Secret');
  }
}

function judged(world: World, resource: Resource, { kind, name, key, path }: NamedKey): Finding | undefined {
  const namespace = world.namespaceOf(resource);
  const consequence = key === undefined ? 'its pods stay in ContainerCreating' : CONSEQUENCES[resource.kind]!;
  const keys = keysOf(world, kind, namespace, name);
  if (keys === undefined) {
    const at = key === undefined ? path : [...path, 'name'];
    return missing(world, { resource, path: at, kind, namespace, name }, consequence);
  }
  if (key === undefined || keys === 'unknown' || keys.has(key)) return undefined;
  return {
    resource,
    path: [...path, 'key'],
    value: key,
    message: `${kind} ${name} has no key ${key} (it has: ${someNames([...keys], 8) || 'none'}), so ${consequence}${near(key, [...keys])}`,
    ...respelt(key, keys),
  };
}
