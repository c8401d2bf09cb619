import type { Quantity } from '../manifests/quantity';
import { parseQuantity } from '../manifests/quantity';
import type { Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { claimsOf } from './storage';
import type { World } from './world';

/** What a quantity is for. */
export type AmountUse =
  /** Reserved on a node. */
  | 'request'
  /** What a container is held to. */
  | 'limit'
  /** The limit of a container that states no request, which defaults to it. */
  | 'limit-and-request'
  /** The size of an emptyDir. */
  | 'sizeLimit'
  /** What a claim asks for. */
  | 'claim'
  /** The most that a LimitRange or a ResourceQuota lets pods or claims have. */
  | 'ceiling';

/** A quantity of a resource where it is written. */
export interface WrittenAmount {
  readonly resource: Resource;
  readonly path: Path;
  /** `memory`, `cpu`, `ephemeral-storage`, `storage`. */
  readonly name: string;
  readonly written: string | number;
  readonly amount: Quantity;
  readonly use: AmountUse;
  /** `container web`, for messages. */
  readonly who: string;
}

/** Every quantity of CPU, memory and storage that pods, claims, LimitRanges and ResourceQuotas state. */
export const writtenAmounts = memo((world: World): readonly WrittenAmount[] => [
  ...world.workloads.flatMap((workload) => [...ofWorkload(workload)]),
  ...claimsOf(world).flatMap(({ resource, path, spec, name }) =>
    amountsAt(
      resource,
      [...path, 'resources', 'requests'],
      record(spec['resources'])?.['requests'],
      () => 'claim',
      `claim ${name}`,
    ),
  ),
  ...world.of('LimitRange').flatMap((resource) => [...ofLimitRange(resource)]),
  ...world
    .of('ResourceQuota')
    .flatMap((resource) =>
      amountsAt(resource, ['spec', 'hard'], resource.at(['spec', 'hard']), () => 'ceiling', 'the quota'),
    ),
]);

function* ofWorkload({ resource, containers, podSpec, podSpecPath }: WorkloadManifest): Iterable<WrittenAmount> {
  const holders = [
    ...containers.map(({ json, path, name }) => ({ resources: json['resources'], path, who: `container ${name}` })),
    { resources: podSpec['resources'], path: podSpecPath, who: 'the pod' },
  ];
  for (const { resources, path, who } of holders) {
    const requests = record(record(resources)?.['requests']) ?? {};
    const at = [...path, 'resources'];
    yield* amountsAt(resource, [...at, 'requests'], requests, () => 'request', who);
    yield* amountsAt(
      resource,
      [...at, 'limits'],
      record(resources)?.['limits'],
      (name) => (Object.hasOwn(requests, name) ? 'limit' : 'limit-and-request'),
      who,
    );
  }
  for (const [i, entry] of list(podSpec['volumes']).entries()) {
    const volume = record(entry);
    const path = [...podSpecPath, 'volumes', i, 'emptyDir'];
    const sizeLimit = record(volume?.['emptyDir'])?.['sizeLimit'];
    yield* amountsAt(resource, path, { sizeLimit }, () => 'sizeLimit', `volume ${string(volume?.['name'])}`);
  }
}

function* ofLimitRange(resource: Resource): Iterable<WrittenAmount> {
  for (const [i, entry] of list(resource.at(['spec', 'limits'])).entries()) {
    const item = record(entry);
    const at = (field: string, use: AmountUse) =>
      amountsAt(resource, ['spec', 'limits', i, field], item?.[field], () => use, 'each container without its own');
    yield* at('max', 'ceiling');
    yield* at('default', 'limit');
    yield* at('defaultRequest', 'request');
  }
}

function amountsAt(
  resource: Resource,
  path: Path,
  value: unknown,
  useOf: (name: string) => AmountUse,
  who: string,
): WrittenAmount[] {
  return Object.entries(record(value) ?? {}).flatMap(([name, written]) => {
    const amount = parseQuantity(written);
    if (amount === undefined || (typeof written !== 'string' && typeof written !== 'number')) return [];
    return [{ resource, path: [...path, name], name, written, amount, use: useOf(name), who }];
  });
}
