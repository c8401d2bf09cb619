import { string } from '../../../manifests/resource';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (account: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { serviceAccountName: ${account}, containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`;

export default check({
  id: 'serviceaccount-exists',
  group: 'references',
  description: 'the ServiceAccount of a pod exists in its namespace',
  severity: 'will-break',
  needs: ['external'],
  source: 'plugin/pkg/admission/serviceaccount/admission.go',
  fix: 'name an existing ServiceAccount of the namespace, or add it',
  example: {
    broken: manifests('web-account'),
    fails: ['Deployment/shop/web spec.template.spec.serviceAccountName'],
    fixed: manifests('web'),
  },
  *judge(world) {
    for (const { resource, namespace, podSpec, podSpecPath } of world.workloads) {
      const field = string(podSpec['serviceAccountName']) ? 'serviceAccountName' : 'serviceAccount';
      const name = string(podSpec[field]);
      if (!name || name === 'default' || resource.kind === 'PodTemplate') continue;
      const finding = missing(
        world,
        { resource, path: [...podSpecPath, field], kind: 'ServiceAccount', namespace, name },
        'no pod is admitted: the API server rejects each as forbidden',
      );
      if (finding) yield finding;
    }
  },
});
