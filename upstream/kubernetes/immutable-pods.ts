import type { Json } from '../../manifests/resource';
import { list, mappings } from '../../manifests/resource';
import { sameValue } from './same-value';

export const POD_STAYS =
  'pod updates may not change fields other than spec.containers[*].image, spec.initContainers[*].image, spec.activeDeadlineSeconds, spec.tolerations (only additions)';

/** What may change by rules of its own, or that the cluster fills in. */
const OWN_RULES = [
  'containers',
  'initContainers',
  'activeDeadlineSeconds',
  'tolerations',
  'schedulingGates',
  'nodeName',
];

/** The fields of a pod's spec whose change is refused: it keeps all of them, only images change, deadlines come nearer and tolerations are added. (ValidatePodUpdate) */
export function podChanges(before: Json, now: Json): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => !OWN_RULES.includes(name) && !sameValue(before[name], now[name]),
  );
  for (const field of ['containers', 'initContainers'])
    if (!sameValue(withoutImages(before[field]), withoutImages(now[field]))) names.push(field);
  const [old, next] = [before['activeDeadlineSeconds'], now['activeDeadlineSeconds']];
  if (old !== undefined && (next === undefined || Number(next) > Number(old))) names.push('activeDeadlineSeconds');
  const tolerations = list(now['tolerations']);
  if (list(before['tolerations']).some((one) => !tolerations.some((other) => sameValue(one, other))))
    names.push('tolerations');
  const gates = list(before['schedulingGates']);
  if (list(now['schedulingGates']).some((one) => !gates.some((other) => sameValue(one, other))))
    names.push('schedulingGates');
  return names;
}

function withoutImages(containers: unknown): Json[] {
  return mappings(containers).map(({ image: _image, ...container }) => container);
}
