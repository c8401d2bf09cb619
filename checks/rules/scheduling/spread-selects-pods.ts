import { record, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { nearest } from '../../../model/near';
import { podAnywhere } from '../../../world/pods';
import type { SpreadTerm } from '../../../world/spread';
import { spreadTerms } from '../../../world/spread';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (app: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0' }]
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: ${app} } } }]
`;

export default check({
  id: 'spread-selects-pods',
  group: 'scheduling',
  description: 'topology spread constraints and anti-affinity select the pods that they are to keep apart',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/',
  fix: 'set labelSelector to labels of the pod template',
  example: {
    broken: manifests('frontend'),
    fails: ['Deployment/shop/web spec.template.spec.topologySpreadConstraints[0].labelSelector'],
    fixed: manifests('web'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const term of spreadTerms(workload)) {
        if (term.selectsOwn !== false) continue;
        const selector = term.json['labelSelector'];
        const at = {
          resource: workload.resource,
          path: [...term.path, ...(record(selector) ? ['labelSelector'] : [])],
        };
        const value = record(selector) ?? term.json;
        if (!record(selector))
          yield {
            ...at,
            value,
            message: `without a labelSelector the ${term.kind} selects no pods, and keeps none apart`,
          };
        else if (term.kind === 'topologySpreadConstraint')
          yield {
            ...at,
            value,
            message: "it does not select the workload's own pods: they are placed as if it were not there",
          };
        else if (isForNobody(world, workload, term))
          yield { ...at, value, message: 'it selects no pods, so it keeps none apart' };
      }
    }
  },
});

/** Anti-affinity may be against other pods; those that are not here may be elsewhere, unless a label of its own is misspelt. */
function isForNobody(world: World, { namespace, podLabels }: WorkloadManifest, { json }: SpreadTerm): boolean {
  const selector = json['labelSelector'];
  if (podAnywhere(world, selector)) return false;
  const elsewhere = json['namespaces'] !== undefined || json['namespaceSelector'] !== undefined;
  const isMisspelt = Object.entries(strings(record(selector)?.['matchLabels'])).some(
    ([key, value]) => podLabels[key] !== undefined && nearest(value, [podLabels[key]], 2) !== undefined,
  );
  return isMisspelt || (!elsewhere && world.isComplete(namespace));
}
