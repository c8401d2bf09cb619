import type { Json } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import type { Fillings } from './filling';
import { filled, withField } from './filling';

/** Workloads and what scales them: k8s.io/kubernetes/pkg/apis/{apps,batch,autoscaling}/v1 and v2. */
export const WORKLOAD_KINDS: Fillings = {
  'apps.v1.DeploymentSpec': { fields: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 } },
  'apps.v1.DeploymentStrategy': {
    fields: { type: 'RollingUpdate' },
    fill: (strategy) => rolling(strategy, { maxUnavailable: '25%', maxSurge: '25%' }),
  },
  'apps.v1.DaemonSetSpec': { fields: { revisionHistoryLimit: 10 } },
  'apps.v1.DaemonSetUpdateStrategy': {
    fields: { type: 'RollingUpdate' },
    fill: (strategy) => rolling(strategy, { maxUnavailable: 1, maxSurge: 0 }),
  },
  'apps.v1.StatefulSetSpec': {
    fields: { podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 },
    fill: (spec) => claimTemplates(filled(spec, { persistentVolumeClaimRetentionPolicy: RETAINED })),
  },
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    fields: { whenDeleted: 'Retain', whenScaled: 'Retain' },
  },
  'apps.v1.StatefulSetUpdateStrategy': {
    // A strategy that says RollingUpdate, and no more, gets no numbers.
    fill: (strategy, minor) =>
      strategy['type'] === undefined
        ? filled(strategy, { type: 'RollingUpdate', rollingUpdate: numbersOfSets(minor) })
        : strategy,
  },
  'apps.v1.RollingUpdateStatefulSetStrategy': { fill: (rolling, minor) => filled(rolling, numbersOfSets(minor)) },
  'apps.v1.ReplicaSetSpec': { fields: { replicas: 1 } },
  'core.v1.ReplicationControllerSpec': {
    fields: { replicas: 1 },
    fill: (spec) => filled(spec, { selector: labelsOf(spec['template']) }),
  },
  'core.v1.ReplicationController': { fill: labelsOfTemplate },
  // The Jobs in CronJobs are not filled in: those that are made of them are.
  'batch.v1.Job': { fill: (job, minor) => jobOfItsOwn(labelsOfTemplate(job), minor) },
  'batch.v1.CronJobSpec': {
    fields: { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 },
  },
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': { fields: { status: 'True' } },
  'autoscaling.v1.HorizontalPodAutoscalerSpec': { fields: { minReplicas: 1, targetCPUUtilizationPercentage: 80 } },
  'autoscaling.v2.HorizontalPodAutoscalerSpec': {
    fields: {
      minReplicas: 1,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    },
  },
  'autoscaling.v2.HorizontalPodAutoscalerBehavior': {
    fill: (behavior) =>
      withField(
        withField(behavior, 'scaleUp', filled(record(behavior['scaleUp']) ?? {}, SCALE_UP)),
        'scaleDown',
        filled(record(behavior['scaleDown']) ?? {}, SCALE_DOWN),
      ),
  },
};

const RETAINED: Json = { whenDeleted: 'Retain', whenScaled: 'Retain' };
const SCALE_UP: Json = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};
const SCALE_DOWN: Json = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] };

function rolling(strategy: Json, numbers: Json): Json {
  if (strategy['type'] !== 'RollingUpdate') return strategy;
  return withField(strategy, 'rollingUpdate', filled(record(strategy['rollingUpdate']) ?? {}, numbers));
}

function numbersOfSets(minor: number): Json {
  return minor >= 37 ? { partition: 0, maxUnavailable: 1 } : { partition: 0 };
}

/** Claims of a StatefulSet are objects of their own. */
function claimTemplates(spec: Json): Json {
  const claims = list(spec['volumeClaimTemplates']);
  if (claims.length === 0) return spec;
  return {
    ...spec,
    volumeClaimTemplates: claims.map((claim) => ({
      ...record(claim),
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      status: filled(record(record(claim)?.['status']) ?? {}, { phase: 'Pending' }),
    })),
  };
}

function jobOfItsOwn(job: Json, minor: number): Json {
  const spec = record(job['spec']) ?? {};
  const more = {
    // Where only the parallelism is written, the Job has a queue and ends when one pod says so.
    completions: spec['parallelism'] === undefined ? 1 : undefined,
    parallelism: 1,
    backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : 2 ** 31 - 1,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: minor >= 29 ? false : undefined,
    podReplacementPolicy:
      minor < 29 ? undefined : spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
  };
  return withField(job, 'spec', filled(spec, more));
}

function labelsOf(template: unknown): unknown {
  return record(record(template)?.['metadata'])?.['labels'];
}

/** Some kinds take the labels of their template where they have none. */
function labelsOfTemplate(object: Json): Json {
  const metadata = record(object['metadata']) ?? {};
  const labels = labelsOf(record(object['spec'])?.['template']);
  return withField(object, 'metadata', filled(metadata, { labels }));
}
