import { wordsOf } from '../../../manifests/flags';
import type { Path } from '../../../manifests/resource';
import { list, record, string, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { isLongRunning } from '../../../world/requests';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (annotations: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: cluster-autoscaler, namespace: kube-system }
spec:
  selector: { matchLabels: { app: cluster-autoscaler } }
  template:
    metadata: { labels: { app: cluster-autoscaler } }
    spec:
      containers:
        - name: cluster-autoscaler
          image: registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0
          args: ['--nodes=1:10:general']
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web }${annotations} }
    spec:
      containers: [{ name: web, image: 'shop/web:3.1.0', volumeMounts: [{ name: cache, mountPath: /cache }] }]
      volumes: [{ name: cache, emptyDir: {} }]
`;

const SAFE = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const SAFE_VOLUMES = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
const KEPT = 'karpenter.sh/do-not-disrupt';

export default check({
  id: 'node-can-leave',
  group: 'scaling',
  description: 'pods that keep a node from being removed are meant to',
  severity: 'advice',
  needs: [],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md',
  fix: `annotate the template of the pods with ${SAFE}: "true" where what they hold may be lost`,
  example: {
    broken: manifests(''),
    fails: ['Deployment/shop/web spec.template.spec.volumes[0]'],
    fixed: manifests(`, annotations: { ${SAFE}: 'true' }`),
  },
  *judge(world) {
    const autoscaler = autoscalerOf(world);
    const hasKarpenter = world.resources.concat(world.external).some(({ group }) => group === 'karpenter.sh');
    for (const workload of world.workloads) {
      const { resource, pod, templatePath, podSpecPath } = workload;
      // Pods of a DaemonSet go with their node; Jobs end; a pod without a controller is naked-pod's.
      if (!isLongRunning(workload) || resource.kind === 'DaemonSet') continue;
      const notes = strings(record(pod['metadata'])?.['annotations']);
      const at = (name: string) => ({
        ...{ resource, path: [...templatePath, 'metadata', 'annotations', name] as Path, value: notes[name] },
      });
      if (autoscaler && notes[SAFE] === 'false')
        yield {
          ...at(SAFE),
          message:
            'the Cluster Autoscaler removes no node on which one of these pods runs: a node that is nearly empty stays, and is paid for, as long as the pods are there',
          fix: 'remove the annotation, or let a PodDisruptionBudget say how many pods may be away at once',
        };
      else if (autoscaler?.keepsLocalStorage && notes[SAFE] !== 'true') {
        const volume = localVolumeOf(workload, notes[SAFE_VOLUMES]);
        if (volume !== undefined)
          yield {
            ...{
              resource,
              path: [...podSpecPath, 'volumes', volume],
              value: resource.at([...podSpecPath, 'volumes', volume]),
            },
            message:
              'the Cluster Autoscaler removes no node on which a pod with local storage runs, which an emptyDir is: nodes stay although they are nearly empty',
          };
      }
      if (hasKarpenter && notes[KEPT] === 'true')
        yield {
          ...at(KEPT),
          message:
            'Karpenter removes no node on which one of these pods runs, and replaces none for an update either, for as long as the NodePool has no terminationGracePeriod',
          fix: 'remove the annotation, or give the NodePool a terminationGracePeriod',
        };
    }
  },
});

/** The Cluster Autoscaler, where it is among the manifests, with the flag that it has for local storage. */
function autoscalerOf(world: World): { readonly keepsLocalStorage: boolean } | undefined {
  const container = world.workloads
    .flatMap(({ running }) => running)
    .find(({ json }) => /(^|\/)cluster-autoscaler(:|@|$)/.test(string(json['image']) ?? ''));
  if (!container) return undefined;
  return {
    keepsLocalStorage: !wordsOf(container).some((word) => /^--?skip-nodes-with-local-storage=(false|f|0)$/i.test(word)),
  };
}

/** The first volume that blocks: a hostPath, or an emptyDir on the disk (HasBlockingLocalStorage of the Cluster Autoscaler). */
function localVolumeOf({ podSpec }: WorkloadManifest, safe: string | undefined): number | undefined {
  const named = new Set((safe ?? '').split(',').map((name) => name.trim()));
  const found = list(podSpec['volumes']).findIndex((entry) => {
    const volume = record(entry);
    if (!volume || named.has(string(volume['name']) ?? '')) return false;
    const empty = record(volume['emptyDir']);
    return record(volume['hostPath']) !== undefined || (empty !== undefined && empty['medium'] !== 'Memory');
  });
  return found < 0 ? undefined : found;
}
