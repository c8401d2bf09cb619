import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { builtInType } from '../../../upstream/kubernetes/cel/built-in-type';
import { typeProblem } from '../../../upstream/kubernetes/cel/check';
import type { CelType } from '../../../upstream/kubernetes/cel/declared-type';
import { kubernetesData } from '../../../upstream/kubernetes/data';
import { apiOf } from '../../../upstream/kubernetes/model';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (field: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: replicas }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], resources: [deployments], operations: [CREATE, UPDATE] }]
  validations: [{ expression: object.spec.${field} <= 5 }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: replicas }
spec: { policyName: replicas, validationActions: [Deny] }
`;

export default check({
  id: 'admission-policy-resolves',
  group: 'references',
  description:
    'policies of admission exist with their parameters, and their expressions use fields that the objects have',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/',
  fix: 'name an existing policy and parameter, and fields as kubectl explain shows them',
  example: {
    broken: manifests('replicaz'),
    fails: ['ValidatingAdmissionPolicy/replicas spec.validations[0].expression'],
    fixed: manifests('replicas'),
  },
  *judge(world) {
    for (const kind of ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy']) {
      for (const binding of world.of(`${kind}Binding`)) yield* judgeBinding(world, binding, kind);
      for (const policy of world.of(kind)) yield* judgePolicy(world, policy);
    }
  },
});

function* judgeBinding(world: World, binding: Resource, kind: string): Iterable<Finding> {
  const name = string(binding.at(['spec', 'policyName']));
  if (!name) return;
  const path = ['spec', 'policyName'];
  const absent = missing(
    world,
    { resource: binding, path, kind, namespace: '', name },
    'the binding does nothing and every request is admitted',
  );
  if (absent) {
    yield absent;
    return;
  }
  const found = world.find(kind, '', name);
  const paramKind = found.is === 'present' ? string(found.resource.at(['spec', 'paramKind', 'kind'])) : undefined;
  const paramRef = record(binding.at(['spec', 'paramRef']));
  const parameter = string(paramRef?.['name']);
  const namespace = string(paramRef?.['namespace']);
  // Without a namespace it is looked for in that of each object.
  if (!paramKind || !parameter || namespace === undefined) return;
  const allows = paramRef?.['parameterNotFoundAction'] === 'Allow';
  const gone = missing(
    world,
    { resource: binding, path: ['spec', 'paramRef', 'name'], kind: paramKind, namespace, name: parameter },
    allows ? 'every request is admitted' : 'every request that the policy matches is refused',
  );
  if (gone) yield gone;
}

function* judgePolicy(world: World, policy: Resource): Iterable<Finding> {
  const types = typesMatched(world, policy);
  if (types.length === 0) return;
  const admits = policy.at(['spec', 'failurePolicy']) === 'Ignore';
  for (const [path, text] of expressionsOf(policy)) {
    const faults = types.map((object) => typeProblem(text, variablesOf(object), 'bool'));
    // Where one of several kinds has the field, the expression may ask for the kind first.
    if (!faults.every((fault) => fault?.startsWith('undefined field'))) continue;
    yield {
      resource: policy,
      path,
      value: text,
      message: `${faults[0]}: no object that the policy matches has it, so the expression fails and ${admits ? 'every request is admitted (failurePolicy: Ignore)' : 'every request is refused'}`,
    };
  }
}

function* expressionsOf(policy: Resource): Generator<readonly [Path, string]> {
  for (const field of ['validations', 'matchConditions'])
    for (const [i, entry] of list(policy.at(['spec', field])).entries()) {
      const text = string(record(entry)?.['expression']);
      if (text) yield [['spec', field, i, 'expression'], text];
    }
}

function variablesOf(object: CelType): Readonly<Record<string, CelType>> {
  const others = ['request', 'params', 'namespaceObject', 'authorizer', 'variables'].map(
    (name) => [name, 'dyn'] as const,
  );
  return { ...Object.fromEntries(others), object, oldObject: object };
}

/** The types of the objects that a policy matches; none where one of them is not known. */
function typesMatched(world: World, policy: Resource): CelType[] {
  const api = apiOf(world.facts.minor ?? kubernetesData().newest);
  const types: CelType[] = [];
  for (const entry of list(policy.at(['spec', 'matchConstraints', 'resourceRules']))) {
    const rule = record(entry);
    for (const group of list(rule?.['apiGroups']))
      for (const version of list(rule?.['apiVersions']))
        for (const plural of list(rule?.['resources'])) {
          const kind = kindOf(String(group), String(version), String(plural));
          const found = kind && api.kind(kind.apiVersion, kind.kind);
          if (!found) return [];
          types.push(builtInType(found.definition));
        }
  }
  return types;
}

let kinds: Map<string, { readonly apiVersion: string; readonly kind: string }> | undefined;

function kindOf(group: string, version: string, plural: string) {
  kinds ??= new Map(
    Object.entries(kubernetesData().kinds).flatMap(([id, timeline]) => {
      const [apiVersion = '', kind = ''] = id.split(' ');
      const name = Object.values(timeline)
        .find((entry) => entry !== null)
        ?.split(' ')[0];
      return name && !kind.endsWith('List') ? [[`${apiVersion} ${name}`, { apiVersion, kind }] as const] : [];
    }),
  );
  return kinds.get(`${group === '' ? '' : `${group}/`}${version} ${plural}`);
}
