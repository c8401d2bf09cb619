import { all, configMap, findings, namespace, service, workload } from './judging';

const object = (apiVersion: string, kind: string, name: string, rest: string) =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, ${rest} }`;
const budget = (name: string, spec = 'maxUnavailable: 1') =>
  object('policy/v1', 'PodDisruptionBudget', name, `spec: { ${spec}, selector: { matchLabels: { app: web } } }`);
const quota = (hard: string) => object('v1', 'ResourceQuota', 'all', `spec: { hard: { ${hard} } }`);
const web = workload({
  spec: 'replicas: 2',
  container: 'resources: { requests: { cpu: 500m, memory: 1Gi }, limits: { cpu: 500m, memory: 1Gi } }',
});
const claim = object(
  'v1',
  'PersistentVolumeClaim',
  'data',
  'spec: { accessModes: [ReadWriteOncePod], resources: { requests: { storage: 1Gi } } }',
);
const mounting = (kind = 'Deployment', replicas = 1) =>
  workload({
    kind,
    spec: `replicas: ${replicas}`,
    pod: 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]',
  });
const ingress = (backend: string) =>
  object(
    'networking.k8s.io/v1',
    'Ingress',
    'web',
    `spec: { rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${backend}, port: { number: 80 } } } }] } }] }`,
  );
const hpa = (name: string, max = 4) =>
  object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    name,
    `spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 2, maxReplicas: ${max} }`,
  );

describe('an object that is defined twice is one, alike or not', () => {
  test('a budget', () => {
    expect(findings('pdb-single', all(namespace, web, budget('web'), budget('web')))).toEqual([]);
    expect(findings('pdb-single', all(namespace, web, budget('web'), budget('web', 'minAvailable: 1')))).toEqual([]);
    expect(findings('pdb-single', all(namespace, web, budget('web'), budget('front'), budget('web')))).toHaveLength(1);
  });
  test('an autoscaler', () => {
    expect(findings('hpa-target-unique', all(web, hpa('web'), hpa('web')))).toEqual([]);
    expect(findings('hpa-target-unique', all(web, hpa('web'), hpa('web', 5)))).toEqual([]);
    expect(findings('hpa-target-unique', all(web, hpa('web'), hpa('other')))).toHaveLength(1);
  });
  test('a workload in the sum of a quota', () => {
    const fits = quota("requests.cpu: '2', count/deployments.apps: '1'");
    const changed = web.replace('replicas: 2', 'replicas: 3');
    expect(findings('quota-fits', all(namespace, fits, web, web))).toEqual([]);
    expect(findings('quota-fits', all(namespace, fits, web, changed))).toEqual([]);
    const second = web.replaceAll('name: web', 'name: second').replaceAll('app: web', 'app: second');
    expect(findings('quota-fits', all(namespace, fits, web, second, web))).not.toEqual([]);
  });
  test('a claim in the sum of a quota', () => {
    const set = object(
      'apps/v1',
      'StatefulSet',
      'db',
      "spec: { replicas: 1, volumeClaimTemplates: [{ metadata: { name: d }, spec: { resources: { requests: { storage: 1Gi } } } }], selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: 'db:1.0.0' }] } } }",
    );
    const changed = set.replace('db:1.0.0', 'db:1.0.1');
    const fits = quota("requests.storage: 2Gi, persistentvolumeclaims: '2'");
    expect(findings('quota-fits', all(namespace, fits, claim, claim, set, set))).toEqual([]);
    expect(findings('quota-fits', all(namespace, fits, claim, set, changed))).toEqual([]);
    expect(
      findings('quota-fits', all(namespace, fits, claim, set, set.replace('name: db,', 'name: db2,'))),
    ).not.toEqual([]);
  });
  test('a workload that mounts a claim', () => {
    const changed = mounting().replace('shop/web:1.0.0', 'shop/web:1.0.1');
    expect(findings('rwo-sharing', all(namespace, claim, mounting(), mounting()))).toEqual([]);
    expect(findings('rwo-sharing', all(namespace, claim, mounting(), changed))).toEqual([]);
    const other = mounting().replace('name: web,', 'name: worker,').replaceAll('app: web', 'app: worker');
    expect(findings('rwo-sharing', all(namespace, claim, mounting(), other))).not.toEqual([]);
  });
  test('an Ingress', () => {
    expect(findings('ingress-host-path-unique', all(ingress('web'), ingress('api')))).toEqual([]);
    expect(
      findings('ingress-host-path-unique', all(ingress('web'), ingress('api').replace('name: web', 'name: api'))),
    ).toHaveLength(1);
  });
  test('different contents are reported, equal ones are not', () => {
    expect(findings('duplicate-object', all(configMap('a', 'A: a'), configMap('a', 'A: a')))).toEqual([]);
    expect(findings('duplicate-object', all(configMap('a', 'A: a'), configMap('a', 'A: b')))).toHaveLength(1);
  });
});

test('what is wrong with an object is said once, however often it is copied', () => {
  const wrong = service('selector: { app: gone }, ports: [{ port: 80 }]');
  expect(findings('service-selects-workload', all(namespace, web, wrong, wrong))).toHaveLength(1);
  const job =
    '{ apiVersion: batch/v1, kind: Job, metadata: { generateName: once-, namespace: shop }, spec: { template: { spec: { restartPolicy: Always, containers: [{ name: a, image: a:1.0.0 }] } } } }';
  // Of an object whose name is generated there is one more each time.
  expect(findings('restart-policy', all(namespace, job, job))).toHaveLength(2);
});
