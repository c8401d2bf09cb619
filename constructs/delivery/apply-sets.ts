import { hash } from 'node:crypto';
import type { KubernetesObject } from '../../model/kubernetes';
import type { DeliveryFile } from './argocd';
import type { Delivered, Delivery } from './delivery';
import { deliveryName } from './delivery';

const GROUP = 'strata.internal';

/**
 * What kubectl prunes by, for each cluster: the kind ApplySet, and one of it for each target, in which kubectl notes what it
 * has applied, in whatever namespaces. A ConfigMap could be one as well, but then all objects must stand in its namespace.
 */
export function applySets(product: string, delivery: Delivery, delivered: readonly Delivered[]): DeliveryFile[] {
  if (!delivery.kubectl) return [];
  const clusters = [...new Set(delivered.map(({ target }) => target.cluster.name))];
  // In files of their own: of one file kubectl looks up all kinds before it makes the first object.
  return clusters.flatMap((cluster) => [
    { file: `kubectl/${cluster}/definition.yaml`, objects: [DEFINITION] },
    {
      file: `kubectl/${cluster}/applysets.yaml`,
      objects: delivered
        .filter(({ target }) => target.cluster.name === cluster)
        .map(({ target }) => applySet(deliveryName(product, target))),
    },
  ]);
}

const DEFINITION: KubernetesObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `applysets.${GROUP}`, labels: { 'applyset.kubernetes.io/is-parent-type': 'true' } },
  spec: {
    group: GROUP,
    scope: 'Cluster',
    names: { kind: 'ApplySet', listKind: 'ApplySetList', plural: 'applysets', singular: 'applyset' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};

/** Empty: what it holds is kubectl's own, so it is created once and never applied. */
function applySet(name: string): KubernetesObject {
  const id = hash('sha256', `${name}..ApplySet.${GROUP}`, 'base64url');
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'ApplySet',
    metadata: {
      name,
      labels: { 'applyset.kubernetes.io/id': `applyset-${id}-v1` },
      annotations: {
        'applyset.kubernetes.io/tooling': 'kubectl/v1.27',
        'applyset.kubernetes.io/contains-group-kinds': '',
        'applyset.kubernetes.io/additional-namespaces': '',
      },
    },
  };
}
