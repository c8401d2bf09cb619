import { check } from '../../check';
import { missingKey, referenceFindings } from '../../references';

const manifests = (key: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: monitoring }
data: { prometheus.yml: 'global: { scrape_interval: 15s }' }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: monitoring }
spec:
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      containers: [{ name: prometheus, image: 'prom/prometheus:v3.1.0', volumeMounts: [{ name: config, mountPath: /etc/prometheus }] }]
      volumes: [{ name: config, configMap: { name: prometheus, items: [{ key: ${key}, path: prometheus.yml }] } }]
`;

export default check({
  id: 'volume-item-key-exists',
  group: 'references',
  description: 'the items of a ConfigMap or Secret volume are keys of the ConfigMap or Secret',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  fix: 'name a key of the ConfigMap or Secret, or set optional: true on the volume',
  example: {
    broken: manifests('prometheus.yaml'),
    fails: ['Deployment/monitoring/prometheus spec.template.spec.volumes[0].configMap.items[0].key'],
    fixed: manifests('prometheus.yml'),
  },
  judge: (world) => referenceFindings(world, ({ use, optional }) => use === 'volume' && !optional, missingKey),
});
