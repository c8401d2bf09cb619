import { isNodeAgent, refusalOf } from '../../../simulate/admission/pod-security';
import { namespacePolicy, policyOfAdvice, violationsText } from '../../../upstream/pod-security/admission';
import { check } from '../../check';

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
  description: 'pods meet the Pod Security Standard restricted, unless the labels of their namespace allow more',
  severity: 'advice',
  needs: ['kubernetes-version'],
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  fix: 'set runAsNonRoot: true and seccompProfile.type: RuntimeDefault for the pod, and allowPrivilegeEscalation: false and capabilities.drop: [ALL] for each container',
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].securityContext'],
    fixed: manifests(', capabilities: { drop: [ALL] }'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const policy = policyOfAdvice(namespacePolicy(world.namespaceLabels(workload.namespace) ?? {}), 'restricted');
      // Only the controls beyond baseline; pss-baseline reports the others.
      const refusal = policy && refusalOf(world, workload, policy, 'restricted');
      if (!refusal || isNodeAgent(world, workload)) continue;
      const { violations, verdict, depends } = refusal;
      const { path, value } = violations[0]!;
      yield {
        resource: workload.resource,
        path,
        value,
        verdict,
        message: `a compromised process has privileges that it does not need, and a namespace that enforces restricted rejects the pod: ${violationsText(violations)}${depends}`,
      };
    }
  },
});
