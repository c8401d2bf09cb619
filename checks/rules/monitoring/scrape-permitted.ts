import { list, record, string } from '../../../manifests/resource';
import { bindingsOf } from '../../../world/rbac';
import { allows, allowsUrl, areAllGrants, grantsOf } from '../../../world/rights';
import type { ScrapeAsAccount, ScrapeOfComponent } from '../../../world/scrape-rights';
import { scrapesOfComponents } from '../../../world/scrape-rights';
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
rules:
  - { apiGroups: [''], resources: [nodes], verbs: [get, list, watch] }
  - { apiGroups: [''], resources: [${resource}], verbs: [get] }
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
  prometheus.yml: |
    scrape_configs:
      - job_name: kubelet
        scheme: https
        authorization: { credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token }
        kubernetes_sd_configs: [{ role: node }]
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
  id: 'scrape-permitted',
  group: 'monitoring',
  description: 'the ServiceAccount that kubelets and API servers are scraped as may read their metrics',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/',
  fix: 'grant get on nodes/metrics (for kubelets) or on the nonResourceURL (for API servers) in a ClusterRole, and bind the ServiceAccount to it with a ClusterRoleBinding',
  example: {
    broken: manifests('nodes/stats'),
    fails: ['ConfigMap/shop/prometheus data["prometheus.yml"]'],
    fixed: manifests('nodes/metrics'),
  },
  *judge(world) {
    for (const scrape of scrapesOfComponents(world)) {
      const { account } = scrape;
      if (world.isExternal(scrape.resource) || account === undefined) continue;
      const finding = account === 'nobody' ? judgeNobody(world, scrape) : judge(world, { ...scrape, account });
      if (finding) yield finding;
    }
  },
});

/** Without a token a request is that of `system:anonymous`, and kubelets of kubeadm let none of those in. */
function judgeNobody(
  world: World,
  { resource, path, by, of, scheme, url, asked }: ScrapeOfComponent,
): Finding | undefined {
  // By http it gets no answer that asks who it is, which another check says.
  if (scheme !== 'https') return undefined;
  const isAllowed = bindingsOf(world).some((binding) =>
    list(binding.at(['subjects'])).some((subject) => ANONYMOUS.has(string(record(subject)?.['name']) ?? '')),
  );
  if (isAllowed) return undefined;
  const isFile = typeof resource.at(path) === 'string';
  return {
    ...{ resource, path, ...(isFile ? { value: by.replace(/^job /, '') } : {}) },
    message: `${by} shows no token, and the ${of} asks who gets ${asked ?? `the path ${url}`}: it refuses with 401 (or 403 where it takes anonymous requests) and its targets are down (up is 0)`,
    fix: 'name the token of the ServiceAccount: authorization.credentials_file (bearerTokenFile of a ServiceMonitor)',
  };
}

const ANONYMOUS: ReadonlySet<string> = new Set(['system:anonymous', 'system:unauthenticated']);

function judge(world: World, { resource, path, by, account, of, url, asked }: ScrapeAsAccount): Finding | undefined {
  const grants = grantsOf(world, account.namespace, account.name);
  const isAllowed = asked
    ? allows(grants, { group: '', resource: asked, verbs: ['get'], namespace: undefined })
    : allowsUrl(grants, url);
  if (isAllowed !== 'no') return undefined;
  const isFile = typeof resource.at(path) === 'string';
  const at = { resource, path, ...(isFile ? { value: by.replace(/^job /, '') } : {}) };
  const may = `ServiceAccount ${account.namespace}/${account.name} may not get ${asked ?? `the path ${url}`}`;
  const consequence = `the ${of} refuses ${by} with 403 and its targets are down (up is 0)`;
  if (areAllGrants(world, account.namespace, grants)) return { ...at, message: `${may}: ${consequence}` };
  return {
    ...at,
    verdict: 'unknown',
    message: `none of the manifests grants it: ${may}, and ${consequence}, unless a binding elsewhere does; judge the bindings too, or --declare them`,
  };
}
