import { matrix } from '../../environments/matrix';
import { undefinedGroups } from '../cluster/support/definitions';
import type { KubernetesObject } from '../cluster/support/kubernetes';
import { composed } from './render';

test('the tests on real clusters have the definitions of every kind that a target of the matrix renders', () => {
  const objects = matrix.targets().flatMap((target) => composed(target).all as readonly KubernetesObject[]);
  expect(objects.length).toBeGreaterThan(200);
  expect(undefinedGroups(objects)).toEqual([]);
  const stranger = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } };
  expect(undefinedGroups([...objects, stranger])).toEqual(['example.com']);
});
