import { all, findings, messages, namespace, said, service, verdicts, workload } from '../judging';

const pdb = (spec: string, name = 'web') =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const web = 'selector: { matchLabels: { app: web } }';
const of = (replicas: number, more: Parameters<typeof workload>[0] = {}) =>
  workload({ ...more, spec: `replicas: ${replicas}${more.spec ? `\n  ${more.spec}` : ''}` });
const rollout = (replicas: number) =>
  of(replicas).replace('apps/v1', 'argoproj.io/v1alpha1').replace('Deployment', 'Rollout');
const hpa = (least: number, most: number) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: ${least}, maxReplicas: ${most} } }`;
const front = service('selector: { app: web }, ports: [{ port: 80 }]');

describe('pdb-allows-eviction', () => {
  const id = 'pdb-allows-eviction';
  test('a budget is judged when only some of its pods belong to a DaemonSet', () => {
    const agent = workload({ name: 'agent', kind: 'DaemonSet', labels: 'app: web' });
    expect(findings(id, all(pdb(`maxUnavailable: 1, ${web}`), of(3), agent))).toEqual([
      'fail PodDisruptionBudget/shop/web spec.selector = {"matchLabels":{"app":"web"}}',
    ]);
  });
  test('a Pod without a controller beside a workload scaled to zero blocks its drain', () => {
    const pod =
      "{ apiVersion: v1, kind: Pod, metadata: { name: one, namespace: shop, labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1' }] } }";
    expect(verdicts(id, all(pdb(`maxUnavailable: 1, ${web}`), of(0), pod))).toEqual(['fail spec.maxUnavailable']);
  });
  test('the fix is one for the finding', () => {
    const pod = (name: string) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1' }] } }`;
    const agent = workload({ name: 'agent', kind: 'DaemonSet', labels: 'app: web' });
    const fix = (bound: string, ...manifests: string[]) => said(id, all(pdb(`${bound}${web}`), ...manifests))[0]!.fix;
    expect(fix('maxUnavailable: 1, ', of(0), pod('one'))).toMatch(
      /^set minAvailable to a number, .*; or put the pods in/,
    );
    expect(fix("minAvailable: '50%', ", of(0), pod('one'), pod('two'))).toMatch(/^set minAvailable to a number/);
    expect(fix('maxUnavailable: 1, ', of(3), agent)).toMatch(/^set minAvailable to a number, .*; or select pods of/);
    expect(fix('maxUnavailable: 0, ', of(3))).toBe('set maxUnavailable: 1');
    expect(fix('', of(3))).toBe('set maxUnavailable: 1');
    expect(fix('minAvailable: 3, ', of(3))).toBe('set maxUnavailable: 1, or run more pods than minAvailable');
  });
  test('the message has the arithmetic of the bound', () => {
    const message = (bound: string, ...manifests: string[]) =>
      messages(id, all(pdb(`${bound}, ${web}`), ...manifests))[0]!.split(':')[0];
    expect(message('maxUnavailable: 0', of(3))).toBe('maxUnavailable 0 allows none of 3 to be unavailable');
    expect(message('minAvailable: 100%', of(3))).toBe('100% of 3 pods must stay available');
    expect(message('minAvailable: 1', of(1))).toBe('1 of 1 pod must stay available');
    expect(message('minAvailable: 90%', of(3))).toBe('90% (90% of 3, rounded up) of 3 pods must stay available');
    expect(message('minAvailable: 3', workload(), hpa(1, 3))).toBe(
      '3 of 3 pods must stay available, even at the maximum of the autoscaler',
    );
  });
});

describe('pdb-present', () => {
  const id = 'pdb-present';
  test.each([
    ['a Deployment', of(2)],
    ['a StatefulSet', of(2, { kind: 'StatefulSet' })],
    ['a ReplicaSet', of(2, { kind: 'ReplicaSet' })],
    ['a Rollout', rollout(2)],
    ['an autoscaled Deployment', all(workload(), hpa(2, 5))],
  ])('%s with two pods behind a Service needs a budget', (_, manifests) =>
    expect(verdicts(id, all(front, manifests))).toEqual(['fail metadata.name']),
  );
  test.each([
    ['no Service', of(3)],
    ['a single pod', all(front, of(1))],
    ['an autoscaler that goes down to one pod', all(front, workload(), hpa(1, 5))],
    ['a DaemonSet', all(front, workload({ kind: 'DaemonSet' }))],
    ['a budget', all(front, of(3), pdb(`maxUnavailable: 1, ${web}`))],
  ])('with %s none is asked for', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));
});

describe('pdb-selects', () => {
  test('a budget for pods that an operator creates is unknown, and shows its selector', () => {
    const prometheus =
      '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: {} }';
    const known = pdb('maxUnavailable: 1, selector: { matchLabels: { prometheus: main } }');
    expect(findings('pdb-selects', all(namespace, prometheus, known))).toEqual([]);
    const budget = pdb('maxUnavailable: 1, selector: { matchLabels: { app: prometheus } }');
    expect(findings('pdb-selects', all(namespace, prometheus, budget))).toEqual([
      'unknown PodDisruptionBudget/shop/web spec.selector = {"matchLabels":{"app":"prometheus"}}',
    ]);
    expect(messages('pdb-selects', all(namespace, prometheus, budget))[0]).toContain('Prometheus main');
    expect(verdicts('pdb-selects', all(namespace, budget))).toEqual(['fail spec.selector']);
  });
});

describe('pdb-single', () => {
  const id = 'pdb-single';
  const two = all(pdb('maxUnavailable: 1, selector: {}', 'every'), pdb(`maxUnavailable: 1, ${web}`));
  test('a second budget is reported with its selector, once for all workloads that share the two', () => {
    const both = all(two, of(3), of(3, { name: 'canary', labels: 'app: web' }));
    expect(findings(id, both)).toEqual([
      'fail PodDisruptionBudget/shop/web spec.selector = {"matchLabels":{"app":"web"}}',
    ]);
  });
  test('pods of a DaemonSet are not evicted', () =>
    expect(verdicts(id, all(two, workload({ kind: 'DaemonSet' })))).toEqual([]));
});

describe('pdb-unhealthy-policy', () => {
  const id = 'pdb-unhealthy-policy';
  const budget = (policy: string) => pdb(`maxUnavailable: 1, ${policy}${web}`);
  test('any policy but AlwaysAllow is reported, with its value', () => {
    expect(findings(id, all(of(3), budget('unhealthyPodEvictionPolicy: IfHealthyBudget, ')))).toEqual([
      'fail PodDisruptionBudget/shop/web spec.unhealthyPodEvictionPolicy = "IfHealthyBudget"',
    ]);
    expect(verdicts(id, all(of(3), budget('unhealthyPodEvictionPolicy: AlwaysAllow, ')))).toEqual([]);
  });
  test('a budget that selects nothing, or any pod of a StatefulSet, is left alone', () => {
    expect(verdicts(id, budget(''))).toEqual([]);
    expect(verdicts(id, all(of(3, { kind: 'StatefulSet' }), budget('')))).toEqual([]);
    expect(
      verdicts(id, all(of(3), of(3, { name: 'data', kind: 'StatefulSet', labels: 'app: web' }), budget(''))),
    ).toEqual([]);
  });
});

describe('pdb-vs-hpa-min', () => {
  const id = 'pdb-vs-hpa-min';
  test('the bound is reported with its value', () =>
    expect(findings(id, all(pdb(`minAvailable: 2, ${web}`), workload(), hpa(2, 5)))).toEqual([
      'fail PodDisruptionBudget/shop/web spec.minAvailable = 2',
    ]));
  test('without an autoscaler, with an unknown number of pods or scaled to zero there is nothing to compare', () => {
    expect(verdicts(id, all(pdb(`minAvailable: 2, ${web}`), of(2)))).toEqual([]);
    expect(verdicts(id, all(pdb(`minAvailable: 2, ${web}`), workload({ kind: 'DaemonSet' })))).toEqual([]);
    const scaledObject =
      '{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, minReplicaCount: 0, maxReplicaCount: 5 } }';
    expect(verdicts(id, all(pdb(`minAvailable: 2, ${web}`), workload(), scaledObject))).toEqual([]);
  });
  test('messages count the pods', () => {
    const message = (least: number) =>
      messages(id, all(pdb(`minAvailable: ${least}, ${web}`), workload(), hpa(least, 9)))[0];
    expect(message(1)).toContain('scales down to 1 pod,');
    expect(message(2)).toContain('scales down to 2 pods,');
  });
});

describe('replica-floor', () => {
  const id = 'replica-floor';
  test('the field that sets the number of pods is reported', () => {
    expect(findings(id, all(front, of(1)))).toEqual(['fail Deployment/shop/web spec.replicas = 1']);
    expect(findings(id, all(front, rollout(1)))).toEqual(['fail Rollout/shop/web spec.replicas = 1']);
    expect(findings(id, all(front, workload(), hpa(1, 5)))).toEqual([
      'fail HorizontalPodAutoscaler/shop/web spec.minReplicas = 1',
    ]);
    const scaledObject =
      '{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, minReplicaCount: 1, maxReplicaCount: 5 } }';
    expect(findings(id, all(front, workload(), scaledObject))).toEqual([
      'fail ScaledObject/shop/web spec.minReplicaCount = 1',
    ]);
  });
  test.each([
    ['a StatefulSet', of(1, { kind: 'StatefulSet' })],
    ['a DaemonSet', workload({ kind: 'DaemonSet' })],
    ['two pods', of(2)],
    ['a claim of its own', of(1, { pod: 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]' })],
    ['a path of the node', of(1, { pod: 'volumes: [{ name: data, hostPath: { path: /data } }]' })],
    ['strategy Recreate', of(1, { spec: 'strategy: { type: Recreate }' })],
  ])('with %s one pod may be on purpose', (_, manifests) => expect(verdicts(id, all(front, manifests))).toEqual([]));
  test('other volumes do not keep a second pod from running', () => {
    const pod = 'volumes: [{ name: tmp, emptyDir: {} }, null, { name: flags, configMap: { name: flags } }]';
    expect(verdicts(id, all(front, of(1, { pod })))).toEqual(['fail spec.replicas']);
  });
  test('an exporter that serves only metrics may be away for a moment', () => {
    const ports = (...names: string[]) =>
      service(
        `selector: { app: web }, ports: [${names.map((name, i) => `{ name: ${name}, port: ${80 + i} }`).join(', ')}]`,
      );
    expect(verdicts(id, all(ports('metrics'), of(1)))).toEqual([]);
    expect(verdicts(id, all(ports('http', 'metrics'), of(1)))).toEqual(['fail spec.replicas']);
  });
});
