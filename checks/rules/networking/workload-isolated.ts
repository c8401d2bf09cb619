import type { WorkloadManifest } from '../../../manifests/workload';
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
  description: 'a NetworkPolicy isolates each workload, so that only allowed sources can connect to it',
  severity: 'advice',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'add a NetworkPolicy with an empty podSelector and policyTypes [Ingress] to the namespace, then allow the connections that are needed',
  example: {
    broken: manifests('{ matchLabels: { app: redis } }'),
    fails: ['Deployment/shop/web spec.template.metadata.labels'],
    fixed: manifests('{}'),
  },
  *judge(world) {
    const network = networkOf(world);
    const without = new Map<string, WorkloadManifest[]>();
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
      // Without ports or a Service nothing shows that it accepts connections.
      if (workload.ports.length === 0 && servicesOfWorkload(world, workload).length === 0) continue;
      if (network.policiesIn(workload.namespace).length === 0) {
        // kube-system also holds workloads of the cluster itself: isolating it is not up to one set of manifests.
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
    // One finding for a namespace without any NetworkPolicy.
    for (const [namespace, [first, ...others]] of without) {
      const resource = world.of('Namespace').find(({ name }) => name === namespace) ?? first!.resource;
      const more = others.length > 0 ? ` and ${others.length} other workload${others.length > 1 ? 's' : ''}` : '';
      const workloads = `${first!.resource.kind} ${first!.resource.name}${more}`;
      const at = { resource, path: ['metadata', 'name'], value: resource.name };
      // Whoever creates the namespace may also create a policy in it.
      if (world.isComplete(namespace, 'NetworkPolicy'))
        yield {
          ...at,
          message: `namespace ${namespace} has no NetworkPolicy, so every pod of the cluster may connect to ${workloads}`,
        };
      else
        yield {
          ...at,
          verdict: 'unknown',
          message: `none of the manifests is a NetworkPolicy of namespace ${namespace}, and whether it has one that isolates ${workloads} is not known; --declare it, or judge it too`,
        };
    }
  },
});
