import { isMadeHere } from '../../../world/owners';
import { makesPods } from '../../../world/pods';
import { isLongRunning } from '../../../world/requests';
import { serviceOf, servicesOfWorkload } from '../../../world/services';
import { goneOf } from '../kinds';
import { byNumber } from '../plural';
import { riskRule } from '../risk';
import { workloadOf } from '../workloads';

const web = (labels: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;
const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Rollout', 'Pod'];

export default riskRule({
  id: 'workload-removed',
  class: 'disruption',
  description: 'a workload that is removed, or moved to another namespace or name',
  reason: 'Its pods are stopped as soon as it goes, whatever comes in its place: nothing waits until that is ready.',
  source: 'https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion',
  advice: 'make sure that nobody needs it any more; let what comes in its place be ready first',
  example: { before: web('team: a'), after: '', finds: ['Deployment/shop/web'], harmless: web('team: b') },
  *find(diff) {
    for (const { change, before, renamed } of goneOf(diff, 'CronJob'))
      if (!renamed && before.group === 'batch' && before.at(['spec', 'suspend']) !== true)
        yield { change, message: 'it runs no more, and what runs now is stopped' };
    for (const { change, before, renamed } of goneOf(diff, ...KINDS)) {
      const workload = workloadOf(diff.before, before);
      if (!workload || !makesPods(workload) || workload.replicas === 0 || isMadeHere(diff.before, before)) continue;
      // A pod of its own that has ended, or a test, is nothing that runs.
      if (!isLongRunning(workload) && before.annotations['helm.sh/hook'] !== undefined) continue;
      const services = servicesOfWorkload(diff.before, workload)
        .filter(({ namespace, name }) => serviceOf(diff.after, namespace, name)?.workloads.length === 0)
        .map(({ name }) => name);
      const cut =
        services.length > 0
          ? `; ${byNumber(services.length, 'Service', 'Services')} ${services.join(', ')} ${byNumber(services.length, 'has', 'have')} no pod left`
          : '';
      const instead = renamed ? `, whether or not those of ${diff.after.idOf(renamed)} are ready` : '';
      yield { change, message: `its pods are stopped${instead}${cut}` };
    }
  },
});
