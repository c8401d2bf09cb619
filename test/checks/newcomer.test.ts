import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { all, findings, messages, namespace, resources, workload } from './judging';

/** A folder as most repositories have it: no Namespace, and nothing said of what else there is. */
const container = (more = '') => `{ name: web, image: 'shop/web:3.1.0'${more} }`;
const deployment = (pod: string, name = 'web') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: web, tier: front } }
  template: { metadata: { labels: { app: web, tier: front } }, spec: { ${pod} } }`;
const web = deployment(`containers: [${container()}]`);
const simple = (kind: string, name: string, rest = '') =>
  `{ apiVersion: v1, kind: ${kind}, metadata: { name: ${name} }${rest} }`;
const webService = simple('Service', 'web', ', spec: { selector: { app: web }, ports: [{ port: 80 }] }');

describe('a name that misspells one of the same folder fails, though nobody said what else there is', () => {
  test.each([
    [
      'serviceaccount-exists',
      all(simple('ServiceAccount', 'web'), deployment(`serviceAccountName: webb, containers: [${container()}]`)),
      'fail Deployment/default/web spec.template.spec.serviceAccountName = "webb"',
    ],
    [
      'configmap-exists',
      all(
        simple('ConfigMap', 'web-config', ', data: { A: a }'),
        deployment(`containers: [${container(', envFrom: [{ configMapRef: { name: web-confg } }]')}]`),
      ),
      'fail Deployment/default/web spec.template.spec.containers[0].envFrom[0].configMapRef.name = "web-confg"',
    ],
    [
      'secret-exists',
      all(
        simple('Secret', 'db-credentials', ', stringData: { password: x }'),
        `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: backup }, spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, initContainers: [${container(', env: [{ name: P, valueFrom: { secretKeyRef: { name: db-credentails, key: password } } }]')}], containers: [${container()}] } } } } } }`,
      ),
      'fail CronJob/default/backup spec.jobTemplate.spec.template.spec.initContainers[0].env[0].valueFrom.secretKeyRef.name = "db-credentails"',
    ],
    [
      'pvc-exists',
      all(
        simple(
          'PersistentVolumeClaim',
          'uploads',
          ', spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }',
        ),
        deployment(
          `containers: [${container()}], volumes: [{ name: u, persistentVolumeClaim: { claimName: upload } }]`,
        ),
      ),
      'fail Deployment/default/web spec.template.spec.volumes[0].persistentVolumeClaim.claimName = "upload"',
    ],
    [
      'service-selects-workload',
      all(web, simple('Service', 'web', ', spec: { selector: { app: wbe, tier: front }, ports: [{ port: 80 }] }')),
      'fail Service/default/web spec.selector = {"app":"wbe","tier":"front"}',
    ],
    [
      'service-selects-workload',
      all(web, simple('Service', 'web', ', spec: { selector: { app: web, teir: front }, ports: [{ port: 80 }] }')),
      'fail Service/default/web spec.selector = {"app":"web","teir":"front"}',
    ],
    [
      'ingress-backend',
      all(
        web,
        webService,
        `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web }, spec: { defaultBackend: { service: { name: webb, port: { number: 80 } } } } }`,
      ),
      'fail Ingress/default/web spec.defaultBackend.service.name = "webb"',
    ],
    [
      'hpa-target-exists',
      all(
        web,
        `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: wbe } } }`,
      ),
      'fail HorizontalPodAutoscaler/default/web spec.scaleTargetRef.name = "wbe"',
    ],
    [
      'rbac-roleref-exists',
      all(
        `{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: reader }, rules: [{ apiGroups: [''], resources: [pods], verbs: [get] }] }`,
        `{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: reader }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: raeder }, subjects: [{ kind: ServiceAccount, name: default }] }`,
      ),
      'fail RoleBinding/default/reader roleRef.name = "raeder"',
    ],
    [
      'priority-runtime-class-exists',
      all(
        `{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: shop-critical }, value: 1000 }`,
        deployment(`priorityClassName: shop-critcal, containers: [${container()}]`),
      ),
      'fail Deployment/default/web spec.template.spec.priorityClassName = "shop-critcal"',
    ],
    [
      'namespace-declared',
      all(
        simple('Namespace', 'storefront'),
        `{ apiVersion: v1, kind: ConfigMap, metadata: { name: a, namespace: storefrnt }, data: { A: a } }`,
      ),
      'fail ConfigMap/storefrnt/a metadata.namespace = "storefrnt"',
    ],
  ])('%s', (id, manifests, expected) => expect(findings(id, manifests)).toEqual([expected]));

  test.each([
    ['db-1', 'db-2'],
    ['app', 'api'],
    ['cert-blue', 'cert-green'],
    ['redis', 'redis-master'],
  ])('%s beside %s is a name of its own, and stays unknown', (name, other) =>
    expect(
      findings(
        'secret-exists',
        all(
          simple('Secret', other, ', stringData: { A: a }'),
          deployment(`containers: [${container(`, envFrom: [{ secretRef: { name: ${name} } }]`)}]`),
        ),
      ),
    ).toEqual([expect.stringMatching(/^unknown /)]),
  );

  test('one of another namespace is no misspelling', () =>
    expect(
      findings(
        'configmap-exists',
        all(
          `{ apiVersion: v1, kind: ConfigMap, metadata: { name: web-config, namespace: other }, data: { A: a } }`,
          deployment(`containers: [${container(', envFrom: [{ configMapRef: { name: web-confg } }]')}]`),
        ),
      ),
    ).toEqual([expect.stringMatching(/^unknown /)]));

  test('what an operator may make is no misspelling', () =>
    expect(
      findings(
        'service-selects-workload',
        all(
          web,
          `{ apiVersion: redis.redis.opstreelabs.in/v1beta2, kind: Redis, metadata: { name: wbe } }`,
          simple('Service', 'web', ', spec: { selector: { app: wbe, tier: front }, ports: [{ port: 80 }] }'),
        ),
      ),
    ).toEqual([expect.stringMatching(/^unknown /)]));
});

describe('facts of a cluster', () => {
  const node = `{ apiVersion: v1, kind: Node, metadata: { name: n }, status: { nodeInfo: { kubeletVersion: v1.35.0 } } }`;
  const system = `{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: system-node-critical }, value: 2000001000 }`;
  const ingress = `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web }, spec: { ingressClassName: nginx, defaultBackend: { service: { name: web, port: { number: 80 } } } } }`;
  const gateway = `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: web }, spec: { gatewayClassName: envoy, listeners: [{ name: http, port: 80, protocol: HTTP }] } }`;
  const all8 = all(node, system);

  test('of a fresh cluster, in which all was asked for, have no class and no definition', () => {
    expect(findings('ingress-class-exists', ingress, { facts: all8 })[0]).toMatch(/^fail /);
    expect(findings('gatewayclass-exists', gateway, { facts: all8 })[0]).toMatch(/^fail /);
    expect(findings('kind-known', gateway, { facts: all8 })[0]).toMatch(/^fail /);
  });
  test('that are nodes alone say nothing of classes', () => {
    expect(findings('ingress-class-exists', ingress, { facts: node })[0]).toMatch(/^unknown /);
    expect(findings('kind-known', gateway, { facts: node })[0]).toMatch(/^unknown /);
  });
});

/** What `--complete` gives. */
function complete(id: string, manifests: string): string[] {
  const world = new World(resources(manifests), new Facts([], undefined, [], true), []);
  return runChecks(
    world,
    checks.filter((check) => check.id === id),
  ).map(({ verdict, object, path }) => `${verdict} ${object} ${path}`);
}

test('a StorageClass among the manifests stands beside those that the cluster comes with', () =>
  expect(
    findings(
      'storageclass-exists',
      all(
        `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: extra-fast }, provisioner: ebs.csi.aws.com }`,
        simple(
          'PersistentVolumeClaim',
          'a',
          ', spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }',
        ),
      ),
    ),
  ).toEqual([expect.stringMatching(/^unknown PersistentVolumeClaim/)]));

describe('manifests that are all there is', () => {
  test('settle what they do not hold', () => {
    const pod = deployment(`serviceAccountName: robot, priorityClassName: high, containers: [${container()}]`);
    expect(complete('serviceaccount-exists', pod)).toEqual([
      'fail Deployment/default/web spec.template.spec.serviceAccountName',
    ]);
    expect(complete('priority-runtime-class-exists', pod)).toEqual([
      'fail Deployment/default/web spec.template.spec.priorityClassName',
    ]);
  });
  test('have beside them what every cluster has', () => {
    const pod = deployment(
      `serviceAccountName: default, priorityClassName: system-node-critical, containers: [${container(', envFrom: [{ configMapRef: { name: kube-root-ca.crt } }]')}]`,
    );
    for (const id of [
      'serviceaccount-exists',
      'priority-runtime-class-exists',
      'configmap-exists',
      'namespace-declared',
    ])
      expect(complete(id, pod)).toEqual([]);
  });
  test('do not say which storage classes the cluster comes with', () =>
    expect(
      complete(
        'storageclass-exists',
        simple(
          'PersistentVolumeClaim',
          'a',
          ', spec: { storageClassName: gp3, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }',
        ),
      ),
    ).toEqual(['unknown PersistentVolumeClaim/default/a spec.storageClassName']));
});

describe('what kubectl printed of a running cluster', () => {
  const live = (kind: string, namespace: string, name: string, rest = '', labels = `{ n: ${name} }`) =>
    `{ apiVersion: ${kind === 'Deployment' ? 'apps/v1' : 'v1'}, kind: ${kind}, metadata: { name: ${name}, namespace: ${namespace}, uid: u-${kind}-${namespace}-${name}, resourceVersion: '7', labels: ${labels} }${rest} }`;
  const list = (...items: string[]) => `{ apiVersion: v1, kind: List, items: [${items.join(', ')}] }`;
  const uses = (namespace: string) =>
    live(
      'Deployment',
      namespace,
      'web',
      `, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [${container(', envFrom: [{ configMapRef: { name: settings } }, { secretRef: { name: password } }]')}] } } }`,
    );
  const rootCa = (namespace: string) => live('ConfigMap', namespace, 'kube-root-ca.crt', ', data: { ca.crt: x }');

  test('is whole in the kinds that it has, and says nothing of others', () => {
    const dump = list(uses('shop'), rootCa('shop'));
    expect(findings('configmap-exists', dump)).toEqual([expect.stringMatching(/^fail .*"settings"$/)]);
    expect(findings('secret-exists', dump)).toEqual([expect.stringMatching(/^unknown .*"password"$/)]);
  });
  test('of all namespaces is whole in a namespace that has none of a kind', () =>
    expect(
      findings(
        'secret-exists',
        list(uses('shop'), rootCa('shop'), rootCa('kube-system'), live('Secret', 'kube-system', 'x')),
      ),
    ).toEqual([expect.stringMatching(/^fail .*"password"$/)]));
  test('is not the whole where it may have been asked for by a label, or was saved one by one', () => {
    const same = '{ app: web }';
    expect(
      findings(
        'configmap-exists',
        list(uses('shop').replace('{ n: web }', same), live('ConfigMap', 'shop', 'b', ', data: { A: a }', same)),
      ),
    ).toEqual([expect.stringMatching(/^unknown /)]);
    expect(findings('configmap-exists', all(uses('shop'), rootCa('shop')))).toEqual([
      expect.stringMatching(/^unknown /),
    ]);
  });
});

test('where the manifests create a namespace, a finding says that they are taken as all of it', () => {
  const mounting = workload({
    pod: 'volumes: [{ name: v, configMap: { name: settings } }], serviceAccountName: robot',
  });
  const taken =
    /\(the manifests create the namespace, so they are taken as all of it: --declare what is made elsewhere\)$/;
  for (const id of ['configmap-exists', 'serviceaccount-exists']) {
    expect(messages(id, all(namespace, mounting))[0]).toMatch(taken);
    expect(messages(id, all(namespace, mounting), { declared: namespace })[0]).not.toMatch(/taken as all/);
    expect(messages(id, mounting)[0]).not.toMatch(/taken as all/);
  }
});
