import { configuredContainers } from '../configured-containers';
import { lostBetween, settingsOfRedis } from '../redis';
import { riskRule } from '../risk';

const redis = (flags: string, image = 'redis:8.2') => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  serviceName: redis
  selector: { matchLabels: { app: redis } }
  template:
    metadata: { labels: { app: redis } }
    spec: { containers: [{ name: redis, image: '${image}', args: [${flags}] }] }
`;

export default riskRule({
  id: 'redis-persistence',
  class: 'data-loss',
  description: 'a Redis or Valkey that keeps less over a restart, that may evict keys, or that refuses writes sooner',
  reason:
    'Without append-only file and snapshots everything is lost when the process ends, and the next rollout ends it. When maxmemory is full, it deletes keys, or refuses to write more: which of them, its policy says.',
  source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  advice: 'make sure that it is only a cache; else keep appendonly yes and maxmemory-policy noeviction',
  example: {
    before: redis("'--appendonly', 'yes'"),
    after: redis("'--appendonly', 'no'"),
    finds: ['StatefulSet/shop/redis spec.template.spec.containers[redis].args'],
    harmless: redis("'--appendonly', 'yes'", 'redis:8.4'),
  },
  *find(diff) {
    for (const { change, field, before, after } of configuredContainers(diff)) {
      const was = settingsOfRedis(diff.before, before.workload, before.container);
      const is = was && settingsOfRedis(diff.after, after.workload, after.container);
      if (was && is) for (const loss of lostBetween(was, is)) yield { change, field, ...loss };
    }
  },
});
