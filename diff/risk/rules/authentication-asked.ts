import { configuredContainers } from '../configured-containers';
import { riskRule } from '../risk';
import { authenticationLost } from '../server-authentication';

const redis = (args: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  serviceName: redis
  selector: { matchLabels: { app: redis } }
  template: { metadata: { labels: { app: redis } }, spec: { containers: [{ name: redis, image: 'redis:7.4.1', args: [${args}] }] } }
`;

export default riskRule({
  id: 'authentication-asked',
  class: 'disruption',
  description:
    'a known program that asks who somebody is from now on: by an argument, a variable or a key of its configuration',
  reason: 'Clients that have no password, certificate or login are refused as soon as the program has read it.',
  source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/#authentication',
  advice: 'give every client what it is asked for first: most send a password also to a program that does not ask',
  example: {
    before: redis("--appendonly, 'yes'"),
    after: redis("--appendonly, 'yes', --requirepass, $(PASSWORD)"),
    finds: ['StatefulSet/shop/redis spec.template.spec.containers[redis].args'],
    harmless: redis("--appendonly, 'no'"),
  },
  *find(diff) {
    // What it would ask for no more the other way round.
    const back = { ...diff, before: diff.after, after: diff.before };
    for (const { change, field, before, after } of configuredContainers(diff))
      for (const message of authenticationLost(back, after, before))
        yield {
          change,
          field,
          message: `container ${after.container.name} of ${diff.after.idOf(after.workload.resource)}: it asks from now on; until now: ${message}`,
        };
  },
});
