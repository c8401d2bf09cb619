import type { Resource } from '../../../manifests/resource';
import { mappings, number, string } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const schema = (level: string, labels = 'a: b') => `
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: { name: batch, labels: { ${labels} } }
spec:
  priorityLevelConfiguration: { name: ${level} }
  matchingPrecedence: 900
  rules:
    - subjects: [{ kind: ServiceAccount, serviceAccount: { name: batch, namespace: shop } }]
      resourceRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'], namespaces: ['*'] }]
`;

export default riskRule({
  id: 'flow-control-changed',
  class: 'disruption',
  description: 'requests to the API server that are no longer limited, that get less of it, or that are refused sooner',
  reason:
    'What is exempt waits for nothing and may take all of the API server, so that controllers, kubelets and people wait. What has fewer seats waits longer than others, and what has no queue is refused with 429.',
  source: 'https://kubernetes.io/docs/concepts/cluster-administration/flow-control/',
  advice:
    'keep exempt for what mends the cluster (system:masters), and look at who waits: apiserver_flowcontrol_rejected_requests_total',
  example: {
    before: schema('workload-low'),
    after: schema('exempt'),
    finds: ['FlowSchema/batch spec.priorityLevelConfiguration.name'],
    harmless: schema('workload-low', 'a: c'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'FlowSchema')) if (isOwn(change)) yield* ofSchema(diff, change);
    for (const change of changesOf(diff, 'PriorityLevelConfiguration')) if (isOwn(change)) yield* ofLevel(diff, change);
  },
});

function isOwn({ before, after }: ObjectChange): boolean {
  return (after ?? before)?.group === 'flowcontrol.apiserver.k8s.io';
}

/** Which requests a FlowSchema puts into a level that is exempt from limits, and from which level they go. */
function* ofSchema(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  const [was, is] = [before && isExempt(diff.before, levelOf(before)), after && isExempt(diff.after, levelOf(after))];
  const field = fieldAt(change, ['spec', 'priorityLevelConfiguration']);
  if (!after || !is) {
    // What is limited from now on, or goes to what comes next, waits.
    if (was)
      yield {
        change,
        field,
        message: `${before ? whose(before) : 'its requests'} waited for nothing, and ${after ? `share ${levelOf(after)} with others from now on` : 'go to the next FlowSchema that matches them'}`,
        advice: 'make sure that this is not what mends the cluster, or holds its leases',
      };
    return;
  }
  const more = before && was ? whoseMore(before, after) : undefined;
  if (before && was && !more) return;
  yield {
    change,
    field: was ? (fieldAt(change, ['spec', 'rules']) ?? field) : field,
    message: `${more ?? whose(after)} are exempt from all limits (${levelOf(after)}): they can keep the API server from answering everybody else`,
  };
}

/** What a level takes of the API server, and what becomes of what it cannot take at once. */
function* ofLevel(diff: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!before) return;
  if (!after) {
    // One that no FlowSchema names any more is used by nobody.
    const isLeft = schemasOf(diff.after, before).length > 0 || schemasOf(diff.before, before).length === 0;
    if (isLeft)
      yield {
        change,
        message: `${usersOf(diff.before, before)} lose their level: a FlowSchema that names it leads nowhere, and they go to the next one that matches them`,
      };
    return;
  }
  const field = (...steps: readonly string[]) => fieldAt(change, ['spec', ...steps]) ?? fieldAt(change, ['spec']);
  const who = usersOf(diff.after, after);
  const [old, now] = [before, after].map((each) => string(each.at(['spec', 'type'])));
  if (now !== old) {
    if (now === 'Exempt')
      yield {
        change,
        field: field('type'),
        message: `${who} are exempt from all limits: they can keep the API server from answering everybody else`,
      };
    if (old === 'Exempt')
      yield { change, field: field('type'), message: `${who} waited for nothing, and are limited from now on` };
    return;
  }
  const part = now === 'Exempt' ? 'exempt' : 'limited';
  const amount = (name: string, byDefault: number | undefined) =>
    [before, after].map((each) => number(each.at(['spec', part, name])) ?? byDefault) as [number?, number?];
  const [shares, left] = amount('nominalConcurrencyShares', part === 'exempt' ? 0 : 30);
  if (left! < shares!)
    yield {
      change,
      field: field(part, 'nominalConcurrencyShares'),
      message:
        left === 0 && part === 'limited'
          ? `${who} get no seat of their own: they are served with what others lend, or refused`
          : `${who} get fewer seats of the API server: ${left} shares in place of ${shares}, and wait longer, or are refused`,
    };
  if (part === 'exempt') return;
  if (left! > shares!)
    yield {
      change,
      field: field(part, 'nominalConcurrencyShares'),
      class: 'capacity',
      message: `${who} get more seats of the API server (${left} shares in place of ${shares}), and all other levels fewer`,
    };
  const [lent, lends] = amount('lendablePercent', 0);
  if (lends! > lent!)
    yield {
      change,
      field: field(part, 'lendablePercent'),
      class: 'capacity',
      message: `${lends} percent of the seats of ${who} may be lent to others, in place of ${lent}`,
    };
  const [borrowed, borrows] = amount('borrowingLimitPercent', undefined);
  if (borrows !== undefined && (borrowed === undefined || borrows < borrowed))
    yield {
      change,
      field: field(part, 'borrowingLimitPercent'),
      message: `${who} may borrow fewer seats of others: ${borrows} percent of their own${borrowed === undefined ? ', which was without limit' : ` in place of ${borrowed}`}`,
    };
  yield* ofQueues(change, before, after, who);
}

function* ofQueues(change: ObjectChange, before: Resource, after: Resource, who: string): Iterable<FoundRisk> {
  const path = ['spec', 'limited', 'limitResponse'];
  const refuses = (level: Resource) => level.at([...path, 'type']) === 'Reject';
  if (refuses(after)) {
    if (!refuses(before))
      yield {
        change,
        field: fieldAt(change, [...path, 'type']) ?? fieldAt(change, path),
        message: `${who} wait in no queue any more: what finds no seat at once is refused with 429`,
      };
    return;
  }
  if (refuses(before)) return;
  const room = (level: Resource) => {
    const [queues = 64, length = 50] = ['queues', 'queueLengthLimit'].map((name) =>
      number(level.at([...path, 'queuing', name])),
    );
    return queues * length;
  };
  if (room(after) < room(before))
    yield {
      change,
      field: fieldAt(change, [...path, 'queuing']),
      message: `fewer of ${who} may wait (${room(after)} in place of ${room(before)}): more are refused with 429`,
    };
}

function levelOf(schema: Resource): string {
  return string(schema.at(['spec', 'priorityLevelConfiguration', 'name'])) ?? '';
}

/** The level that is called so is exempt in every cluster. */
function isExempt(world: World, name: string): boolean {
  if (name === 'exempt') return true;
  const level = world
    .of('PriorityLevelConfiguration')
    .find((each) => each.name === name && each.group === 'flowcontrol.apiserver.k8s.io');
  return level?.at(['spec', 'type']) === 'Exempt';
}

/** `requests of ServiceAccount shop/batch`. */
function whose(schema: Resource): string {
  return `requests of ${firstNames(subjectsOf(schema)) || `FlowSchema ${schema.name}`}`;
}

/** Of those that were not exempt before, or not for all of this. */
function whoseMore(before: Resource, after: Resource): string | undefined {
  const known = new Set(subjectsOf(before));
  const more = subjectsOf(after).filter((each) => !known.has(each));
  return more.length > 0 ? `requests of ${firstNames(more)}` : undefined;
}

function subjectsOf(schema: Resource): readonly string[] {
  const subjects = mappings(schema.at(['spec', 'rules'])).flatMap(({ subjects }) => mappings(subjects));
  const names = subjects.map(({ kind, user, group, serviceAccount }) => {
    const [own] = mappings([user, group, serviceAccount]);
    const namespace = string(own?.['namespace']);
    return `${String(kind)} ${namespace === undefined ? '' : `${namespace}/`}${String(own?.['name'])}`;
  });
  return [...new Set(names)];
}

/** Whose requests a level takes, as far as its FlowSchemas are here. */
function usersOf(world: World, level: Resource): string {
  const names = [...new Set(schemasOf(world, level).flatMap(subjectsOf))];
  return names.length === 0 ? `requests of level ${level.name}` : `requests of ${firstNames(names)}`;
}

function schemasOf(world: World, level: Resource): readonly Resource[] {
  return world.of('FlowSchema').filter((each) => levelOf(each) === level.name);
}
