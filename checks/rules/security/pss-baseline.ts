import { namespacePolicy, policyOfAdvice } from '../../../upstream/pod-security/admission';
import { check } from '../../check';
import { isNodeAgent, refusalOf } from '../../pod-security';

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
  description: 'pods keep to the Pod Security Standard baseline, unless their namespace says that more is meant',
  severity: 'advice',
  needs: ['kubernetes-version'],
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  fix: 'take the setting away, or put what needs it into a namespace labelled pod-security.kubernetes.io/enforce: privileged',
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
          message: `${reason} (${detail}): who takes over the pod has a way to the node and to its other pods, and a namespace that enforces level baseline refuses it${refusal!.depends}`,
        };
      }
    }
  },
});
