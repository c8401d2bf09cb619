import { kubernetesData } from '../../../upstream/kubernetes/data';
import { versionAsRead } from '../../versions';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const cronJob = (version: string, schedule = '0 1 * * *') => `
apiVersion: ${version}
kind: CronJob
metadata: { name: report, namespace: shop }
spec:
  schedule: '${schedule}'
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: report, image: 'example.com/report:1' }] } } } }
`;

export default riskRule({
  id: 'version-unserved',
  class: 'immutable',
  description: 'an object that comes or changes in an API version that its cluster does not serve any more',
  reason:
    'The API server answers that it knows no such kind: kubectl apply, Argo CD and Flux fail, and what stands in the cluster stays as it is.',
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  advice: 'write the object in the version that replaces it: strata verify names it',
  example: {
    before: cronJob('batch/v1'),
    after: cronJob('batch/v1beta1'),
    finds: ['CronJob/shop/report apiVersion'],
    harmless: cronJob('batch/v1', '0 2 * * *'),
  },
  *find({ after: world, changes }) {
    const { lifecycles, oldest } = kubernetesData();
    for (const change of changes) {
      if (!change.after) continue;
      const { apiVersion, kind } = versionAsRead(change.after);
      const id = `${apiVersion} ${kind}`;
      const removed = Object.hasOwn(lifecycles, id) ? lifecycles[id]!.removed : undefined;
      // An unknown version is at least the oldest supported one.
      if (removed === undefined || removed > (world.facts.minor ?? oldest)) continue;
      const field = fieldAt(change, ['apiVersion']);
      yield { change, field, message: `Kubernetes does not serve ${id} as of 1.${removed}: it cannot be applied` };
    }
  },
});
