/** A target that people reach through the entrance of its place, and what commits make of it. */
import type { Cluster as Place } from '../../../model/cluster';
import type { Cluster } from './cluster';
import { type Reply, request } from './http';
import { loadImages } from './images';
import type { KubernetesObject } from './kubernetes';
import { entranceOf, installTraefikKinds, openEntrance, registryCredentials, shapePlace, TRAEFIK } from './place';
import { pause, waitFor } from './wait';
import { addressOf, settled } from './workloads';

/** A request from outside, as people send it. */
export type Ask = (path: string, headers?: Readonly<Record<string, string>>) => Promise<Reply>;

interface Served {
  /** The namespace, which is the first part of the host's name too. */
  readonly namespace: string;
  readonly objects: readonly KubernetesObject[];
  /** What later commits start, whose images are loaded as well. */
  readonly later: readonly KubernetesObject[];
}

/** Starts a cluster of two nodes that is the place, and in it the objects behind the place's entrance; gives back how they are asked. */
export async function serve(cluster: Cluster, place: Place, { namespace, objects, later }: Served): Promise<Ask> {
  const entrance = entranceOf(place);
  await cluster.up({ nodes: 2 });
  await cluster.tool(['crds', 'gateway-api', 'external-secrets']);
  await installTraefikKinds(cluster);
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  await loadImages(cluster, [...objects, ...later]);
  await shapePlace(cluster, place);
  await openEntrance(cluster, entrance);
  await cluster.apply(...objects.filter(({ kind }) => kind === 'Namespace'));
  await cluster.apply(...registryCredentials(place, namespace), ...objects);
  await settled(cluster, objects);
  const [agent, address] = [
    await cluster.agent(false, entrance.tls),
    await addressOf(cluster, entrance.namespace, TRAEFIK),
  ];
  const host = `${namespace}.${place.domain}`;
  const ask: Ask = (path, headers = {}) => request({ agent, ...address, path, headers: { host, ...headers } });
  await waitFor('an answer of each pod', 60, async () => {
    for (let i = 0; i < 20; i++) expect((await ask('/visits')).status).toBe(200);
  });
  return ask;
}

/** Which versions answered so many requests, and how often; in place of a version the status of an answer that is none. */
export async function versionsOf(
  ask: Ask,
  requests: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  for (let i = 0; i < requests; i++) {
    const { status, body } = await ask('/info', headers);
    const version = status === 200 ? (JSON.parse(body) as { version: string }).version : String(status);
    seen.set(version, (seen.get(version) ?? 0) + 1);
  }
  return seen;
}

const WAVE = 'argocd.argoproj.io/sync-wave';

/** What is applied of a target, commit after commit. */
export class Commits {
  constructor(
    private readonly cluster: Cluster,
    private objects: readonly KubernetesObject[],
  ) {}

  /** What the last commit asks for. */
  get applied(): readonly KubernetesObject[] {
    return this.objects;
  }

  /** Notes what somebody else has applied. */
  set applied(objects: readonly KubernetesObject[]) {
    this.objects = objects;
  }

  /** Applies what the commit changes, wave after wave where it has some, and gives back what takes away what it no longer has. */
  async apply(objects: readonly KubernetesObject[]): Promise<() => Promise<void>> {
    const had = new Set(this.objects.map((object) => JSON.stringify(object)));
    const changed = objects.filter((object) => !had.has(JSON.stringify(object)));
    const waveOf = ({ metadata }: KubernetesObject) => Number(metadata.annotations?.[WAVE] ?? 0);
    for (const [i, wave] of [...new Set(changed.map(waveOf))].sort((a, b) => a - b).entries()) {
      // As Argo CD does.
      if (i > 0) await pause(2);
      await this.cluster.apply(...changed.filter((object) => waveOf(object) === wave));
    }
    const keyOf = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
    const kept = new Set(objects.map(keyOf));
    const gone = this.objects.filter((object) => !kept.has(keyOf(object)));
    this.objects = objects;
    return async () => {
      for (const { kind, metadata } of gone)
        await this.cluster.kubectl(
          ...['delete', kind, metadata.name, '--wait=false'],
          ...(metadata.namespace ? ['-n', metadata.namespace] : []),
        );
    };
  }
}
