import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string, strings } from '../manifests/resource';
import { objectsBelow, pathIn } from './argo-contents';
import type { World } from './world';

/** What Flux does again and again with an object that somebody else changes. */
export interface FluxApplier {
  /** The Kustomization or the HelmRelease. */
  readonly resource: Resource;
  /** `at every interval (5m)`, for messages. */
  readonly when: string;
  /** The field that makes it so. */
  readonly path: Path;
  /** The parts of objects that it leaves as they are, by JSON pointers. */
  readonly ignored: readonly { readonly target: Json | undefined; readonly pointers: readonly string[] }[];
}

/**
 * Who of Flux sets an object back to what stands in Git. A Kustomization does, unless it is suspended or the object is left out: it applies by
 * server-side apply and takes every field over (kustomize-controller 1.9, apply; fluxcd/pkg/ssa, ForceOwnership). A HelmRelease does with
 * driftDetection.mode enabled alone: an upgrade patches what the chart itself has changed since the last one (Helm 3, createPatch).
 */
export function fluxAppliersOf(world: World, object: Resource): readonly FluxApplier[] {
  const found = [...world.of('Kustomization'), ...world.of('HelmRelease')].filter(
    (each) => each.at(['spec', 'suspend']) !== true,
  );
  return found.flatMap((resource): FluxApplier[] => {
    if (resource.group === KUSTOMIZE && appliesByKustomization(world, resource, object))
      return [
        {
          resource,
          path: ['spec', 'interval'],
          when: `at every interval${said(resource.at(['spec', 'interval']))}`,
          ignored: rulesIn(resource.at(['spec', 'ignore'])),
        },
      ];
    const drift = record(resource.at(['spec', 'driftDetection']));
    if (resource.group === HELM && drift?.['mode'] === 'enabled' && isOfRelease(world, resource, object))
      return [
        {
          resource,
          path: ['spec', 'driftDetection', 'mode'],
          when: `at every interval${said(resource.at(['spec', 'interval']))}`,
          ignored: rulesIn(drift['ignore']),
        },
      ];
    return [];
  });
}

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io';
const HELM = 'helm.toolkit.fluxcd.io';

function said(interval: unknown): string {
  return string(interval) === undefined ? '' : ` (${String(interval)})`;
}

function rulesIn(value: unknown): FluxApplier['ignored'] {
  return mappings(value).map((rule) => ({ target: record(rule['target']), pointers: list(rule['paths']).map(String) }));
}

/** Whether an object has a label or an annotation of this value, in either case of its letters (fluxcd/pkg/ssa/utils, AnyInMetadata). */
function isMarked(
  { labels, annotations }: Resource,
  more: Readonly<Record<string, string>>,
  key: string,
  values: readonly string[],
): boolean {
  return [labels, annotations, more].some((map) => values.includes((map[key] ?? '').toLowerCase()));
}

function appliesByKustomization(world: World, kustomization: Resource, object: Resource): boolean {
  const { commonMetadata } = record(kustomization.at(['spec'])) ?? {};
  const common = {
    ...strings(record(commonMetadata)?.['labels']),
    ...strings(record(commonMetadata)?.['annotations']),
  };
  if (
    isMarked(object, common, `${KUSTOMIZE}/reconcile`, ['disabled']) ||
    isMarked(object, common, `${KUSTOMIZE}/ssa`, ['ignore', 'ifnotpresent'])
  )
    return false;
  // The controller itself writes down what it applies.
  const [name, namespace] = ['name', 'namespace'].map((field) => object.labels[`${KUSTOMIZE}/${field}`]);
  if (name !== undefined) return name === kustomization.name && namespace === world.namespaceOf(kustomization);
  const path = pathIn(kustomization.at(['spec', 'path']));
  const objects = path === undefined ? undefined : objectsBelow(world, path);
  if (objects) return objects.includes(object);
  const target = string(kustomization.at(['spec', 'targetNamespace']));
  return target !== undefined && world.namespaceOf(object) === target;
}

/** Whether Helm says of an object that it is of this release; what a chart will make is not told. */
function isOfRelease(world: World, release: Resource, object: Resource): boolean {
  if (isMarked(object, {}, `${HELM}/driftDetection`, ['disabled'])) return false;
  const target = string(release.at(['spec', 'targetNamespace']));
  const name =
    string(release.at(['spec', 'releaseName'])) ?? (target === undefined ? release.name : `${target}-${release.name}`);
  const own = object.labels[`${HELM}/name`] ?? object.annotations['meta.helm.sh/release-name'];
  if (own !== undefined) return own === (object.labels[`${HELM}/name`] === undefined ? name : release.name);
  const isByHelm = object.labels['app.kubernetes.io/managed-by'] === 'Helm';
  return (
    isByHelm &&
    object.labels['app.kubernetes.io/instance'] === name &&
    world.namespaceOf(object) === (target ?? world.namespaceOf(release))
  );
}

/** Whether an applier leaves a field of an object as it is: by a pointer to it, or to what it stands in. */
export function leavesField(world: World, { ignored }: FluxApplier, object: Resource, pointer: string): boolean {
  return ignored.some(
    ({ target, pointers }) =>
      isTarget(world, target, object) && pointers.some((path) => pointer === path || pointer.startsWith(`${path}/`)),
  );
}

/** Regular expressions for the whole text each (fluxcd/pkg/ssa/jsondiff). Selectors by labels are taken to be right. */
function isTarget(world: World, target: Json | undefined, object: Resource): boolean {
  const { group, kind, name, apiVersion } = object;
  const own = { group, kind, name, version: apiVersion.split('/').at(-1)!, namespace: world.namespaceOf(object) };
  return Object.entries(own).every(([field, value]) => {
    const pattern = string(target?.[field]);
    if (!pattern) return true;
    try {
      return new RegExp(`^(?:${pattern})$`).test(value);
    } catch {
      return false;
    }
  });
}
