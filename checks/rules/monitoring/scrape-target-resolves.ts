import { configuredPrometheuses } from '../../../world/prometheus';
import type { PrometheusTarget } from '../../../world/prometheus-targets';
import { prometheusTargets } from '../../../world/prometheus-targets';
import { serviceByHost } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { hostFinding } from '../../configured-hosts';
import type { HostUse } from '../../host-namespaces';
import { missing } from '../../missing';

const manifests = (target: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: shop }
data:
  prometheus.yml: |
    scrape_configs:
      - job_name: web
        static_configs: [{ targets: ['${target}'] }]
---
apiVersion: v1
kind: Service
metadata: { name: exporter, namespace: shop }
spec: { selector: { app: exporter }, ports: [{ port: 9100 }] }
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
  id: 'scrape-target-resolves',
  group: 'monitoring',
  description:
    'the targets, Alertmanagers and remote ends in a Prometheus configuration are Services that exist, at ports of theirs',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  fix: 'write SERVICE:PORT for a Service of the same namespace, SERVICE.NAMESPACE:PORT for one of another',
  example: {
    broken: manifests('exporters:9100'),
    fails: ['ConfigMap/shop/prometheus data["prometheus.yml"]'],
    fixed: manifests('exporter:9100'),
  },
  *judge(world) {
    for (const prometheus of configuredPrometheuses(world)) {
      const said = new Set<string>();
      for (const target of prometheusTargets(prometheus)) {
        const { resource, path } = target.file;
        const key = `${target.text} ${target.consequence}`;
        if (world.isExternal(resource) || said.has(key)) continue;
        said.add(key);
        const use: HostUse = {
          workload: prometheus.workload,
          ...{ host: target.host, text: target.text, resource, path },
          ...{ scheme: 'http', isPortWritten: true, isFile: false, name: '' },
        };
        const finding = hostFinding(world, use) ?? portFinding(world, use, target) ?? openFinding(world, use);
        if (finding) yield { ...finding, message: `${finding.message}: ${target.consequence}` };
      }
    }
  },
});

/** A name without dots that is nowhere: a Service that is not among the manifests, as a rule. */
function openFinding(world: World, { host, workload, resource, path, text }: HostUse): Finding | undefined {
  if (host.includes('.') || host === 'localhost' || serviceByHost(world, host, workload.namespace)) return undefined;
  const reference = { resource, path, kind: 'Service', namespace: workload.namespace, name: host };
  const finding = missing(world, reference, 'the name does not resolve');
  return finding?.verdict === 'unknown' ? { ...finding, value: text } : undefined;
}

function portFinding(
  world: World,
  { workload, resource, path }: HostUse,
  target: PrometheusTarget,
): Finding | undefined {
  const { host, port, text } = target;
  const service = serviceByHost(world, host, workload.namespace);
  if (!service || port === undefined || service.headless || service.backing === 'external') return undefined;
  // What has no ports is judged elsewhere.
  if (service.ports.length === 0 || service.port(port)) return undefined;
  return {
    resource,
    path,
    value: text,
    message: `Service ${service.name} has no port ${port} (it has: ${service.portList}), so every connection to ${text} fails`,
  };
}
