import { all, findings, messages, namespace, said, verdicts, workload } from '../../judging';

const hpa = (spec: string, name = 'web', target = 'apiVersion: apps/v1, kind: Deployment, name: web') =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: ${name}, namespace: shop }, spec: { scaleTargetRef: { ${target} }, ${spec} } }`;
const scaledObject = (spec: string, apiVersion = 'keda.sh/v1alpha1') =>
  `{ apiVersion: ${apiVersion}, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, ${spec} } }`;
const resource = (name: string, target = '{ type: Utilization, averageUtilization: 70 }') =>
  `{ type: Resource, resource: { name: ${name}, target: ${target} } }`;
const ofContainer = (name: string, container: string) =>
  `{ type: ContainerResource, containerResource: { container: ${container}, name: ${name}, target: { type: Utilization, averageUtilization: 70 } } }`;

describe('hpa-bounds', () => {
  const id = 'hpa-bounds';
  test('the minimum may equal the maximum, and must not exceed it', () => {
    expect(findings(id, hpa('minReplicas: 5, maxReplicas: 5'))).toEqual([]);
    expect(findings(id, hpa('minReplicas: 6, maxReplicas: 5'))).toEqual([
      'fail HorizontalPodAutoscaler/shop/web spec.minReplicas = 6',
    ]);
    expect(messages(id, hpa('minReplicas: 6, maxReplicas: 5'))[0]).toBe(
      'minReplicas 6 exceeds maxReplicas 5: the API server rejects the autoscaler and nothing scales',
    );
  });
  test('the maximum is at least 1', () => {
    expect(findings(id, scaledObject('maxReplicaCount: 0'))).toEqual([
      'fail ScaledObject/shop/web spec.maxReplicaCount = 0',
    ]);
    expect(findings(id, hpa('maxReplicas: 1'))).toEqual([]);
  });
  test('one fault is one finding', () => {
    const both = (spec: string) => [...findings(id, hpa(spec)), ...findings('schema-valid', hpa(spec))];
    const at = 'fail HorizontalPodAutoscaler/shop/web';
    expect(both('minReplicas: 8, maxReplicas: 2')).toEqual([`${at} spec.minReplicas = 8`]);
    expect(both('maxReplicas: 0')).toEqual([`${at} spec.maxReplicas = 0`]);
    expect(both('minReplicas: 2, maxReplicas: 8')).toEqual([]);
  });
  test('a bound that is not set is not compared', () => {
    expect(findings(id, hpa('minReplicas: 500'))).toEqual([]);
    expect(findings(id, hpa('maxReplicas: 5'))).toEqual([]);
  });
  test('the bounds of KEDA have other names', () => {
    expect(findings(id, scaledObject('minReplicaCount: 6, maxReplicaCount: 5'))).toEqual([
      'fail ScaledObject/shop/web spec.minReplicaCount = 6',
    ]);
    expect(messages(id, scaledObject('minReplicaCount: 6, maxReplicaCount: 5'))[0]).toContain(
      'KEDA creates no autoscaler',
    );
    expect(findings(id, scaledObject('minReplicas: 6, maxReplicas: 5'))).toEqual([]);
    expect(findings(id, scaledObject('minReplicaCount: 6, maxReplicaCount: 5', 'example.com/v1'))).toEqual([]);
  });
});

describe('hpa-metric-served', () => {
  const id = 'hpa-metric-served';
  const api = (group: string) =>
    `{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1.${group} }, spec: { group: ${group} } }`;
  const metric = (type: string) => `{ type: ${type} }`;
  test.each([
    ['Resource', 'metrics.k8s.io', 'metrics-server'],
    ['ContainerResource', 'metrics.k8s.io', 'metrics-server'],
    ['Pods', 'custom.metrics.k8s.io', 'prometheus-adapter'],
    ['Object', 'custom.metrics.k8s.io', 'prometheus-adapter'],
    ['External', 'external.metrics.k8s.io', 'KEDA'],
  ])('a metric of type %s comes from %s', (type, group, by) => {
    const manifests = hpa(`metrics: [${metric(type)}]`);
    const other = group === 'metrics.k8s.io' ? 'custom.metrics.k8s.io' : 'metrics.k8s.io';
    expect(findings(id, manifests, { facts: api(other) })).toEqual([
      `fail HorizontalPodAutoscaler/shop/web spec.metrics[0].type = "${type}"`,
    ]);
    const [message] = messages(id, manifests, { facts: api(other) });
    expect(message).toContain(`does not serve ${group}`);
    expect(message).toContain(by);
    expect(findings(id, manifests, { facts: api(group) })).toEqual([]);
    expect(findings(id, manifests, { declared: api(group) })).toEqual([]);
    expect(findings(id, all(manifests, api(group)))).toEqual([]);
  });
  test('without metrics the CPU is scaled by', () =>
    expect(findings(id, hpa('maxReplicas: 5'), { facts: api('custom.metrics.k8s.io') })).toEqual([
      'fail HorizontalPodAutoscaler/shop/web spec = "Resource"',
    ]));
  test('each API is reported once, and a type that does not exist never', () => {
    const metrics = hpa(`metrics: [${['Pods', 'Object', 'Resource', 'Thing'].map(metric).join(', ')}]`);
    expect(verdicts(id, metrics, { facts: api('external.metrics.k8s.io') })).toEqual([
      'fail spec.metrics[0].type',
      'fail spec.metrics[2].type',
    ]);
  });
  test('which APIs there are is known from facts, or from a declaration with APIServices', () => {
    const manifests = hpa(`metrics: [${metric('Pods')}]`);
    expect(verdicts(id, manifests)).toEqual(['unknown spec.metrics[0].type']);
    expect(verdicts(id, manifests, { declared: namespace })).toEqual(['unknown spec.metrics[0].type']);
    expect(verdicts(id, manifests, { declared: api('metrics.k8s.io') })).toEqual(['fail spec.metrics[0].type']);
  });
  test('a metric of a type that does not exist is reported by its schema', () =>
    expect(findings(id, hpa(`metrics: [${metric('Unheard')}, {}]`), { facts: api('apps') })).toEqual([]));
});

describe('hpa-requests-set', () => {
  const id = 'hpa-requests-set';
  const at = 'Deployment/shop/web spec.template.spec';
  const web = (resources: string) => workload({ container: `resources: ${resources}` });
  test('the nearest field that exists is reported', () => {
    const judged = (manifests: string) => findings(id, all(manifests, hpa(`metrics: [${resource('cpu')}]`)));
    expect(judged(workload())).toEqual([`fail ${at}.containers[0] = null`]);
    expect(judged(web('{ limits: { memory: 1Gi } }'))).toEqual([`fail ${at}.containers[0].resources = null`]);
    expect(judged(web('{ requests: { memory: 1Gi } }'))).toEqual([
      `fail ${at}.containers[0].resources.requests = {"memory":"1Gi"}`,
    ]);
    expect(judged(web('{ requests: {} }'))).toEqual([`fail ${at}.containers[0].resources.requests = null`]);
    expect(judged(web('{ requests: { cpu: 100m } }'))).toEqual([]);
  });
  test('each metric asks for its own request', () => {
    const both = hpa(`metrics: [${resource('cpu')}, ${resource('memory')}]`);
    expect(messages(id, all(web('{ requests: { cpu: 100m } }'), both))).toEqual([
      'container main has no memory request, so web gets no memory utilization (FailedGetResourceMetric) and does not scale',
    ]);
  });
  test('autoscaling/v2beta1 has the target beside the name', () => {
    const old = hpa('metrics: [{ type: Resource, resource: { name: cpu, targetAverageUtilization: 70 } }]');
    expect(verdicts(id, all(workload(), old))).toHaveLength(1);
    expect(
      verdicts(
        id,
        all(workload(), hpa('metrics: [{ type: Resource, resource: { name: cpu, targetAverageValue: 1 } }]')),
      ),
    ).toEqual([]);
    expect(verdicts(id, all(workload(), hpa('metrics: [{ type: Resource }, { type: Pods }]')))).toEqual([]);
  });
  test('pod-level requests count for the pod, not for the metric of one container', () => {
    const pod = workload({ pod: 'resources: { requests: { cpu: 1 } }' });
    expect(findings(id, all(pod, hpa(`metrics: [${resource('memory')}]`)))).toEqual([`fail ${at}.resources = null`]);
    expect(findings(id, all(pod, hpa(`metrics: [${ofContainer('cpu', 'main')}]`)))).toHaveLength(1);
  });
  test('a container that does not exist is reported with the nearest name', () => {
    const misnamed = all(workload(), hpa(`metrics: [${ofContainer('cpu', 'mian')}]`));
    expect(findings(id, misnamed)).toEqual([
      'fail HorizontalPodAutoscaler/shop/web spec.metrics[0].containerResource.container = "mian"',
    ]);
    expect(messages(id, misnamed)[0]).toContain('did you mean "main"?');
  });
  test('a VerticalPodAutoscaler may set the request', () => {
    const vpa =
      '{ apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, metadata: { name: sizes, namespace: shop }, spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: web } } }';
    const manifests = all(workload(), hpa(`metrics: [${resource('cpu')}]`), vpa);
    expect(findings(id, manifests)).toEqual([`unknown ${at}.containers[0] = null`]);
    expect(messages(id, manifests)[0]).toContain('VerticalPodAutoscaler sizes');
  });
  test('a workload that is not judged says nothing of requests', () => {
    expect(findings(id, hpa(`metrics: [${resource('cpu')}]`))).toEqual([]);
  });
  test('triggers of CPU and memory ask for requests as metrics do', () => {
    const of = (trigger: string, resources = '{}') =>
      findings(id, all(web(resources), scaledObject(`minReplicaCount: 1, triggers: [${trigger}]`)));
    const cpu = (metadata: string) => `{ type: cpu, metricType: Utilization, metadata: { value: '70'${metadata} } }`;
    expect(of(cpu(''))).toEqual([`fail ${at}.containers[0].resources = null`]);
    expect(of(cpu(''), '{ requests: { cpu: 1 } }')).toEqual([]);
    expect(of(cpu(', containerName: mian'), '{ requests: { cpu: 1 } }')).toEqual([
      'fail ScaledObject/shop/web spec.triggers[0].metadata.containerName = "mian"',
    ]);
    expect(of("{ type: cpu, metricType: AverageValue, metadata: { value: '700m' } }")).toEqual([]);
    expect(of("{ type: redis, metadata: { listName: a, address: 'redis:6379' } }")).toEqual([]);
  });
});

describe('hpa-target-exists', () => {
  const id = 'hpa-target-exists';
  const of = (apiVersion: string, kind: string) =>
    all(namespace, workload(), hpa('maxReplicas: 5', 'web', `apiVersion: ${apiVersion}, kind: ${kind}, name: web`));
  test.each([
    ['apps/v1', 'DaemonSet'],
    ['batch/v1', 'Job'],
    ['batch/v1', 'CronJob'],
    ['v1', 'Pod'],
    ['v1', 'Service'],
  ])('%s %s has no scale subresource', (apiVersion, kind) =>
    expect(findings(id, of(apiVersion, kind))).toEqual([
      `fail HorizontalPodAutoscaler/shop/web spec.scaleTargetRef.kind = "${kind}"`,
    ]),
  );
  test.each([
    ['v1', 'Deployment', "API group '' (core) has no Deployment", 'a Deployment is apps/v1'],
    ['batch/v1', 'ReplicaSet', 'API group batch has no ReplicaSet', 'a ReplicaSet is apps/v1'],
    ['autoscaling/v2', 'StatefulSet', 'API group autoscaling has no StatefulSet', 'a StatefulSet is apps/v1'],
    ['policy/v1', 'Deployment', 'API group policy has no Deployment', 'a Deployment is apps/v1'],
    ['extensions/v1beta1', 'Deployment', 'API group extensions has no Deployment', 'a Deployment is apps/v1'],
    [
      'apps/v1',
      'ReplicationController',
      'API group apps has no ReplicationController',
      'a ReplicationController is v1',
    ],
  ])('there is no %s %s', (apiVersion, kind, group, right) => {
    expect(findings(id, of(apiVersion, kind))).toEqual([
      `fail HorizontalPodAutoscaler/shop/web spec.scaleTargetRef.apiVersion = "${apiVersion}"`,
    ]);
    expect(messages(id, of(apiVersion, kind))[0]).toContain(group);
    expect(messages(id, of(apiVersion, kind))[0]).toMatch(new RegExp(`${right}$`));
  });
  test('the kind of an add-on in another API group is looked for by its name', () => {
    expect(findings(id, of('apps/v1', 'Deployment'))).toEqual([]);
    expect(findings(id, of('argoproj.io/v1alpha1', 'Rollout'))).toEqual([
      'fail HorizontalPodAutoscaler/shop/web spec.scaleTargetRef.name = "web"',
    ]);
    // Another group may have a Deployment of its own.
    expect(findings(id, of('example.com/v1', 'Deployment'))).toEqual([]);
  });
  test('a kind of another API is looked for by its name, whatever group is written', () => {
    const rollout = (apiVersion: string) =>
      `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: r, namespace: shop }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: ${apiVersion}, kind: Rollout, name: web } } }`;
    for (const apiVersion of ['argoproj.io/v1alpha1', 'v1', 'batch/v1'])
      expect(findings(id, all(namespace, rollout(apiVersion)))).toEqual([
        'fail HorizontalPodAutoscaler/shop/r spec.scaleTargetRef.name = "web"',
      ]);
  });
});

describe('hpa-target-unique', () => {
  const id = 'hpa-target-unique';
  const to = (name: string) => `apiVersion: apps/v1, kind: Deployment, name: ${name}`;
  test('each autoscaler after the first is reported once', () => {
    const three = all(workload(), hpa('maxReplicas: 5', 'a'), hpa('maxReplicas: 5', 'b'), hpa('maxReplicas: 5', 'c'));
    expect(findings(id, three)).toEqual([
      'fail HorizontalPodAutoscaler/shop/b spec.scaleTargetRef = "web"',
      'fail HorizontalPodAutoscaler/shop/c spec.scaleTargetRef = "web"',
    ]);
    expect(messages(id, three)[0]).toContain('HorizontalPodAutoscaler a also scales Deployment web');
  });
  test('targets that select pods of each other are reported once, however many pods they share', () => {
    const shared = (name: string) => workload({ name, labels: 'app: shared' });
    const two = all(shared('web'), shared('api'), hpa('maxReplicas: 5', 'a'), hpa('maxReplicas: 5', 'b', to('api')));
    expect(findings(id, two)).toEqual(['fail HorizontalPodAutoscaler/shop/b spec.scaleTargetRef = "api"']);
    expect(messages(id, two)[0]).toContain('the selectors of the targets of a and b both select the pods of');
  });
  test('one object that is defined twice is one autoscaler', () =>
    expect(findings(id, all(workload(), hpa('maxReplicas: 5', 'a'), hpa('maxReplicas: 6', 'a')))).toEqual([]));
  test('targets of their own, or that are not judged, are fine', () => {
    const own = all(
      workload(),
      workload({ name: 'api' }),
      hpa('maxReplicas: 5', 'a'),
      hpa('maxReplicas: 5', 'b', to('api')),
    );
    expect(findings(id, own)).toEqual([]);
    expect(
      findings(id, all(workload(), hpa('maxReplicas: 5', 'a', to('x')), hpa('maxReplicas: 5', 'b', to('y')))),
    ).toEqual([]);
  });
});

describe('the autoscaler that KEDA makes of a ScaledObject', () => {
  const id = 'hpa-target-unique';
  const made = (more: string, name = 'keda-hpa-web') =>
    `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: ${name}, namespace: shop${more} }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5 } }`;
  const owned = ', ownerReferences: [{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, name: web, uid: a }]';
  const object = scaledObject("triggers: [{ type: redis, metadata: { listName: a, address: 'redis:6379' } }]");
  test('is none beside it, as a dump of a cluster shows it', () => {
    expect(findings(id, all(workload(), object, made(owned)))).toEqual([]);
    expect(findings(id, all(workload(), object, made('')))).toHaveLength(1);
    expect(findings(id, all(workload(), object, made('', 'web')))).toHaveLength(1);
  });
  test('takes over one that is handed to it by name', () => {
    const taking = (name: string, transfer: string) =>
      `{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop, annotations: { scaledobject.keda.sh/transfer-hpa-ownership: '${transfer}' } }, spec: { scaleTargetRef: { name: web }, advanced: { horizontalPodAutoscalerConfig: { name: ${name} } } } }`;
    expect(findings(id, all(workload(), made('', 'web'), taking('web', 'true')))).toEqual([]);
    expect(findings(id, all(workload(), made('', 'web'), taking('web', 'false')))).toHaveLength(1);
    expect(findings(id, all(workload(), made('', 'web'), taking('other', 'true')))).toHaveLength(1);
  });
});

describe('hpa-vpa-signals', () => {
  const id = 'hpa-vpa-signals';
  const vpa = (policies?: string) =>
    `{ apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, metadata: { name: sizes, namespace: shop }, spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }${policies === undefined ? '' : `, resourcePolicy: { containerPolicies: [${policies}] }`} } }`;
  const judged = (metrics: string, policies?: string) =>
    findings(id, all(workload(), hpa(`metrics: [${metrics}]`), vpa(policies)));
  const conflict = ['fail VerticalPodAutoscaler/shop/sizes spec.targetRef = "web"'];
  test('without policies it changes CPU and memory requests', () => {
    expect(judged(resource('cpu'))).toEqual(conflict);
    expect(judged(ofContainer('memory', 'main'))).toEqual(conflict);
    expect(
      messages(id, all(workload(), hpa(`metrics: [${resource('cpu')}, ${resource('memory')}]`), vpa()))[0],
    ).toContain('by the cpu and memory utilization');
  });
  test('a policy limits it to some resources, or switches it off', () => {
    expect(judged(resource('cpu'), "{ containerName: '*', controlledResources: [memory] }")).toEqual([]);
    expect(judged(resource('cpu'), "{ containerName: '*', controlledResources: [cpu] }")).toEqual(conflict);
    expect(judged(resource('cpu'), '{ containerName: main, mode: "Off" }')).toEqual([]);
    expect(judged(resource('cpu'), '{ containerName: main, mode: Auto }')).toEqual(conflict);
    expect(judged(resource('cpu'), `{ containerName: '*', mode: "Off" }, { containerName: main }`)).toEqual(conflict);
    expect(judged(resource('cpu'), '{ containerName: main, mode: "Off", controlledResources: [cpu] }')).toEqual([]);
    // One of another container leaves this one as it is by default.
    expect(judged(resource('cpu'), '{ containerName: other, mode: "Off" }')).toEqual(conflict);
    expect(judged(ofContainer('cpu', 'main'), '{ containerName: main, mode: "Off" }')).toEqual([]);
  });
  test('only the shared resource is named', () => {
    const both = all(
      workload(),
      hpa(`metrics: [${resource('cpu')}, ${resource('memory')}]`),
      vpa("{ containerName: '*', controlledResources: [memory] }"),
    );
    expect(messages(id, both)[0]).toContain('by the memory utilization');
  });
  test('other metrics do not conflict; where none is set, CPU is scaled by', () => {
    expect(judged('{ type: Pods, pods: { metric: { name: visits } } }')).toEqual([]);
    expect(judged('')).toEqual(conflict);
    const v1 =
      '{ apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5, targetCPUUtilizationPercentage: 70 } }';
    expect(findings(id, all(workload(), v1, vpa()))).toEqual(conflict);
    expect(findings(id, all(hpa(`metrics: [${resource('cpu')}]`), vpa()))).toEqual([]);
  });
  test('sidecars and pods with requests as a whole are not changed', () => {
    const sidecar = workload({ pod: "initContainers: [{ name: proxy, image: 'p:1.0', restartPolicy: Always }]" });
    const of = (container: string, manifests = sidecar) =>
      findings(id, all(manifests, hpa(`metrics: [${ofContainer('cpu', container)}]`), vpa()));
    expect(of('proxy')).toEqual([]);
    expect(of('main')).toEqual(conflict);
    const whole = workload({ pod: 'resources: { requests: { cpu: 1 } }' });
    expect(findings(id, all(whole, hpa(`metrics: [${resource('cpu')}]`), vpa()))).toEqual([]);
    expect(of('main', whole)).toEqual(conflict);
  });
  test('an average amount is advice', () => {
    const severities = (metrics: string) =>
      said(id, all(workload(), hpa(`metrics: [${metrics}]`), vpa())).map(({ severity }) => severity);
    const amount = resource('cpu', '{ type: AverageValue, averageValue: 300m }');
    expect(severities(amount)).toEqual(['advice']);
    expect(severities(resource('cpu'))).toEqual(['will-break']);
    expect(severities(`${amount}, ${resource('memory')}`)).toEqual(['will-break']);
    expect(severities(resource('cpu', "{ type: AverageValue, averageValue: '' }"))).toEqual([]);
  });
  test('the triggers of a ScaledObject are metrics of the autoscaler that KEDA makes', () => {
    const trigger = (metricType: string, value: string) =>
      all(
        workload(),
        vpa(),
        scaledObject(`triggers: [{ type: cpu, metricType: ${metricType}, metadata: { value: '${value}' } }]`),
      );
    const severities = (manifests: string) => said(id, manifests).map(({ severity }) => severity);
    expect(severities(trigger('Utilization', '70'))).toEqual(['will-break']);
    expect(severities(trigger('AverageValue', '300m'))).toEqual(['advice']);
  });
});
