import { someNames } from '../../../model/errors';
import { meantBy, near } from '../../../model/near';
import { verticalScalersIn, workloadSized } from '../../../world/vertical-scalers';
import { check } from '../../check';
import { missing } from '../../missing';
import { respelt } from '../../respelt';

const manifests = (container: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { cpu: 100m } } }] }
---
apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata: { name: web, namespace: shop }
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  resourcePolicy: { containerPolicies: [{ containerName: ${container}, maxAllowed: { cpu: '2' } }] }
`;

/** Kinds whose pods a VerticalPodAutoscaler does not find (pkg/target/fetcher.go of VPA). */
const WITHOUT_PODS: ReadonlySet<string> = new Set(['Pod', 'Service', 'PodTemplate', 'HorizontalPodAutoscaler']);
/** Containers that webhooks add to pods, by the names that they give them. */
const ADDED =
  /^(istio-(proxy|init|validation)|linkerd-(proxy|init)|envoy(-sidecar)?|daprd|vault-agent(-init)?|consul-.*|kuma-.*|datadog-.*|otc-container|.*-proxy|.*-agent|.*-sidecar)$/;

export default check({
  id: 'vpa-target-exists',
  group: 'scaling',
  description: 'the target of a VerticalPodAutoscaler exists, with the containers that its policies name',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md',
  fix: 'set the kind and name of the workload, and the names of its containers, or * for all others',
  example: {
    broken: manifests('nosuch'),
    fails: ['VerticalPodAutoscaler/shop/web spec.resourcePolicy.containerPolicies[0].containerName'],
    fixed: manifests('web'),
  },
  *judge(world) {
    for (const vertical of verticalScalersIn(world)) {
      const { resource, namespace, target, policies } = vertical;
      if (world.isExternal(resource)) continue;
      const path = ['spec', 'targetRef'];
      const idle = 'it finds no pods and recommends nothing (ConfigUnsupported)';
      if (WITHOUT_PODS.has(target.kind)) {
        yield {
          ...{ resource, path: [...path, 'kind'], value: target.kind },
          message: `a ${target.kind} is no controller of pods, so ${idle}`,
        };
        continue;
      }
      const at = { resource, path: [...path, 'name'], kind: target.kind, namespace, name: target.name };
      const finding = missing(world, at, idle);
      if (finding) yield finding;
      const workload = workloadSized(world, vertical);
      if (!workload) continue;
      const own = workload.containers.filter(({ role }) => role === 'container').map(({ name }) => name);
      for (const { containerName, json, path: place } of policies) {
        if (containerName === '' || containerName === '*' || own.includes(containerName)) continue;
        const other = workload.containers.find(({ name }) => name === containerName);
        const isMisspelt = meantBy(containerName, own) !== undefined;
        // Switched off, or added by a webhook, it may be for what is not written here.
        if (!other && !isMisspelt && (json['mode'] === 'Off' || ADDED.test(containerName))) continue;
        if (other && json['mode'] === 'Off') continue;
        yield {
          ...{ resource, path: [...place, 'containerName'], value: containerName },
          message: other
            ? `container ${containerName} of ${target.kind} ${target.name} is an init container, and those are never sized: the policy has no effect`
            : `${target.kind} ${target.name} has no container ${containerName} (it has: ${someNames(own, 8)}), so the policy has no effect and its containers are sized without it${near(containerName, own)}`,
          ...(other ? {} : respelt(containerName, own)),
        };
      }
    }
  },
});
