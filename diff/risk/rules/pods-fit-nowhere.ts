import { unplaceableOf } from '../../../simulate/scheduling/unplaceable';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const NODE = `
apiVersion: v1
kind: Node
metadata: { name: node-1, labels: { kubernetes.io/hostname: node-1, disk: ssd } }
status: { allocatable: { cpu: '2', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`;
const web = (pod: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { ${pod}containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`;

export default riskRule({
  id: 'pods-fit-nowhere',
  class: 'disruption',
  description: 'pods that no node takes any more: by what they select, tolerate, or ask for',
  reason: 'Pods of the new revision stay pending. Where old ones are stopped first, nothing serves.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/',
  advice: 'label or add a node first, or ask for less',
  example: {
    facts: NODE,
    before: web(''),
    after: web('nodeSelector: { disk: nvme }, '),
    finds: ['Deployment/shop/web spec.template.spec.nodeSelector.disk'],
    harmless: web('nodeSelector: { disk: ssd }, '),
  },
  *find(diff) {
    if (!diff.after.facts.known('nodes')) return;
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change, before, after } = workload;
      const fit = unplaceableOf(diff.after, after);
      if (!fit || fit.mayGrow || unplaceableOf(diff.before, before)) continue;
      const field = ['nodeSelector', 'affinity', 'tolerations', 'containers'].map((name) =>
        fieldAt(change, [...after.podSpecPath.map(String), name]),
      );
      yield {
        change,
        field: field.find(Boolean),
        message: `${fit.all.length === 1 ? 'the only node does not take' : `none of the ${fit.all.length} nodes takes`} its pods: they stay pending`,
      };
    }
  },
});
