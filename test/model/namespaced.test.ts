import type { KubernetesObject } from '../../model/kubernetes';
import { groupOf } from '../../model/kubernetes';
import { isDefinition, isNamespaced, scopeOf } from '../../model/namespaced';
import { addOnData, kubernetesData } from '../../upstream/kubernetes/data';

const object = (apiVersion: string, kind: string): KubernetesObject => ({ apiVersion, kind, metadata: { name: 'x' } });
const ids = (entries: readonly (readonly [id: string, namespaced: boolean])[]) =>
  entries.map(([id, namespaced]) => {
    const [apiVersion, kind] = id.split(' ');
    const scope = namespaced ? 'Namespaced' : 'Cluster';
    return {
      id,
      namespaced,
      known: isNamespaced(object(apiVersion!, kind!)),
      scope,
      said: scopeOf(object(apiVersion!, kind!)),
    };
  });

test.each([
  [
    'Kubernetes',
    Object.entries(kubernetesData().kinds).map(
      ([id, timeline]) => [id, Object.values(timeline).some((entry) => entry?.split(' ')[1] === 'namespaced')] as const,
    ),
  ],
  ['the add-ons', Object.entries(addOnData().kinds).map(([id, { namespaced }]) => [id, namespaced] as const)],
])('every kind of %s is known to need a namespace if its schema says so, and no other one', (_what, entries) => {
  const kinds = ids(entries);
  expect(kinds.filter(({ namespaced, known }) => namespaced !== known)).toEqual([]);
  expect(kinds.filter(({ scope, said }) => scope !== said)).toEqual([]);
  expect(kinds.some(({ namespaced }) => namespaced) && kinds.some(({ namespaced }) => !namespaced)).toBe(true);
});

test('a kind of the same name in another group is unknown', () => {
  expect(isNamespaced(object('serving.knative.dev/v1', 'Service'))).toBe(false);
  expect(scopeOf(object('serving.knative.dev/v1', 'Service'))).toBeUndefined();
});

test('a definition decides for its own kind and group alone', () => {
  const definition = (kind: string, scope: string) => ({
    ...object('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
    spec: { group: 'example.com', scope, names: { kind } },
  });
  expect(isNamespaced(object('example.com/v1', 'Order'), [definition('Order', 'Namespaced')])).toBe(true);
  expect(isNamespaced(object('example.com/v1', 'Order'), [definition('Cart', 'Namespaced')])).toBe(false);
  expect(isNamespaced(object('other.com/v1', 'Order'), [definition('Order', 'Namespaced')])).toBe(false);
  expect(isDefinition(definition('Order', 'Cluster'))).toBe(true);
});

test.each([
  ['v1', ''],
  ['apps/v1', 'apps'],
  ['networking.k8s.io/v1beta1', 'networking.k8s.io'],
])('the group of %s is "%s"', (apiVersion, group) => expect(groupOf(apiVersion)).toBe(group));
