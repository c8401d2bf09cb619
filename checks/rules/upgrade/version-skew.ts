import { mappings } from '../../../manifests/resource';
import { apiServersProblem, nodeSkewProblem, skewProblem } from '../../../upstream/kubernetes/releases/skew';
import type { ControlPlane, RunningComponent } from '../../../world/components';
import { controlPlaneOf, runningComponents } from '../../../world/components';
import { check } from '../../check';

const FACTS = `
apiVersion: v1
kind: Node
metadata: { name: general-1 }
status: { nodeInfo: { kubeletVersion: v1.33.4 } }
---
apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver-control-1, namespace: kube-system }
spec: { nodeName: control-1, containers: [{ name: kube-apiserver, image: 'registry.k8s.io/kube-apiserver:v1.35.2' }] }
`;
const proxy = (version: string) => `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: kube-proxy, namespace: kube-system }
spec:
  selector: { matchLabels: { k8s-app: kube-proxy } }
  template:
    metadata: { labels: { k8s-app: kube-proxy } }
    spec: { containers: [{ name: kube-proxy, image: 'registry.k8s.io/kube-proxy:${version}' }] }
`;

export default check({
  id: 'version-skew',
  group: 'upgrade',
  description:
    "the versions of kubelets and of Kubernetes' other components are supported beside that of the API server",
  severity: 'advice',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/setup/release/version-skew-policy/',
  fix: 'upgrade what is too old before anything else, and what is too new only after the API server',
  example: {
    facts: FACTS,
    broken: proxy('v1.31.0'),
    fails: ['DaemonSet/kube-system/kube-proxy spec.template.spec.containers[0].image'],
    fixed: proxy('v1.35.2'),
  },
  *judge(world) {
    const control = controlPlaneOf(world);
    if (!control) return;
    const running = runningComponents(world);
    const kubelets = new Map(
      running.flatMap(({ component, node, release }) =>
        component === 'kubelet' ? [[node, release.minor] as const] : [],
      ),
    );
    for (const each of running) {
      const { component, release, node, resource, path } = each;
      // The DaemonSet says it once for all its pods.
      if (mappings(resource.at(['metadata', 'ownerReferences'])).some(({ kind }) => kind === 'DaemonSet')) continue;
      const kubelet = component === 'kube-proxy' ? kubelets.get(node) : undefined;
      const problem =
        problemOf(each, control) ?? (kubelet === undefined ? undefined : nodeSkewProblem(release.minor, kubelet));
      if (problem !== undefined) yield { resource, path, value: resource.at(path), message: problem };
    }
  },
});

function problemOf(
  { component, release: { minor } }: RunningComponent,
  { minors, by }: ControlPlane,
): string | undefined {
  // The oldest ones are those to upgrade.
  if (component === 'kube-apiserver') return minor === Math.min(...minors) ? apiServersProblem(minors) : undefined;
  // Of a version that is only judged for, or that is the least that it can be, nothing is certainly too new.
  if (by !== 'kube-apiserver' && minor > Math.min(...minors)) return undefined;
  return skewProblem(component, minor, minors);
}
