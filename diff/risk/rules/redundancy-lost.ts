import type { WorkloadManifest } from '../../../manifests/workload';
import { autoscalersOf, podsOf, workloadNamed } from '../../../world/autoscalers';
import { isLongRunning } from '../../../world/requests';
import { servicesOfWorkload } from '../../../world/services';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { operatedChanges, rebuildingFieldsOf, sizeOfOperated } from '../operated-changes';
import { fieldAt } from '../paths';
import { byNumber } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { changedWorkloads } from '../workloads';

const web = (replicas: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;

export default riskRule({
  id: 'redundancy-lost',
  class: 'disruption',
  description: 'a workload of several pods that keeps a single one, or none at all',
  reason:
    'With one pod every restart, eviction and node failure interrupts the workload. With none its Services have no endpoints.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#dealing-with-disruptions',
  advice: 'keep two pods of what has to serve without a break',
  example: { before: web(3), after: web(1), finds: ['Deployment/shop/web spec.replicas'], harmless: web(2) },
  *find(diff) {
    yield* ofOperators(diff);
    yield* ofUnseen(diff);
    for (const { change, field, before, after } of scaled(diff)) {
      const [was, is] = [podsOf(diff.before, before), podsOf(diff.after, after)];
      if (!was || !is) continue;
      const [had, has] = [before, after].map(({ resource }) => resource.at(['spec', 'replicas']));
      if (is.scaler && field && has === undefined && Number(had) > 1)
        yield {
          change,
          field,
          message: `without replicas it may have a single pod until ${diff.after.idOf(is.scaler)} has raised it again`,
          advice:
            'take replicas over first (kubectl apply edit-last-applied), or leave it out when the autoscaler has been there for a while',
        };
      if (is.min >= was.min || is.min > 1) continue;
      // Without an autoscaler the number stays as it was last, unless the manifest gives one.
      if (!is.scaler && after.resource.at(['spec', 'replicas']) === undefined && !field) continue;
      const name = change.after === after.resource ? '' : ` of ${diff.after.idOf(after.resource)}`;
      if (is.min === 1) {
        yield {
          change,
          field,
          message: `a single pod${name} is left${is.max > 1 ? ' when there is little load' : ''}: whatever stops it interrupts the workload`,
        };
        continue;
      }
      const services = servicesOfWorkload(diff.after, after).map((service) => service.name);
      const without =
        services.length > 0
          ? `: ${byNumber(services.length, 'Service', 'Services')} ${services.join(', ')} may have no endpoints`
          : '';
      yield { change, field, message: `no pod${name} is left${is.max > 0 ? ' when there is no load' : ''}${without}` };
    }
  },
});

/** Autoscalers of what is not among the manifests. */
function* ofUnseen(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'HorizontalPodAutoscaler', 'ScaledObject')) {
    const [was, is] = [diff.before, diff.after].map((world, i) =>
      autoscalersOf(world).find(({ resource }) => resource === (i === 0 ? change.before : change.after)),
    );
    if (!was || !is || is.min >= was.min || is.min > 1) continue;
    const { kind, name } = is.target;
    if (workloadNamed(diff.after, kind, is.namespace, name)) continue;
    yield {
      change,
      field: fieldAt(change, ['spec', 'minReplicas']) ?? fieldAt(change, ['spec', 'minReplicaCount']),
      message:
        is.min === 1
          ? `a single pod of ${name} is left when there is little load: whatever stops it interrupts the workload`
          : `no pod of ${name} is left when there is no load: the first requests wait for one to start, or fail`,
    };
  }
}

/** What the Prometheus operator keeps pods of: fewer of them, or all of them made again at once. */
function* ofOperators(diff: WorldChange): Iterable<FoundRisk> {
  for (const each of operatedChanges(diff)) {
    const { change, before, after } = each;
    const [was, is] = [sizeOfOperated(before), sizeOfOperated(after)];
    const field = fieldAt(change, ['spec', 'replicas']);
    if (is.replicas < was.replicas && is.replicas <= 1)
      yield {
        change,
        field,
        message:
          is.replicas === 1
            ? 'a single pod is left: whatever stops it interrupts what it measures and tells'
            : 'no pod is left: nothing is measured or told',
      };
    if (is.shards < was.shards)
      yield {
        change,
        field: fieldAt(change, ['spec', 'shards']),
        message: `${byNumber(was.shards - is.shards, 'a shard goes', 'shards go')}: what was stored there is asked by nobody any more`,
        advice: 'keep the shard until what it stores is not needed any more',
      };
    for (const rebuilding of rebuildingFieldsOf(each))
      yield {
        change,
        field: rebuilding,
        message:
          'a StatefulSet cannot be changed in this: the operator deletes it, all of its pods at once, and makes it again',
        advice: 'do it when nobody needs it for some minutes, and look at what its pods keep outside of claims',
      };
  }
}

interface Scaled {
  readonly change: ObjectChange;
  readonly field: FieldChange | undefined;
  readonly before: WorkloadManifest;
  readonly after: WorkloadManifest;
}

/** Workloads whose replicas change, and those whose autoscaler does. */
function* scaled(diff: WorldChange): Iterable<Scaled> {
  for (const { change, before, after } of changedWorkloads(diff)) {
    const field = fieldAt(change, ['spec', 'replicas']);
    if (field && isLongRunning(after)) yield { change, field, before, after };
  }
  for (const change of changesOf(diff, 'HorizontalPodAutoscaler', 'ScaledObject')) {
    const ref = (change.after ?? change.before)!;
    const [kind, name] = ['kind', 'name'].map((key) => ref.at(['spec', 'scaleTargetRef', key]));
    const [before, after] = [diff.before, diff.after].map((world) =>
      workloadNamed(world, String(kind ?? 'Deployment'), world.namespaceOf(ref), String(name)),
    );
    const field = fieldAt(change, ['spec', 'minReplicas']) ?? fieldAt(change, ['spec', 'minReplicaCount']);
    if (
      before &&
      after &&
      !fieldAt({ fields: diff.changes.find((each) => each.after === after.resource)?.fields ?? [] }, [
        'spec',
        'replicas',
      ])
    )
      yield { change, field, before, after };
  }
}
