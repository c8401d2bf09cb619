import type { k8s } from 'cdk8s-plus-28';
import { HOSTNAME, ZONE } from '../../model/cluster';
import { operatorOf } from '../../model/node-match';
import type { NodeExpression, Placement, Spread, Toleration } from '../../model/placement';
import { preferredOf } from '../../model/placement';

/** What placement knows of the pods. */
interface PlacedPods {
  /** The labels that the replicas share. */
  readonly selector: Readonly<Record<string, string>>;
  /** Whether there can be several at once, which then keep apart. */
  readonly replicated: boolean;
}

/** A placement in a pod's own fields; its spread is the workload's matter. */
export function placementSpec(
  placement: Placement,
  pods: PlacedPods,
): Pick<k8s.PodSpec, 'affinity' | 'nodeSelector' | 'tolerations'> {
  const affinity = {
    ...nodeAffinity(placement),
    ...(pods.replicated ? podAntiAffinity(placement, pods.selector) : {}),
  };
  const nodeSelector = Object.fromEntries(
    Object.entries(placement.requires ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  return {
    ...(Object.keys(nodeSelector).length ? { nodeSelector } : {}),
    ...(Object.keys(affinity).length ? { affinity } : {}),
    ...(placement.tolerates?.length ? { tolerations: placement.tolerates.map(toleration) } : {}),
  };
}

/** The node label that pods keep apart or are spread over. */
export function topologyOf(over: Spread['over']): string {
  return over === 'zone' ? ZONE : HOSTNAME;
}

function nodeAffinity(placement: Placement): Pick<k8s.Affinity, 'nodeAffinity'> {
  const oneOf = Object.entries(placement.requires ?? {}).flatMap(([key, values]) =>
    typeof values === 'object' ? [{ key, operator: 'In', values } as const] : [],
  );
  const requires = [...oneOf, ...(placement.matches ?? [])].map(requirement);
  const prefers = (placement.prefers ?? []).map((preference) => ({
    weight: preference.weight,
    preference: { matchExpressions: preferredOf(preference).map(requirement) },
  }));
  if (!requires.length && !prefers.length) return {};
  return {
    nodeAffinity: {
      ...(requires.length
        ? { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: requires }] } }
        : {}),
      ...(prefers.length ? { preferredDuringSchedulingIgnoredDuringExecution: prefers } : {}),
    },
  };
}

function requirement(expression: NodeExpression): k8s.NodeSelectorRequirement {
  const { key, operator } = expression;
  if ('values' in expression) return { key, operator, values: [...expression.values] };
  return 'value' in expression ? { key, operator, values: [String(expression.value)] } : { key, operator };
}

function podAntiAffinity(
  placement: Placement,
  selector: PlacedPods['selector'],
): Pick<k8s.Affinity, 'podAntiAffinity'> {
  const { over, strength } = placement.apart ?? { over: 'node', strength: 'preferred' };
  const term = { topologyKey: topologyOf(over), labelSelector: { matchLabels: { ...selector } } };
  return {
    podAntiAffinity:
      strength === 'required'
        ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
        : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] },
  };
}

function toleration(toleration: Toleration): k8s.Toleration {
  const { key, value, effect, seconds } = toleration;
  return {
    ...(key === undefined ? {} : { key }),
    operator: operatorOf(toleration),
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect }),
    ...(seconds === undefined ? {} : { tolerationSeconds: seconds }),
  };
}
