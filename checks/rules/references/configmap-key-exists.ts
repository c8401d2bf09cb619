import { check } from '../../check';
import { missingKey, referenceFindings } from '../../references';

const manifests = (key: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: web-settings, namespace: shop }
data: { redis-host: redis.shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:3.1.0
          env: [{ name: REDIS_HOST, valueFrom: { configMapKeyRef: { name: web-settings, key: ${key} } } }]
`;

export default check({
  id: 'configmap-key-exists',
  group: 'references',
  description: 'the ConfigMap keys that containers read exist',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/',
  fix: 'name a key of the ConfigMap, or add the key',
  example: {
    broken: manifests('REDIS_HOST'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.key'],
    fixed: manifests('redis-host'),
  },
  judge: (world) =>
    referenceFindings(
      world,
      ({ kind, use, optional }) => kind === 'ConfigMap' && use !== 'volume' && !optional,
      missingKey,
    ),
});
