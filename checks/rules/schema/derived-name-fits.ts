import { string } from '../../../manifests/resource';
import { kubernetesData } from '../../../upstream/kubernetes/data';
import { derivedName, leavesRoom } from '../../../upstream/kubernetes/derived-names';
import { check } from '../../check';

const manifests = (name: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: redis } }
  template:
    metadata: { labels: { app: redis } }
    spec: { containers: [{ name: redis, image: 'redis:7.4.1' }] }
`;

export default check({
  id: 'derived-name-fits',
  group: 'schema',
  description: 'the name of a workload leaves room for what its controller adds to it',
  severity: 'will-break',
  needs: ['kubernetes-version'],
  source: 'pkg/controller/history/controller_history.go',
  fix: 'shorten the name: 52 characters for a StatefulSet, 242 for a Deployment or a DaemonSet',
  example: {
    broken: manifests('redis-cache-of-the-recommendations-of-the-shop-in-europe'),
    fails: ['StatefulSet/shop/redis-cache-of-the-recommendations-of-the-shop-in-europe metadata.name'],
    fixed: manifests('redis-cache-of-the-recommendations'),
  },
  *judge(world) {
    const { oldest, newest } = kubernetesData();
    for (const { resource } of world.workloads) {
      const name = string(resource.at(['metadata', 'name']));
      if (name === undefined || resource.group !== 'apps') continue;
      const derived = derivedName(resource.kind, world.facts.minor ?? oldest);
      if (!derived) continue;
      const room = leavesRoom(name, derived);
      if (room === 'yes') continue;
      const at = { resource, path: ['metadata', 'name'], value: name };
      const isLong = `the name has ${name.length} characters, and ${derived.what} is the name, a dash and a hash of up to 10 digits`;
      const fix = `shorten the name to ${derived.max} characters`;
      const newer = world.facts.minor === undefined && !derivedName(resource.kind, newest);
      if (newer)
        yield {
          ...at,
          verdict: 'unknown',
          message: `${isLong}, which is too long before Kubernetes 1.${newest}: ${derived.consequence} there; --kubernetes, or the cluster's nodes, would settle it`,
          fix,
        };
      else if (room === 'no') yield { ...at, message: `${isLong}, which is too long: ${derived.consequence}`, fix };
      else
        yield {
          ...at,
          verdict: 'unknown',
          message: `${isLong}: with ${11 - (name.length - derived.max)} digits or more, as most hashes have, it is too long and ${derived.consequence}; which hash a template has is not known`,
          fix,
        };
    }
  },
});
