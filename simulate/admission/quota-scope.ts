import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import { looksIntoOtherNamespaces } from '../../world/quotas';
import type { AdmissionServer, AdmittedPod } from './admitted-pod';

/** A scope of a quota, of either field. */
export interface QuotaScope {
  readonly name: string;
  readonly operator: string;
  readonly values: readonly unknown[];
}

/** Claims are counted by their VolumeAttributesClass since then. */
const CLASSES_SINCE = 34;

/** The scopes of a quota: an object that it counts is in all of them. */
export function scopesOf(quota: Json): QuotaScope[] {
  const spec = record(quota['spec']);
  return [
    ...list(spec?.['scopes']).map((name) => ({ name: string(name) ?? '', operator: 'Exists', values: [] })),
    ...list(record(spec?.['scopeSelector'])?.['matchExpressions']).map((entry) => ({
      name: string(record(entry)?.['scopeName']) ?? '',
      operator: string(record(entry)?.['operator']) ?? '',
      values: list(record(entry)?.['values']),
    })),
  ];
}

/** Whether a pod is in a scope (podMatchesScopeFunc). */
export function podIsIn(scope: QuotaScope, pod: AdmittedPod): boolean {
  const deadline = pod.spec['activeDeadlineSeconds'];
  switch (scope.name) {
    case 'Terminating':
      return typeof deadline === 'number' && deadline >= 0;
    case 'NotTerminating':
      return !(typeof deadline === 'number' && deadline >= 0);
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return selects(scope, [string(pod.spec['priorityClassName']) ?? ''].filter(Boolean));
    case 'CrossNamespacePodAffinity':
      return looksIntoOtherNamespaces(pod.spec);
    default:
      return false;
  }
}

/** Whether a claim is in a scope (pvcMatchesScopeFunc): all that one can be in is that of its class, now or before or soon. */
export function claimIsIn(scope: QuotaScope, claim: Json, { minor }: AdmissionServer): boolean {
  if (scope.name !== 'VolumeAttributesClass' || minor < CLASSES_SINCE) return false;
  const status = record(claim['status']);
  const classes = [
    record(claim['spec'])?.['volumeAttributesClassName'],
    status?.['currentVolumeAttributesClassName'],
    record(status?.['modifyVolumeStatus'])?.['targetVolumeAttributesClassName'],
  ];
  return selects(
    scope,
    classes.flatMap((each) => string(each) || []),
  );
}

/** As a selector of labels: what has no value is in none, and so not in the named ones; of several one is enough. */
function selects({ operator, values }: QuotaScope, names: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return names.length > 0;
    case 'DoesNotExist':
      return names.length === 0;
    case 'In':
      return names.some((name) => values.includes(name));
    case 'NotIn':
      return names.length === 0 || names.some((name) => !values.includes(name));
    default:
      return false;
  }
}

/** Asks for no cpu and no memory (ComputePodQOS); amounts of the pod as a whole decide where it has them. */
function isBestEffort({ containers, whole }: AdmittedPod): boolean {
  return (whole ? [whole] : containers).every(({ requests, limits }) =>
    [...requests, ...limits].every(([name, { value }]) => (name !== 'cpu' && name !== 'memory') || value <= 0n),
  );
}
