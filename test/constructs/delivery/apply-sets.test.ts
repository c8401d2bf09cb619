import { applySets } from '../../../constructs/delivery/apply-sets';
import type { Delivered, Delivery } from '../../../constructs/delivery/delivery';
import { matrix } from '../../../environments/matrix';

const DELIVERY: Delivery = { repoUrl: 'https://git.example.com/x.git', revision: 'main', folder: '', kubectl: true };
const delivered: Delivered[] = matrix
  .targets()
  .map((target) => ({ target, namespace: 'x', objects: [], facts: { others: [], deadline: 300 } }));

test('each cluster gets the kind, and an empty set for each of its targets', () => {
  const files = applySets('shop', DELIVERY, delivered);
  expect(files.map(({ file }) => file)).toEqual([
    'kubectl/kind/definition.yaml',
    'kubectl/kind/applysets.yaml',
    'kubectl/shared/definition.yaml',
    'kubectl/shared/applysets.yaml',
    'kubectl/cloud/definition.yaml',
    'kubectl/cloud/applysets.yaml',
  ]);
  const [definition, sets] = [files[4]!.objects[0], files[5]!.objects];
  expect(definition?.metadata.labels).toEqual({ 'applyset.kubernetes.io/is-parent-type': 'true' });
  expect(sets.map(({ metadata }) => metadata.name)).toEqual(['shop-staging-cloud', 'shop-prod-cloud']);
});

test('a set is called as kubectl computes it from its name and kind', () => {
  const named = {
    ...delivered[0]!,
    target: { ...delivered[0]!.target, environment: { name: 'dev', ephemeral: true } },
  };
  const [set] = applySets('course', DELIVERY, [named])[1]!.objects;
  expect(set?.metadata.name).toBe('course-dev-kind');
  // `printf course-dev-kind..ApplySet.strata.internal | openssl dgst -sha256 -binary | basenc --base64url`
  expect(set?.metadata.labels).toEqual({
    'applyset.kubernetes.io/id': 'applyset-q8OfyM_Omv1nrsHH8e_pCVdCyxLKCSP_Qrp9ncigcfo-v1',
  });
});

test('there is none where nobody asked', () => {
  const { kubectl: _, ...rest } = DELIVERY;
  expect(applySets('shop', rest, delivered)).toEqual([]);
});
