import { saidBy } from '../../../simulate/network/declared';
import { whyNot } from '../../../simulate/network/explain';
import { networkOf } from '../../../simulate/network/network';
import { check } from '../../check';
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
    "policies let pass what a workload's own configuration says it connects to: its egress and the other's ingress",
  severity: 'will-break',
  needs: ['elsewhere'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: "allow the connection in the source's egress and in the destination's ingress, by the pods' port",
  example: {
    broken: manifests('frontend'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0]'],
    fixed: manifests('web'),
  },
  *judge(world) {
    const network = networkOf(world);
    for (const workload of world.workloads) {
      for (const { service, port, protocol, targets, said, isCertain, resource, path } of saidBy(world, workload)
        .flows) {
        // Requests go to any of the Service's pods: those that let none in are failures.
        for (const target of targets) {
          if (target.workload === workload) continue;
          const judged = network.judge(
            network.endpointOf(workload),
            network.endpointOf(target.workload),
            target.number,
            protocol,
          );
          if (!judged) continue;
          const fails = judged.verdict === 'fail' && isCertain;
          const where = `${world.idOf(target.workload.resource)} port ${target.number}${target.number === port ? '' : ` (port ${port} of Service ${service.name})`}`;
          const reason = whyNot(judged.reach, workload.resource.name, target.workload.resource.name);
          yield {
            resource,
            path,
            value: said,
            verdict: fails ? 'fail' : 'unknown',
            causedBy: fails ? wrongPortBehind(world, judged.reach, target.number) : undefined,
            message: fails
              ? `policies do not let ${world.idOf(resource)} connect to ${where}: ${reason}; the connection times out`
              : `whether ${world.idOf(resource)} may connect to ${where} is not certain: ${reason}${isCertain ? '; judge or --declare the namespaces with their labels and policies along' : '; the address stands in configuration that several workloads share, so this one may not use it'}`,
          };
        }
      }
    }
  },
});
