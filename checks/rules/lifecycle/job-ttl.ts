import { number } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (ttl: string) => `
apiVersion: batch/v1
kind: Job
metadata: { name: migrate, namespace: shop }
spec:
  ${ttl}
  template:
    spec: { restartPolicy: Never, containers: [{ name: migrate, image: 'shop/migrate:3.1.0' }] }
`;

/** Helm and Argo CD delete the Jobs that they run as hooks. */
const HOOKS = ['helm.sh/hook', 'argocd.argoproj.io/hook'];

export default check({
  id: 'job-ttl',
  group: 'lifecycle',
  description: 'a finished Job is deleted',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/',
  fix: 'set ttlSecondsAfterFinished',
  example: {
    broken: manifests('backoffLimit: 3'),
    fails: ['Job/shop/migrate spec.ttlSecondsAfterFinished'],
    fixed: manifests('ttlSecondsAfterFinished: 86400'),
  },
  *judge(world) {
    for (const resource of world.of('Job')) {
      if (
        resource.group !== 'batch' ||
        number(resource.at(['spec', 'ttlSecondsAfterFinished'])) !== undefined ||
        HOOKS.some((hook) => hook in resource.annotations)
      )
        continue;
      yield {
        resource,
        path: ['spec', 'ttlSecondsAfterFinished'],
        message: 'the Job and its pods are kept after it finishes, until they are deleted by hand',
      };
    }
  },
});
