import type { Resource } from '../manifests/resource';
import { list, record } from '../manifests/resource';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import type { World } from './world';

/** APIs whose objects make no objects that pods refer to: what they mention must come from elsewhere. */
const NO_MAKERS =
  /(^|\.)(k8s\.io|monitoring\.coreos\.com|cilium\.io|projectcalico\.org|istio\.io|linkerd\.io|keda\.sh|argoproj\.io|traefik\.io|kyverno\.io|gatekeeper\.sh|velero\.io|fluxcd\.io)$/;
const BUILT_IN = /^(|apps|batch|policy|autoscaling|extensions|cert-manager\.io|external-secrets\.io|bitnami\.com)$/;

/** Of the Prometheus operator: each makes a StatefulSet and a Service `prometheus-operated`. */
export const RUNNERS: ReadonlySet<string> = new Set(['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler']);

/** Whether it installs a chart, whose objects and labels are called after the release as a rule. An Application of a folder installs what is judged here. */
export function installsChart(resource: Resource): boolean {
  if (resource.kind === 'Application')
    return [resource.at(['spec', 'source']), ...list(resource.at(['spec', 'sources']))].some(
      (source) => record(source)?.['chart'] !== undefined,
    );
  return resource.kind === 'HelmRelease' || resource.kind === 'HelmChart';
}

/** The namespaces that it may make objects in: its own, and the one that it installs into. */
export function placesOf(world: World, resource: Resource): ReadonlySet<string> {
  const others = [resource.at(['spec', 'destination', 'namespace']), resource.at(['spec', 'targetNamespace'])];
  return new Set([world.namespaceOf(resource), ...others.filter((other) => typeof other === 'string')]);
}

/** A custom resource that may well make this object: it names it, or the object is called after it. */
export function makerOf(world: World, namespace: string, name: string): Resource | undefined {
  const known = makers(world);
  return [...(known.get(namespace) ?? []), ...(known.get('') ?? [])].find(
    ({ resource, mentions }) =>
      name === resource.name ||
      name.startsWith(`${resource.name}-`) ||
      name.startsWith(`${resource.name}.`) ||
      mentions.has(name),
  )?.resource;
}

interface Maker {
  readonly resource: Resource;
  readonly mentions: ReadonlySet<string>;
}

const makers = memo((world: World): ReadonlyMap<string, readonly Maker[]> => {
  const map = new Map<string, Maker[]>();
  for (const resource of world.resources) {
    if (
      BUILT_IN.test(resource.group) ||
      (NO_MAKERS.test(resource.group) && !installsChart(resource) && !RUNNERS.has(resource.kind))
    )
      continue;
    const mentions = new Set(textsIn(resource.at(['spec'])));
    if (RUNNERS.has(resource.kind)) mentions.add(`${resource.kind.toLowerCase()}-operated`);
    for (const place of placesOf(world, resource)) addTo(map, place, { resource, mentions });
  }
  return map;
});

/** Every text of a value, however deep. */
export function* textsIn(value: unknown): Iterable<string> {
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') yield next;
    else if (next !== null && typeof next === 'object') for (const inner of Object.values(next)) open.push(inner);
  }
}
