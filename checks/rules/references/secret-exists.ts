import { namesObject } from '../../../manifests/references';
import { check } from '../../check';
import { missingObject, referenceFindings } from '../../references';

const manifests = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: web-settings, namespace: shop }
stringData: { PASSWORD: example }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', envFrom: [{ secretRef: { name: ${name} } }] }]
`;

export default check({
  id: 'secret-exists',
  group: 'references',
  description: 'the Secrets that pods use exist in their namespace, or a controller creates them',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  fix: 'name an existing Secret of the namespace, add the resource that creates it, or set optional: true on the reference',
  example: {
    broken: manifests('web-setting'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].envFrom[0].secretRef.name'],
    fixed: manifests('web-settings'),
  },
  judge: (world) =>
    referenceFindings(
      world,
      (reference) => reference.kind === 'Secret' && namesObject(reference) && !reference.optional,
      missingObject,
    ),
});
