import { referencesOf } from '../../../manifests/references';
import { check } from '../../check';

const manifests = (container: string, volumes: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', ${container} }]
      volumes: [${volumes}]
`;

export default check({
  id: 'secret-as-env',
  group: 'security',
  description: 'containers read Secrets from files, not from environment variables',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/security/secrets-good-practices/',
  fix: 'mount the Secret as a volume and pass the path of the file to the program',
  example: {
    broken: manifests('env: [{ name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]', ''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name'],
    fixed: manifests(
      'env: [{ name: DB_PASSWORD_FILE, value: /secrets/password }], volumeMounts: [{ name: db, mountPath: /secrets, readOnly: true }]',
      '{ name: db, secret: { secretName: db } }',
    ),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const [first, ...others] = referencesOf(workload).filter(
        ({ kind, use }) => kind === 'Secret' && (use === 'env' || use === 'envFrom'),
      );
      if (!first) continue;
      const more = others.length > 0 ? ` (and ${others.length} more reference${others.length > 1 ? 's' : ''})` : '';
      yield {
        resource: workload.resource,
        path: first.path,
        value: first.name,
        message: `Secret ${first.name} is exposed as an environment variable${more}: child processes inherit it, dumps and error reports print it, and a new value needs a restart`,
      };
    }
  },
});
