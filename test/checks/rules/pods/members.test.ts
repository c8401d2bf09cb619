import { all, findings, messages, namespace, service, verdicts, workload } from '../../judging';

const id = 'config-members-exist';
const place = 'spec.template.spec.containers[0].env[0].value';
const set = (replicas: number, variable: string, value: string) =>
  workload({
    kind: 'StatefulSet',
    name: 'es',
    spec: `serviceName: es\n  replicas: ${replicas}`,
    container: `env: [{ name: ${variable}, value: '${value}' }]`,
  });

test('more initial masters than pods form no cluster', () => {
  expect(findings(id, set(1, 'cluster.initial_master_nodes', 'es-0,es-1,es-2'))).toEqual([
    `fail StatefulSet/shop/es ${place} = "es-1"`,
  ]);
  expect(messages(id, set(1, 'cluster.initial_master_nodes', 'es-0,es-1,es-2'))).toEqual([
    'StatefulSet es has 1 pod, so es-1, es-2 will not exist: of 3 members no majority is ever there, and no cluster is formed',
  ]);
  expect(verdicts(id, set(2, 'cluster.initial_master_nodes', 'es-0,es-1,es-2'))).toEqual([`unknown ${place}`]);
  expect(verdicts(id, set(3, 'cluster.initial_master_nodes', 'es-0, es-1, es-2'))).toEqual([]);
});

test('names in the Service of the pods and flags are members too', () => {
  expect(verdicts(id, set(1, 'CASSANDRA_SEEDS', 'es-3.es.shop.svc.cluster.local'))).toEqual([`fail ${place}`]);
  expect(
    verdicts(
      id,
      workload({
        kind: 'StatefulSet',
        name: 'db',
        container: "args: ['--initial-cluster-members=db-0 db-1 db-2 db-3']",
      }),
    ),
  ).toEqual(['fail spec.template.spec.containers[0].args[0]']);
});

test('a seed host without dots is a Service', () => {
  const seeds = set(3, 'discovery.seed_hosts', 'es-discovery');
  const discovery = service('clusterIP: None, selector: { app: es }, ports: [{ port: 9300 }]', 'es-discovery');
  expect(verdicts(id, all(namespace, seeds))).toEqual([`fail ${place}`]);
  expect(verdicts(id, all(namespace, discovery, seeds))).toEqual([]);
  expect(verdicts(id, seeds)).toEqual([]);
});

test.each([
  ['a seed of the internet', set(1, 'discovery.seed_hosts', 'seed.example.com')],
  ['another setting', set(1, 'ROLES', 'es-0,es-1,es-2')],
  ['addresses with ports, which are judged as such', set(1, 'PEERS', 'es-1.es:9300')],
  [
    'pods that an autoscaler adds',
    all(
      set(1, 'PEERS', 'es-0,es-1,es-2'),
      '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: es, namespace: shop }, spec: { minReplicas: 1, maxReplicas: 3, scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: es } } }',
    ),
  ],
])('%s: fine', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));
