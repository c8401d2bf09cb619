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
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { limits: { memory: ${memory} } } }] }
`;

export default check({
  id: 'resource-unit-usable',
  group: 'resources',
  description:
    'the unit of CPU, memory and storage leaves an amount that a pod can run with (256m of memory is less than a byte)',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  fix: 'write memory and storage in Mi or Gi, and CPU in cores or thousandths (500m)',
  example: {
    broken: manifests('256m'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].resources.limits.memory'],
    fixed: manifests('256Mi'),
  },
  judge: (world) => unitFindings(world, 'will-break'),
});
