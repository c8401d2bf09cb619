import { matrix } from '../../environments/matrix';
import { undefinedGroups } from '../cluster/support/definitions';
import { declaredSecrets } from '../cluster/support/external-secrets';
import type { KubernetesObject } from '../cluster/support/kubernetes';
import { composed } from './render';

const targets = matrix.targets();
const objectsOf = (target: (typeof targets)[number]) => composed(target).all as readonly KubernetesObject[];

test('the tests on real clusters have the definitions of every kind that a target of the matrix renders', () => {
  const objects = targets.flatMap(objectsOf);
  expect(objects.length).toBeGreaterThan(200);
  expect(undefinedGroups(objects)).toEqual([]);
  const stranger = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } };
  expect(undefinedGroups([...objects, stranger])).toEqual(['example.com']);
});

test('they can play External Secrets for every target of the matrix', () => {
  const secrets = targets.flatMap((target) => declaredSecrets(objectsOf(target)));
  expect(secrets.length).toBeGreaterThan(5);
  for (const secret of secrets) expect(JSON.stringify(secret)).not.toContain('{{');
});
