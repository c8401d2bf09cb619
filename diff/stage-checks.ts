import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../manifests/resource';
import { list, mappings, number, record, string, strings } from '../manifests/resource';
import { WorkloadManifest } from '../manifests/workload';
import { ERROR_RATIO_ANNOTATION, ERROR_RATIO_LIMIT_ANNOTATION } from '../model/marks';
import { isPaused } from '../simulate/rollout/strategy';
import { deploymentTimeline } from '../simulate/rollout/timed-deployment';
import { isTraefik } from '../world/traefik';
import type { World } from '../world/world';
import type { Fleet } from './fleet/fleet';
import { isOnDelete } from './risk/held';

/** What is looked at in the cluster before it goes on: rollouts that end, and what routes and Services say. */
export interface StageCheck {
  readonly command: string;
  /** What it prints. @default - it ends without an error */
  readonly expected?: string;
  /** What the pods do meanwhile. @default - nothing is known */
  readonly meanwhile?: string;
}

/**
 * What says that a cluster is as a change makes it: what each changed object says of itself, then rollouts that end. A rollout that has not begun
 * looks like one that has ended, so that the pods to come are asked for first.
 */
export function stageChecks(fleet: Fleet, world: World): StageCheck[] {
  const changes = fleet.changes.flatMap(({ instances }) => instances.map(({ change }) => change));
  const changed = changes.flatMap(({ after }) => after ?? []);
  const rollouts = changed.filter(({ kind }) => ROLLED.includes(kind));
  const gone = changes.flatMap(({ before, after }) => (before && !after && ROLLED.includes(before.kind) ? before : []));
  const services = changed.filter(
    ({ kind, object }) => kind === 'Service' && record(record(object)?.['spec'])?.['selector'],
  );
  return [
    ...changes.flatMap(({ before, after }) =>
      after && rollouts.includes(after) ? [...specChecks(world, before, after)] : [],
    ),
    ...rollouts.filter(isWaitedFor).map((resource) => ({
      ...(isReplaced(fleet, resource) ? paceOf(world, resource) : {}),
      ...rolloutCheck(world, resource),
    })),
    ...services.map((resource) =>
      fieldCheck(
        world,
        resource,
        '{.spec.selector}',
        JSON.stringify(sorted(strings(resource.at(['spec', 'selector'])))),
      ),
    ),
    ...changes.flatMap(({ before, after }) => (after ? routeChecks(world, before, after) : [])),
    ...gone.map((resource) => ({
      command: `kubectl get ${kindOf(resource)} ${resource.name} -n ${placeOf(resource)} --ignore-not-found -o name`,
      expected: '',
    })),
  ];
}

/** What says that pods are there as they are to be, whatever was there before. */
export function podChecks(world: World, workloads: readonly WorkloadManifest[]): StageCheck[] {
  const rolled = workloads.map(({ resource }) => resource).filter(({ kind }) => ROLLED.includes(kind));
  return [
    ...rolled.flatMap((resource) => [...specChecks(world, undefined, resource)]),
    ...rolled.filter(isWaitedFor).map((resource) => rolloutCheck(world, resource)),
  ];
}

const ROLLED = ['Deployment', 'StatefulSet', 'DaemonSet'];

const kindOf = ({ kind }: Resource) => kind.toLowerCase();
/** Of what is rendered, every object names its namespace. */
const placeOf = ({ statedNamespace }: Resource) => statedNamespace || 'default';

/** What a field of an object in the cluster is. */
function fieldCheck(world: World, resource: Resource, jsonpath: string, expected: string): StageCheck {
  const where = `${kindOf(resource)} ${resource.name} -n ${world.namespaceOf(resource)}`;
  return { command: `kubectl get ${where} -o 'jsonpath=${jsonpath}'`, expected };
}

/** That a rollout has ended. */
function rolloutCheck(world: World, resource: Resource): StageCheck {
  const what = `${kindOf(resource)}/${resource.name} -n ${world.namespaceOf(resource)}`;
  return { command: `kubectl rollout status ${what} --timeout=15m` };
}

/** That the cluster has been told which pods it is to have: what of their template has become different, and how many they are. */
function* specChecks(world: World, before: Resource | undefined, after: Resource): Iterable<StageCheck> {
  const at = (resource: Resource | undefined, ...path: readonly string[]) => resource?.at(['spec', ...path]);
  const differs = (...path: readonly string[]) => !isDeepStrictEqual(at(before, ...path), at(after, ...path));
  const images = (resource: Resource | undefined) =>
    mappings(at(resource, 'template', 'spec', 'containers')).map(({ image }) => string(image) ?? '');
  const annotations = strings(at(after, 'template', 'metadata', 'annotations'));
  if (before === undefined || !isDeepStrictEqual(images(before), images(after)))
    yield fieldCheck(world, after, '{.spec.template.spec.containers[*].image}', images(after).join(' '));
  // What a program is told stands in a ConfigMap whose hash is among them.
  for (const key of Object.keys(annotations).filter((each) => differs('template', 'metadata', 'annotations', each)))
    if (before !== undefined)
      yield fieldCheck(
        world,
        after,
        `{.spec.template.metadata.annotations.${key.replaceAll('.', '\\.')}}`,
        annotations[key]!,
      );
  const replicas = number(at(after, 'replicas'));
  if (replicas !== undefined && differs('replicas'))
    yield fieldCheck(world, after, '{.spec.replicas}', String(replicas));
}

/** The shares of requests, and of copies, as each kind of route has them. */
function routeChecks(world: World, before: Resource | undefined, resource: Resource): StageCheck[] {
  const { kind, group } = resource;
  if (kind === 'HTTPRoute') {
    const rules = mappings(resource.at(['spec', 'rules']));
    const backends = rules.flatMap((rule) => mappings(rule['backendRefs']));
    const hasWeights = backends.some(({ weight }) => number(weight) !== undefined);
    const field = hasWeights ? 'weight' : 'name';
    // The API server writes a weight of 1 where there is none (HTTPBackendRef of Gateway API).
    const expected = backends.map((backend) => (hasWeights ? (backend['weight'] ?? 1) : backend['name']));
    return [
      fieldCheck(world, resource, `{.spec.rules[*].backendRefs[*].${field}}`, expected.join(' ')),
      ...copyChecks(world, before, resource, COPIES_OF_ROUTE),
      // Of each parent, by the gateway that serves it.
      fieldCheck(
        world,
        resource,
        '{.status.parents[*].conditions[?(@.type=="ResolvedRefs")].status}',
        list(resource.at(['spec', 'parentRefs']))
          .map(() => 'True')
          .join(' '),
      ),
    ];
  }
  if (isTraefik(resource) && kind === 'TraefikService')
    return SHARES_OF_TRAEFIK.flatMap(([path, field]) => {
      const shares = mappings(resource.at(['spec', ...path])).flatMap((entry) => number(entry[field]) ?? []);
      const jsonpath = `{.spec.${path.join('.')}[*].${field}}`;
      return shares.length > 0 ? [fieldCheck(world, resource, jsonpath, shares.join(' '))] : [];
    });
  if (group === 'networking.istio.io' && kind === 'VirtualService') {
    const routes = list(resource.at(['spec', 'http'])).flatMap((rule) => mappings(record(rule)?.['route']));
    const shares = routes.flatMap(({ weight }) => number(weight) ?? []);
    const copies = copyChecks(world, before, resource, COPIES_OF_ISTIO);
    if (shares.length > 0)
      return [fieldCheck(world, resource, '{.spec.http[*].route[*].weight}', shares.join(' ')), ...copies];
    const hosts = routes.flatMap(({ destination }) => record(destination)?.['host'] ?? []);
    return [fieldCheck(world, resource, '{.spec.http[*].route[*].destination.host}', hosts.join(' ')), ...copies];
  }
  return [];
}

/** Fields below `spec` that say who gets copies, and how many; `*` is each entry of a list. */
const COPIES_OF_ROUTE = ['rules.*.filters.*.requestMirror.percent', 'rules.*.filters.*.requestMirror.backendRef.name'];
const COPIES_OF_ISTIO = [
  'http.*.mirrors.*.percentage.value',
  'http.*.mirrorPercentage.value',
  'http.*.mirrors.*.destination.host',
  'http.*.mirror.host',
];

/** That copies are made as the change says. Where they begin or end, all else of a route may stay as it is: what has gone is asked for, too. */
function copyChecks(
  world: World,
  before: Resource | undefined,
  after: Resource,
  fields: readonly string[],
): StageCheck[] {
  return fields.flatMap((path) => {
    const steps = path.split('.');
    const [was, is] = [before, after].map((resource) => valuesAt(resource?.at(['spec']), steps).join(' '));
    const jsonpath = `{.spec.${path.replaceAll('.*', '[*]')}}`;
    return was === is ? [] : [fieldCheck(world, after, jsonpath, is!)];
  });
}

function valuesAt(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (value === undefined) return [];
  if (step === undefined) return [value];
  return step === '*' ? list(value).flatMap((entry) => valuesAt(entry, rest)) : valuesAt(record(value)?.[step], rest);
}

const SHARES_OF_TRAEFIK = [
  [['weighted', 'services'], 'weight'],
  [['mirroring', 'mirrors'], 'percent'],
] as const;

/** kubectl refuses to wait for OnDelete (pkg/polymorphichelpers/rollout_status.go), and for what is paused it waits for ever. */
function isWaitedFor(resource: Resource): boolean {
  const workload = WorkloadManifest.of(resource, '');
  return workload !== undefined && !isOnDelete(workload) && !isPaused(workload);
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The share of a version's requests that fail, in PromQL, and the share that is too much. */
export interface WatchedQuery {
  readonly query: string;
  readonly limit: string;
}

/** What to watch of the next version of a service, as the annotations of its Deployment say it. `versions`: of that service. */
export function watchedIn(versions: readonly WorkloadManifest[]): WatchedQuery | undefined {
  for (const { resource } of versions) {
    const query = resource.annotations[ERROR_RATIO_ANNOTATION];
    const limit = resource.annotations[ERROR_RATIO_LIMIT_ANNOTATION];
    if (query !== undefined && limit !== undefined) return { query, limit };
  }
  return undefined;
}

/** Whether pods that are there are replaced by others. */
function isReplaced({ replaced }: Fleet, { name }: Resource): boolean {
  return replaced.some(({ replacement }) => replacement.workload.endsWith(`/${name}`));
}

/** How fast pods are does not change how many there are at most, if they start faster than they stop. Seconds. */
const PACE = { start: 5, ready: 5, exit: undefined };

function paceOf(world: World, resource: Resource): Pick<StageCheck, 'meanwhile'> {
  const workload = world.workloads.find((each) => each.resource === resource);
  const timeline = workload && deploymentTimeline(world, workload, PACE);
  if (!timeline) return {};
  const { peak, lowest, never } = timeline;
  const counts = `at most ${peak.counted} pods, those that are stopping among them; at least ${lowest} available`;
  return { meanwhile: never === undefined ? counts : `${counts}; it never ends: ${never}` };
}
