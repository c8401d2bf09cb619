import { list, string, strings } from '../../../manifests/resource';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import { scalarText } from '../../../upstream/prometheus/form';
import { labelSelectorOf } from '../../../world/discovered-targets';
import type { EmptyDiscovery } from '../../../world/empty-discoveries';
import { emptyDiscoveries } from '../../../world/empty-discoveries';
import { namespacesWithPodCreators, possiblePodCreatorOf } from '../../../world/possible-pod-creators';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (port: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:1.4.0', ports: [{ name: metrics, containerPort: 9102 }] }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: |
    scrape_configs:
      - job_name: web
        kubernetes_sd_configs: [{ role: pod, namespaces: { names: [shop] } }]
        relabel_configs:
          - { action: keep, source_labels: [__meta_kubernetes_pod_container_port_number], regex: '${port}' }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: shop }
spec:
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: config, mountPath: /etc/prometheus }] }]
      volumes: [{ name: config, configMap: { name: prometheus } }]
`;

export default check({
  id: 'discovery-finds',
  group: 'monitoring',
  description:
    'what a job looks for by kubernetes_sd_configs is there: its namespaces, what its selectors take, and what its relabelings keep',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  fix: 'name the namespace, labels and port that the pods or Services have',
  example: {
    broken: manifests('9103'),
    fails: ['ConfigMap/shop/prometheus data["prometheus.yml"]'],
    fixed: manifests('9102'),
  },
  *judge(world) {
    for (const found of emptyDiscoveries(world)) {
      const { resource, path, job } = found;
      if (world.isExternal(resource) || isOptIn(found)) continue;
      const reason = `${found.by} finds nothing: ${reasonOf(world, found)}`;
      yield {
        ...{ resource, path, value: job ?? resource.at(path) },
        ...(isCertain(world, found)
          ? { message: `${reason}, so nothing is scraped and its metrics are missing` }
          : {
              verdict: 'unknown' as const,
              message: `${reason} among the manifests; judge what it looks for too, or --declare it`,
            }),
      };
    }
  },
});

/** What pods and Services ask for themselves, by an annotation or a label that says yes: perhaps none does yet. */
function isOptIn({ lostBy }: EmptyDiscovery): boolean {
  if (typeof lostBy === 'string') return false;
  const sources = list(lostBy.rule['source_labels']).map(String);
  const asked = scalarText(lostBy.rule['regex']) ?? '';
  return (
    sources.some((source) => /_annotation(present)?_/.test(source)) ||
    (sources.some((source) => /_label(present)?_/.test(source)) && /^\(?(true|yes|enabled|\.\+|1)\b/.test(asked))
  );
}

function reasonOf(world: World, { role, namespaces, lostBy, selectors }: EmptyDiscovery): string {
  const what = role === 'pod' ? 'pod' : 'Service';
  const where = namespaces.length === 0 ? 'any namespace' : `namespace ${namespaces.join(', ')}`;
  if (lostBy === 'namespaces') {
    const known = world.namesOf('Namespace', '');
    const hint = namespaces.map((name) => (known.includes(name) ? '' : near(name, known))).join('');
    return `no ${what} is in ${where}${hint}`;
  }
  if (lostBy === 'selectors') return `no ${what} in ${where} is selected by ${selectors}`;
  const { rule, seen } = lostBy;
  const asked = scalarText(rule['regex']) ?? scalarText(rule['target_label']) ?? '';
  const sources = list(rule['source_labels']).map(String).join(', ');
  const values = someNames(
    seen.map((value) => value || 'nothing'),
    5,
  );
  return `${string(rule['action']) ?? 'replace'} ${asked} of ${sources} leaves no ${what} in ${where} (they have: ${values})${near(asked, seen)}`;
}

/** Where all that stands in its namespaces is known, and no operator may make it there. */
function isCertain(world: World, { role, namespaces, selectors, lostBy }: EmptyDiscovery): boolean {
  const kind = role === 'pod' ? 'Pod' : 'Service';
  if (lostBy === 'namespaces' && namespaces.every((name) => isNowhere(world, name))) return true;
  const isWhole =
    namespaces.length > 0
      ? namespaces.every((name) => world.isComplete(name, kind))
      : world.declaredExternal !== undefined && world.unread.length === 0;
  if (!isWhole) return false;
  const places = namespaces.length > 0 ? namespaces : namespacesWithPodCreators(world);
  const labels = labelsAsked(selectors);
  return labels === undefined
    ? !places.some((place) => namespacesWithPodCreators(world).includes(place))
    : !places.some((place) => possiblePodCreatorOf(world, place, labels));
}

/** The labels that selectors ask for by equality; undefined where there are none. */
function labelsAsked(selectors: string) {
  const expressions = list(labelSelectorOf(selectors)?.['matchExpressions']);
  const labels = strings(
    Object.fromEntries(
      expressions.flatMap((each) => {
        const { key, operator, values } = each as { key: string; operator: string; values?: readonly string[] };
        return operator === 'In' && values?.length === 1 ? [[key, values[0]]] : [];
      }),
    ),
  );
  return Object.keys(labels).length > 0 ? labels : undefined;
}

/** A namespace that nobody makes and nothing here is in; those of Kubernetes are in every cluster. */
function isNowhere(world: World, name: string): boolean {
  return (
    !/^(default$|kube-)/.test(name) &&
    world.find('Namespace', '', name).is === 'absent' &&
    !world.resources.some((each) => world.namespaceOf(each) === name)
  );
}
