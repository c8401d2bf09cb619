import type { Resource } from '../../../manifests/resource';
import { number, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { workloadNamed } from '../../../world/autoscalers';
import type { World } from '../../../world/world';
import type { FieldChange } from '../../field-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { soMany } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const hpa = (bounds: string, labels = 'a: b') => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, ${bounds} }
`;
const FITS = 'ask whether the maximum fits: strata plan capacity';
const KINDS = ['HorizontalPodAutoscaler', 'ScaledObject', 'ScaledJob', 'VerticalPodAutoscaler'];
const GROUPS = ['autoscaling', 'keda.sh', 'autoscaling.k8s.io'];

export default riskRule({
  id: 'autoscaling-bounds',
  class: 'capacity',
  description: 'the bounds, targets and behaviour of an autoscaler',
  reason: 'They decide how many pods run, or how large they are: what a workload can do under load, and what it costs.',
  source: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/',
  advice: FITS,
  example: {
    before: hpa('minReplicas: 2, maxReplicas: 5'),
    after: hpa('minReplicas: 2, maxReplicas: 50'),
    finds: ['HorizontalPodAutoscaler/shop/web spec.maxReplicas'],
    harmless: hpa('minReplicas: 2, maxReplicas: 5', 'a: c'),
  },
  *find(diff) {
    for (const change of changesOf(diff, ...KINDS)) {
      const { does, after } = change;
      if (!GROUPS.includes((after ?? change.before)!.group)) continue;
      if (does === 'added')
        yield {
          change,
          message: `an autoscaler decides from now on how many pods run, or how large they are${besideReplicas(diff.after, after!)}`,
        };
      if (does === 'removed')
        yield {
          change,
          message: leftText(diff, change.before!),
          advice: 'make sure that it is enough when there is most to do',
        };
      for (const field of change.fields) if (field.path[0] === 'spec') yield { change, field, ...ofField(field) };
      if (does !== 'removed' && startsEvicting(change.before, after!))
        yield {
          change,
          field: fieldAt(change, ['spec', 'updatePolicy']),
          class: 'disruption',
          message:
            'from now on it evicts pods whenever they ask for other amounts than it recommends, at any time and half of a workload at once, as far as budgets let it',
          advice:
            'give the workload a PodDisruptionBudget and more than one pod first, or let it only advise: updateMode Off or Initial',
        };
    }
  },
});

interface Bound {
  readonly is: 'least' | 'most';
  /** What counts where it is not written (autoscaling/v2; keda apis/keda/v1alpha1/scaledobject_types.go). */
  readonly byDefault: number | undefined;
}

const BOUNDS: Readonly<Record<string, Bound>> = {
  minReplicas: { is: 'least', byDefault: 1 },
  minReplicaCount: { is: 'least', byDefault: 0 },
  maxReplicas: { is: 'most', byDefault: undefined },
  maxReplicaCount: { is: 'most', byDefault: 100 },
};

/** How many pods it keeps, where that is what changes. */
function ofField({ path, before, after }: FieldChange): Pick<FoundRisk, 'message' | 'advice'> {
  const bound = path.length === 2 ? BOUNDS[String(path[1])] : undefined;
  const [was, is] = [before, after].map((value) => (value === undefined ? bound?.byDefault : number(value)));
  if (bound === undefined || was === undefined || is === undefined || was === is)
    return {
      message: 'the autoscaler may keep another number of pods, or pods of another size',
      advice: 'look at how many it keeps, and how large they are, before and after: kubectl describe it',
    };
  return {
    message: `it keeps ${soMany(is, 'pod')} at ${bound.is}, and ${was} before${endOf(bound, was, is)}`,
    advice: adviceOf(bound, was, is),
  };
}

/** What is otherwise by that. */
function endOf({ is: bound }: Bound, was: number, is: number): string {
  if (bound === 'most') return is < was ? ': what is beyond them waits or is not served' : ': so many may have to fit';
  if (is > was) return ': they run when there is nothing to do, too';
  if (is === 0) return ': when there is nothing to do none runs, and what comes then waits for the first';
  return is === 1
    ? ': when there is little to do, whatever ends that pod leaves none'
    : ': when there is little to do, fewer are there for what comes at once';
}

function adviceOf({ is: bound }: Bound, was: number, is: number): string {
  if (bound === 'most') return is < was ? 'look at how many it kept when there was most to do' : FITS;
  return is < was
    ? 'look at how fast load comes and how long a pod takes to be ready'
    : 'ask whether they fit on the nodes and into the quota, and what they cost: strata plan capacity';
}

/** Modes in which the updater of the VerticalPodAutoscaler evicts pods; that is so without a mode (autoscaler/vertical-pod-autoscaler/pkg/updater). */
const EVICTING = new Set(['Auto', 'Recreate', 'InPlaceOrRecreate']);

function startsEvicting(before: Resource | undefined, after: Resource): boolean {
  if (after.kind !== 'VerticalPodAutoscaler') return false;
  const evicts = (each: Resource) => EVICTING.has(string(each.at(['spec', 'updatePolicy', 'updateMode'])) ?? 'Auto');
  return evicts(after) && !(before && evicts(before));
}

/** What becomes of a number that the target of a new autoscaler states itself. */
function besideReplicas(world: World, scaler: Resource): string {
  const target = targetOf(world, scaler);
  const replicas = number(target?.resource.at(['spec', 'replicas']));
  if (!target || replicas === undefined || scaler.kind === 'VerticalPodAutoscaler') return '';
  const id = world.idOf(target.resource);
  return replicas === 0 && scaler.kind === 'HorizontalPodAutoscaler'
    ? `; but it does nothing as long as ${id} has replicas 0`
    : `; but ${id} still states replicas, so that each apply sets ${soMany(replicas, 'pod')} again`;
}

/** What is left where an autoscaler goes. */
function leftText({ after: world }: WorldChange, scaler: Resource): string {
  const target = targetOf(world, scaler);
  const replicas = number(target?.resource.at(['spec', 'replicas']));
  return !target || replicas === undefined || scaler.kind === 'VerticalPodAutoscaler'
    ? 'the number or the size of the pods stays as it is now'
    : `${world.idOf(target.resource)} has ${soMany(replicas, 'pod')} from its next apply on, as its manifest says`;
}

function targetOf(world: World, scaler: Resource): WorkloadManifest | undefined {
  const [kind, name] = ['kind', 'name'].map((field) => string(scaler.at(['spec', 'scaleTargetRef', field])));
  return name === undefined ? undefined : workloadNamed(world, kind ?? 'Deployment', world.namespaceOf(scaler), name);
}
