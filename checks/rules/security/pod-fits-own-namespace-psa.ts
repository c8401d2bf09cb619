import type { WorkloadManifest } from '../../../manifests/workload';
import { near } from '../../../model/near';
import { refusalOf } from '../../../simulate/admission/pod-security';
import { LABEL_PREFIX, namespacePolicy, policyText, violationsText } from '../../../upstream/pod-security/admission';
import { LEVELS } from '../../../upstream/pod-security/control';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (container: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.31 } }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: proxy, namespace: shop }
spec:
  selector: { matchLabels: { app: proxy } }
  template:
    metadata: { labels: { app: proxy } }
    spec: { containers: [{ name: proxy, image: 'shop/proxy:1.4.0', ports: [{ ${container} }] }] }
`;

export default check({
  id: 'pod-fits-own-namespace-psa',
  group: 'security',
  description: 'pods meet the Pod Security level and version that the labels of their namespace enforce',
  severity: 'will-break',
  needs: ['kubernetes-version', 'external'],
  source: 'https://kubernetes.io/docs/concepts/security/pod-security-admission/',
  fix: 'set what the level requires, or lower the level of the namespace',
  example: {
    broken: manifests('containerPort: 8080, hostPort: 80'),
    fails: ['DaemonSet/shop/proxy spec.template.spec.containers[0].ports[0].hostPort'],
    fixed: manifests('containerPort: 8080'),
  },
  *judge(world) {
    for (const namespace of world.of('Namespace')) {
      for (const { label, value, problem } of namespacePolicy(namespace.labels).unread) {
        const hint = label.endsWith('-version') ? '' : near(value, LEVELS);
        yield {
          resource: namespace,
          path: ['metadata', 'labels', label],
          value,
          message: `${label} ${problem}: the API server rejects the namespace, and every object in it${hint}`,
          fix: 'set the label to a value that Pod Security admission accepts',
        };
      }
    }
    const withoutLabels = new Map<string, WorkloadManifest[]>();
    for (const workload of world.workloads) {
      // No controller creates pods from a PodTemplate on its own.
      if (workload.resource.kind === 'PodTemplate') continue;
      if (world.namespaceLabels(workload.namespace)) {
        const finding = judgeWorkload(world, workload);
        if (finding) yield finding;
      } else if (!world.hasNamespace(workload.namespace) && !world.isComplete(workload.namespace)) {
        const others = withoutLabels.get(workload.namespace);
        if (others) others.push(workload);
        else withoutLabels.set(workload.namespace, [workload]);
      }
    }
    for (const [namespace, workloads] of withoutLabels) {
      const finding = judgeUnlabelled(world, namespace, workloads);
      if (finding) yield finding;
    }
  },
});

function judgeWorkload(world: World, workload: WorkloadManifest): Finding | undefined {
  const { resource, namespace } = workload;
  const { enforce } = namespacePolicy(world.namespaceLabels(namespace) ?? {});
  const refusal = enforce && refusalOf(world, workload, enforce);
  if (!refusal) return undefined;
  const { violations, verdict, depends } = refusal;
  const { path, value } = violations[0]!;
  const consequence =
    resource.kind === 'Pod'
      ? 'the API server rejects the pod'
      : `the API server rejects its pods, and the ${resource.kind} has none`;
  return {
    resource,
    path,
    value,
    verdict,
    message: `${consequence}: violates PodSecurity "${policyText(enforce)}", which namespace ${namespace} enforces: ${violationsText(violations)}${depends}`,
  };
}

/** One finding for a namespace whose labels are not known, if a level would reject some of its pods. */
function judgeUnlabelled(world: World, namespace: string, workloads: readonly WorkloadManifest[]): Finding | undefined {
  for (const level of ['baseline', 'restricted'] as const) {
    const first = workloads.find((workload) => refusalOf(world, workload, { level })?.verdict === 'fail');
    if (!first) continue;
    const { resource } = first;
    return {
      resource,
      path: ['metadata', 'namespace'],
      value: namespace,
      verdict: 'unknown',
      settledBy: 'external',
      message: `which Pod Security level namespace ${namespace} enforces is not known, and ${level} would reject the pods of ${resource.kind} ${resource.name}; --declare the Namespace with its labels (${LABEL_PREFIX}enforce), or judge it too`,
    };
  }
  return undefined;
}
