import { strings } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { isEmptySelector, networkOf } from '../../../simulate/network/network';
import { hasPodsMatching } from '../../../world/pods';
import { check } from '../../check';

const manifests = (app: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2' }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: ${app} } }, ingress: [{ ports: [{ port: 8080 }] }] }
`;

export default check({
  id: 'netpol-selects',
  group: 'networking',
  description: 'a NetworkPolicy selects the pods of a workload in its namespace',
  severity: 'advice',
  needs: ['elsewhere'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'set spec.podSelector to labels that the pods carry, or remove the policy',
  example: { broken: manifests('webb'), fails: ['NetworkPolicy/shop/web spec.podSelector'], fixed: manifests('web') },
  *judge(world) {
    const network = networkOf(world);
    for (const policy of network.judged()) {
      const { namespace, podSelector, resource } = policy;
      // A policy for all pods of its namespace is for those that come, too.
      if (isEmptySelector(podSelector)) continue;
      if (hasPodsMatching(world, namespace, podSelector)) continue;
      const workloads = world.workloadsIn(namespace);
      const whole = network.holdsNoOther(namespace);
      const values = Object.entries(strings(podSelector['matchLabels'])).map(([key, value]) =>
        near(
          value,
          workloads.flatMap(({ podLabels }) => podLabels[key] ?? []),
        ),
      );
      yield {
        resource,
        path: ['spec', 'podSelector'],
        value: podSelector,
        verdict: whole ? 'fail' : 'unknown',
        message: whole
          ? `no pod of namespace ${namespace} has these labels, so the policy protects and allows nothing${values.find((hint) => hint !== '') ?? ''}`
          : `none of the manifests has pods with these labels in namespace ${namespace}; judge the workload along that has them`,
      };
    }
  },
});
