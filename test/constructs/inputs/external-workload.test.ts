import { App } from 'cdk8s';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import { Route } from '../../../constructs/delivery/route';
import { FromYaml } from '../../../constructs/inputs/from-yaml';
import { Prometheus } from '../../../constructs/monitoring/prometheus';
import type { Component } from '../../../constructs/synthesis/component';
import { Component as Block } from '../../../constructs/synthesis/component';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { toYaml } from '../../../render/yaml';
import { namespaceIn, redisIn, refusal, rendered, STORAGE, workloadIn } from '../../support/render';

const labels = { app: 'rabbit', role: 'queue' };
const CONTAINERS = [
  {
    name: 'rabbit',
    image: 'rabbitmq:4',
    ports: [
      { name: 'amqp', containerPort: 5672 },
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { containerPort: 9999 },
    ],
  },
  { name: 'side', image: 'side:1', ports: [{ name: 'metrics', containerPort: 9419 }] },
];
const statefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'rabbit' },
  spec: {
    serviceName: 'rabbit-nodes',
    selector: { matchLabels: { app: 'rabbit' } },
    template: { metadata: { labels }, spec: { containers: CONTAINERS } },
  },
};
const service = (name: string, ports: readonly object[], more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: 'rabbit' }, ports, ...more },
});
const nodes = service(
  'rabbit-nodes',
  [
    { name: 'epmd', port: 4369 },
    { name: 'amqp', port: 5672 },
  ],
  { clusterIP: 'None' },
);
const front = service('rabbit', [
  { name: 'amqp', port: 15672, targetPort: 'amqp' },
  { name: 'web', port: 80, targetPort: 8080 },
]);
const text = (objects: readonly object[]) => objects.map((object) => JSON.stringify(object)).join('\n---\n');

/** An input in the namespace of its neighbours. */
function inputIn(chart: Component, objects: readonly object[] = [nodes, front, statefulSet]) {
  const namespace = namespaceIn(chart);
  return { namespace, input: new FromYaml(chart, 'rabbit', { text: text(objects), namespace }) };
}

test('a client finds it by the Service that leads to the port, in its variables', () => {
  const objects = rendered((chart) => {
    const { namespace, input } = inputIn(chart);
    const worker = workloadIn(chart, 'worker', { namespace });
    const rabbit = input.workload('StatefulSet/rabbit');
    worker.connectsTo(rabbit.port('amqp'), { as: 'AMQP' });
    worker.connectsTo(rabbit.port('web'), { as: 'WEB' });
    worker.connectsTo(rabbit.port('epmd'), { as: 'EPMD' });
  });
  const [container] = objects.get('Deployment', 'worker').spec.template.spec.containers;
  expect(container!.env).toEqual([
    { name: 'AMQP_HOST', value: 'rabbit.shop.svc.cluster.local' },
    { name: 'AMQP_PORT', value: '15672' },
    { name: 'WEB_HOST', value: 'rabbit.shop.svc.cluster.local' },
    { name: 'WEB_PORT', value: '80' },
    // Only the headless Service has it, which translates nothing.
    { name: 'EPMD_HOST', value: 'rabbit-nodes.shop.svc.cluster.local' },
    { name: 'EPMD_PORT', value: '4369' },
  ]);
  expect(objects.of('Service').map(({ metadata }) => metadata.name)).toEqual(['rabbit-nodes', 'rabbit']);
});

test('policies at both ends let the flows pass, by the labels that its controller selects by and the ports of its pods', () => {
  const objects = rendered((chart) => {
    const { namespace, input } = inputIn(chart);
    const worker = workloadIn(chart, 'worker', { namespace, container: { ports: { http: 8080 } } });
    const rabbit = input.workload('StatefulSet/rabbit');
    worker.connectsTo(rabbit.port('amqp'));
    rabbit.connectsTo(worker.port('http'));
    rabbit.connectsTo(rabbit.port('epmd'));
    for (const workload of [worker, rabbit]) new FlowPolicy(workload, 'policy', { workload });
  });
  const peer = (podLabels: object) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
    podSelector: { matchLabels: podLabels },
  });
  const port = (number: number) => [{ protocol: 'TCP', port: number }];
  const [rabbit, worker] = [{ app: 'rabbit' }, { 'app.kubernetes.io/name': 'worker' }];
  expect(objects.get('NetworkPolicy', 'rabbit-flows').spec).toEqual({
    podSelector: { matchLabels: rabbit },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: [peer(worker)], ports: port(5672) },
      { from: [peer(rabbit)], ports: port(4369) },
    ],
    egress: [
      { to: [peer(rabbit)], ports: port(4369) },
      { to: [peer(worker)], ports: port(8080) },
    ],
  });
  expect(objects.get('NetworkPolicy', 'worker').spec).toMatchObject({
    ingress: [{ from: [peer(rabbit)], ports: port(8080) }],
    egress: [{ to: [peer(rabbit)], ports: port(5672) }],
  });
  expect(objects.get('Service', 'worker').spec.ports).toMatchObject([{ name: 'http' }]);
});

test('where no Service leads to a port, one of ours does', () => {
  const objects = rendered((chart) => {
    const { namespace, input } = inputIn(chart, [statefulSet]);
    const worker = workloadIn(chart, 'worker', { namespace });
    worker.connectsTo(input.workload('StatefulSet/rabbit').port('amqp'), { as: 'AMQP' });
    worker.connectsTo(input.workload('StatefulSet/rabbit').port('metrics'), { as: 'METRICS' });
  });
  expect(objects.get('Service', 'rabbit').spec).toMatchObject({
    selector: { app: 'rabbit' },
    ports: [
      { name: 'amqp', port: 5672, targetPort: 'amqp' },
      { name: 'metrics', port: 9419, targetPort: 'metrics' },
    ],
  });
});

test('what scrapes the platform finds its pods, each by itself, through a headless Service of ours', () => {
  const objects = rendered((chart) => {
    const { namespace, input } = inputIn(chart);
    const rabbit = input.workload('StatefulSet/rabbit', { ports: { prometheus: 15692 } });
    rabbit.servesMetrics('prometheus', { path: '/metrics/per-object' });
    new Prometheus(chart, 'prometheus', {
      namespace,
      scrapes: [rabbit.metrics!],
      externalLabels: {},
      storage: STORAGE,
      toYaml,
    });
    new FlowPolicy(rabbit, 'policy', { workload: rabbit });
  });
  expect(objects.get('Service', 'rabbit-pods').spec).toEqual({
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector: { app: 'rabbit' },
    // The container does not name the port.
    ports: [{ name: 'prometheus', port: 15692, targetPort: 15692 }],
  });
  expect(JSON.stringify(objects.of('ConfigMap'))).toMatch(/rabbit-pods\.shop\.svc\.cluster\.local.*15692/);
  expect(JSON.stringify(objects.of('ConfigMap'))).toContain('metrics_path: /metrics/per-object');
  expect(JSON.stringify(objects.get('NetworkPolicy', 'rabbit-flows').spec)).toContain(
    '"app.kubernetes.io/name":"prometheus"',
  );
});

test('it is served to the outside as a workload is', () => {
  const ingress = { className: 'nginx', pods: { name: 'nginx', namespaceLabels: { a: 'b' }, podLabels: { c: 'd' } } };
  const objects = rendered((chart) => {
    const { input } = inputIn(chart);
    const rabbit = input.workload('StatefulSet/rabbit');
    new Route(chart, 'route', {
      port: rabbit.port('web'),
      host: 'rabbit.example.com',
      paths: ['/*'],
      through: { ingress },
    });
    new FlowPolicy(rabbit, 'policy', { workload: rabbit });
  });
  expect(JSON.stringify(objects.get('Ingress', 'rabbit').spec)).toContain(
    '"backend":{"service":{"name":"rabbit","port":{"number":80}}}',
  );
  expect(objects.get('NetworkPolicy', 'rabbit-flows').spec.ingress).toMatchObject([{ ports: [{ port: 8080 }] }]);
});

test('its component comes after those that it connects to, and before those that connect to it', () => {
  const app = new App();
  const [front, queue, worker] = ['front', 'queue', 'worker'].map((name) => new Block(app, name)) as [
    Block,
    Block,
    Block,
  ];
  const namespace = namespaceIn(worker);
  const input = new FromYaml(queue, 'input', { text: text([statefulSet]), namespace });
  const web = workloadIn(front, 'web', { namespace });
  const last = workloadIn(worker, 'worker', { namespace, container: { ports: { http: 80 } } });
  web.connectsTo(input.workload('StatefulSet/rabbit').port('amqp'));
  input.workload('StatefulSet/rabbit').connectsTo(last.port('http'));
  expect(Object.fromEntries(synthesize(app).map(({ name, wave }) => [name, wave]))).toEqual({
    worker: 1,
    queue: 2,
    front: 3,
  });
});

describe('pods of every kind are found', () => {
  const template = {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ ports: [{ name: 'http', containerPort: 80 }] }] },
  };
  test.each([
    ['Deployment', 'apps/v1', { selector: { matchLabels: { s: 't' } }, template }, { s: 't' }],
    [
      'DaemonSet',
      'apps/v1',
      { selector: { matchLabels: { s: 't' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] }, template },
      { a: 'b' },
    ],
    ['ReplicationController', 'v1', { selector: { s: 't' }, template }, { s: 't' }],
    ['Job', 'batch/v1', { template }, { a: 'b' }],
    ['CronJob', 'batch/v1', { jobTemplate: { spec: { template } } }, { a: 'b' }],
    ['Rollout', 'argoproj.io/v1alpha1', { selector: { matchLabels: { s: 't' } }, template }, { s: 't' }],
  ])('%s', (kind, apiVersion, spec, selector) => {
    rendered((chart) => {
      const { input } = inputIn(chart, [{ apiVersion, kind, metadata: { name: 'x' }, spec }]);
      const workload = input.workload(`${kind}/x`);
      expect([workload.selector, workload.port('http').number]).toEqual([selector, 80]);
    });
  });

  test('a Pod, and a native sidecar', () => {
    rendered((chart) => {
      const spec = {
        containers: [{}],
        initContainers: [
          { restartPolicy: 'Always', ports: [{ name: 'proxy', containerPort: 15001 }] },
          { ports: [{ name: 'init', containerPort: 1 }] },
        ],
      };
      const { input } = inputIn(chart, [
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { a: 'b' } }, spec },
      ]);
      const pod = input.workload('Pod/x');
      expect([pod.selector, pod.port('proxy').number]).toEqual([{ a: 'b' }, 15001]);
      expect(refusal(() => pod.port('init')).found).toBe('has no port named init');
    });
  });

  test('those that an operator makes, when it is said how', () => {
    const cluster = {
      apiVersion: 'rabbitmq.com/v1beta1',
      kind: 'RabbitmqCluster',
      metadata: { name: 'queue', namespace: 'other' },
      spec: {},
    };
    const objects = rendered((chart) => {
      const { namespace, input } = inputIn(chart, [cluster]);
      const worker = workloadIn(chart, 'worker', { namespace });
      const queue = input.workload('RabbitmqCluster/queue', {
        selector: { made: 'by-operator' },
        ports: { amqp: 5672 },
      });
      worker.connectsTo(queue.port('amqp'), { as: 'AMQP' });
      expect(input.workload('RabbitmqCluster/other/queue')).toBe(queue);
    });
    expect(objects.get('Service', 'queue')).toMatchObject({
      metadata: { namespace: 'other' },
      spec: { selector: { made: 'by-operator' }, ports: [{ port: 5672, targetPort: 5672 }] },
    });
  });
});

describe('refused, with the fix:', () => {
  const refused = (act: (input: FromYaml, chart: Component) => unknown, objects?: readonly object[]) => {
    let error: Error | undefined;
    rendered((chart) => {
      const { input } = inputIn(chart, objects);
      error = refusal(() => act(input, chart));
    });
    return error!.message;
  };

  test.each<[string, (input: FromYaml, chart: Component) => unknown, RegExp, (readonly object[])?]>([
    [
      'an object that is not there',
      (input) => input.workload('StatefulSet/rabit'),
      /there is no StatefulSet\/rabit in this input\n.*did you mean StatefulSet\/rabbit\?/,
    ],
    ['an object without pods', (input) => input.workload('Service/rabbit'), /says nothing of its pods\n.*selector: \{/],
    [
      'a port that is not there',
      (input) => input.workload('StatefulSet/rabbit').port('amqps'),
      /^test\/rabbit:5, StatefulSet\/shop\/rabbit: has no port named amqps\n.*did you mean amqp\?/,
    ],
    ['a port of UDP', (input) => input.workload('StatefulSet/rabbit').port('dns'), /its port dns is UDP/],
    [
      'a Service that is not there',
      (input) => input.workload('StatefulSet/rabbit', { service: 'rabit' }),
      /no Service rabit .*\n.*did you mean rabbit\?/,
    ],
    [
      'a second description',
      (input) => [input.workload('StatefulSet/rabbit'), input.workload('StatefulSet/rabbit', { service: 'rabbit' })],
      /is described twice/,
    ],
    [
      'a port with two numbers',
      (input) => input.workload('StatefulSet/rabbit').port('metrics'),
      /its port metrics is 9419 at the container and 1 by a Service/,
      [statefulSet, service('rabbit', [{ name: 'metrics', port: 1 }])],
    ],
    [
      'pods without labels',
      (input) => input.workload('Pod/x'),
      /its pods have no labels/,
      [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [] } }],
    ],
    [
      'a port that gives its clients passwords',
      (input, chart) =>
        input
          .workload('StatefulSet/rabbit')
          .connectsTo(redisIn(chart, namespaceIn(chart, { name: 'data' })).port('redis')),
      /its port gives each client variables and files/,
    ],
    [
      'one of several Services by chance',
      (input, chart) =>
        workloadIn(chart, 'worker', { namespace: namespaceIn(chart, { name: 'b' }) }).connectsTo(
          input.workload('StatefulSet/rabbit').port('amqp'),
        ),
      /2 Services lead to its port amqp\n.*service: 'one'.*known: one, two/,
      [statefulSet, service('one', [{ name: 'amqp', port: 5672 }]), service('two', [{ name: 'amqp', port: 5672 }])],
    ],
  ])('%s', (_what, act, message, ...[objects]) => expect(refused(act, objects)).toMatch(message));
});

test('of several Services the one that is named is taken', () => {
  const objects = rendered((chart) => {
    const { namespace, input } = inputIn(chart, [
      statefulSet,
      service('one', [{ name: 'amqp', port: 5672 }]),
      service('two', [{ name: 'amqp', port: 5672 }]),
    ]);
    workloadIn(chart, 'worker', { namespace }).connectsTo(
      input.workload('StatefulSet/rabbit', { service: 'two' }).port('amqp'),
      { as: 'AMQP' },
    );
  });
  expect(JSON.stringify(objects.get('Deployment', 'worker'))).toContain('two.shop.svc.cluster.local');
});
