import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { all, configMap, namespace, said, service, verdicts, workload, worldOf } from './judging';

const env = (ref: string) => `env: [{ name: A, valueFrom: { ${ref} } }]`;

describe('Services and ports', () => {
  const web = (ports: string) => workload({ container: `ports: [${ports}]` });
  const to = (port: string, more = '') => service(`${more}selector: { app: web }, ports: [${port}]`);

  test('a number that nobody declares is doubtful where others are declared, and fine where none are', () => {
    expect(
      verdicts(
        'service-targetport-resolves',
        all(to('{ port: 80, targetPort: 9090 }'), web('{ containerPort: 8080 }')),
      ),
    ).toEqual(['unknown spec.ports[0].targetPort']);
    expect(verdicts('service-targetport-resolves', all(to('{ port: 80, targetPort: 9090 }'), web('')))).toEqual([]);
  });
  test('without a targetPort the port itself is meant', () => {
    expect(verdicts('service-targetport-resolves', all(to('{ port: 80 }'), web('{ containerPort: 8080 }')))).toEqual([
      'unknown spec.ports[0].port',
    ]);
    expect(verdicts('service-targetport-resolves', all(to('{ port: 8080 }'), web('{ containerPort: 8080 }')))).toEqual(
      [],
    );
  });
  test("a port name that is nearly there is named, and a sidecar's port counts", () => {
    expect(
      said(
        'service-targetport-resolves',
        all(to('{ port: 80, targetPort: htpp }'), web('{ name: http, containerPort: 8080 }')),
      )[0]!.message,
    ).toContain('did you mean "http"');
    const sidecar = workload({
      pod: "initContainers: [{ name: proxy, image: 'proxy:1.0', restartPolicy: Always, ports: [{ name: http, containerPort: 80 }] }]",
    });
    expect(verdicts('service-targetport-resolves', all(to('{ port: 80, targetPort: http }'), sidecar))).toEqual([]);
  });
  test('a headless Service translates no numbers, and whether somebody asks it for a port by name is not known', () => {
    expect(
      verdicts(
        'service-targetport-resolves',
        all(to('{ port: 80, targetPort: 9090 }', 'clusterIP: None, '), web('{ containerPort: 8080 }')),
      ),
    ).toEqual([]);
    expect(
      verdicts(
        'service-targetport-resolves',
        all(to('{ port: 80, targetPort: nope }', 'clusterIP: None, '), web('{ containerPort: 8080 }')),
      ),
    ).toEqual(['unknown spec.ports[0].targetPort']);
  });
  test('a Service that selects nothing is spoken of once, by another check', () => {
    expect(verdicts('service-targetport-resolves', to('{ port: 80, targetPort: http }'))).toEqual([]);
  });
  test('the other protocol of a number may be listened to as well; that of a name is not found', () => {
    const dns = web('{ name: dns, containerPort: 53, protocol: UDP }');
    expect(verdicts('service-port-protocol', all(to('{ port: 53, targetPort: 53 }'), dns))).toEqual([
      'unknown spec.ports[0]',
    ]);
    expect(verdicts('service-port-protocol', all(to('{ port: 53, targetPort: dns }'), dns))).toEqual([
      'fail spec.ports[0]',
    ]);
    expect(verdicts('service-targetport-resolves', all(to('{ port: 53, targetPort: dns }'), dns))).toEqual([]);
  });
  test('a canary beside the stable version is on purpose, a Job under the same label is not', () => {
    const selector = to('{ port: 80, targetPort: 8080 }').replace('app: web', 'part: web');
    const version = (name: string) =>
      workload({
        name,
        labels: `part: web, v: ${name}`,
        containers: "{ name: web, image: 'shop/web:2.0.0', ports: [{ containerPort: 8080 }] }",
      });
    expect(verdicts('service-selector-unique', all(selector, version('stable'), version('canary')))).toEqual([]);
    expect(
      verdicts(
        'service-selector-unique',
        all(
          selector,
          version('stable'),
          workload({ name: 'migrate', kind: 'Job', labels: 'part: web', pod: 'restartPolicy: Never' }),
        ),
      ),
    ).toEqual(['fail spec.selector']);
  });
  test("a StatefulSet's Service that is not headless is unknown, one that selects others fails, none is no concern", () => {
    const redis = (serviceName: string, replicas = 1) =>
      workload({
        name: 'redis',
        kind: 'StatefulSet',
        spec: serviceName && `serviceName: ${serviceName}\n  replicas: ${replicas}`,
      });
    expect(
      verdicts(
        'sts-headless-service',
        all(namespace, redis('web', 2), service('selector: { app: redis }, ports: [{ port: 1 }]')),
      ),
    ).toEqual(['unknown spec.serviceName']);
    // Of a single pod, the name of the Service itself will do.
    expect(
      verdicts(
        'sts-headless-service',
        all(namespace, redis('web'), service('selector: { app: redis }, ports: [{ port: 1 }]')),
      ),
    ).toEqual([]);
    expect(
      verdicts(
        'sts-headless-service',
        all(namespace, redis('web'), service('clusterIP: None, selector: { app: other }, ports: [{ port: 1 }]')),
      ),
    ).toEqual(['fail spec.serviceName']);
    expect(verdicts('sts-headless-service', redis('elsewhere'))).toEqual(['unknown spec.serviceName']);
    expect(verdicts('sts-headless-service', all(namespace, redis('')))).toEqual([]);
  });
});

describe('ConfigMaps and Secrets', () => {
  test('what is optional may be absent, object and key', () => {
    const web = workload({
      container: `${env('configMapKeyRef: { name: nope, key: A, optional: true }')}, envFrom: [{ secretRef: { name: nope, optional: true } }]`,
      pod: 'volumes: [{ name: v, configMap: { name: nope, optional: true } }]',
    });
    for (const id of ['configmap-exists', 'secret-exists', 'configmap-key-exists'])
      expect(verdicts(id, all(namespace, web))).toEqual([]);
    expect(
      verdicts(
        'configmap-key-exists',
        all(
          configMap('flags', 'B: b'),
          workload({ container: env('configMapKeyRef: { name: flags, key: A, optional: true }') }),
        ),
      ),
    ).toEqual([]);
  });
  test('an optional reference that is nearly right is advice', () => {
    const web = (name: string) =>
      workload({ container: `envFrom: [{ configMapRef: { name: ${name}, optional: true } }]` });
    expect(
      said('optional-config-exists', all(namespace, configMap('flags', 'B: b'), web('flag'))).map(
        ({ severity, message }) => [severity, message.includes('did you mean "flags"')],
      ),
    ).toEqual([['advice', true]]);
    expect(verdicts('optional-config-exists', all(namespace, configMap('flags', 'B: b'), web('overrides')))).toEqual(
      [],
    );
  });
  test('so is an optional key that is nearly right, but one that may come later is not', () => {
    const key = (name: string) =>
      `{ name: V, valueFrom: { configMapKeyRef: { name: flags, key: ${name}, optional: true } } }`;
    const found = (...keys: string[]) =>
      said(
        'optional-config-exists',
        all(namespace, configMap('flags', 'retry.1: b'), workload({ container: `env: [${keys.map(key).join(', ')}]` })),
      ).map(({ message }) => message);
    expect(found('retry.l')).toEqual([expect.stringContaining('did you mean "retry.1"')]);
    expect(found('retry.delay')).toEqual([]);
    expect(found('retry.1', 'retry.2')).toEqual([]);
  });
  test('a name is looked for in the own namespace, not in others', () => {
    const other = configMap('settings', 'A: a').replace('namespace: shop', 'namespace: bank');
    expect(
      verdicts(
        'configmap-exists',
        all(namespace, other, workload({ container: env('configMapKeyRef: { name: settings, key: A }') })),
      ),
    ).toEqual(['fail spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.name']);
  });
  test('nothing is said of keys where the object itself is missing', () => {
    expect(
      verdicts(
        'configmap-key-exists',
        all(namespace, workload({ container: env('configMapKeyRef: { name: settings, key: A }') })),
      ),
    ).toEqual([]);
  });
  test('without the namespace it is unknown, and a declaration settles it', () => {
    const web = workload({ container: env('secretKeyRef: { name: login, key: A }') });
    expect(verdicts('secret-exists', web)).toEqual([
      'unknown spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name',
    ]);
    expect(
      verdicts('secret-exists', web, {
        declared: '{ apiVersion: v1, kind: Secret, metadata: { name: login, namespace: shop } }',
      }),
    ).toEqual([]);
    expect(
      verdicts('secret-key-exists', web, {
        declared: '{ apiVersion: v1, kind: Secret, metadata: { name: login, namespace: shop } }',
      }),
    ).toEqual([]);
    expect(
      verdicts('secret-key-exists', web, {
        declared: '{ apiVersion: v1, kind: Secret, metadata: { name: login, namespace: shop }, data: { B: Yg== } }',
      }),
    ).toHaveLength(1);
  });
  test.each([
    [
      'an ExternalSecret',
      '{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: x, namespace: shop }, spec: { target: { name: login }, data: [{ secretKey: A }] } }',
      ['B'],
    ],
    [
      'a template of an ExternalSecret',
      '{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: login, namespace: shop }, spec: { target: { template: { data: { A: "{{ .b }}" } } }, data: [{ secretKey: b }] } }',
      ['b'],
    ],
    [
      'a SealedSecret',
      '{ apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: { name: login, namespace: shop }, spec: { encryptedData: { A: xx } } }',
      ['B'],
    ],
  ])('%s makes its Secret, with keys that are known', (_, maker, wrong) => {
    const web = (key: string) => workload({ container: env(`secretKeyRef: { name: login, key: ${key} }`) });
    expect(verdicts('secret-exists', all(namespace, maker, web('A')))).toEqual([]);
    expect(verdicts('secret-key-exists', all(namespace, maker, web('A')))).toEqual([]);
    for (const key of wrong) expect(verdicts('secret-key-exists', all(namespace, maker, web(key)))).toHaveLength(1);
  });
  test("a Secret that an operator may make is unknown, and a ServiceMonitor is no operator's", () => {
    const web = workload({ container: env('secretKeyRef: { name: db-app, key: password }') });
    expect(
      verdicts(
        'secret-exists',
        all(
          namespace,
          web,
          '{ apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: { name: db, namespace: shop } }',
        ),
      ),
    ).toEqual([expect.stringMatching(/^unknown/)]);
    expect(
      verdicts(
        'secret-exists',
        all(
          namespace,
          web,
          '{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: db, namespace: shop } }',
        ),
      ),
    ).toEqual([expect.stringMatching(/^fail/)]);
  });
  test('every namespace has kube-root-ca.crt, with its one key', () => {
    const web = (key: string) =>
      workload({
        pod: `volumes: [{ name: ca, projected: { sources: [{ configMap: { name: kube-root-ca.crt, items: [{ key: ${key}, path: ca }] } }] } }]`,
      });
    expect(verdicts('configmap-exists', all(namespace, web('ca.crt')))).toEqual([]);
    expect(verdicts('volume-item-key-exists', all(namespace, web('ca.crt')))).toEqual([]);
    expect(verdicts('volume-item-key-exists', all(namespace, web('tls.crt')))).toEqual([
      'fail spec.template.spec.volumes[0].projected.sources[0].configMap.items[0].key',
    ]);
  });
  test('a subPath that is no key mounts an empty directory', () => {
    const web = (subPath: string) =>
      workload({
        pod: 'volumes: [{ name: conf, configMap: { name: nginx } }]',
        container: `volumeMounts: [{ name: conf, mountPath: /etc/nginx.conf, subPath: ${subPath} }]`,
      });
    expect(
      said('configmap-key-exists', all(configMap('nginx', 'nginx.conf: x'), web('nginx.cfg')))[0]!.message,
    ).toContain('empty directory');
    expect(verdicts('configmap-key-exists', all(configMap('nginx', 'nginx.conf: x'), web('nginx.conf')))).toEqual([]);
  });
  test('what is kept for the pods of the version before is not left over', () => {
    const kept = configMap('old', 'A: a').replace(
      'namespace: shop',
      "namespace: shop, annotations: { strata/config-superseded: '1' }",
    );
    const dashboard = configMap('board', 'A: a').replace(
      'namespace: shop',
      "namespace: shop, labels: { grafana_dashboard: '1' }",
    );
    expect(
      said('unused-config', all(workload(), kept, dashboard, configMap('left', 'A: a'))).map(({ object }) => object),
    ).toEqual(['ConfigMap/shop/left']);
  });
  test('a name in the argument of a program counts as a use', () => {
    expect(
      verdicts(
        'unused-config',
        all(workload({ container: 'args: [--config-map=shop/leader]' }), configMap('leader', 'A: a')),
      ),
    ).toEqual([]);
  });
  test('one pull Secret that is missing is said once for all its pods, of ServiceAccounts too', () => {
    const pulls = (name: string) => workload({ name, pod: 'imagePullSecrets: [{ name: login }]' });
    expect(verdicts('imagepullsecret-exists', all(namespace, pulls('a'), pulls('b')))).toHaveLength(1);
    expect(
      verdicts(
        'imagepullsecret-exists',
        all(
          namespace,
          '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: a, namespace: shop }, imagePullSecrets: [{ name: nope }] }',
        ),
      ),
    ).toEqual(['fail imagePullSecrets[0].name']);
    const opaque = '{ apiVersion: v1, kind: Secret, metadata: { name: login, namespace: shop }, type: Opaque }';
    expect(said('imagepullsecret-exists', all(namespace, opaque, pulls('a')))[0]!.message).toContain('has type Opaque');
  });
});

describe('$(NAME)', () => {
  const of = (container: string, pod = '') => workload({ container, pod });
  const expands = (container: string, more = '', pod = '') =>
    verdicts('env-expansion-resolves', all(of(container, pod), ...(more ? [more] : [])));

  test('args see every variable, env only those above', () => {
    expect(expands("args: ['$(A)'], env: [{ name: B, value: b }, { name: A, value: a }]")).toEqual([]);
    expect(expands("env: [{ name: B, value: '$(A)' }, { name: A, value: a }]")).toEqual([
      'fail spec.template.spec.containers[0].env[0].value',
    ]);
    expect(said('env-expansion-resolves', of("env: [{ name: PATH, value: '$(PATH):/opt' }]"))[0]!.message).toContain(
      'this entry itself',
    );
  });
  test('envFrom comes before env, with its prefix, and unknown keys make it unknown', () => {
    const from = "args: ['$(X_A)'], envFrom: [{ prefix: X_, configMapRef: { name: conf } }]";
    expect(expands(from, configMap('conf', 'A: a'))).toEqual([]);
    expect(expands(from, configMap('conf', 'B: a'))).toEqual(['fail spec.template.spec.containers[0].args[0]']);
    expect(expands(from)).toEqual(['unknown spec.template.spec.containers[0].args[0]']);
  });
  test('$$ is a dollar, and a shell runs what is in small letters itself', () => {
    expect(expands("args: ['$$(A)']")).toEqual([]);
    expect(expands("command: [sh, -c, 'echo $(date) $(hostname -s)']")).toEqual([]);
    expect(expands("command: [sh, -c, 'echo $(HOME_URL)']")).toEqual([
      'fail spec.template.spec.containers[0].command[2]',
    ]);
  });
  test('the kubelet sets variables for Services of the namespace, unless links are off', () => {
    const redis = service('selector: { app: redis }, ports: [{ port: 6379 }]', 'redis-main');
    expect(expands("args: ['$(KUBERNETES_SERVICE_HOST)']")).toEqual([]);
    expect(expands("args: ['$(REDIS_MAIN_SERVICE_HOST)']", redis)).toEqual([]);
    expect(expands("args: ['$(REDIS_MAIN_SERVICE_HOST)']", redis, 'enableServiceLinks: false')).toHaveLength(1);
    expect(expands("args: ['$(REDIS_MAIN_SERVICE_HOST)']")).toEqual([
      'unknown spec.template.spec.containers[0].args[0]',
    ]);
  });
});

describe('accounts and rights', () => {
  test('default is there in every namespace, others are looked for', () => {
    expect(verdicts('serviceaccount-exists', all(namespace, workload({ pod: 'serviceAccountName: default' })))).toEqual(
      [],
    );
    expect(verdicts('serviceaccount-exists', all(namespace, workload({ pod: 'serviceAccount: web' })))).toEqual([
      'fail spec.template.spec.serviceAccount',
    ]);
  });
  test('the ClusterRoles of Kubernetes are there', () => {
    const binding = (role: string) =>
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: { name: b }, roleRef: { kind: ClusterRole, name: ${role} } }`;
    for (const role of ['view', 'cluster-admin', 'system:auth-delegator'])
      expect(verdicts('rbac-roleref-exists', binding(role))).toEqual([]);
    expect(verdicts('rbac-roleref-exists', binding('reader'))).toEqual(['unknown roleRef.name']);
    expect(verdicts('rbac-roleref-exists', binding('reader'), { declared: '' })).toEqual(['fail roleRef.name']);
  });
  test('users and groups are no objects', () => {
    const binding =
      '{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: b, namespace: shop }, roleRef: { kind: ClusterRole, name: view }, subjects: [{ kind: User, name: ada }, { kind: Group, name: "system:authenticated" }] }';
    expect(verdicts('rbac-subject-exists', all(namespace, binding))).toEqual([]);
  });
  test("a rule of an add-on's group, or with one group of several that has the resource, is real", () => {
    const role = (rule: string) =>
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: r, namespace: shop }, rules: [{ ${rule} }] }`;
    for (const rule of [
      "apiGroups: ['', apps], resources: [pods/log, deployments/scale], verbs: [get]",
      'apiGroups: [example.com], resources: [widgets], verbs: [get]',
      "apiGroups: ['*'], resources: [anything], verbs: ['*']",
      'nonResourceURLs: [/metrics], verbs: [get]',
      'apiGroups: [metrics.k8s.io], resources: [pods], verbs: [get]',
    ]) {
      expect(verdicts('rbac-rule-real', role(rule))).toEqual([]);
    }
    expect(
      verdicts('rbac-rule-real', role('apiGroups: [certificates.k8s.io], resources: [signers], verbs: [sign]')),
    ).toEqual([]);
    const definition =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: widgets.example.com }, spec: { group: example.com, scope: Namespaced, names: { plural: widgets, kind: Widget }, versions: [] } }';
    const found = (resource: string) =>
      verdicts(
        'rbac-rule-real',
        all(definition, role(`apiGroups: [example.com], resources: [${resource}], verbs: [get]`)),
      );
    expect([found('widgets'), found('gadgetries'), found('wigdets')]).toEqual([[], [], ['fail rules[0].resources[0]']]);
    expect(
      said('rbac-rule-real', role("apiGroups: [''], resources: [pod], verbs: [read]")).map(({ message }) =>
        /did you mean "pods"|verb read/.test(message),
      ),
    ).toEqual([true, true]);
  });
  test('a claim of a template counts as there', () => {
    const redis = `${workload({ name: 'redis', kind: 'StatefulSet', spec: 'volumeClaimTemplates: [{ metadata: { name: data } }]' })}`;
    const backup = (claim: string) =>
      workload({
        name: 'backup',
        kind: 'Job',
        pod: `restartPolicy: Never, volumes: [{ name: d, persistentVolumeClaim: { claimName: ${claim} } }]`,
      });
    expect(verdicts('pvc-exists', all(namespace, redis, backup('data-redis-0')))).toEqual([]);
    expect(verdicts('pvc-exists', all(namespace, redis, backup('data-redis')))).toEqual([
      'fail spec.template.spec.volumes[0].persistentVolumeClaim.claimName',
    ]);
  });
  test('a webhook that is asked on 443 by default needs that port', () => {
    const hook =
      '{ apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: { name: h }, webhooks: [{ name: a.b.c, failurePolicy: Ignore, clientConfig: { service: { name: web, namespace: shop } } }] }';
    expect(
      verdicts(
        'webhook-service-resolves',
        all(namespace, workload(), hook, service('selector: { app: web }, ports: [{ port: 443 }]')),
      ),
    ).toEqual([]);
    expect(
      said(
        'webhook-service-resolves',
        all(namespace, hook, service('selector: { app: web }, ports: [{ port: 8443 }]')),
      )[0]!.message,
    ).toContain('admitted without it');
    expect(verdicts('webhook-service-resolves', hook)).toEqual(['unknown webhooks[0].clientConfig.service.name']);
  });
  test('priority classes of the system are there, others unknown without facts', () => {
    expect(
      verdicts('priority-runtime-class-exists', workload({ pod: 'priorityClassName: system-node-critical' })),
    ).toEqual([]);
    expect(
      verdicts('priority-runtime-class-exists', workload({ pod: 'priorityClassName: gold, runtimeClassName: gvisor' })),
    ).toEqual([
      expect.stringMatching(/^unknown .*priorityClassName/),
      expect.stringMatching(/^unknown .*runtimeClassName/),
    ]);
  });
});

test('fields of the wrong type are survived', () => {
  for (const wrong of ['null', '7', '[]', '[null]', '{}', '{ name: 7 }', "'x'"]) {
    const pod = `volumes: ${wrong}, imagePullSecrets: ${wrong}, priorityClassName: ${wrong}, serviceAccountName: ${wrong}, overhead: ${wrong}`;
    const container = `env: ${wrong}, envFrom: ${wrong}, volumeMounts: ${wrong}, args: ${wrong}, ports: ${wrong}, resources: ${wrong}, livenessProbe: ${wrong}, lifecycle: ${wrong}`;
    const others = [
      'ResourceQuota',
      'LimitRange',
      'PersistentVolumeClaim',
      'Certificate',
      'ServiceAccount',
      'CronJob',
    ].map(
      (kind) =>
        `{ apiVersion: v1, kind: ${kind}, metadata: { name: x, namespace: shop }, spec: ${wrong}, rules: ${wrong} }`,
    );
    const hpa = `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: x, namespace: shop }, spec: { scaleTargetRef: { kind: Deployment, name: web }, metrics: ${wrong}, maxReplicas: ${wrong} } }`;
    const pdb = `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: x, namespace: shop }, spec: { selector: {}, maxUnavailable: ${wrong} } }`;
    const role = `{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: x, namespace: shop }, rules: ${wrong} }`;
    for (const kind of ['Deployment', 'StatefulSet', 'Job']) {
      const manifests = all(
        workload({ kind, pod, container, spec: `replicas: ${wrong}, strategy: ${wrong}`.split(', ').join('\n  ') }),
        ...others,
        hpa,
        pdb,
        role,
        service(`selector: { app: web }, ports: ${wrong}`),
      );
      runChecks(worldOf(manifests), checks);
    }
  }
});
