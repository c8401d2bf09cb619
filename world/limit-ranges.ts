import type { Quantity } from '../manifests/quantity';
import { parseQuantity, quantityText } from '../manifests/quantity';
import { record } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { amounts } from './pod-amounts';
import type { ContainerResources, Limit } from './requests';
import { podResources, resourcesOf } from './requests';
import type { World } from './world';

/** An amount that a LimitRange does not take. */
export interface LimitViolation {
  readonly name: string;
  readonly field: 'requests' | 'limits';
  /** A clause whose subject is the container, or the sum of all of them. */
  readonly message: string;
}

/** The containers that an item of a LimitRange is about, with what each violates; `container` is undefined for the pod as a whole. */
export function* podViolations(
  world: World,
  workload: WorkloadManifest,
  limit: Limit,
): Iterable<{ readonly container: Container | undefined; readonly violation: LimitViolation }> {
  if (limit.type === 'Container') {
    for (const container of workload.containers) {
      if (container.role === 'ephemeral') continue;
      for (const violation of violationsOf(resourcesOf(world, workload, container), limit))
        yield { container, violation };
    }
  } else if (limit.type === 'Pod') {
    const whole = {
      requests: podResources(world, workload, 'requests', { overhead: false }),
      limits: podResources(world, workload, 'limits', { overhead: false }),
    };
    for (const violation of violationsOf(whole, limit)) yield { container: undefined, violation };
  }
}

/** Why an item of a LimitRange does not take a claim: a clause whose subject is the claim; undefined where it does. */
export function claimViolation(spec: unknown, { type, json }: Limit): string | undefined {
  const size = parseQuantity(record(record(record(spec)?.['resources'])?.['requests'])?.['storage']);
  if (type !== 'PersistentVolumeClaim' || size === undefined) return undefined;
  const [least, most] = [amounts(json['min']).get('storage'), amounts(json['max']).get('storage')];
  if (least !== undefined && size < least) return `requests less than the minimum of ${quantityText(least, 'storage')}`;
  if (most !== undefined && size > most) return `requests more than the maximum of ${quantityText(most, 'storage')}`;
  return undefined;
}

/** In the order and with the rules of the LimitRanger admission plugin. */
function* violationsOf({ requests, limits }: ContainerResources, { json }: Limit): Iterable<LimitViolation> {
  const say = (name: string, amount: Quantity) => `${quantityText(amount, name)} of ${name}`;
  for (const [name, least] of amounts(json['min'])) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    if (request === undefined)
      yield {
        name,
        field: 'requests',
        message: `has no ${name} request, and the minimum is ${quantityText(least, name)}`,
      };
    else if (request < least)
      yield {
        name,
        field: 'requests',
        message: `requests ${say(name, request)}, and the minimum is ${quantityText(least, name)}`,
      };
    else if (limit !== undefined && limit < least)
      yield {
        name,
        field: 'limits',
        message: `has a limit of ${say(name, limit)}, and the minimum is ${quantityText(least, name)}`,
      };
  }
  for (const [name, most] of amounts(json['max'])) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    if (limit === undefined)
      yield {
        name,
        field: 'limits',
        message: `has no ${name} limit, and the maximum is ${quantityText(most, name)}`,
      };
    else if (limit > most)
      yield {
        name,
        field: 'limits',
        message: `has a limit of ${say(name, limit)}, and the maximum is ${quantityText(most, name)}`,
      };
    else if (request !== undefined && request > most)
      yield {
        name,
        field: 'requests',
        message: `requests ${say(name, request)}, and the maximum is ${quantityText(most, name)}`,
      };
  }
  for (const [name, ratio] of amounts(json['maxLimitRequestRatio'])) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    const times = quantityText(ratio, 'ratio');
    if (!request || !limit)
      yield {
        name,
        field: request ? 'limits' : 'requests',
        message: `has no ${name} ${request ? 'limit' : 'request'}, and the limit may be at most ${times} times the request`,
      };
    else if (limit * 1_000_000_000n > request * ratio)
      yield {
        name,
        field: 'limits',
        message: `has a limit of ${say(name, limit)}, which is more than ${times} times its request of ${quantityText(request, name)}, the maximum ratio`,
      };
  }
}
