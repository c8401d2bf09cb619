import { matchesGlob } from '../../world/argo';
import { all, configMap, said, verdicts, workload } from './judging';

const wave = (value: string) => `annotations: { argocd.argoproj.io/sync-wave: '${value}' }`;
const object = (kind: string, name: string, annotations: string, more = '') =>
  `{ apiVersion: v1, kind: ${kind}, metadata: { name: ${name}, namespace: shop, ${annotations} }${more ? `, ${more}` : ''} }`;
const uses = (name: string) => `envFrom: [{ configMapRef: { name: ${name} } }]`;
const inWave = (manifest: string, value: string) =>
  manifest.replace('namespace: shop', `namespace: shop, ${wave(value)}`);
const application = (spec: string, name = 'shop') =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: ${name}, namespace: argocd }, spec: { ${spec} } }`;
const project = (spec: string) =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: { name: shop, namespace: argocd }, spec: { ${spec} } }`;

describe('apply-order-valid', () => {
  const judged = (manifests: string, facts?: string) =>
    verdicts('apply-order-valid', manifests, facts === undefined ? undefined : { facts });
  const web = workload({ container: uses('settings') });
  const from = 'spec.template.spec.containers[0].envFrom[0].configMapRef.name';

  test('an object without a wave is in wave 0', () => {
    expect(judged(all(inWave(configMap('settings', 'A: b'), '1'), web))).toEqual([`fail ${from}`]);
    expect(judged(all(inWave(configMap('settings', 'A: b'), '-1'), web))).toEqual([]);
    expect(judged(all(configMap('settings', 'A: b'), inWave(web, '3')))).toEqual([]);
  });
  test('what Argo CD does not wait for, and what may be missing, is no matter of order', () => {
    const late = inWave(configMap('settings', 'A: b'), '1');
    expect(judged(all(late, workload({ spec: 'replicas: 0', container: uses('settings') })))).toEqual([]);
    expect(
      judged(all(late, workload({ container: 'envFrom: [{ configMapRef: { name: settings, optional: true } }]' }))),
    ).toEqual([]);
    const cron =
      "{ apiVersion: batch/v1, kind: CronJob, metadata: { name: a, namespace: shop }, spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1', envFrom: [{ configMapRef: { name: settings } }] }] } } } } } }";
    expect(judged(all(late, cron))).toEqual([]);
  });
  test('a PreSync Job has nothing of what comes with the sync', () => {
    const migrate = workload({
      name: 'migrate',
      kind: 'Job',
      pod: 'restartPolicy: Never, serviceAccountName: migrate',
      container: uses('settings'),
    }).replace('namespace: shop', "namespace: shop, annotations: { argocd.argoproj.io/hook: 'PreSync' }");
    const account = '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: migrate, namespace: shop } }';
    expect(judged(all(configMap('settings', 'A: b'), account, migrate))).toEqual([
      `fail ${from}`,
      'fail spec.template.spec.serviceAccountName',
    ]);
    expect(judged(all(configMap('settings', 'A: b'), account, migrate.replace('PreSync', 'PostSync')))).toEqual([]);
  });
  test('a Secret comes when what makes it comes', () => {
    const external = object('ExternalSecret', 'db', wave('2'), 'spec: { target: { name: password } }').replace(
      'v1,',
      'external-secrets.io/v1,',
    );
    expect(judged(all(external, workload({ container: 'envFrom: [{ secretRef: { name: password } }]' })))).toEqual([
      'fail spec.template.spec.containers[0].envFrom[0].secretRef.name',
    ]);
  });
  test('Argo CD brings Namespaces forward by itself', () => {
    expect(
      judged(
        all(
          "{ apiVersion: v1, kind: Namespace, metadata: { name: shop, annotations: { argocd.argoproj.io/sync-wave: '5' } } }",
          workload(),
        ),
      ),
    ).toEqual([]);
  });
  test('a claim that waits for its first pod blocks the wave of that pod', () => {
    const claim = (value: string) =>
      object(
        'PersistentVolumeClaim',
        'data',
        wave(value),
        'spec: { accessModes: [ReadWriteOnce], storageClassName: standard }',
      );
    const facts =
      '{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: standard }, provisioner: rancher.io/local-path, volumeBindingMode: WaitForFirstConsumer }';
    const user = workload({ pod: 'volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]' });
    expect(judged(all(claim('-1'), user), facts)).toEqual(['fail metadata.annotations']);
    expect(judged(all(claim('0'), user), facts)).toEqual([]);
    expect(judged(all(claim('-1'), user), facts.replace('WaitForFirstConsumer', 'Immediate'))).toEqual([]);
  });
  test('several Applications have waves of their own', () => {
    expect(
      judged(
        all(
          inWave(configMap('settings', 'A: b'), '1'),
          web,
          application('project: default', 'a'),
          application('project: default', 'b'),
        ),
      ),
    ).toEqual([`unknown ${from}`]);
  });
});

describe('argo-app-resolves', () => {
  const source = "source: { repoURL: 'https://git.example.com/shop/manifests.git', path: prod }";
  const destination = 'destination: { name: prod, namespace: shop }';
  const judged = (...manifests: string[]) => verdicts('argo-app-resolves', all(...manifests));
  const open = "sourceRepos: ['*'], destinations: [{ name: '*', namespace: '*' }]";

  test('the default project is always there, another one may be elsewhere', () => {
    expect(judged(application(`project: default, ${source}, ${destination}`))).toEqual([]);
    expect(
      said('argo-app-resolves', all(application(`project: shp, ${source}, ${destination}`), project(open)))[0],
    ).toMatchObject({ verdict: 'fail', message: expect.stringContaining('did you mean "shop"?') as string });
    expect(judged(application(`project: store, ${source}, ${destination}`), project(open))).toEqual([
      'unknown spec.project',
    ]);
    expect(
      judged(
        '{ apiVersion: v1, kind: Namespace, metadata: { name: argocd } }',
        application(`project: gone, ${source}, ${destination}`),
      ),
    ).toEqual(['fail spec.project']);
  });
  test('sources and destinations are patterns', () => {
    const app = application(`project: shop, ${source}, ${destination}`);
    expect(judged(app, project(open))).toEqual([]);
    expect(
      judged(
        app,
        project("sourceRepos: ['https://git.example.com/*/manifests'], destinations: [{ name: pr*, namespace: shop }]"),
      ),
    ).toEqual([]);
    expect(
      judged(
        app,
        project("sourceRepos: ['https://git.example.com/*'], destinations: [{ name: prod, namespace: shop }]"),
      ),
    ).toEqual(['fail spec.source.repoURL']);
    expect(judged(app, project("sourceRepos: ['*'], destinations: [{ name: dev, namespace: shop }]"))).toEqual([
      'fail spec.destination',
    ]);
  });
  test('a cluster by name and one by address may be the same, and what is forbidden is left open', () => {
    const app = application(`project: shop, ${source}, ${destination}`);
    expect(
      judged(app, project("sourceRepos: ['*'], destinations: [{ server: 'https://10.0.0.1', namespace: shop }]")),
    ).toEqual([]);
    expect(judged(app, project("sourceRepos: ['*'], destinations: [{ name: '!dev', namespace: shop }]"))).toEqual([]);
  });
  test('two names for a cluster, or no source, are refused', () => {
    expect(judged(application(`project: default, ${source}, destination: { name: a, server: 'https://a' }`))).toEqual([
      'fail spec.destination',
    ]);
    expect(judged(application(`project: default, source: { repoURL: 'https://a' }, ${destination}`))).toEqual([
      'fail spec.source',
    ]);
  });
  test.each([
    ['a*', 'abc', true],
    ['*', '', true],
    ['team/*', 'team/a/b', false],
    ['team/**', 'team/a/b', true],
    ['a?', 'ab', true],
    ['{a,b}', 'a', undefined],
  ])('%s and %s', (pattern, value, expected) => expect(matchesGlob(pattern, value, '/')).toBe(expected));
});

describe('hpa-replicas-unset', () => {
  const hpa = (bounds = 'minReplicas: 2, maxReplicas: 5') =>
    `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds} } }`;
  const judged = (...manifests: string[]) =>
    verdicts('hpa-replicas-unset', all(workload({ spec: 'replicas: 3' }), hpa(), ...manifests));
  test('an Application may leave it to the autoscaler', () => {
    expect(judged()).toEqual(['fail spec.replicas']);
    expect(
      judged(application('ignoreDifferences: [{ group: apps, kind: Deployment, jsonPointers: [/spec/replicas] }]')),
    ).toEqual([]);
    expect(
      judged(
        application(
          'ignoreDifferences: [{ group: apps, kind: Deployment, managedFieldsManagers: [kube-controller-manager] }]',
        ),
      ),
    ).toEqual([]);
    expect(
      judged(application('ignoreDifferences: [{ group: apps, kind: StatefulSet, jsonPointers: [/spec/replicas] }]')),
    ).toEqual(['fail spec.replicas']);
  });
  test('0 switches the autoscaler off', () =>
    expect(verdicts('hpa-replicas-unset', all(workload({ spec: 'replicas: 0' }), hpa()))).toEqual([]));
});
