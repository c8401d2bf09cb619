import { configuredNetwork } from '../../../simulate/network/configured-flows';
import { whyNot } from '../../../simulate/network/explain';
import { networkOf } from '../../../simulate/network/network';
import { check } from '../../check';
import { dependsOnAddresses, GIVE_ADDRESSES } from '../../open-addresses';
import { wrongPortBehind } from '../../policy-ports';

const manifests = (client: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { selector: { app: redis }, ports: [{ port: 6379 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec:
  selector: { matchLabels: { app: redis } }
  template: { metadata: { labels: { app: redis } }, spec: { containers: [{ name: redis, image: 'redis:7.4.1' }] } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: 'web:1.4.2', env: [{ name: REDIS_HOST, value: redis }, { name: REDIS_PORT, value: '6379' }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: redis, namespace: shop }
spec:
  podSelector: { matchLabels: { app: redis } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: ${client} } } }], ports: [{ port: 6379 }] }]
`;

export default check({
  id: 'declared-flow-allowed',
  group: 'networking',
  description:
    'policies allow the connections that the configuration of a workload names, in its egress and in the ingress of the destination',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'allow the connection in the egress of the source and the ingress of the destination, by the port of the pods',
  example: {
    broken: manifests('frontend'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0]'],
    fixed: manifests('web'),
  },
  *judge(world) {
    const network = networkOf(world);
    for (const workload of world.workloads) {
      for (const { service, port, protocol, targets, text: said, isCertain, resource, path } of configuredNetwork(
        world,
        workload,
      ).flows) {
        // A request may go to any pod of the Service, so each pod must accept it.
        for (const target of targets) {
          if (target.workload === workload) continue;
          const judged = network.verdictOn(
            network.endpointOf(workload),
            network.endpointOf(target.workload),
            target.number,
            protocol,
          );
          if (!judged) continue;
          const servicePort = target.number === port ? '' : ` (port ${port} of Service ${service.name})`;
          const where = `${world.idOf(target.workload.resource)} port ${target.number}${servicePort}`;
          const reason = whyNot(judged.reach, workload.resource.name, target.workload.resource.name);
          const at = { resource, path, value: said };
          if (judged.verdict === 'fail' && isCertain)
            yield {
              ...at,
              causedBy: wrongPortBehind(world, judged.reach, target.number),
              message: `policies do not allow ${world.idOf(resource)} to connect to ${where}: ${reason}; the connection times out`,
            };
          else {
            const byAddress = isCertain && dependsOnAddresses(judged.reach);
            const settle = byAddress
              ? GIVE_ADDRESSES
              : isCertain
                ? 'judge the namespaces with their labels and policies too, or --declare them'
                : 'the address is in configuration that several workloads share, so this one may not use it';
            yield {
              ...at,
              verdict: 'unknown',
              ...(byAddress ? { settledBy: 'nodes' as const } : {}),
              message: `whether ${world.idOf(resource)} may connect to ${where} is not known: ${reason}; ${settle}`,
            };
          }
        }
      }
    }
  },
});
