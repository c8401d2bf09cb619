import { isNodeAgent, refusalOf } from '../../../simulate/admission/pod-security';
import { namespacePolicy, policyOfAdvice } from '../../../upstream/pod-security/admission';
import { check } from '../../check';

const manifests = (pod: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', volumeMounts: [{ name: logs, mountPath: /var/log/web }] }]
      volumes: [{ name: logs, ${pod} }]
`;

export default check({
  id: 'pss-baseline',
  group: 'security',
  description: 'pods meet the Pod Security Standard baseline, unless the labels of their namespace allow more',
  severity: 'advice',
  needs: ['kubernetes-version'],
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  fix: 'remove the setting, or move the workload to a namespace with the label pod-security.kubernetes.io/enforce: privileged',
  example: {
    broken: manifests('hostPath: { path: /var/log/web }'),
    fails: ['Deployment/shop/web spec.template.spec.volumes[0].hostPath'],
    fixed: manifests('emptyDir: {}'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (isNodeAgent(world, workload)) continue;
      const policy = policyOfAdvice(namespacePolicy(world.namespaceLabels(workload.namespace) ?? {}), 'baseline');
      const refusal = policy && refusalOf(world, workload, policy);
      for (const { reason, detail, path, value } of refusal?.violations ?? []) {
        yield {
          resource: workload.resource,
          path,
          value,
          verdict: refusal!.verdict,
          message: `${reason} (${detail}): an attacker in the pod can reach the node and its other pods, and a namespace that enforces baseline rejects the pod${refusal!.depends}`,
        };
      }
    }
  },
});
