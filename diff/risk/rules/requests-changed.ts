import { parseQuantity } from '../../../manifests/quantity';
import { record } from '../../../manifests/resource';
import type { Container } from '../../../manifests/workload';
import { podsOf } from '../../../world/autoscalers';
import { containerChanges } from '../containers';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (cpu: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', resources: { requests: { cpu: ${cpu} } } }] }
`;

const FITS = 'ask whether the pods fit: strata plan capacity';

/** Of limits that keep nothing free: what happens to who takes more. Of devices the limit is the request. */
const ADVICE: Readonly<Record<string, string>> = {
  cpu: 'compare it with what the container uses: it is throttled beyond its limit, and takes what others need where it has none',
  memory:
    'compare it with what the container takes at most: it is killed beyond its limit, and fills the node where it has none',
  'ephemeral-storage':
    'compare it with what the container writes: its pod is evicted beyond its limit, and fills the node where it has none',
};

export default riskRule({
  id: 'requests-changed',
  class: 'capacity',
  description: 'what a container asks for, or is held to',
  reason:
    'Requests are kept free on the nodes and counted by quotas: more of them need room, and with less a container is evicted first when memory is short. A limit keeps nothing free: beyond it a container is throttled (cpu) or killed (memory).',
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  advice: FITS,
  example: {
    before: web('250m'),
    after: web('500m'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].resources.requests.cpu'],
    harmless: web('0.25'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const each = eachOf(podsOf(diff.after, workload.after));
      for (const { before, after, path } of containerChanges(workload)) {
        for (const part of ['requests', 'limits'] as const) {
          const [was, is] = [before, after].map(({ json }) => record(record(json['resources'])?.[part]) ?? {}) as [
            Record<string, unknown>,
            Record<string, unknown>,
          ];
          for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
            if (parseQuantity(was[name]) === parseQuantity(is[name])) continue;
            const field = fieldAt(workload.change, [...path, 'resources', part, name]);
            if (!field) continue;
            const told = (value: unknown) => (value === undefined ? `no ${part.slice(0, -1)}` : String(value));
            yield {
              change: workload.change,
              field,
              advice: isReserved(part, name, before) || isReserved(part, name, after) ? FITS : (ADVICE[name] ?? FITS),
              message: `${after.name} ${part === 'requests' ? 'asks for' : 'is held to'} ${told(is[name])} of ${name} in place of ${told(was[name])}, in ${each}`,
            };
          }
        }
      }
    }
  },
});

/** `each of 3 to 12 pods`, where an autoscaler decides. */
function eachOf(pods: { readonly min: number; readonly max: number } | undefined): string {
  if (pods === undefined || pods.max === 1) return 'a pod';
  return `each of ${pods.min === pods.max ? '' : `${pods.min} to `}${pods.max} pods`;
}

/** What a node keeps free: what is asked for, and a limit where nothing is (pkg/apis/core/v1/defaults.go, SetDefaults_Pod). */
function isReserved(part: 'requests' | 'limits', name: string, { json }: Container): boolean {
  const [limits, requests] = ['limits', 'requests'].map((each) => record(record(json['resources'])?.[each]) ?? {});
  return part === 'requests' || (limits![name] !== undefined && requests![name] === undefined);
}
