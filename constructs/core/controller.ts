import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { StrataError } from '../../model/errors';
import { ROLLOUT_HASH } from '../../model/marks';
import type { Bytes } from '../../model/quantity';
import { checkWhole, seconds } from '../../model/quantity';
import type { PodShare, Recreate, Rolling } from '../../model/release';
import { checkStep, rolling } from '../../model/release';
import type { ControlledPods } from './controlled-pods';
import type { RolloutProps } from './rollout';
import { createRollout } from './rollout';
import type { Schedule } from './schedule';
import { checkSchedule, checkTimeZone } from './schedule';
import { podsServiceOf } from './service';

export interface DeploymentOptions {
  /** @default 1 */
  readonly replicas?: number;
  /** How a new revision replaces the old one. @default rolling({ surge: 1, unavailable: 0 }) */
  readonly release?: Recreate | Rolling;
  /** Earlier revisions kept. @default 5 */
  readonly revisionHistoryLimit?: number;
}

export interface StatefulSetOptions {
  /** @default 1 */
  readonly replicas?: number;
  /** Volumes of each pod. @default - none */
  readonly claims?: readonly ClaimTemplate[];
  /** Whether claims go with the StatefulSet. @default 'Retain' */
  readonly whenDeleted?: 'Retain' | 'Delete';
  /**
   * Its pods find each other by name before they are ready: the governing Service is that of all pods, `NAME-pods`, and the Service of
   * its own name balances over those that are ready. @default false: the Service of its name is headless, and governs
   */
  readonly peers?: boolean;
  /** Earlier revisions kept. @default 5 */
  readonly revisionHistoryLimit?: number;
}

export interface DaemonSetOptions {
  /** Nodes without a pod while a new revision replaces the old one: a number, or a share of them. @default 1 */
  readonly maxUnavailable?: PodShare;
  /** Earlier revisions kept. @default 5 */
  readonly revisionHistoryLimit?: number;
}

export interface ClaimTemplate {
  readonly name: string;
  readonly size: Bytes;
  readonly storageClass: string;
}

export interface JobOptions {
  /** Pods that must succeed. @default 1 */
  readonly completions?: number;
  /** Pods that run at a time, until enough have succeeded. @default 1 */
  readonly parallelism?: number;
  /** Failed pods before the Job gives up. @default 3 */
  readonly retries?: number;
  /** Seconds after which the Job fails, whatever runs. @default 600 */
  readonly deadline?: number;
}

export interface CronJobOptions {
  readonly schedule: Schedule;
  /** The zone of the schedule, by its name in the IANA database. @default 'Etc/UTC' */
  readonly timeZone?: string;
  /**
   * What happens when a run is due and the one before still goes on: `Forbid` skips the new one, `Replace` stops the old one,
   * `Allow` runs both.
   * @default 'Forbid'
   */
  readonly concurrencyPolicy?: 'Forbid' | 'Replace' | 'Allow';
  /** Seconds after which a run that could not start is skipped, as after an outage of the control plane. At least 10. @default 300 */
  readonly startingDeadline?: number;
  /** Seconds after which a run fails, whatever it does. @default 600 */
  readonly deadline?: number;
  /** Failed pods before a run gives up. @default 3 */
  readonly retries?: number;
  /** Runs that succeeded, kept with their logs. @default 3 */
  readonly successfulRunsKept?: number;
  /** Runs that failed, kept with their logs. @default 1 */
  readonly failedRunsKept?: number;
}

/** The controller adds eleven characters to the name of a CronJob for the name of each Job. */
const CRON_JOB_NAME_LENGTH = 52;

/** Who keeps the pods of a workload running. */
export class Controller {
  /** Pods that are all alike and replaced one by one. */
  static deployment(options: DeploymentOptions = {}): Controller {
    const replicas = options.replicas ?? 1;
    const release = options.release ?? rolling();
    if (release.way === 'rolling') checkStep('deployment, release', replicas, ...stepOf(release));
    return new Controller('Deployment', replicas, (scope, pods) => {
      new k8s.KubeDeployment(scope, 'deployment', {
        metadata: pods.metadata,
        spec: {
          replicas: pods.replicas,
          revisionHistoryLimit: options.revisionHistoryLimit ?? 5,
          selector: pods.selector,
          ...(release.way === 'rolling' ? pace(release) : {}),
          strategy: deploymentStrategy(release),
          template: pods.template,
        },
      });
    });
  }

  /** The same, replaced by Argo Rollouts as their release says. */
  static rollout({ replicas = 1, ...options }: RolloutProps & { readonly replicas?: number }): Controller {
    return new Controller('Rollout', replicas, (scope, pods) => createRollout(scope, pods, options));
  }

  /** Pods with a stable name and volumes of their own, under a headless Service of the same name. */
  static statefulSet(options: StatefulSetOptions = {}): Controller {
    const { replicas = 1, peers = false } = options;
    const create = (scope: Construct, pods: ControlledPods) => {
      new StatefulSet(scope, 'stateful-set', {
        metadata: pods.metadata,
        spec: {
          replicas: pods.replicas,
          revisionHistoryLimit: options.revisionHistoryLimit ?? 5,
          serviceName: peers ? podsServiceOf(pods.metadata.name) : pods.metadata.name,
          // Ordered, a pod that is not ready would hold up the very revision that mends it.
          podManagementPolicy: 'Parallel',
          selector: pods.selector,
          template: pods.template,
          ...(options.claims?.length
            ? {
                persistentVolumeClaimRetentionPolicy: {
                  whenDeleted: options.whenDeleted ?? 'Retain',
                  whenScaled: 'Retain',
                },
                volumeClaimTemplates: options.claims.map(claimTemplate),
              }
            : {}),
        },
      });
    };
    return new Controller('StatefulSet', replicas, create, {}, peers);
  }

  /** A pod on each node that it may run on. The old pod of a node ends before the new one starts: it may hold a port of the node. */
  static daemonSet(options: DaemonSetOptions = {}): Controller {
    const { maxUnavailable = 1, revisionHistoryLimit = 5 } = options;
    checkNodesWithout(maxUnavailable);
    return new Controller('DaemonSet', 1, (scope, pods) => {
      new k8s.KubeDaemonSet(scope, 'daemon-set', {
        metadata: pods.metadata,
        spec: {
          revisionHistoryLimit,
          selector: pods.selector,
          updateStrategy: {
            type: 'RollingUpdate',
            rollingUpdate: {
              maxSurge: k8s.IntOrString.fromNumber(0),
              maxUnavailable: intOrString(maxUnavailable),
            },
          },
          template: pods.template,
        },
      });
    });
  }

  /**
   * Pods that run to their end once, one or several at a time. The Job stays, so that a second apply finds it unchanged; its name
   * carries the hash of its template and its completions, which cannot change.
   */
  static job(options: JobOptions = {}): Controller {
    const { completions = 1, parallelism = 1 } = options;
    checkWhole('job, completions', completions, 1);
    checkWhole('job, parallelism', parallelism, 1);
    const amount = completions === 1 && parallelism === 1 ? {} : { completions, parallelism };
    const immutable = completions === 1 ? {} : { completions };
    const create = (scope: Construct, pods: ControlledPods) => {
      new k8s.KubeJob(scope, 'job', {
        metadata: pods.metadata,
        spec: {
          ...amount,
          backoffLimit: options.retries ?? 3,
          activeDeadlineSeconds: options.deadline ?? 600,
          template: pods.template,
        },
      });
    };
    return new Controller('Job', Math.min(completions, parallelism), create, immutable);
  }

  /** Pods that run to their end at each time of a schedule, one run at a time unless the options say otherwise. */
  static cronJob(options: CronJobOptions): Controller {
    return new Controller('CronJob', 1, (scope, pods) => {
      const { name, labels } = pods.metadata;
      checkCronJob(name, options);
      new k8s.KubeCronJob(scope, 'cron-job', {
        metadata: pods.metadata,
        spec: {
          schedule: options.schedule,
          // Without it the schedule is in the zone of the control plane, which no manifest tells.
          timeZone: options.timeZone ?? 'Etc/UTC',
          concurrencyPolicy: options.concurrencyPolicy ?? 'Forbid',
          // Without it the controller gives up for good when it has missed a hundred runs.
          startingDeadlineSeconds: options.startingDeadline ?? 300,
          successfulJobsHistoryLimit: options.successfulRunsKept ?? 3,
          failedJobsHistoryLimit: options.failedRunsKept ?? 1,
          jobTemplate: {
            metadata: labels === undefined ? {} : { labels },
            spec: {
              backoffLimit: options.retries ?? 3,
              activeDeadlineSeconds: options.deadline ?? 600,
              template: pods.template,
            },
          },
        },
      });
    });
  }

  private constructor(
    readonly kind: 'Deployment' | 'Rollout' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob',
    /** How many pods there are; of a DaemonSet one, on each node. */
    readonly replicas: number,
    readonly create: (scope: Construct, pods: ControlledPods) => void,
    /** What cannot change beside the template, so that the name of a Job stands for it. */
    readonly immutable: object = {},
    /** Whether its pods find each other before they are ready. */
    readonly peers = false,
  ) {}

  /** The label by which it tells the pods of one revision from those of others. */
  get revisionLabel(): string {
    if (this.kind === 'Rollout') return ROLLOUT_HASH;
    return this.kind === 'StatefulSet' ? 'controller-revision-hash' : 'pod-template-hash';
  }

  get apiVersion(): string {
    if (this.kind === 'Rollout') return 'argoproj.io/v1alpha1';
    return this.runsToEnd ? 'batch/v1' : 'apps/v1';
  }

  /** Whether the pods run to their end, so that they restart on failure at most and cannot be scaled. */
  get runsToEnd(): boolean {
    return this.kind === 'Job' || this.kind === 'CronJob';
  }
}

function checkCronJob(name: string, options: CronJobOptions): void {
  const place = `cron job ${name}`;
  if (name.length > CRON_JOB_NAME_LENGTH)
    throw new StrataError(place, `has a name of ${name.length} characters, and each of its Jobs adds eleven to it`, [
      `give it a name of at most ${CRON_JOB_NAME_LENGTH} characters`,
    ]);
  checkSchedule(`${place}, schedule`, options.schedule);
  if (options.timeZone !== undefined) checkTimeZone(`${place}, timeZone`, options.timeZone);
  const atLeast = { startingDeadline: 10, deadline: 1, retries: 0, successfulRunsKept: 0, failedRunsKept: 0 } as const;
  for (const [field, min] of Object.entries(atLeast)) {
    const value = options[field as keyof typeof atLeast];
    if (value !== undefined) checkWhole(`${place}, ${field}`, value, min);
  }
}

/** With none, and no pod more than one on a node, no new revision would ever come. */
function checkNodesWithout(maxUnavailable: number | string): void {
  const place = 'daemon set, maxUnavailable';
  if (typeof maxUnavailable === 'number') return checkWhole(place, maxUnavailable, 1);
  if (!/^([1-9]\d?|100)%$/.test(maxUnavailable))
    throw new StrataError(place, `is ${maxUnavailable}, not a whole percentage above 0% and up to 100%`, [
      "use one such as '10%'",
      'use a number of nodes',
    ]);
}

function deploymentStrategy(release: Recreate | Rolling): k8s.DeploymentStrategy {
  if (release.way === 'recreate') return { type: 'Recreate' };
  const [surge, unavailable] = stepOf(release);
  return {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: intOrString(surge), maxUnavailable: intOrString(unavailable) },
  };
}

/** Pods more, and pods fewer, while pods are replaced: what is not said is what lets it go on with the fewest pods less. */
function stepOf({ surge, unavailable }: Rolling): [surge: PodShare, unavailable: PodShare] {
  const none = surge === 0 || surge === '0%';
  return [surge ?? 1, unavailable ?? (none ? 1 : 0)];
}

/** When a new pod counts, and when a rollout is said to have failed. */
function pace({
  settle,
  giveUpAfter,
}: Rolling): Pick<k8s.DeploymentSpec, 'minReadySeconds' | 'progressDeadlineSeconds'> {
  return {
    ...(settle === undefined ? {} : { minReadySeconds: seconds(settle) }),
    ...(giveUpAfter === undefined ? {} : { progressDeadlineSeconds: seconds(giveUpAfter) }),
  };
}

function intOrString(share: PodShare): k8s.IntOrString {
  return typeof share === 'number' ? k8s.IntOrString.fromNumber(share) : k8s.IntOrString.fromString(share);
}

/**
 * Claim templates with all that the server would fill in. The list of them is compared as a whole, so a missing default
 * makes every further `kubectl apply` see a difference.
 */
class StatefulSet extends k8s.KubeStatefulSet {
  static override manifest(props: k8s.KubeStatefulSetProps) {
    return withDefaults(super.manifest(props));
  }

  override toJson() {
    return withDefaults(super.toJson());
  }
}

function withDefaults(object: { spec: { volumeClaimTemplates?: { spec: object }[] } }) {
  const templates = object.spec.volumeClaimTemplates;
  if (templates) object.spec.volumeClaimTemplates = templates.map(templateWithDefaults);
  return object;
}

function templateWithDefaults(template: { spec: object }) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    ...template,
    spec: { ...template.spec, volumeMode: 'Filesystem' },
    status: { phase: 'Pending' },
  };
}

function claimTemplate(claim: ClaimTemplate): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: { name: claim.name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: claim.storageClass,
      resources: { requests: { storage: k8s.Quantity.fromString(claim.size) } },
    },
  };
}
