import type { Json } from '../../manifests/resource';
import { list, record, string, strings } from '../../manifests/resource';
import type { AdmittedPod } from './admitted-pod';
import { isOfWholePod, podSum } from './admitted-pod';
import { ofStorageClass } from './quota-resources';
import type { ToldAmounts } from './told-amount';
import { addAmounts, countOf, plus, roundedUp, toldAmounts } from './told-amount';

/** What a pod counts for: always itself; all else until it has ended, or should have (PodUsageFunc). `now` in milliseconds. */
export function podUsage(pod: AdmittedPod, now: number): ToldAmounts {
  const usage: ToldAmounts = new Map([['count/pods', countOf(1)]]);
  if (hasEnded(pod.json, now)) return usage;
  usage.set('pods', countOf(1));
  const overhead = toldAmounts(pod.spec['overhead']);
  const requests = podSum(pod, 'requests', isOfWholePod);
  addAmounts(requests, overhead);
  const limits = podSum(pod, 'limits', isOfWholePod);
  // What the sandbox takes limits nothing that has no limit.
  for (const [name, amount] of overhead) {
    const limit = limits.get(name);
    if (limit && limit.value !== 0n) limits.set(name, plus(limit, amount));
  }
  for (const [name, amount] of requests) {
    if (isOwn(name) || name.startsWith('hugepages-')) usage.set(name, amount);
    usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of limits) if (isOwn(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

/** What a Service counts for; a load balancer has node ports unless it says otherwise. */
export function serviceUsage(service: Json): ToldAmounts {
  const spec = record(service['spec']);
  const ports = list(spec?.['ports']).map((port) => record(port));
  const isBalanced = spec?.['type'] === 'LoadBalancer';
  const isOnNodes = spec?.['type'] === 'NodePort' || isBalanced;
  const own = isBalanced && spec?.['allocateLoadBalancerNodePorts'] === false;
  const onNodes = own ? ports.filter((port) => port?.['nodePort']) : ports;
  return new Map([
    ['count/services', countOf(1)],
    ['services', countOf(1)],
    ['services.loadbalancers', countOf(isBalanced ? 1 : 0)],
    ['services.nodeports', countOf(isOnNodes ? onNodes.length : 0)],
  ]);
}

/** The annotation that named a claim's class before its field did, and still comes first. */
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** What a claim counts for, as a whole and in its StorageClass. */
export function claimUsage(claim: Json): ToldAmounts {
  const spec = record(claim['spec']);
  const annotation = strings(record(claim['metadata'])?.['annotations'])[CLASS_ANNOTATION];
  const storageClass = annotation ?? string(spec?.['storageClassName']) ?? '';
  const usage: ToldAmounts = new Map([['persistentvolumeclaims', countOf(1)]]);
  const storage = toldAmounts(record(spec?.['resources'])?.['requests']).get('storage');
  if (storage) {
    const allocated = toldAmounts(record(claim['status'])?.['allocatedResources']).get('storage');
    const asked = roundedUp(storage);
    usage.set('requests.storage', allocated && allocated.value > asked.value ? roundedUp(allocated) : asked);
  }
  if (storageClass) for (const [name, amount] of [...usage]) usage.set(ofStorageClass(storageClass, name), amount);
  return usage.set('count/persistentvolumeclaims', countOf(1));
}

function isOwn(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name === 'ephemeral-storage';
}

/** Failed or succeeded, or still there after it should have stopped, as on a node that is lost. */
function hasEnded({ metadata, status }: Json, now: number): boolean {
  const phase = record(status)?.['phase'];
  if (phase === 'Failed' || phase === 'Succeeded') return true;
  const stopping = string(record(metadata)?.['deletionTimestamp']);
  const grace = record(metadata)?.['deletionGracePeriodSeconds'];
  return stopping !== undefined && typeof grace === 'number' && now > Date.parse(stopping) + grace * 1000;
}
