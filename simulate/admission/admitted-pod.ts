import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { ToldAmounts } from './told-amount';
import { addAmounts, toldAmounts } from './told-amount';

/** A container of a pod that is asked for, with what the API server and the LimitRanges fill in. */
export interface AdmittedContainer {
  readonly name: string;
  /** A `sidecar` is an init container that goes on running. */
  readonly role: 'container' | 'init' | 'sidecar';
  readonly requests: ToldAmounts;
  readonly limits: ToldAmounts;
}

/** A pod as admission judges it. */
export interface AdmittedPod {
  readonly json: Json;
  readonly spec: Json;
  /** The containers, then the init containers in their order. */
  readonly containers: readonly AdmittedContainer[];
  /** Amounts of the pod as a whole; undefined where it has none, or the server drops them. */
  readonly whole: { readonly requests: ToldAmounts; readonly limits: ToldAmounts } | undefined;
}

/** What depends on the version of the API server. */
export interface AdmissionServer {
  /** The minor version, such as 35. */
  readonly minor: number;
}

/** Amounts of pods as a whole are on by default since then (PodLevelResources). */
const POD_LEVEL_SINCE = 34;

/** A pod with what the API server fills in before admission: a limit is also the request that is not said. */
export function admittedPod(json: Json, server: AdmissionServer): AdmittedPod {
  const spec = record(json['spec']) ?? {};
  const containers = [
    ...list(spec['containers']).map((each) => containerOf(each, false)),
    ...list(spec['initContainers']).map((each) => containerOf(each, true)),
  ];
  const resources = server.minor >= POD_LEVEL_SINCE ? record(spec['resources']) : undefined;
  return { json, spec, containers, whole: resources && wholeOf(resources, containers) };
}

/** What a pod asks for or is held to, with the kinds of amounts of the pod as a whole that take the place of its containers' (PodRequests, PodLimits). */
export function podSum(
  pod: AdmittedPod,
  which: 'requests' | 'limits',
  isOfWhole: (name: string) => boolean,
): ToldAmounts {
  const sum = containerSum(pod.containers, which);
  for (const [name, amount] of pod.whole?.[which] ?? []) if (isOfWhole(name)) sum.set(name, amount);
  return sum;
}

/** Whether a pod as a whole may ask for it. */
export function isOfWholePod(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

function containerOf(value: unknown, isInit: boolean): AdmittedContainer {
  const json = record(value) ?? {};
  const resources = record(json['resources']);
  const limits = toldAmounts(resources?.['limits']);
  const requests = toldAmounts(resources?.['requests']);
  for (const [name, amount] of limits) if (!requests.has(name)) requests.set(name, amount);
  const role = isInit ? (json['restartPolicy'] === 'Always' ? 'sidecar' : 'init') : 'container';
  return { name: string(json['name']) ?? '', role, requests, limits };
}

/** Before the LimitRanges fill anything in (defaultHugePagePodLimits, defaultPodRequests). */
function wholeOf(resources: Json, containers: readonly AdmittedContainer[]): NonNullable<AdmittedPod['whole']> {
  const requests = toldAmounts(resources['requests']);
  const limits = toldAmounts(resources['limits']);
  if (requests.size + limits.size > 0)
    for (const [name, amount] of containerSum(containers, 'limits'))
      if (name.startsWith('hugepages-') && !requests.has(name) && !limits.has(name)) limits.set(name, amount);
  if (limits.size > 0) {
    for (const [name, amount] of containerSum(containers, 'requests'))
      if ((name === 'cpu' || name === 'memory') && !requests.has(name)) requests.set(name, amount);
    for (const [name, amount] of limits) if (isOfWholePod(name) && !requests.has(name)) requests.set(name, amount);
  }
  return { requests, limits };
}

function containerSum(containers: readonly AdmittedContainer[], which: 'requests' | 'limits'): ToldAmounts {
  const sum: ToldAmounts = new Map();
  const sidecars: ToldAmounts = new Map();
  const peak: ToldAmounts = new Map();
  for (const { role, [which]: own } of containers) {
    if (role !== 'init') addAmounts(sum, own);
    if (role === 'container') continue;
    const during: ToldAmounts = new Map(role === 'init' ? own : []);
    if (role === 'sidecar') addAmounts(sidecars, own);
    addAmounts(during, sidecars);
    raiseTo(peak, during);
  }
  raiseTo(sum, peak);
  return sum;
}

function raiseTo(to: ToldAmounts, at: ToldAmounts): void {
  for (const [name, amount] of at) {
    const own = to.get(name);
    if (!own || amount.value > own.value) to.set(name, amount);
  }
}
