import type { Json } from '../../manifests/resource';
import { list, number, record, string } from '../../manifests/resource';
import { isSidecar } from './amounts';

/** A port of the node that a pod takes. */
export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

const EVERY_ADDRESS = '0.0.0.0';

/** The ports of containers and sidecars; init containers are gone before the pod serves. On the node's network every port is one of the node's. */
export function hostPortsOf(
  spec: Json,
  containers: readonly Json[],
  initContainers: readonly Json[],
): readonly HostPort[] {
  const onHost = spec['hostNetwork'] === true;
  return [...initContainers.filter(isSidecar), ...containers].flatMap((container) =>
    list(container['ports']).flatMap((entry) => {
      const given = record(entry);
      const port = number(given?.['hostPort']) ?? (onHost ? number(given?.['containerPort']) : undefined);
      if (!port) return [];
      return [
        {
          ip: string(given?.['hostIP']) || EVERY_ADDRESS,
          protocol: string(given?.['protocol']) || 'TCP',
          port,
        },
      ];
    }),
  );
}

/** Two pods cannot have the same port of one address; every address is all of them. */
export function clash(a: HostPort, b: HostPort): boolean {
  return (
    a.port === b.port &&
    a.protocol === b.protocol &&
    (a.ip === b.ip || a.ip === EVERY_ADDRESS || b.ip === EVERY_ADDRESS)
  );
}
