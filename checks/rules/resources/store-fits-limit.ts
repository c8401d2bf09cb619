import { quantityText, wholeQuantity } from '../../../manifests/quantity';
import { resourcesOf } from '../../../world/requests';
import { storeMemoryOf } from '../../../world/store-memory';
import { check } from '../../check';

const manifests = (maxmemory: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: cache, namespace: shop }
data:
  redis.conf: |
    maxmemory ${maxmemory}
    maxmemory-policy allkeys-lru
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: cache, namespace: shop }
spec:
  selector: { matchLabels: { app: cache } }
  template:
    metadata: { labels: { app: cache } }
    spec:
      containers:
        - name: redis
          image: redis:7.4.1
          args: [/etc/redis/redis.conf]
          resources: { limits: { memory: 1Gi } }
          volumeMounts: [{ name: config, mountPath: /etc/redis }]
      volumes: [{ name: config, configMap: { name: cache } }]
`;

export default check({
  id: 'store-fits-limit',
  group: 'resources',
  description: 'the data that a store is told to keep in memory is less than the memory limit of its container',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  fix: 'lower the bound to some three quarters of the limit, or raise the limit: the program needs memory besides its data',
  example: {
    broken: manifests('1gb'),
    fails: ['ConfigMap/shop/cache data["redis.conf"]'],
    fixed: manifests('768mb'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const container of workload.containers) {
        const limit = resourcesOf(world, workload, container).limits.get('memory');
        if (limit === undefined || limit <= 0n) continue;
        const memory = storeMemoryOf(world, workload, container);
        if (!memory) continue;
        const data = memory.bytes * wholeQuantity(1);
        if (data < limit) continue;
        yield {
          resource: memory.resource,
          path: memory.path,
          value: memory.written,
          message: `${memory.written} lets ${memory.store} in container ${container.name} of ${world.idOf(workload.resource)} fill ${quantityText(data, 'memory')} of memory, and its limit is ${quantityText(limit, 'memory')}: it is killed (OOMKilled) before it makes room by itself`,
        };
      }
    }
  },
});
