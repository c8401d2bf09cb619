import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { dns1035Label, dnsSubdomain, pathSegment, qualifiedName } from '../formats';
import type { Rule, Visit } from '../rule';
import { allUnique, each, fieldsSet, inFormat, inStrictFormat, notEmpty, oneOf, strictlyOneOf } from '../rule';

// Admission policies and webhooks: pkg/apis/admissionregistration/validation. What their CEL says is judged elsewhere.

const OPERATIONS = ['*', 'CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

/** Beside `*`, nothing else is needed, and the server takes nothing else. */
function alone(object: Json, field: string, what: string, walk: Visit): void {
  const values = list(object[field]);
  if (values.length > 1 && values.includes('*'))
    walk.fail(
      [field],
      values,
      `Invalid value: ${JSON.stringify(values)}: if '*' is present, must not specify other ${what}`,
    );
}

function resources(object: Json, walk: Visit): void {
  const given = list(object['resources']);
  const said = (words: string) => walk.fail(['resources'], given, `Invalid value: ${JSON.stringify(given)}: ${words}`);
  if (given.length > 1 && given.includes('*/*')) said("if '*/*' is present, must not specify other resources");
  // The server asks this of the last one that has no subresource.
  const plain = given.filter((one) => typeof one === 'string' && one !== '' && !one.includes('/'));
  if (given.includes('*') && plain.length > 0 && plain.at(-1) !== '*')
    said("if '*' is present, must not specify other resources without subresources");
  const [wholes, subs] = [new Set<string>(), new Set<string>()];
  given.forEach((one, i) => {
    const [, resource, sub] = /^([^/]*)\/(.*)$/s.exec(string(one) ?? '') ?? [];
    if (resource === undefined || sub === undefined) return;
    const invalid = (there: string) =>
      walk.fail(['resources', i], one, `Invalid value: "${one}": if '${there}' is present, must not specify ${one}`);
    if (wholes.has(resource)) invalid(`${resource}/*`);
    if (subs.has(sub)) invalid(`*/${sub}`);
    if (sub === '*') wholes.add(resource);
    if (resource === '*') subs.add(sub);
  });
}

const operationsRule: Rule = {
  required: ['operations', 'apiGroups', 'apiVersions', 'resources'],
  fields: {
    operations: each(strictlyOneOf(...OPERATIONS)),
    scope: strictlyOneOf('*', 'Cluster', 'Namespaced'),
    apiVersions: each(notEmpty),
    resources: each(notEmpty),
  },
  object(object, walk) {
    alone(object, 'operations', 'operations', walk);
    alone(object, 'apiGroups', 'API groups', walk);
    alone(object, 'apiVersions', 'API versions', walk);
    resources(object, walk);
  },
};

const namedRule: Rule = {
  ...operationsRule,
  fields: { ...operationsRule.fields, resourceNames: each(inStrictFormat(pathSegment)) },
  object(object, walk) {
    operationsRule.object!(object, walk);
    allUnique(list(object['resourceNames']), walk, (i) => ['resourceNames', i]);
  },
};

/** Policies need to know which types they are about. */
function constraints(object: Json, walk: Visit): void {
  const given = record(object['matchConstraints']);
  if (!given) walk.fail(['matchConstraints'], undefined, 'Required value');
  else if (list(given['resourceRules']).length === 0)
    walk.fail(['matchConstraints', 'resourceRules'], undefined, 'Required value');
}

/** Only these can be changed on their way. */
function mutable(object: Json, field: string, walk: Visit): void {
  list(record(object[field])?.['resourceRules']).forEach((rule, i) =>
    list(record(rule)?.['operations']).forEach((operation, j) => {
      if (
        typeof operation === 'string' &&
        OPERATIONS.some((one) => one === operation) &&
        !/^(CREATE|UPDATE)$/.test(operation)
      )
        walk.fail(
          [field, 'resourceRules', i, 'operations', j],
          operation,
          `Unsupported value: "${operation}": supported values: "CREATE", "UPDATE"`,
        );
    }),
  );
}

const paramKind: Rule = {
  required: ['apiVersion', 'kind'],
  fields: {
    kind: inFormat((value) => dns1035Label(value.toLowerCase())),
    apiVersion: inFormat((value) => {
      const [version = '', group = '', ...more] = value.split('/').reverse();
      if (more.length > 0) return `unexpected GroupVersion string: ${value}`;
      return (
        (group === '' ? undefined : dnsSubdomain(group)) ??
        (version === '' ? 'version must be specified' : dns1035Label(version))
      );
    }),
  },
};

const paramRef: Rule = {
  fields: { name: inFormat(pathSegment), parameterNotFoundAction: oneOf('Deny', 'Allow') },
  required: ['parameterNotFoundAction'],
  object(object, walk) {
    const found = fieldsSet(object, ['name', 'selector']).filter((field) => object[field] !== '');
    if (found.length === 0) walk.fail([], undefined, 'Required value: one of name or selector must be specified');
    if (found.length === 2) walk.fail(['name'], object['name'], 'Forbidden: name and selector are mutually exclusive');
  },
};

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'] as const;

const validation: Rule = {
  fields: { reason: strictlyOneOf(...REASONS) },
  object(object, walk) {
    for (const field of ['message', 'messageExpression'])
      if (/^\s+$/.test(string(object[field]) ?? ''))
        walk.fail(
          [field],
          object[field],
          `Invalid value: ${JSON.stringify(object[field])}: must be non-empty if specified`,
        );
    const message = string(object['message'])?.trim() ?? '';
    if (/[\n\r]/.test(message))
      walk.fail(
        ['message'],
        object['message'],
        `Invalid value: ${JSON.stringify(object['message'])}: must not contain line breaks`,
      );
    if (/^\s+$/.test(string(object['expression']) ?? ''))
      walk.fail(['expression'], object['expression'], 'Required value: expression is not specified');
  },
};

const variable: Rule = {
  fields: {
    name: inFormat((value) =>
      /^[_a-zA-Z][_a-zA-Z0-9]*$/.test(value) && !CEL_RESERVED.has(value) ? undefined : 'must be a valid CEL identifier',
    ),
  },
};
/** `celReservedSymbols` of the validation. */
const CEL_RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const validatingSpec: Rule = {
  fields: { failurePolicy: strictlyOneOf('Ignore', 'Fail') },
  object(object, walk) {
    constraints(object, walk);
    const annotations = list(object['auditAnnotations']);
    if (list(object['validations']).length === 0 && annotations.length === 0)
      walk.fail(
        ['validations'],
        undefined,
        'Required value: validations or auditAnnotations must contain at least one item',
      );
    allUnique(
      annotations.map((entry) => record(entry)?.['key']),
      walk,
      (i) => ['auditAnnotations', i, 'key'],
    );
  },
};

const ACTIONS = ['Deny', 'Warn', 'Audit'] as const;

const validatingBinding: Rule = {
  required: ['policyName', 'validationActions'],
  fields: { policyName: inFormat(dnsSubdomain), validationActions: each(strictlyOneOf(...ACTIONS)) },
  object(object, walk) {
    const actions = list(object['validationActions']);
    if (actions.includes('Deny') && actions.includes('Warn'))
      walk.fail(
        ['validationActions'],
        actions,
        `Invalid value: ${JSON.stringify(actions)}: must not contain both Deny and Warn`,
      );
  },
};

const mutatingSpec: Rule = {
  required: ['mutations', 'reinvocationPolicy'],
  fields: { failurePolicy: strictlyOneOf('Ignore', 'Fail'), reinvocationPolicy: oneOf('Never', 'IfNeeded') },
  object(object, walk) {
    constraints(object, walk);
    mutable(object, 'matchConstraints', walk);
  },
};

const mutation: Rule = {
  fields: { patchType: oneOf('ApplyConfiguration', 'JSONPatch') },
  object(object, walk) {
    const fields = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;
    const type = string(object['patchType']);
    for (const [name, field] of Object.entries(fields)) {
      const isThere = record(object[field]) !== undefined;
      if (name === type && !isThere)
        walk.fail([field], undefined, `Required value: must be specified when patchType is ${name}`);
      if (type !== undefined && type in fields && name !== type && isThere)
        walk.fail([field], object[field], `Invalid value: must not be specified when patchType is ${type}`);
    }
  },
};

const mutatingBinding: Rule = {
  required: ['policyName'],
  fields: { policyName: inFormat(dnsSubdomain) },
  object: (object, walk) => mutable(object, 'matchResources', walk),
};

const POLICIES: Readonly<Record<string, Rule>> = {
  NamedRuleWithOperations: namedRule,
  MatchResources: { fields: { matchPolicy: strictlyOneOf('Exact', 'Equivalent') } },
  ParamKind: paramKind,
  Validation: validation,
  Variable: variable,
  ValidatingAdmissionPolicySpec: validatingSpec,
  ValidatingAdmissionPolicyBindingSpec: validatingBinding,
  MutatingAdmissionPolicySpec: mutatingSpec,
  MutatingAdmissionPolicyBindingSpec: mutatingBinding,
  Mutation: mutation,
};

export const admissionRules: Record<string, Rule> = {
  ...Object.fromEntries(
    ['v1alpha1', 'v1beta1', 'v1'].flatMap((version) =>
      Object.entries(POLICIES).map(([name, rule]) => [`admissionregistration.${version}.${name}`, rule]),
    ),
  ),
  // The first version fills the action in.
  'admissionregistration.v1alpha1.ParamRef': { ...paramRef, required: [] },
  'admissionregistration.v1beta1.ParamRef': paramRef,
  'admissionregistration.v1.ParamRef': paramRef,
  'admissionregistration.v1.RuleWithOperations': operationsRule,
  'admissionregistration.v1.MatchCondition': { fields: { name: inStrictFormat(qualifiedName) } },
};
