import { check } from '../../check';
import { missingKey, referenceFindings } from '../../references';

const manifests = (key: string) => `
apiVersion: v1
kind: Secret
metadata: { name: web-settings, namespace: shop }
stringData: { redis-host: redis.shop }
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
          env: [{ name: REDIS_HOST, valueFrom: { secretKeyRef: { name: web-settings, key: ${key} } } }]
`;

export default check({
  id: 'secret-key-exists',
  group: 'references',
  description: 'the Secret keys that containers read exist, where they are known',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  fix: 'name a key of the Secret, or add the key',
  example: {
    broken: manifests('REDIS_HOST'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.key'],
    fixed: manifests('redis-host'),
  },
  judge: (world) =>
    referenceFindings(
      world,
      ({ kind, use, optional }) => kind === 'Secret' && use !== 'volume' && !optional,
      missingKey,
    ),
});
