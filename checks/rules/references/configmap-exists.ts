import { namesObject } from '../../../manifests/references';
import { check } from '../../check';
import { missingObject, referenceFindings } from '../../references';

const manifests = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web-settings, namespace: shop }
data: { GREETING: hello }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', envFrom: [{ configMapRef: { name: ${name} } }] }]
`;

export default check({
  id: 'configmap-exists',
  group: 'references',
  description: 'the ConfigMaps that pods use exist in their namespace',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/',
  fix: 'name an existing ConfigMap of the namespace, add it, or set optional: true on the reference',
  example: {
    broken: manifests('web-setting'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].envFrom[0].configMapRef.name'],
    fixed: manifests('web-settings'),
  },
  judge: (world) =>
    referenceFindings(
      world,
      (reference) => reference.kind === 'ConfigMap' && namesObject(reference) && !reference.optional,
      missingObject,
    ),
});
