import { referencesOf } from '../../../manifests/references';
import { list, record, string } from '../../../manifests/resource';
import { check } from '../../check';
import { missingObject } from '../../references';

const manifests = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: registry-login, namespace: shop }
type: kubernetes.io/dockerconfigjson
data: { .dockerconfigjson: e30= }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      imagePullSecrets: [{ name: ${name} }]
      containers: [{ name: web, image: 'registry.example.com/shop/web:3.1.0' }]
`;

/** The Secret types from which the kubelet reads credentials. */
const TYPES = ['kubernetes.io/dockerconfigjson', 'kubernetes.io/dockercfg'];

export default check({
  id: 'imagepullsecret-exists',
  group: 'references',
  description: 'imagePullSecrets exist in the namespace and hold registry credentials',
  // The kubelet pulls without them, which works for a public image or a node with its own credentials.
  severity: 'advice',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/',
  fix: 'name an existing Secret of type kubernetes.io/dockerconfigjson in the namespace, or add the resource that creates it',
  example: {
    broken: manifests('registry'),
    fails: ['Deployment/shop/web spec.template.spec.imagePullSecrets[0].name'],
    fixed: manifests('registry-login'),
  },
  *judge(world) {
    // All pods of a namespace usually share one Secret: it is reported once.
    const reported = new Set<string>();
    for (const workload of world.workloads) {
      for (const reference of referencesOf(workload)) {
        const key = `${workload.namespace}/${reference.name}`;
        if (reference.use !== 'imagePullSecret' || reported.has(key)) continue;
        reported.add(key);
        const absent = missingObject(world, workload, reference);
        if (absent) yield absent;
        const secret = world.find('Secret', workload.namespace, reference.name);
        const type = secret.is === 'present' ? (string(secret.resource.at(['type'])) ?? 'Opaque') : undefined;
        if (type !== undefined && !TYPES.includes(type)) {
          yield {
            resource: workload.resource,
            path: reference.path,
            value: reference.name,
            message: `Secret ${reference.name} has type ${type}, from which the kubelet reads no registry credentials: a private registry rejects the pull (ImagePullBackOff)`,
          };
        }
      }
    }
    for (const account of world.of('ServiceAccount')) {
      const namespace = world.namespaceOf(account);
      for (const [i, entry] of list(account.at(['imagePullSecrets'])).entries()) {
        const name = string(record(entry)?.['name']);
        const absent =
          name &&
          missingObject(
            world,
            { resource: account, namespace },
            { kind: 'Secret', name, use: 'imagePullSecret', optional: true, path: ['imagePullSecrets', i, 'name'] },
          );
        if (absent) yield absent;
      }
    }
  },
});
