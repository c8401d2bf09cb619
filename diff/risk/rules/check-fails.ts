import type { Finding } from '../../../checks/check';
import { pathText } from '../../../manifests/resource';
import type { World } from '../../../world/world';
import { withResources } from '../../comparable';
import type { ObjectChange } from '../../object-change';
import { stableIdentity } from '../../stable-name';
import type { AskedCheck } from '../checked';
import { ASKED, brokenBy, concernedField, concerns, withoutSuppressed } from '../checked';
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
    'what a check of `strata verify` says will break because of the change: budgets, claims, routes, Applications, and the configuration of Prometheus, Alertmanager and Grafana',
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
    for (const asked of ASKED) {
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
  const [first] = causes as readonly [ObjectChange, ...ObjectChange[]];
  if (causes.length === 1) return first;
  const key = keyOf(diff.after, finding);
  const needed = causes.find((change) => {
    // What is new breaks nothing where it is not.
    if (change.after === finding.resource && change.before === undefined) return true;
    const without = withResources(diff.after, undone(diff.after, change));
    return !brokenBy(without, asked).some((other) => keyOf(without, other) === key);
  });
  return needed ?? first;
}

function undone({ resources }: World, { before, after }: ObjectChange) {
  if (!after) return before ? [...resources, before] : resources;
  return resources.flatMap((resource) => (resource === after ? (before ? [before] : []) : [resource]));
}

function toldAt(diff: WorldChange, asked: AskedCheck, finding: Finding, change: ObjectChange): FoundRisk {
  const { resource, path, message, fix = asked.check.fix, verdict } = finding;
  const isUnknown = verdict === 'unknown' ? ({ class: 'unknown' } as const) : {};
  // A sentence follows, and a question would end it.
  const said = message.replace(/; did you mean (".*?")\?/g, '; perhaps $1 is meant');
  if (change.after === resource) {
    const field = change.does === 'added' ? undefined : fieldAtPath(change, resource.object, path);
    return { change, field: field ?? concernedField(asked, change), message: said, advice: fix, ...isUnknown };
  }
  const place = [diff.after.idOf(resource), pathText(path)].filter(Boolean).join(' ');
  return { change, field: concernedField(asked, change), message: `${place}: ${said}`, advice: fix, ...isUnknown };
}
