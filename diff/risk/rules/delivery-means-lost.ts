import { string } from '../../../manifests/resource';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const kustomization = (spec: string) => `
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: shop, namespace: shop }
spec:
  interval: 10m
  path: ./shop
  prune: true
  sourceRef: { kind: GitRepository, name: shop }
  ${spec}
`;

export default riskRule({
  id: 'delivery-means-lost',
  class: 'privilege',
  description:
    'a Kustomization or a HelmRelease of Flux that is applied by another account, or decrypts nothing any more',
  reason:
    'With serviceAccountName an account of its namespace applies it, which may do so much and no more. Without, the controller itself does, which by default may do everything. What Git holds encrypted is applied as it stands there where nothing decrypts it.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#role-based-access-control',
  advice: 'keep serviceAccountName, or make sure that whoever writes to the source may do everything on the cluster',
  example: {
    before: kustomization('serviceAccountName: shop'),
    after: kustomization('timeout: 5m'),
    finds: ['Kustomization/shop/shop spec.serviceAccountName'],
    harmless: kustomization('serviceAccountName: shop\n  timeout: 5m'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Kustomization', 'HelmRelease')) {
      const { before, after } = change;
      if (!before || !after?.group.endsWith('.toolkit.fluxcd.io')) continue;
      const [old, now] = [before, after].map((each) => string(each.at(['spec', 'serviceAccountName'])) || undefined);
      if (old !== undefined && now !== old)
        yield {
          change,
          field: fieldAt(change, ['spec', 'serviceAccountName']),
          message:
            now === undefined
              ? `it is applied with the rights of the controller, and no longer with those of ServiceAccount ${old}: by default it may do everything`
              : `it is applied with the rights of ServiceAccount ${now}, in place of those of ${old}`,
        };
      if (before.at(['spec', 'decryption']) !== undefined && after.at(['spec', 'decryption']) === undefined)
        yield {
          change,
          field: fieldAt(change, ['spec', 'decryption']),
          class: 'disruption',
          message:
            'what its source holds encrypted is decrypted no more: such Secrets are refused, or hold what is encrypted',
          advice: 'keep spec.decryption while anything in the source is encrypted',
        };
    }
  },
});
