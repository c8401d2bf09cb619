import type { Resource } from '../manifests/resource';
import { record, string } from '../manifests/resource';
import { misspellingOf } from '../model/misspelling';
import { operatorObjects } from './alertmanager';
import type { Certainty } from './certainty';
import { all } from './certainty';
import { namespaceLabels, selectsKnown } from './known-labels';
import type { World } from './world';

/** Objects of the Prometheus operator that others select: by which kinds, and with which fields. */
const SELECTED: Readonly<Record<string, { readonly by: readonly string[]; readonly field: string }>> = {
  ServiceMonitor: { by: ['Prometheus', 'PrometheusAgent'], field: 'serviceMonitor' },
  PodMonitor: { by: ['Prometheus', 'PrometheusAgent'], field: 'podMonitor' },
  Probe: { by: ['Prometheus', 'PrometheusAgent'], field: 'probe' },
  ScrapeConfig: { by: ['Prometheus', 'PrometheusAgent'], field: 'scrapeConfig' },
  PrometheusRule: { by: ['Prometheus', 'ThanosRuler'], field: 'rule' },
  AlertmanagerConfig: { by: ['Alertmanager'], field: 'alertmanagerConfig' },
};

/** The kinds of objects that the operator's Prometheus, ThanosRuler and Alertmanager select. */
export const SELECTED_KINDS: readonly string[] = Object.keys(SELECTED);

/** What each kind selects, and with which fields: `ruleSelector` and `ruleNamespaceSelector` are those of field `rule`. */
export const SELECTORS: Readonly<Record<string, readonly { readonly kind: string; readonly field: string }[]>> =
  Object.fromEntries(
    [...new Set(Object.values(SELECTED).flatMap(({ by }) => by))].map((owner) => [
      owner,
      Object.entries(SELECTED).flatMap(([kind, { by, field }]) => (by.includes(owner) ? [{ kind, field }] : [])),
    ]),
  );

/** Whether an object selects another, and why it does not. */
export interface OperatorSelection {
  readonly by: Resource;
  readonly is: Certainty;
  readonly why: string;
  /** The label that it wants is certainly the one that is misspelt here. */
  readonly misspelt: boolean;
}

/** What each object that might select a monitor, rule or configuration makes of it. */
export function selectionsOfObject(world: World, resource: Resource): readonly OperatorSelection[] {
  const selected = SELECTED[resource.kind];
  if (!selected) return [];
  const owners = selected.by.flatMap((kind) => [
    ...operatorObjects(world, kind),
    ...world.external.filter((other) => other.kind === kind && other.group === resource.group),
  ]);
  return owners.filter(isManaged).map((by) => selectionBy(world, by, resource, selected.field));
}

/** An object without any selector is not configured by objects: somebody else writes its configuration. */
function isManaged({ object }: Resource): boolean {
  const spec = record(object['spec']) ?? {};
  return (
    spec['alertmanagerConfiguration'] !== undefined ||
    Object.values(SELECTED).some(({ field }) => (spec[`${field}Selector`] ?? null) !== null)
  );
}

function selectionBy(world: World, by: Resource, resource: Resource, field: string): OperatorSelection {
  const [own, namespace] = [world.namespaceOf(by), world.namespaceOf(resource)];
  // An Alertmanager may name one configuration for all.
  const named = string(by.at(['spec', 'alertmanagerConfiguration', 'name']));
  if (resource.kind === 'AlertmanagerConfig' && named === resource.name && own === namespace)
    return { by, is: 'yes', why: '', misspelt: false };
  const selector = record(by.at(['spec', `${field}Selector`]));
  const namespaces = record(by.at(['spec', `${field}NamespaceSelector`]));
  // Without a selector nothing is selected, and without one for namespaces the own one only.
  const labels: Certainty = selector ? selectsKnown(selector, { labels: resource.labels, complete: true }) : 'no';
  const place: Certainty =
    own === namespace ? 'yes' : namespaces ? selectsKnown(namespaces, namespaceLabels(world, namespace)) : 'no';
  const ownToo: Certainty =
    own === namespace && namespaces ? selectsKnown(namespaces, namespaceLabels(world, own)) : place;
  const why = !selector
    ? named !== undefined && field === 'alertmanagerConfig'
      ? `takes AlertmanagerConfig ${named} of namespace ${own} alone (spec.alertmanagerConfiguration, and no alertmanagerConfigSelector)`
      : `has no ${field}Selector and so selects none`
    : labels === 'no'
      ? `selects by spec.${field}Selector ${JSON.stringify(selector)}`
      : namespaces
        ? `selects namespaces by spec.${field}NamespaceSelector ${JSON.stringify(namespaces)}`
        : `selects in its own namespace ${own} only (it has no ${field}NamespaceSelector)`;
  return {
    by,
    is: all([labels, ownToo]),
    why,
    misspelt: isMisspelt(selector, resource),
  };
}

function isMisspelt(selector: ReturnType<typeof record>, { labels }: Resource): boolean {
  return Object.entries(record(selector?.['matchLabels']) ?? {}).some(
    ([key, wanted]) =>
      typeof wanted === 'string' && labels[key] !== undefined && misspellingOf(labels[key], [wanted]).length > 0,
  );
}
