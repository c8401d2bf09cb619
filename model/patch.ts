import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type {
  ConfigMap,
  LimitRange,
  Namespace,
  PersistentVolumeClaim,
  Pod,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1';
import type { Ingress, IngressClass, NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import type { PriorityClass } from 'kubernetes-types/scheduling/v1';
import type { StorageClass } from 'kubernetes-types/storage/v1';
import { StrataError } from './errors';

/** The kinds whose fields the compiler knows; those of other kinds are not checked. */
interface Kinds {
  ClusterRole: ClusterRole;
  ClusterRoleBinding: ClusterRoleBinding;
  ConfigMap: ConfigMap;
  CronJob: CronJob;
  DaemonSet: DaemonSet;
  Deployment: Deployment;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  Ingress: Ingress;
  IngressClass: IngressClass;
  Job: Job;
  LimitRange: LimitRange;
  Namespace: Namespace;
  NetworkPolicy: NetworkPolicy;
  PersistentVolumeClaim: PersistentVolumeClaim;
  Pod: Pod;
  PodDisruptionBudget: PodDisruptionBudget;
  PriorityClass: PriorityClass;
  ReplicaSet: ReplicaSet;
  ResourceQuota: ResourceQuota;
  Role: Role;
  RoleBinding: RoleBinding;
  Secret: Secret;
  Service: Service;
  ServiceAccount: ServiceAccount;
  StatefulSet: StatefulSet;
  StorageClass: StorageClass;
}

/** Some fields of an object; `null` removes one. Entries of lists are matched by Kubernetes' own keys, and removed by `$patch`; new ones come at the end, or by `$at` at the start. */
export type Change<T> = T extends readonly (infer Item)[]
  ? readonly (Item extends object ? Change<Item> & { readonly $patch?: 'delete'; readonly $at?: 'start' } : Item)[]
  : T extends object
    ? { readonly [Field in keyof T]?: Change<T[Field]> | null }
    : T;

/** What a patch of an object may change: `'Deployment/web'` takes fields of a Deployment. */
export type ChangeOf<Name extends string> = Name extends `${infer Kind}/${string}`
  ? Kind extends keyof Kinds
    ? Change<Kinds[Kind]>
    : Readonly<Record<string, unknown>>
  : never;

/** A change of a final object, where no setting exists for it. */
export interface Patch {
  /** `Deployment/web`, or `Deployment/shop/web` with its namespace. */
  readonly object: string;
  readonly change: Readonly<Record<string, unknown>>;
  readonly reason: string;
  /** Where it was written; its stack is read only when somebody asks. */
  readonly at: Error;
}

/**
 * Changes a rendered object: fields are merged, `null` removes, and entries of lists are merged by Kubernetes' own keys
 * (containers by name, ports by number). A setting is better where there is one: it is checked, and it follows renames.
 */
export function patch<Name extends string>(object: Name, change: ChangeOf<Name>, reason: string): Patch {
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new StrataError(`patch of ${object}`, 'gives no reason', [
      "say why as the last argument: patch('…', {…}, 'why')",
    ]);
  if (!/^[A-Z]\w*\/[^/]+(\/[^/]+)?$/.test(object))
    throw new StrataError(`patch of ${object}`, 'does not name an object', [
      "name it as Kind/name or Kind/namespace/name, such as 'Deployment/web'",
    ]);
  if (change === null || typeof change !== 'object' || Array.isArray(change) || Object.keys(change).length === 0)
    throw new StrataError(`patch of ${object}`, `changes ${JSON.stringify(change)}, which is not a map of fields`, [
      'give the fields that change, such as { spec: { paused: true } }',
    ]);
  return { object, change: change as Patch['change'], reason, at: new Error('patched here') };
}

/** The same change of several objects, a patch of each: a label that all of an environment have. */
export function patchEach<const Name extends string>(
  objects: readonly Name[],
  change: ChangeOf<Name>,
  reason: string,
): Patch[] {
  return objects.map((object) => patch(object, change, reason));
}
