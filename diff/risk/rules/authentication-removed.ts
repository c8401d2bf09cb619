import { configuredContainers } from '../configured-containers';
import { stepsTo } from '../containers';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { authenticationLost, isAuthenticatingProxy } from '../server-authentication';
import { changedWorkloads } from '../workloads';

const redis = (args: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  serviceName: redis
  selector: { matchLabels: { app: redis } }
  template:
    metadata: { labels: { app: redis } }
    spec: { containers: [{ name: redis, image: 'redis:8.2', args: [${args}] }] }
`;

export default riskRule({
  id: 'authentication-removed',
  class: 'exposure',
  description:
    'a known program that does not ask who somebody is any more: by an argument, a variable, a key of its configuration, or without the proxy before it',
  reason:
    'Whoever reaches its port can use it, and in a cluster without policies that is every pod. A password is what is left where the network lets somebody through.',
  source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/#authentication',
  advice: 'keep it, or let a NetworkPolicy name those who may connect, and no others',
  example: {
    before: redis("--appendonly, 'yes', --requirepass, $(PASSWORD)"),
    after: redis("--appendonly, 'yes'"),
    finds: ['StatefulSet/shop/redis spec.template.spec.containers[redis].args'],
    harmless: redis("--appendonly, 'no', --requirepass, $(PASSWORD)"),
  },
  *find(diff) {
    for (const { change, field, before, after } of configuredContainers(diff))
      for (const message of authenticationLost(diff, before, after))
        yield {
          change,
          field,
          message: `container ${after.container.name} of ${diff.after.idOf(after.workload.resource)}: ${message}`,
        };
    for (const { change, before, after } of changedWorkloads(diff)) {
      if (after.running.some(isAuthenticatingProxy)) continue;
      for (const proxy of before.running.filter(isAuthenticatingProxy))
        yield {
          change,
          field: fieldAt(change, stepsTo(before.podSpecPath, proxy)),
          message: `container ${proxy.name} stands no more before the others: who was asked for a login or a token is let in, where they listen for others than localhost`,
        };
    }
  },
});
