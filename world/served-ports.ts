import { PROBES } from '../manifests/probes';
import type { Resource } from '../manifests/resource';
import { record, string } from '../manifests/resource';
import type { Container } from '../manifests/workload';
import { operatorObjects } from './alertmanager';
import type { Listening, ListeningPort } from './metrics-programs';
import { listeningOf } from './metrics-programs';
import { OPERATED_KINDS } from './operated';
import { operatedBy } from './operated-pods';
import type { PodPort } from './services';
import type { World } from './world';

/** What is known of what answers at a port of pods. */
export interface AnsweringPort {
  /** Why no HTTP is answered there at all; undefined where it may be. */
  readonly silence: string | undefined;
  /** Whether it takes TLS, and what says so; undefined where nothing does. */
  readonly tls: { readonly is: boolean; readonly why: string } | undefined;
  /** The paths at which it shows metrics, and whose they are; undefined where that is not known. */
  readonly paths: { readonly are: readonly string[]; readonly of: string } | undefined;
}

/** What answers at a port: by what the program is known for and told, by what the operator makes, and by how kubelets probe it. */
export function servedAt(world: World, port: PodPort): AnsweringPort {
  const operated = operatedAt(world, port);
  if (operated) return operated;
  const container = port.declared?.container ?? onlyContainerOf(port);
  const listening = container && listeningOf(container);
  const own = listening?.ports.find(({ number, isLocal }) => number === port.number && !isLocal);
  const byProgram =
    own?.tls === undefined
      ? undefined
      : { is: own.tls, why: `${listening!.program} ${own.tls ? 'takes TLS alone' : 'takes no TLS'} there` };
  return {
    silence: silenceAt(port),
    tls: byProgram ?? probedBy(port),
    paths: own?.paths && { are: own.paths, of: listening!.program },
  };
}

/** By the programs of a pod, where all of them are known: a port of peers, or one that none of them listens at and no container declares. */
function silenceAt({ workload, number, declared }: PodPort): string | undefined {
  const programs = workload.running.map(listeningOf);
  const at = (port: ListeningPort) => port.number === number && !port.isLocal;
  const ofPeers = programs.find((program) => program?.ports.some((port) => at(port) && port.isForPeers));
  if (ofPeers && !programs.some((program) => program?.ports.some((port) => at(port) && !port.isForPeers)))
    return `${ofPeers.program} talks to its own peers there and answers no HTTP (${portsOf(ofPeers)})`;
  if (declared || programs.length === 0 || programs.includes(undefined)) return undefined;
  const [first] = programs;
  return programs.some((program) => program?.ports.some(at)) ? undefined : `nothing listens there (${portsOf(first!)})`;
}

function portsOf({ program, ports }: Listening): string {
  const numbers = ports.filter(({ isForPeers, isLocal }) => !isForPeers && !isLocal).map(({ number }) => number);
  return `${program} listens at ${numbers.join(', ') || 'none that others reach'}`;
}

function onlyContainerOf({ workload }: PodPort): Container | undefined {
  return workload.running.length === 1 ? workload.running[0] : undefined;
}

/** Kubelets probe a port as whoever wrote the probe knows it. */
function probedBy({ workload, number }: PodPort): AnsweringPort['tls'] {
  for (const container of workload.running)
    for (const kind of PROBES) {
      const action = record(record(container.json[kind])?.['httpGet']);
      if (!action || action['host']) continue;
      const port = action['port'];
      const probed =
        typeof port === 'string' && !/^\d+$/.test(port)
          ? workload.ports.find((each) => each.container === container && each.name === port)?.number
          : Number(port);
      if (probed !== number) continue;
      const is = (string(action['scheme']) ?? 'HTTP').toUpperCase() === 'HTTPS';
      return { is, why: `its ${kind} asks there by ${is ? 'HTTPS' : 'HTTP'}` };
    }
  return undefined;
}

/** The operator declares all ports of what it makes: the one of meshes is for peers (`ports` in its `pkg/alertmanager/statefulset.go`). */
function silentOperated(
  world: World,
  owner: Resource,
  { workload, declared }: Pick<PodPort, 'workload' | 'declared'>,
  web: string,
): AnsweringPort | undefined {
  const asked = workload.ports.find(({ name }) => name === web);
  // What is added to its pods may listen anywhere.
  if (!asked || owner.at(['spec', 'containers']) !== undefined) return undefined;
  const is = declared === undefined ? 'nothing listens there' : 'its peers alone are answered there';
  return declared === undefined || declared.name?.startsWith('mesh-')
    ? {
        silence: `${is} (${world.idOf(owner)} listens at ${asked.number}, called ${web})`,
        ...{ tls: undefined, paths: undefined },
      }
    : undefined;
}

/** The web port of what the operator makes: `buildWebconfig` and the arguments in its `pkg/prometheus` and `pkg/alertmanager`. */
function operatedAt(world: World, { workload, declared }: PodPort): AnsweringPort | undefined {
  const owner = OPERATED_KINDS.flatMap((kind) => operatorObjects(world, kind)).find((object) =>
    operatedBy(world, object).includes(workload),
  );
  if (!owner) return undefined;
  const web = string(owner.at(['spec', 'portName'])) || 'web';
  if (declared?.name !== web) return silentOperated(world, owner, { workload, declared }, web);
  const is = owner.at(['spec', 'web', 'tlsConfig']) !== undefined;
  const prefix = (string(owner.at(['spec', 'routePrefix'])) || '/').replace(/\/$/, '');
  const id = world.idOf(owner);
  return {
    silence: undefined,
    tls: { is, why: `${id} has ${is ? 'a' : 'no'} spec.web.tlsConfig` },
    paths:
      owner.kind === 'ThanosRuler'
        ? undefined
        : { are: [`${prefix}/metrics`, ...(owner.kind === 'Prometheus' ? [`${prefix}/federate`] : [])], of: id },
  };
}
