import type { Json } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import type { AdmissionServer, AdmittedPod } from './admitted-pod';
import { admittedPod } from './admitted-pod';
import { isCounted } from './quota-resources';
import { claimIsIn, podIsIn, scopesOf } from './quota-scope';
import { claimUsage, podUsage, serviceUsage } from './quota-usage';
import type { ToldAmount, ToldAmounts } from './told-amount';
import { addAmounts, amountText, countOf, plus, toldAmounts } from './told-amount';

/** A ResourceQuota with what it counts. */
export interface CountedQuota {
  readonly name: string;
  readonly quota: Json;
  readonly hard: ToldAmounts;
  readonly used: ToldAmounts;
}

/** An object that quotas count. */
export interface CountedObject {
  /** `pods`, `deployments.apps`: the resource and its group. */
  readonly resource: string;
  readonly json: Json;
  /** A pod's, with what LimitRanges fill in; of any other pod, what is written counts. */
  readonly pod?: AdmittedPod;
}

/** What quotas say of an object: why it is refused, in the words of the API server, or what they count with it. */
export type QuotaAnswer =
  | { readonly refused: string }
  | { readonly refused?: undefined; readonly quotas: readonly CountedQuota[] };

/** A quota with what the controller of quotas counts of the objects of its namespace. `now` in milliseconds. */
export function countedQuota(
  quota: Json,
  objects: readonly CountedObject[],
  server: AdmissionServer,
  now: number,
): CountedQuota {
  const hard = toldAmounts(record(quota['spec'])?.['hard']);
  const used: ToldAmounts = new Map();
  for (const name of hard.keys()) if (isTracked(name)) used.set(name, countOf(0));
  for (const object of objects) {
    if (!isInScopes(quota, object, server)) continue;
    for (const [name, amount] of usageOf(object, server, now)) {
      if (used.has(name)) used.set(name, plus(used.get(name)!, amount));
    }
  }
  return { name: string(record(quota['metadata'])?.['name']) ?? '', quota, hard, used };
}

/** What the quotas of a namespace, in the order in which the server asks them, say of an object that is created. */
export function askQuotas(
  quotas: readonly CountedQuota[],
  object: CountedObject,
  server: AdmissionServer,
  now: number,
): QuotaAnswer {
  const asked = quotas.filter(
    ({ quota, hard }) =>
      [...hard.keys()].some((name) => isCounted(object.resource, name)) && isInScopes(quota, object, server),
  );
  for (const { name, hard } of asked) {
    const missing = missingAmounts(object, hard, server);
    if (missing) return { refused: `failed quota: ${name}: must specify ${missing}` };
  }
  const usage = [...usageOf(object, server, now)].filter(([, { value }]) => value !== 0n);
  const after: CountedQuota[] = [];
  for (const each of quotas) {
    if (!asked.includes(each)) {
      after.push(each);
      continue;
    }
    const requested: ToldAmounts = new Map(usage.filter(([name]) => each.hard.has(name)));
    const used: ToldAmounts = new Map(each.used);
    addAmounts(used, requested);
    const exceeded = [...requested.keys()].filter((name) => used.get(name)!.value > each.hard.get(name)!.value).sort();
    if (exceeded.length > 0) {
      const told = (amounts: ReadonlyMap<string, ToldAmount>) =>
        exceeded.map((name) => `${name}=${amountText(amounts.get(name)!)}`).join();
      return {
        refused: `exceeded quota: ${each.name}, requested: ${told(requested)}, used: ${told(each.used)}, limited: ${told(each.hard)}`,
      };
    }
    after.push({ ...each, used });
  }
  return { quotas: after };
}

const EVALUATED = ['pods', 'services', 'persistentvolumeclaims'];

/** Whether any object counts for it, so that the controller keeps a number. */
function isTracked(name: string): boolean {
  return (
    EVALUATED.some((resource) => isCounted(resource, name)) ||
    /^(count\/.|configmaps$|secrets$|resourcequotas$|replicationcontrollers$)/.test(name)
  );
}

function isInScopes(quota: Json, { resource, json, pod }: CountedObject, server: AdmissionServer): boolean {
  return scopesOf(quota).every((scope) => {
    if (resource === 'pods') return podIsIn(scope, pod ?? admittedPod(json, server));
    return resource === 'persistentvolumeclaims' && claimIsIn(scope, json, server);
  });
}

function usageOf({ resource, json, pod }: CountedObject, server: AdmissionServer, now: number): ToldAmounts {
  switch (resource) {
    case 'pods':
      return podUsage(pod ?? admittedPod(json, server), now);
    case 'services':
      return serviceUsage(json);
    case 'persistentvolumeclaims':
      return claimUsage(json);
    default:
      return new Map([resource, `count/${resource}`].map((name) => [name, countOf(1)]));
  }
}

/** The amounts that quotas require of every container, which was a mistake, as the server's own code says. */
const REQUIRED: Readonly<Record<string, readonly ['requests' | 'limits', string]>> = {
  cpu: ['requests', 'cpu'],
  'limits.cpu': ['limits', 'cpu'],
  'limits.memory': ['limits', 'memory'],
  memory: ['requests', 'memory'],
  'requests.cpu': ['requests', 'cpu'],
  'requests.memory': ['requests', 'memory'],
};

/** `cpu for: web,log; memory for: web`: what containers do not say and the quota counts. */
function missingAmounts(object: CountedObject, hard: ToldAmounts, server: AdmissionServer): string | undefined {
  if (object.resource !== 'pods') return undefined;
  const { containers, whole } = object.pod ?? admittedPod(object.json, server);
  if (whole && whole.requests.size + whole.limits.size > 0) return undefined;
  const missing = Object.entries(REQUIRED).flatMap(([name, [which, amount]]) => {
    if (!hard.has(name)) return [];
    const names = containers.filter((each) => !each[which].has(amount)).map((each) => each.name);
    return names.length > 0 ? [`${name} for: ${[...new Set(names)].sort().join()}`] : [];
  });
  return missing.length > 0 ? missing.join('; ') : undefined;
}
