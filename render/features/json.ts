import { objectName } from '../../model/kubernetes';
import type { PlaceOf } from '../explain/text';
import type { Way } from './ways';
import type { Brought, PlacedObject } from './why';
import type { WhyNot } from './why-not';

/** Why a target does not have a feature, as data. */
export function whyNotData<P>({ pair, feature, has, missing, add }: WhyNot<P>, placeOf: PlaceOf): object {
  return {
    target: pair.name,
    feature: feature.name,
    exists: pair.declared !== undefined,
    has,
    possible: has || missing.length === 0,
    missing: missing.map(({ what, ways }) => ({ what, ways: ways.map((way) => wayData(way, placeOf)) })),
    ...(add ? { add: wayData(add, placeOf) } : {}),
  };
}

function wayData({ does, line, at, file, or, objects }: Way, placeOf: PlaceOf): object {
  const placed = (at && placeOf(at)) ?? file;
  return {
    does,
    ...(line === undefined ? {} : { line }),
    ...(placed === undefined ? {} : { at: placed }),
    ...(or && placeOf(or) ? { orAt: placeOf(or) } : {}),
    ...(objects === undefined ? {} : { objects }),
  };
}

/** What a feature brings, as data. */
export function broughtData<P>(brought: Brought<P>, flows: readonly object[], placeOf: PlaceOf): object {
  const { pair, feature, has, added, removed, changed, settings, neededBy, indispensable } = brought;
  const about = ({ component, object }: PlacedObject) => ({ component, object: objectName(object) });
  return {
    target: pair.name,
    feature: feature.name,
    exists: pair.declared !== undefined,
    has,
    provides: feature.facts.provides ?? [],
    neededBy,
    ...(indispensable === undefined ? {} : { indispensable }),
    added: added.map(about),
    removed: removed.map(about),
    changed: changed.map((each) => ({ ...about(each), changes: each.changes })),
    flows,
    settings: [...settings].map(([path, history]) => {
      const { layer, value, reason, at } = history.at(-1)!;
      const place = layer === 'default' ? undefined : placeOf(at);
      return { path, value, layer, ...(reason === undefined ? {} : { reason }), ...(place ? { at: place } : {}) };
    }),
  };
}
