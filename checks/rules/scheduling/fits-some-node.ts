import { parseQuantity } from '../../../manifests/quantity';
import type { Path } from '../../../manifests/resource';
import { record } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { unitsText } from '../../../simulate/scheduling/amounts';
import { lackingOn, unplaceableOf } from '../../../simulate/scheduling/unplaceable';
import { check } from '../../check';
import { isWaiting, waits } from '../../pods-wait';

const NODES = `
apiVersion: v1
kind: Node
metadata: { name: node-1, labels: { kubernetes.io/hostname: node-1 } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`;
const manifests = (memory: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: search, namespace: shop }
spec:
  serviceName: search
  selector: { matchLabels: { app: search } }
  template:
    metadata: { labels: { app: search } }
    spec: { containers: [{ name: search, image: 'shop/search:3.1.0', resources: { requests: { memory: ${memory} } } }] }
`;

export default check({
  id: 'fits-some-node',
  group: 'scheduling',
  description: 'an empty node has the resources that a pod asks for',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  fix: 'lower the requests, or add larger nodes',
  example: {
    facts: NODES,
    broken: manifests('12Gi'),
    fails: ['StatefulSet/shop/search spec.template.spec.containers[0].resources.requests.memory'],
    fixed: manifests('6Gi'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const fit = unplaceableOf(world, workload);
      if (!fit || fit.open.length === 0) continue;
      if (workload.resource.kind !== 'DaemonSet' && !isWaiting(world, workload)) continue;
      const { resource } = workload;
      const { pod, open } = fit;
      const lacking = [...new Set(open.flatMap((node) => lackingOn(pod, node)))];
      const most = (name: string) =>
        open.map(({ allocatable }) => allocatable.get(name) ?? 0n).sort((a, b) => Number(b - a))[0]!;
      const nowhere = lacking.filter((name) => pod.requests.get(name)! > most(name));
      const asked = (name: string) => `${unitsText(name, pod.requests.get(name)!)} of ${name}`;
      const message =
        nowhere.length > 0
          ? `its pod asks for ${nowhere.map((name) => `${asked(name)}, and the largest node has ${unitsText(name, most(name))}`).join('; ')}`
          : `its pod asks for ${lacking.map(asked).join(' and ')}, and no node has all of it`;
      const path = requestOf(workload, (nowhere[0] ?? lacking[0])!);
      yield {
        resource,
        path,
        value: resource.at(path),
        ...waits(message, 'it stays pending', fit.mayGrow ? 'whether a larger node is added is not known' : undefined),
      };
    }
  },
});

/** Where the most of it is asked for: by the pod as a whole, or by a container. */
function requestOf({ podSpec, podSpecPath, containers }: WorkloadManifest, name: string): Path {
  const places = [
    { path: [...podSpecPath, 'resources'], json: record(podSpec['resources']) },
    ...containers.map(({ path, json }) => ({ path: [...path, 'resources'], json: record(json['resources']) })),
  ];
  const written = places.flatMap(({ path, json }) =>
    ['requests', 'limits'].flatMap((field) => {
      const amount = parseQuantity(record(json?.[field])?.[name]);
      return amount === undefined ? [] : [{ path: [...path, field, name], amount }];
    }),
  );
  const [largest] = written.sort((a, b) => Number(b.amount - a.amount));
  return largest?.path ?? [...podSpecPath, 'containers'];
}
