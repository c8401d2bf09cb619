import type { Resource } from '../../../manifests/resource';
import { mappings } from '../../../manifests/resource';
import { nameWithoutHash } from '../../../model/kubernetes';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { PodIdentity } from '../pod-identities';
import { ACCOUNT_IDENTITIES, filesOfVault, identitiesOfPods } from '../pod-identities';
import { accountOf } from '../rights';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const account = (annotations: string) => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop, annotations: { team: a${annotations} } }
`;

export default riskRule({
  id: 'cloud-identity-changed',
  class: 'privilege',
  description: 'a ServiceAccount, or pods, that stand for another identity of a cloud or of Vault, or for none',
  reason:
    'Pods that run as the account, or carry the mark, may do there what that identity may, and no longer what the other one could. Which rights these are stands there, and not here.',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
  advice: 'look at the rights of both identities, and restart the pods: they get the new one when they start',
  example: {
    before: account(", eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/reader'"),
    after: account(", eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/admin'"),
    finds: ['ServiceAccount/shop/web metadata.annotations["eks.amazonaws.com/role-arn"]'],
    harmless: account(", eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/reader'").replace('team: a', 'team: b'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff))
      if (templateFields(workload).length > 0) yield* ofPods(diff, workload);
    for (const change of changesOf(diff, 'ServiceAccount')) {
      const { before, after } = change;
      if (!before || !after) continue;
      for (const name of ACCOUNT_IDENTITIES) {
        const [was, is] = [before.annotations[name], after.annotations[name]];
        if (was === is) continue;
        const field =
          fieldAt(change, ['metadata', 'annotations', name]) ?? fieldAt(change, ['metadata', 'annotations']);
        if (is)
          yield { change, field, message: `its pods act as ${is} in the cloud${was ? ` in place of ${was}` : ''}` };
        if (was)
          yield {
            change,
            field,
            class: 'disruption',
            message: `its pods may not do any more what ${was} may in the cloud`,
          };
      }
      yield* ofPullSecrets(change, before, after);
    }
  },
});

function* ofPullSecrets(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const names = (resource: Resource) => mappings(resource.at(['imagePullSecrets'])).map(({ name }) => String(name));
  // The same one with another content has another hash.
  const now = new Set(names(after).map((name) => nameWithoutHash('Secret', name)));
  const lost = names(before).filter(
    (name) => !names(after).includes(name) && !now.has(nameWithoutHash('Secret', name)),
  );
  if (lost.length > 0)
    yield {
      change,
      field: fieldAt(change, ['imagePullSecrets']),
      class: 'disruption',
      message: `the next pods cannot pull images with Secret ${lost.join(', ')} any more`,
      advice: 'make sure that no image of its pods needs it',
    };
}

/** Pods that act as another identity by a mark of their own, or because they run as another account. */
function* ofPods(diff: WorldChange, workload: WorkloadChange): Iterable<FoundRisk> {
  const { change, before, after } = workload;
  const [was, is] = [identitiesOfPods(diff.before, before), identitiesOfPods(diff.after, after)];
  const steps = after.templatePath.map(String);
  const fieldOf = ({ by }: PodIdentity) => {
    const paths =
      by === 'account'
        ? [[...after.podSpecPath.map(String), 'serviceAccountName']]
        : by.keys.map((key) => [...steps, 'metadata', by.part, key]);
    return paths.map((path) => fieldAt(change, path)).find(Boolean);
  };
  // Whoever is not here may stand for the same.
  const isUnseen = diff.after.find('ServiceAccount', after.namespace, accountOf(after.podSpec)).is === 'unknown';
  for (const key of new Set([...is.keys(), ...was.keys()])) {
    const [old, now] = [was.get(key), is.get(key)];
    if (old?.identity === now?.identity) continue;
    const field = fieldOf((now ?? old)!);
    // What its ServiceAccount says otherwise is told there.
    if (!field || field.follows !== undefined) continue;
    const at = (now ?? old)!.at;
    const instead = old ? ` in place of ${old.identity}` : '';
    if (now) yield { change, field, message: `its pods act as ${now.identity} in ${at}${instead}` };
    if (old && !(old.by === 'account' && isUnseen))
      yield {
        change,
        field,
        class: 'disruption',
        message: `its pods may not do any more what ${old.identity} may in ${at}`,
      };
  }
  const [had, has] = [filesOfVault(before), filesOfVault(after)];
  const lost = [...had.keys()].filter((name) => !has.has(name));
  if (lost.length > 0)
    yield {
      change,
      field: fieldAt(change, [...steps, 'metadata', 'annotations']),
      class: 'disruption',
      message: `the agent of Vault writes ${firstNames(lost)} into its pods no more`,
      advice: 'make sure that no container reads it',
    };
}
