import { number } from '../../../manifests/resource';
import { rabbitProtocol } from '../../../upstream/keda/triggers';
import { scaledObjectsOf, triggersOf } from '../../../world/keda';
import { authenticatedBy, parameterOf } from '../../../world/keda-authentication';
import { check } from '../../check';

const manifests = (protocol: string) => `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: worker, namespace: shop }
spec:
  scaleTargetRef: { name: worker }
  minReplicaCount: 0
  triggers:
    - type: rabbitmq
      metadata: { protocol: ${protocol}, queueName: orders, mode: QueueLength, value: '20' }
      authenticationRef: { name: rabbitmq }
`;

export default check({
  id: 'keda-counts-unacked',
  group: 'scaling',
  description: 'messages that consumers still work on keep them alive',
  severity: 'advice',
  needs: [],
  source: 'https://keda.sh/docs/2.21/scalers/rabbitmq-queue/',
  fix: 'use the protocol http with the management plugin (port 15672), which counts unacknowledged messages, or keep one pod with minReplicaCount: 1',
  example: {
    broken: manifests('amqp'),
    fails: ['ScaledObject/shop/worker spec.triggers[0].metadata.protocol'],
    fixed: manifests('http'),
  },
  *judge(world) {
    for (const resource of scaledObjectsOf(world)) {
      const isToNone =
        (number(resource.at(['spec', 'minReplicaCount'])) ?? 0) === 0 ||
        number(resource.at(['spec', 'idleReplicaCount'])) === 0;
      const triggers = triggersOf(resource);
      // Any other trigger may keep the pods while there is work.
      if (!isToNone || triggers.some(({ type }) => type !== 'rabbitmq')) continue;
      for (const trigger of triggers) {
        const { metadata, path } = trigger;
        if ((metadata.get('mode') ?? 'QueueLength') !== 'QueueLength') continue;
        const excluded = /^(1|t)/i.test(metadata.get('excludeUnacknowledged') ?? '');
        const host = parameterOf(world, resource, trigger, 'host');
        const protocol = rabbitProtocol({
          metadata: host ? new Map([...metadata, ['host', host.text]]) : metadata,
          authenticated: authenticatedBy(world, resource, trigger),
        });
        if (protocol !== 'amqp' && !excluded) continue;
        const at = excluded
          ? ['metadata', 'excludeUnacknowledged']
          : metadata.has('protocol')
            ? ['metadata', 'protocol']
            : ['type'];
        yield {
          ...{ resource, path: [...path, ...at], value: resource.at([...path, ...at]) },
          message: `${excluded ? 'messages that are not acknowledged are left out' : 'over amqp KEDA counts the messages that are ready, and not those that consumers work on'}: when the last one is taken the queue looks empty, and after the cooldownPeriod the pods are stopped in the middle of their work`,
        };
      }
    }
  },
});
