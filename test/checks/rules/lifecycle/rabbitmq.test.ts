import { all, namespace, verdicts } from '../../judging';

const id = 'rabbitmq-forms-cluster';
const COOKIE = 'env: [{ name: RABBITMQ_ERLANG_COOKIE, value: a }]';
const set = ({ spec = 'replicas: 3', container = COOKIE, probe = '', image = 'rabbitmq:4.2.1', pod = '' } = {}) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: rabbitmq, namespace: shop }
spec:
  ${spec}
  selector: { matchLabels: { app: rabbitmq } }
  template:
    metadata: { labels: { app: rabbitmq } }
    spec:
      ${pod}
      containers: [{ name: rabbitmq, image: '${image}'${container && `, ${container}`}${probe && `, readinessProbe: { exec: { command: ${probe} } }`} }]
`;
const at = 'fail spec.template.spec.containers[0]';

test.each([
  ['[rabbitmq-diagnostics, check_running]', true],
  ['[rabbitmq-diagnostics, -q, check_local_alarms]', true],
  ["[sh, -c, 'rabbitmqctl status']", true],
  ['[rabbitmq-diagnostics, -q, status]', true],
  ['[rabbitmq-diagnostics, ping]', false],
  ['[rabbitmq-diagnostics, -q, ping]', false],
])('a probe %s waits for the peers: %p', (probe, waits) => {
  expect(verdicts(id, set({ probe }))).toEqual(waits ? [`${at}.readinessProbe.exec.command`] : []);
  expect(verdicts(id, set({ probe, spec: 'replicas: 3\n  podManagementPolicy: Parallel' }))).toEqual([]);
  expect(verdicts(id, set({ probe, spec: 'replicas: 1' }))).toEqual([]);
});

test('a cookie is shared, by whatever way it comes', () => {
  expect(verdicts(id, set({ container: '' }))).toEqual([`${at}.image`]);
  expect(verdicts(id, set({ container: '', spec: 'replicas: 1' }))).toEqual([]);
  expect(verdicts(id, set({ container: 'envFrom: [{ secretRef: { name: a } }]' }))).toEqual([]);
  expect(
    verdicts(id, set({ container: 'volumeMounts: [{ name: cookie, mountPath: /var/lib/rabbitmq/.erlang.cookie }]' })),
  ).toEqual([]);
  expect(verdicts(id, set({ container: '', pod: "initContainers: [{ name: copy, image: 'a:1.0' }]" }))).toEqual([]);
  expect(verdicts(id, set({ container: 'volumeMounts: [{ name: data, mountPath: /var/lib/rabbitmq }]' }))).toEqual([
    `${at}.image`,
  ]);
  expect(verdicts(id, set({ container: '', image: 'shop/worker:1.0' }))).toEqual([]);
});

test('two nodes are no majority where one is needed', () => {
  expect(verdicts(id, set({ spec: 'replicas: 2' }))).toEqual(['fail spec.replicas']);
  expect(verdicts(id, set({ spec: 'replicas: 2', image: 'rabbitmq:3.13.7-management' }))).toEqual([]);
  expect(verdicts(id, set({ spec: 'replicas: 2', image: 'rabbitmq:latest' }))).toEqual([]);
});

describe('peers are asked for', () => {
  const config = (backend: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: rabbitmq, namespace: shop }, data: { rabbitmq.conf: "cluster_formation.peer_discovery_backend = ${backend}" } }`;
  const role = (resource: string, name = '') =>
    all(
      '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: rabbitmq, namespace: shop } }',
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: rabbitmq, namespace: shop }, rules: [{ apiGroups: [''], resources: [${resource}], verbs: [get]${name ? `, resourceNames: [${name}]` : ''} }] }`,
      '{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: rabbitmq, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: rabbitmq }, subjects: [{ kind: ServiceAccount, name: rabbitmq, namespace: shop }] }',
    );
  const of = (image: string, more: string, backend = 'k8s') =>
    verdicts(
      id,
      all(
        namespace,
        config(backend),
        set({
          image,
          pod: 'serviceAccountName: rabbitmq\n      volumes: [{ name: config, configMap: { name: rabbitmq } }]',
          container: `${COOKIE}, volumeMounts: [{ name: config, mountPath: /etc/rabbitmq }]`,
        }),
        more,
      ),
    );
  test('below 4.1, of the API server', () => {
    expect(of('rabbitmq:3.13.7', role('pods'))).toEqual(['fail spec.template.spec.serviceAccountName']);
    expect(of('rabbitmq:3.13.7', role('endpoints'))).toEqual([]);
    expect(of('rabbitmq:4.0.5', role('pods'))).toHaveLength(1);
    expect(of('rabbitmq:4.1.0', role('pods'))).toEqual([]);
    expect(of('rabbitmq:3.13.7', role('pods'), 'classic_config')).toEqual([]);
    // A right may be to the one object that is asked for.
    const named = 'k8s\\ncluster_formation.k8s.service_name = peers';
    expect(of('rabbitmq:3.13.7', role('endpoints', 'peers'), named)).toEqual([]);
    expect(of('rabbitmq:3.13.7', role('endpoints', 'others'), named)).toHaveLength(1);
    expect(of('rabbitmq:3.13.7', role('endpoints', 'rabbitmq'))).toEqual([]);
  });
});
