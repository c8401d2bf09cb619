import { areOfOneService } from '../../checks/version-switches';
import { string } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { GATEWAY, readWanted } from '../../simulate/network/ends';
import type { FlowChange } from '../../simulate/network/flow-diff';
import { flowsOf } from '../../simulate/network/flows';
import type { PodPort } from '../../world/services';
import { serviceOf } from '../../world/services';
import type { World } from '../../world/world';
import type { Backend } from './dead-backends';
import type { WorldChange } from './risk';
import type { ServedRequests } from './served';

/** Two sides of a change. */
type Sides = Pick<WorldChange, 'before' | 'after'>;

/** Whether requests that led to some versions of a service lead to others of the same now: who asks gets its answers still. */
export function staysWithService({ before, after }: Sides, was: ServedRequests, is: ServedRequests): boolean {
  const ends = (world: World, { backends }: ServedRequests) => backends.map((each) => endsOf(world, each));
  const [old, now] = [ends(before, was), ends(after, is)];
  const all = (some: readonly PodPort[][], others: readonly PodPort[][]) =>
    some.length > 0 &&
    some.every((pods) => pods.length > 0 && pods.every((one) => others.flat().some((other) => areAlike(one, other))));
  return all(old, now) && all(now, old);
}

/** Whether a backend is the very program, of the same service, that some requests led to before: by it nothing else is to be reached. */
export function runsWhatWasOpen({ before, after }: Sides, was: ServedRequests, backend: Backend): boolean {
  const [now, old] = [endsOf(after, backend), was.backends.flatMap((each) => endsOf(before, each))];
  return (
    now.length > 0 &&
    now.every((one) => old.some((other) => areAlike(one, other) && runsSame(one.workload, other.workload)))
  );
}

/** The ports of pods that a backend leads to. */
function endsOf(world: World, { kind, namespace, name, port }: Backend): PodPort[] {
  const service = kind === 'Service' ? serviceOf(world, namespace, name) : undefined;
  const own = port === undefined ? undefined : service?.port(port);
  return own ? [...service!.targets(own)] : [];
}

/** Whether two are the same port of versions of one service: by its name, or by its number where either has none. */
function areAlike(one: PodPort, other: PodPort): boolean {
  const [name, otherName] = [one.declared?.name, other.declared?.name];
  const isPort = name && otherName ? name === otherName : one.number === other.number;
  return isPort && areOfOneService(one.workload, other.workload);
}

/** Whether two workloads are of one service, and run the same images. */
function runsSame(one: WorkloadManifest, other: WorkloadManifest): boolean {
  const images = ({ containers }: WorkloadManifest) =>
    containers
      .map(({ json }) => string(json['image']) ?? '')
      .sort()
      .join();
  return areOfOneService(one, other) && images(one) === images(other);
}

/**
 * Without the connections of a gateway that routes or Services have moved from one version of a service to another: the one that closes, where
 * the gateway reaches another version, and the one that opens, where it reached the very same program before.
 */
export function withoutSwitches({ before, after }: Sides, flows: readonly FlowChange[]): readonly FlowChange[] {
  if (!flows.some(({ flow }) => flow.from === GATEWAY)) return flows;
  const reached = (world: World, { flow: { port, protocol } }: FlowChange) => {
    const ends = new Set(
      [...flowsOf(world, { from: readWanted('gateway') })].flatMap((flow) =>
        flow.verdict !== 'denied' && flow.port === port && flow.protocol === protocol ? [flow.to] : [],
      ),
    );
    return world.workloads.filter(({ resource }) => ends.has(world.idOf(resource)));
  };
  return flows.filter((change) => {
    const { does, flow } = change;
    if (flow.from !== GATEWAY || flow.port === 'any') return true;
    const closes = does.endsWith('close') || does.endsWith('closes');
    const [own, other] = closes ? [before, after] : [after, before];
    const end = own.workloads.find(({ resource }) => own.idOf(resource) === flow.to);
    const isAlike = closes ? areOfOneService : runsSame;
    return (
      !end ||
      !reached(other, change).some((version) => other.idOf(version.resource) !== flow.to && isAlike(end, version))
    );
  });
}
