import { record, string } from '../../../manifests/resource';
import { memo } from '../../../model/memo';
import { addTo } from '../../../model/multimap';
import { isLessUrgent, urgencyOf } from '../../../simulate/alerting/urgency';
import { prometheusDuration } from '../../../upstream/prometheus/duration';
import type { StatedAlert } from '../../../world/alerting-rules';
import type { World } from '../../../world/world';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { placeOfLost, statedRules } from './stated-rules';

type ByName = ReadonlyMap<string, readonly StatedAlert[]>;

/** Alerts of objects and of files that nobody is told by any more: another object, or a file, may have taken one over. */
export function* alertsLost(diff: WorldChange): Iterable<FoundRisk> {
  const [was, is] = [alertsByName(diff.before), alertsByName(diff.after)];
  const lost = new Map<string, { readonly place: Pick<FoundRisk, 'change' | 'field'>; readonly names: Set<string> }>();
  for (const [name, alerts] of was) {
    if ((is.get(name)?.length ?? 0) >= alerts.length) continue;
    for (const alert of alerts) {
      const place = placeOfLost(diff, alert);
      const own = place?.change.before === alert.resource ? place.change.after : alert.resource;
      if (!place || (is.get(name) ?? []).some(({ resource }) => resource === own)) continue;
      const key = `${place.change.id} ${place.field?.path.join() ?? ''}`;
      const all = lost.get(key) ?? { place, names: new Set<string>() };
      lost.set(key, all);
      all.names.add(name);
    }
  }
  for (const { place, names } of lost.values())
    yield {
      ...place,
      message: `nobody is told any more by ${firstNames([...names])}`,
      advice: 'make sure that somebody is told by other means: strata alerts',
    };
}

/** Alerts that ask for less than they did, of the same name. */
export function* alertsToldLess(diff: WorldChange): Iterable<FoundRisk> {
  const before = alertsByName(diff.before);
  for (const [name, now] of alertsByName(diff.after)) {
    const was = before.get(name) ?? [];
    // Several of one name, such as a warning and a page, go by their order.
    if (was.length !== now.length) continue;
    for (const [i, alert] of now.entries()) {
      const change = diff.changes.find(({ after }) => after === alert.resource);
      if (!change || change.does === 'added') continue;
      const path = alert.resource.kind === 'ConfigMap' ? alert.path.map(String) : ['spec', 'groups'];
      const field = fieldAt(change, path);
      if (!field && change.does === 'changed') continue;
      for (const found of [severityLowered(name, was[i]!, alert), toldLater(name, was[i]!, alert)])
        if (found) yield { change, field, ...found };
    }
  }
}

const alertsByName = memo((world: World): ByName => {
  const all = new Map<string, StatedAlert[]>();
  for (const alert of statedRules(world).alerts) addTo(all, alert.name, alert);
  return all;
});

function severityLowered(name: string, before: StatedAlert, after: StatedAlert) {
  const [was, is] = [before, after].map(({ rule }) => string(record(rule['labels'])?.['severity']));
  const now = is === undefined ? 'info' : urgencyOf(is);
  if (was === undefined || !isLessUrgent(now, urgencyOf(was))) return undefined;
  return {
    message: `${name} has severity ${is ?? 'none'} in place of ${was}: whoever was told at once may be told later, or not at all`,
    advice: 'make sure that nobody has to act at once on it: strata alerts',
  };
}

/** From how much later on, in milliseconds, somebody who has to act comes too late: a quarter of an hour, as long as most who are on call have to answer. */
const TOO_LATE = 15 * 60_000;

function toldLater(name: string, before: StatedAlert, after: StatedAlert) {
  const [was, is] = [before, after].map(({ rule }) => string(rule['for']));
  const [old, now] = [was, is].map((text) => prometheusDuration(text ?? '0s'));
  if (old === undefined || now === undefined || now <= old) return undefined;
  return {
    // A few minutes more keep out what passes by itself, and are meant so.
    ...(now - old < TOO_LATE ? { class: 'in-place' as const } : {}),
    message: `${name} has to hold for ${is} in place of ${was ?? 'no time'} before anybody is told`,
    advice: 'make sure that what it tells of may last so long: strata alerts',
  };
}
