import { textsIn } from './makers';
import type { Json, Resource } from './resource';
import { list, record, strings } from './resource';
import { addOnData, kubernetesData } from './schema/data';
import type { Labels } from './selector';
import { selectsByMap } from './selector';
import type { World } from './world';

/** Those of the add-ons whose kinds are known that make pods of their own; their other kinds make none. */
const MAKERS: ReadonlySet<string> = new Set(['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler', 'ScaledJob']);

/** Add-ons that make no pods. */
const NO_MAKERS = /(^|\.)(cert-manager\.io|istio\.io|external-secrets\.io|bitnami\.com|cilium\.io|projectcalico\.org|kyverno\.io|gatekeeper\.sh|traefik\.io|linkerd\.io)$/;

const makers = new WeakMap<World, ReadonlyMap<string, readonly Resource[]>>();

/**
 * A custom resource whose operator may well make pods with these labels: it carries the labels for them, or a label is called after
 * its API, or has its name or its kind for a value, as `cnpg.io/cluster: pg` and `app.kubernetes.io/name: prometheus` have.
 */
export function podMakerOf(world: World, namespace: string, labels: Labels): Resource | undefined {
  return makersOf(world).get(namespace)?.find((maker) => mayMake(maker, labels));
}

function makersOf(world: World): ReadonlyMap<string, readonly Resource[]> {
  let known = makers.get(world);
  if (!known) {
    const map = new Map<string, Resource[]>();
    for (const resource of world.resources) {
      if (!isMaker(resource)) continue;
      for (const place of placesOf(world, resource)) map.set(place, [...(map.get(place) ?? []), resource]);
    }
    makers.set(world, (known = map));
  }
  return known;
}

function isMaker({ apiVersion, kind, group }: Resource): boolean {
  const id = `${apiVersion} ${kind}`;
  if (!group.includes('.') || Object.hasOwn(kubernetesData().kinds, id) || NO_MAKERS.test(group)) return false;
  return MAKERS.has(kind) || (kind === 'Application' && group === 'argoproj.io') || !Object.hasOwn(addOnData().kinds, id);
}

/** Its own namespace, and the one that it installs something into. */
function placesOf(world: World, resource: Resource): ReadonlySet<string> {
  const others = [resource.at(['spec', 'destination', 'namespace']), resource.at(['spec', 'targetNamespace'])];
  return new Set([world.namespaceOf(resource), ...others.filter((other) => typeof other === 'string')]);
}

function mayMake(maker: Resource, labels: Labels): boolean {
  const { group, kind, name } = maker;
  if (Object.values(labels).some((value) => value === name || value === kind.toLowerCase())) return true;
  const prefixes = Object.keys(labels).flatMap((key) => (key.includes('/') ? [key.slice(0, key.indexOf('/'))] : []));
  if (prefixes.some((prefix) => group === prefix || group.endsWith(`.${prefix}`) || prefix.endsWith(`.${group}`))) return true;
  const spec = maker.at(['spec']);
  return labelsIn(spec).some((own) => selectsByMap(labels, own)) || Object.values(labels).every((value) => [...textsIn(spec)].includes(value));
}

/** Every map called `labels` of a value, however deep. */
function labelsIn(value: unknown): Labels[] {
  const found: Labels[] = [];
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    const fields: Json | undefined = record(next);
    if (fields?.['labels'] !== undefined) found.push(strings(fields['labels']));
    open.push(...(fields ? Object.values(fields) : list(next)));
  }
  return found;
}
