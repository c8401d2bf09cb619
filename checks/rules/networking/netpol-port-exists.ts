import type { WorkloadManifest } from '../../../manifests/workload';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import { networkOf } from '../../../simulate/network/network';
import type { Policy, PolicyPeer, PolicyRule } from '../../../simulate/network/policy';
import { podsMatching } from '../../../world/pods';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (port: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2', ports: [{ name: http, containerPort: 8080 }] }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: ${port} }] }] }
`;

export default check({
  id: 'netpol-port-exists',
  group: 'networking',
  description: 'the port names in a NetworkPolicy are names of ports of the pods that are connected to',
  severity: 'will-break',
  needs: ['external'],
  source: 'staging/src/k8s.io/api/networking/v1/types.go',
  fix: 'use the name of a port of the pods (ports[].name of a container, with the same protocol), or its number',
  example: {
    broken: manifests('htpp'),
    fails: ['NetworkPolicy/shop/web spec.ingress[0].ports[0].port'],
    fixed: manifests('http'),
  },
  *judge(world) {
    for (const policy of networkOf(world).judgedPolicies()) {
      const own = podsMatching(world, policy.namespace, policy.podSelector);
      for (const rule of policy.ingress ?? [])
        yield* judgeRule(world, policy, rule, { pods: own, areAll: isComplete(world, [policy.namespace]) });
      for (const rule of policy.egress ?? []) {
        const receivers = receiversOf(world, policy, rule);
        if (receivers) yield* judgeRule(world, policy, rule, receivers);
      }
    }
  },
});

interface Receivers {
  readonly pods: readonly WorkloadManifest[];
  /** Whether there are no others. */
  readonly areAll: boolean;
}

function* judgeRule(world: World, policy: Policy, rule: PolicyRule, { pods, areAll }: Receivers) {
  const receivers = pods.filter(({ podSpec }) => podSpec['hostNetwork'] !== true);
  if (receivers.length === 0) return;
  const has = (wanted: string, protocol: string) =>
    receivers.some(({ ports }) => ports.some((port) => port.name === wanted && port.protocol === protocol));
  const works = (rule.ports ?? []).some(
    ({ port, protocol }) => typeof port !== 'string' || has(port, protocol ?? 'TCP'),
  );
  for (const { port, protocol, path } of rule.ports ?? []) {
    if (typeof port !== 'string' || has(port, protocol)) continue;
    const names = [...new Set(receivers.flatMap(({ ports }) => ports.flatMap(({ name }) => name ?? [])))];
    const other = receivers.flatMap(({ ports }) => ports).find(({ name }) => name === port);
    const hint = other
      ? `; the port of this name is ${other.protocol}, not ${protocol}`
      : near(
          port,
          names.filter((name) => name !== port),
        );
    // One list of names for many kinds of pods is no mistake while another name of it is there.
    if (works && hint === '') continue;
    const where = someNames(
      receivers.map(({ resource }) => world.idOf(resource)),
      3,
    );
    const absent = `no port of ${where} is called ${port}`;
    yield {
      resource: policy.resource,
      path: [...path, 'port'],
      value: port,
      ...(areAll ? {} : { verdict: 'unknown' as const }),
      message: areAll
        ? `${absent}, so this entry allows no connection${hint}`
        : `${absent}, and whether other pods that are meant have such a port is not known${hint}`,
    };
  }
}

/** The pods that an egress rule means, where all of its peers select pods of namespaces by name. */
function receiversOf(world: World, policy: Policy, { peers }: PolicyRule): Receivers | undefined {
  if (!peers) return undefined;
  const found = new Set<WorkloadManifest>();
  const places = new Set<string>();
  for (const peer of peers) {
    const namespaces = namespacesOf(policy, peer);
    if (!namespaces) return undefined;
    for (const namespace of namespaces) {
      places.add(namespace);
      for (const workload of podsMatching(world, namespace, peer.podSelector ?? {})) found.add(workload);
    }
  }
  return { pods: [...found], areAll: isComplete(world, [...places]) };
}

function namespacesOf(policy: Policy, peer: PolicyPeer): readonly string[] | undefined {
  if (peer.ipBlock) return undefined;
  if (!peer.namespaceSelector) return [policy.namespace];
  const { matchLabels, matchExpressions } = peer.namespaceSelector;
  const names = Object.entries(Object(matchLabels)).map(([key, value]) =>
    key === 'kubernetes.io/metadata.name' ? String(value) : undefined,
  );
  const [name] = names;
  return names.length === 1 && name !== undefined && matchExpressions === undefined ? [name] : undefined;
}

function isComplete(world: World, namespaces: readonly string[]): boolean {
  const network = networkOf(world);
  return namespaces.every((namespace) => network.showsAllPods(namespace));
}
