import { check } from '../../check';
import { unitFindings } from '../../units';

const manifests = (memory: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { memory: ${memory} }, limits: { memory: 512Mi } } }] }
`;

export default check({
  id: 'resource-unit-meant',
  group: 'resources',
  description: 'a request, a limit or a claim is an amount that has an effect',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  fix: 'write memory and storage in Mi or Gi, and CPU in cores or thousandths (500m)',
  example: {
    broken: manifests('256m'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].resources.requests.memory'],
    fixed: manifests('256Mi'),
  },
  judge: (world) => unitFindings(world, 'advice'),
});
