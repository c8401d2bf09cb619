import type { Path, Resource } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import { networkOf } from '../../../simulate/network/network';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (from: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: guard }
---
apiVersion: v1
kind: Service
metadata: { name: guard, namespace: guard }
spec: { selector: { app: guard }, ports: [{ port: 443, targetPort: 8443 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: guard, namespace: guard }
spec:
  selector: { matchLabels: { app: guard } }
  template: { metadata: { labels: { app: guard } }, spec: { containers: [{ name: guard, image: 'guard:2.0.1' }] } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks: [{ name: guard.example.com, clientConfig: { service: { name: guard, namespace: guard } } }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: guard, namespace: guard }
spec: { podSelector: {}, ingress: [{ ${from}ports: [{ port: 8443 }] }] }
`;

const KUBELET_PORT = 10250;
const GIVE_NODES = 'give the nodes of the cluster to tell whether there are others';

/** A Service that the API server calls. */
interface Call {
  readonly resource: Resource;
  readonly path: Path;
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly consequence: string;
}

function* callsOf(world: World): Iterable<Call> {
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']) {
    for (const resource of world.of(kind)) {
      for (const [i, webhook] of list(resource.at(['webhooks'])).entries()) {
        const ignored = record(webhook)?.['failurePolicy'] === 'Ignore';
        yield* call(
          resource,
          ['webhooks', i, 'clientConfig', 'service'],
          ignored
            ? 'every request waits for a timeout and skips the webhook'
            : 'the requests that the webhook matches are rejected after a timeout',
        );
      }
    }
  }
  for (const resource of world.of('CustomResourceDefinition'))
    yield* call(
      resource,
      ['spec', 'conversion', 'webhook', 'clientConfig', 'service'],
      'objects of other versions can be neither read nor written',
    );
  for (const resource of world.of('APIService'))
    yield* call(resource, ['spec', 'service'], 'this API is unavailable, and what uses it (kubectl top, HPAs) fails');
}

function* call(resource: Resource, path: Path, consequence: string): Iterable<Call> {
  const service = record(resource.at(path));
  const namespace = string(service?.['namespace']);
  const name = string(service?.['name']);
  if (namespace !== undefined && name !== undefined)
    yield { resource, path, namespace, name, port: number(service?.['port']) ?? 443, consequence };
}

export default check({
  id: 'system-flow-allowed',
  group: 'networking',
  description:
    'policies allow the API server to reach webhooks and aggregated APIs, and the metrics API to reach the kubelets',
  severity: 'will-break',
  needs: ['nodes', 'external'],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/',
  fix: 'allow ingress to the port of the pods from everywhere (no from), or from an ipBlock of the API server and nodes: selectors do not select the API server, which is not a pod',
  example: {
    broken: manifests('from: [{ namespaceSelector: {} }], '),
    fails: ['ValidatingWebhookConfiguration/guard webhooks[0].clientConfig.service'],
    fixed: manifests(''),
    facts: ['control-1', 'worker-1', 'worker-2']
      .map(
        (name) => `
apiVersion: v1
kind: Node
metadata: { name: ${name} }
`,
      )
      .join('---'),
  },
  *judge(world) {
    const network = networkOf(world);
    const nodes = world.facts.known('nodes');
    const apiServer = network.host();
    for (const { resource, path, namespace, name, port: wanted, consequence } of callsOf(world)) {
      const service = serviceOf(world, namespace, name);
      const port = service?.port(wanted);
      if (!service || !port) continue;
      for (const target of service.targets(port)) {
        const to = network.endpointOf(target.workload);
        const { ingress } = network.reach(apiServer, to, target.number, port.protocol);
        if (!keptOut(ingress) || network.hasOtherPolicies(to)) continue;
        const where = `${world.idOf(target.workload.resource)} port ${target.number}`;
        const isolating = ingress.by.map((policy) => policy.name).join(', ');
        const denied = `policies (${isolating}) do not allow the API server to connect to ${where} unless the pod is on its node`;
        const at = { resource, path, value: name };
        if (nodes === undefined) yield { ...at, verdict: 'unknown', message: `${denied}; ${GIVE_NODES}` };
        else if (!network.isComplete(to))
          yield {
            ...at,
            verdict: 'unknown',
            settledBy: 'external',
            message: `${denied}; whether another policy of namespace ${namespace} does is not known: judge its manifests too`,
          };
        else yield { ...at, message: `${denied}, so ${consequence}` };
      }
    }
    for (const resource of world.of('APIService')) {
      if (resource.at(['spec', 'group']) !== 'metrics.k8s.io') continue;
      const service = serviceOf(
        world,
        string(resource.at(['spec', 'service', 'namespace'])) ?? '',
        string(resource.at(['spec', 'service', 'name'])) ?? '',
      );
      for (const workload of service?.workloads ?? []) {
        const from = network.endpointOf(workload);
        const { egress } = network.reach(from, apiServer, KUBELET_PORT);
        if (!keptOut(egress) || network.hasOtherPolicies(from)) continue;
        const isolating = egress.by.map((policy) => policy.name).join(', ');
        const denied = `policies (${isolating}) do not allow the metrics API to connect to the kubelets of other nodes (port ${KUBELET_PORT}), so their metrics are missing`;
        const at = {
          resource: workload.resource,
          path: ['metadata', 'name'],
          value: workload.resource.name,
          fix: `allow egress to the addresses of the nodes, port ${KUBELET_PORT}`,
        };
        if (nodes === undefined) yield { ...at, verdict: 'unknown', message: `${denied}; ${GIVE_NODES}` };
        else if (!network.isComplete(from))
          yield {
            ...at,
            verdict: 'unknown',
            settledBy: 'external',
            message: `${denied}; whether another policy allows it is not known`,
          };
        else yield { ...at, message: denied };
      }
    }

    /** Whether only a connection within the same node is allowed. */
    function keptOut({ verdict, by, why }: ReturnType<typeof network.reach>['ingress']): boolean {
      // The policies isolate the pod and none allows the connection: unknown only because it may come from the pod's own node.
      return verdict === 'denied' || (verdict === 'unknown' && why === 'own-node-only' && by.length > 0);
    }
  },
});
