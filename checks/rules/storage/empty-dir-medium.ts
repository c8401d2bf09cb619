import { list, record, string } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (medium: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', volumeMounts: [{ name: cache, mountPath: /cache }] }]
      volumes: [{ name: cache, emptyDir: { medium: ${medium}, sizeLimit: 64Mi } }]
`;

export default check({
  id: 'empty-dir-medium',
  group: 'storage',
  description: 'the medium of an emptyDir is one that the kubelet has',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  fix: 'write Memory, or leave the medium out for the disk of the node',
  example: {
    broken: manifests('memory'),
    fails: ['Deployment/shop/web spec.template.spec.volumes[0].emptyDir.medium'],
    fixed: manifests('Memory'),
  },
  *judge(world) {
    for (const { resource, podSpec, podSpecPath } of world.workloads) {
      for (const [i, volume] of list(podSpec['volumes']).entries()) {
        const medium = string(record(record(volume)?.['emptyDir'])?.['medium']);
        // The API server takes any text; `HugePages-2Mi` names a size of pages.
        if (!medium || medium === 'Memory' || medium.startsWith('HugePages')) continue;
        yield {
          resource,
          path: [...podSpecPath, 'volumes', i, 'emptyDir', 'medium'],
          value: medium,
          message: `the kubelet knows no medium ${medium}, so the volume cannot be mounted and the pod stays in ContainerCreating (unknown storage medium)`,
          ...(medium.toLowerCase() === 'memory'
            ? { repair: { do: 'replace' as const, from: medium, with: 'Memory' } }
            : {}),
        };
      }
    }
  },
});
