import fc from 'fast-check';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { namespacePolicy, violations } from '../../upstream/pod-security/admission';
import { literalSecretsIn } from '../../upstream/pod-security/literals';
import { securedPod } from '../../upstream/pod-security/pod';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { all, resources, said, verdicts, workload, worldOf } from './judging';

const namespace = (labels: Readonly<Record<string, string>> = {}) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'shop',
      labels: Object.fromEntries(
        Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]),
      ),
    },
  });
const onServer = (minor: KubernetesVersion, id: string, manifests: string) =>
  runChecks(
    new World(resources(manifests), new Facts([], minor)),
    checks.filter((check) => check.id === id),
  );
const SAFE = 'allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }';
const SAFE_POD = 'securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }';
const restricted = (more: Parameters<typeof workload>[0] = {}) =>
  workload({ pod: SAFE_POD, container: `securityContext: { ${SAFE} }`, ...more });

describe('pod-fits-own-namespace-psa', () => {
  const id = 'pod-fits-own-namespace-psa';
  test('says what the admission says, in its words, and of whom', () => {
    const [finding, ...others] = said(
      id,
      all(
        namespace({ enforce: 'restricted', 'enforce-version': 'v1.31' }),
        workload({ container: 'securityContext: { privileged: true }' }),
      ),
    );
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      verdict: 'fail',
      severity: 'will-break',
      object: 'Deployment/shop/web',
      path: 'spec.template.spec.containers[0].securityContext.privileged',
      value: true,
    });
    expect(finding!.message).toBe(
      'the API server rejects its pods, and the Deployment has none: violates PodSecurity "restricted:v1.31", which namespace shop enforces: ' +
        'privileged (container "main" must not set securityContext.privileged=true), ' +
        'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
  });
  test('every kind whose pods are refused breaks', () => {
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet'])
      expect(verdicts(id, all(namespace({ enforce: 'restricted' }), workload({ kind })))).toEqual([
        'fail spec.template.spec.containers[0]',
      ]);
    const cron = `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: a, namespace: shop }, spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1' }] } } } } } }`;
    expect(verdicts(id, all(namespace({ enforce: 'restricted' }), cron))).toEqual([
      'fail spec.jobTemplate.spec.template.spec.containers[0]',
    ]);
  });
  test('a PodTemplate makes no pods', () => {
    expect(
      verdicts(
        id,
        all(
          namespace({ enforce: 'restricted' }),
          `{ apiVersion: v1, kind: PodTemplate, metadata: { name: a, namespace: shop }, template: { spec: { containers: [{ name: a, image: 'a:1' }] } } }`,
        ),
      ),
    ).toEqual([]);
  });
  test('what only is warned of or audited breaks nothing', () =>
    expect(
      verdicts(id, all(namespace({ enforce: 'baseline', warn: 'restricted', audit: 'restricted' }), workload())),
    ).toEqual([]));
  test('a namespace without labels, or with privileged, admits everything', () => {
    for (const labels of [{}, { enforce: 'privileged' }])
      expect(verdicts(id, all(namespace(labels), workload({ pod: 'hostNetwork: true' })))).toEqual([]);
  });
  test('init containers and sidecars count as well', () => {
    const init = (security: string) =>
      restricted({
        pod: `${SAFE_POD}, initContainers: [{ name: init, image: 'a:1', restartPolicy: Always, securityContext: { ${security} } }]`,
      });
    expect(verdicts(id, all(namespace({ enforce: 'restricted' }), init(SAFE)))).toEqual([]);
    expect(verdicts(id, all(namespace({ enforce: 'restricted' }), init('')))).toHaveLength(1);
  });
  test('the labels of a namespace that is declared count', () => {
    expect(verdicts(id, workload(), { declared: namespace({ enforce: 'restricted' }) })).toEqual([
      'fail spec.template.spec.containers[0]',
    ]);
    expect(verdicts(id, workload(), { declared: namespace() })).toEqual([]);
  });
  test('where nobody told the labels it is unknown, once for the namespace', () => {
    expect(verdicts(id, all(workload({ name: 'a' }), workload({ name: 'b' })))).toEqual(['unknown metadata.namespace']);
    expect(verdicts(id, restricted())).toEqual([]);
    expect(verdicts(id, workload().replace('namespace: shop', 'namespace: default'))).toEqual([]);
  });
  test('labels that cannot be read make the namespace itself fail, and restricted count', () => {
    const found = said(id, all(namespace({ enforce: 'restrictd' }), workload()));
    expect(found.map(({ object, path }) => `${object} ${path}`)).toEqual([
      'Deployment/shop/web spec.template.spec.containers[0]',
      'Namespace/shop metadata.labels["pod-security.kubernetes.io/enforce"]',
    ]);
    expect(found[1]!.message).toContain('did you mean "restricted"?');
    for (const version of ['1.31', 'v1.031', 'v1.31.2', 'Latest', ''])
      expect(namespacePolicy({ 'pod-security.kubernetes.io/warn-version': version }).unread).toHaveLength(1);
    for (const version of ['v1.31', 'v1.0', 'v1.999', 'latest'])
      expect(namespacePolicy({ 'pod-security.kubernetes.io/warn-version': version }).unread).toEqual([]);
  });
});

describe('by version', () => {
  const id = 'pod-fits-own-namespace-psa';
  const sysctl = restricted({
    pod: 'securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault }, sysctls: [{ name: net.ipv4.tcp_rmem, value: "1" }] }',
  });
  const probe = restricted({
    container: `securityContext: { ${SAFE} }, livenessProbe: { httpGet: { port: 80, host: 127.0.0.1 } }`,
  });
  const rootInUsers = restricted({
    pod: 'hostUsers: false, securityContext: { runAsUser: 0, runAsNonRoot: false, seccompProfile: { type: RuntimeDefault } }',
  });
  const verdict = (manifests: string, server: KubernetesVersion, version: string) =>
    onServer(server, id, all(namespace({ enforce: 'restricted', 'enforce-version': version }), manifests)).map(
      ({ verdict }) => verdict,
    );
  test.each<[string, string, KubernetesVersion, string, string[]]>([
    ['a sysctl is safe from 1.32 on', sysctl, '1.35', 'v1.31', ['fail']],
    ['a sysctl is safe from 1.32 on', sysctl, '1.35', 'v1.32', []],
    ['a server knows no version that is newer than itself', sysctl, '1.31', 'v1.32', ['fail']],
    ['a host of a probe is refused from 1.34 on', probe, '1.35', 'v1.33', []],
    ['a host of a probe is refused from 1.34 on', probe, '1.35', 'latest', ['fail']],
    ['root is nobody in a pod with users of its own, from 1.35 on', rootInUsers, '1.35', 'latest', []],
    ['root is nobody in a pod with users of its own, from 1.35 on', rootInUsers, '1.34', 'latest', ['fail']],
    ['root is nobody in a pod with users of its own, from 1.35 on', rootInUsers, '1.35', 'v1.34', ['fail']],
  ])('%s (%#)', (_, manifests, server, version, expected) =>
    expect(verdict(manifests, server, version)).toEqual(expected),
  );
  test('where the version of the cluster is not known and matters, the verdict is unknown', () => {
    const judged = (version: string) =>
      said(id, all(namespace({ enforce: 'restricted', 'enforce-version': version }), probe));
    expect(judged('v1.33')).toEqual([]);
    expect(judged('latest').map(({ verdict }) => verdict)).toEqual(['unknown']);
    expect(judged('latest')[0]!.message).toMatch(/Kubernetes 1\.\d+ sees it so and 1\.\d+ does not: --kubernetes/);
  });
  test('a field that the server does not take yet is none', () => {
    const unmasked = restricted({ container: `securityContext: { ${SAFE}, procMount: Unmasked }` });
    expect(verdict(unmasked, '1.32', 'latest')).toEqual([]);
    expect(verdict(unmasked, '1.33', 'latest')).toEqual(['fail']);
  });
});

describe('pss-baseline and pss-restricted', () => {
  const both = (manifests: string) => ['pss-baseline', 'pss-restricted'].map((id) => said(id, manifests).length);
  test('advise where the namespace enforces nothing, or is not known', () => {
    expect(both(workload({ pod: 'hostNetwork: true' }))).toEqual([1, 1]);
    expect(both(all(namespace(), workload({ pod: 'hostNetwork: true' })))).toEqual([1, 1]);
    expect(both(restricted())).toEqual([0, 0]);
  });
  test('leave a level alone that the namespace enforces on purpose, and what will break to the check that says so', () => {
    for (const enforce of ['privileged', 'baseline', 'restricted'])
      expect(both(all(namespace({ enforce }), workload({ pod: 'hostNetwork: true' })))).toEqual([0, 0]);
  });
  test('speak where the namespace asks to be warned', () => {
    expect(
      both(all(namespace({ enforce: 'privileged', warn: 'restricted' }), workload({ pod: 'hostNetwork: true' }))),
    ).toEqual([1, 1]);
    expect(both(all(namespace({ enforce: 'baseline', audit: 'restricted' }), workload()))).toEqual([0, 1]);
  });
  test('are advice: such a pod runs', () =>
    expect(checks.filter(({ id }) => id.startsWith('pss-')).map(({ severity }) => severity)).toEqual([
      'advice',
      'advice',
    ]));
  test('one finding for each control of baseline, with its place', () => {
    const pod =
      "hostPID: true, volumes: [{ name: a, hostPath: { path: /a } }], securityContext: { sysctls: [{ name: kernel.msgmax, value: '1' }] }";
    const container =
      'ports: [{ containerPort: 80, hostPort: 80 }], securityContext: { privileged: true, procMount: Unmasked, capabilities: { add: [KILL, NET_ADMIN] }, seLinuxOptions: { type: spc_t }, seccompProfile: { type: Unconfined }, appArmorProfile: { type: Unconfined }, windowsOptions: { hostProcess: true } }';
    expect(verdicts('pss-baseline', workload({ pod, container })).sort()).toEqual(
      [
        ...['hostPID', 'volumes[0].hostPath', 'securityContext.sysctls[0].name', 'containers[0].ports[0].hostPort'],
        ...[
          'privileged',
          'procMount',
          'capabilities.add[1]',
          'seLinuxOptions.type',
          'seccompProfile.type',
          'appArmorProfile.type',
          'windowsOptions.hostProcess',
        ].map((field) => `containers[0].securityContext.${field}`),
      ]
        .map((path) => `fail spec.template.spec.${path}`)
        .sort(),
    );
  });
  test('a Windows pod needs no capabilities, seccomp profile or privilege escalation', () =>
    expect(both(workload({ pod: 'os: { name: windows }, securityContext: { runAsNonRoot: true }' }))).toEqual([0, 0]));
  test('a claim of a StatefulSet goes before a volume of its name', () => {
    const set = restricted({
      kind: 'StatefulSet',
      spec: 'volumeClaimTemplates: [{ metadata: { name: data } }]',
      pod: `${SAFE_POD}, volumes: [{ name: data, hostPath: { path: /a } }]`,
    });
    expect(both(set)).toEqual([0, 0]);
  });
});

test('restricted refuses whatever baseline refuses, in every version', () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const security = fc.record(
    {
      privileged: fc.oneof(fc.boolean(), json),
      capabilities: fc.record({ add: fc.subarray(['ALL', 'NET_ADMIN', 'KILL']), drop: fc.subarray(['ALL']) }),
      seccompProfile: fc.oneof(json, fc.record({ type: fc.constantFrom('Unconfined', 'RuntimeDefault') })),
      seLinuxOptions: json,
      procMount: fc.oneof(json, fc.constant('Unmasked')),
    },
    { requiredKeys: [] },
  );
  const pods = fc.record(
    {
      hostUsers: fc.boolean(),
      hostPID: fc.boolean(),
      securityContext: fc.oneof(json, security),
      volumes: fc.oneof(json, fc.constant([{ name: 'a', hostPath: {} }])),
      containers: fc.array(
        fc.record({ name: fc.string(), securityContext: fc.oneof(json, security), ports: json, livenessProbe: json }),
        { maxLength: 3 },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(pods, fc.integer({ min: 28, max: 37 }), fc.integer({ min: 19, max: 40 }), (spec, server, version) => {
      const { workloads } = worldOf(JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec }));
      const of = (level: 'baseline' | 'restricted') =>
        violations(securedPod(workloads[0]!), { level, version }, server).length > 0;
      expect(of('restricted') || !of('baseline')).toBe(true);
    }),
    { numRuns: 300 },
  );
});

describe('secret-literal', () => {
  test.each([
    ['DB_PASSWORD', 'correct-horse', 'the value of DB_PASSWORD'],
    ['clientSecret', 'a8f5f167f44f4964', 'the value of clientSecret'],
    ['API_KEY', '12345', 'the value of API_KEY'],
    ['github.token', 'abc', 'the value of github.token'],
    ['DATABASE_URL', 'postgres://shop:correct-horse@db:5432/shop', 'a password in a URL'],
    ['config', 'key: |\n  -----BEGIN RSA PRIVATE KEY-----\n', 'a private key'],
    ['anything', 'AKIAABCDEFGHIJKLMNOP', 'an AWS access key'],
  ])('%s=%s is one: %s', (name, value, kind) => expect(literalSecretsIn(name, value)).toBe(kind));
  test.each([
    ['DB_PASSWORD_FILE', 'secrets/password'],
    ['DB_PASSWORD', '/run/secrets/password'],
    ['DB_PASSWORD', '$(DB_PASSWORD_FROM_ELSEWHERE)'],
    ['DB_PASSWORD', ''],
    ['DISABLE_PASSWORD', 'true'],
    ['TOKEN_URL', 'https://id.example.com/token'],
    ['OAUTH_TOKEN', 'https://id.example.com/token'],
    ['TOKEN_TTL', '3600'],
    ['SECRET_NAME', 'db'],
    ['DATABASE_URL', 'postgres://shop:$(DB_PASSWORD)@db:5432/shop'],
    ['DATABASE_URL', 'postgres://shop@db:5432/shop'],
    ['IMAGE', 'registry.example.com:5000/a@sha256:0'],
    ['KEYBOARD', 'de'],
    ['monkey', 'x'],
  ])('%s=%s is none', (name, value) => expect(literalSecretsIn(name, value)).toBeUndefined());
  test('looks into variables, arguments, ConfigMaps and Secrets, and never prints the value', () => {
    const found = said(
      'secret-literal',
      all(
        workload({ container: "env: [{ name: A_TOKEN, value: hunter2 }], args: ['--password=hunter2', --verbose]" }),
        '{ apiVersion: v1, kind: ConfigMap, metadata: { name: c }, data: { PASSWORD: hunter2 } }',
        '{ apiVersion: v1, kind: Secret, metadata: { name: s }, stringData: { username: shop, password: hunter2 } }',
      ),
    );
    expect(found.map(({ object, path }) => `${object} ${path}`)).toEqual([
      'ConfigMap/default/c data.PASSWORD',
      'Deployment/shop/web spec.template.spec.containers[0].args[0]',
      'Deployment/shop/web spec.template.spec.containers[0].env[0].value',
      'Secret/default/s stringData.password',
    ]);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
  test('a Secret without a value, or that a controller fills, is fine', () => {
    for (const more of [
      '',
      "stringData: { password: '' }",
      'type: kubernetes.io/service-account-token, data: { token: YQ== }',
      'data: { ca.crt: YQ== }',
    ])
      expect(
        verdicts('secret-literal', `{ apiVersion: v1, kind: Secret, metadata: { name: s }${more && `, ${more}`} }`),
      ).toEqual([]);
  });
});

describe('token-automount', () => {
  const id = 'token-automount';
  const account = (more = '') =>
    `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: shop }${more} }`;
  const named = workload({ pod: 'serviceAccountName: web' });
  const binding =
    '{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: web, namespace: shop }, roleRef: { kind: Role, name: web }, subjects: [{ kind: ServiceAccount, name: web, namespace: shop }] }';
  test('the ServiceAccount may say no, and the pod has the last word', () => {
    expect(verdicts(id, all(account(', automountServiceAccountToken: false'), named))).toEqual([]);
    expect(
      verdicts(
        id,
        all(
          account(', automountServiceAccountToken: false'),
          workload({ pod: 'serviceAccountName: web, automountServiceAccountToken: true' }),
        ),
      ),
    ).toEqual(['fail spec.template.spec.automountServiceAccountToken']);
    expect(verdicts(id, all(account(), named))).toEqual(['fail spec.template.spec.serviceAccountName']);
  });
  test('who has a role uses the API', () => expect(verdicts(id, all(account(), named, binding))).toEqual([]));
  test('of a ServiceAccount that nobody told of it is unknown', () =>
    expect(verdicts(id, named)).toEqual(['unknown spec.template.spec.serviceAccountName']));
});

describe('rbac-wildcard and rbac-dangerous', () => {
  const role = (rule: string, kind = 'ClusterRole') =>
    `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}, metadata: { name: r, namespace: shop }, rules: [{ ${rule} }] }`;
  test('a wildcard is one finding a rule', () => {
    expect(verdicts('rbac-wildcard', role("apiGroups: ['*'], resources: ['*'], verbs: ['*']"))).toEqual([
      'fail rules[0].verbs[0]',
    ]);
    expect(said('rbac-wildcard', role("apiGroups: ['*'], resources: ['*'], verbs: ['*']"))[0]!.message).toContain(
      'as cluster-admin does',
    );
    expect(verdicts('rbac-wildcard', role('nonResourceURLs: [/metrics, /healthz/*], verbs: [get]'))).toEqual([]);
  });
  test.each([
    ["apiGroups: [''], resources: [secrets], verbs: [get, list]", 1],
    ["apiGroups: [''], resources: [secrets], verbs: [get]", 1],
    ["apiGroups: [''], resources: [secrets], verbs: [get, list], resourceNames: [a]", 0],
    ["apiGroups: [''], resources: [secrets], verbs: [create]", 0],
    ["apiGroups: [''], resources: [pods, pods/log], verbs: [get, list, watch, create]", 0],
    ["apiGroups: [''], resources: [pods/exec], verbs: [create]", 1],
    ["apiGroups: [''], resources: [nodes/proxy], verbs: [get]", 1],
    ["apiGroups: [''], resources: [nodes, nodes/metrics], verbs: [get]", 0],
    ["apiGroups: [''], resources: [users, groups], verbs: [impersonate]", 1],
    ["apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]", 1],
    ['apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind, escalate]', 2],
    ['apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [get, list, create]', 0],
    ['apiGroups: [admissionregistration.k8s.io], resources: [mutatingwebhookconfigurations], verbs: [create]', 1],
    ['apiGroups: [apps], resources: [secrets], verbs: [list]', 0],
    ["apiGroups: ['*'], resources: ['*'], verbs: ['*']", 0],
  ])('%s: %i', (rule, count) => expect(verdicts('rbac-dangerous', role(rule))).toHaveLength(count));
  test('reading a Secret by its name inside the own namespace is ordinary', () =>
    expect(verdicts('rbac-dangerous', role("apiGroups: [''], resources: [secrets], verbs: [get]", 'Role'))).toEqual(
      [],
    ));
  const binding = (roleName: string, subject: string) =>
    `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: { name: b }, roleRef: { kind: ClusterRole, name: '${roleName}' }, subjects: [${subject}] }`;
  test('a binding to everybody, and cluster-admin to anybody', () => {
    expect(verdicts('rbac-dangerous', binding('view', "{ kind: Group, name: 'system:authenticated' }"))).toEqual([
      'fail subjects[0].name',
    ]);
    expect(
      verdicts('rbac-dangerous', binding('system:discovery', "{ kind: Group, name: 'system:authenticated' }")),
    ).toEqual([]);
    expect(
      verdicts('rbac-dangerous', binding('cluster-admin', '{ kind: ServiceAccount, name: a, namespace: b }')),
    ).toEqual(['fail roleRef.name']);
    expect(verdicts('rbac-dangerous', binding('view', '{ kind: Group, name: developers }'))).toEqual([]);
  });
});

test('readonly-rootfs and secret-as-env say it once for a workload', () => {
  const two =
    "{ name: a, image: 'a:1', envFrom: [{ secretRef: { name: s } }] }, { name: b, image: 'b:1', env: [{ name: X, valueFrom: { secretKeyRef: { name: s, key: k } } }] }";
  expect(verdicts('readonly-rootfs', workload({ containers: two }))).toEqual(['fail spec.template.spec.containers[0]']);
  expect(verdicts('secret-as-env', workload({ containers: two }))).toEqual([
    'fail spec.template.spec.containers[0].envFrom[0].secretRef.name',
  ]);
  expect(verdicts('readonly-rootfs', workload({ pod: 'os: { name: windows }' }))).toEqual([]);
});
