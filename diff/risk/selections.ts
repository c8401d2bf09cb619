import type { Resource } from '../../manifests/resource';
import { record, strings } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { operatorObjects } from '../../world/alertmanager';
import { OPERATOR_GROUP } from '../../world/operated';
import type { OperatorSelection } from '../../world/operator-selection';
import { SELECTED_KINDS, SELECTORS, selectionsOfObject } from '../../world/operator-selection';
import type { World } from '../../world/world';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { changesOf } from './kinds';
import { fieldAt } from './paths';
import type { WorldChange } from './risk';

/** An object of the Prometheus operator that stays, and that nobody selects any more, or perhaps nobody. */
export interface Deselected {
  /** What makes it so: a change of its labels, of who selected it, or of its namespace. */
  readonly change: ObjectChange;
  readonly field: FieldChange | undefined;
  readonly before: Resource;
  readonly after: Resource;
  /** Who selected it. */
  readonly by: Resource;
  /** False: only a label that is not known makes it selected still. */
  readonly isCertain: boolean;
}

/** Whether every Prometheus, ThanosRuler or Alertmanager among the manifests that could select an object certainly does not; false where there is none. */
export function isUnselected(world: World, resource: Resource): boolean {
  const all = selectionsOfObject(world, resource);
  return all.length > 0 && all.every(({ is }) => is === 'no');
}

/** The monitors, rules and configurations that stay and are selected no more. */
export const deselected = memo((diff: WorldChange): readonly Deselected[] => {
  const owners = Object.keys(SELECTORS);
  if (changesOf(diff, ...SELECTED_KINDS, ...owners, 'Namespace').length === 0) return [];
  return SELECTED_KINDS.flatMap((kind) => {
    const changes = new Map(changesOf(diff, kind).map((change) => [change.before, change]));
    const after = new Map(operatorObjects(diff.after, kind).map((each) => [diff.after.idOf(each), each]));
    return operatorObjects(diff.before, kind).flatMap((was): Deselected[] => {
      const own = changes.get(was);
      const is = own ? own.after : after.get(diff.before.idOf(was));
      const lost = is && selectionLost(diff, was, is);
      const cause = lost && causeOf(diff, own, was, lost.by);
      return is && lost && cause ? [{ ...cause, ...lost, before: was, after: is }] : [];
    });
  });
});

function selectionLost(diff: WorldChange, was: Resource, is: Resource) {
  const before = selectionsOfObject(diff.before, was);
  const certain = before.find((selection) => selection.is === 'yes');
  const by = certain ?? before.find((selection) => selection.is === 'unknown');
  if (!by) return undefined;
  const after = selectionsOfObject(diff.after, is);
  // A Prometheus without any selector takes a configuration that somebody else writes: what it reads is not known.
  if (after.length === 0 && isThereStill(diff, by)) return undefined;
  if (after.every((selection) => selection.is === 'no')) return { by: by.by, isCertain: certain !== undefined };
  return certain && !after.some((selection) => selection.is === 'yes') ? { by: by.by, isCertain: false } : undefined;
}

function isThereStill({ before, after }: WorldChange, { by }: OperatorSelection): boolean {
  const id = before.idOf(by);
  return [...operatorObjects(after, by.kind), ...after.external].some((each) => after.idOf(each) === id);
}

/** Its own labels first, then the selector, then the labels of its namespace. */
function causeOf(
  diff: WorldChange,
  own: ObjectChange | undefined,
  was: Resource,
  by: Resource,
): Pick<Deselected, 'change' | 'field'> | undefined {
  const labels = own && fieldAt(own, ['metadata', 'labels']);
  if (own && (labels || own.does === 'renamed')) return { change: own, field: labels };
  const selecting = changesOf(diff, by.kind).find(({ before }) => before === by);
  const field = selecting && selectorField(selecting);
  if (selecting && (field || selecting.does !== 'changed')) return { change: selecting, field };
  const namespace = changesOf(diff, 'Namespace').find(({ before }) => before?.name === diff.before.namespaceOf(was));
  return namespace && { change: namespace, field: fieldAt(namespace, ['metadata', 'labels']) };
}

function selectorField(change: ObjectChange): FieldChange | undefined {
  for (const name of selectorNames(change.kind)) {
    const field = fieldAt(change, ['spec', name]);
    if (field) return field;
  }
  return change.kind === 'Alertmanager' ? fieldAt(change, ['spec', 'alertmanagerConfiguration']) : undefined;
}

/** `serviceMonitorSelector`, `serviceMonitorNamespaceSelector`, … of a kind. */
function selectorNames(kind: string): string[] {
  return (SELECTORS[kind] ?? []).flatMap(({ field }) => [`${field}Selector`, `${field}NamespaceSelector`]);
}

/** A selector that asks for other labels than before, and of which nothing that it selected is among the manifests. */
export interface SelectorMoved {
  readonly change: ObjectChange;
  readonly field: FieldChange;
  /** What it selects: `ServiceMonitor`. */
  readonly kind: string;
}

/** Selectors that may select less, where what they select is kept elsewhere. */
export function* selectorsMoved(diff: WorldChange): Iterable<SelectorMoved> {
  for (const change of changesOf(diff, ...Object.keys(SELECTORS))) {
    const { does, before, after } = change;
    if (does !== 'changed' || before?.group !== OPERATOR_GROUP || !after) continue;
    for (const { kind, field } of SELECTORS[change.kind] ?? []) {
      const isSeen = operatorObjects(diff.before, kind).some((each) =>
        selectionsOfObject(diff.before, each).some(({ by, is }) => by === before && is !== 'no'),
      );
      // Without the one for labels nothing was selected at all.
      if (isSeen || before.at(['spec', `${field}Selector`]) === undefined) continue;
      for (const name of [`${field}Selector`, `${field}NamespaceSelector`]) {
        const changed = fieldAt(change, ['spec', name]);
        if (changed && mayNarrow(before.at(['spec', name]), after.at(['spec', name])))
          yield { change, field: changed, kind };
      }
    }
  }
}

/** Whether a selector may select less than another: it has a condition that the other does not have. One for namespaces that is missing means the own one. */
function mayNarrow(was: unknown, is: unknown): boolean {
  const [old, now] = [record(was), record(is)].map((selector) => selector && conditionsOf(selector));
  if (!now) return old !== undefined;
  return old === undefined ? now.length > 0 : now.some((condition) => !old.includes(condition));
}

function conditionsOf(selector: Record<string, unknown>): string[] {
  const expressions = selector['matchExpressions'];
  return [
    ...Object.entries(strings(selector['matchLabels'])).map(([key, value]) => `${key}=${value}`),
    ...(Array.isArray(expressions) ? expressions.map((each) => JSON.stringify(each)) : []),
  ];
}

/** Who among the manifests selects such an object by one of these labels. */
export function selectorsByLabels({ before, after }: WorldChange, kind: string, keys: readonly string[]): string[] {
  const ids = [before, after].flatMap((world) =>
    Object.keys(SELECTORS).flatMap((owner) =>
      operatorObjects(world, owner).flatMap((each) =>
        (SELECTORS[owner] ?? []).some((own) => own.kind === kind && asksFor(each, `${own.field}Selector`, keys))
          ? [world.idOf(each)]
          : [],
      ),
    ),
  );
  return [...new Set(ids)];
}

function asksFor(by: Resource, name: string, keys: readonly string[]): boolean {
  const selector = record(by.at(['spec', name])) ?? {};
  const asked = [
    ...Object.keys(record(selector['matchLabels']) ?? {}),
    ...(Array.isArray(selector['matchExpressions']) ? selector['matchExpressions'] : []).map(
      (each: unknown) => record(each)?.['key'],
    ),
  ];
  return keys.some((key) => asked.includes(key));
}
