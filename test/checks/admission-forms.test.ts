import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

/** The paths at which the API server refuses an object. */
function refused(kind: string, spec: string, version = 'v1'): string[] {
  const text = `{apiVersion: admissionregistration.k8s.io/${version}, kind: ${kind}, metadata: {name: a.example.com}, spec: ${spec}}`;
  const world = new World(
    readSources([{ file: 'a.yaml', text }]).resources,
    new Facts([], version === 'v1' ? '1.35' : '1.34'),
  );
  const found = runChecks(
    world,
    checks.filter(({ id }) => ['schema-valid', 'list-map-duplicates', 'name-label-syntax'].includes(id)),
  );
  return found.map(({ path }) => path);
}

const RULE = 'apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]';
const policy = (more: string, rule = RULE) =>
  refused(
    'ValidatingAdmissionPolicy',
    `{matchConstraints: {resourceRules: [{${rule}}]}, validations: [{expression: 'true'}]${more}}`,
  );
const binding = (more: string) => refused('ValidatingAdmissionPolicyBinding', `{policyName: a.example.com, ${more}}`);

describe('a ValidatingAdmissionPolicy', () => {
  test('is taken as it is usually written', () => expect(policy('')).toEqual([]));
  test.each<[string, string]>([
    ['failurePolicy: Never', 'spec.failurePolicy'],
    ['paramKind: {apiVersion: a/b/c, kind: X}', 'spec.paramKind.apiVersion'],
    ['paramKind: {apiVersion: v1}', 'spec.paramKind.kind'],
    [
      'auditAnnotations: [{key: a, valueExpression: "1"}, {key: a, valueExpression: "1"}]',
      'spec.auditAnnotations[1].key',
    ],
    ['variables: [{name: in, expression: "1"}]', 'spec.variables[0].name'],
    ['variables: [{name: a-b, expression: "1"}]', 'spec.variables[0].name'],
  ])('with %s is refused', (more, path) => expect(policy(`, ${more}`)).toEqual([path]));
  test.each<[string, string]>([
    ['apiGroups: [apps], apiVersions: [v1], operations: [CREAT], resources: [a]', 'operations'],
    ['apiGroups: [apps], apiVersions: [v1], operations: ["*", CREATE], resources: [a]', 'operations'],
    ['apiGroups: ["*", apps], apiVersions: [v1], operations: [CREATE], resources: [a]', 'apiGroups'],
    ['apiGroups: [apps], apiVersions: [v1, "*"], operations: [CREATE], resources: [a]', 'apiVersions'],
    ['apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: ["*/*", a]', 'resources'],
    ['apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: ["*", a]', 'resources'],
    ['apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [a/*, a/b]', 'resources[1]'],
    ['apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: ["*/b", a/b]', 'resources[1]'],
    [
      'apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [a], resourceNames: [b, b]',
      'resourceNames[1]',
    ],
    ['apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [a], scope: Here', 'scope'],
  ])('whose rule is {%s} is refused', (rule, path) =>
    expect(policy('', rule)).toEqual([`spec.matchConstraints.resourceRules[0].${path}`]),
  );
  test('needs to know what it is about, and to say something of it', () => {
    expect(refused('ValidatingAdmissionPolicy', '{validations: [{expression: "true"}]}')).toEqual([
      'spec.matchConstraints',
    ]);
    expect(refused('ValidatingAdmissionPolicy', `{matchConstraints: {resourceRules: [{${RULE}}]}}`)).toEqual([
      'spec.validations',
    ]);
    expect(refused('ValidatingAdmissionPolicy', '{matchConstraints: {}, validations: [{expression: "true"}]}')).toEqual(
      ['spec.matchConstraints.resourceRules'],
    );
  });
  test.each<[string, string]>([
    ['reason: Unauthorized', 'reason'],
    ['message: " "', 'message'],
    ['message: "a\\nb"', 'message'],
    ['messageExpression: " "', 'messageExpression'],
  ])('with a validation that has %s is refused', (more, field) =>
    expect(
      refused(
        'ValidatingAdmissionPolicy',
        `{matchConstraints: {resourceRules: [{${RULE}}]}, validations: [{expression: 'true', ${more}}]}`,
      ),
    ).toEqual([`spec.validations[0].${field}`]),
  );
});

describe('a ValidatingAdmissionPolicyBinding', () => {
  test('is taken with one action, or with Audit beside another', () => {
    expect(binding('validationActions: [Deny]')).toEqual([]);
    expect(binding('validationActions: [Warn, Audit]')).toEqual([]);
  });
  test.each<[string, string]>([
    ['validationActions: []', 'spec.validationActions'],
    ['validationActions: [Deny, Warn]', 'spec.validationActions'],
    ['validationActions: [deny]', 'spec.validationActions'],
    ['validationActions: [Audit, Audit]', 'spec.validationActions[1]'],
    ['validationActions: [Deny], paramRef: {name: a}', 'spec.paramRef.parameterNotFoundAction'],
    ['validationActions: [Deny], paramRef: {parameterNotFoundAction: Deny}', 'spec.paramRef'],
    [
      'validationActions: [Deny], paramRef: {name: a, selector: {}, parameterNotFoundAction: Deny}',
      'spec.paramRef.name',
    ],
    ['validationActions: [Deny], matchResources: {matchPolicy: Same}', 'spec.matchResources.matchPolicy'],
  ])('with %s is refused', (spec, path) => expect(binding(spec)).toEqual([path]));
});

test('a MutatingAdmissionPolicy changes what is created or updated, in the way that it says', () => {
  const policy = (operations: string, mutation: string) =>
    refused(
      'MutatingAdmissionPolicy',
      `{reinvocationPolicy: Never, matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [pods], operations: ${operations}}]}, mutations: [{${mutation}}]}`,
      'v1beta1',
    );
  const applied = 'patchType: ApplyConfiguration, applyConfiguration: {expression: "Object{}"}';
  expect(policy('[CREATE]', applied)).toEqual([]);
  expect(policy('[DELETE]', applied)).toEqual(['spec.matchConstraints.resourceRules[0].operations[0]']);
  expect(policy('[CREATE]', 'patchType: JSONPatch')).toEqual(['spec.mutations[0].jsonPatch']);
  expect(policy('[CREATE]', `${applied}, jsonPatch: {expression: "[]"}`)).toEqual(['spec.mutations[0].jsonPatch']);
});

test('the first version of the API is judged as well, and fills in what is done without the parameter', () => {
  const mutating = (mutation: string) =>
    refused(
      'MutatingAdmissionPolicy',
      `{reinvocationPolicy: Never, matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [pods], operations: [CREATE]}]}, mutations: [{${mutation}}]}`,
      'v1alpha1',
    );
  expect(mutating('patchType: ApplyConfiguration, applyConfiguration: {expression: "Object{}"}')).toEqual([]);
  expect(mutating('patchType: JSONPatch')).toEqual(['spec.mutations[0].jsonPatch']);
  const bound = (ref: string, version: string) =>
    refused('MutatingAdmissionPolicyBinding', `{policyName: a.example.com, paramRef: {${ref}}}`, version);
  expect(bound('name: a', 'v1alpha1')).toEqual([]);
  expect(bound('name: a', 'v1beta1')).toEqual(['spec.paramRef.parameterNotFoundAction']);
  expect(bound('parameterNotFoundAction: Deny', 'v1alpha1')).toEqual(['spec.paramRef']);
});
