import { number, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { SYSTEM_PRIORITIES } from '../../../simulate/scheduling/priority';
import { knownIn } from '../../../world/known';
import type { World } from '../../../world/world';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads } from '../workloads';

const web = (name: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { ${name && `priorityClassName: ${name}, `}containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: shop }
value: 1000
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: shop-first }
value: 2000
`;

export default riskRule({
  id: 'priority-lowered',
  class: 'disruption',
  description: 'pods of a lower priority than before',
  reason:
    'When nodes are full, the scheduler evicts pods of lower priority to make room for others, and a kubelet that is short of memory evicts them first.',
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/',
  advice: 'keep the priority class of what has to serve',
  example: {
    before: web('shop'),
    after: web(''),
    finds: ['Deployment/shop/web spec.template.spec.priorityClassName'],
    harmless: web('shop-first'),
  },
  *find(diff) {
    for (const { change, before, after } of changedWorkloads(diff)) {
      const field = fieldAt(change, [...after.podSpecPath.map(String), 'priorityClassName']);
      if (!field) continue;
      const [was, is] = [priorityOf(diff.before, before), priorityOf(diff.after, after)];
      if (was !== undefined && is !== undefined) {
        if (is < was)
          yield {
            change,
            field,
            message: `its pods have priority ${is} in place of ${was}: those of higher priority may preempt them`,
          };
      } else if (string(after.podSpec['priorityClassName']) === undefined)
        yield { change, field, message: 'its pods may have a lower priority than before, and others may preempt them' };
    }
  },
});

/** Undefined where the class is not known. */
function priorityOf(world: World, { podSpec }: WorkloadManifest): number | undefined {
  const name = string(podSpec['priorityClassName']);
  const classes = [...knownIn(world, 'PriorityClass', ''), ...(world.facts.known('priorityClasses') ?? [])];
  const found = name
    ? classes.find((each) => each.name === name)
    : classes.find((each) => each.at(['globalDefault']) === true);
  return number(found?.at(['value'])) ?? SYSTEM_PRIORITIES[name ?? ''] ?? (name ? undefined : 0);
}
