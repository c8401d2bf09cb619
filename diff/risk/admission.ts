import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import type { ChangeStep, FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { fieldAt } from './paths';
import { isWider } from './policies/match';

export const WEBHOOK_KINDS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];
export const ADMISSION_POLICY_KINDS = [
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
];

/** One webhook, or one policy of admission or its binding: who is asked before the API server stores something. */
export interface AdmissionGuard {
  /** `images.example.com`, `ValidatingAdmissionPolicy images`. */
  readonly name: string;
  readonly path: readonly ChangeStep[];
  readonly json: Json;
  readonly isMutating: boolean;
  readonly failsClosed: boolean;
  /** What it is asked about. */
  readonly about: AskedAbout;
}

/** Requests, by all that they have to meet. */
interface AskedAbout {
  /** Where these stand. */
  readonly path: readonly ChangeStep[];
  /** Undefined: a binding leaves them to its policy. */
  readonly rules: readonly Json[] | undefined;
  readonly excluded: readonly Json[];
  readonly namespaceSelector: unknown;
  readonly objectSelector: unknown;
  readonly conditions: readonly string[];
  readonly isExact: boolean;
}

/** The guards that an object declares, by their names. */
export function guardsOf(resource: Resource | undefined): ReadonlyMap<string, AdmissionGuard> {
  if (!resource) return new Map();
  const isMutating = resource.kind.startsWith('Mutating');
  if (WEBHOOK_KINDS.includes(resource.kind))
    return new Map(
      mappings(resource.at(['webhooks'])).map((json) => {
        const name = String(json['name']);
        const path = ['webhooks', { name }];
        const about = aboutOf(path, json, mappings(json['rules']), json['matchConditions']);
        return [name, { name, path, json, isMutating, failsClosed: isFail(json), about }];
      }),
    );
  const json = record(resource.at(['spec'])) ?? {};
  const isBinding = resource.kind.endsWith('Binding');
  const field = isBinding ? 'matchResources' : 'matchConstraints';
  const match = record(json[field]) ?? {};
  const rules = mappings(match['resourceRules']);
  const about = aboutOf(
    ['spec', field],
    match,
    isBinding && rules.length === 0 ? undefined : rules,
    json['matchConditions'],
  );
  const name = `${resource.kind} ${resource.name}`;
  return new Map([['', { name, path: ['spec'], json, isMutating, failsClosed: isFail(json), about }]]);
}

function isFail(json: Json): boolean {
  return (json['failurePolicy'] ?? 'Fail') === 'Fail';
}

function aboutOf(
  path: readonly ChangeStep[],
  json: Json,
  rules: readonly Json[] | undefined,
  conditions: unknown,
): AskedAbout {
  return {
    path,
    rules,
    excluded: mappings(json['excludeResourceRules']),
    namespaceSelector: json['namespaceSelector'] ?? {},
    objectSelector: json['objectSelector'] ?? {},
    conditions: mappings(conditions).map(({ expression }) => String(expression)),
    isExact: json['matchPolicy'] === 'Exact',
  };
}

/** A part of what one guard is asked about and another one is not. */
export interface AskedBeyond {
  /** The field that it comes of. */
  readonly field:
    | 'rules'
    | 'excludeResourceRules'
    | 'namespaceSelector'
    | 'objectSelector'
    | 'matchConditions'
    | 'matchPolicy';
  readonly what: string;
}

/** What one is asked about and the other one is not: by what it asks for less. */
export function* askedBeyond(one: AskedAbout, other: AskedAbout): Iterable<AskedBeyond> {
  if (!one.rules) {
    if (other.rules) yield { field: 'rules', what: 'all that its policy is about' };
  } else {
    const beyond = one.rules.filter((rule) => other.rules && !other.rules.some((each) => holds(each, rule)));
    if (beyond.length > 0) yield { field: 'rules', what: beyond.map(ruleText).join('; ') };
  }
  if (other.excluded.some((rule) => !one.excluded.some((each) => holds(each, rule))))
    yield { field: 'excludeResourceRules', what: 'resources that were left out' };
  if (!isWider(other.namespaceSelector, one.namespaceSelector))
    yield {
      field: 'namespaceSelector',
      what: isWider(one.namespaceSelector, {}) ? 'every namespace' : 'other namespaces',
    };
  if (!isWider(other.objectSelector, one.objectSelector))
    yield {
      field: 'objectSelector',
      what: isWider(one.objectSelector, {}) ? 'objects with any labels' : 'objects with other labels',
    };
  if (other.conditions.some((condition) => !one.conditions.includes(condition)))
    yield { field: 'matchConditions', what: 'requests that a condition left out' };
  if (other.isExact && !one.isExact) yield { field: 'matchPolicy', what: 'the same resources in other versions' };
}

/** Whether a rule means all that another one does. */
function holds(rule: Json, other: Json): boolean {
  const isOfScope = [undefined, '*', other['scope']].includes(rule['scope'] as string | undefined);
  const names = list(rule['resourceNames']);
  return (
    isOfScope &&
    (names.length === 0 ||
      (list(other['resourceNames']).length > 0 &&
        list(other['resourceNames']).every((name) => names.includes(name)))) &&
    ['apiGroups', 'apiVersions', 'resources', 'operations'].every((field) => {
      const own = list(rule[field]);
      return own.includes('*') || own.includes('*/*') || list(other[field]).every((value) => own.includes(value));
    })
  );
}

/** `CREATE, UPDATE of pods`; of every request `any operation on every resource`. */
function ruleText(rule: Json): string {
  const [operations, resources, groups] = ['operations', 'resources', 'apiGroups'].map((field) =>
    list(rule[field]).map(String),
  );
  const isAll = resources!.some((resource) => resource === '*' || resource === '*/*');
  const group = groups!.filter((each) => each !== '' && each !== '*').join(', ');
  const does = operations!.includes('*') ? 'any operation' : operations!.join(', ');
  return `${does} of ${isAll ? 'every resource' : resources!.join(', ')}${group && ` in ${group}`}`;
}

/** `CREATE of pods in every namespace`: what a guard is asked about, for messages. */
export function aboutText({ rules, namespaceSelector, objectSelector }: AskedAbout): string {
  const what = rules ? rules.map(ruleText).join('; ') || 'nothing' : 'all that its policy is about';
  const isEverywhere = isWider(namespaceSelector, {}) && isWider(objectSelector, {});
  return `${what} ${isEverywhere ? 'in every namespace' : 'where its selectors match'}`;
}

/** Who is asked: `Service shop/hook`, or an address. */
export function askedText({ json }: AdmissionGuard): string {
  const client = record(json['clientConfig']);
  const service = record(client?.['service']);
  if (!service) return string(client?.['url']) ?? 'nobody';
  const [port, path] = [service['port'] ?? 443, string(service['path']) ?? '/'];
  return `Service ${String(service['namespace'])}/${String(service['name'])}:${String(port)}${path}`;
}

/** Whether the API server refuses every change of every resource while a webhook does not answer. */
export function stopsEverything({ json, failsClosed }: AdmissionGuard): boolean {
  // Only some namespaces, or some objects, are its own choice.
  return (
    failsClosed &&
    mappings(json['rules']).some(
      (rule) =>
        list(rule['resources']).some((resource) => resource === '*' || resource === '*/*') &&
        list(rule['apiGroups']).some((group) => group === '*' || group === ''),
    )
  );
}

/** What an object refuses, by itself: rules that are enforced, and whether what breaks them is denied. */
export function refusals(resource: Resource | undefined): readonly string[] {
  if (!resource) return [];
  if (resource.group === 'constraints.gatekeeper.sh')
    return (string(resource.at(['spec', 'enforcementAction'])) ?? 'deny') === 'deny' ? ['what it does not allow'] : [];
  if (resource.kind === 'ValidatingAdmissionPolicyBinding')
    return list(resource.at(['spec', 'validationActions'])).includes('Deny') ? ['what its policy does not allow'] : [];
  if (resource.kind === 'ValidatingAdmissionPolicy')
    return mappings(resource.at(['spec', 'validations'])).map(
      ({ expression }) => `what does not meet ${String(expression)}`,
    );
  if (resource.group !== 'kyverno.io') return [];
  const whole = string(resource.at(['spec', 'validationFailureAction'])) ?? 'Audit';
  const rules = mappings(resource.at(['spec', 'rules']));
  // A policy without rules is written as one that has them.
  if (rules.length === 0) return isEnforced(whole) ? ['what it does not allow'] : [];
  return rules.flatMap((rule) => {
    const validate = record(rule['validate']);
    if (!validate) return [];
    return isEnforced(string(validate['failureAction']) ?? whole)
      ? [`what its rule ${String(rule['name'])} does not allow`]
      : [];
  });
}

function isEnforced(action: string): boolean {
  return action.toLowerCase() === 'enforce';
}

/** The change of what a guard is asked about, by the field that says it. */
export function fieldOfAbout(
  change: ObjectChange,
  { path, about }: AdmissionGuard,
  field: AskedBeyond['field'],
): FieldChange | undefined {
  const isWebhook = path[0] === 'webhooks';
  const name = field === 'rules' && !isWebhook ? 'resourceRules' : field;
  const holder = field === 'matchConditions' ? path : about.path;
  return fieldAt(change, [...holder, name]) ?? fieldAt(change, path);
}

/** The change of what an object refuses. */
export function fieldOfRefusals(change: ObjectChange): FieldChange | undefined {
  const names = ['validationActions', 'enforcementAction', 'validationFailureAction', 'rules', 'validations'];
  return names.map((name) => fieldAt(change, ['spec', name])).find(Boolean) ?? fieldAt(change, ['spec']);
}
