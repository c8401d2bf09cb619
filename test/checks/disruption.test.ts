import fc from 'fast-check';
import { allowedDisruptions } from '../../world/budgets';
import { all, namespace, resources, said, service, verdicts, workload } from './judging';

const pdb = (spec: string, name = 'web') =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const web = 'selector: { matchLabels: { app: web } }';
const of = (replicas: number, kind = 'Deployment') => workload({ kind, spec: `replicas: ${replicas}` });
const hpa = (least: number, most: number) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: ${least}, maxReplicas: ${most} } }`;

describe('how many may go, as the disruption controller rounds', () => {
  test.each<[string, number, number]>([
    ['minAvailable: 50%', 7, 3],
    ['maxUnavailable: 30%', 7, 3],
    ['maxUnavailable: 10%', 1, 1],
    ['maxUnavailable: 1%', 3, 1],
    ['minAvailable: 90%', 9, 0],
    ['minAvailable: 90%', 10, 1],
    ['minAvailable: 1', 1, 0],
    ['minAvailable: 5', 3, 0],
    ['maxUnavailable: 5', 3, 3],
    ['maxUnavailable: 0', 3, 0],
    ['maxUnavailable: 0%', 3, 0],
    ['minAvailable: 0', 3, 3],
  ])('%s of %d pods: %d', (bound, pods, allowed) =>
    expect(allowedDisruptions(resources(pdb(`${bound}, ${web}`))[0]!, pods)).toBe(allowed),
  );

  test('any share above none that may be missing lets one go, however few the pods', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 500 }),
        (percent, pods) => allowedDisruptions(resources(pdb(`maxUnavailable: ${percent}%, ${web}`))[0]!, pods)! >= 1,
      ),
    );
  });
});

describe('pdb-allows-eviction', () => {
  const judged = (bound: string, ...manifests: string[]) =>
    verdicts('pdb-allows-eviction', all(pdb(bound), ...manifests));
  test('as many as there are must stay', () => {
    expect(judged(`minAvailable: 3, ${web}`, of(3))).toEqual(['fail spec.minAvailable']);
    expect(judged(`minAvailable: 3, ${web}`, of(4))).toEqual([]);
    expect(said('pdb-allows-eviction', all(pdb(`minAvailable: 80%, ${web}`), of(3)))[0]!.message).toContain(
      '80% of 3, rounded up',
    );
  });
  test('neither bound lets none go', () => expect(judged(web, of(3))).toEqual(['fail spec']));
  test('what is scaled to nothing blocks nothing', () => expect(judged(`minAvailable: 1, ${web}`, of(0))).toEqual([]));
  test('pods of a Job or a DaemonSet have no scale: with them a share or maxUnavailable blocks all', () => {
    const migrate = workload({ name: 'migrate', kind: 'Job', pod: 'restartPolicy: Never' });
    expect(judged('maxUnavailable: 1, selector: {}', of(3), migrate)).toEqual(['fail spec.selector']);
    expect(judged('minAvailable: 1, selector: {}', of(3), migrate)).toEqual([]);
    expect(judged(`maxUnavailable: 1, ${web}`, of(3), migrate)).toEqual([]);
    expect(judged(`maxUnavailable: 0, ${web}`, workload({ kind: 'DaemonSet' }))).toEqual([]);
  });
  test('pods without an owner count where a number must stay, and not where a share is asked for', () => {
    const pod =
      "{ apiVersion: v1, kind: Pod, metadata: { name: web, namespace: shop, labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1' }] } }";
    expect(judged(`maxUnavailable: 1, ${web}`, pod)).toEqual(['fail spec.maxUnavailable']);
    expect(judged(`minAvailable: 0, ${web}`, pod)).toEqual([]);
  });
  test('one budget over two workloads adds their pods up', () => {
    const both = (name: string) => workload({ name, labels: `tier: front, app: ${name}`, spec: 'replicas: 1' });
    expect(judged('minAvailable: 1, selector: { matchLabels: { tier: front } }', both('a'), both('b'))).toEqual([]);
    expect(judged('minAvailable: 2, selector: { matchLabels: { tier: front } }', both('a'), both('b'))).toEqual([
      'fail spec.minAvailable',
    ]);
  });
  test('an expression selects as well as a map', () => {
    expect(
      judged('minAvailable: 1, selector: { matchExpressions: [{ key: app, operator: In, values: [web] }] }', of(1)),
    ).toEqual(['fail spec.minAvailable']);
  });
});

test("what blocks at the autoscaler's minimum only is said there, what always blocks is said once", () => {
  const manifests = (least: number, most: number) => all(pdb(`minAvailable: 2, ${web}`), workload(), hpa(least, most));
  expect([verdicts('pdb-vs-hpa-min', manifests(2, 5)), verdicts('pdb-allows-eviction', manifests(2, 5))]).toEqual([
    ['fail spec.minAvailable'],
    [],
  ]);
  expect([verdicts('pdb-vs-hpa-min', manifests(1, 2)), verdicts('pdb-allows-eviction', manifests(1, 2))]).toEqual([
    [],
    ['fail spec.minAvailable'],
  ]);
  expect([verdicts('pdb-vs-hpa-min', manifests(3, 5)), verdicts('pdb-allows-eviction', manifests(3, 5))]).toEqual([
    [],
    [],
  ]);
});

test('two budgets for one pod stop its eviction', () => {
  expect(
    verdicts(
      'pdb-single',
      all(of(3), pdb(`maxUnavailable: 1, ${web}`), pdb('maxUnavailable: 1, selector: {}', 'every')),
    ),
  ).toEqual(['fail spec.selector']);
});

test('a budget without a selector finds nothing, one with an empty selector all', () => {
  expect(verdicts('pdb-selects', all(namespace, of(3), pdb('maxUnavailable: 1')))).toEqual(['fail spec.selector']);
  expect(verdicts('pdb-selects', all(namespace, of(3), pdb('maxUnavailable: 1, selector: {}')))).toEqual([]);
  expect(verdicts('pdb-selects', pdb(`maxUnavailable: 1, ${web}`))).toEqual(['unknown spec.selector']);
});

test('the autoscaler decides how few pods there are', () => {
  const front = service('selector: { app: web }, ports: [{ port: 80 }]');
  expect(verdicts('replica-floor', all(front, of(1), hpa(2, 5)))).toEqual([]);
  expect(said('replica-floor', all(front, workload(), hpa(1, 5))).map(({ object }) => object)).toEqual([
    'HorizontalPodAutoscaler/shop/web',
  ]);
  expect(verdicts('replica-floor', of(1))).toEqual([]);
});

describe('a budget over pods that an operator makes', () => {
  const made = (kind: string, spec: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: ${kind}, metadata: { name: main, namespace: shop }, spec: { ${spec} } }`;
  const budget = (bound: string, labels: string) =>
    `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: main, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { ${labels} } } } }`;
  const judged = (...manifests: readonly string[]) => verdicts('pdb-allows-eviction', all(namespace, ...manifests));

  test('of 0 allows no eviction, however many pods there are', () => {
    expect(judged(made('Prometheus', 'replicas: 2'), budget('maxUnavailable: 0', 'prometheus: main'))).toEqual([
      'fail spec.maxUnavailable',
    ]);
    expect(judged(made('Alertmanager', ''), budget("maxUnavailable: '0%'", 'alertmanager: main'))).toEqual([
      'fail spec.maxUnavailable',
    ]);
    const kafka =
      '{ apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: { name: events, namespace: shop }, spec: {} }';
    expect(judged(kafka, budget("minAvailable: '100%'", 'strimzi.io/cluster: events'))).toEqual([
      'fail spec.minAvailable',
    ]);
  });
  test('is compared with the replicas that the object asks for', () => {
    const available = (replicas: string, bound: string) =>
      judged(made('Prometheus', replicas), budget(bound, 'prometheus: main'));
    expect(available('replicas: 2', 'minAvailable: 2')).toEqual(['fail spec.minAvailable']);
    expect(available('', 'minAvailable: 1')).toEqual(['fail spec.minAvailable']);
    expect(available('replicas: 2', 'minAvailable: 1')).toEqual([]);
    expect(available('replicas: 1, shards: 3', 'minAvailable: 2')).toEqual([]);
    expect(available('replicas: 2', 'maxUnavailable: 1')).toEqual([]);
  });
  test('that selects the pods of nobody is said elsewhere', () => {
    expect(judged(budget('maxUnavailable: 0', 'app: nobody'))).toEqual([]);
  });
});
