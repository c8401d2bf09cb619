import type { Resource } from '../../manifests/resource';
import { mappings, record } from '../../manifests/resource';
import type { ObjectChange } from '../object-change';

/** How strict a mode of Istio is; higher refuses more. A mode that is not set is that of the namespace or the mesh. */
export function strictness(mode: string, isServer: boolean): number {
  if (mode === 'DISABLE') return 0;
  // Sidecars find out by themselves what the other side takes, unless they are told.
  if (mode === 'UNSET') return isServer ? 2 : 3;
  return mode === 'PERMISSIVE' ? 1 : 3;
}

/** A mode that becomes another one. */
export interface ModeChange {
  /** `port 8080`, `subset canary`; empty: everywhere else. */
  readonly at: string;
  readonly was: string;
  readonly is: string;
}

/** What becomes of mutual TLS as a PeerAuthentication or a DestinationRule asks for it. */
export function modeChanges({ before, after }: ObjectChange): ModeChange[] {
  const [old, now] = [before, after].map(modesOf) as [Modes, Modes];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((at) => {
    const [was, is] = [old, now].map((modes) => modes.get(at) ?? modes.get('') ?? 'UNSET') as [string, string];
    return was === is ? [] : [{ at, was, is }];
  });
}

/** Whether a policy takes no connection without a certificate of the mesh, on one port at least. */
export function asksForMutualTls(policy: Resource): boolean {
  return [...modesOf(policy).values()].includes('STRICT');
}

type Modes = ReadonlyMap<string, string>;

function modesOf(resource: Resource | undefined): Modes {
  const modes = new Map<string, string>();
  const add = (at: string, mode: unknown) => {
    if (typeof mode === 'string') modes.set(at, mode);
  };
  if (resource?.kind === 'DestinationRule') {
    const policy = record(resource.at(['spec', 'trafficPolicy']));
    add('', record(policy?.['tls'])?.['mode']);
    for (const entry of mappings(policy?.['portLevelSettings']))
      add(`port ${String(record(entry['port'])?.['number'])}`, record(entry['tls'])?.['mode']);
    for (const subset of mappings(resource.at(['spec', 'subsets'])))
      add(`subset ${String(subset['name'])}`, record(record(subset['trafficPolicy'])?.['tls'])?.['mode']);
    return modes;
  }
  add('', resource?.at(['spec', 'mtls', 'mode']));
  for (const [port, entry] of Object.entries(record(resource?.at(['spec', 'portLevelMtls'])) ?? {}))
    add(`port ${port}`, record(entry)?.['mode']);
  return modes;
}
