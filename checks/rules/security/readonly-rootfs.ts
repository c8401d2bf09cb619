import { record } from '../../../manifests/resource';
import { securedPod } from '../../../upstream/pod-security/pod';
import { check } from '../../check';

const manifests = (security: string) => `
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
          securityContext: { ${security} }
          volumeMounts: [{ name: tmp, mountPath: /tmp }]
      volumes: [{ name: tmp, emptyDir: {} }]
`;

export default check({
  id: 'readonly-rootfs',
  group: 'security',
  description: 'the root filesystem of containers is read-only',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  fix: 'set securityContext.readOnlyRootFilesystem: true, and mount an emptyDir where the program writes, such as /tmp',
  example: {
    broken: manifests('runAsNonRoot: true'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].securityContext'],
    fixed: manifests('runAsNonRoot: true, readOnlyRootFilesystem: true'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      // Windows containers have no read-only root filesystem.
      if (securedPod(workload).windows) continue;
      const writable = workload.containers.filter(
        ({ role, json }) =>
          role !== 'ephemeral' && record(json['securityContext'])?.['readOnlyRootFilesystem'] !== true,
      );
      const [first] = writable;
      if (!first) continue;
      const names = writable.map(({ name }) => `"${name}"`).join(', ');
      const security = record(first.json['securityContext']);
      const value = security?.['readOnlyRootFilesystem'];
      yield {
        resource: workload.resource,
        path: [
          ...first.path,
          ...(security ? ['securityContext'] : []),
          ...(value === undefined ? [] : ['readOnlyRootFilesystem']),
        ],
        value,
        message: `the root filesystem of ${writable.length === 1 ? 'container' : 'containers'} ${names} is writable: an attacker can change the program, and files written there fill the disk of the node and are lost with the container`,
      };
    }
  },
});
