import argoAppResolves from '../../../checks/rules/gitops/argo-app-resolves';
import { runChecks } from '../../../checks/run';
import { readSources } from '../../../manifests/reading/read';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { all, configMap, findings, messages, said, verdicts, workload } from '../judging';

const WAVE = 'argocd.argoproj.io/sync-wave';
const annotated = (manifest: string, annotations: string) =>
  manifest.replace('namespace: shop', `namespace: shop, annotations: { ${annotations} }`);
const inWave = (manifest: string, wave: number) => annotated(manifest, `${WAVE}: '${wave}'`);
const settings = configMap('settings', 'A: b');
const uses = { container: 'envFrom: [{ configMapRef: { name: settings } }]' };
const from = 'spec.template.spec.containers[0].envFrom[0].configMapRef.name';
const argo = (kind: string, spec: string, name = 'shop') =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: ${kind}, metadata: { name: ${name}, namespace: argocd }, spec: { ${spec} } }`;

describe('apply-order-valid', () => {
  const id = 'apply-order-valid';
  test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])('Argo CD waits for a %s', (kind) =>
    expect(findings(id, all(inWave(settings, 1), workload({ kind, ...uses })))).toEqual([
      `fail ${kind}/shop/web ${from} = "settings"`,
    ]),
  );
  test('and for Pods, Jobs and Rollouts', () => {
    const late = inWave(settings, 1);
    const pod = `{ apiVersion: v1, kind: Pod, metadata: { name: one, namespace: shop }, spec: { containers: [{ name: a, image: 'a:1', ${uses.container} }] } }`;
    expect(verdicts(id, all(late, pod))).toEqual(['fail spec.containers[0].envFrom[0].configMapRef.name']);
    expect(verdicts(id, all(late, workload({ kind: 'Job', ...uses })))).toEqual([`fail ${from}`]);
    const rollout = workload(uses).replace('apps/v1', 'argoproj.io/v1alpha1').replace('Deployment', 'Rollout');
    expect(verdicts(id, all(late, rollout))).toEqual([`fail ${from}`]);
  });
  test('a suspended Job is not waited for', () =>
    expect(verdicts(id, all(inWave(settings, 1), workload({ kind: 'Job', spec: 'suspend: true', ...uses })))).toEqual(
      [],
    ));
  test('the message names both waves and what follows', () =>
    expect(messages(id, all(inWave(settings, 2), inWave(workload(uses), 1)))).toEqual([
      'it is applied in wave 1 and needs ConfigMap/shop/settings, which is applied in wave 2: its pods do not start, Argo CD waits for them and never reaches wave 2',
    ]));
  test('a hook of Helm orders as one of Argo CD does', () => {
    expect(verdicts(id, all(annotated(settings, 'helm.sh/hook: post-install'), workload(uses)))).toEqual([
      `fail ${from}`,
    ]);
    expect(verdicts(id, all(annotated(settings, 'argocd.argoproj.io/hook: PostSync'), workload(uses)))).toEqual([
      `fail ${from}`,
    ]);
    expect(verdicts(id, all(settings, workload(uses)))).toEqual([]);
  });
  test('a ServiceAccount and a PriorityClass are needed before their pods', () => {
    const late = (kind: string, name: string, place = ', namespace: shop') =>
      `{ apiVersion: v1, kind: ${kind}, metadata: { name: ${name}${place}, annotations: { ${WAVE}: '1' } } }`;
    const pod = 'serviceAccountName: runner, priorityClassName: high';
    expect(
      findings(id, all(late('ServiceAccount', 'runner'), late('PriorityClass', 'high', ''), workload({ pod }))),
    ).toEqual([
      'fail Deployment/shop/web spec.template.spec.priorityClassName = "high"',
      'fail Deployment/shop/web spec.template.spec.serviceAccountName = "runner"',
    ]);
    expect(messages(id, all(late('ServiceAccount', 'runner'), workload({ pod })))[0]).toContain(
      'its pods are rejected',
    );
    // Every namespace has this one before anything is applied.
    expect(
      verdicts(id, all(late('ServiceAccount', 'default'), workload({ pod: 'serviceAccountName: default' }))),
    ).toEqual([]);
  });
  test('a Secret is there when the object that creates it is', () => {
    const external = (wave: number) =>
      `{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: db, namespace: shop, annotations: { ${WAVE}: '${wave}' } }, spec: {} }`;
    const pod = workload({ container: 'envFrom: [{ secretRef: { name: db } }]' });
    expect(verdicts(id, all(external(1), pod))).toHaveLength(1);
    expect(verdicts(id, all(external(-1), pod))).toEqual([]);
  });
  test('with several Applications the message says what is open', () => {
    const two = all(argo('Application', 'project: default', 'a'), argo('Application', 'project: default', 'b'));
    expect(messages(id, all(two, inWave(settings, 1), workload(uses)))[0]).toMatch(
      /; whether one Application applies both is not known$/,
    );
    expect(verdicts(id, all(argo('Application', 'project: default'), inWave(settings, 1), workload(uses)))).toEqual([
      `fail ${from}`,
    ]);
  });

  describe('a claim that is bound with its first pod', () => {
    const claim = (wave: number) =>
      `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop, annotations: { ${WAVE}: '${wave}' } }, spec: { storageClassName: slow, accessModes: [ReadWriteOnce] } }`;
    const facts =
      '{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: slow }, provisioner: p, volumeBindingMode: WaitForFirstConsumer }';
    const user = (name: string, wave: number) =>
      inWave(workload({ name, pod: 'volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }]' }), wave);
    const on = (...manifests: string[]) => findings(id, all(...manifests), { facts });
    test('blocks when all its users come later, and names the first of them', () => {
      expect(on(claim(1), user('a', 3), user('b', 2))).toEqual([
        `fail PersistentVolumeClaim/shop/data metadata.annotations = {"${WAVE}":"1"}`,
      ]);
      expect(messages(id, all(claim(1), user('a', 3), user('b', 2)), { facts })[0]).toMatch(
        /is applied in wave 1, .* never reaches wave 2$/,
      );
    });
    test('does not block when a user comes with it, or when nothing uses it', () => {
      expect(on(claim(1), user('a', 3), user('b', 1))).toEqual([]);
      expect(on(claim(1))).toEqual([]);
      // Then it is the workload that comes too early.
      expect(on(claim(1), user('a', 0))).toEqual([
        'fail Deployment/shop/a spec.template.spec.volumes[0].persistentVolumeClaim.claimName = "data"',
      ]);
    });
    test('is unknown with several Applications', () => {
      const two = all(argo('Application', 'project: default', 'a'), argo('Application', 'project: default', 'b'));
      expect(on(two, claim(1), user('a', 2))[0]).toMatch(/^unknown PersistentVolumeClaim/);
    });
  });
});

describe('argo-app-resolves', () => {
  const id = 'argo-app-resolves';
  const source = "source: { repoURL: 'https://git.example.com/shop/manifests.git', path: prod }";
  const destination = 'destination: { name: prod, namespace: shop }';
  const app = (spec: string, kind = 'Application') => argo(kind, spec);
  const project = (spec: string, name = 'shop') => argo('AppProject', spec, name);

  test('exactly one of name and server is the destination', () => {
    expect(findings(id, app(`${source}, destination: { name: a, server: b }`))).toEqual([
      'fail Application/argocd/shop spec.destination = {"name":"a","server":"b"}',
    ]);
    expect(findings(id, app(`${source}, destination: { namespace: shop }`))).toEqual([
      'fail Application/argocd/shop spec.destination = {"namespace":"shop"}',
    ]);
    expect(findings(id, app(`${source}, destination: { server: b }`))).toEqual([]);
  });
  test('a source has a path, a chart or a reference', () => {
    const of = (json: string) => findings(id, app(`source: { ${json} }, ${destination}`));
    expect(of("repoURL: 'https://a'")).toEqual(['fail Application/argocd/shop spec.source = {"repoURL":"https://a"}']);
    expect(of("repoURL: 'https://a', path: b")).toEqual([]);
    expect(of("repoURL: 'https://a', chart: b, targetRevision: 1.2.0")).toEqual([]);
    expect(of("repoURL: 'https://a', ref: values")).toEqual([]);
    expect(
      findings(id, app(`sources: [{ repoURL: 'https://a', path: b }, { repoURL: 'https://c' }], ${destination}`)),
    ).toEqual(['fail Application/argocd/shop spec.sources[1] = {"repoURL":"https://c"}']);
  });
  test('a chart has a version, and a path begins without a slash', () => {
    const of = (json: string) => findings(id, app(`source: { repoURL: 'https://a', ${json} }, ${destination}`));
    const at = 'fail Application/argocd/shop spec.source';
    expect(of('chart: b')).toEqual([`${at}.chart = "b"`]);
    expect(of("chart: b, targetRevision: ''")).toEqual([`${at}.chart = "b"`]);
    expect(of('chart: b, targetRevision: 1.x')).toEqual([]);
    expect(of('path: b')).toEqual([]);
    expect(of('path: ./b')).toEqual([]);
    expect(of('path: /apps/b')).toEqual([`${at}.path = "/apps/b"`]);
    expect(of('path: /')).toEqual([`${at}.path = "/"`]);
    expect(findings(id, app(`sources: [{ repoURL: 'https://a', path: /b }], ${destination}`))).toEqual([
      'fail Application/argocd/shop spec.sources[0].path = "/b"',
    ]);
    const set = (json: string) =>
      said(
        id,
        app(`template: { spec: { source: { repoURL: 'https://a', ${json} }, ${destination} } }`, 'ApplicationSet'),
      );
    expect(set("path: '/apps/{{name}}'").map(({ path, repair }) => [path, repair])).toEqual([
      ['spec.template.spec.source.path', undefined],
    ]);
    expect(set("path: '{{path}}'")).toEqual([]);
    expect(set('chart: b')).toEqual([]);
    const [finding] = said(id, app(`source: { repoURL: 'https://a', path: /apps/b }, ${destination}`));
    expect(finding).toMatchObject({ fix: 'write apps/b', repair: { from: '/apps/b', with: 'apps/b' } });
  });
  test('an ApplicationSet may fill in later what its template leaves out', () => {
    const set = (spec: string) => findings(id, app(`template: { spec: { ${spec} } }`, 'ApplicationSet'));
    expect(set("source: { repoURL: 'https://a' }, destination: {}")).toEqual([]);
    expect(set(`${source}, destination: { name: a, server: b }`)).toEqual([
      'fail ApplicationSet/argocd/shop spec.template.spec.destination = {"name":"a","server":"b"}',
    ]);
    expect(set(`project: '{{project}}', ${source}, ${destination}`)).toEqual([]);
  });
  test('a project is unknown unless the namespace is complete', () => {
    const gone = app(`project: gone, ${source}, ${destination}`);
    expect(findings(id, gone)).toEqual(['unknown Application/argocd/shop spec.project = "gone"']);
    expect(findings(id, gone, { declared: '' })).toEqual(['fail Application/argocd/shop spec.project = "gone"']);
    expect(findings(id, app(`project: '', ${source}, ${destination}`), { declared: '' })).toEqual([]);
  });
  test('declared Applications are not judged', () =>
    expect(findings(id, settings, { declared: app(`project: gone, ${source}, ${destination}`) })).toEqual([]));

  describe('sources that a project permits', () => {
    const judged = (repoURL: string, sourceRepos: string) =>
      findings(
        id,
        all(
          app(`project: shop, source: { repoURL: '${repoURL}', path: a }, ${destination}`),
          project(`sourceRepos: [${sourceRepos}], destinations: [{ name: '*', namespace: '*' }]`),
        ),
      );
    test('case, a trailing slash and .git do not matter', () => {
      expect(judged('https://Git.example.com/Shop.git', "'https://git.example.com/shop/'")).toEqual([]);
      expect(judged('https://git.example.com/shop/', "'https://git.example.com/SHOP.git'")).toEqual([]);
    });
    test('another repository is reported, with the ones that are permitted', () => {
      expect(judged('https://a.example.com/x', "'https://b.example.com/y', 'https://b.example.com/z'")).toEqual([
        'fail Application/argocd/shop spec.source.repoURL = "https://a.example.com/x"',
      ]);
      const none = all(
        app(`project: shop, ${source}, ${destination}`),
        project("destinations: [{ name: '*', namespace: '*' }]"),
      );
      expect(messages(id, none)[0]).toContain('(it permits: none)');
    });
    test('other kinds of URL, templates and patterns that deny are left open', () => {
      expect(judged('git@example.com:shop', "'https://b.example.com/y'")).toEqual([]);
      expect(judged('https://a.example.com/x', "'https://b.example.com/y', 'ssh://c'")).toEqual([]);
      expect(judged('https://a.example.com/{{name}}', "'https://b.example.com/y'")).toEqual([]);
      expect(judged('https://a.example.com/x', "'!https://b.example.com/y'")).toEqual([]);
    });
  });

  describe('destinations that a project permits', () => {
    const judged = (to: string, destinations: string) =>
      findings(
        id,
        all(
          app(`project: shop, ${source}, destination: { ${to} }`),
          project(`sourceRepos: ['*'], destinations: [${destinations}]`),
        ),
      );
    test('namespace and cluster must match in the same entry', () => {
      expect(judged('name: prod, namespace: shop', '{ name: prod, namespace: shop }')).toEqual([]);
      expect(judged('server: s, namespace: shop', '{ server: s, namespace: sh* }')).toEqual([]);
      expect(
        judged('name: prod, namespace: shop', '{ name: prod, namespace: b }, { name: dev, namespace: shop }'),
      ).toEqual(['fail Application/argocd/shop spec.destination = {"name":"prod","namespace":"shop"}']);
      expect(judged('server: s, namespace: shop', '{ server: t, namespace: shop }')).toHaveLength(1);
    });
    test('the message lists what is permitted', () => {
      const message = (to: string, destinations: string) =>
        messages(
          id,
          all(
            app(`project: shop, ${source}, destination: { ${to} }`),
            project(`sourceRepos: ['*'], destinations: [${destinations}]`),
          ),
        )[0];
      expect(message('name: prod', '{ name: dev, namespace: a }, { server: s, namespace: b }')).toBe(
        'AppProject shop does not permit namespace (none) at prod (it permits: a at dev, b at s): Argo CD reports InvalidSpecError and syncs nothing',
      );
      expect(message('name: prod, namespace: shop', '')).toContain('namespace shop at prod (it permits: none)');
    });
    test('templates, and entries that deny, are left open', () => {
      expect(judged("name: '{{cluster}}', namespace: shop", '{ name: dev, namespace: b }')).toEqual([]);
      expect(judged("name: prod, namespace: '{{ns}}'", '{ name: dev, namespace: b }')).toEqual([]);
      expect(
        judged('name: prod, namespace: shop', "{ name: dev, namespace: b }, { namespace: '!b', name: prod }"),
      ).toEqual([]);
    });
  });
});

describe('hpa-replicas-unset', () => {
  const id = 'hpa-replicas-unset';
  const hpa = (bounds: string) =>
    `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds} } }`;
  test('the number that each apply restores is shown', () => {
    expect(findings(id, all(workload({ spec: 'replicas: 3' }), hpa('minReplicas: 2, maxReplicas: 5')))).toEqual([
      'fail Deployment/shop/web spec.replicas = 3',
    ]);
  });
  test('without a number, without a workload or with equal bounds there is nothing to restore', () => {
    expect(verdicts(id, all(workload(), hpa('minReplicas: 2, maxReplicas: 5')))).toEqual([]);
    expect(verdicts(id, hpa('minReplicas: 2, maxReplicas: 5'))).toEqual([]);
    expect(verdicts(id, all(workload({ spec: 'replicas: 3' }), hpa('minReplicas: 3, maxReplicas: 3')))).toEqual([]);
  });
  test('what kubectl printed shows the number of the autoscaler', () => {
    const printed = workload({ spec: 'replicas: 3' }).replace('namespace: shop', 'namespace: shop, uid: u');
    expect(verdicts(id, all(printed, hpa('minReplicas: 2, maxReplicas: 5')))).toEqual([]);
  });
});

describe('the paths of Applications', () => {
  const app = (name: string, path: string, repoURL = 'https://git.example.com/shop/manifests.git') =>
    argo('Application', `source: { repoURL: '${repoURL}', path: '${path}' }, destination: { name: prod }`, name);
  /** What is said of Applications beside the manifests of some folders. */
  const judged = (applications: string[], ...folders: string[]) => {
    const resources = [
      ...folders.flatMap((folder) => readSources([{ file: `${folder}/web.yaml`, text: workload() }]).resources),
      ...readSources([{ file: 'argocd/apps.yaml', text: all(...applications) }]).resources,
    ];
    return runChecks(new World(resources, new Facts([])), [argoAppResolves]).map(
      ({ verdict, object, path, value }) => `${verdict} ${object} ${path} = ${JSON.stringify(value)}`,
    );
  };
  const both = (path: string) => [app('a', 'apps/prod'), app('b', path)];
  const missing = (path: string) => [`unknown Application/argocd/b spec.source.path = "${path}"`];

  test('a folder is missing where that of another Application of the repository is found', () => {
    expect(judged(both('apps/test'), 'repo/apps/prod')).toEqual(missing('apps/test'));
    expect(judged(both('apps/stage'), 'repo/apps/prod', 'repo/apps/stage')).toEqual([]);
    expect(judged(both('prod'), 'repo/apps/prod')).toEqual([]);
    expect(judged(both('apps'), 'repo/apps/prod')).toEqual([]);
    expect(judged(both('repo/apps'), 'repo/apps/prod')).toEqual([]);
    expect(judged(both('apps/prod/web.yaml'), 'repo/apps/prod')).toEqual(missing('apps/prod/web.yaml'));
  });
  test('a misspelt folder is missing for certain, whether another Application has found its own or not', () => {
    const misspelt = ['fail Application/argocd/b spec.source.path = "apps/prd"'];
    expect(judged(both('apps/prd'), 'repo/apps/prod')).toEqual(misspelt);
    expect(judged([app('b', 'apps/prd')], 'repo/apps/prod')).toEqual(misspelt);
    // A folder of one name may be that of any repository.
    expect(judged([app('b', 'manifsts')], 'repo/manifests')).toEqual([]);
  });
  test('what Kustomize or Helm renders stands in its folder', () => {
    const resources = [
      ...readSources([{ file: 'kubectl kustomize repo/apps/prod', text: workload() }]).resources,
      ...readSources([{ file: 'helm template release repo/charts/web', text: workload() }]).resources,
      ...readSources([{ file: 'repo/apps/dev/web.yaml', text: workload() }]).resources,
      ...readSources([
        { file: 'apps.yaml', text: all(...both('apps/dev'), app('c', 'charts/web'), app('d', 'charts/other')) },
      ]).resources,
    ];
    expect(
      runChecks(new World(resources, new Facts([])), [argoAppResolves]).map(({ object, value }) => [object, value]),
    ).toEqual([['Application/argocd/d', 'charts/other']]);
  });
  test('the nearest folder that was found is offered', () => {
    const resources = [
      ...readSources([{ file: 'apps/prod/web.yaml', text: workload() }]).resources,
      ...readSources([{ file: 'apps.yaml', text: all(...both('apps/prd'), app('c', 'apps/pr')) }]).resources,
    ];
    const [first] = runChecks(new World(resources, new Facts([])), [argoAppResolves]);
    expect(first!.message).toContain('there is no folder apps/prd');
    expect(first!.message).toContain('did you mean "apps/prod"?');
  });
  test('the ways to write a folder are the same', () => {
    for (const path of ['./apps/prod', 'apps/prod/'])
      expect(judged([app('a', 'apps/prod'), app('b', path)], 'repo/apps/prod')).toEqual([]);
  });
  test('another repository, the root and templates are left open', () => {
    expect(judged([app('a', 'apps/prod'), app('b', 'gone', 'https://git.example.com/other')], 'apps/prod')).toEqual([]);
    expect(
      judged([app('a', 'apps/prod'), app('b', 'gone', 'https://GIT.example.com/shop/manifests/')], 'apps/prod'),
    ).toEqual(missing('gone'));
    expect(judged(both('.'), 'apps/prod')).toEqual([]);
    expect(judged(both('{{path}}'), 'apps/prod')).toEqual([]);
    expect(judged([app('a', 'gone'), app('b', 'gone')], 'apps/prod')).toEqual([]);
  });
});
