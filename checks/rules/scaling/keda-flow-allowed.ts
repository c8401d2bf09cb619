import { containerOf } from '../../../manifests/programs';
import type { Path, Resource } from '../../../manifests/resource';
import { whyNot } from '../../../simulate/network/explain';
import { networkOf } from '../../../simulate/network/network';
import type { ScaleTrigger } from '../../../world/keda';
import { scaledJobsOf, scaledObjectsOf, triggersOf } from '../../../world/keda';
import { parameterOf } from '../../../world/keda-authentication';
import { serviceByHost, serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { dependsOnAddresses, GIVE_ADDRESSES } from '../../open-addresses';

const manifests = (port: number) => `
apiVersion: v1
kind: Namespace
metadata: { name: keda }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: keda-operator, namespace: keda }
spec:
  selector: { matchLabels: { app: keda-operator } }
  template:
    metadata: { labels: { app: keda-operator } }
    spec: { containers: [{ name: keda-operator, image: 'ghcr.io/kedacore/keda:2.21.0' }] }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: rabbitmq, namespace: shop }
spec: { selector: { app: rabbitmq }, ports: [{ name: amqp, port: 5672 }, { name: http, port: 15672 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: rabbitmq, namespace: shop }
spec:
  selector: { matchLabels: { app: rabbitmq } }
  template: { metadata: { labels: { app: rabbitmq } }, spec: { containers: [{ name: rabbitmq, image: 'rabbitmq:4.2.1' }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: rabbitmq, namespace: shop }
spec:
  podSelector: { matchLabels: { app: rabbitmq } }
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: keda } } }]
      ports: [{ port: ${port} }]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: worker, namespace: shop }
spec:
  scaleTargetRef: { name: worker }
  triggers:
    - type: rabbitmq
      metadata: { host: 'http://rabbitmq.shop.svc:15672/', queueName: orders, mode: QueueLength, value: '20' }
`;

export default check({
  id: 'keda-flow-allowed',
  group: 'scaling',
  description: 'the operator of KEDA finds the source of a trigger by its name, and policies allow it to connect',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'allow ingress from the namespace of KEDA to the port of the source, and the same in the egress of its operator; name the Service with its namespace',
  example: {
    broken: manifests(5672),
    fails: ['ScaledObject/shop/worker spec.triggers[0].metadata.host'],
    fixed: manifests(15672),
  },
  *judge(world) {
    const network = networkOf(world);
    const operators = world.workloads.filter(({ running }) => containerOf(running, 'keda'));
    const homes = new Set(operators.map(({ namespace }) => namespace));
    // It may run in any namespace, one that the manifests create too.
    const sources =
      operators.length > 0
        ? operators.map((operator) => network.endpointOf(operator))
        : [network.externalPod({ isNotIn: () => false })];
    for (const resource of [...scaledObjectsOf(world), ...scaledJobsOf(world)]) {
      for (const { host, port, path } of triggersOf(resource).flatMap((trigger) =>
        addressesOf(world, resource, trigger),
      )) {
        const own = world.namespaceOf(resource);
        const value = resource.at(path);
        // A URL may hold a password: the host of it is enough.
        const at = { resource, path, ...(typeof value === 'string' && value.includes(host) ? { value: host } : {}) };
        // The operator looks for a name without a namespace in its own.
        if (!host.includes('.') && serviceOf(world, own, host) && !homes.has(own)) {
          const here = [...homes].some((home) => serviceOf(world, home, host) || !world.isComplete(home, 'Service'));
          if (operators.length > 0 && !here)
            yield {
              ...at,
              message: `the operator of KEDA runs in namespace ${[...homes].join(' and ')}, where the name ${host} does not resolve: it does not reach Service ${own}/${host} and does not scale by it`,
              fix: `name the Service with its namespace: ${host}.${own}.svc`,
            };
          else
            yield {
              ...{ ...at, verdict: 'unknown' as const },
              message: `whether the name ${host} is found is not known: the operator of KEDA looks for it in its own namespace, and Service ${host} is in ${own}; write ${host}.${own}.svc`,
            };
          continue;
        }
        const service = serviceByHost(world, host, [...homes][0] ?? own);
        for (const target of service?.reachedBy(port) ?? []) {
          const to = network.endpointOf(target.workload);
          const results = sources.map((source) => network.verdictOn(source, to, target.number, 'TCP'));
          if (results.some((result) => result === undefined)) continue;
          const isKnown = operators.length > 0;
          if (!isKnown && results.some((result) => result!.reach.ingress.verdict !== 'denied')) continue;
          const worst = results.find((result) => result!.verdict === 'unknown') ?? results[0]!;
          const where = `${world.idOf(target.workload.resource)} port ${target.number}`;
          const reason = whyNot(worst.reach, 'the operator of KEDA', target.workload.resource.name);
          if (worst.verdict === 'fail')
            yield {
              ...at,
              message: `policies do not allow the operator of KEDA to connect to ${where}: ${reason}; it gets no metric and does not scale by it`,
            };
          else {
            const byAddress = dependsOnAddresses(worst.reach);
            const settle = byAddress
              ? GIVE_ADDRESSES
              : 'judge the namespaces with their labels and policies too, or --declare them';
            yield {
              ...{ ...at, verdict: 'unknown' as const, ...(byAddress ? { settledBy: 'nodes' as const } : {}) },
              message: `whether policies allow the operator of KEDA to connect to ${where} is not known: ${reason}; ${settle}`,
            };
          }
        }
      }
    }
  },
});

interface Address {
  readonly host: string;
  readonly port: number;
  readonly path: Path;
}

const PORTS: Readonly<Record<string, number>> = { amqp: 5672, amqps: 5671, http: 80, https: 443 };

/** Where a trigger's source listens, as far as it is written. */
function addressesOf(world: World, scaled: Resource, trigger: ScaleTrigger): Address[] {
  const written = (name: string) => parameterOf(world, scaled, trigger, name);
  switch (trigger.type) {
    case 'rabbitmq':
      return ofUrl(written('host'));
    case 'prometheus':
      return ofUrl(written('serverAddress'));
    case 'redis':
    case 'redis-streams': {
      const [address, host, port] = [written('address'), written('host'), written('port')];
      const [, name, number] = /^([^:]+):(\d+)$/.exec(address?.text ?? `${host?.text ?? ''}:${port?.text ?? ''}`) ?? [];
      const path = address?.path ?? host?.path;
      return name && number && path ? [{ host: name, port: Number(number), path }] : [];
    }
    default:
      return [];
  }
}

function ofUrl(written: { readonly text: string; readonly path: Path } | undefined): Address[] {
  const [, scheme = '', host, port] =
    /^([a-z]+):\/\/(?:[^@/]*@)?([^:/?#]+)(?::(\d+))?(?:[/?#]|$)/i.exec(written?.text ?? '') ?? [];
  const number = port === undefined ? PORTS[scheme.toLowerCase()] : Number(port);
  return written && host && number !== undefined ? [{ host, port: number, path: written.path }] : [];
}
