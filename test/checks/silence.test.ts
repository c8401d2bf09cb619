import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { all, configMap, namespace, resources, said, service, verdicts, workload } from './judging';

/** Good manifests of which something was said once, and beside each the fault that must still be found. */

const custom = (apiVersion: string, kind: string, name: string, spec = '{}', metadata = '') =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: ${name}, namespace: shop${metadata} }, spec: ${spec} }`;
const kinds = (manifests: string, ids: readonly string[]) =>
  ids.flatMap((id) => said(id, manifests).map(({ verdict, object }) => `${verdict} ${object}`));

describe('labels that controllers write', () => {
  const set = workload({ name: 'db', kind: 'StatefulSet', spec: 'replicas: 2' });
  const one = (pod: string) =>
    service(`selector: { app: db, statefulset.kubernetes.io/pod-name: ${pod} }, ports: [{ port: 5432 }]`);
  test.each(['db-0', 'db-1'])('a Service may lead to the pod %s of a StatefulSet', (pod) =>
    expect(verdicts('service-selects-workload', all(namespace, set, one(pod)))).toEqual([]),
  );
  test.each(['db-2', 'db', 'db-01', 'other-0'])('there is no pod %s', (pod) =>
    expect(verdicts('service-selects-workload', all(namespace, set, one(pod)))).toEqual(['fail spec.selector']),
  );
  test('pods are counted from where the StatefulSet says', () => {
    const later = workload({ name: 'db', kind: 'StatefulSet', spec: 'replicas: 2\n  ordinals: { start: 5 }' });
    expect(verdicts('service-selects-workload', all(namespace, later, one('db-6')))).toEqual([]);
    expect(verdicts('service-selects-workload', all(namespace, later, one('db-0')))).toEqual(['fail spec.selector']);
  });
  test('the pods of a Job are called after it', () => {
    const job = workload({ name: 'import', kind: 'Job', pod: 'restartPolicy: Never' });
    expect(
      verdicts(
        'service-selects-workload',
        all(namespace, job, service('selector: { job-name: import }, ports: [{ port: 80 }]')),
      ),
    ).toEqual([]);
    expect(
      verdicts(
        'service-selects-workload',
        all(namespace, job, service('selector: { batch.kubernetes.io/job-name: export }, ports: [{ port: 80 }]')),
      ),
    ).toEqual(['fail spec.selector']);
  });
});

describe('pods that an operator makes', () => {
  const selecting = (selector: string) => service(`selector: { ${selector} }, ports: [{ port: 80 }]`);
  test.each([
    ['a label of its API', custom('postgresql.cnpg.io/v1', 'Cluster', 'pg'), 'cnpg.io/cluster: pg'],
    ['its name', custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'podinfo'), 'app.kubernetes.io/name: podinfo'],
    [
      'the labels that it has for them',
      custom(
        'kubevirt.io/v1',
        'VirtualMachine',
        'old',
        '{ template: { metadata: { labels: { app: legacy, tier: db } } } }',
      ),
      'app: legacy',
    ],
    ['its kind', custom('monitoring.coreos.com/v1', 'Prometheus', 'main'), 'app: prometheus'],
  ])('are known by %s: whether they are selected is unknown', (_, maker, selector) => {
    expect(verdicts('service-selects-workload', all(namespace, maker, selecting(selector)))).toEqual([
      'unknown spec.selector',
    ]);
  });
  test.each([
    ['a ServiceMonitor', custom('monitoring.coreos.com/v1', 'ServiceMonitor', 'web')],
    [
      'an Application of a folder',
      custom(
        'argoproj.io/v1alpha1',
        'Application',
        'web',
        '{ source: { path: web }, destination: { namespace: shop } }',
      ),
    ],
    ['somebody else', custom('postgresql.cnpg.io/v1', 'Cluster', 'pg')],
  ])('but %s makes none of these', (_, other) =>
    expect(verdicts('service-selects-workload', all(namespace, other, selecting('app: web')))).toEqual([
      'fail spec.selector',
    ]),
  );
  test('a monitor may scrape them', () => {
    const monitor = (kind: string, labels: string) =>
      custom(
        'monitoring.coreos.com/v1',
        kind,
        'all',
        `{ selector: { matchLabels: { ${labels} } }, endpoints: [{ port: web }], podMetricsEndpoints: [{ port: metrics }] }`,
      );
    const makers = all(
      namespace,
      custom('postgresql.cnpg.io/v1', 'Cluster', 'pg'),
      custom('monitoring.coreos.com/v1', 'Prometheus', 'main'),
    );
    expect(verdicts('monitor-resolves', all(makers, monitor('PodMonitor', 'cnpg.io/cluster: pg')))).toEqual([
      'unknown spec.selector',
    ]);
    expect(verdicts('monitor-resolves', all(makers, monitor('ServiceMonitor', "operated-prometheus: 'true'")))).toEqual(
      [],
    );
    expect(verdicts('monitor-resolves', all(makers, monitor('ServiceMonitor', 'prometheus: main')))).toEqual([
      'unknown spec.selector',
    ]);
    expect(verdicts('monitor-resolves', all(makers, monitor('PodMonitor', 'app: web')))).toEqual([
      'fail spec.selector',
    ]);
  });
  test('an Ingress may lead to the Service of a release', () => {
    const ingress = `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { defaultBackend: { service: { name: podinfo, port: { number: 80 } } } } }`;
    expect(
      verdicts(
        'ingress-backend',
        all(namespace, custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'podinfo'), ingress),
      ),
    ).toEqual(['unknown spec.defaultBackend.service.name']);
    expect(
      verdicts('ingress-backend', all(namespace, custom('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'redis'), ingress)),
    ).toEqual(['fail spec.defaultBackend.service.name']);
  });
});

test('an action of an annotation is no Service', () => {
  const ingress = (action: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop, annotations: { alb.ingress.kubernetes.io/actions.${action}: '{}' } }, spec: { defaultBackend: { service: { name: redirect, port: { name: use-annotation } } } } }`;
  expect(verdicts('ingress-backend', all(namespace, ingress('redirect')))).toEqual([]);
  expect(verdicts('ingress-backend', all(namespace, ingress('forward')))).toEqual([
    'fail spec.defaultBackend.service.name',
  ]);
  const rollout = (name: string) =>
    custom(
      'argoproj.io/v1alpha1',
      'Rollout',
      'web',
      `{ strategy: { canary: { trafficRouting: { alb: { ingress: ${name} } } } } }`,
    );
  expect(verdicts('ingress-backend', all(namespace, ingress('forward'), rollout('web')))).toEqual([]);
  expect(verdicts('ingress-backend', all(namespace, ingress('forward'), rollout('other')))).toEqual([
    'fail spec.defaultBackend.service.name',
  ]);
});

describe('a Secret that a program writes', () => {
  const pod = workload({ pod: 'volumes: [{ name: cert, secret: { secretName: web-cert } }]' });
  const job = workload({
    name: 'certgen',
    kind: 'Job',
    pod: 'serviceAccountName: certgen, restartPolicy: Never',
    container: 'args: [create, --secret-name=web-cert]',
  });
  const may = (verb: string, name = 'certgen') => `
{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: certgen, namespace: shop }, rules: [{ apiGroups: [''], resources: [secrets], verbs: [get, ${verb}] }] }
---
{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: certgen, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: certgen }, subjects: [{ kind: ServiceAccount, name: ${name} }] }`;
  test('is unknown where its command line names it and its account may create Secrets', () =>
    expect(said('secret-exists', all(namespace, pod, job, may('create')))).toMatchObject([
      { verdict: 'unknown', message: expect.stringContaining('Job/shop/certgen') },
    ]));
  test('is unknown beside a program that has a Role of the namespace to create Secrets, not beside one with a ClusterRole', () => {
    const controller = workload({ name: 'certgen', pod: 'serviceAccountName: certgen' });
    expect(
      kinds(all(namespace, pod, job.replace('--secret-name=web-cert', '--overwrite'), may('create')), [
        'secret-exists',
      ]),
    ).toEqual(['unknown Deployment/shop/web']);
    expect(said('secret-exists', all(namespace, pod, controller, may('create')))).toMatchObject([
      { verdict: 'unknown', message: expect.stringContaining('Deployment/shop/certgen') },
    ]);
    const everywhere = may('create')
      .replaceAll('kind: Role,', 'kind: ClusterRole,')
      .replace('name: certgen, namespace: shop }, rules', 'name: certgen }, rules')
      .replaceAll(
        'kind: RoleBinding, metadata: { name: certgen, namespace: shop }',
        'kind: ClusterRoleBinding, metadata: { name: certgen }',
      )
      .replace('name: certgen }]', 'name: certgen, namespace: shop }]');
    expect(kinds(all(namespace, pod, controller, everywhere), ['secret-exists'])).toEqual(['fail Deployment/shop/web']);
  });
  test('is missing where the account may not', () => {
    for (const manifests of [
      all(namespace, pod, job),
      all(namespace, pod, job, may('list')),
      all(namespace, pod, job, may('create', 'other')),
    ]) {
      expect(kinds(manifests, ['secret-exists'])).toEqual(['fail Deployment/shop/web']);
    }
  });
});

describe('what `kubectl get all -o yaml` prints', () => {
  const owned = (kind: string, name: string) =>
    `ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: ${name}, uid: u, controller: true }]`;
  const spec =
    "{ containers: [{ name: web, image: 'shop/web:1.0.0', env: [{ name: A, valueFrom: { configMapKeyRef: { name: CONFIG, key: a } } }], resources: { requests: { cpu: 100m } } }] }";
  const deployment = workload({
    spec: 'replicas: 2',
    containers: "{ name: web, image: 'shop/web:1.0.0', resources: { requests: { cpu: 100m } } }",
  });
  const replicaSet = `{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-1, namespace: shop, ${owned('Deployment', 'web')} }, spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: ${spec.replace('CONFIG', 'of-yesterday')} } } }`;
  const pod = `{ apiVersion: v1, kind: Pod, metadata: { name: web-1-x, namespace: shop, labels: { app: web }, ${owned('ReplicaSet', 'web-1')} }, spec: ${spec.replace('CONFIG', 'of-yesterday')} }`;
  const quota = (cpu: string) =>
    `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: cpu, namespace: shop }, spec: { hard: { requests.cpu: ${cpu} } } }`;
  test('pods are not counted once more for each of their owners', () => {
    expect(verdicts('quota-fits', all(namespace, quota('300m'), deployment, replicaSet, pod))).toEqual([]);
    expect(verdicts('quota-fits', all(namespace, quota('150m'), deployment, replicaSet, pod))).toEqual([
      'fail spec.hard["requests.cpu"]',
    ]);
  });
  test('what is wrong with an old ReplicaSet is nobody’s concern', () => {
    expect(kinds(all(namespace, deployment, replicaSet, pod), ['configmap-exists', 'readonly-rootfs'])).toEqual([
      'fail Deployment/shop/web',
    ]);
  });
  test('numbers of pods and values of Secrets are filled in there, and nobody wrote them down', () => {
    const printed = (uid: string) =>
      all(
        `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop${uid} }, spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: ${spec} } } }`,
        `{ apiVersion: v1, kind: Secret, metadata: { name: db, namespace: shop${uid} }, data: { password: aHVudGVyMg== } }`,
        '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } } }',
      );
    expect(kinds(printed(', uid: u'), ['hpa-replicas-unset', 'secret-literal'])).toEqual([]);
    expect(kinds(printed(''), ['hpa-replicas-unset', 'secret-literal'])).toHaveLength(2);
  });
  test('the roles and bindings that the API server makes are its own concern', () => {
    const own = (labels: string) => `
{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: 'system:controller:route-controller', labels: ${labels} }, rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] }
---
{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: { name: 'system:controller:route-controller', labels: ${labels} }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'system:controller:route-controller' }, subjects: [{ kind: ServiceAccount, name: route-controller, namespace: kube-system }] }`;
    const found = (labels: string) =>
      kinds(all(own(labels), '{ apiVersion: v1, kind: Namespace, metadata: { name: kube-system } }'), [
        'rbac-subject-exists',
        'rbac-wildcard',
      ]);
    expect(found('{ kubernetes.io/bootstrapping: rbac-defaults }')).toEqual([]);
    expect(found('{}')).toHaveLength(2);
  });
  test('without its owner, a pod is judged itself', () =>
    expect(kinds(all(namespace, pod), ['configmap-exists'])).toEqual(['fail Pod/shop/web-1-x']));
});

describe('finalizers', () => {
  const finalizers = ', finalizers: [resources-finalizer.argocd.argoproj.io]';
  test('of custom resources need no domain before a slash', () =>
    expect(verdicts('schema-valid', custom('argoproj.io/v1alpha1', 'Application', 'web', '{}', finalizers))).toEqual(
      [],
    ));
  test('of the kinds of Kubernetes do', () =>
    expect(
      verdicts('schema-valid', configMap('web', 'a: b').replace('namespace: shop', `namespace: shop${finalizers}`)),
    ).toEqual(['fail metadata.finalizers[0]']));
});

test('an autoscaler of a ReplicationController names no API group', () => {
  const scaler = (kind: string) =>
    `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: v1, kind: ${kind}, name: web } } }`;
  const judged = (kind: string) =>
    runChecks(new World(resources(scaler(kind)), new Facts([], '1.35')), checks)
      .filter(({ check }) => check === 'schema-valid')
      .map(({ path }) => path);
  expect(judged('ReplicationController')).toEqual([]);
  expect(judged('Deployment')).toEqual(['spec.scaleTargetRef.apiVersion']);
});

describe('advice and questions that nobody needs', () => {
  test('a port that the command line tells is one that somebody listens on', () => {
    const probed = (args: string) =>
      workload({
        container: `args: [${args}], ports: [{ containerPort: 9443 }], readinessProbe: { httpGet: { port: 8081 } }, livenessProbe: { httpGet: { port: 8081 } }`,
      });
    expect(verdicts('probe-port-declared', probed("'--health-probe-bind-address=:8081'"))).toEqual([]);
    expect(verdicts('probe-port-declared', probed("'--metrics-bind-address=:18081'"))).toHaveLength(1);
  });
  test('Helm says the namespace itself, and where no object says one, it is asked for once', () => {
    const bare = (name: string, labels = '') =>
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, labels: { ${labels} } } }`;
    expect(verdicts('namespace-explicit', bare('a', 'helm.sh/chart: web-1.0.0'))).toEqual([]);
    expect(said('namespace-explicit', all(bare('a'), bare('b'), bare('c')))).toMatchObject([
      { object: 'ConfigMap/default/a', message: expect.stringContaining('and 2 other objects') },
    ]);
    expect(verdicts('namespace-explicit', all(bare('a'), bare('b'), configMap('c', 'a: b')))).toHaveLength(2);
  });
  test('a pod that has no port of the name is no endpoint of the Service', () => {
    const to = (port: string, more = '') =>
      service(`${more}selector: { part: web }, ports: [{ port: 80, targetPort: ${port} }]`);
    const pods = all(
      workload({ labels: 'part: web, v: a', container: 'ports: [{ name: http, containerPort: 8080 }]' }),
      workload({ name: 'test', labels: 'part: web, v: b' }),
    );
    expect(verdicts('service-selector-unique', all(to('http'), pods))).toEqual([]);
    expect(verdicts('service-selector-unique', all(to('8080'), pods))).toEqual(['fail spec.selector']);
    expect(verdicts('service-selector-unique', all(to('http', 'clusterIP: None, '), pods))).toEqual([
      'fail spec.selector',
    ]);
  });
  test('whether a namespace that somebody else makes has NetworkPolicies is unknown, and pods that do not listen need none', () => {
    const listening = workload({ container: 'ports: [{ containerPort: 8080 }]' });
    expect(verdicts('workload-isolated', all(namespace, listening))).toEqual(['fail metadata.name']);
    expect(verdicts('workload-isolated', listening)).toEqual(['unknown metadata.name']);
    expect(verdicts('workload-isolated', all(namespace, workload()))).toEqual([]);
  });
  test('what reaches into the node from kube-system is meant to', () => {
    const agent = (place: string) =>
      workload({ kind: 'DaemonSet', pod: 'hostNetwork: true' }).replace('namespace: shop', `namespace: ${place}`);
    expect(['pss-baseline', 'pss-restricted'].flatMap((id) => verdicts(id, agent('kube-system')))).toEqual([]);
    expect(verdicts('pss-baseline', agent('shop'))).toEqual(['fail spec.template.spec.hostNetwork']);
  });
  test('an agent of Vault logs in with the token', () => {
    const injected = workload().replace(
      'labels: { app: web } }\n    spec',
      "labels: { app: web }, annotations: { vault.hashicorp.com/agent-inject: 'true' } }\n    spec",
    );
    expect(verdicts('token-automount', injected)).toEqual([]);
    expect(verdicts('token-automount', workload())).toHaveLength(1);
  });
  test('a password that is filled in later is none', () => {
    const secret = (value: string) =>
      `{ apiVersion: v1, kind: Secret, metadata: { name: db, namespace: shop }, stringData: { password: '${value}' } }`;
    expect(verdicts('secret-literal', secret('${DB_PASSWORD}'))).toEqual([]);
    expect(verdicts('secret-literal', secret('correct-${horse}-battery'))).toHaveLength(1);
  });
  test('an optional ConfigMap of a longer name is no slip', () => {
    const optional = (name: string) =>
      all(
        namespace,
        configMap('web-flags', 'a: b'),
        workload({ container: `envFrom: [{ configMapRef: { name: ${name}, optional: true } }]` }),
      );
    expect(verdicts('optional-config-exists', optional('web-flags-local'))).toEqual([]);
    expect(verdicts('optional-config-exists', optional('web-flag'))).toHaveLength(1);
  });
  test('the kinds of an add-on are asked for once', () => {
    const route = (kind: string) => custom('gateway.networking.k8s.io/v1', kind, 'a');
    expect(said('kind-known', all(route('HTTPRoute'), route('GRPCRoute'), route('HTTPRoute')))).toMatchObject([
      { verdict: 'unknown', message: expect.stringContaining('GRPCRoute') },
    ]);
  });
  test('a test of a release is not asked for requests', () => {
    const pod = (hook: string) =>
      `{ apiVersion: v1, kind: Pod, metadata: { name: test, namespace: shop, annotations: { helm.sh/hook: ${hook} } }, spec: { restartPolicy: Never, containers: [{ name: test, image: 'busybox:1.37.0' }] } }`;
    expect(kinds(pod('test'), ['requests-set', 'memory-limit-set', 'token-automount'])).toEqual([]);
    expect(kinds(pod('pre-install'), ['requests-set'])).toHaveLength(1);
  });
});
