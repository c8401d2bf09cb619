import { string, strings } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { SERVICE_LABEL } from '../model/marks';
import { memo } from '../model/memo';
import { isMadeHere } from '../world/owners';
import type { ServiceView } from '../world/services';
import { servicesOf, servicesOfWorkload } from '../world/services';
import type { World } from '../world/world';
import { referrersOf } from './service-referrers';

/** A Service whose selector chooses one of several versions of a program that run beside each other. */
export interface VersionSwitch {
  readonly service: ServiceView;
  /** The version that gets the requests. */
  readonly live: readonly WorkloadManifest[];
  /** The versions that get none. */
  readonly idle: readonly WorkloadManifest[];
}

/** Every Service that leads to one version and leaves out another, which gets no requests in any other way. */
export const versionSwitches = memo((world: World): readonly VersionSwitch[] =>
  servicesOf(world).flatMap((service) => {
    const { workloads: live, backing, headless, namespace } = service;
    if (backing !== 'pods' || headless || live.length === 0) return [];
    const idle = world.workloads.filter(
      (other) =>
        other.namespace === namespace &&
        LONG_RUNNING.has(other.resource.kind) &&
        !isMadeHere(world, other.resource) &&
        !live.includes(other) &&
        live.every((one) => areVersions(one, other, strings(service.resource.at(['spec', 'selector'])))) &&
        !isServed(world, service, other),
    );
    return idle.length > 0 ? [{ service, live, idle }] : [];
  }),
);

const LONG_RUNNING: ReadonlySet<string> = new Set(['Deployment', 'Rollout', 'StatefulSet', 'ReplicaSet']);

/** Labels that say which version a pod is of. */
const VERSION_KEYS = /^(?:.*\/)?(?:version|colou?r|slot|track)$/i;
/** The end of a name by which versions are told apart. Numbers alone and roles of databases are none: shards and replicas have those. */
const VERSION_END =
  /(?:^|[-._])(?:blue|green|stable|canary|next|preview|live|idle|current|previous|old|new|v\d+(?:[-.]\d+)*)$/i;

/** Whether two workloads run the same program, and what a Service selects tells them apart as versions only. */
function areVersions(
  one: WorkloadManifest,
  other: WorkloadManifest,
  selector: Readonly<Record<string, string>>,
): boolean {
  const differing = Object.keys(selector).filter((key) => one.podLabels[key] !== other.podLabels[key]);
  return (
    differing.length > 0 &&
    differing.every((key) => isVersion(key, one.podLabels[key], other.podLabels[key])) &&
    repositoriesOf(one).some((repository) => repositoriesOf(other).includes(repository))
  );
}

/** Whether two workloads are versions of one service: their pods say so, or their names differ in what says a version, and they run one program. */
export function areOfOneService(one: WorkloadManifest, other: WorkloadManifest): boolean {
  const [service, otherService] = [one, other].map(({ podLabels }) => podLabels[SERVICE_LABEL]);
  if (one.namespace !== other.namespace) return false;
  if (service !== undefined && otherService !== undefined) return service === otherService;
  return (
    versionStem(one.resource.name) === versionStem(other.resource.name) &&
    repositoriesOf(one).some((repository) => repositoriesOf(other).includes(repository))
  );
}

function isVersion(key: string, one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return VERSION_KEYS.test(key) || versionStem(one) === versionStem(other);
}

/** A name without what says the version: `web` for `web-next`. */
export function versionStem(name: string): string {
  return name.replace(VERSION_END, '');
}

/** The images of the program itself, without what says the version. */
export function repositoriesOf({ containers }: WorkloadManifest): string[] {
  return containers.flatMap(({ role, json }) =>
    role === 'container' ? [(string(json['image']) ?? '').replace(/@.*$/, '').replace(/:[^/]*$/, '')] : [],
  );
}

/** Whether another version gets requests by a Service of its own, or may: only a preview of the version that is to come gets none. */
function isServed(world: World, service: ServiceView, other: WorkloadManifest): boolean {
  return servicesOfWorkload(world, other).some((own) => {
    if (own.headless) return false;
    if (isCalled(world, own)) return true;
    // Of two that nobody is seen to call, one called after the other is its preview.
    return !isCalled(world, service) && !own.name.startsWith(`${service.name}-`);
  });
}

function isCalled(world: World, service: ServiceView): boolean {
  return (
    service.type === 'LoadBalancer' ||
    service.type === 'NodePort' ||
    referrersOf(world, service).some(({ kind }) => !kind.endsWith('WebhookConfiguration'))
  );
}
