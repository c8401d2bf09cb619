import { all, said, verdicts, workload } from './judging';

const range = (limit: string) =>
  `{ apiVersion: v1, kind: LimitRange, metadata: { name: sizes, namespace: shop }, spec: { limits: [{ type: Container, ${limit} }] } }`;
const quota = (hard: string, more = '') =>
  `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { hard: { ${hard} }${more} } }`;
const sized = (resources: string, more: Parameters<typeof workload>[0] = {}) =>
  workload({ container: `resources: { ${resources} }`, ...more });
const hpa = (least: number, most: number) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: ${least}, maxReplicas: ${most} } }`;

describe('LimitRange', () => {
  test('its default limit may be below a request: no pod is admitted', () => {
    expect(
      said('request-le-limit', all(range('default: { memory: 256Mi }'), sized('requests: { memory: 512Mi }')))[0]!
        .message,
    ).toContain('no pod is admitted');
    expect(verdicts('request-le-limit', sized('requests: { memory: 512Mi }'))).toEqual([]);
  });
  test('its maximum is a default limit, so a container without one conforms', () => {
    expect(verdicts('limitrange-conforms', all(range('max: { memory: 1Gi }'), workload()))).toEqual([]);
    expect(
      verdicts('limitrange-conforms', all(range('max: { memory: 1Gi }'), sized('requests: { memory: 2Gi }'))),
    ).toEqual(['fail spec.template.spec.containers[0].resources.requests.memory']);
  });
  test('its minimum holds for limits too, and its ratio between the two', () => {
    expect(verdicts('limitrange-conforms', all(range('min: { cpu: 100m }'), sized('requests: { cpu: 50m }')))).toEqual([
      'fail spec.template.spec.containers[0].resources.requests.cpu',
    ]);
    expect(
      verdicts(
        'limitrange-conforms',
        all(range("maxLimitRequestRatio: { cpu: '2' }"), sized('requests: { cpu: 100m }, limits: { cpu: 200m }')),
      ),
    ).toEqual([]);
    expect(
      verdicts(
        'limitrange-conforms',
        all(range("maxLimitRequestRatio: { cpu: '2' }"), sized('requests: { cpu: 100m }, limits: { cpu: 201m }')),
      ),
    ).toEqual(['fail spec.template.spec.containers[0].resources.limits.cpu']);
  });
  test('one for pods looks at the containers together, where one needs a limit of its own', () => {
    const pods = range('max: { cpu: 500m }').replace('Container', 'Pod');
    expect(verdicts('limitrange-conforms', all(pods, sized('limits: { cpu: 400m }')))).toEqual([]);
    expect(
      verdicts(
        'limitrange-conforms',
        all(
          pods,
          workload({
            containers:
              "{ name: a, image: 'a:1', resources: { limits: { cpu: 300m } } }, { name: b, image: 'b:1', resources: { limits: { cpu: 300m } } }",
          }),
        ),
      ),
    ).toEqual(['fail spec.template.spec']);
    expect(verdicts('limitrange-conforms', all(pods, workload()))).toEqual(['fail spec.template.spec']);
  });
  test('claims keep within it, those of templates too', () => {
    const claims = range('max: { storage: 10Gi }').replace('Container', 'PersistentVolumeClaim');
    expect(
      verdicts(
        'limitrange-conforms',
        all(
          claims,
          workload({
            kind: 'StatefulSet',
            spec: 'volumeClaimTemplates: [{ metadata: { name: data }, spec: { resources: { requests: { storage: 20Gi } } } }]',
          }),
        ),
      ),
    ).toEqual(['fail spec.volumeClaimTemplates[0].spec.resources.requests.storage']);
  });
});

describe('ResourceQuota', () => {
  test('what the autoscaler may add counts, not what there is now', () => {
    const web = sized('requests: { cpu: 500m }');
    expect(verdicts('quota-fits', all(quota("requests.cpu: '2'"), web))).toEqual([]);
    expect(verdicts('quota-fits', all(quota("requests.cpu: '2'"), web, hpa(1, 4)))).toEqual([]);
    expect(said('quota-fits', all(quota("requests.cpu: '2'"), web, hpa(1, 5)))[0]!.message).toContain(
      '2500m of requests.cpu with the autoscalers at their maximum',
    );
  });
  test('a rollout that takes no pod away first needs one more; one that may needs none', () => {
    const web = (replicas: number, strategy: string) =>
      sized('requests: { cpu: 500m }', { spec: `replicas: ${replicas}\n  ${strategy}` });
    expect(
      said('quota-fits', all(quota("cpu: '2'"), web(4, 'strategy: { rollingUpdate: { maxUnavailable: 0 } }')))[0]!
        .message,
    ).toContain('the rollout does not progress');
    expect(verdicts('quota-fits', all(quota("cpu: '2'"), web(4, '')))).toEqual([]);
    // A quarter of three pods is none.
    expect(verdicts('quota-fits', all(quota('cpu: 1500m'), web(3, '')))).toHaveLength(1);
    expect(verdicts('quota-fits', all(quota("cpu: '2'"), web(4, 'strategy: { type: Recreate }')))).toEqual([]);
  });
  test('pods are counted by number, limits and sidecars by size, an init container only where it needs more', () => {
    const pod = workload({
      spec: 'replicas: 2\n  strategy: { type: Recreate }',
      pod: "initContainers: [{ name: once, image: 'a:1', resources: { limits: { memory: 3Gi } } }, { name: side, image: 'a:1', restartPolicy: Always, resources: { limits: { memory: 1Gi } } }]",
      container: 'resources: { limits: { memory: 1Gi } }',
    });
    expect(verdicts('quota-fits', all(quota('limits.memory: 6Gi, pods: 2'), pod))).toEqual([]);
    expect(verdicts('quota-fits', all(quota('limits.memory: 5Gi, pods: 1'), pod))).toHaveLength(2);
  });
  test('scopes choose the pods that count', () => {
    const web = sized('requests: { cpu: 4 }', { pod: 'priorityClassName: gold' });
    const scoped = (operator: string) =>
      quota(
        "cpu: '1'",
        `, scopeSelector: { matchExpressions: [{ scopeName: PriorityClass, operator: ${operator}, values: [gold] }] }`,
      );
    expect(verdicts('quota-fits', all(scoped('In'), web))).toHaveLength(1);
    expect(verdicts('quota-fits', all(scoped('NotIn'), web))).toEqual([]);
    expect(verdicts('quota-fits', all(quota('pods: 0', ', scopes: [BestEffort]'), web))).toEqual([]);
    expect(verdicts('quota-fits', all(quota('pods: 0', ', scopes: [Terminating]'), web))).toEqual([]);
  });
  test('objects and storage are counted', () => {
    const redis = workload({
      kind: 'StatefulSet',
      spec: 'replicas: 3\n  volumeClaimTemplates: [{ metadata: { name: data }, spec: { resources: { requests: { storage: 5Gi } } } }]',
    });
    expect(verdicts('quota-fits', all(quota('requests.storage: 15Gi, persistentvolumeclaims: 3'), redis))).toEqual([]);
    expect(verdicts('quota-fits', all(quota('requests.storage: 14Gi, persistentvolumeclaims: 2'), redis))).toHaveLength(
      2,
    );
  });
  test('a quota of CPU makes every container say it, init containers too, unless a LimitRange does', () => {
    const web = workload({
      pod: "initContainers: [{ name: once, image: 'a:1' }]",
      container: 'resources: { requests: { cpu: 1 } }',
    });
    expect(verdicts('quota-forces-requests', all(quota("requests.cpu: '9'"), web))).toEqual([
      'fail spec.template.spec.initContainers[0]',
    ]);
    expect(
      verdicts('quota-forces-requests', all(quota("requests.cpu: '9'"), web, range('defaultRequest: { cpu: 10m }'))),
    ).toEqual([]);
    expect(verdicts('quota-forces-requests', all(quota('requests.ephemeral-storage: 9Gi, pods: 9'), web))).toEqual([]);
  });
  test('a quota of another namespace is no concern', () => {
    expect(
      verdicts('quota-fits', all(quota('pods: 0').replace('namespace: shop', 'namespace: bank'), workload())),
    ).toEqual([]);
  });
});

describe('advice', () => {
  test('Guaranteed pods, and namespaces that ask for CPU limits, are left alone', () => {
    const front =
      '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }';
    expect(verdicts('cpu-limit-policy', all(front, sized('limits: { cpu: 100m, memory: 1Gi }')))).toEqual([]);
    expect(verdicts('cpu-limit-policy', all(front, sized('limits: { cpu: 100m }'), quota("limits.cpu: '9'")))).toEqual(
      [],
    );
    expect(verdicts('cpu-limit-policy', all(front, sized('limits: { cpu: 100m }')))).toHaveLength(1);
    expect(verdicts('cpu-limit-policy', all(front, sized("limits: { cpu: '2' }")))).toEqual([]);
  });
  test('an emptyDir is bounded by itself or by its containers', () => {
    const web = (volume: string, limits: string) =>
      workload({
        pod: `volumes: [{ name: v, emptyDir: ${volume} }]`,
        container: `volumeMounts: [{ name: v, mountPath: /v }], resources: { limits: { ${limits} } }`,
      });
    expect(verdicts('ephemeral-storage-bounded', web('{}', ''))).toHaveLength(1);
    expect(verdicts('ephemeral-storage-bounded', web('{}', 'ephemeral-storage: 1Gi'))).toEqual([]);
    expect(verdicts('ephemeral-storage-bounded', web('{ medium: Memory }', 'ephemeral-storage: 1Gi'))).toHaveLength(1);
    expect(verdicts('ephemeral-storage-bounded', web('{ medium: Memory }', 'memory: 1Gi'))).toEqual([]);
  });
});
