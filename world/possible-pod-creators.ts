import type { Resource } from '../manifests/resource';
import type { Labels } from '../manifests/selector';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { mayCreate, placesOf } from './creates';
import { GATEWAY_API } from './listeners';
import { isOperated, operatedLabels } from './operated';
import { stringsIn } from './possible-creators';
import type { World } from './world';

/**
 * A custom resource whose operator may well make pods, and Services, with these labels: it carries the labels for them, or a label is called after
 * its API, or has its name or its kind for a value, as `cnpg.io/cluster: pg` and `app.kubernetes.io/name: prometheus` have.
 */
export function possiblePodCreatorOf(world: World, namespace: string, labels: Labels): Resource | undefined {
  return makersOf(world)
    .get(namespace)
    ?.find((maker) => mayMake(maker, labels) && !makesOthers(maker, labels));
}

/** Whether the Prometheus operator gives the pods of an object, whatever it is told, another value of one of these labels. */
function makesOthers(maker: Resource, labels: Labels): boolean {
  if (!isOperated(maker)) return false;
  return Object.entries(operatedLabels(maker)).some(
    ([key, value]) => labels[key] !== undefined && labels[key] !== value,
  );
}

/** Namespaces that such resources make something in. */
export function namespacesWithPodCreators(world: World): readonly string[] {
  return [...makersOf(world).keys()];
}

const makersOf = memo((world: World): ReadonlyMap<string, readonly Resource[]> => {
  const map = new Map<string, Resource[]>();
  for (const resource of world.resources) {
    if (!mayCreate(resource, 'pods', 'Service')) continue;
    for (const place of placesOf(world, resource)) addTo(map, place, resource);
  }
  return map;
});

function mayMake(maker: Resource, labels: Labels): boolean {
  const { group, kind, name } = maker;
  // The pods of a Gateway carry its name in a label that is called after it, whoever implements it (GEP-1762).
  const naming = Object.keys(labels).filter((key) => group !== GATEWAY_API || key.includes('gateway'));
  if (naming.some((key) => labels[key] === name || labels[key] === kind.toLowerCase())) return true;
  // `operated-prometheus: "true"`, on the Service that the operator makes.
  if (Object.hasOwn(labels, `operated-${kind.toLowerCase()}`)) return true;
  const prefixes = Object.keys(labels).flatMap((key) => (key.includes('/') ? [key.slice(0, key.indexOf('/'))] : []));
  if (prefixes.some((prefix) => group === prefix || group.endsWith(`.${prefix}`) || prefix.endsWith(`.${group}`)))
    return true;
  // It names every value, as it does where it carries the labels for them.
  return Object.values(labels).every((value) => textsOf(maker).has(value));
}

const textsOf = memo((maker: Resource): ReadonlySet<string> => new Set(stringsIn(maker.at(['spec']))));
