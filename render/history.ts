import type { Component, KubernetesObject } from '../model/kubernetes';
import { CONFIG_KEPT, CONFIG_OF, CONFIG_SUPERSEDED, objectName } from '../model/kubernetes';

/**
 * Adds the earlier versions of hashed ConfigMaps and Secrets that a rolling back still needs: the ones of the previous
 * render, newest first, up to the number that the config itself states. The previous render is the only memory: the same
 * sources over the same previous render give the same bytes, and rendering over one's own output changes nothing.
 */
export function keepEarlierConfigs(
  components: readonly Component[],
  previous: readonly KubernetesObject[],
): Component[] {
  const earlier = previous.filter((object) => family(object) !== undefined);
  if (earlier.length === 0) return [...components];
  return components.map((component) => ({
    ...component,
    objects: component.objects.flatMap((object) =>
      family(object) === undefined ? [object] : [object, ...kept(object, earlier)],
    ),
  }));
}

function kept(current: KubernetesObject, earlier: readonly KubernetesObject[]): KubernetesObject[] {
  return earlier
    .filter((object) => family(object) === family(current) && objectName(object) !== objectName(current))
    .sort((a, b) => age(a) - age(b))
    .slice(0, Number(current.metadata.annotations?.[CONFIG_KEPT]))
    .map((object, i) => ({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { ...object.metadata.annotations, [CONFIG_SUPERSEDED]: String(i + 1) },
      },
    }));
}

/** What all versions of a config share. */
function family(object: KubernetesObject): string | undefined {
  const base = object.metadata.annotations?.[CONFIG_OF];
  return base && `${object.kind}/${object.metadata.namespace}/${base}`;
}

/** 0 for the version that was current. */
function age(object: KubernetesObject): number {
  return Number(object.metadata.annotations?.[CONFIG_SUPERSEDED] ?? 0);
}
