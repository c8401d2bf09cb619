import type { Json, Path, Resource } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import { approximateQuantity } from './formats';

/** A change that an API server refuses. */
export interface ImmutableChange {
  readonly path: Path;
  readonly message: string;
}

const IMMUTABLE = 'field is immutable';

/** Fields that stay as they are created, by kind; where one is absent the server has filled in what `absent` says. */
const FIELDS: Readonly<Record<string, readonly { readonly path: Path; readonly absent?: unknown }[]>> = {
  Deployment: [{ path: ['spec', 'selector'] }],
  ReplicaSet: [{ path: ['spec', 'selector'] }],
  DaemonSet: [{ path: ['spec', 'selector'] }],
  RoleBinding: [{ path: ['roleRef'] }],
  ClusterRoleBinding: [{ path: ['roleRef'] }],
  StorageClass: [
    { path: ['parameters'] },
    { path: ['provisioner'] },
    { path: ['reclaimPolicy'], absent: 'Delete' },
    { path: ['volumeBindingMode'], absent: 'Immediate' },
  ],
  PriorityClass: [
    { path: ['value'], absent: 0 },
    { path: ['preemptionPolicy'], absent: 'PreemptLowerPriority' },
  ],
  RuntimeClass: [{ path: ['handler'] }],
  IngressClass: [{ path: ['spec', 'controller'] }],
  Secret: [{ path: ['type'], absent: 'Opaque' }],
};

/** What of a StatefulSet's spec may change: everything else stays. */
const STATEFULSET_MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];
const STATEFULSET_DEFAULTS: Json = { podManagementPolicy: 'OrderedReady', serviceName: '', volumeClaimTemplates: [] };

/** What of a Job's spec stays. */
const JOB_FIXED: Json = {
  selector: undefined,
  template: undefined,
  completionMode: 'NonIndexed',
  podFailurePolicy: undefined,
  backoffLimitPerIndex: undefined,
  managedBy: undefined,
  successPolicy: undefined,
};

/** Every change from one manifest of an object to the next that is not allowed. */
export function immutableChanges(before: Resource, now: Resource): ImmutableChange[] {
  const changes = (Object.hasOwn(FIELDS, now.kind) ? FIELDS[now.kind]! : []).flatMap(
    ({ path, absent }): ImmutableChange[] =>
      same(before.at(path), now.at(path), absent) ? [] : [{ path, message: IMMUTABLE }],
  );
  const oldSpec = record(before.at(['spec'])) ?? {};
  const newSpec = record(now.at(['spec'])) ?? {};
  switch (now.kind) {
    case 'StatefulSet':
      return statefulSet(oldSpec, newSpec);
    case 'Job':
      return Object.keys(JOB_FIXED).flatMap((field): ImmutableChange[] =>
        jobSame(field, oldSpec, newSpec) ? [] : [{ path: ['spec', field], message: IMMUTABLE }],
      );
    case 'PersistentVolumeClaim':
      return claim(oldSpec, newSpec);
    case 'Service':
      return service(oldSpec, newSpec);
    case 'ConfigMap':
    case 'Secret':
      return [...changes, ...frozen(before, now)];
    default:
      return changes;
  }
}

function statefulSet(before: Json, now: Json): ImmutableChange[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...fields].flatMap((field): ImmutableChange[] => {
    if (STATEFULSET_MUTABLE.includes(field) || same(before[field], now[field], STATEFULSET_DEFAULTS[field])) return [];
    return [
      {
        path: ['spec', field],
        message: `updates to statefulset spec for fields other than ${STATEFULSET_MUTABLE.map((name) => `'${name}'`).join(', ')} are forbidden`,
      },
    ];
  });
}

/** A suspended Job may still change what its pods need of the nodes, so its template is not judged. */
function jobSame(field: string, before: Json, now: Json): boolean {
  if (field === 'template' && before['suspend'] === true) return true;
  return same(before[field], now[field], JOB_FIXED[field]);
}

/** A claim may grow; everything else stays, but what the cluster fills in. */
function claim(before: Json, now: Json): ImmutableChange[] {
  const storage = (spec: Json) => approximateQuantity(record(record(spec['resources'])?.['requests'])?.['storage']);
  const changes: ImmutableChange[] = [];
  for (const [field, absent] of [
    ['accessModes', undefined],
    ['volumeMode', 'Filesystem'],
    ['selector', undefined],
    ['dataSource', undefined],
  ] as const) {
    if (!same(before[field], now[field], absent))
      changes.push({
        path: ['spec', field],
        message:
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      });
  }
  // Applying a manifest without a class leaves the one that the cluster filled in.
  for (const field of ['storageClassName', 'volumeName']) {
    if (string(before[field]) !== undefined && string(now[field]) !== undefined && before[field] !== now[field])
      changes.push({
        path: ['spec', field],
        message:
          'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      });
  }
  const [old, next] = [storage(before), storage(now)];
  if (old !== undefined && next !== undefined && next < old)
    changes.push({
      path: ['spec', 'resources', 'requests', 'storage'],
      message: 'field cannot be less than previous value',
    });
  return changes;
}

/** The address of a Service stays, unless it becomes, or was, a mere name. */
function service(before: Json, now: Json): ImmutableChange[] {
  const outside = before['type'] === 'ExternalName' || now['type'] === 'ExternalName';
  const [old, next] = [string(before['clusterIP']) ?? '', string(now['clusterIP']) ?? ''];
  if (outside || old === next) return [];
  // Without an address in the manifest the one that was given stays, except that a headless one has none.
  if (old === '' && next !== 'None') return [];
  if (next === '') return [];
  return [{ path: ['spec', 'clusterIP'], message: 'may not change once set' }];
}

/** An immutable ConfigMap or Secret stays with all it holds, and stays immutable. */
function frozen(before: Resource, now: Resource): ImmutableChange[] {
  if (before.object['immutable'] !== true) return [];
  const changes: ImmutableChange[] =
    now.object['immutable'] === true
      ? []
      : [{ path: ['immutable'], message: 'field is immutable when `immutable` is set' }];
  for (const field of ['data', 'binaryData', 'stringData']) {
    if (!same(before.object[field], now.object[field]))
      changes.push({ path: [field], message: 'field is immutable when `immutable` is set' });
  }
  return changes;
}

function same(before: unknown, now: unknown, absent?: unknown): boolean {
  return canonical(before ?? absent) === canonical(now ?? absent);
}

/** The same text for the same value, in whichever order its keys stand. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${list(value).map(canonical).join()}]`;
  const object = record(value);
  if (!object) return JSON.stringify(value) ?? 'null';
  return `{${Object.keys(object)
    .filter((key) => object[key] !== null && object[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`)
    .join()}}`;
}
