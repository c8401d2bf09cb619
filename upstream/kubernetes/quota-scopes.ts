/** A quota's scope as it is written. */
export interface WrittenScope {
  readonly scope: string;
  /** Of an expression of the scopeSelector; one of `scopes` has none. */
  readonly operator?: string;
  readonly values?: readonly unknown[];
}

const OF_PODS: ReadonlySet<string> = new Set([
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
]);
const OF_CLAIMS: ReadonlySet<string> = new Set(['persistentvolumeclaims', 'requests.storage']);

/** The resources that a scope may count, of those of Kubernetes' own (IsResourceQuotaScopeValidForResource in pkg/apis/core/helper). */
const COUNTS: Readonly<Record<string, ReadonlySet<string>>> = {
  Terminating: OF_PODS,
  NotTerminating: OF_PODS,
  NotBestEffort: OF_PODS,
  PriorityClass: OF_PODS,
  CrossNamespacePodAffinity: OF_PODS,
  BestEffort: new Set(['pods']),
  VolumeAttributesClass: OF_CLAIMS,
};

/** Resources of Kubernetes' own; what else a quota counts, scopes are not compared with (standardQuotaResources). */
const STANDARD: ReadonlySet<string> = new Set([
  ...OF_PODS,
  ...OF_CLAIMS,
  ...['ephemeral-storage', 'requests.ephemeral-storage', 'limits.ephemeral-storage', 'resourcequotas', 'services'],
  ...['replicationcontrollers', 'secrets', 'configmaps', 'services.nodeports', 'services.loadbalancers'],
]);

const PAIRS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

/** Scopes that are there or not: they have no values. */
const PLAIN: ReadonlySet<string> = new Set([
  'BestEffort',
  'NotBestEffort',
  'Terminating',
  'NotTerminating',
  'CrossNamespacePodAffinity',
]);

/** Whether a scope may count a resource. One that does not exist is the schema's matter. */
export function mayCount(scope: string, resource: string): boolean {
  const counted = Object.hasOwn(COUNTS, scope) ? COUNTS[scope] : undefined;
  return counted === undefined || !STANDARD.has(resource) || counted.has(resource);
}

/** The scope before it with which one cannot stand together. */
export function conflictOf(scope: string, before: readonly string[]): string | undefined {
  const pair = PAIRS.find((each) => (each as readonly string[]).includes(scope));
  return pair?.find((other) => other !== scope && before.includes(other));
}

/** What is wrong with the operator and the values of an expression, but for values that are missing, which its schema needs (validateScopedResourceSelectorRequirement in pkg/apis/core/validation). */
export function scopeProblem({ scope, operator = '', values = [] }: WrittenScope): string | undefined {
  if (PLAIN.has(scope) && operator !== 'Exists')
    return `the operator of the scope ${scope} is Exists, and not ${operator || 'left out'}`;
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0)
    return `the operator ${operator} takes no values`;
  return undefined;
}
