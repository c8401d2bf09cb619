import { namespacePolicy, policyOfAdvice, violationsText } from '../../../upstream/pod-security/admission';
import { check } from '../../check';
import { isNodeAgent, refusalOf } from '../../pod-security';

const manifests = (more: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers: [{ name: web, image: 'shop/web:3.1.0', securityContext: { allowPrivilegeEscalation: false${more} } }]
`;

export default check({
  id: 'pss-restricted',
  group: 'security',
  description: 'pods keep to the Pod Security Standard restricted, unless their namespace says that more is meant',
  severity: 'advice',
  needs: ['kubernetes-version'],
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  fix: 'set runAsNonRoot: true and seccompProfile type RuntimeDefault for the pod, and allowPrivilegeEscalation: false and capabilities drop [ALL] for each container',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].securityContext'],
    fixed: manifests(', capabilities: { drop: [ALL] }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const policy = policyOfAdvice(namespacePolicy(world.namespaceLabels(workload.namespace) ?? {}), 'restricted');
      // What is beyond baseline; the rest is said by pss-baseline.
      const refusal = policy && refusalOf(world, workload, policy, 'restricted');
      if (!refusal || isNodeAgent(world, workload)) continue;
      const { violations, verdict, depends } = refusal;
      const { path, value } = violations[0]!;
      yield {
        resource: workload.resource,
        path,
        value,
        verdict,
        message: `a process that is taken over has rights that it does not need, and a namespace that enforces level restricted refuses the pod: ${violationsText(violations)}${depends}`,
      };
    }
  },
});
