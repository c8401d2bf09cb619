import type { Path } from '../../../manifests/resource';
import { strings } from '../../../manifests/resource';
import { isEmptySelector, selects } from '../../../manifests/selector';
import { near } from '../../../model/near';
import { networkOf } from '../../../simulate/network/network';
import type { Policy, PolicyPeer } from '../../../simulate/network/policy';
import { NAMESPACE_NAME } from '../../../world/known-labels';
import { hasPodsMatching, podAnywhere } from '../../../world/pods';
import { check } from '../../check';

const manifests = (app: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2' }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: redis, namespace: shop }
spec: { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: ${app} } } }] }] }
`;

export default check({
  id: 'netpol-peer-exists',
  group: 'networking',
  description: 'the peers in the rules of a NetworkPolicy select existing pods and namespaces',
  severity: 'advice',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'set the selectors of the peer to labels of the pods and their namespace; pods of another namespace need a namespaceSelector beside the podSelector',
  example: {
    broken: manifests('frontend'),
    fails: ['NetworkPolicy/shop/redis spec.ingress[0].from[0].podSelector'],
    fixed: manifests('web'),
  },
  *judge(world) {
    const network = networkOf(world);
    for (const policy of network.judgedPolicies()) {
      for (const rule of [...(policy.ingress ?? []), ...(policy.egress ?? [])]) {
        for (const peer of rule.peers ?? []) yield* judgePeer(policy, peer);
      }
    }

    function* judgePeer(policy: Policy, { ipBlock, namespaceSelector, podSelector, path }: PolicyPeer) {
      if (ipBlock || (!namespaceSelector && !podSelector)) return;
      const places = namespaceSelector ? namespacesNamed(namespaceSelector) : [policy.namespace];
      if (places === undefined) {
        yield* judgeLabels(policy, path, namespaceSelector);
        return;
      }
      for (const place of places) {
        if (
          namespaceSelector &&
          !world.hasNamespace(place) &&
          world.declaredExternal !== undefined &&
          world.unread.length === 0
        ) {
          yield {
            resource: policy.resource,
            path: [...path, 'namespaceSelector'],
            value: namespaceSelector,
            message: `namespace ${place} does not exist, so this peer allows no connections${near(place, world.namesOf('Namespace', ''))}`,
          };
          continue;
        }
        if (
          podSelector &&
          !isEmptySelector(podSelector) &&
          network.showsAllPods(place) &&
          // Into a namespace that they only create, something else installs the pods.
          (place === policy.namespace || world.workloadsIn(place).length > 0) &&
          !hasPodsMatching(world, place, podSelector)
        ) {
          const elsewhere = namespaceSelector ? undefined : podAnywhere(world, podSelector);
          const hint = Object.entries(strings(podSelector['matchLabels']))
            .map(([key, value]) =>
              near(
                value,
                world.workloadsIn(place).flatMap(({ podLabels }) => podLabels[key] ?? []),
              ),
            )
            .find((text) => text !== '');
          const at = { resource: policy.resource, path: [...path, 'podSelector'], value: podSelector };
          if (elsewhere)
            yield {
              ...at,
              message: `a podSelector alone selects pods of the policy's own namespace ${place}, and none has these labels; ${elsewhere.resource.kind} ${elsewhere.resource.name} of namespace ${elsewhere.namespace} has them, and needs a namespaceSelector in the same peer`,
            };
          else
            yield {
              ...at,
              message: `no pod of namespace ${place} has these labels, so this peer allows no connections${hint ?? ''}`,
            };
        }
      }
    }

    /** A selector by other labels may select namespaces that are not known; but one whose value is the name of a namespace means that one. */
    function* judgeLabels(policy: Policy, path: Path, selector: PolicyPeer['namespaceSelector']) {
      const names = world.namesOf('Namespace', '');
      if (names.some((name) => selects(selector, world.namespaceLabels(name) ?? {}))) return;
      const [label, name] =
        Object.entries(strings(selector?.['matchLabels'])).find(
          ([key, value]) => key !== NAMESPACE_NAME && names.includes(value),
        ) ?? [];
      if (label === undefined || name === undefined || world.unread.length > 0) return;
      yield {
        resource: policy.resource,
        path: [...path, 'namespaceSelector'],
        value: selector,
        message: `Namespace ${name} does not have the labels of this selector, so the peer allows no connections from or to it; each namespace has its name in the label ${NAMESPACE_NAME}`,
        fix:
          Object.keys(strings(selector?.['matchLabels'])).length === 1
            ? `write ${NAMESPACE_NAME}: ${name}`
            : `set the label ${label} on the Namespace, or select it by ${NAMESPACE_NAME}: ${name}`,
      };
    }

    /** The namespaces of a selector that selects by name alone. */
    function namespacesNamed(selector: PolicyPeer['namespaceSelector']): string[] | undefined {
      const labels = strings(selector?.['matchLabels']);
      const name = labels[NAMESPACE_NAME];
      return name !== undefined && Object.keys(labels).length === 1 && selector?.['matchExpressions'] === undefined
        ? [name]
        : undefined;
    }
  },
});
