import { DefaultDeny, FlowPolicy } from '../../constructs/core/network-policies';
import { feature } from '../feature';

export const networkPolicies = feature('network-policies', {
  group: 'security',
  summary: 'nothing passes but the declared flows and DNS',
  needs: ['policy-enforcement'],
  finish: ({ namespaces, workloads }) => {
    for (const namespace of namespaces) new DefaultDeny(namespace, 'default-deny', { namespace });
    const own = workloads.filter(({ namespace }) => namespaces.some(({ name }) => name === namespace.name));
    for (const workload of own) new FlowPolicy(workload, 'policy', { workload });
  },
});
