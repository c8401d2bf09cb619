import type { Resource } from '../../../manifests/resource';
import { mappings } from '../../../manifests/resource';
import type { ObjectChange } from '../../object-change';
import type { AdmissionGuard } from '../admission';
import {
  ADMISSION_POLICY_KINDS,
  askedBeyond,
  fieldOfAbout,
  fieldOfRefusals,
  guardsOf,
  refusals,
  WEBHOOK_KINDS,
} from '../admission';
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
const POLICIES = [...ADMISSION_POLICY_KINDS, 'ClusterPolicy', 'Policy'];

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
    for (const { change, before } of goneOf(diff, ...WEBHOOK_KINDS))
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
      const { does, before } = change;
      if (does === 'removed' && before?.group === 'constraints.gatekeeper.sh')
        yield { change, message: `what ${before.kind} ${before.name} refused is admitted` };
      if (does === 'changed') yield* ofRefusals(change);
    }
    for (const change of changesOf(diff, ...WEBHOOK_KINDS)) if (change.does === 'changed') yield* ofWebhooks(change);
    for (const change of changesOf(diff, ...ADMISSION_POLICY_KINDS))
      if (change.does === 'changed') yield* ofPolicy(change);
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

function* ofWebhooks(change: ObjectChange): Iterable<FoundRisk> {
  const now = guardsOf(change.after);
  for (const was of guardsOf(change.before).values()) {
    const is = now.get(was.name);
    const at = (field: string) => fieldAt(change, [...was.path, field]) ?? fieldAt(change, was.path);
    if (!is) {
      yield { change, field: fieldAt(change, was.path), message: `${was.name} is asked no more` };
      continue;
    }
    if (was.failsClosed && !is.failsClosed)
      yield {
        change,
        field: at('failurePolicy'),
        message: `while ${was.name} does not answer, everything is admitted`,
      };
    yield* ofLess(change, was, is);
  }
}

function* ofLess(change: ObjectChange, was: AdmissionGuard, is: AdmissionGuard): Iterable<FoundRisk> {
  for (const { field } of askedBeyond(was.about, is.about))
    yield {
      change,
      field: fieldOfAbout(change, is, field),
      message: `${was.name} may be asked about less than before (${field})`,
    };
}

function* ofPolicy(change: ObjectChange): Iterable<FoundRisk> {
  const [was, is] = [guardsOf(change.before).get(''), guardsOf(change.after).get('')];
  if (!was || !is) return;
  const field = (name: string) => fieldAt(change, ['spec', name]) ?? fieldAt(change, ['spec']);
  yield* ofLess(change, was, is);
  const isBinding = change.kind.endsWith('Binding');
  if (!isBinding && !was.isMutating && was.failsClosed && !is.failsClosed)
    yield {
      change,
      field: field('failurePolicy'),
      message: 'what it cannot judge is admitted (failurePolicy Ignore in place of Fail)',
    };
  for (const name of isBinding ? ['policyName', 'paramRef'] : ['paramKind'])
    if (JSON.stringify(was.json[name]) !== JSON.stringify(is.json[name]))
      yield { change, field: field(name), message: `it judges by another ${name}: what was refused may be admitted` };
}

/** What a policy, or a constraint of an add-on, does not refuse any more. */
function* ofRefusals(change: ObjectChange): Iterable<FoundRisk> {
  const now = refusals(change.after);
  const admitted = refusals(change.before).filter((what) => !now.includes(what));
  if (admitted.length > 0)
    yield { change, field: fieldOfRefusals(change), message: `it does not refuse any more ${admitted.join('; ')}` };
}
