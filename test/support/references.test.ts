import { kind } from '../../clusters/kind';
import { matrix } from '../../environments/matrix';
import type { KubernetesObject } from '../../model/kubernetes';
import { Objects } from './kubernetes';
import { danglingReferences } from './references';
import { composed } from './render';

const { all } = composed(matrix.targets(['dev@kind'])[0]!);
const complaints = (objects: readonly KubernetesObject[]) => danglingReferences(new Objects(objects), kind).length;

test('a whole target refers to nothing that is not there', () => {
  expect(danglingReferences(new Objects(all), kind)).toEqual([]);
});

// Whatever others refer to is missed when it is gone.
test.each([
  'Namespace',
  'ConfigMap',
  'Secret',
  'Service',
  'Deployment',
  'StatefulSet',
  'ServiceAccount',
  'ClusterRole',
])('a missing %s is noticed', (missing) => {
  expect(complaints(all.filter((object) => object.kind !== missing))).toBeGreaterThan(0);
});

test.each([
  ['a port that no container has', 'Service', /"targetPort":"http"/, '"targetPort":"htpp"'],
  ['a key that its Secret does not have', 'Deployment', /"key":"web"/, '"key":"wbe"'],
  ['a volume that the pod does not have', 'Deployment', /"name":"redis-credentials"/, '"name":"credentials"'],
  ['a probed port that is not there', 'StatefulSet', /"port":"http"/, '"port":"htpp"'],
  [
    'a class that the cluster does not have',
    'StatefulSet',
    /"storageClassName":"standard"/,
    '"storageClassName":"fast"',
  ],
  [
    'a workload that is not there',
    'HorizontalPodAutoscaler',
    /"kind":"Deployment","name":"web"/,
    '"kind":"Deployment","name":"wbe"',
  ],
  [
    'a peer that is not there',
    'NetworkPolicy',
    /"app.kubernetes.io\/name":"prometheus"/,
    '"app.kubernetes.io/name":"prom"',
  ],
  ['a host that is not there', 'Deployment', /redis\.course-dev\.svc/, 'reids.course-dev.svc'],
  ['a class of priority that is not there', 'Deployment', /system-cluster-critical/, 'important'],
  [
    'a role that is not there',
    'ClusterRoleBinding',
    /"kind":"ClusterRole","name":"system:metrics-server"/,
    '"kind":"ClusterRole","name":"system:metrics"',
  ],
])('%s is noticed', (_, kindOf, from, to) => {
  const changed = all.map((object) =>
    object.kind === kindOf ? (JSON.parse(JSON.stringify(object).replace(from, to)) as KubernetesObject) : object,
  );
  expect(JSON.stringify(changed) === JSON.stringify(all)).toBe(false);
  expect(complaints(changed)).toBeGreaterThan(0);
});
