import { all, findings, messages, said, verdicts, workload } from '../../judging';

const hpa = (metrics: string, more = '', bounds = 'minReplicas: 2, maxReplicas: 8') =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds}, metrics: [${metrics}]${more} } }`;
const keda = (triggers: string, more = '') =>
  `{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, minReplicaCount: 1${more}, triggers: [${triggers}] } }`;
const share = (percent: number, name = 'cpu') =>
  `{ type: Resource, resource: { name: ${name}, target: { type: Utilization, averageUtilization: ${percent} } } }`;
const amount = (value: string) =>
  `{ type: Resource, resource: { name: cpu, target: { type: AverageValue, averageValue: ${value} } } }`;
const node = (version: string) => ({
  facts: `{ apiVersion: v1, kind: Node, metadata: { name: n }, status: { nodeInfo: { kubeletVersion: ${version} } } }`,
});

describe('hpa-target-reachable', () => {
  const id = 'hpa-target-reachable';
  const sized = (requests: string, limits: string) =>
    workload({ container: `resources: { requests: { ${requests} }, limits: { ${limits} } }` });
  const equal = sized('cpu: 500m', 'cpu: 500m');
  const at = 'fail spec.metrics[0].resource.target';

  test('at limits equal to requests the last target that is exceeded is 90%', () => {
    expect(verdicts(id, all(equal, hpa(share(90))))).toEqual([]);
    expect(verdicts(id, all(equal, hpa(share(91))))).toEqual([`${at}.averageUtilization`]);
    expect(verdicts(id, all(equal, hpa(share(150))))).toEqual([`${at}.averageUtilization`]);
  });
  test('says how far the use may go, and how low the target must be', () => {
    const [finding] = said(id, all(equal, hpa(share(95))));
    expect(finding!.message).toBe(
      'a pod uses at most its limit of 500m cpu, which is 100% of its request, 1.053 times the target and within the tolerance of 10%: however high the load, web adds no pod by it',
    );
    expect(finding!.fix).toContain('90% or less');
  });
  test('room above the request is counted, and no limit is no bound', () => {
    expect(verdicts(id, all(sized('cpu: 500m', 'cpu: 600m'), hpa(share(95))))).toEqual([]);
    expect(verdicts(id, all(sized('cpu: 500m', 'cpu: 520m'), hpa(share(95))))).toHaveLength(1);
    expect(verdicts(id, all(sized('cpu: 500m', 'memory: 1Gi'), hpa(share(95))))).toEqual([]);
    expect(verdicts(id, all(sized('cpu: 500m', 'cpu: 0'), hpa(share(95))))).toEqual([]);
  });
  test('a limit alone is the request too, and a LimitRange gives both', () => {
    const limit = workload({ container: 'resources: { limits: { memory: 1Gi } }' });
    expect(verdicts(id, all(limit, hpa(share(95, 'memory'))))).toHaveLength(1);
    const range =
      '{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, default: { cpu: 1 } }] } }';
    expect(verdicts(id, all(workload(), range, hpa(share(95))))).toHaveLength(1);
    expect(verdicts(id, all(workload(), hpa(share(95))))).toEqual([]);
  });
  test('all containers count together, or the one that is named', () => {
    const two = workload({
      containers:
        "{ name: main, image: 'a:1.0', resources: { requests: { cpu: 400m }, limits: { cpu: 400m } } }, { name: proxy, image: 'b:1.0', resources: { requests: { cpu: 100m }, limits: { cpu: 1 } } }",
    });
    const of = (container: string) =>
      `{ type: ContainerResource, containerResource: { container: ${container}, name: cpu, target: { type: Utilization, averageUtilization: 95 } } }`;
    expect(verdicts(id, all(two, hpa(share(95))))).toEqual([]);
    expect(verdicts(id, all(two, hpa(of('main'))))).toEqual([
      'fail spec.metrics[0].containerResource.target.averageUtilization',
    ]);
    expect(verdicts(id, all(two, hpa(of('proxy'))))).toEqual([]);
    expect(verdicts(id, all(two, hpa(of('nobody'))))).toEqual([]);
  });
  test('the limit of the pod as a whole bounds its containers', () => {
    const whole = (limit: string) =>
      workload({ pod: `resources: { requests: { cpu: 500m }, limits: { cpu: ${limit} } }` });
    expect(verdicts(id, all(whole('500m'), hpa(share(95))))).toHaveLength(1);
    expect(verdicts(id, all(whole('1'), hpa(share(95))))).toEqual([]);
  });
  test('an amount that the limit does not exceed', () => {
    expect(verdicts(id, all(equal, hpa(amount('500m'))))).toEqual([`${at}.averageValue`]);
    expect(verdicts(id, all(equal, hpa(amount('450m'))))).toEqual([]);
  });
  test('a tolerance of its own counts where the version has it', () => {
    const strict = (surroundings?: object) =>
      verdicts(id, all(equal, hpa(share(95), ", behavior: { scaleUp: { tolerance: '0.01' } }")), surroundings);
    expect(strict()).toEqual([]);
    expect(strict(node('v1.35.0'))).toEqual([]);
    expect(strict(node('v1.34.0'))).toHaveLength(1);
    const wide = hpa(share(70), ", behavior: { scaleUp: { tolerance: '0.5' } }");
    expect(verdicts(id, all(equal, wide), node('v1.35.0'))).toHaveLength(1);
  });
  test('at exactly the tolerance the versions differ, so where none is known nothing is said', () => {
    const exact = all(sized('cpu: 500m', 'cpu: 550m'), hpa(share(100)));
    expect(verdicts(id, exact, node('v1.35.0'))).toHaveLength(1);
    expect(verdicts(id, exact, node('v1.32.0'))).toEqual([]);
    expect(verdicts(id, exact)).toEqual([]);
  });
  test('what never adds pods on purpose, or has another size at run time, is not judged', () => {
    expect(verdicts(id, all(equal, hpa(share(95), '', 'minReplicas: 3, maxReplicas: 3')))).toEqual([]);
    expect(verdicts(id, all(equal, hpa(share(95), ', behavior: { scaleUp: { selectPolicy: Disabled } }')))).toEqual([]);
    const vpa =
      '{ apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: web } } }';
    expect(verdicts(id, all(equal, vpa, hpa(share(95))))).toEqual([]);
  });
  test('a trigger of KEDA, a StatefulSet and autoscaling/v1 are the same', () => {
    const cpu = (percent: string) => `{ type: cpu, metricType: Utilization, metadata: { value: '${percent}' } }`;
    expect(findings(id, all(equal, keda(cpu('95'))))).toEqual([
      'fail ScaledObject/shop/web spec.triggers[0].metadata.value = "95"',
    ]);
    expect(findings(id, all(equal, keda(cpu('80'))))).toEqual([]);
    const set = equal.replace('kind: Deployment', 'kind: StatefulSet');
    expect(verdicts(id, all(set, hpa(share(95)).replace('kind: Deployment', 'kind: StatefulSet')))).toHaveLength(1);
    const v1 =
      '{ apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5, targetCPUUtilizationPercentage: 95 } }';
    expect(verdicts(id, all(equal, v1))).toEqual(['fail spec.targetCPUUtilizationPercentage']);
  });
});

describe('hpa-field-by-version', () => {
  const id = 'hpa-field-by-version';
  const own = hpa(share(70), ", behavior: { scaleDown: { tolerance: '0.2' } }");
  test('a tolerance is kept from 1.35 on', () => {
    expect(verdicts(id, own, node('v1.34.4'))).toEqual(['fail spec.behavior.scaleDown.tolerance']);
    expect(verdicts(id, own, node('v1.33.0'))).toEqual(['fail spec.behavior.scaleDown.tolerance']);
    expect(verdicts(id, own, node('v1.35.1'))).toEqual([]);
    expect(verdicts(id, own)).toEqual(['unknown spec.behavior.scaleDown.tolerance']);
  });
  test('one fault is one finding: what the API does not know is an unknown field', () => {
    expect(verdicts(id, own, node('v1.30.0'))).toEqual([]);
    expect(verdicts('unknown-field', own, node('v1.30.0'))).toEqual(['fail spec.behavior.scaleDown.tolerance']);
    expect(verdicts('unknown-field', own, node('v1.34.0'))).toEqual([]);
  });
  test('KEDA hands it on, whatever the version', () => {
    const object = keda(
      "{ type: cpu, metricType: Utilization, metadata: { value: '70' } }",
      ", advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleUp: { tolerance: '0.2' } } } }",
    );
    expect(verdicts(id, object, node('v1.30.0'))).toHaveLength(1);
    expect(verdicts(id, object, node('v1.36.0'))).toEqual([]);
    expect(messages(id, object, node('v1.34.0'))[0]).toContain('that KEDA makes');
  });
});

describe('hpa-backlog-average', () => {
  const id = 'hpa-backlog-average';
  const external = (name: string, target = "type: Value, value: '30'") =>
    hpa(`{ type: External, external: { metric: { name: ${name} }, target: { ${target} } } }`);
  test.each([
    'queue',
    'rabbitmq_queue_messages_ready',
    'sqs-messages-visible',
    'kafka_consumergroup_lag',
    'queueLength',
    'jobs_queued',
    'pubsub.googleapis.com|subscription|num_undelivered_messages',
  ])('%s is a total', (name) =>
    expect(findings(id, external(name))).toEqual([
      'fail HorizontalPodAutoscaler/shop/web spec.metrics[0].external.target.type = "Value"',
    ]),
  );
  test.each([
    'kafka_lag_seconds',
    'queue_latency_p99',
    'messages_per_second',
    'queue_oldest_message_age',
    'queue_utilization',
    'http_requests',
    'temperature',
    // Whether what waits is worked off by these pods is not in the name.
    'orders_waiting',
  ])('%s is not', (name) => expect(findings(id, external(name))).toEqual([]));
  test('the average of pods is what is meant, also beside a value', () => {
    expect(findings(id, external('queue', "type: AverageValue, averageValue: '30'"))).toEqual([]);
    expect(findings(id, external('queue', "type: Value, averageValue: '30'"))).toEqual([]);
    expect(verdicts(id, external('queue', "value: '30'"))).toEqual(['fail spec.metrics[0].external.target.value']);
  });
  test('a metric of an object', () => {
    const object = (type: string) =>
      hpa(
        `{ type: Object, object: { describedObject: { apiVersion: v1, kind: Service, name: rabbitmq }, metric: { name: queue_messages }, target: { type: ${type}, value: '30', averageValue: '30' } } }`,
      );
    expect(verdicts(id, object('Value'))).toEqual(['fail spec.metrics[0].object.target.type']);
    expect(verdicts(id, object('AverageValue'))).toEqual([]);
  });
  const trigger = (type: string, metadata: string, metricType = 'Value') =>
    verdicts(id, keda(`{ type: ${type}, metricType: ${metricType}, metadata: { ${metadata} } }`));
  test('triggers of KEDA that count', () => {
    const one = ['fail spec.triggers[0].metricType'];
    expect(trigger('rabbitmq', "queueName: a, mode: QueueLength, value: '20'")).toEqual(one);
    expect(trigger('rabbitmq', "queueName: a, mode: MessageRate, value: '20'")).toEqual([]);
    expect(trigger('rabbitmq', "queueName: a, mode: QueueLength, value: '20'", 'AverageValue')).toEqual([]);
    expect(trigger('redis', 'listName: a')).toEqual(one);
    // Ten pods that are asked for, times the pods there are.
    expect(trigger('cron', "desiredReplicas: '10'")).toEqual(one);
    expect(trigger('gcp-pubsub', 'subscriptionName: a')).toEqual(one);
    expect(trigger('gcp-pubsub', 'mode: OldestUnackedMessageAge')).toEqual([]);
    expect(trigger('external', 'scalerAddress: a')).toEqual([]);
  });
  test('a query of Prometheus', () => {
    const query = (text: string) => trigger('prometheus', `query: '${text}', threshold: '5'`);
    expect(query('sum(rabbitmq_queue_messages_ready{queue="a"})')).toHaveLength(1);
    expect(query('sum(rabbitmq_queue_messages_ready) / sum(kube_deployment_spec_replicas)')).toEqual([]);
    expect(query('sum(rate(rabbitmq_queue_messages_published_total[1m]))')).toEqual([]);
    expect(query('max(temperature)')).toEqual([]);
  });
  test('a number of pods that never changes is not judged', () =>
    expect(findings(id, external('queue').replace('minReplicas: 2', 'minReplicas: 8'))).toEqual([]));
});
