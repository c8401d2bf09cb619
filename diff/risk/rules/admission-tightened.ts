import { list, mappings, number } from '../../../manifests/resource';
import { everyKnown } from '../../../world/known';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import type { AdmissionGuard } from '../admission';
import {
  ADMISSION_POLICY_KINDS,
  aboutText,
  askedBeyond,
  askedText,
  fieldOfAbout,
  fieldOfRefusals,
  guardsOf,
  refusals,
  stopsEverything,
  WEBHOOK_KINDS,
} from '../admission';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const webhook = (policy: string, timeout = 10) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: images }
webhooks:
  - name: images.example.com
    failurePolicy: ${policy}
    timeoutSeconds: ${timeout}
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: { url: 'https://images.example.com' }
    rules: [{ apiGroups: [''], apiVersions: [v1], resources: [pods], operations: [CREATE] }]
`;

export default riskRule({
  id: 'admission-tightened',
  class: 'disruption',
  description:
    'a webhook or a policy of admission that is asked for more, that others answer for, or that refuses what it let pass',
  reason:
    'What was stored before may be refused, changed or kept waiting, whoever sends it: also by controllers, whose pods are then not made. A webhook that has to answer and does not is as good as one that refuses.',
  source: 'https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/',
  advice: 'let it only warn first, or ask it with failurePolicy Ignore, and look at what it would have refused',
  example: {
    before: webhook('Ignore'),
    after: webhook('Fail'),
    finds: ['ValidatingWebhookConfiguration/images webhooks[images.example.com].failurePolicy'],
    harmless: webhook('Ignore', 5),
  },
  *find(diff) {
    for (const change of changesOf(diff, ...WEBHOOK_KINDS)) if (change.after) yield* ofWebhooks(diff, change);
    for (const change of changesOf(diff, ...ADMISSION_POLICY_KINDS))
      if (change.does === 'changed') yield* ofPolicy(change);
    for (const change of diff.changes) yield* ofRefusals(change);
  },
});

function* ofWebhooks(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const old = guardsOf(change.before);
  for (const is of guardsOf(change.after).values()) {
    const was = old.get(is.name);
    const at = (...steps: readonly string[]) => fieldAt(change, [...is.path, ...steps]) ?? fieldAt(change, is.path);
    if (!was) {
      if (isOfNewKinds(diff, is)) continue;
      const waits = is.failsClosed ? '; while it does not answer, that is refused' : '';
      yield {
        change,
        field: at(),
        message: `${is.name} is asked from now on about ${aboutText(is.about)}, and may ${verb(is)} it${waits}`,
      };
      continue;
    }
    if (is.failsClosed && !was.failsClosed && !stopsEverything(is))
      yield {
        change,
        field: at('failurePolicy'),
        message: `while ${is.name} does not answer, ${aboutText(is.about)} is refused (failurePolicy Fail in place of Ignore)`,
      };
    yield* ofMore(change, was, is);
    const [before, after] = [was, is].map(({ json }) => number(json['timeoutSeconds']) ?? DEFAULT_TIMEOUT) as [
      number,
      number,
    ];
    if (after > before)
      yield {
        change,
        field: at('timeoutSeconds'),
        message: `while ${is.name} does not answer, ${aboutText(is.about)} waits up to ${after} s in place of ${before} s`,
      };
    if (askedText(was) !== askedText(is))
      yield {
        change,
        field: at('clientConfig'),
        message: `${is.name} is ${askedText(is)} in place of ${askedText(was)}: ${is.failsClosed ? 'if that does not answer, requests are refused' : 'what it did not refuse or change before it may'}`,
      };
  }
}

/** Seconds (pkg/apis/admissionregistration/v1/defaults.go). */
const DEFAULT_TIMEOUT = 10;

function verb({ isMutating }: AdmissionGuard): string {
  return isMutating ? 'change or refuse' : 'refuse';
}

function* ofMore(change: ObjectChange, was: AdmissionGuard, is: AdmissionGuard): Iterable<FoundRisk> {
  for (const { field, what } of askedBeyond(is.about, was.about))
    yield {
      change,
      field: fieldOfAbout(change, is, field),
      message: `${is.name} may ${verb(is)} more than before: it is asked about ${what}`,
    };
}

/** A webhook for kinds that come along with it, as an operator brings it, meets nothing that was there. */
function isOfNewKinds({ before, after }: WorldChange, { about }: AdmissionGuard): boolean {
  const [old, now] = [before, after].map(customGroups) as [ReadonlySet<string>, ReadonlySet<string>];
  const groups = (about.rules ?? []).flatMap(({ apiGroups }) => list(apiGroups).map(String));
  return groups.length > 0 && groups.every((group) => now.has(group) && !old.has(group));
}

function customGroups(world: World): ReadonlySet<string> {
  return new Set(
    everyKnown(world, 'CustomResourceDefinition').map((definition) => String(definition.at(['spec', 'group']))),
  );
}

function* ofPolicy(change: ObjectChange): Iterable<FoundRisk> {
  const [was, is] = [guardsOf(change.before).get(''), guardsOf(change.after).get('')];
  if (!was || !is) return;
  const field = (name: string) => fieldAt(change, ['spec', name]) ?? fieldAt(change, ['spec']);
  yield* ofMore(change, was, is);
  const isBinding = change.kind.endsWith('Binding');
  if (!isBinding && is.failsClosed && !was.failsClosed)
    yield {
      change,
      field: field('failurePolicy'),
      message: `what it cannot judge is refused (failurePolicy Fail in place of Ignore)`,
    };
  for (const name of isBinding ? ['policyName', 'paramRef'] : ['paramKind'])
    if (JSON.stringify(was.json[name]) !== JSON.stringify(is.json[name]))
      yield { change, field: field(name), message: `it judges by another ${name}: what was admitted may be refused` };
  const mutations = mappings(was.json['mutations']).map((each) => JSON.stringify(each));
  if (mappings(is.json['mutations']).some((each) => !mutations.includes(JSON.stringify(each))))
    yield {
      change,
      field: field('mutations'),
      message: 'objects are stored otherwise than before: it changes them in another way',
    };
}

/** What a policy, or a constraint of an add-on, refuses from now on; a policy alone refuses nothing without its binding. */
function* ofRefusals(change: ObjectChange): Iterable<FoundRisk> {
  const { does, before, after } = change;
  if (!after || (does !== 'changed' && after.kind === 'ValidatingAdmissionPolicy')) return;
  const known = refusals(before);
  const refused = refusals(after).filter((what) => !known.includes(what));
  if (refused.length > 0)
    yield {
      change,
      field: does === 'changed' ? fieldOfRefusals(change) : undefined,
      message: `it refuses from now on ${refused.join('; ')}`,
    };
}
