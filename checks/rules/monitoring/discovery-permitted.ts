import { list, record } from '../../../manifests/resource';
import type { ConfiguredPrometheus } from '../../../world/prometheus';
import { configuredPrometheuses } from '../../../world/prometheus';
import type { Discovery } from '../../../world/prometheus-discoveries';
import { discoveriesOf } from '../../../world/prometheus-discoveries';
import type { Request } from '../../../world/rights';
import { allows, areAllGrants, grantsOf } from '../../../world/rights';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (resource: string) => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: prometheus, namespace: shop }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: prometheus }
rules: [{ apiGroups: [''], resources: [${resource}], verbs: [get, list, watch] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: prometheus }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: prometheus }
subjects: [{ kind: ServiceAccount, name: prometheus, namespace: shop }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: 'scrape_configs: [{ job_name: pods, kubernetes_sd_configs: [{ role: pod }] }]'
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: shop }
spec:
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      serviceAccountName: prometheus
      containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: config, mountPath: /etc/prometheus }] }]
      volumes: [{ name: config, configMap: { name: prometheus } }]
`;

export default check({
  id: 'discovery-permitted',
  group: 'monitoring',
  description: 'the ServiceAccount of a Prometheus may list and watch what it discovers its targets from',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  fix: 'grant list and watch on it in a ClusterRole, or in a Role of each namespace that is named, and bind the ServiceAccount to it',
  example: {
    broken: manifests('services'),
    fails: ['ConfigMap/shop/prometheus data["prometheus.yml"]'],
    fixed: manifests('pods'),
  },
  *judge(world) {
    const said = new Set<string>();
    for (const prometheus of configuredPrometheuses(world)) {
      const finding = tokenProblem(world, prometheus);
      if (finding) yield finding;
    }
    for (const discovery of discoveriesOf(world)) {
      if (world.isExternal(discovery.resource)) continue;
      const finding = judge(world, discovery);
      const key = `${world.idOf(discovery.resource)} ${finding?.message}`;
      if (finding && !said.has(key)) yield finding;
      said.add(key);
    }
  },
});

/** Without the token of its account it is nobody to the API server, whatever the account may do. */
function tokenProblem(world: World, { workload, configuration, jobFiles }: ConfiguredPrometheus): Finding | undefined {
  const { resource, podSpec, podSpecPath, namespace } = workload;
  const discovering = [...discoveriesOf(world)].find(
    ({ resource: by }) => by === configuration.resource || jobFiles.some((file) => file.resource === by),
  );
  if (!discovering || world.isExternal(resource)) return undefined;
  const account = world.find('ServiceAccount', namespace, discovering.account.name);
  const ofAccount = account.is === 'present' ? account.resource.at(['automountServiceAccountToken']) : undefined;
  const own = podSpec['automountServiceAccountToken'];
  const isProjected = list(podSpec['volumes']).some((volume) =>
    list(record(record(volume)?.['projected'])?.['sources']).some(
      (source) => record(source)?.['serviceAccountToken'] !== undefined,
    ),
  );
  if ((own ?? ofAccount) !== false || isProjected) return undefined;
  const by = own === false ? 'its pods mount' : `ServiceAccount ${discovering.account.name} mounts`;
  return {
    resource,
    path: own === false ? [...podSpecPath, 'automountServiceAccountToken'] : [...podSpecPath, 'serviceAccountName'],
    value: own === false ? own : discovering.account.name,
    message: `${by} no token (automountServiceAccountToken: false), so Prometheus cannot ask the API server: ${discovering.by} finds no targets`,
    fix: 'set automountServiceAccountToken: true in the pods',
  };
}

function judge(world: World, { resource, path, by, role, account, requests }: Discovery): Finding | undefined {
  const grants = grantsOf(world, account.namespace, account.name);
  const refused = requests.filter((request) => allows(grants, request) === 'no');
  const [first] = refused;
  if (!first) return undefined;
  const there = resource.at(path);
  const isFile = typeof there === 'string' && there.includes(role);
  // An object that names no account uses that of the namespace.
  const at = { resource, path: there === undefined ? path.slice(0, -1) : path, value: isFile ? role : there };
  const may = `ServiceAccount ${account.namespace}/${account.name} may not ${first.verbs.join(' and ')} ${said(first)}`;
  const consequence = `${by} finds no targets`;
  if (areAllGrants(world, account.namespace, grants)) return { ...at, message: `${may}: ${consequence}` };
  return {
    ...at,
    verdict: 'unknown',
    message: `none of the manifests grants it: ${may}, and ${consequence}, unless a binding elsewhere does; judge the bindings too, or --declare them`,
  };
}

function said({ group, resource, namespace }: Request): string {
  const what = group === '' ? resource : `${resource}.${group}`;
  if (resource === 'nodes') return what;
  return namespace === undefined ? `${what} of all namespaces` : `${what} of namespace ${namespace}`;
}
