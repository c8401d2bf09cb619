import { addTo } from '../../../model/multimap';
import { workloadNamed } from '../../../world/autoscalers';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import {
  accountOf,
  grantsOfAccount,
  holdsToken,
  mountsToken,
  newRights,
  projectedAudiences,
  textOfRights,
} from '../rights';
import type { WorldChange } from '../risk';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (pod: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { automountServiceAccountToken: ${pod}, containers: [{ name: web, image: 'example.com/web:1.4.0' }] }
`;

export default riskRule({
  id: 'token-mounted',
  class: 'privilege',
  description: 'pods that get the token of a ServiceAccount, or of one that may do more',
  reason: 'Whoever can run code in the pod reads the token and can call the API server with it.',
  source:
    'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
  advice:
    'set automountServiceAccountToken: false for what does not call the API server, and give what does an account of its own',
  example: {
    before: web('false'),
    after: web('true'),
    finds: ['Deployment/shop/web spec.template.spec.automountServiceAccountToken'],
    harmless: web('false, enableServiceLinks: false'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change, before, after } = workload;
      const at = (name: string) => fieldAt(change, [...after.podSpecPath.map(String), name]);
      const [was, is] = [accountOf(before.podSpec), accountOf(after.podSpec)];
      const [had, has] = holdsToken(diff, workload);
      if (!has) continue;
      if (!had) {
        const field = at('automountServiceAccountToken') ?? at('serviceAccountName') ?? at('volumes');
        // What a ServiceAccount changes is told there.
        const audiences = mountsToken(diff.after, after.namespace, after.podSpec)
          ? []
          : projectedAudiences(after.podSpec);
        if (field && audiences.length > 0)
          yield {
            change,
            field,
            message: `pods get a token of ServiceAccount ${is} for ${audiences.join(', ')}: who takes it there takes them for that account`,
            advice: 'mount it only into the container that sends it, and let who takes it look for that audience',
          };
        else if (field) yield { change, field, message: `pods get the token of ServiceAccount ${is}` };
        continue;
      }
      if (was === is) continue;
      const rights = newRights(
        grantsOfAccount(diff.before, before.namespace, was),
        grantsOfAccount(diff.after, after.namespace, is),
      );
      if (rights.length > 0)
        yield {
          change,
          field: at('serviceAccountName'),
          message: `pods run as ServiceAccount ${is}, which may ${textOfRights(rights)}; ${was} may not`,
        };
    }
    yield* ofAccounts(diff);
  },
});

/** A ServiceAccount whose pods get its token from now on. */
function* ofAccounts(diff: WorldChange) {
  for (const change of changesOf(diff, 'ServiceAccount')) {
    const field = fieldAt(change, ['automountServiceAccountToken']);
    if (!field || !change.after || change.before?.at(['automountServiceAccountToken']) !== false) continue;
    const namespace = diff.after.namespaceOf(change.after);
    const users = new Map<boolean, string[]>();
    for (const after of diff.after.workloadsIn(namespace)) {
      if (accountOf(after.podSpec) !== change.after.name) continue;
      const before = workloadNamed(diff.before, after.resource.kind, namespace, after.resource.name);
      const [had, has] = before ? holdsToken(diff, { before, after }) : [true, true];
      if (!had && has) addTo(users, true, diff.after.idOf(after.resource));
    }
    const pods = users.get(true);
    if (pods)
      yield {
        change,
        field,
        message: `new pods of ${firstNames(pods)} get its token`,
      };
  }
}
