import { k8s } from 'cdk8s-plus-28';
import { StrataError } from '../../model/errors';
import type { Resources } from '../../model/quantity';
import { byteCount, millicores } from '../../model/quantity';

/** One label or annotation of a pod. */
type PodMetadata = `metadata.${'labels' | 'annotations'}['${string}']`;

/** What a pod may be told of itself by variables: fixed when its container starts. */
export type PodField =
  | 'metadata.name'
  | 'metadata.namespace'
  | 'metadata.uid'
  | PodMetadata
  | 'spec.nodeName'
  | 'spec.serviceAccountName'
  | 'status.hostIP'
  | 'status.hostIPs'
  | 'status.podIP'
  | 'status.podIPs';

/** What a pod may be told of itself by files: all labels or annotations, too, a line `key="value"` each. */
export type PodFileField =
  | 'metadata.name'
  | 'metadata.namespace'
  | 'metadata.uid'
  | 'metadata.labels'
  | 'metadata.annotations'
  | PodMetadata;

/** What a container asks for, or may use. */
export type ContainerResource = `${'requests' | 'limits'}.${'cpu' | 'memory'}`;

/** The unit in which a container is told: Kubernetes rounds up to whole ones. */
export type ResourceUnit<R extends ContainerResource> = R extends `${string}.cpu` ? '1m' | '1' : MemoryUnit;
type MemoryUnit = `1${'' | 'k' | 'M' | 'G' | 'T' | 'Ki' | 'Mi' | 'Gi' | 'Ti'}`;

/** The value of a field of the pod itself. */
export function podField(fieldPath: PodField): k8s.EnvVarSource {
  return { fieldRef: { fieldPath } };
}

/**
 * What the container itself asks for or may use, as a whole number of units. A value that is none would be rounded up, 250m in units of `1`
 * to a whole core: such a unit is refused.
 */
export function containerResource<R extends ContainerResource>(resource: R, unit: ResourceUnit<R>): k8s.EnvVarSource {
  return { resourceFieldRef: { resource, divisor: k8s.Quantity.fromString(unit) } };
}

/** The same of a container by its name, for a file. */
export type ResourceOfContainer = {
  readonly [R in ContainerResource]: {
    readonly container: string;
    readonly resource: R;
    readonly unit: ResourceUnit<R>;
  };
}[ContainerResource];

/** A file of a volume that tells a pod of itself. */
export function podFile(path: string, of: PodFileField | ResourceOfContainer): k8s.DownwardApiVolumeFile {
  // Its default stands there: kubectl replaces a list of files as a whole, and would find another one at each apply.
  if (typeof of === 'string') return { path, fieldRef: { apiVersion: 'v1', fieldPath: of } };
  const { container: containerName, resource, unit } = of;
  return { path, resourceFieldRef: { containerName, resource, divisor: k8s.Quantity.fromString(unit) } };
}

/** Units of memory, in bytes. */
const BYTES_OF: Readonly<Record<string, number>> = {
  '1': 1,
  ...Object.fromEntries(['k', 'M', 'G', 'T'].map((unit, i) => [`1${unit}`, 1000 ** (i + 1)])),
  ...Object.fromEntries(['Ki', 'Mi', 'Gi', 'Ti'].map((unit, i) => [`1${unit}`, 1024 ** (i + 1)])),
};
/** Units of CPU, in thousandths of a core. */
const MILLICORES_OF: Readonly<Record<string, number>> = { '1m': 1, '1': 1000 };

/** A container, as far as it is told what it asks for. */
interface Told {
  readonly name: string;
  readonly resources: Resources;
}

/** Throws where a container of a pod would be told another number than the one that is set for it. */
export function checkResourceField(place: string, field: k8s.ResourceFieldSelector, containers: readonly Told[]): void {
  const { resource, containerName, divisor } = field;
  const found = containers.find(({ name }) => name === containerName);
  if (!found)
    throw new StrataError(place, `tells ${resource} of container ${containerName}, and the pod has none of that name`, [
      `name one of its containers: ${containers.map(({ name }) => name).join(', ')}`,
    ]);
  const amount = amountOf(found.resources, resource);
  if (amount === undefined)
    throw new StrataError(
      place,
      `tells ${resource} of container ${containerName}, which is not set: it would be told what the whole node has`,
      ['tell requests.cpu', 'set cpuLimit in its resources'],
    );
  const unit = String(divisor?.value ?? '1');
  const [text, value] = amount;
  const isCpu = resource.endsWith('.cpu');
  const units = isCpu ? MILLICORES_OF : BYTES_OF;
  const size = units[unit];
  if (size === undefined)
    throw new StrataError(place, `tells ${resource} in units of ${unit}, which Kubernetes does not know`, [
      `use one of ${Object.keys(units).join(', ')}`,
    ]);
  const told = value / size;
  if (Number.isInteger(told)) return;
  throw new StrataError(
    place,
    `tells ${resource} of container ${containerName} in units of ${unit}: ${text} would become ${Math.ceil(told)}`,
    [`use the unit '${isCpu ? '1m' : '1'}'`, `set ${resource} to a whole number of ${unit}`],
  );
}

/** As it is set, and in thousandths of a core or bytes. */
function amountOf(resources: Resources, resource: string): readonly [string, number] | undefined {
  const { cpu, cpuLimit, memory, memoryLimit = memory } = resources;
  switch (resource) {
    case 'requests.cpu':
      return [cpu, millicores(cpu)];
    case 'limits.cpu':
      return cpuLimit === undefined ? undefined : [cpuLimit, millicores(cpuLimit)];
    case 'requests.memory':
      return [memory, byteCount(memory)];
    case 'limits.memory':
      return [memoryLimit, byteCount(memoryLimit)];
    default:
      return undefined;
  }
}
