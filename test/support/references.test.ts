import { kind } from '../../clusters/kind';
import { matrix } from '../../environments/matrix';
import type { KubernetesObject } from '../../model/kubernetes';
import { Objects } from './kubernetes';
import { danglingReferences } from './references';
import { composed } from './render';

const { all } = composed(matrix.targets(['dev@kind'])[0]!);
const complaints = (objects: readonly KubernetesObject[]) => danglingReferences(new Objects(objects), kind);

test('a whole target refers to nothing that is not there', () => {
  expect(danglingReferences(new Objects(all), kind)).toEqual([]);
});

// Whatever others refer to is missed when it is gone.
test.each([
  ['Namespace', /^Service\/course-dev\/web: its namespace$/],
  ['ConfigMap', /^Deployment\/course-dev\/web: ConfigMap web-config-\w+$/],
  ['Secret', /^Deployment\/course-dev\/web: Secret redis-credentials-\w+$/],
  ['Service', /^Deployment\/course-dev\/web: host redis\.course-dev\.svc\.cluster\.local$/],
  ['Deployment', /^HorizontalPodAutoscaler\/course-dev\/web: Deployment web$/],
  ['StatefulSet', /^Service\/course-dev\/redis: selects 0 workloads$/],
  ['ServiceAccount', /^ClusterRoleBinding\/system:metrics-server: ServiceAccount metrics-server$/],
  ['ClusterRole', /^ClusterRoleBinding\/system:metrics-server: ClusterRole system:metrics-server$/],
])('a missing %s is noticed where it is referred to', (missing, complaint) => {
  expect(complaints(all.filter((object) => object.kind !== missing))).toContainEqual(expect.stringMatching(complaint));
});

test.each([
  [
    'a port that no container has',
    'Service',
    /"targetPort":"http"/,
    '"targetPort":"htpp"',
    /^Service\/course-dev\/web: port htpp$/,
  ],
  [
    'a key that its Secret does not have',
    'Deployment',
    /"key":"web"/,
    '"key":"wbe"',
    /^Deployment\/course-dev\/web: Secret redis-credentials-\w+, key wbe$/,
  ],
  [
    'a volume that the pod does not have',
    'Deployment',
    /"name":"redis-credentials"/,
    '"name":"credentials"',
    /^Deployment\/course-dev\/web: web: volume credentials$/,
  ],
  [
    'a probed port that is not there',
    'StatefulSet',
    /"port":"http"/,
    '"port":"htpp"',
    /^StatefulSet\/course-dev\/prometheus: prometheus: probed port htpp$/,
  ],
  [
    'a class that the cluster does not have',
    'StatefulSet',
    /"storageClassName":"standard"/,
    '"storageClassName":"fast"',
    /^StatefulSet\/course-dev\/redis: StorageClass fast$/,
  ],
  [
    'a workload that is not there',
    'HorizontalPodAutoscaler',
    /"kind":"Deployment","name":"web"/,
    '"kind":"Deployment","name":"wbe"',
    /^HorizontalPodAutoscaler\/course-dev\/web: Deployment wbe$/,
  ],
  [
    'a peer that is not there',
    'NetworkPolicy',
    /"app.kubernetes.io\/name":"prometheus"/,
    '"app.kubernetes.io/name":"prom"',
    /^NetworkPolicy\/course-dev\/web: peer .*"app\.kubernetes\.io\/name":"prom"/,
  ],
  [
    'a host that is not there',
    'Deployment',
    /redis\.course-dev\.svc/,
    'reids.course-dev.svc',
    /^Deployment\/course-dev\/web: host reids\.course-dev\.svc\.cluster\.local$/,
  ],
  [
    'a class of priority that is not there',
    'Deployment',
    /system-cluster-critical/,
    'important',
    /^Deployment\/kube-system\/metrics-server: PriorityClass important$/,
  ],
  [
    'a role that is not there',
    'ClusterRoleBinding',
    /"kind":"ClusterRole","name":"system:metrics-server"/,
    '"kind":"ClusterRole","name":"system:metrics"',
    /^ClusterRoleBinding\/system:metrics-server: ClusterRole system:metrics$/,
  ],
])('%s is noticed', (_, kindOf, from, to, complaint) => {
  const changed = all.map((object) =>
    object.kind === kindOf ? (JSON.parse(JSON.stringify(object).replace(from, to)) as KubernetesObject) : object,
  );
  expect(JSON.stringify(changed) === JSON.stringify(all)).toBe(false);
  expect(complaints(changed)).toContainEqual(expect.stringMatching(complaint));
});
