import type { Workload } from '../../../manifests/workload';
import { networkOf } from '../../../simulate/network/network';
import { isMadeHere } from '../../../world/owners';
import { servicesOfWorkload } from '../../../world/services';
import { check } from '../../check';

const manifests = (selector: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2', ports: [{ containerPort: 8080 }] }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: redis, namespace: shop }
spec: { podSelector: ${selector}, policyTypes: [Ingress] }
`;

export default check({
  id: 'workload-isolated',
  group: 'networking',
  description: 'a NetworkPolicy isolates each workload, so that only who is allowed can connect to it',
  severity: 'advice',
  needs: ['elsewhere'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'add a NetworkPolicy with an empty podSelector and policyTypes [Ingress] to the namespace, then allow what is needed',
  example: {
    broken: manifests('{ matchLabels: { app: redis } }'),
    fails: ['Deployment/shop/web spec.template.metadata.labels'],
    fixed: manifests('{}'),
  },
  *judge(world) {
    const network = networkOf(world);
    const without = new Map<string, Workload[]>();
    for (const workload of world.workloads) {
      const endpoint = network.endpointOf(workload);
      if (
        workload.resource.kind === 'PodTemplate' ||
        isMadeHere(world, workload.resource) ||
        endpoint.is !== 'pod' ||
        network.hasOtherPolicies(endpoint)
      )
        continue;
      if (network.policiesAbout(endpoint).some(({ ingress }) => ingress !== undefined)) continue;
      // Where nothing shows that it listens, there is nothing to protect.
      if (workload.ports.length === 0 && servicesOfWorkload(world, workload).length === 0) continue;
      if (network.policiesIn(workload.namespace).length === 0) {
        // What is in Kubernetes' own namespace, others put there too: isolating it is not one render's business.
        if (workload.namespace === 'kube-system') continue;
        const others = without.get(workload.namespace);
        if (others) others.push(workload);
        else without.set(workload.namespace, [workload]);
        continue;
      }
      yield {
        resource: workload.resource,
        path: [...workload.templatePath, 'metadata', 'labels'],
        value: workload.podLabels,
        message: `no NetworkPolicy with policyTypes Ingress selects these pods, so every pod of the cluster may connect to them, although the namespace has policies`,
      };
    }
    // One finding for a namespace that has none at all.
    for (const [namespace, [first, ...others]] of without) {
      const resource = world.of('Namespace').find(({ name }) => name === namespace) ?? first!.resource;
      const who = `${first!.resource.kind} ${first!.resource.name}${others.length > 0 ? ` and ${others.length} other workload${others.length > 1 ? 's' : ''}` : ''}`;
      // Whoever makes the namespace may put a policy into it as well.
      const whole = world.isWhole(namespace);
      yield {
        resource,
        path: ['metadata', 'name'],
        value: resource.name,
        verdict: whole ? 'fail' : 'unknown',
        message: whole
          ? `namespace ${namespace} has no NetworkPolicy, so every pod of the cluster may connect to ${who}`
          : `none of the manifests is a NetworkPolicy of namespace ${namespace}, and whether it has one that isolates ${who} is not known; --declare it, or judge it along`,
      };
    }
  },
});
