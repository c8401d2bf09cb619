import { AppNamespace } from '../../constructs/core/namespace';
import { DefaultDeny, FlowPolicy } from '../../constructs/core/network-policies';
import { Workload } from '../../constructs/core/workload';
import { feature } from '../feature';

export const networkPolicies = feature('network-policies', {
  group: 'security',
  summary: 'nothing passes but the declared flows and DNS',
  defaults: {},
  needs: ['policy-enforcement'],
  finish: (platform) => {
    const all = platform.app.node.findAll();
    const own = all.filter((node): node is AppNamespace => node instanceof AppNamespace);
    for (const namespace of own) new DefaultDeny(namespace, 'default-deny', { namespace });
    for (const workload of all) {
      if (workload instanceof Workload && own.some(({ name }) => name === workload.namespace.name))
        new FlowPolicy(workload, 'policy', { workload });
    }
  },
});
