import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Bytes } from '../../model/quantity';

/** What every controller needs of its workload. */
export interface ControlledPods {
  readonly metadata: k8s.ObjectMeta & { readonly name: string };
  readonly selector: k8s.LabelSelector;
  readonly template: k8s.PodTemplateSpec;
  /** Resolves to undefined while an autoscaler owns the number. */
  readonly replicas: number;
}

export interface DeploymentOptions {
  /** @default 1 */
  readonly replicas?: number;
  /**
   * How a new revision replaces the old one: `surge` with one pod more at a time and none less; `in-place` with one pod less,
   * where there is no room for more; `recreate` when none of the old is left.
   * @default 'surge'
   */
  readonly strategy?: 'surge' | 'in-place' | 'recreate';
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
  /** Earlier revisions kept. @default 5 */
  readonly revisionHistoryLimit?: number;
}

export interface ClaimTemplate {
  readonly name: string;
  readonly size: Bytes;
  readonly storageClass: string;
}

export interface JobOptions {
  /** Failed pods before the Job gives up. @default 3 */
  readonly retries?: number;
  /** Seconds after which the Job fails, whatever runs. @default 600 */
  readonly deadline?: number;
}

/** Who keeps the pods of a workload running. */
export class Controller {
  /** Pods that are all alike and replaced one by one. */
  static deployment(options: DeploymentOptions = {}): Controller {
    const replicas = options.replicas ?? 1;
    return new Controller('Deployment', replicas, (scope, pods) => {
      new k8s.KubeDeployment(scope, 'deployment', {
        metadata: pods.metadata,
        spec: {
          replicas: pods.replicas,
          revisionHistoryLimit: options.revisionHistoryLimit ?? 5,
          selector: pods.selector,
          strategy: deploymentStrategy(options.strategy ?? 'surge'),
          template: pods.template,
        },
      });
    });
  }

  /** Pods with a stable name and volumes of their own, under a headless Service of the same name. */
  static statefulSet(options: StatefulSetOptions = {}): Controller {
    const replicas = options.replicas ?? 1;
    return new Controller('StatefulSet', replicas, (scope, pods) => {
      new StatefulSet(scope, 'stateful-set', {
        metadata: pods.metadata,
        spec: {
          replicas: pods.replicas,
          revisionHistoryLimit: options.revisionHistoryLimit ?? 5,
          serviceName: pods.metadata.name,
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
    });
  }

  /**
   * Pods that run to their end once. The Job stays, so that a second apply finds it unchanged; its name carries the hash of its
   * template, which can not change.
   */
  static job(options: JobOptions = {}): Controller {
    return new Controller('Job', 1, (scope, pods) => {
      new k8s.KubeJob(scope, 'job', {
        metadata: pods.metadata,
        spec: {
          backoffLimit: options.retries ?? 3,
          activeDeadlineSeconds: options.deadline ?? 600,
          template: pods.template,
        },
      });
    });
  }

  private constructor(
    readonly kind: 'Deployment' | 'StatefulSet' | 'Job',
    readonly replicas: number,
    readonly create: (scope: Construct, pods: ControlledPods) => void,
  ) {}
}

function deploymentStrategy(strategy: 'surge' | 'in-place' | 'recreate'): k8s.DeploymentStrategy {
  if (strategy === 'recreate') return { type: 'Recreate' };
  const [more, less] = strategy === 'surge' ? [1, 0] : [0, 1];
  return {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(more), maxUnavailable: k8s.IntOrString.fromNumber(less) },
  };
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
