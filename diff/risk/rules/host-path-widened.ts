import { mappings, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const agent = (path: string, mount = '', label = 'agent') => `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: shop }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent, part: ${label} } }
    spec:
      containers: [{ name: agent, image: 'example.com/agent:1.4.0', volumeMounts: [{ name: logs, mountPath: /logs${mount} }] }]
      volumes: [{ name: logs, hostPath: { path: ${path} } }]
`;

export default riskRule({
  id: 'host-path-widened',
  class: 'privilege',
  description: 'pods that may read or write more of the files of their node than before',
  reason:
    'With files of the node a program reads what other pods and the kubelet keep there, and by writing to them it may take over the node.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
  advice: 'mount the one directory that the program uses, with readOnly: true',
  example: {
    before: agent('/var/log', ', readOnly: true'),
    after: agent('/var/log'),
    finds: ['DaemonSet/shop/agent spec.template.spec.containers[agent].volumeMounts[/logs].readOnly'],
    harmless: agent('/var/log/pods', ', readOnly: true'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change, before, after } = workload;
      const old = hostMountsOf(before);
      const told = new Set<string>();
      for (const { volume, path, writes, mountPath, container } of hostMountsOf(after)) {
        // A volume of the node that comes is told as a level of the Pod Security Standards.
        if (!hostPathsOf(before).has(volume)) continue;
        const inside = old.filter((mount) => isInside(path, mount.path));
        if (inside.some((mount) => mount.writes || !writes) || told.has(`${path} ${writes}`)) continue;
        told.add(`${path} ${writes}`);
        const pod = after.podSpecPath.map(String);
        const at = [...pod, ...container.slice(0, 1), { name: container[1] }, 'volumeMounts'];
        yield {
          change,
          field:
            fieldAt(change, [...at, { name: mountPath }]) ??
            fieldAt(change, at) ??
            fieldAt(change, [...pod, 'volumes', { name: volume }]) ??
            fieldAt(change, [...pod, 'volumes']),
          message: `pods may ${inside.length > 0 ? 'write to' : writes ? 'read and write' : 'read'} ${path} of their node, and could not before`,
        };
      }
    }
  },
});

interface HostMount {
  readonly volume: string;
  /** On the node, without a slash at its end. */
  readonly path: string;
  readonly writes: boolean;
  readonly mountPath: string;
  /** `containers`, and the name. */
  readonly container: readonly [string, string];
}

function hostPathsOf({ podSpec }: WorkloadManifest): ReadonlyMap<string, string> {
  return new Map(
    mappings(podSpec['volumes']).flatMap((volume) => {
      const path = string(record(volume['hostPath'])?.['path']);
      return path === undefined ? [] : [[String(volume['name']), path] as const];
    }),
  );
}

function hostMountsOf(workload: WorkloadManifest): HostMount[] {
  const paths = hostPathsOf(workload);
  return ['initContainers', 'containers'].flatMap((list) =>
    mappings(workload.podSpec[list]).flatMap((container) =>
      mappings(container['volumeMounts']).flatMap((mount): HostMount[] => {
        const volume = String(mount['name']);
        const path = paths.get(volume);
        if (path === undefined) return [];
        const full = `${path}/${string(mount['subPath']) ?? ''}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
        const mountPath = String(mount['mountPath']);
        return [
          {
            volume,
            path: full,
            writes: mount['readOnly'] !== true,
            mountPath,
            container: [list, String(container['name'])],
          },
        ];
      }),
    ),
  );
}

function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
