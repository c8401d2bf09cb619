import { groupOf } from '../../model/kubernetes';
import { HEALTH_KNOWN } from './argo-health-kinds';
import type { Delivered } from './delivery';

/** The groups of Kubernetes itself: of what their kinds mean Argo CD knows all that there is. */
const OWN =
  /^$|^(apps|autoscaling|batch|policy)$|^(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io$/;

/** Checks for the custom kinds that are rendered and that Argo CD knows nothing of: what stands in the ConfigMap argocd-cm. */
export function healthChecks(delivered: readonly Delivered[]): Readonly<Record<string, string>> {
  const conditioned = new Set(delivered.flatMap(({ facts }) => facts.conditioned ?? []));
  const kinds = new Set(
    delivered.flatMap(({ objects }) => objects.map(({ apiVersion, kind }) => `${groupOf(apiVersion)}/${kind}`)),
  );
  return Object.fromEntries(
    [...kinds]
      .filter((kind) => !OWN.test(kind.slice(0, kind.indexOf('/'))) && !isKnown(kind))
      .sort()
      .map((kind) => [`resource.customizations.health.${kind.replace('/', '_')}`, healthScript(conditioned.has(kind))]),
  );
}

/** `_` stands for any name in Argo CD's own list. */
function isKnown(kind: string): boolean {
  return HEALTH_KNOWN.some((known) => new RegExp(`^${known.replaceAll('.', '\\.').replaceAll('_', '.*')}$`).test(kind));
}

/**
 * Healthy by the conditions that most controllers write. Those that are not met are `Progressing` and not `Degraded`, by which a
 * sync fails: many controllers begin with them. An object without conditions waits only where its kind is known to have them.
 */
function healthScript(hasConditions: boolean): string {
  const without = hasConditions
    ? '{ status = "Progressing", message = "no condition yet" }'
    : '{ status = "Healthy", message = "" }';
  return `if obj.status == nil or obj.status.conditions == nil then
  return ${without}
end
if obj.status.observedGeneration ~= nil and obj.metadata.generation ~= nil and obj.status.observedGeneration < obj.metadata.generation then
  return { status = "Progressing", message = "the last change has not been observed" }
end
for _, condition in ipairs(obj.status.conditions) do
  if (condition.type == "Ready" or condition.type == "Available") and condition.status ~= "True" then
    return { status = "Progressing", message = condition.message or condition.reason or condition.type }
  end
end
return { status = "Healthy", message = "" }
`;
}
