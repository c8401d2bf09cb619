/** A release of Kubernetes, as its components print it: `v1.31.2`, `v1.35.0-rc.1`, `v1.31.2-gke.100`. */
export interface ComponentVersion {
  readonly minor: number;
  readonly patch: number;
  /** `rc.1`; empty: it is none. */
  readonly preRelease: string;
  /** As it was written. */
  readonly text: string;
}

/** Undefined where it is no semantic version of Kubernetes 1. */
export function componentVersionIn(text: string): ComponentVersion | undefined {
  const [, minor, patch, preRelease = ''] =
    /^v?1\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text) ?? [];
  if (minor === undefined || preRelease.split('.').some((part) => /^0\d+$/.test(part))) return undefined;
  return { minor: Number(minor), patch: Number(patch), preRelease, text };
}

/** By the order of semantic versions, in which a release comes after its own pre-releases. */
export function isOlderVersion(a: ComponentVersion, b: ComponentVersion): boolean {
  if (a.minor !== b.minor) return a.minor < b.minor;
  if (a.patch !== b.patch) return a.patch < b.patch;
  if (a.preRelease === '' || b.preRelease === '') return a.preRelease !== '' && b.preRelease === '';
  const [left, right] = [a.preRelease.split('.'), b.preRelease.split('.')];
  for (const [i, part] of left.entries()) {
    const other = right[i];
    if (other === undefined) return false;
    if (part !== other) return isPartBefore(part, other);
  }
  return left.length < right.length;
}

/** Numbers come before words. */
function isPartBefore(a: string, b: string): boolean {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) < Number(b);
  return isNumber === isOtherNumber ? a < b : isNumber;
}
