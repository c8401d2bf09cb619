import { byNumber, firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { isUnselected } from '../selections';
import { placeOfLost, statedRules } from './stated-rules';

/** Series that rules of objects and of files recorded, and that nothing records any more. */
export function* recordsLost(diff: WorldChange): Iterable<FoundRisk> {
  const own = new Set(diff.changes.map(({ after }) => after));
  const now = new Set(
    statedRules(diff.after).records.flatMap(({ name, resource }) =>
      own.has(resource) || resource.kind !== 'PrometheusRule' || !isUnselected(diff.after, resource) ? [name] : [],
    ),
  );
  const lost = new Map<string, { readonly place: Pick<FoundRisk, 'change' | 'field'>; readonly names: Set<string> }>();
  for (const rule of statedRules(diff.before).records) {
    const place = now.has(rule.name) ? undefined : placeOfLost(diff, rule);
    if (!place) continue;
    const key = `${place.change.id} ${place.field?.path.join() ?? ''}`;
    const all = lost.get(key) ?? { place, names: new Set<string>() };
    lost.set(key, all);
    all.names.add(rule.name);
  }
  for (const { place, names } of lost.values())
    yield {
      ...place,
      message: `${firstNames([...names])} ${byNumber(names.size, 'is', 'are')} recorded no more: what asks for ${byNumber(names.size, 'it', 'them')} finds nothing`,
      advice: 'make sure that no alert, dashboard or autoscaler asks for it: strata alerts',
    };
}
