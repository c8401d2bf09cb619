import { all, findings, messages, namespace, verdicts, workload } from '../../judging';

const vpa = (more = '', target = 'apiVersion: apps/v1, kind: Deployment, name: web') =>
  `{ apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, metadata: { name: sizes, namespace: shop }, spec: { targetRef: { ${target} }${more} } }`;
const policies = (...of: readonly string[]) => `, resourcePolicy: { containerPolicies: [${of.join(', ')}] }`;
const mode = (name: string, more = '') => `, updatePolicy: { updateMode: '${name}'${more} }`;
const web = (more = '') =>
  workload({
    spec: 'replicas: 2',
    container: 'resources: { requests: { cpu: 500m } }',
    ...(more ? { pod: more } : {}),
  });
const node = (cpu: string, version = 'v1.35.0') => ({
  facts: `{ apiVersion: v1, kind: Node, metadata: { name: n }, status: { allocatable: { cpu: '${cpu}', memory: 16Gi, pods: '110' }, nodeInfo: { kubeletVersion: ${version} } } }`,
});

test('vpa-mode-current: Auto alone is deprecated', () => {
  const of = (more: string) => verdicts('vpa-mode-current', vpa(more));
  expect(of(mode('Auto'))).toEqual(['fail spec.updatePolicy.updateMode']);
  expect(['Off', 'Initial', 'Recreate', 'InPlaceOrRecreate'].flatMap((name) => of(mode(name)))).toEqual([]);
  expect(of('')).toEqual([]);
});

describe('vpa-target-exists', () => {
  const id = 'vpa-target-exists';
  test('a target that is not there, or has no pods', () => {
    expect(verdicts(id, all(namespace, vpa()))).toEqual(['fail spec.targetRef.name']);
    expect(verdicts(id, vpa())).toEqual(['unknown spec.targetRef.name']);
    expect(verdicts(id, vpa('', 'apiVersion: v1, kind: Pod, name: web'))).toEqual(['fail spec.targetRef.kind']);
    expect(verdicts(id, all(namespace, web(), vpa()))).toEqual([]);
    const set = web().replace('kind: Deployment', 'kind: DaemonSet').replace('replicas: 2', '');
    expect(verdicts(id, all(namespace, set, vpa('', 'apiVersion: apps/v1, kind: DaemonSet, name: web')))).toEqual([]);
  });
  test('containers that policies name', () => {
    const at = 'fail spec.resourcePolicy.containerPolicies[0].containerName';
    const of = (policy: string) =>
      verdicts(id, all(namespace, web("initContainers: [{ name: prepare, image: 'p:1.0' }]"), vpa(policies(policy))));
    expect(of('{ containerName: main }')).toEqual([]);
    expect(of("{ containerName: '*' }")).toEqual([]);
    expect(of('{ containerName: other }')).toEqual([at]);
    expect(of('{ containerName: prepare }')).toEqual([at]);
    expect(of("{ containerName: prepare, mode: 'Off' }")).toEqual([]);
    // What a mesh adds is not written here.
    expect(of("{ containerName: istio-proxy, mode: 'Off' }")).toEqual([]);
    expect(of('{ containerName: istio-proxy, minAllowed: { cpu: 100m } }')).toEqual([]);
    expect(of("{ containerName: mian, mode: 'Off' }")).toEqual([at]);
  });
});

describe('vpa-can-act', () => {
  const id = 'vpa-can-act';
  const single = web().replace('replicas: 2', 'replicas: 1');
  test('one replica is left as it is, unless it is told otherwise', () => {
    expect(verdicts(id, all(single, vpa()))).toEqual(['fail spec.targetRef.name']);
    expect(verdicts(id, all(single, vpa(mode('InPlaceOrRecreate'))))).toEqual(['fail spec.targetRef.name']);
    expect(verdicts(id, all(web(), vpa()))).toEqual([]);
    expect(verdicts(id, all(single, vpa(mode('Recreate', ', minReplicas: 1'))))).toEqual([]);
    expect(verdicts(id, all(web(), vpa(mode('Recreate', ', minReplicas: 3'))))).toEqual([
      'fail spec.updatePolicy.minReplicas',
    ]);
    expect(['Off', 'Initial'].flatMap((name) => verdicts(id, all(single, vpa(mode(name)))))).toEqual([]);
  });
  test('an autoscaler may give it a second one, the updater may be told of one', () => {
    const hpa =
      '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5 } }';
    expect(verdicts(id, all(single, hpa, vpa()))).toEqual([]);
    const updater = (flag: string) =>
      workload({
        name: 'updater',
        containers: `{ name: u, image: 'registry.k8s.io/autoscaling/vpa-updater:1.8.1', args: ['${flag}'] }`,
      });
    expect(verdicts(id, all(single, updater('--min-replicas=1'), vpa()))).toEqual([]);
    expect(verdicts(id, all(single, updater('--v=4'), vpa()))).toHaveLength(1);
    const skipping = updater('--in-place-skip-disruption-budget=true');
    expect(verdicts(id, all(single, skipping, vpa(mode('InPlaceOrRecreate'))))).toEqual([]);
    expect(verdicts(id, all(single, skipping, vpa()))).toHaveLength(1);
  });
  test('a DaemonSet is counted by the nodes, and what has none is switched off', () => {
    const set = single.replace('kind: Deployment', 'kind: DaemonSet');
    expect(verdicts(id, all(set, vpa('', 'apiVersion: apps/v1, kind: DaemonSet, name: web')))).toEqual([]);
    expect(verdicts(id, all(single.replace('replicas: 1', 'replicas: 0'), vpa()))).toEqual([]);
  });
  test('a budget that allows no eviction', () => {
    const budget = (bound: string) =>
      `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: web } } } }`;
    expect(verdicts(id, all(web(), budget('minAvailable: 2'), vpa()))).toEqual(['fail spec.targetRef.name']);
    expect(verdicts(id, all(web(), budget('maxUnavailable: 1'), vpa()))).toEqual([]);
    expect(verdicts(id, all(web(), budget('minAvailable: 2'), vpa(mode('Initial'))))).toEqual([]);
  });
  test('pods that run are resized from 1.33 on', () => {
    const of = (name: string, version: string) => verdicts(id, all(web(), vpa(mode(name))), node('4', version));
    expect(of('InPlaceOrRecreate', 'v1.32.1')).toEqual(['fail spec.updatePolicy.updateMode']);
    expect(of('InPlaceOrRecreate', 'v1.33.1')).toEqual([]);
    expect(of('Recreate', 'v1.28.1')).toEqual([]);
  });
});

describe('vpa-bounds-fit', () => {
  const id = 'vpa-bounds-fit';
  const at = 'fail spec.resourcePolicy.containerPolicies[0]';
  const bounded = (cpu: string, name = "'*'") =>
    vpa(policies(`{ containerName: ${name}, maxAllowed: { cpu: '${cpu}' } }`));
  test('the largest node has it', () => {
    expect(verdicts(id, all(web(), bounded('16')), node('4'))).toEqual([`${at}.maxAllowed.cpu`]);
    expect(verdicts(id, all(web(), bounded('4')), node('4'))).toEqual([]);
    expect(verdicts(id, all(web(), bounded('16')))).toEqual([]);
    expect(verdicts(id, all(web(), vpa()), node('4'))).toEqual([]);
    expect(
      verdicts(
        id,
        all(web(), bounded('16').replace("'*'", 'main').replace('maxAllowed', "mode: 'Off', maxAllowed")),
        node('4'),
      ),
    ).toEqual([]);
  });
  test('all containers together', () => {
    const two = workload({
      spec: 'replicas: 2',
      containers: "{ name: a, image: 'a:1.0' }, { name: b, image: 'b:1.0', resources: { requests: { cpu: 2 } } }",
    });
    expect(verdicts(id, all(two, bounded('3')), node('4'))).toHaveLength(1);
    const one = `, { containerName: b, mode: 'Off' }`;
    expect(
      verdicts(id, all(two, vpa(policies(`{ containerName: a, maxAllowed: { cpu: '2' } }${one}`))), node('4')),
    ).toEqual([]);
    expect(
      verdicts(id, all(two, vpa(policies(`{ containerName: a, maxAllowed: { cpu: '3' } }${one}`))), node('4')),
    ).toHaveLength(1);
  });
  test('the quota has it, with all replicas', () => {
    const quota = (cpu: string, key = 'requests.cpu') =>
      `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { hard: { ${key}: '${cpu}' } } }`;
    expect(verdicts(id, all(web(), quota('4'), bounded('2')))).toEqual([]);
    expect(verdicts(id, all(web(), quota('3900m'), bounded('2')))).toEqual([`${at}.maxAllowed.cpu`]);
    expect(verdicts(id, all(web(), quota('3900m', 'cpu'), bounded('2')))).toHaveLength(1);
    expect(verdicts(id, all(web(), quota('3900m', 'limits.cpu'), bounded('2')))).toEqual([]);
    const other = web().replaceAll('web', 'other');
    expect(verdicts(id, all(web(), other, quota('4'), bounded('2')))).toHaveLength(1);
    // What does not fit today is quota-fits' matter.
    expect(verdicts(id, all(web(), quota('500m'), bounded('2')))).toEqual([]);
    expect(messages(id, all(web(), quota('3900m'), bounded('2')))[0]).toContain('2 of them');
  });
  test('a LimitRange caps what is recommended, but not the minimum', () => {
    const range =
      '{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, max: { cpu: 1 } }] } }';
    expect(verdicts(id, all(web(), range, bounded('2')))).toEqual([]);
    const least = vpa(policies("{ containerName: '*', minAllowed: { cpu: 2 } }"));
    expect(findings(id, all(web(), range, least))).toEqual([
      'fail VerticalPodAutoscaler/shop/sizes spec.resourcePolicy.containerPolicies[0].minAllowed.cpu = 2',
    ]);
    expect(verdicts(id, all(web(), least))).toEqual([]);
  });
});
