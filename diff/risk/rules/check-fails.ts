import type { Finding } from '../../../checks/check';
import { checks } from '../../../checks/registry';
import { pathText } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import { withResources } from '../../comparable';
import type { ObjectChange } from '../../object-change';
import { stableIdentity } from '../../stable-name';
import type { AskedCheck } from '../checked';
import { askedChecks, brokenBy, concernedField, concerns, withoutSuppressed } from '../checked';
import { fieldAtPath } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const web = (replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: shop }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
`;

export default riskRule({
  id: 'check-fails',
  class: 'disruption',
  description:
    'what a check of `strata verify` says will break because of the change, where no other rule says it of the same field',
  reason:
    'What breaks may stand in another object than the one that changes. What broke before is not told, nor what is wrong with an object that is new: it worked for nobody.',
  source: 'https://kubernetes.io/docs/tasks/run-application/configure-pdb/',
  advice: 'mend it first: strata verify shows where it stands',
  example: {
    before: web(3),
    after: web(2),
    finds: ['Deployment/shop/web spec.replicas'],
    harmless: web(4),
  },
  *find(diff) {
    for (const asked of askedChecks(checks)) {
      if (diff.livedWith?.asks(asked.check.id) === false) continue;
      const causes = diff.changes.filter((change) => concerns(asked, change));
      if (causes.length === 0) continue;
      for (const finding of withoutSuppressed(diff, asked.check, newOf(diff, asked))) {
        const own = diff.changes.find(({ after }) => after === finding.resource);
        const cause = causeOf(diff, asked, finding, own && causes.includes(own) ? [own, ...causes] : causes);
        const told = asked.told?.some((rule) =>
          [...rule.find(diff)].some(({ change }) => change === cause || change === own),
        );
        if (!told) yield toldAt(diff, asked, finding, cause);
      }
    }
  },
});

/** What breaks afterwards and did not before. */
function newOf(diff: WorldChange, asked: AskedCheck): Finding[] {
  const { breaksOthers } = asked;
  const added = new Set(breaksOthers ? [] : diff.changes.flatMap(({ before, after }) => (before ? [] : [after])));
  const after = brokenBy(diff.after, asked).filter(({ resource }) => !added.has(resource));
  if (after.length === 0) return [];
  const names = new Map(diff.changes.flatMap(({ was, id }) => (was ? [[was.id, id] as const] : [])));
  const had = new Map<string, number>();
  for (const finding of brokenBy(diff.before, asked)) {
    const key = keyOf(diff.before, finding, names);
    had.set(key, (had.get(key) ?? 0) + 1);
  }
  return after.filter((finding) => {
    const key = keyOf(diff.after, finding);
    const left = had.get(key) ?? 0;
    if (left > 0) had.set(key, left - 1);
    return left === 0;
  });
}

/** The same words of the same object; with other numbers they say the same: `2 of 2 pods`, and then `3 of 3`. */
function keyOf(world: World, { resource, message }: Finding, names?: ReadonlyMap<string, string>): string {
  const { id } = stableIdentity(resource, world.namespaceOf(resource));
  return `${names?.get(id) ?? id} ${message.replace(/\d+/g, '#')}`;
}

/** The change without which it would not break; the first one where it takes several. */
function causeOf(
  diff: WorldChange,
  asked: AskedCheck,
  finding: Finding,
  causes: readonly ObjectChange[],
): ObjectChange {
  const near = asked.of ? causes : nearest(finding, causes);
  const [first] = near as readonly [ObjectChange, ...ObjectChange[]];
  if (near.length === 1) return first;
  const key = keyOf(diff.after, finding);
  const needed = near.find((change) => {
    // What is new breaks nothing where it is not.
    if (change.after === finding.resource && change.before === undefined) return true;
    const without = withResources(diff.after, undone(diff.after, change));
    return !brokenBy(without, asked).some((other) => keyOf(without, other) === key);
  });
  return needed ?? first;
}

/** How many changes are taken back, one after the other, to find the one that breaks something. */
const TRIED = 12;

/** The changes that most likely break what a check finds: that of the object itself, those that it names, the others. */
function nearest({ resource, message, value }: Finding, causes: readonly ObjectChange[]): ObjectChange[] {
  const text = `${message} ${JSON.stringify(value) ?? ''}`;
  const rankOf = ({ before, after }: ObjectChange) =>
    after === resource ? 0 : [before, after].some((each) => each && text.includes(each.name)) ? 1 : 2;
  return [...causes].sort((one, other) => rankOf(one) - rankOf(other)).slice(0, TRIED);
}

function undone({ resources }: World, { before, after }: ObjectChange) {
  if (!after) return before ? [...resources, before] : resources;
  return resources.flatMap((resource) => (resource === after ? (before ? [before] : []) : [resource]));
}

function toldAt(diff: WorldChange, asked: AskedCheck, finding: Finding, change: ObjectChange): FoundRisk {
  const { resource, path, message, fix = asked.check.fix, verdict } = finding;
  const marks = {
    ...(verdict === 'unknown' ? ({ class: 'unknown' } as const) : {}),
    ...(asked.unlessTold ? ({ unlessTold: true } as const) : {}),
  };
  // A sentence follows, and a question would end it.
  const said = message.replace(/; did you mean (".*?")\?/g, '; perhaps $1 is meant');
  if (change.after === resource) {
    const field = change.does === 'added' ? undefined : fieldAtPath(change, resource.object, path);
    return { change, field: field ?? concernedField(asked, change), message: said, advice: fix, ...marks };
  }
  const place = [diff.after.idOf(resource), pathText(path)].filter(Boolean).join(' ');
  return { change, field: concernedField(asked, change), message: `${place}: ${said}`, advice: fix, ...marks };
}
