import { record, string } from '../../../manifests/resource';
import { networkOf } from '../../../simulate/network/network';
import { proxiesOf } from '../../../simulate/network/proxies';
import type { Sending } from '../../../world/senders';
import { choosesPods, isByGateway, sendingsOf } from '../../../world/senders';
import { serviceOf } from '../../../world/services';
import { check } from '../../check';
import { wrongPortBehind } from '../../policy-ports';

const manifests = (peer: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2' }] } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: public, namespace: gateways }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: {}, ingress: [{ from: [${peer}], ports: [{ port: 8080 }] }] }
`;

export default check({
  id: 'gateway-flow-allowed',
  group: 'networking',
  description: 'policies allow the gateway or ingress controller to reach the backends of routes and Ingresses',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: "allow ingress from the namespace and pods of the gateway's proxy to the port of the backend's pods",
  example: {
    broken: manifests('{ podSelector: {} }'),
    fails: ['HTTPRoute/shop/web spec.rules[0].backendRefs[0]'],
    fixed: manifests(
      '{ podSelector: {} }, { namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: gateways } } }',
    ),
  },
  *judge(world) {
    const network = networkOf(world);
    for (const sending of sendingsOf(world)) {
      const { from, port } = sending;
      // Of a TraefikService that no route here names, nobody knows whether requests come by it.
      const isJudged = !world.isExternal(from) && from.kind !== 'TraefikService';
      if (isJudged && isByGateway(sending) && port !== undefined) yield* judge(sending, port);
    }

    function* judge(sending: Sending, wanted: number | string) {
      const { from, path, via, namespace, name, gets } = sending;
      const service = serviceOf(world, namespace, name);
      const port = service?.port(wanted);
      if (!service || !port) return;
      for (const target of service.targets(port)) {
        if (!choosesPods(sending, target.workload)) continue;
        const to = network.endpointOf(target.workload);
        const passages = proxiesOf(world).map((proxy) => network.reach(proxy, to, target.number, port.protocol));
        // Which proxy forwards the requests is not known for sure: one that may connect is enough.
        if (
          network.hasOtherPolicies(to) ||
          passages.some(({ ingress, egress }) => ingress.verdict !== 'denied' && egress.verdict !== 'denied')
        )
          continue;
        const isolating = passages[0]!.ingress.by.map((policy) => policy.name).join(', ');
        const servicePort = target.number === port.number ? '' : ` (port ${port.number} of Service ${name})`;
        const where = `${world.idOf(target.workload.resource)} port ${target.number}${servicePort}`;
        const last = via.at(-1);
        const at = { resource: from, path, value: writtenName(from.at(path)) };
        const through = last ? `, which ${last.kind} ${last.name} leads to` : '';
        if (network.isComplete(to))
          yield {
            ...at,
            causedBy: wrongPortBehind(world, passages[0]!, target.number),
            message: `policies (${isolating}) do not allow any gateway or ingress controller to connect to ${where}${through}, so ${LOST[gets]}`,
          };
        else
          yield {
            ...at,
            verdict: 'unknown' as const,
            message: `the known policies (${isolating}) do not allow any gateway or ingress controller to connect to ${where}${through}; whether another policy of namespace ${target.workload.namespace} does is not known: judge its manifests too`,
          };
      }
    }
  },
});

const LOST: Readonly<Record<Sending['gets'], string>> = {
  now: 'requests time out or get a 502, 503 or 504 response',
  copy: 'the copies of requests are lost',
  never: 'requests will time out or get a 502, 503 or 504 response as soon as it has a share of them',
};

/** The name of a backend, as each kind of route writes it. */
function writtenName(backend: unknown): string | undefined {
  const { name, host, service } = record(backend) ?? {};
  return [backend, name, host, service].map(string).find((text) => text !== undefined);
}
