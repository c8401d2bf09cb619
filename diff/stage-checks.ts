import type { Resource } from '../manifests/resource';
import { list, mappings, number, record, strings } from '../manifests/resource';
import { deploymentTimeline } from '../simulate/rollout/timed-deployment';
import type { World } from '../world/world';
import type { Fleet } from './fleet/fleet';

/** What is looked at in the cluster before it goes on: rollouts that end, and what routes and Services say. */
export interface StageCheck {
  readonly command: string;
  /** What it prints. @default - it ends without an error */
  readonly expected?: string;
  /** What the pods do meanwhile. @default - nothing is known */
  readonly meanwhile?: string;
}

/** What says that a cluster is as a change makes it: rollouts that end, and what routes and Services say then. */
export function stageChecks(fleet: Fleet, world: World): StageCheck[] {
  const changed = fleet.changes.flatMap(({ instances }) => instances.flatMap(({ change }) => change.after ?? []));
  const namespaced = (resource: Resource) => `-n ${world.namespaceOf(resource)}`;
  const rollouts = changed.filter(({ kind }) => ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind));
  const routes = changed.filter(({ kind }) => kind === 'HTTPRoute');
  const istioRoutes = changed.filter(({ kind }) => kind === 'VirtualService');
  const services = changed.filter(
    ({ kind, object }) => kind === 'Service' && record(record(object)?.['spec'])?.['selector'],
  );
  return [
    ...rollouts.map((resource) => ({
      ...(isReplaced(fleet, resource) ? paceOf(world, resource) : {}),
      command: `kubectl rollout status ${resource.kind.toLowerCase()}/${resource.name} ${namespaced(resource)} --timeout=15m`,
    })),
    ...services.map((resource) => ({
      command: `kubectl get service ${resource.name} ${namespaced(resource)} -o 'jsonpath={.spec.selector}'`,
      expected: JSON.stringify(sorted(strings(resource.at(['spec', 'selector'])))),
    })),
    ...routes.flatMap((resource) => {
      const backends = list(resource.at(['spec', 'rules'])).flatMap((rule) => mappings(record(rule)?.['backendRefs']));
      const hasWeights = backends.some(({ weight }) => number(weight) !== undefined);
      const field = hasWeights ? 'weight' : 'name';
      const at = `kubectl get httproute ${resource.name} ${namespaced(resource)} -o`;
      return [
        {
          command: `${at} 'jsonpath={.spec.rules[*].backendRefs[*].${field}}'`,
          // The API server writes a weight of 1 where there is none (HTTPBackendRef of Gateway API).
          expected: backends.map((backend) => (hasWeights ? (backend['weight'] ?? 1) : backend['name'])).join(' '),
        },
        {
          command: `${at} 'jsonpath={.status.parents[*].conditions[?(@.type=="ResolvedRefs")].status}'`,
          expected: 'True',
        },
      ];
    }),
    ...istioRoutes.map((resource) => {
      const routes = list(resource.at(['spec', 'http'])).flatMap((rule) => mappings(record(rule)?.['route']));
      const hasWeights = routes.some(({ weight }) => number(weight) !== undefined);
      const field = hasWeights ? 'weight' : 'destination.host';
      return {
        command: `kubectl get virtualservice ${resource.name} ${namespaced(resource)} -o 'jsonpath={.spec.http[*].route[*].${field}}'`,
        // Nothing is filled in: a route without a weight prints nothing.
        expected: routes
          .flatMap(({ weight, destination }) => (hasWeights ? (weight ?? []) : (record(destination)?.['host'] ?? [])))
          .join(' '),
      };
    }),
  ];
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The share of a version's requests that fail, in PromQL, and the share that is too much. */
export interface WatchedQuery {
  readonly query: string;
  readonly limit: string;
}

/** What to watch of the next version, as the annotations of its Deployment say it. */
export function watchedIn(world: World): WatchedQuery | undefined {
  for (const { resource } of world.workloads) {
    const query = resource.annotations['strata/error-ratio'];
    const limit = resource.annotations['strata/error-ratio-limit'];
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
