import { list, record, string } from '../../../manifests/resource';
import { isLongRunning, resourcesOf } from '../../../world/requests';
import { check } from '../../check';

const manifests = (volume: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', volumeMounts: [{ name: cache, mountPath: /cache }] }]
      volumes: [{ name: cache, emptyDir: ${volume} }]
`;

export default check({
  id: 'ephemeral-storage-bounded',
  group: 'resources',
  description: 'an emptyDir volume has a size limit',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/',
  fix: 'set sizeLimit on the emptyDir, or an ephemeral-storage limit on the containers',
  example: {
    broken: manifests('{}'),
    fails: ['Deployment/shop/web spec.template.spec.volumes[0].emptyDir'],
    fixed: manifests('{ sizeLimit: 1Gi }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (!isLongRunning(workload)) continue;
      for (const [i, entry] of list(workload.podSpec['volumes']).entries()) {
        const volume = record(entry);
        const emptyDir = record(volume?.['emptyDir']);
        if (!emptyDir || (emptyDir['sizeLimit'] !== undefined && emptyDir['sizeLimit'] !== null)) continue;
        const memory = emptyDir['medium'] === 'Memory';
        const users = workload.running.filter(({ json }) =>
          list(json['volumeMounts']).some((mount) => record(mount)?.['name'] === volume?.['name']),
        );
        const bound = memory ? 'memory' : 'ephemeral-storage';
        if (users.length > 0 && users.every((container) => resourcesOf(world, workload, container).limits.has(bound)))
          continue;
        yield {
          resource: workload.resource,
          path: [...workload.podSpecPath, 'volumes', i, 'emptyDir'],
          value: emptyDir,
          message: `volume ${string(volume?.['name']) ?? ''} can grow until the ${memory ? 'memory' : 'disk'} of the node is full, and other pods are evicted together with this one`,
        };
      }
    }
  },
});
