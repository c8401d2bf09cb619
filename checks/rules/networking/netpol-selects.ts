import { strings } from '../../../manifests/resource';
import { isEmptySelector } from '../../../manifests/selector';
import { near } from '../../../model/near';
import { networkOf } from '../../../simulate/network/network';
import { hasPodsMatching, misspeltLabels } from '../../../world/pods';
import { check } from '../../check';
import { respeltLabel } from '../../respelt';

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
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'set spec.podSelector to labels of the pods, or remove the policy',
  example: { broken: manifests('webb'), fails: ['NetworkPolicy/shop/web spec.podSelector'], fixed: manifests('web') },
  *judge(world) {
    const network = networkOf(world);
    for (const policy of network.judgedPolicies()) {
      const { namespace, podSelector, resource } = policy;
      // An empty podSelector also selects pods that are added later.
      if (isEmptySelector(podSelector)) continue;
      if (hasPodsMatching(world, namespace, podSelector)) continue;
      const workloads = world.workloadsIn(namespace);
      const hints = Object.entries(strings(podSelector['matchLabels'])).map(([key, value]) =>
        near(
          value,
          workloads.flatMap(({ podLabels }) => podLabels[key] ?? []),
        ),
      );
      const at = { resource, path: ['spec', 'podSelector'], value: podSelector };
      const meant = misspeltLabels(world, namespace, strings(podSelector['matchLabels']));
      if (meant.length > 0 || network.showsAllPods(namespace))
        yield {
          ...at,
          message: `no pod of namespace ${namespace} has these labels, so the policy has no effect${hints.find((hint) => hint !== '') ?? ''}`,
          ...respeltLabel(podSelector['matchLabels'], meant, ['spec', 'podSelector', 'matchLabels']),
        };
      else
        yield {
          ...at,
          verdict: 'unknown',
          message: `no pod template in the manifests of namespace ${namespace} has these labels; judge the workload that has them too`,
        };
    }
  },
});
