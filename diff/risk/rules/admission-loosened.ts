import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import type { ChangeStep } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { changesOf, goneOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const webhook = (policy: string, timeout = 5) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: images }
webhooks:
  - name: images.example.com
    failurePolicy: ${policy}
    timeoutSeconds: ${timeout}
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: { service: { name: images, namespace: images } }
    rules: [{ apiGroups: [''], apiVersions: [v1], resources: [pods], operations: [CREATE] }]
`;
const WEBHOOKS = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'];
const POLICIES = [
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ClusterPolicy',
  'Policy',
];

export default riskRule({
  id: 'admission-loosened',
  class: 'privilege',
  description: 'a webhook or a policy of admission that is removed, asked for less, or no longer refuses anything',
  reason: 'Objects that were refused or changed before are stored as they are, whoever creates them.',
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/',
  advice: 'keep it until what it guards against is guarded otherwise',
  example: {
    before: webhook('Fail'),
    after: webhook('Ignore'),
    finds: ['ValidatingWebhookConfiguration/images webhooks[images.example.com].failurePolicy'],
    harmless: webhook('Fail', 10),
  },
  *find(diff) {
    for (const { change, before } of goneOf(diff, ...WEBHOOKS))
      yield {
        change,
        message: `the API server asks nobody any more before it stores what ${namesOf(before)} looked at`,
      };
    for (const { change, before } of goneOf(diff, ...POLICIES))
      if (isPolicy(before))
        yield {
          change,
          message: `what ${before.kind} ${before.name} ${before.kind.startsWith('Mutating') ? 'changed is stored as it is' : 'refused is admitted'}`,
        };
    for (const change of diff.changes) {
      const { does, before, after } = change;
      const isConstraint = before?.group === 'constraints.gatekeeper.sh';
      if (isConstraint && does === 'removed')
        yield { change, message: `what ${before.kind} ${before.name} refused is admitted` };
      if (does !== 'changed' || !before || !after) continue;
      if (isConstraint) yield* weaker(change, ['spec', 'enforcementAction'], 'deny', 'deny');
    }
    for (const change of changesOf(diff, ...WEBHOOKS)) if (change.does === 'changed') yield* ofWebhooks(change);
    for (const change of changesOf(diff, ...POLICIES)) if (change.does === 'changed') yield* ofPolicy(change);
  },
});

function isPolicy({ kind, group }: Resource): boolean {
  return /^(Validating|Mutating)/.test(kind) || group === 'kyverno.io';
}

function namesOf(webhooks: Resource): string {
  return mappings(webhooks.at(['webhooks']))
    .map(({ name }) => String(name))
    .join(', ');
}

/** A field that was at the strict value and is not any more. */
function* weaker(change: ObjectChange, path: readonly string[], strict: string, absent: string): Iterable<FoundRisk> {
  const [was, is] = [change.before, change.after].map((resource) => string(resource!.at(path)) ?? absent);
  if (was!.toLowerCase() === strict.toLowerCase() && is!.toLowerCase() !== strict.toLowerCase())
    yield {
      change,
      field: fieldAt(change, path),
      message: `it is ${is} in place of ${was}: what was refused is admitted`,
    };
}

function* ofWebhooks(change: ObjectChange): Iterable<FoundRisk> {
  const now = new Map(mappings(change.after!.at(['webhooks'])).map((webhook) => [webhook['name'], webhook]));
  for (const was of mappings(change.before!.at(['webhooks']))) {
    const name = String(was['name']);
    const is = now.get(name);
    const at = (field: string) =>
      fieldAt(change, ['webhooks', { name }, field]) ?? fieldAt(change, ['webhooks', { name }]);
    if (!is) {
      yield { change, field: fieldAt(change, ['webhooks', { name }]), message: `${name} is asked no more` };
      continue;
    }
    if ((was['failurePolicy'] ?? 'Fail') === 'Fail' && is['failurePolicy'] === 'Ignore')
      yield { change, field: at('failurePolicy'), message: `while ${name} does not answer, everything is admitted` };
    for (const field of ['rules', 'namespaceSelector', 'objectSelector', 'matchConditions'])
      if (isNarrower(field, was, is))
        yield { change, field: at(field), message: `${name} may be asked about less than before (${field})` };
  }
}

/** Rules that go, and conditions that come. */
function isNarrower(field: string, was: Json, is: Json): boolean {
  const [old, now] = [was[field], is[field]];
  if (field === 'rules') return list(old).some((rule) => !list(now).some((other) => holds(other, rule)));
  if (field === 'matchConditions') {
    const known = new Set(mappings(old).map(({ expression }) => expression));
    return mappings(now).some(({ expression }) => !known.has(expression));
  }
  const isNone = (selector: unknown) => selector === undefined || JSON.stringify(selector) === '{}';
  return !isNone(now) && JSON.stringify(now) !== JSON.stringify(old);
}

/** Whether a rule of a webhook means all that another one does. */
function holds(rule: unknown, other: unknown): boolean {
  return ['apiGroups', 'apiVersions', 'resources', 'operations'].every((field) => {
    const own = list(record(rule)?.[field]);
    return (
      own.includes('*') || own.includes('*/*') || list(record(other)?.[field]).every((value) => own.includes(value))
    );
  });
}

function* ofPolicy(change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change as { before: Resource; after: Resource };
  if (!isPolicy(after) || after.kind.startsWith('Mutating')) return;
  if (after.kind === 'ValidatingAdmissionPolicyBinding') {
    const path = ['spec', 'validationActions'];
    if (list(before.at(path)).includes('Deny') && !list(after.at(path)).includes('Deny'))
      yield { change, field: fieldAt(change, path), message: 'what the policy does not allow is no longer denied' };
    return;
  }
  if (after.kind === 'ValidatingAdmissionPolicy') {
    yield* weaker(change, ['spec', 'failurePolicy'], 'Fail', 'Fail');
    yield* lost(change, ['spec', 'validations'], 'expression', 'is not checked any more');
    return;
  }
  yield* weaker(change, ['spec', 'validationFailureAction'], 'Enforce', 'Audit');
  yield* lost(change, ['spec', 'rules'], 'name', 'is no rule any more');
}

function* lost(change: ObjectChange, path: readonly ChangeStep[], key: string, text: string): Iterable<FoundRisk> {
  const of = (resource: ObjectChange['before']) =>
    mappings(resource?.at(path as string[])).map((entry) => String(entry[key]));
  const now = new Set(of(change.after));
  for (const entry of of(change.before))
    if (!now.has(entry))
      yield {
        change,
        field: fieldAt(change, [...path, { [key]: entry }]) ?? fieldAt(change, path),
        message: `${entry} ${text}`,
      };
}
