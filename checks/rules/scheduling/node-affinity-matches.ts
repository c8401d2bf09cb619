import type { Path } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import type { Unplaceable } from '../../../simulate/scheduling/unplaceable';
import { unplaceableOf } from '../../../simulate/scheduling/unplaceable';
import type { Finding } from '../../check';
import { check } from '../../check';
import { isWaiting, waits } from '../../pods-wait';
import { respelt } from '../../respelt';

const NODES = `
apiVersion: v1
kind: Node
metadata: { name: node-1, labels: { kubernetes.io/hostname: node-1, disk: ssd } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`;
const manifests = (disk: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { nodeSelector: { disk: ${disk} }, containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`;

export default check({
  id: 'node-affinity-matches',
  group: 'scheduling',
  description: 'some node has the labels that the node selector and the required node affinity of a pod ask for',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/',
  fix: 'ask for labels that nodes have (kubectl get nodes --show-labels), or give them to nodes',
  example: {
    facts: NODES,
    broken: manifests('nvme'),
    fails: ['Deployment/shop/web spec.template.spec.nodeSelector.disk'],
    fixed: manifests('ssd'),
  },
  *judge(world) {
    const isListed = world.facts.known('nodes')?.some(({ isPrinted }) => isPrinted) ?? false;
    for (const workload of world.workloads) {
      const fit = unplaceableOf(world, workload);
      if (!fit || fit.all.length === 0 || fit.meant.length > 0 || !isWaiting(world, workload)) continue;
      const { resource } = workload;
      const { notSaid, ...found }: Wrong = wrongLabel(workload, fit) ?? {
        path: affinityPath(workload),
        message: `none of the ${fit.all.length} nodes has what it asks for`,
      };
      const unknown = fit.mayGrow
        ? 'whether a node is added that does is not known'
        : notSaid && !isListed
          ? 'whether nodes have it is not known: their facts do not speak of it'
          : undefined;
      yield {
        resource,
        ...found,
        value: resource.at(found.path),
        ...waits(found.message, 'its pods stay pending', unknown),
      };
    }
  },
});

interface Wrong {
  readonly path: Path;
  readonly message: string;
  /** Whether the facts say nothing of a label that clouds set. */
  readonly notSaid?: boolean;
  readonly repair?: Finding['repair'];
}

/** The first label of the node selector that no node has. */
function wrongLabel({ podSpec, podSpecPath }: WorkloadManifest, { all }: Unplaceable): Wrong | undefined {
  const selector = record(podSpec['nodeSelector']) ?? {};
  for (const [key, wanted] of Object.entries(selector)) {
    const value = string(wanted);
    if (value === undefined || all.some(({ labels }) => labels[key] === value)) continue;
    const path = [...podSpecPath, 'nodeSelector', key];
    const values = [...new Set(all.flatMap(({ labels }) => labels[key] ?? []))].sort();
    if (values.length > 0)
      return {
        path,
        message: `no node has ${key}=${value}${near(value, values)}: they have ${someNames(values, 5)}`,
        ...respelt(value, values),
      };
    const keys = [...new Set(all.flatMap(({ labels }) => Object.keys(labels)))].sort();
    return { path, message: `no node has the label ${key}${near(key, keys)}`, notSaid: isOfClouds(key) };
  }
  return undefined;
}

/** Labels that clouds and their tools put on nodes, which facts written by hand leave out. */
function isOfClouds(key: string): boolean {
  return /^(?:[\w-]+\.)*(?:kubernetes\.io|k8s\.io|amazonaws\.com|google\.com|azure\.com|karpenter\.sh|digitalocean\.com|oraclecloud\.com|ibm\.com|nvidia\.com)\//.test(
    key,
  );
}

function affinityPath({ podSpec, podSpecPath }: WorkloadManifest): Path {
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const affinity = record(record(podSpec['affinity'])?.['nodeAffinity'])?.[required];
  if (record(affinity)) return [...podSpecPath, 'affinity', 'nodeAffinity', required, 'nodeSelectorTerms'];
  return [...podSpecPath, ...(podSpec['nodeSelector'] === undefined ? ['runtimeClassName'] : ['nodeSelector'])];
}
