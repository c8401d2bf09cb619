import { record } from '../../../manifests/resource';
import { creatorOf } from '../../../world/creates';
import { goneOf } from '../kinds';
import { riskRule } from '../risk';

const secret = (annotations: string) => `
apiVersion: v1
kind: Secret
metadata: { name: token, namespace: shop, annotations: { ${annotations} } }
stringData: { token: a-token }
`;

export default riskRule({
  id: 'secret-removed',
  class: 'data-loss',
  description: 'a Secret that is removed, with a content that nothing else makes',
  reason:
    'Its content is deleted. Where the manifests do not keep it in a form that somebody can read again, a revert does not bring it back.',
  source: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  advice: 'keep its content in a store of secrets first, and look for whoever reads it',
  example: { before: secret(''), after: '', finds: ['Secret/shop/token'], harmless: secret('team: a') },
  *find(diff) {
    for (const { change, before, namespace, renamed } of goneOf(diff, 'Secret')) {
      if (renamed || !hasContent(before.object)) continue;
      const creator = creatorOf(diff.after, 'Secret', namespace, before.name);
      if (creator) continue;
      const keys = Object.keys({ ...record(before.object['data']), ...record(before.object['stringData']) });
      yield { change, message: `its content is deleted (${keys.join(', ')}), and nothing here makes it again` };
    }
  },
});

/** A declaration has keys without values, and a service account's token is made for it. */
function hasContent(secret: Readonly<Record<string, unknown>>): boolean {
  if (secret['type'] === 'kubernetes.io/service-account-token') return false;
  const values = [...Object.values(record(secret['data']) ?? {}), ...Object.values(record(secret['stringData']) ?? {})];
  return values.some((value) => typeof value === 'string' && value !== '');
}
