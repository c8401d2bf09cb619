import { type DecidingMark, decidedBy } from '../deciding-marks';
import { riskRule } from '../risk';

const scaled = (annotations: string) => `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: worker, namespace: shop, annotations: { ${annotations} } }
spec:
  scaleTargetRef: { name: worker }
  triggers: [{ type: cron, metadata: { timezone: Europe/Berlin, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: '4' } }]
`;

const SCALED = ['keda.sh ScaledObject', 'keda.sh ScaledJob'];
const isOn = (value: string | undefined) => value !== undefined && value !== 'false';

/** keda v2.21: apis/keda/v1alpha1/scaledobject_types.go. CloudNativePG: docs/declarative_hibernation. Argo CD: common/common.go. */
const MARKS: readonly DecidingMark[] = [
  {
    of: SCALED,
    at: 'annotations',
    key: 'autoscaling.keda.sh/paused-replicas',
    does: (_, now) =>
      now === undefined ? undefined : `KEDA brings it to ${now} pods and holds it there, whatever its triggers say`,
  },
  {
    of: SCALED,
    at: 'annotations',
    key: 'autoscaling.keda.sh/paused',
    does: (before, now) =>
      isOn(now) && !isOn(before)
        ? 'KEDA holds it at the pods that it has, whatever its triggers say: load that comes finds no more'
        : undefined,
  },
  {
    of: SCALED,
    at: 'annotations',
    key: 'autoscaling.keda.sh/paused-scale-out',
    does: (before, now) =>
      isOn(now) && !isOn(before) ? 'KEDA adds no more pods, whatever its triggers say' : undefined,
  },
  {
    of: ['postgresql.cnpg.io Cluster'],
    at: 'annotations',
    key: 'cnpg.io/hibernation',
    does: (before, now) =>
      now === 'on' && before !== 'on'
        ? 'its pods are deleted, the volumes stay: the database answers nobody'
        : undefined,
  },
  {
    of: ['Secret'],
    at: 'labels',
    key: 'argocd.argoproj.io/secret-type',
    does: (before) => {
      if (before === 'cluster')
        return 'Argo CD does not know this cluster any more: its Applications there are not synced';
      return before === 'repository' || before === 'repo-creds'
        ? 'Argo CD does not find the login of this repository any more: its Applications are not synced from there'
        : undefined;
    },
  },
];

export default riskRule({
  id: 'mark-stops',
  class: 'disruption',
  description:
    'a label or an annotation by which a controller stops what an object stands for: scaling that is paused, a database that hibernates, a cluster that Argo CD forgets',
  reason: 'The controllers act on it at once, and nothing else of the manifest shows that it stopped.',
  source: 'https://keda.sh/docs/latest/concepts/scaling-deployments/#pausing-autoscaling',
  advice: 'make sure that this is meant, and for how long',
  example: {
    before: scaled(''),
    after: scaled("autoscaling.keda.sh/paused-replicas: '0'"),
    finds: ['ScaledObject/shop/worker metadata.annotations["autoscaling.keda.sh/paused-replicas"]'],
    harmless: scaled("autoscaling.keda.sh/paused: 'false'"),
  },
  *find(diff) {
    yield* decidedBy(diff, MARKS);
  },
});
