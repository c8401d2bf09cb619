import { PROBES } from '../manifests/probes';
import { record, string } from '../manifests/resource';
import type { Container } from '../manifests/workload';
import { operatorObjects } from './alertmanager';
import { listeningOf } from './metrics-programs';
import { OPERATED_KINDS } from './operated';
import { operatedBy } from './operated-pods';
import type { PodPort } from './services';
import type { World } from './world';

/** What is known of what answers at a port of pods. */
export interface AnsweringPort {
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
    tls: byProgram ?? probedBy(port),
    paths: own?.paths && { are: own.paths, of: listening!.program },
  };
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

/** The web port of what the operator makes: `buildWebconfig` and the arguments in its `pkg/prometheus` and `pkg/alertmanager`. */
function operatedAt(world: World, { workload, declared }: PodPort): AnsweringPort | undefined {
  const owner = OPERATED_KINDS.flatMap((kind) => operatorObjects(world, kind)).find((object) =>
    operatedBy(world, object).includes(workload),
  );
  if (!owner || declared?.name !== (string(owner.at(['spec', 'portName'])) || 'web')) return undefined;
  const is = owner.at(['spec', 'web', 'tlsConfig']) !== undefined;
  const prefix = (string(owner.at(['spec', 'routePrefix'])) || '/').replace(/\/$/, '');
  const id = world.idOf(owner);
  return {
    tls: { is, why: `${id} has ${is ? 'a' : 'no'} spec.web.tlsConfig` },
    paths:
      owner.kind === 'ThanosRuler'
        ? undefined
        : { are: [`${prefix}/metrics`, ...(owner.kind === 'Prometheus' ? [`${prefix}/federate`] : [])], of: id },
  };
}
