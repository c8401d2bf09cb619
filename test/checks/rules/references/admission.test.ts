import { all, configMap, findings, messages, namespace } from '../../judging';

const policy = (
  expression: string,
  more = '',
  rule = 'apiGroups: [apps], apiVersions: [v1], resources: [deployments]',
) =>
  `{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: { name: p }, spec: { matchConstraints: { resourceRules: [{ ${rule}, operations: ['*'] }] }, validations: [{ expression: '${expression}' }]${more} } }`;
const binding = (spec: string) =>
  `{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: { name: b }, spec: { ${spec}, validationActions: [Deny] } }`;

describe('admission-policy-resolves', () => {
  const id = 'admission-policy-resolves';
  const at = 'ValidatingAdmissionPolicy/p spec.validations[0].expression';
  test.each([
    ['object.spec.replicaz <= 5', "undefined field 'replicaz'"],
    ['!has(object.spec.strategi)', "undefined field 'strategi'"],
    ['object.spec.template.spec.containers.all(c, c.imag != "")', "undefined field 'imag'"],
    ['object.spec.template.spec.initContainers.all(c, has(c.securityContex))', "undefined field 'securityContex'"],
    ['object.metadata.label.size() > 0', "undefined field 'label'"],
    ['oldObject.spec.replicaz == 1', "undefined field 'replicaz'"],
  ])('%s', (expression, words) => {
    expect(findings(id, policy(expression))).toEqual([`fail ${at} = ${JSON.stringify(expression)}`]);
    expect(messages(id, policy(expression))[0]).toContain(words);
    expect(messages(id, policy(expression))[0]).toContain('every request is refused');
    expect(messages(id, policy(expression, ', failurePolicy: Ignore'))[0]).toContain('every request is admitted');
  });
  test.each([
    'object.spec.replicas <= 5 && object.metadata.labels["app"] != ""',
    'object.spec.template.spec.containers.all(c, c.image.startsWith("a/") && has(c.resources.limits))',
    'params.data.max == "5" || request.userInfo.username == "a" || variables.x == 1 || namespaceObject.metadata.name == "a"',
    'authorizer.group("").resource("pods").check("get").allowed()',
    'object.spec.strategy.rollingUpdate.maxSurge == 1 || object.spec.template.spec.volumes.exists(v, has(v.hostPath))',
    'object.spec.template.spec.containers[0].resources.limits["cpu"] == "1"',
  ])('%s is right', (expression) => expect(findings(id, policy(expression))).toEqual([]));
  test('a field that one of several kinds has is right, and kinds that nobody knows are left alone', () => {
    const two = 'apiGroups: [apps], apiVersions: [v1], resources: [deployments, daemonsets]';
    expect(findings(id, policy('object.spec.replicas > 1', '', two))).toEqual([]);
    expect(findings(id, policy('object.spec.replicaz > 1', '', two))).toHaveLength(1);
    for (const rule of [
      "apiGroups: ['*'], apiVersions: [v1], resources: [deployments]",
      'apiGroups: [example.com], apiVersions: [v1], resources: [things]',
      "apiGroups: [apps], apiVersions: [v1], resources: ['*']",
    ])
      expect(findings(id, policy('object.spec.replicaz > 1', '', rule))).toEqual([]);
    expect(
      findings(id, policy('true', ', matchConditions: [{ name: a, expression: "object.spec.nosuch == 1" }]')),
    ).toEqual(['fail ValidatingAdmissionPolicy/p spec.matchConditions[0].expression = "object.spec.nosuch == 1"']);
  });
  test('a binding names a policy and its parameter', () => {
    const named = (name: string) => all(policy('true'), binding(`policyName: ${name}`));
    expect(findings(id, named('p'))).toEqual([]);
    expect(findings(id, named('q'), { declared: '' })).toEqual([
      'fail ValidatingAdmissionPolicyBinding/b spec.policyName = "q"',
    ]);
    const parameter = (name: string, more = '') =>
      all(
        namespace,
        configMap('limits', 'max: "5"'),
        policy('true', ', paramKind: { apiVersion: v1, kind: ConfigMap }'),
        binding(`policyName: p, paramRef: { name: ${name}, namespace: shop${more} }`),
      );
    expect(findings(id, parameter('limits'))).toEqual([]);
    expect(messages(id, parameter('limitz'))[0]).toContain('every request that the policy matches is refused');
    expect(messages(id, parameter('limitz', ', parameterNotFoundAction: Allow'))[0]).toContain(
      'every request is admitted',
    );
  });
});

describe('gatekeeper-constraint-valid', () => {
  const id = 'gatekeeper-constraint-valid';
  const template = (schema: string) =>
    `{ apiVersion: templates.gatekeeper.sh/v1, kind: ConstraintTemplate, metadata: { name: labels }, spec: { crd: { spec: { names: { kind: Labels }, validation: { openAPIV3Schema: { ${schema} } } } } } }`;
  const constraint = (spec: string) =>
    `{ apiVersion: constraints.gatekeeper.sh/v1beta1, kind: Labels, metadata: { name: c }, spec: { ${spec} } }`;
  const properties = 'properties: { labels: { type: array, items: { type: string } }, message: { type: string } }';
  test('kinds exist in their group', () => {
    const matching = (groups: string, kinds: string) =>
      constraint(`match: { kinds: [{ apiGroups: [${groups}], kinds: [${kinds}] }] }`);
    expect(findings(id, matching("''", 'Pod, Service'))).toEqual([]);
    expect(messages(id, matching("''", 'Deployment'))[0]).toContain('it is in ');
    expect(messages(id, matching('apps', 'Deploymnet'))[0]).toContain('did you mean "Deployment"?');
    expect(findings(id, matching("apps, ''", 'Pod, Deployment'))).toEqual([]);
    for (const groups of ["'*'", 'example.com']) expect(findings(id, matching(groups, 'Thing'))).toEqual([]);
  });
  test('parameters are those of the template', () => {
    const given = (parameters: string, schema = `type: object, ${properties}`) =>
      all(template(schema), constraint(`parameters: { ${parameters} }`));
    expect(findings(id, given('labels: [team], message: a'))).toEqual([]);
    expect(findings(id, given('label: [team]'))).toEqual(['fail Labels/c spec.parameters.label = ["team"]']);
    expect(messages(id, given('labels: team'))[0]).toContain('must be of type array, not string');
    // Without a type, fields that nobody names are kept.
    expect(findings(id, given('extra: 1', properties))).toEqual([]);
    expect(findings(id, given('label: [team]', properties))).toHaveLength(1);
    expect(findings(id, constraint('parameters: { anything: 1 }'))).toEqual([]);
  });
});
