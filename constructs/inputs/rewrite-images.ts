import { knownNames, StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import { groupOf } from '../../model/kubernetes';
import { isFields } from './given';

/** By what an image's full name begins with: what it begins with instead. The longest beginning counts. */
export type ImageRewrites = Readonly<Record<string, string>>;

/** Lists of containers, in whatever kind of object a pod template stands. */
const CONTAINERS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** Fields of other projects' kinds that are an image, and nothing else. */
const WELL_KNOWN: Readonly<Record<string, readonly string[]>> = {
  'monitoring.coreos.com': ['Alertmanager', 'Prometheus', 'PrometheusAgent', 'ThanosRuler'],
  'rabbitmq.com': ['RabbitmqCluster'],
};

/** Options of operators that name the image of what they start. */
const OPTIONS =
  /^(--(?:prometheus-config-reloader|acme-http01-solver-image|prometheus-default-base-image|alertmanager-default-base-image|thanos-default-base-image)=)(.+)$/;

/**
 * The object with its images taken from elsewhere: those of all containers, of image volumes, of well-known fields, options and
 * variables of operators (`RELATED_IMAGE_…`). Other texts are left alone.
 */
export function withImages(
  object: KubernetesObject,
  rewrites: ImageRewrites,
  seen: Set<string> = new Set(),
): KubernetesObject {
  const beginnings = Object.entries(rewrites).sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
  if (beginnings.length === 0) return object;
  const rewrite = (image: unknown) => {
    if (typeof image !== 'string') return image;
    seen.add(fullName(image));
    return rewritten(image, beginnings);
  };
  const result = walked(object, rewrite) as KubernetesObject;
  const { spec } = result;
  return WELL_KNOWN[groupOf(object.apiVersion)]?.includes(object.kind) && isFields(spec) && spec['image'] !== undefined
    ? { ...result, spec: { ...spec, image: rewrite(spec['image']) } }
    : result;
}

type Rewrite = (image: unknown) => unknown;

function walked(value: unknown, rewrite: Rewrite): unknown {
  if (Array.isArray(value)) return value.map((each) => walked(each, rewrite));
  if (!isFields(value)) return value;
  return mapped(value, (field, inner) => {
    if (!Array.isArray(inner)) return walked(inner, rewrite);
    if (CONTAINERS.has(field)) return inner.map((container) => containerWith(container, rewrite));
    if (field === 'volumes') return inner.map((volume) => volumeWith(volume, rewrite));
    return walked(inner, rewrite);
  });
}

function containerWith(container: unknown, rewrite: Rewrite): unknown {
  if (!isFields(container)) return container;
  return mapped(container, (field, value) => {
    if (field === 'image') return rewrite(value);
    if ((field === 'args' || field === 'command') && Array.isArray(value))
      return value.map((each: unknown) => {
        const option = typeof each === 'string' ? OPTIONS.exec(each) : null;
        return option ? `${option[1]}${rewrite(option[2])}` : each;
      });
    if (field === 'env' && Array.isArray(value))
      return value.map((each: unknown) =>
        isFields(each) && /^RELATED_IMAGE_/.test(String(each['name'])) && typeof each['value'] === 'string'
          ? { ...each, value: rewrite(each['value']) }
          : each,
      );
    return value;
  });
}

function volumeWith(volume: unknown, rewrite: Rewrite): unknown {
  if (!isFields(volume) || !isFields(volume['image'])) return volume;
  const { image } = volume;
  return { ...volume, image: mapped(image, (field, value) => (field === 'reference' ? rewrite(value) : value)) };
}

/** The image under its new name; as it stands where no beginning fits. */
function rewritten(image: string, beginnings: readonly (readonly [string, string])[]): string {
  const full = fullName(image);
  for (const [from, to] of beginnings) if (beginsWith(full, from)) return to + full.slice(from.length);
  return image;
}

function beginsWith(full: string, from: string): boolean {
  return full.startsWith(from) && (/[/:@]$/.test(from) || /^(?:$|[/:@])/.test(full.slice(from.length)));
}

/**
 * Refuses what fits none of the images: a name that nothing has, or a list of registries of which nothing comes. One registry of
 * several may go unused: people keep one list for all inputs.
 */
export function refuseUnfitting(place: string, rewrites: ImageRewrites, images: ReadonlySet<string>): void {
  const all = [...images].sort();
  const unfit = Object.keys(rewrites).filter((from) => !all.some((image) => beginsWith(image, from)));
  const wrong =
    unfit.find((from) => !from.endsWith('/')) ?? (unfit.length === Object.keys(rewrites).length ? unfit[0] : undefined);
  if (wrong === undefined) return;
  const meant = all.includes(fullName(wrong)) || all.some((image) => beginsWith(image, fullName(wrong)));
  throw new StrataError(`${place}, images`, `no image of its objects begins with ${JSON.stringify(wrong)}`, [
    meant ? `write the full name: ${fullName(wrong)}` : `write what one begins with: ${knownNames(wrong, all)}`,
    'remove the entry',
  ]);
}

/** `redis:8` is `docker.io/library/redis:8` to every container runtime. */
export function fullName(image: string): string {
  const slash = image.indexOf('/');
  const host = slash < 0 ? '' : image.slice(0, slash);
  if (/[.:]/.test(host) || host === 'localhost') return image;
  return slash < 0 ? `docker.io/library/${image}` : `docker.io/${image}`;
}

function mapped(
  fields: Readonly<Record<string, unknown>>,
  change: (field: string, value: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, change(field, value)]));
}
