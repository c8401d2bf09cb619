import type { Path } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (data: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: cluster-autoscaler-status, namespace: kube-system }
data: { ${data} }
`;

/** What the autoscaler writes (clusterstate/utils/status.go of the Cluster Autoscaler). */
const WRITTEN = new Set(['status']);
/** Annotations of pods that keep them where they are, each with who reads it. */
const OF_PODS: Readonly<Record<string, string>> = {
  'cluster-autoscaler.kubernetes.io/safe-to-evict': 'the Cluster Autoscaler',
  'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'the Cluster Autoscaler',
  'karpenter.sh/do-not-disrupt': 'Karpenter',
};

export default check({
  id: 'autoscaler-settings-real',
  group: 'scaling',
  description: 'settings of the autoscaler of nodes stand where it reads them',
  severity: 'will-break',
  needs: [],
  source: 'https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md',
  fix: 'give settings as flags of the Cluster Autoscaler (--nodes=MIN:MAX:GROUP), and annotations to the template of the pods',
  example: {
    broken: manifests("nodes.max: '10'"),
    fails: ['ConfigMap/kube-system/cluster-autoscaler-status data["nodes.max"]'],
    fixed: manifests('status: Running'),
  },
  *judge(world) {
    for (const resource of world.of('ConfigMap')) {
      const keys = Object.keys(record(resource.at(['data'])) ?? {});
      if (resource.name === 'cluster-autoscaler-status')
        for (const key of keys.filter((each) => !WRITTEN.has(each)))
          yield {
            ...{ resource, path: ['data', key], value: resource.at(['data', key]) },
            message: `the Cluster Autoscaler writes this ConfigMap and reads nothing of it: ${key} has no effect, and is gone when it writes the next status`,
          };
      if (resource.name === 'cluster-autoscaler-priority-expander' && keys.length > 0 && !keys.includes('priorities'))
        yield {
          ...{ resource, path: ['data', keys[0]!], value: resource.at(['data', keys[0]!]) },
          message: `the Cluster Autoscaler reads the key priorities of this ConfigMap, which has ${keys.join(', ')}: no priority has an effect`,
          fix: 'call the key priorities',
        };
    }
    for (const { resource, pod } of world.workloads) {
      if (resource.kind === 'Pod') continue;
      const own = record(record(pod['metadata'])?.['annotations']) ?? {};
      for (const [name, reader] of Object.entries(OF_PODS)) {
        const value = resource.annotations[name];
        if (value === undefined || own[name] !== undefined) continue;
        const path: Path = ['metadata', 'annotations', name];
        yield {
          ...{ resource, path, value },
          message: `${reader} reads the annotation ${name} of pods, and this is that of the ${resource.kind}: it has no effect`,
          fix: 'move the annotation to the metadata of the pod template',
        };
      }
    }
  },
});
