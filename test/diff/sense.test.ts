import { stepsText } from '../../diff/field-change';
import { fleetOf } from '../../diff/fleet/fleet-of';
import { objectChanges } from '../../diff/objects';
import { targetChange } from '../../diff/target-change';
import { fieldLines } from '../../report/diff/lines';
import { worldOf } from '../checks/judging';
import { allOf, messagesOf, workloadOf } from './risks';

/** Each field that is told, and the lines below it. */
function told(before: string, after: string): string[] {
  return objectChanges(worldOf(before), worldOf(after)).flatMap(({ fields }) =>
    fields.flatMap((field) => {
      const { head, lines } = fieldLines(field);
      return field.sense ? [head, ...lines] : [stepsText(field.path)];
    }),
  );
}

describe('the rules of a role', () => {
  const role = (rules: string, kind = 'Role', more = '') =>
    `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ${kind}, metadata: { name: web, namespace: shop }, rules: [${rules}]${more} }`;
  const rule = (group: string, resources: string, verbs: string, names?: string) =>
    `{ apiGroups: ['${group}'], resources: [${resources}], verbs: [${verbs}]${names === undefined ? '' : `, resourceNames: [${names}]`} }`;
  const both = rule('', 'pods, secrets', 'get, list');

  test.each([
    ['split by resource', `${rule('', 'pods', 'get, list')}, ${rule('', 'secrets', 'get, list')}`],
    ['split by verb', `${rule('', 'pods, secrets', 'get')}, ${rule('', 'secrets, pods', 'list')}`],
    ['reordered', rule('', 'secrets, pods', 'list, get')],
    ['said twice', `${both}, ${both}`],
    ['with a rule that another one holds already', `${both}, ${rule('', 'pods', 'get', 'web')}`],
    ['with a rule that gives nothing', `${both}, ${rule('apps', 'deployments', '')}`],
  ])('%s are the same rights', (_, rules) => {
    expect(told(role(both), role(rules))).toEqual([]);
    expect(told(role(rules), role(both))).toEqual([]);
  });

  test('that hold others by a wildcard give no more with them', () => {
    const same = (one: string, other: string) => told(role(one), role(`${one}, ${other}`));
    expect(same(rule('*', "'*'", "'*'"), rule('apps', 'deployments', 'patch'))).toEqual([]);
    expect(same(rule('', "'*/log'", 'get'), rule('', 'pods/log', 'get'))).toEqual([]);
    expect(same(rule('', "'*'", 'get'), rule('', 'pods/log', 'get'))).toEqual([]);
    // A part of each resource is not the resources, and each group is not the one without a name.
    expect(same(rule('', "'*/log'", 'get'), rule('', 'pods', 'get'))).not.toEqual([]);
    expect(same(rule('apps', "'*'", 'get'), rule('', 'pods', 'get'))).not.toEqual([]);
    // A wildcard is more than each that there is today.
    expect(told(role(rule('', 'pods', 'get, list')), role(rule('', 'pods', "'*'")))).toEqual([
      'rules: 1 right added',
      '+ do anything with pods',
    ]);
  });

  test('say which rights come and go', () => {
    expect(
      told(role(both), role(`${rule('', 'pods', 'get, watch')}, ${rule('apps', 'deployments', 'get', 'web')}`)),
    ).toEqual([
      'rules: 2 rights added, 3 removed',
      '- get, list secrets',
      '- list pods',
      '+ get deployments.apps named "web"',
      '+ watch pods',
    ]);
  });

  test('that change alike in several targets are one change, however they are written there', () => {
    const more = `${both}, ${rule('', 'pods', 'watch')}`;
    const otherwise = `${rule('', 'pods', 'watch, list, get')}, ${rule('', 'secrets', 'get, list')}`;
    const changes = [more, otherwise].map((rules, i) =>
      targetChange(`t${i}`, worldOf(role(both)), worldOf(role(rules))),
    );
    expect(fleetOf(changes).changes).toMatchObject([
      { targets: ['t0', 't1'], fields: [{ sense: { added: ['watch pods'], removed: [] } }] },
    ]);
  });

  test('of paths are told by their beginnings', () => {
    const paths = (urls: string) => `{ nonResourceURLs: [${urls}], verbs: [get] }`;
    const cluster = (rules: string) => role(rules, 'ClusterRole');
    expect(
      told(cluster(paths("'/healthz/*', /metrics")), cluster(paths("/metrics, /healthz/ready, '/healthz/*'"))),
    ).toEqual([]);
    expect(told(cluster(paths('/metrics')), cluster(paths("'/metrics*'")))).toEqual([
      'rules: 1 right added',
      '+ get /metrics*',
    ]);
  });

  test('give no privilege where they only stand otherwise, and one where a name goes', () => {
    const bound = (rules: string) =>
      allOf(
        role(rules),
        '{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: web, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: web }, subjects: [{ kind: ServiceAccount, name: web, namespace: shop }] }',
        '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: shop } }',
      );
    const widened = (before: string, after: string) => messagesOf('rbac-widened', bound(before), bound(after));
    expect(widened(both, `${rule('', 'secrets', 'list, get')}, ${rule('', 'pods', 'get, list')}`)).toEqual([]);
    // RBAC knows no wildcard among names: this role allowed one object called `*`, which cannot be.
    expect(widened(rule('', 'secrets', 'get', "'*'"), rule('', 'secrets', 'get'))).toHaveLength(1);
  });

  test('of a role that others are aggregated into are what its controller writes', () => {
    const aggregated = (rules: string) =>
      role(rules, 'ClusterRole', ', aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: b } }] }');
    expect(told(aggregated(''), aggregated(both))).toEqual([]);
    expect(told(role('', 'ClusterRole'), aggregated(both))).toEqual([
      'aggregationRule',
      'rules: 4 rights added',
      '+ get, list pods',
      '+ get, list secrets',
    ]);
    const selecting = (selector: string) =>
      role('', 'ClusterRole', `, aggregationRule: { clusterRoleSelectors: [${selector}] }`);
    expect(
      told(
        selecting('{ matchLabels: { a: b } }, { matchLabels: { c: d } }'),
        selecting('{ matchLabels: { c: d } }, { matchExpressions: [{ key: a, operator: In, values: [b] }] }'),
      ),
    ).toEqual([]);
  });

  test('are lost by whoever is bound to a role that they are aggregated into', () => {
    const part = (rules: string, label: string) =>
      `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: part, labels: { a: ${label} } }, rules: [${rules}] }`;
    const all = (rules: string, label = 'b') =>
      allOf(
        part(rules, label),
        '{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: whole }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: b } }] } }',
        '{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: { name: whole }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: whole }, subjects: [{ kind: User, name: ann, apiGroup: rbac.authorization.k8s.io }] }',
      );
    const lost = (after: string) => messagesOf('rbac-lost', all(both), after);
    expect(lost(all(rule('', 'secrets, pods', 'list, get')))).toEqual([]);
    expect(lost(all(rule('', 'pods', 'get, list')))).toEqual([
      expect.stringContaining('User/ann may not get, list secrets'),
    ]);
    expect(lost(all(both, 'c'))).toEqual([expect.stringContaining('User/ann may not')]);
  });
});

test('the subjects of a binding count each once, in any order', () => {
  const binding = (...subjects: string[]) =>
    `{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: web, namespace: shop }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: web }, subjects: [${subjects.join(', ')}] }`;
  const account = (name: string, namespace = 'shop') =>
    `{ kind: ServiceAccount, name: ${name}, namespace: ${namespace} }`;
  const user = '{ kind: User, name: ann }';
  const written = '{ kind: User, name: ann, apiGroup: rbac.authorization.k8s.io }';
  expect(told(binding(account('a'), user), binding(written, account('a')))).toEqual([]);
  expect(
    told(binding(account('a'), account('a', 'x')), binding(account('a', 'x'), account('a'), account('a'))),
  ).toEqual([]);
  expect(told(binding(account('a')), binding(account('a'), account('b')))).toEqual(['subjects[b]']);
});

describe('a selector of labels', () => {
  const policy = (selector: string, more = '') =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: ${selector}, policyTypes: [Ingress]${more} } }`;
  const map = '{ matchLabels: { a: b } }';
  const list = (values: string, operator = 'In') =>
    `{ matchExpressions: [{ key: a, operator: ${operator}, values: [${values}] }] }`;

  test('means the same as a map and as a list, and with values in any order', () => {
    expect(told(policy(map), policy(list('b')))).toEqual([]);
    expect(told(policy(list('b, c', 'NotIn')), policy(list('c, b, c', 'NotIn')))).toEqual([]);
    expect(told(policy('{}'), policy('{ matchLabels: {} }'))).toEqual([]);
    expect(told(policy(map), policy(list('c')))).not.toEqual([]);
    expect(told(policy(map), policy(list('b', 'NotIn')))).not.toEqual([]);
    expect(told(policy(map), policy('{}'))).not.toEqual([]);
    expect(told(policy(list('b')), policy(list('b, c')))).not.toEqual([]);
  });

  test('also where it is a part of a peer, and peers and rules in any order', () => {
    const rules = (...all: string[]) => policy('{}', `, ingress: [${all.join(', ')}]`);
    const from = (...peers: string[]) => `{ from: [${peers.join(', ')}], ports: [{ port: 80 }] }`;
    const [one, other] = [`{ podSelector: ${map} }`, `{ namespaceSelector: ${list('x, y')} }`];
    expect(
      told(
        rules(from(one, other), '{ ports: [{ port: 81 }] }'),
        rules(
          '{ ports: [{ port: 81, protocol: TCP }] }',
          from(other.replace('x, y', 'y, x'), `{ podSelector: ${list('b')} }`),
        ),
      ),
    ).toEqual([]);
    expect(told(rules(from(one)), rules(from(other)))).not.toEqual([]);
    expect(told(rules(from(one)), rules('{ ports: [{ port: 80 }] }'))).not.toEqual([]);
  });

  test('of a workload is told as it is written: the API server refuses another one, and pods are another revision', () => {
    const web = workloadOf({});
    const other = web.replace(
      'matchLabels: { app: web }',
      'matchExpressions: [{ key: app, operator: In, values: [web] }]',
    );
    expect(told(web, other)).not.toEqual([]);
    expect(messagesOf('immutable-field', web, other)).toContain('the API server refuses it: field is immutable');
    const spread = (selector: string) =>
      workloadOf({
        pod: `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: ${selector} }]`,
      });
    expect(told(spread(map), spread(list('b')))).not.toEqual([]);
  });

  test('of a custom kind that selects is one, and one that is handed on to pods is not', () => {
    const selector =
      '{ type: object, properties: { matchLabels: { type: object, additionalProperties: { type: string } }, matchExpressions: { type: array, items: { type: object, required: [key, operator], properties: { key: { type: string }, operator: { type: string }, values: { type: array, items: { type: string } } } } } } }';
    const definition = `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: servicemonitors.monitoring.coreos.com }, spec: { group: monitoring.coreos.com, scope: Namespaced, names: { kind: ServiceMonitor, plural: servicemonitors }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { selector: ${selector}, affinity: { type: object, properties: { labelSelector: ${selector} } } } } } } } }] } }`;
    const monitor = (spec: string) =>
      allOf(
        definition,
        `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: shop }, spec: ${spec} }`,
      );
    expect(told(monitor(`{ selector: ${map} }`), monitor(`{ selector: ${list('b')} }`))).toEqual([]);
    expect(told(monitor(`{ selector: ${map} }`), monitor(`{ selector: ${list('c')} }`))).not.toEqual([]);
    const affinity = (own: string) => monitor(`{ affinity: { labelSelector: ${own} } }`);
    expect(told(affinity(map), affinity(list('b')))).not.toEqual([]);
  });
});
