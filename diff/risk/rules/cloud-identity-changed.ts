import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const account = (annotations: string) => `
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop, annotations: { team: a${annotations} } }
`;

export default riskRule({
  id: 'cloud-identity-changed',
  class: 'privilege',
  description: 'a ServiceAccount that stands for another identity of a cloud, or for none',
  reason:
    'Pods that run as the account may do in the cloud what that identity may, and no longer what the other one could. Which rights these are stands in the cloud, and not here.',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html',
  advice:
    'look at the rights of both identities in the cloud, and restart the pods: they get the new one when they start',
  example: {
    before: account(", eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/reader'"),
    after: account(", eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/admin'"),
    finds: ['ServiceAccount/shop/web metadata.annotations["eks.amazonaws.com/role-arn"]'],
    harmless: account(", eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/reader'").replace('team: a', 'team: b'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'ServiceAccount')) {
      const { before, after } = change;
      if (!before || !after) continue;
      for (const name of IDENTITIES) {
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
      if (
        JSON.stringify(before.at(['imagePullSecrets']) ?? []) !== JSON.stringify(after.at(['imagePullSecrets']) ?? [])
      ) {
        const names = (resource: typeof before) =>
          (resource.at(['imagePullSecrets']) as readonly { readonly name?: string }[] | undefined)?.map(
            ({ name }) => name,
          ) ?? [];
        const lost = names(before).filter((name) => !names(after).includes(name));
        if (lost.length > 0)
          yield {
            change,
            field: fieldAt(change, ['imagePullSecrets']),
            class: 'disruption',
            message: `the next pods cannot pull images with Secret ${lost.join(', ')} any more`,
            advice: 'make sure that no image of its pods needs it',
          };
      }
    }
  },
});

/** Annotations of workload identity: EKS, GKE, Azure, Alibaba. */
const IDENTITIES = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
  'azure.workload.identity/tenant-id',
  'pod-identity.alibabacloud.com/role-name',
];
