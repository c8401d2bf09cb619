import { all, findings, messages, verdicts, workload } from '../../judging';

const quota = (spec: string) =>
  `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { ${spec} } }`;

describe('quota-scope-legal', () => {
  const id = 'quota-scope-legal';
  test.each([
    ['scopes: [BestEffort], hard: { pods: 1 }', []],
    ['scopes: [BestEffort], hard: { pods: 1, cpu: 1 }', ['fail spec.hard.cpu']],
    ['scopes: [Terminating], hard: { requests.cpu: 1, limits.memory: 1Gi, pods: 3 }', []],
    ['scopes: [NotTerminating], hard: { services: 1 }', ['fail spec.hard.services']],
    [
      'scopes: [NotBestEffort], hard: { requests.ephemeral-storage: 1Gi }',
      ['fail spec.hard["requests.ephemeral-storage"]'],
    ],
    // What is not of Kubernetes' own is not compared.
    ['scopes: [NotBestEffort], hard: { requests.example.com/gpu: 1, count/jobs.batch: 1 }', []],
    ['scopes: [BestEffort, NotBestEffort], hard: { pods: 1 }', ['fail spec.scopes[1]']],
    ['scopes: [Terminating, BestEffort], hard: { pods: 1 }', []],
    ['scopes: [NotTerminating, BestEffort, Terminating], hard: { pods: 1 }', ['fail spec.scopes[2]']],
    ['hard: { services: 1, cpu: 1 }', []],
    ['scopes: [VolumeAttributesClass], hard: { requests.storage: 1Gi, persistentvolumeclaims: 1 }', []],
    ['scopes: [VolumeAttributesClass], hard: { pods: 1 }', ['fail spec.hard.pods']],
  ])('%s', (spec, at) => expect(verdicts(id, quota(spec))).toEqual(at));
  test('expressions of a selector', () => {
    const of = (expression: string, hard = 'pods: 1') =>
      verdicts(id, quota(`scopeSelector: { matchExpressions: [${expression}] }, hard: { ${hard} }`));
    expect(of('{ scopeName: PriorityClass, operator: In, values: [high] }', 'cpu: 1, pods: 1')).toEqual([]);
    expect(of('{ scopeName: PriorityClass, operator: In, values: [high] }', 'secrets: 1')).toEqual([
      'fail spec.hard.secrets',
    ]);
    expect(of('{ scopeName: BestEffort, operator: Exists }')).toEqual([]);
    const at = ['fail spec.scopeSelector.matchExpressions[0].scopeName'];
    expect(of('{ scopeName: BestEffort, operator: In, values: [a] }')).toEqual(at);
    expect(of('{ scopeName: PriorityClass, operator: Exists, values: [a] }')).toEqual(at);
    // One fault is one finding: its schema needs the values.
    expect(of('{ scopeName: PriorityClass, operator: In }')).toEqual([]);
    expect(of('{ scopeName: BestEffort, operator: Exists }', 'limits.cpu: 1')).toEqual([
      'fail spec.hard["limits.cpu"]',
    ]);
  });
});

describe('limitrange-implies-request', () => {
  const of = (item: string) =>
    verdicts(
      'limitrange-implies-request',
      `{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ ${item} }] } }`,
    );
  test.each([
    ['type: Container, default: { cpu: 2 }', ['fail spec.limits[0].default.cpu']],
    ['type: Container, max: { cpu: 2 }', ['fail spec.limits[0].max.cpu']],
    ['type: Container, default: { cpu: 2 }, defaultRequest: { cpu: 100m }', []],
    ['type: Container, default: { cpu: 2 }, defaultRequest: { memory: 1Gi }', ['fail spec.limits[0].default.cpu']],
    // Of memory a limit that is the request is no waste.
    ['type: Container, default: { memory: 1Gi }', []],
    ['type: Pod, max: { cpu: 2 }', []],
    ['type: Container, min: { cpu: 10m }', []],
  ])('%s', (item, at) => expect(of(item)).toEqual(at));
});

describe('qos-as-asked', () => {
  const id = 'qos-as-asked';
  const equal = 'resources: { requests: { cpu: 1, memory: 1Gi }, limits: { cpu: 1, memory: 1Gi } }';
  const pod = (other: string, more = '') =>
    workload({
      containers: `{ name: main, image: 'a:1.0', ${equal} }, { name: side, image: 'b:1.0'${other && `, ${other}`} }`,
      ...(more ? { pod: more } : {}),
    });
  test('one that asks for it does not get it beside one that does not', () => {
    expect(verdicts(id, pod(''))).toEqual(['fail spec.template.spec.containers[1].name']);
    expect(verdicts(id, pod(equal))).toEqual([]);
    expect(verdicts(id, pod('resources: { limits: { cpu: 1, memory: 1Gi } }'))).toEqual([]);
    expect(verdicts(id, pod('resources: { limits: { memory: 1Gi } }'))).toHaveLength(1);
    expect(messages(id, pod('resources: { limits: { memory: 1Gi } }'))[0]).toContain('none of cpu');
  });
  test('sidecars count, init containers that end are not asked for, and the defaults of a LimitRange are theirs too', () => {
    const init = (resources: string) =>
      pod(equal, `initContainers: [{ name: init, image: 'c:1.0'${resources}, restartPolicy: Always }]`);
    expect(verdicts(id, init(''))).toEqual(['fail spec.template.spec.initContainers[0].name']);
    expect(verdicts(id, init(`, ${equal}`))).toEqual([]);
    expect(verdicts(id, init('').replace(', restartPolicy: Always', ''))).toEqual([]);
    const range =
      '{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, default: { cpu: 1, memory: 1Gi } }] } }';
    expect(verdicts(id, all(pod(''), range))).toEqual([]);
  });
  test('where nobody asks for it, or the pod as a whole says it, nothing is said', () => {
    expect(
      verdicts(
        id,
        workload({
          containers:
            "{ name: a, image: 'a:1.0', resources: { limits: { memory: 1Gi } } }, { name: b, image: 'b:1.0' }",
        }),
      ),
    ).toEqual([]);
    expect(
      verdicts(id, pod('', 'resources: { requests: { cpu: 2, memory: 2Gi }, limits: { cpu: 2, memory: 2Gi } }')),
    ).toEqual([]);
  });
});

describe('quota-counts-stopping', () => {
  const id = 'quota-counts-stopping';
  const web = (strategy: string, grace: number, kind = 'Deployment') =>
    workload({
      kind,
      spec: `replicas: 4\n  strategy: ${strategy}`,
      pod: `terminationGracePeriodSeconds: ${grace}`,
      container: 'resources: { requests: { cpu: 1 } }',
    });
  const first = '{ rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }';
  test('pods that stop for long, in a quota that has no room for them', () => {
    expect(findings(id, all(web(first, 90), quota('hard: { pods: 4 }')))).toEqual([
      'fail ResourceQuota/shop/q spec.hard.pods = 4',
    ]);
    expect(verdicts(id, all(web(first, 90), quota('hard: { requests.cpu: 4500m }')))).toHaveLength(1);
    expect(verdicts(id, all(web(first, 90), quota('hard: { pods: 5 }')))).toEqual([]);
    expect(verdicts(id, all(web(first, 90), quota('hard: { services: 4 }')))).toEqual([]);
  });
  test('pods that stop in the usual time, and rollouts that start pods first, are others', () => {
    expect(verdicts(id, all(web(first, 30), quota('hard: { pods: 4 }')))).toEqual([]);
    expect(
      verdicts(id, all(web('{ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }', 90), quota('hard: { pods: 5 }'))),
    ).toEqual([]);
    expect(verdicts(id, all(web('{ type: Recreate }', 90), quota('hard: { pods: 4 }')))).toEqual([]);
    // What does not fit at all is quota-fits' matter.
    expect(verdicts(id, all(web(first, 90), quota('hard: { pods: 3 }')))).toEqual([]);
  });
});
