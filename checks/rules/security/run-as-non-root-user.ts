import type { Json, Path } from '../../../manifests/resource';
import { pathText, record } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { securedPod } from '../../../upstream/pod-security/pod';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (user: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      securityContext: { runAsNonRoot: true }
      containers: [{ name: web, image: 'shop/web:3.1.0', securityContext: { runAsUser: ${user} } }]
`;

export default check({
  id: 'run-as-non-root-user',
  group: 'security',
  description: 'a container with runAsNonRoot does not run as user 0',
  severity: 'will-break',
  needs: [],
  source: 'pkg/kubelet/kuberuntime/security_context_others.go',
  fix: 'set runAsUser to a number above 0, or remove it if the image has a user of its own',
  example: {
    broken: manifests(0),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].securityContext.runAsUser'],
    fixed: manifests(1000),
  },
  *judge(world) {
    for (const workload of world.workloads) yield* judgeWorkload(workload);
  },
});

/** A field of a container's securityContext, or of its pod's where the container does not set it. */
interface Effective {
  readonly value: unknown;
  readonly path: Path;
}

function* judgeWorkload(workload: WorkloadManifest): Iterable<Finding> {
  const { containers, security, path, windows } = securedPod(workload);
  if (windows) return;
  const said = new Map<string, { readonly user: Effective; readonly rule: Effective; readonly names: string[] }>();
  for (const container of containers) {
    const effective = (field: string): Effective | undefined =>
      given(container.security, field, container.path) ?? given(security, field, path);
    const [rule, user] = [effective('runAsNonRoot'), effective('runAsUser')];
    if (rule?.value !== true || user?.value !== 0) continue;
    const key = `${pathText(user.path)} ${pathText(rule.path)}`;
    const before = said.get(key);
    if (before) before.names.push(container.name);
    else said.set(key, { user, rule, names: [container.name] });
  }
  for (const { user, rule, names } of said.values())
    yield {
      resource: workload.resource,
      path: user.path,
      value: user.value,
      message: `${pathText(rule.path)} is true and the user is 0, so the kubelet does not start ${names.length > 1 ? 'containers' : 'container'} ${names.join(', ')} (CreateContainerConfigError)`,
    };
}

function given(security: Json | undefined, field: string, path: Path): Effective | undefined {
  const value = record(security)?.[field];
  return value === undefined || value === null ? undefined : { value, path: [...path, 'securityContext', field] };
}
