import { flowEndsIn } from '../../constructs/core/flow';
import { DefaultDeny, FlowPolicy } from '../../constructs/core/network-policies';
import { feature } from '../feature';

export const networkPolicies = feature('network-policies', {
  group: 'security',
  summary: 'nothing passes but the declared flows and DNS',
  needs: ['policy-enforcement'],
  finish: ({ namespaces, namespace: { node } }) => {
    for (const namespace of namespaces) new DefaultDeny(namespace, 'default-deny', { namespace });
    const own = new Set(namespaces.map(({ name }) => name));
    for (const workload of flowEndsIn(node.root).filter(({ namespace }) => own.has(namespace.name)))
      new FlowPolicy(workload, 'policy', { workload });
  },
});
