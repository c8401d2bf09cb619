/** Kinds and fields that were told as in-place because no rule looked at them. */
import { isAtLeast, RISK_CLASSES, rank } from '../../diff/risk/classes';
import { allOf, classed, classedInPart, MONITORING, messagesOf, risksBetween, workloadOf, worstClass } from './risks';

const of = (api: string, kind: string, rest: string, namespace = 'shop') =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: web${namespace && `, namespace: ${namespace}`} }, ${rest} }`;

describe('kind-unknown', () => {
  const id = 'kind-unknown';
  const widget = (spec: string) => of('example.com/v1', 'Widget', `spec: { ${spec} }`);
  const definition = (schema: string) =>
    `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: widgets.example.com }, spec: { group: example.com, scope: Namespaced, names: { kind: Widget, plural: widgets }, versions: [{ name: v1, served: true, storage: true${schema} }] } }`;
  test('comes, goes and changes', () => {
    expect(worstClass(widget('a: 1'), widget('a: 2'))).toBe('unknown');
    expect(worstClass('', widget('a: 1'))).toBe('unknown');
    expect(worstClass(widget('a: 1'), '')).toBe('unknown');
    expect(messagesOf(id, '', widget('a: 1'))).toEqual([
      'strata does not know Widget of example.com: what comes of it is not known',
    ]);
    const labelled = widget('a: 1').replace('name: web', 'name: web, labels: { a: b }');
    expect(worstClass(widget('a: 1'), labelled)).toBe('metadata');
  });
  test('is worse than what is known to take effect in place, and not as bad as any change that is known to do harm', () => {
    expect(isAtLeast('unknown', 'in-place')).toBe(true);
    expect(isAtLeast('in-place', 'unknown')).toBe(false);
    const worse = RISK_CLASSES.filter((each) => rank(each) > rank('unknown'));
    expect(worse[0]).toBe('restart');
    const config = (value: string) => of('v1', 'ConfigMap', `data: { a: '${value}' }`);
    expect(worstClass(allOf(config('1'), widget('a: 1')), allOf(config('2'), widget('a: 2')))).toBe('unknown');
  });
  test('neither its name nor a schema says what its controller does', () => {
    const schema =
      ', schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, x-kubernetes-preserve-unknown-fields: true } } } }';
    const all = (spec: string, more: string) => allOf(definition(more), widget(spec));
    expect(worstClass(all('a: 1', schema), all('a: 2', schema))).toBe('unknown');
    expect(worstClass(all('a: 1', schema), definition(schema))).toBe('unknown');
    expect(worstClass(definition(schema), all('a: 1', schema))).toBe('unknown');
    // The definition itself is of Kubernetes.
    expect(worstClass(definition(''), definition(schema))).toBe('in-place');
    // Only without one there is something to add.
    expect(risksBetween([id], all('a: 1', schema), all('a: 2', schema))[0]!.advice).not.toContain('together');
    expect(risksBetween([id], all('a: 1', ''), all('a: 2', ''))[0]!.advice).toContain('together');
    expect(worstClass(all('a: 1', ''), all('a: 2', ''))).toBe('unknown');
  });
  test.each([
    ['v1', 'ConfigMap'],
    ['apps/v1beta1', 'Deployment'],
    ['monitoring.coreos.com/v1', 'Prometheus'],
    ['monitoring.coreos.com/v1alpha1', 'ScrapeConfig'],
    ['argoproj.io/v1alpha1', 'AppProject'],
    ['argoproj.io/v1alpha1', 'ApplicationSet'],
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['keda.sh/v1alpha1', 'ScaledObject'],
    ['traefik.io/v1alpha1', 'MiddlewareTCP'],
    ['security.istio.io/v1', 'AuthorizationPolicy'],
    ['traefik.io/v1alpha1', 'IngressRoute'],
    ['snapshot.storage.k8s.io/v1', 'VolumeSnapshotClass'],
    ['networking.istio.io/v1', 'DestinationRule'],
    ['policy.linkerd.io/v1beta3', 'Server'],
    ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy'],
    ['projectcalico.org/v3', 'GlobalNetworkPolicy'],
    ['crd.projectcalico.org/v1', 'NetworkPolicy'],
    ['crd.antrea.io/v1beta1', 'ClusterNetworkPolicy'],
    ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy'],
    ['kyverno.io/v1', 'ClusterPolicy'],
    ['constraints.gatekeeper.sh/v1beta1', 'K8sRequiredLabels'],
    ['bitnami.com/v1alpha1', 'SealedSecret'],
    ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'],
    ['source.toolkit.fluxcd.io/v1', 'GitRepository'],
    ['secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass'],
    ['strata.internal/v1', 'ApplySet'],
  ])('not %s %s', (api, kind) => {
    expect(classed(id, of(api, kind, 'spec: { a: 1 }'), of(api, kind, 'spec: { a: 2 }'))).toEqual([]);
  });
  test.each([
    ['example.com/v1', 'Deployment'],
    ['cert-manager.io/v1', 'Certificate'],
    ['networking.istio.io/v1', 'EnvoyFilter'],
    // Of these the data have a schema.
    ['external-secrets.io/v1', 'SecretStore'],
    ['external-secrets.io/v1alpha1', 'PushSecret'],
    ['argoproj.io/v1alpha1', 'AnalysisTemplate'],
    ['keda.sh/v1alpha1', 'TriggerAuthentication'],
    ['autoscaling.k8s.io/v1', 'VerticalPodAutoscalerCheckpoint'],
  ])('%s %s', (api, kind) => {
    expect(classed(id, of(api, kind, 'spec: { a: 1 }'), of(api, kind, 'spec: { a: 2 }'))).toHaveLength(1);
  });
});

describe('an ExternalSecret', () => {
  const secret = (spec: string, version = 'v1') =>
    of(`external-secrets.io/${version}`, 'ExternalSecret', `spec: { target: { name: db }, ${spec} }`);
  test('is known to make a Secret, and not of what', () => {
    expect(worstClass('', secret('refreshInterval: 1h'))).toBe('in-place');
    for (const change of ['dataFrom: [{ extract: { key: b } }]', 'secretStoreRef: { name: b }'])
      expect(worstClass(secret('dataFrom: [{ extract: { key: a } }]'), secret(change))).toBe('unknown');
  });
  test('of another version is the same', () =>
    expect(worstClass(secret('refreshInterval: 1h', 'v1beta1'), secret('refreshInterval: 1h'), { part: true })).toBe(
      'in-place',
    ));
});

describe('routes of add-ons', () => {
  const both = (before: string, after: string) => [
    classed('foreign-route-opened', before, after).length,
    classed('foreign-route-removed', before, after).length,
  ];
  const contour = (path: string) =>
    of(
      'projectcontour.io/v1',
      'HTTPProxy',
      `spec: { virtualhost: { fqdn: a.example.com }, routes: [{ conditions: [{ prefix: ${path} }] }] }`,
    );
  const istio = (hosts: string, gateways = 'edge') =>
    of(
      'networking.istio.io/v1',
      'VirtualService',
      `spec: { hosts: [${hosts}], gateways: [${gateways}], http: [{ route: [{ destination: { host: web } }] }] }`,
    );
  const openShift = (host: string) =>
    of('route.openshift.io/v1', 'Route', `spec: { host: ${host}, to: { kind: Service, name: web } }`);
  test.each([
    ['Contour: another path', contour('/a'), contour('/b'), [1, 1]],
    ['Istio: one host more', istio('a.example.com'), istio('a.example.com, b.example.com'), [1, 0]],
    ['Istio: one gateway less', istio('a.example.com', 'edge, inner'), istio('a.example.com', 'edge'), [0, 1]],
    ['OpenShift: another host', openShift('a.example.com'), openShift('b.example.com'), [1, 1]],
    ['a new one', '', openShift('a.example.com'), [1, 0]],
    ['one that goes', openShift('a.example.com'), '', [0, 1]],
  ])('%s', (_, before, after, expected) => {
    expect(both(before, after)).toEqual(expected);
  });
});

describe('scrape-lost', () => {
  const id = MONITORING;
  const monitor = (spec: string, name = 'web') =>
    of(
      'monitoring.coreos.com/v1',
      'ServiceMonitor',
      `spec: { selector: { matchLabels: { ${spec} } }, endpoints: [{ port: http }] }`,
    ).replace('name: web', `name: ${name}`);
  const service =
    '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop, labels: { app: web } }, spec: { ports: [{ name: http, port: 80 }] } }';
  test('a monitor that goes, unless another one reads the same', () => {
    expect(classed(id, allOf(service, monitor('app: web')), service)).toEqual(['disruption ServiceMonitor/shop/web']);
    expect(
      classed(
        id,
        allOf(service, monitor('app: web'), monitor('app: web', 'b')),
        allOf(service, monitor('app: web', 'b')),
      ),
    ).toEqual([]);
    expect(classed(id, monitor('app: web'), '')).toEqual([]);
  });
  test('of Services that are not among the manifests', () => {
    expect(classedInPart(id, monitor('app: web'), '')).toEqual(['disruption ServiceMonitor/shop/web']);
    expect(classedInPart(id, monitor('app: web'), monitor('app: shop'))).toHaveLength(1);
    expect(classedInPart(id, '', monitor('app: web'))).toEqual([]);
  });
  test('alerts', () => {
    const rules = (...alerts: readonly string[]) =>
      of(
        'monitoring.coreos.com/v1',
        'PrometheusRule',
        `spec: { groups: [{ name: g, rules: [${alerts.map((alert) => `{ alert: ${alert}, expr: up }`).join(', ')}] }] }`,
      );
    expect(messagesOf(id, rules('A', 'B'), rules('A'))).toEqual(['nobody is told any more by B']);
    expect(classed(id, rules('A'), rules('A', 'B'))).toEqual([]);
    expect(classed(id, rules('A'), '')).toEqual(['disruption PrometheusRule/shop/web']);
  });
});

describe('accounts and classes', () => {
  const account = (annotations: string, more = '') =>
    `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: shop, annotations: { a: b${annotations} } }${more} }`;
  test.each([
    ['eks.amazonaws.com/role-arn'],
    ['iam.gke.io/gcp-service-account'],
    ['azure.workload.identity/client-id'],
  ])('cloud-identity-changed: %s', (name) => {
    const id = 'cloud-identity-changed';
    const classes = (before: string, after: string) => classed(id, before, after).map((found) => found.split(' ')[0]);
    expect(classes(account(''), account(`, ${name}: r`))).toEqual(['privilege']);
    expect(classes(account(`, ${name}: r`), account(''))).toEqual(['disruption']);
    expect(classes(account(`, ${name}: r`), account(`, ${name}: s`))).toEqual(['privilege', 'disruption']);
  });
  test('secrets by which images are pulled', () => {
    const id = 'cloud-identity-changed';
    const [one, none] = [account('', ', imagePullSecrets: [{ name: pull }]'), account('')];
    expect(classed(id, one, none)).toEqual(['disruption ServiceAccount/shop/web imagePullSecrets']);
    expect(classed(id, none, one)).toEqual([]);
  });
  test('default-class-changed: a PriorityClass says it by a field', () => {
    const one = (isDefault: boolean) =>
      of('scheduling.k8s.io/v1', 'PriorityClass', `value: 10, globalDefault: ${isDefault}`, '');
    const found = 'disruption PriorityClass/web globalDefault';
    expect(classed('default-class-changed', one(true), one(false))).toEqual([found]);
    expect(classed('default-class-changed', one(false), one(true))).toEqual([found]);
    expect(classed('default-class-changed', '', one(true))).toEqual(['disruption PriorityClass/web']);
    expect(classed('default-class-changed', '', one(false))).toEqual([]);
  });
  test.each([
    ['storage.k8s.io/v1', 'StorageClass', 'provisioner: p', 'storageclass.kubernetes.io'],
    ['networking.k8s.io/v1', 'IngressClass', 'spec: { controller: c/c }', 'ingressclass.kubernetes.io'],
  ])('default-class-changed: %s %s', (api, kind, rest, domain) => {
    const one = (value: string) =>
      of(api, kind, rest, '').replace(
        'name: web',
        `name: web, annotations: { ${domain}/is-default-class: "${value}" }`,
      );
    expect(classed('default-class-changed', one('true'), one('false'))).toHaveLength(1);
    expect(classed('default-class-changed', one('false'), one('true'))).toHaveLength(1);
    expect(classed('default-class-changed', one('true'), '')).toHaveLength(1);
    expect(classed('default-class-changed', one('false'), '')).toEqual([]);
  });
});

describe('gateways, APIs, endpoints and projects', () => {
  const gateway = (from: string, gatewayClass = 'g') =>
    of(
      'gateway.networking.k8s.io/v1',
      'Gateway',
      `spec: { gatewayClassName: ${gatewayClass}, listeners: [{ name: l, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: ${from} } } }] }`,
    );
  test('routes of other namespaces', () => {
    expect(classed('route-opened', gateway('Same'), gateway('All'))).toHaveLength(1);
    expect(classed('route-removed', gateway('Same'), gateway('All'))).toEqual([]);
    expect(classed('route-removed', gateway('All'), gateway('Selector'))).toHaveLength(1);
    expect(classed('route-removed', gateway('Same'), gateway('Same', 'h'))).toEqual([
      'disruption Gateway/shop/web spec.gatewayClassName',
    ]);
  });
  test('weights of a route', () => {
    const service = (name: string) =>
      of('v1', 'Service', 'spec: { selector: { app: web }, ports: [{ port: 80 }] }').replace(
        'name: web',
        `name: ${name}`,
      );
    const route = (a: number, b: number) =>
      allOf(
        of(
          'gateway.networking.k8s.io/v1',
          'HTTPRoute',
          `spec: { parentRefs: [{ name: gw }], rules: [{ backendRefs: [{ name: a, port: 80, weight: ${a} }, { name: b, port: 80, weight: ${b} }] }] }`,
        ),
        service('a'),
        service('b'),
      );
    for (const rule of ['route-removed', 'route-opened']) {
      expect(classed(rule, route(100, 0), route(0, 100))).toEqual([]);
      expect(classed(rule, route(0, 100), route(100, 0))).toEqual([]);
      expect(classed(rule, route(100, 0), route(90, 10))).toEqual([]);
    }
    expect(classed('route-removed', route(90, 10), route(10, 90))).toEqual([]);
  });
  test.each([
    ['storage.k8s.io/v1', 'CSIDriver', ''],
    ['networking.k8s.io/v1', 'IngressClass', ''],
    ['gateway.networking.k8s.io/v1', 'GatewayClass', ''],
    ['external-secrets.io/v1', 'SecretStore', 'shop'],
    ['apiregistration.k8s.io/v1', 'APIService', ''],
  ])('provider-removed: %s %s', (api, kind, namespace) => {
    const one = of(api, kind, 'spec: { a: 1 }', namespace);
    expect(classed('provider-removed', one, '')).toHaveLength(1);
    expect(classed('provider-removed', '', one)).toEqual([]);
    const kept = one.replace('name: web', 'name: web, annotations: { helm.sh/resource-policy: keep }');
    expect(classed('provider-removed', kept, '')).toEqual([]);
  });
  test('an API whose certificate nobody looks at', () => {
    const api = (skip: boolean) =>
      of(
        'apiregistration.k8s.io/v1',
        'APIService',
        `spec: { group: a, version: v1, insecureSkipTLSVerify: ${skip} }`,
        '',
      );
    expect(classed('provider-removed', api(false), api(true))[0]).toMatch(/^exposure /);
    expect(classed('provider-removed', api(true), api(false))).toEqual([]);
  });
  test('endpoints-changed', () => {
    const endpoints = (...addresses: readonly string[]) =>
      `{ apiVersion: v1, kind: Endpoints, metadata: { name: web, namespace: shop }, subsets: [{ addresses: [${addresses.map((ip) => `{ ip: ${ip} }`).join(', ')}], ports: [{ port: 80 }] }] }`;
    expect(classed('endpoints-changed', endpoints('192.0.2.7', '192.0.2.8'), endpoints('192.0.2.7'))).toHaveLength(1);
    expect(classed('endpoints-changed', endpoints('192.0.2.7'), endpoints('192.0.2.8', '192.0.2.7'))).toEqual([]);
    expect(classed('endpoints-changed', endpoints('192.0.2.7'), '')).toHaveLength(1);
  });
  test('project-widened', () => {
    const project = (spec: string) => of('argoproj.io/v1alpha1', 'AppProject', `spec: { ${spec} }`);
    const classes = (before: string, after: string) =>
      classed('project-widened', project(before), project(after)).map((found) => found.split(' ')[0]);
    expect(classes("sourceRepos: ['https://a/b']", "sourceRepos: ['https://a/*']")).toEqual(['privilege']);
    expect(classes("sourceRepos: ['https://a/*']", "sourceRepos: ['https://a/b']")).toEqual(['disruption']);
    expect(classes('clusterResourceBlacklist: [{ group: a, kind: B }]', 'description: a')).toEqual(['privilege']);
    expect(
      classes(
        "clusterResourceWhitelist: [{ group: '*', kind: '*' }]",
        "clusterResourceWhitelist: [{ group: a, kind: '*' }]",
      ),
    ).toEqual(['disruption']);
  });
  test('project-widened: kinds in namespaces, of which all are allowed where none is named, and roles', () => {
    const project = (spec: string) => of('argoproj.io/v1alpha1', 'AppProject', `spec: { ${spec} }`);
    const classes = (before: string, after: string) =>
      classed('project-widened', project(before), project(after)).map((found) => found.split(' ')[0]);
    const some = 'namespaceResourceWhitelist: [{ group: apps, kind: Deployment }]';
    const every = "namespaceResourceWhitelist: [{ group: '*', kind: '*' }]";
    expect(classes(some, every)).toEqual(['privilege']);
    expect(classes(some, 'description: a')).toEqual(['privilege']);
    expect(classes(every, 'description: a')).toEqual([]);
    expect(classes('description: a', some)).toEqual(['disruption']);
    const role = (...policies: readonly string[]) => `roles: [{ name: dev, policies: ${JSON.stringify(policies)} }]`;
    const policy = (what: string, effect: string) => `p, proj:web:dev, applications, ${what}, web/*, ${effect}`;
    expect(classes(role(policy('get', 'allow')), role(policy('*', 'allow')))).toEqual(['privilege']);
    expect(classes(role(policy('get', 'allow')), role(policy('get', 'allow'), policy('sync', 'deny')))).toEqual([]);
    expect(classes(role(policy('*', 'allow')), role())).toEqual([]);
  });
  test('admission-loosened: a policy that changed objects', () => {
    const policy = of(
      'admissionregistration.k8s.io/v1',
      'MutatingAdmissionPolicy',
      'spec: { failurePolicy: Fail }',
      '',
    );
    expect(classed('admission-loosened', policy, '')).toEqual(['privilege MutatingAdmissionPolicy/web']);
    expect(classed('admission-loosened', policy, policy.replace('Fail', 'Ignore'))).toEqual([]);
  });
});

describe('subjects of bindings', () => {
  const binding = (kind: string, subjects: string) =>
    `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}, metadata: { name: web${kind === 'RoleBinding' ? ', namespace: shop' : ''} }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }, subjects: [${subjects}] }`;
  const account = (more: string) => `{ kind: ServiceAccount, name: web${more} }`;
  const all = (kind: string, before: string, after: string) =>
    ['binding-refused', 'rbac-lost', 'rbac-widened'].flatMap((id) =>
      classedInPart(id, binding(kind, before), binding(kind, after)).map((found) => found.split(' ')[0]),
    );
  test.each([
    ['a RoleBinding takes its own namespace', 'RoleBinding', account(', namespace: shop'), account(''), []],
    [
      'which is another account',
      'RoleBinding',
      account(', namespace: other'),
      account(''),
      ['disruption', 'privilege'],
    ],
    ['a ClusterRoleBinding is refused', 'ClusterRoleBinding', account(', namespace: shop'), account(''), ['immutable']],
    [
      'and had no rights before it was right',
      'ClusterRoleBinding',
      account(''),
      account(', namespace: shop'),
      ['privilege'],
    ],
    [
      'a group for an account',
      'RoleBinding',
      account(', namespace: shop'),
      account(', namespace: shop, apiGroup: rbac.authorization.k8s.io'),
      ['immutable'],
    ],
    ['another kind', 'RoleBinding', '{ kind: User, name: a }', '{ kind: user, name: a }', ['immutable']],
    [
      'the account by its name as a user',
      'RoleBinding',
      account(', namespace: shop'),
      "{ kind: User, name: 'system:serviceaccount:shop:web' }",
      [],
    ],
    [
      'all accounts of its namespace',
      'RoleBinding',
      account(', namespace: shop'),
      "{ kind: Group, name: 'system:serviceaccounts:shop' }",
      ['privilege'],
    ],
    [
      'everybody',
      'ClusterRoleBinding',
      "{ kind: Group, name: 'system:serviceaccounts' }",
      "{ kind: Group, name: 'system:authenticated' }",
      ['privilege'],
    ],
    [
      'an account in place of everybody',
      'ClusterRoleBinding',
      "{ kind: Group, name: 'system:authenticated' }",
      account(', namespace: shop'),
      ['disruption'],
    ],
    [
      'whoever is not known, in place of everybody',
      'ClusterRoleBinding',
      "{ kind: Group, name: 'system:authenticated' }",
      "{ kind: Group, name: 'system:unauthenticated' }",
      ['disruption', 'privilege'],
    ],
  ])('%s', (_, kind, before, after, expected) => {
    expect(all(kind, before, after)).toEqual(expected);
  });
  test('a role that is bound elsewhere', () => {
    const role = (verbs: string) =>
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: web, namespace: shop }, rules: [{ apiGroups: [''], resources: [pods], verbs: [${verbs}] }] }`;
    expect(classedInPart('rbac-lost', role('get, list'), role('get'))).toEqual(['disruption Role/shop/web rules']);
    expect(classedInPart('rbac-lost', role('get'), '')).toEqual(['disruption Role/shop/web']);
    expect(classed('rbac-lost', role('get, list'), role('get'))).toEqual([]);
    const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
    expect(classedInPart('rbac-lost', allOf(namespace, role('get, list')), allOf(namespace, role('get')))).toEqual([]);
  });
});

describe('verification-skipped', () => {
  const skip = 'verification-skipped';
  const prometheus = (tls: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: prometheus, namespace: mon }, data: { prometheus.yml: ${JSON.stringify(`scrape_configs:\n- job_name: a\nremote_write:\n- url: https://store/push\n  tls_config: { ${tls} }\n`)} } }`;
  const grafana = (line: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: grafana, namespace: mon }, data: { grafana.ini: ${JSON.stringify(`[smtp]\n${line}\n`)} } }`;
  const monitor = (tls: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: mon }, spec: { selector: {}, endpoints: [{ port: http, tlsConfig: { ${tls} } }] } }`;
  test.each([
    ['a file', prometheus('ca_file: /ca'), prometheus('ca_file: /ca, insecure_skip_verify: true')],
    ['a line', grafana('skip_verify = false'), grafana('skip_verify = true')],
    ['a field', monitor(''), monitor('insecureSkipVerify: true')],
    [
      'a flag',
      workloadOf({ container: 'args: [--a]' }),
      workloadOf({ container: 'args: [--a, --insecure-skip-tls-verify]' }),
    ],
    [
      'a variable',
      workloadOf({ container: "env: [{ name: NODE_TLS_REJECT_UNAUTHORIZED, value: '1' }]" }),
      workloadOf({ container: "env: [{ name: NODE_TLS_REJECT_UNAUTHORIZED, value: '0' }]" }),
    ],
  ])('by %s', (_, before, after) => {
    const found = classed(skip, before, after);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^exposure /);
    expect(classed(skip, after, before).every((each) => each.startsWith('disruption '))).toBe(true);
  });
  test('not with a connection that goes, nor by a comment', () => {
    expect(classed(skip, grafana('skip_verify = true'), grafana('enabled = false'))).toEqual([]);
    expect(classed(skip, grafana('skip_verify = true'), grafana('skip_verify = false'))).toHaveLength(1);
    expect(classed(skip, grafana('a = b'), grafana('; skip_verify = true'))).toEqual([]);
    expect(
      classed(skip, monitor('insecureSkipVerify: true'), monitor('insecureSkipVerify: true, serverName: a')),
    ).toEqual([]);
  });
});
