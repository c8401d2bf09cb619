import type { Component, KubernetesObject } from '../../model/kubernetes';
import { identityOf, objectName } from '../../model/kubernetes';
import { stepsOf } from '../../render/order';
import { anObject } from './support';

const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } };
/** The order of one file in which somebody else put some objects into theirs. */
const orderOf = (given: readonly KubernetesObject[], own: readonly KubernetesObject[] = []) => {
  const component: Component = {
    name: 'web',
    wave: 0,
    objects: [...given, ...own],
    given: new Map(given.map((object) => [identityOf(object), 'a.yaml:1'])),
  };
  return stepsOf([component]).flatMap(({ objects }) => objects.map(objectName));
};

test('objects that somebody else wrote keep their order, behind the Namespace that came late among them', () =>
  expect(orderOf([anObject('Deployment', 'b'), anObject('ConfigMap', 'a'), namespace])).toEqual([
    'Namespace/ns',
    'Deployment/ns/b',
    'ConfigMap/ns/a',
  ]));

test('before them stands what pods refer to, and after them the rest, by kind', () =>
  expect(
    orderOf(
      [anObject('StatefulSet', 'b'), namespace],
      [anObject('Deployment', 'c'), anObject('Secret', 'd'), anObject('ConfigMap', 'e')],
    ),
  ).toEqual(['Namespace/ns', 'ConfigMap/ns/e', 'Secret/ns/d', 'StatefulSet/ns/b', 'Deployment/ns/c']));

test('without any of somebody else, kinds stand in their usual order', () => {
  const own = [anObject('Deployment', 'b'), anObject('ConfigMap', 'a'), namespace];
  expect(orderOf([], own)).toEqual(['Namespace/ns', 'ConfigMap/ns/a', 'Deployment/ns/b']);
});
