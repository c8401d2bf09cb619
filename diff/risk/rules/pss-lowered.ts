import { kubernetesData } from '../../../upstream/kubernetes/data';
import { violations } from '../../../upstream/pod-security/admission';
import type { Violation } from '../../../upstream/pod-security/pod';
import { securedPod } from '../../../upstream/pod-security/pod';
import { riskRule } from '../risk';
import { fieldOfViolation, securityFields } from '../security-fields';
import { changedWorkloads } from '../workloads';

const web = (security: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', securityContext: { ${security} } }] }
`;

export default riskRule({
  id: 'pss-lowered',
  class: 'privilege',
  description: 'pods that no longer meet a level of the Pod Security Standards that they met before',
  reason:
    'Each control of the standards closes a way out of the container. In a namespace that enforces the level the new pods are refused.',
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
  advice: 'do without it, or keep it to a workload and a namespace of its own',
  example: {
    before: web('runAsNonRoot: true'),
    after: web('runAsNonRoot: true, privileged: true'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].securityContext.privileged'],
    harmless: web('runAsNonRoot: true, readOnlyRootFilesystem: true'),
  },
  *find(diff) {
    const server = diff.after.facts.minor ?? kubernetesData().newest;
    for (const workload of changedWorkloads(diff)) {
      const fields = securityFields(workload);
      if (fields.length === 0) continue;
      const { change, before, after } = workload;
      const told = new Set<string>();
      for (const level of ['baseline', 'restricted'] as const) {
        const [was, is] = [before, after].map((each) => violations(securedPod(each), { level }, server)) as [
          Violation[],
          Violation[],
        ];
        for (const violation of is) {
          if (told.has(violation.reason) || !isNew(violation, was, level)) continue;
          told.add(violation.reason);
          yield {
            change,
            field: fieldOfViolation(workload, fields, violation),
            message: `pods ${was.length === 0 ? 'no longer meet' : 'violate one control more of'} the ${level} level: ${violation.reason} (${violation.detail})`,
          };
        }
      }
    }
  },
});

/** What another container of the pod already is guilty of is new where it is a way out, which baseline closes. */
function isNew({ reason, detail }: Violation, before: readonly Violation[], level: 'baseline' | 'restricted'): boolean {
  const old = before.find((each) => each.reason === reason);
  if (!old) return true;
  const known = new Set(old.detail.match(/"[^"]*"/g) ?? []);
  return level === 'baseline' && (detail.match(/"[^"]*"/g) ?? []).some((name) => !known.has(name));
}
