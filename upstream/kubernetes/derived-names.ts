/**
 * Names that controllers make of a workload's own, and the bounds that they run into only when the pods are made:
 * pkg/controller/history (ControllerRevisionName), pkg/controller/deployment/sync.go, pkg/controller/daemon/update.go.
 */
export interface DerivedName {
  /** `the label controller-revision-hash of its pods` */
  readonly what: string;
  /** Characters that the name may have with any hash. */
  readonly max: number;
  /** What happens to a longer one. */
  readonly consequence: string;
}

const LABEL_VALUE = 63;
const OBJECT_NAME = 253;
/** A dash and a hash: a number of 32 bits in decimal, nine of ten times with 9 or 10 digits. */
const HASH = 11;
/** Fewer digits than this are one hash in forty. */
const SHORT_HASH = 9;

/** The name that a controller makes of a workload's and that has the least room; undefined for kinds whose controller cuts names. */
export function derivedName(kind: string, minor: number): DerivedName | undefined {
  switch (kind) {
    case 'StatefulSet':
      return {
        what: 'the label controller-revision-hash of its pods',
        max: LABEL_VALUE - HASH,
        consequence: 'no pod is created',
      };
    case 'DaemonSet':
      return { what: 'its ControllerRevision', max: OBJECT_NAME - HASH, consequence: 'no pod is created' };
    case 'Deployment':
      // From 1.35 on the controller cuts the name.
      return minor >= 35
        ? undefined
        : { what: 'its ReplicaSet', max: OBJECT_NAME - HASH, consequence: 'no ReplicaSet and no pod is created' };
    default:
      return undefined;
  }
}

/** Whether a name leaves room for the hash: `no`, or only with a hash that has fewer digits than most. */
export function leavesRoom(name: string, { max }: DerivedName): 'yes' | 'no' | 'with-a-short-hash' {
  if (name.length <= max) return 'yes';
  return name.length - max > HASH - SHORT_HASH ? 'no' : 'with-a-short-hash';
}
