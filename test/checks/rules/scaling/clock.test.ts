import { all, messages, said, verdicts, workload } from '../../judging';

const id = 'clock-scaler-single';
const hpa = (more = '') =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 20${more} } }`;
const clock = (container: string, name = 'morning', pod = '') =>
  `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: ${name}, namespace: shop }, spec: { schedule: '0 8 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: Never${pod}, containers: [{ name: k, image: 'registry.k8s.io/kubectl:v1.35.4', ${container} }] } } } } } }`;
const args = (...words: readonly string[]) => `args: ${JSON.stringify(words)}`;
const at = (place: string) => [`fail spec.jobTemplate.spec.template.spec.containers[0].${place}`];

describe('clock-scaler-single', () => {
  const web = all(workload(), hpa());
  test.each([
    [args('scale', 'deployment/web', '--replicas=10'), 'args[0]'],
    [args('scale', 'deployment', 'web', '--replicas', '10'), 'args[0]'],
    [args('scale', 'deploy/web', '--replicas=10'), 'args[0]'],
    [args('scale', 'deployments.apps/web', '--replicas=10'), 'args[0]'],
    ['command: [kubectl, scale, --replicas=10, deployment/web]', 'command[1]'],
    ["command: [sh, -c, 'kubectl -n shop scale deployment/web --replicas=10 && echo done']", 'command[2]'],
    [args('patch', 'deployment', 'web', '-p', '{"spec":{"replicas":10}}'), 'args[0]'],
  ])('%s', (container, place) => expect(verdicts(id, all(web, clock(container)))).toEqual(at(place)));
  test.each([
    args('patch', 'hpa', 'web', '--patch', '{"spec":{"minReplicas":10}}'),
    args('patch', 'deployment', 'web', '-p', '{"metadata":{"labels":{"a":"b"}}}'),
    args('scale', 'deployment/other', '--replicas=10'),
    args('scale', 'deployment/web', '--replicas=10', '-n', 'elsewhere'),
    args('rollout', 'restart', 'deployment/web'),
    args('get', 'deployment/web'),
  ])('%s is left alone', (container) => expect(verdicts(id, all(web, clock(container)))).toEqual([]));
  test('what nobody scales may be scaled', () =>
    expect(verdicts(id, all(workload(), clock(args('scale', 'deployment/web', '--replicas=3'))))).toEqual([]));
  test('0 switches an autoscaler off, and a number switches it on again', () => {
    const both = all(
      clock(args('scale', 'deployment/web', '--replicas=0'), 'night'),
      clock(args('scale', 'deployment/web', '--replicas=3')),
    );
    expect(verdicts(id, all(web, both))).toEqual([]);
    const keda =
      '{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, triggers: [] } }';
    expect(verdicts(id, all(workload(), keda, both))).toHaveLength(2);
  });
  test('the autoscaler that KEDA makes is set back', () => {
    const keda =
      '{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, triggers: [] } }';
    const patch = clock(args('patch', 'hpa', 'keda-hpa-web', '-p', '{"spec":{"minReplicas":10}}'));
    expect(verdicts(id, all(workload(), keda, patch))).toEqual(at('args[0]'));
    expect(messages(id, all(workload(), keda, patch))[0]).toContain('ScaledObject web');
  });
  test('a minimum above the maximum is refused', () => {
    const patch = (pods: number) => clock(args('patch', 'hpa', 'web', '-p', `{"spec":{"minReplicas":${pods}}}`));
    expect(verdicts(id, all(web, patch(21)))).toEqual(at('args[0]'));
    expect(messages(id, all(web, patch(21)))[0]).toContain(
      'to 21, above its maxReplicas of 20: the API server refuses',
    );
    expect(verdicts(id, all(web, patch(20)))).toEqual([]);
  });
  describe('who applies the manifest again', () => {
    const stated = all(workload(), hpa(', minReplicas: 2'));
    const patch = (pods = 10) => clock(args('patch', 'hpa', 'web', '-p', `{"spec":{"minReplicas":${pods}}}`));
    const application = (more = '', options = '', namespace = 'shop') =>
      `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: shop, namespace: argocd }, spec: { project: default, source: { repoURL: 'https://git.example.com/a.git', path: a }, destination: { server: a, namespace: ${namespace} }, ${more}syncPolicy: { automated: { selfHeal: true }, syncOptions: [${options}] } } }`;
    const ignoring = (entry: string) =>
      `ignoreDifferences: [{ group: autoscaling, kind: HorizontalPodAutoscaler, ${entry} }], `;
    const respect = 'RespectIgnoreDifferences=true';
    const healed = ['fail spec.syncPolicy.automated.selfHeal'];
    const of = (...objects: readonly string[]) => verdicts(id, all(stated, patch(), ...objects));
    test('Argo CD heals what a CronJob has set', () => {
      expect(of(application())).toEqual(healed);
      expect(messages(id, all(stated, patch(), application()))[0]).toBe(
        'CronJob morning sets minReplicas of HorizontalPodAutoscaler web to 10, and selfHeal sets it back to 2 within seconds: the hours never get their pods',
      );
      expect(of(application(ignoring('name: api, jsonPointers: [/spec/minReplicas]'), respect))).toEqual(healed);
      expect(of(application(ignoring('jsonPointers: [/spec/maxReplicas]'), respect))).toEqual(healed);
    });
    test.each([
      'jsonPointers: [/spec/minReplicas]',
      'name: web, jqPathExpressions: [.spec.minReplicas]',
      'managedFieldsManagers: [kubectl-patch]',
    ])('unless it ignores that: %s', (entry) => {
      expect(of(application(ignoring(entry), respect))).toEqual([]);
      // Ignored alone, it is applied with each sync.
      expect(of(application(ignoring(entry)))).toEqual(['fail spec.syncPolicy']);
    });
    test('not what is elsewhere, nor without selfHeal, nor where Git says nothing or the same', () => {
      expect(of(application('', '', 'elsewhere'))).toEqual([]);
      expect(of(application().replace('selfHeal: true', 'selfHeal: false'))).toEqual([]);
      expect(verdicts(id, all(web, patch(), application()))).toEqual([]);
      expect(verdicts(id, all(stated, patch(2), application()))).toEqual([]);
    });
    test('of two CronJobs for one autoscaler it is said once', () => {
      const evening = clock(args('patch', 'hpa', 'web', '-p', '{"spec":{"minReplicas":2}}'), 'evening');
      expect(verdicts(id, all(stated, evening, patch(), application()))).toEqual(healed);
    });
    test('the number of a Deployment that nothing scales', () => {
      const alone = all(workload({ spec: 'replicas: 2' }), clock(args('scale', 'deployment/web', '--replicas=10')));
      expect(verdicts(id, all(alone, application()))).toEqual(healed);
      expect(verdicts(id, alone)).toEqual([]);
    });
    test('Flux does so at every interval', () => {
      const labelled = stated.replace(
        'name: web, namespace: shop }, spec: { scaleTargetRef',
        'name: web, namespace: shop, labels: { kustomize.toolkit.fluxcd.io/name: shop, kustomize.toolkit.fluxcd.io/namespace: flux-system } }, spec: { scaleTargetRef',
      );
      expect(labelled).not.toBe(stated);
      const kustomization = (more = '') =>
        `{ apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: { name: shop, namespace: flux-system }, spec: { interval: 5m, path: ./shop, prune: true${more} } }`;
      const judged = (more = '') => verdicts(id, all(labelled, patch(), kustomization(more)));
      expect(judged()).toEqual(['fail spec.interval']);
      expect(judged(', ignore: [{ target: { kind: HorizontalPodAutoscaler }, paths: [/spec/minReplicas] }]')).toEqual(
        [],
      );
      expect(judged(', ignore: [{ target: { kind: Deployment }, paths: [/spec/minReplicas] }]')).toHaveLength(1);
      expect(judged(', suspend: true')).toEqual([]);
    });
  });
  describe('its rights', () => {
    const role = (rule: string) =>
      all(
        '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: clock, namespace: shop } }',
        `{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: clock, namespace: shop }, rules: [{ ${rule} }] }`,
        '{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: clock, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: clock }, subjects: [{ kind: ServiceAccount, name: clock, namespace: shop }] }',
      );
    const patch = clock(
      args('patch', 'hpa', 'web', '-p', '{"spec":{"minReplicas":10}}'),
      'morning',
      ', serviceAccountName: clock',
    );
    const of = (rule: string, command = patch, others = web) => verdicts(id, all(others, command, role(rule)));
    test('get and patch of that one object are enough', () => {
      expect(
        of(
          'apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [get, patch], resourceNames: [web]',
        ),
      ).toEqual([]);
      expect(of('apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [get, patch]')).toEqual([]);
      expect(
        of(
          'apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [get, patch], resourceNames: [api]',
        ),
      ).toHaveLength(1);
      expect(of('apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [get]')).toHaveLength(1);
      expect(of('apiGroups: [apps], resources: [deployments], verbs: [get, patch]')).toHaveLength(1);
    });
    test('scaling is a subresource', () => {
      const scale = clock(args('scale', 'deployment/web', '--replicas=3'), 'morning', ', serviceAccountName: clock');
      const alone = workload();
      expect(
        of('apiGroups: [apps], resources: [deployments, deployments/scale], verbs: [get, patch]', scale, alone),
      ).toEqual([]);
      expect(of('apiGroups: [apps], resources: [deployments], verbs: [get, patch]', scale, alone)).toHaveLength(1);
    });
    test('says what is missing, and nothing where its bindings stand elsewhere', () => {
      const [finding] = said(
        id,
        all(web, patch, role('apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [get]')),
      );
      expect(finding!.message).toContain('patch of horizontalpodautoscalers');
      expect(verdicts(id, all(web, patch))).toEqual([]);
    });
  });
});

describe('autoscaler-settings-real', () => {
  const id = 'autoscaler-settings-real';
  const config = (name: string, data: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: kube-system }, data: { ${data} } }`;
  test('ConfigMaps of the Cluster Autoscaler', () => {
    expect(verdicts(id, config('cluster-autoscaler-status', "nodes.max: '10', nodes.min: '1'"))).toEqual([
      'fail data["nodes.max"]',
      'fail data["nodes.min"]',
    ]);
    expect(verdicts(id, config('cluster-autoscaler-status', 'status: Running'))).toEqual([]);
    expect(verdicts(id, config('settings', "nodes.max: '10'"))).toEqual([]);
    expect(verdicts(id, config('cluster-autoscaler-priority-expander', 'priority: a'))).toEqual(['fail data.priority']);
    expect(verdicts(id, config('cluster-autoscaler-priority-expander', 'priorities: a'))).toEqual([]);
  });
  test('annotations of pods stand in their template', () => {
    const annotated = workload().replace(
      'namespace: shop }',
      "namespace: shop, annotations: { cluster-autoscaler.kubernetes.io/safe-to-evict: 'false' } }",
    );
    expect(verdicts(id, annotated)).toEqual([
      'fail metadata.annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"]',
    ]);
    expect(
      verdicts(
        id,
        annotated.replaceAll('cluster-autoscaler.kubernetes.io/safe-to-evict', 'karpenter.sh/do-not-disrupt'),
      ),
    ).toHaveLength(1);
    const own = workload().replace(
      'labels: { app: web } }\n',
      "labels: { app: web }, annotations: { cluster-autoscaler.kubernetes.io/safe-to-evict: 'false' } }\n",
    );
    expect(own).toContain('safe-to-evict');
    expect(verdicts(id, own)).toEqual([]);
  });
});

describe('node-can-leave', () => {
  const id = 'node-can-leave';
  const autoscaler = (flag = '--nodes=1:10:a') =>
    workload({
      name: 'cluster-autoscaler',
      containers: `{ name: c, image: 'registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0', args: ['${flag}'] }`,
    });
  const noted = (notes: string, volume = '{ name: cache, emptyDir: {} }', kind = 'Deployment') =>
    workload({ kind, pod: `volumes: [${volume}]` }).replace(
      'labels: { app: web } }\n',
      `labels: { app: web }, annotations: { ${notes} } }\n`,
    );
  const prefix = 'cluster-autoscaler.kubernetes.io';
  const at = ['fail spec.template.spec.volumes[0]'];
  test('local storage', () => {
    expect(verdicts(id, all(autoscaler(), noted('')))).toEqual(at);
    expect(verdicts(id, all(autoscaler(), noted('', '{ name: cache, hostPath: { path: /a } }')))).toEqual(at);
    expect(verdicts(id, all(autoscaler(), noted('', '{ name: cache, emptyDir: { medium: Memory } }')))).toEqual([]);
    expect(verdicts(id, all(autoscaler(), noted('', '{ name: cache, configMap: { name: a } }')))).toEqual([]);
    expect(verdicts(id, all(autoscaler(), noted('', undefined, 'DaemonSet')))).toEqual([]);
  });
  test('is no matter where somebody says so, or no autoscaler is known', () => {
    expect(verdicts(id, all(autoscaler(), noted(`${prefix}/safe-to-evict: 'true'`)))).toEqual([]);
    expect(verdicts(id, all(autoscaler(), noted(`${prefix}/safe-to-evict-local-volumes: 'cache'`)))).toEqual([]);
    expect(verdicts(id, all(autoscaler(), noted(`${prefix}/safe-to-evict-local-volumes: 'other'`)))).toEqual(at);
    expect(verdicts(id, all(autoscaler('--skip-nodes-with-local-storage=false'), noted('')))).toEqual([]);
    expect(verdicts(id, noted(''))).toEqual([]);
  });
  test('pods that must not be moved', () => {
    const kept = `fail spec.template.metadata.annotations["${prefix}/safe-to-evict"]`;
    expect(verdicts(id, all(autoscaler(), noted(`${prefix}/safe-to-evict: 'false'`)))).toEqual([kept]);
    const pool = '{ apiVersion: karpenter.sh/v1, kind: NodePool, metadata: { name: a }, spec: {} }';
    const disrupt = noted("karpenter.sh/do-not-disrupt: 'true'");
    expect(verdicts(id, all(pool, disrupt))).toEqual([
      'fail spec.template.metadata.annotations["karpenter.sh/do-not-disrupt"]',
    ]);
    expect(verdicts(id, disrupt)).toEqual([]);
  });
});

describe('job-immutable-under-gitops', () => {
  const id = 'job-immutable-under-gitops';
  const application = (more = '', destination = 'shop') =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: shop, namespace: argocd }, spec: { project: default, source: { repoURL: 'https://git.example.com/a.git', path: a }, destination: { server: a, namespace: ${destination} }${more} } }`;
  const job = (name: string, metadata = '', spec = '') =>
    `{ apiVersion: batch/v1, kind: Job, metadata: { ${name}, namespace: shop${metadata} }, spec: { ${spec}template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1.0' }] } } } }`;
  const of = (...manifests: readonly string[]) => verdicts(id, all(...manifests));
  test.each(['migrate', 'db-migrate', 'import-products'])('%s is always the same', (name) =>
    expect(of(application(), job(`name: ${name}`))).toEqual(['fail metadata.name']),
  );
  test.each(['migrate-1799dc6036', 'migrate-v3', 'migrate-1.2.0', 'migrate-12', 'migrate-1-2-0'])(
    '%s changes',
    (name) => expect(of(application(), job(`name: ${name}`))).toEqual([]),
  );
  test('hooks, and what is taken away before', () => {
    const noted = (note: string) => of(application(), job('name: migrate', `, annotations: { ${note} }`));
    expect(noted('argocd.argoproj.io/hook: PreSync')).toEqual([]);
    expect(noted('helm.sh/hook: pre-upgrade')).toEqual([]);
    expect(noted("argocd.argoproj.io/sync-options: 'Force=true,Replace=true'")).toEqual([]);
    expect(noted("argocd.argoproj.io/sync-options: 'Prune=false'")).toHaveLength(1);
    expect(of(application(), job('name: migrate', '', 'ttlSecondsAfterFinished: 60, '))).toEqual([]);
    expect(of(application(), job('generateName: migrate-'))).toEqual([]);
    expect(of(application(', syncPolicy: { syncOptions: [Force=true] }'), job('name: migrate'))).toEqual([]);
  });
  test('only what Argo CD applies', () => {
    expect(of(job('name: migrate'))).toEqual([]);
    expect(of(application('', 'elsewhere'), job('name: migrate'))).toEqual([]);
  });
});
