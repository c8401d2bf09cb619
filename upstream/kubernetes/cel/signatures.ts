import type { CelType } from './declared-type';

/** What functions give; those that are not here are none. Functions of all versions of Kubernetes, those of its admission included. */
const RESULTS: Readonly<Record<string, CelType>> = Object.assign(
  Object.create(null) as Record<string, CelType>,
  of(
    'bool',
    'bool startsWith endsWith contains matches hasValue isSorted isURL isIP isCIDR isQuantity isSemver ip.isCanonical isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast containsIP containsCIDR isGreaterThan isLessThan isInteger sets.contains sets.equivalent sets.intersects allowed errored',
  ),
  of(
    'int',
    'int size family prefixLength sign compareTo asInteger indexOf lastIndexOf major minor patch getFullYear getMonth getDayOfYear getDayOfMonth getDate getDayOfWeek getHours getMinutes getSeconds getMilliseconds',
  ),
  of(
    'string',
    'string lowerAscii upperAscii replace trim substring charAt find join getScheme getHost getHostname getPort getEscapedPath format strings.quote reason error',
  ),
  of('double', 'double asApproximateFloat'),
  of('timestamp', 'timestamp'),
  of('duration', 'duration'),
  of('bytes', 'bytes'),
  of({ list: 'string' }, 'split findAll'),
  of({ list: 'dyn' }, '@pairs @sort_by slice flatten distinct reverse sort'),
  of(
    'dyn',
    'dyn type uint sum min max url getQuery ip cidr masked quantity add sub semver validate format.named value orValue or optional.of optional.none optional.ofNonZeroValue @optional_at @map_of @merged lists.range path group serviceAccount resource subresource namespace name check fieldSelector labelSelector jsonpatch.escapeKey',
  ),
  of(
    'dyn',
    [
      'dns1123Label',
      'dns1123Subdomain',
      'dns1035Label',
      'qualifiedName',
      'dns1123LabelPrefix',
      'dns1123SubdomainPrefix',
      'dns1035LabelPrefix',
      'labelValue',
      'uri',
      'uuid',
      'byte',
      'date',
      'datetime',
    ]
      .map((name) => `format.${name}`)
      .join(' '),
  ),
);

function of(type: CelType, names: string): Record<string, CelType> {
  return Object.fromEntries(names.split(' ').map((name) => [name, type]));
}

export function isFunction(name: string): boolean {
  return name in RESULTS;
}

export function functionType(name: string): CelType {
  return RESULTS[name] ?? 'dyn';
}

/** Functions as they are called on a value or by themselves, for those that look for the one that was meant. */
export function functionNames(): string[] {
  return Object.keys(RESULTS).filter((name) => !name.startsWith('@'));
}
