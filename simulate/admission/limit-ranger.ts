import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import type { AdmittedContainer, AdmittedPod } from './admitted-pod';
import { podSum } from './admitted-pod';
import type { ToldAmount, ToldAmounts } from './told-amount';
import { amountText, toldAmounts } from './told-amount';

/** Bounds that a request and a limit have to keep. */
type Bound = (type: string, name: string, bound: ToldAmount, asked: Asked) => string | undefined;

type Asked = Pick<AdmittedContainer, 'requests' | 'limits'>;

const MILLI = 1_000_000n;

/** A pod with the defaults of the LimitRanges, which come in the order in which the server asks them. */
export function withLimitRanges(pod: AdmittedPod, ranges: readonly Json[]): AdmittedPod {
  const containers = pod.containers.map((each) => ({
    ...each,
    requests: new Map(each.requests),
    limits: new Map(each.limits),
  }));
  for (const item of ranges.flatMap(itemsOf)) {
    if (item['type'] !== 'Container') continue;
    const limits = toldAmounts(item['default']);
    fillIn(limits, toldAmounts(item['max']));
    const requests = toldAmounts(item['defaultRequest']);
    fillIn(requests, limits);
    fillIn(requests, toldAmounts(item['min']));
    for (const container of containers) {
      fillIn(container.limits, limits);
      fillIn(container.requests, requests);
    }
  }
  return { ...pod, containers };
}

/** What the first LimitRange says that does not take a pod, in the words of the API server; undefined where all take it. */
export function limitRangeRefusal(pod: AdmittedPod, ranges: readonly Json[]): string | undefined {
  return firstRefusal(ranges, (item) => {
    const type = string(item['type']) ?? '';
    if (type === 'Container') return pod.containers.flatMap((container) => against(item, container));
    // What the sandbox takes and huge pages of the pod as a whole are not looked at.
    const isLooked = (name: string) => name === 'cpu' || name === 'memory';
    return type === 'Pod'
      ? against(item, { requests: podSum(pod, 'requests', isLooked), limits: podSum(pod, 'limits', isLooked) })
      : [];
  });
}

/** What the first LimitRange says that does not take a claim. */
export function claimRefusal(claim: Json, ranges: readonly Json[]): string | undefined {
  const requests = toldAmounts(record(record(claim['spec'])?.['resources'])?.['requests']);
  return firstRefusal(ranges, (item) =>
    item['type'] === 'PersistentVolumeClaim'
      ? [
          ...each(item, 'min', least, { requests, limits: new Map() }),
          ...each(item, 'max', mostAsked, { requests, limits: new Map() }),
        ]
      : [],
  );
}

/** The server tells all that one LimitRange says, each once; in the order of a map, which is sorted here. */
function firstRefusal(ranges: readonly Json[], judge: (item: Json) => readonly string[]): string | undefined {
  for (const range of ranges) {
    const said = [...new Set(itemsOf(range).flatMap(judge))].sort((a, b) => (a < b ? -1 : 1));
    if (said.length > 0) return said.length === 1 ? said[0] : `[${said.join(', ')}]`;
  }
  return undefined;
}

function against(item: Json, asked: Asked): string[] {
  return [
    ...each(item, 'min', least, asked),
    ...each(item, 'max', most, asked),
    ...each(item, 'maxLimitRequestRatio', ratio, asked),
  ];
}

function each(item: Json, field: string, bound: Bound, asked: Asked): string[] {
  return [...toldAmounts(item[field])].flatMap(
    ([name, amount]) => bound(string(item['type']) ?? '', name, amount, asked) ?? [],
  );
}

const least: Bound = (type, name, bound, { requests, limits }) => {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const rule = `minimum ${name} usage per ${type} is ${amountText(bound)}`;
  if (!request) return `${rule}.  No request is specified`;
  if (request.value < bound.value) return `${rule}, but request is ${amountText(request)}`;
  return limit && limit.value < bound.value ? `${rule}, but limit is ${amountText(limit)}` : undefined;
};

const most: Bound = (type, name, bound, { requests, limits }) => {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const rule = `maximum ${name} usage per ${type} is ${amountText(bound)}`;
  if (!limit) return `${rule}.  No limit is specified`;
  if (limit.value > bound.value) return `${rule}, but limit is ${amountText(limit)}`;
  return request && request.value > bound.value ? `${rule}, but request is ${amountText(request)}` : undefined;
};

/** Of claims, which have no limits. */
const mostAsked: Bound = (type, name, bound, { requests }) => {
  const request = requests.get(name);
  const rule = `maximum ${name} usage per ${type} is ${amountText(bound)}`;
  if (!request) return `${rule}.  No request is specified`;
  return request.value > bound.value ? `${rule}, but request is ${amountText(request)}` : undefined;
};

const ratio: Bound = (type, name, bound, { requests, limits }) => {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const rule = `${name} max limit to request ratio per ${type} is ${amountText(bound)}`;
  if (!request || request.value === 0n) return `${rule}, but no request is specified or request is 0`;
  if (!limit || limit.value === 0n) return `${rule}, but no limit is specified or limit is 0`;
  // In floating point, as the server reckons.
  const provided = Number(limit.value / MILLI) / Number(request.value / MILLI);
  return provided * 1000 > Number(bound.value / MILLI)
    ? `${rule}, but provided ratio is ${sixDigits(provided)}`
    : undefined;
};

/** `%f` of Go: six digits of the exact value, half to even. */
function sixDigits(value: number): string {
  const exact = value.toFixed(60);
  const [head, tail] = [exact.slice(0, -54), exact.slice(-54)];
  const isHalf = /^50*$/.test(tail);
  const digits = BigInt(head.replace('.', ''));
  const up = isHalf ? digits % 2n === 1n : tail[0]! >= '5';
  const text = String(up ? digits + 1n : digits).padStart(7, '0');
  return `${text.slice(0, -6)}.${text.slice(-6)}`;
}

function itemsOf(range: Json): Json[] {
  return list(record(range['spec'])?.['limits']).flatMap((entry) => [record(entry) ?? {}]);
}

function fillIn(into: ToldAmounts, from: ToldAmounts): void {
  for (const [name, amount] of from) if (!into.has(name)) into.set(name, amount);
}
