import { objectName } from '../../model/kubernetes';
import type { LayeredValue } from '../../model/layers';
import type { PlaceOf } from '../explain/text';
import type { MovedField } from './moved-fields';
import type { Way } from './ways';
import type { Brought, PlacedObject } from './why';
import type { WhyNot } from './why-not';

/** Why a target does not have a feature, and what to write. */
export function whyNotText<P>({ pair, feature, has, missing, add }: WhyNot<P>, placeOf: PlaceOf): string[] {
  const { name } = pair;
  if (has) return [`${name} has ${feature.name}; strata why ${name} ${feature.name} says what it brings`];
  if (add) return [`nothing keeps ${name} from having ${feature.name}`, ...wayText(add, 'add', placeOf)];
  return [
    `${name} cannot have ${feature.name} (${feature.facts.summary})`,
    ...missing.flatMap(({ what, ways }) => [
      what,
      ...ways.flatMap((way, i) => wayText(way, i === 0 ? 'fix' : ' or', placeOf)),
    ]),
  ];
}

function wayText(way: Way, word: string, placeOf: PlaceOf): string[] {
  const { does, line, objects } = way;
  const place = placeIn(way, placeOf);
  const tried = objects === undefined ? '' : ` (it renders: ${objects} objects)`;
  const or = way.or && placeOf(way.or);
  return [
    `  ${word}: ${does}${tried}`,
    ...(line === undefined ? [] : [`       ${place === undefined ? '' : `${place}: `}${line}`]),
    ...(or === undefined ? [] : [`       or for every target: \`excludes\` in ${or}`]),
  ];
}

/** The line where it stands already, else the file. */
function placeIn({ at, file }: Way, placeOf: PlaceOf): string | undefined {
  return (at && placeOf(at)) ?? file;
}

/** What a feature brings, would bring. */
export function broughtText<P>(brought: Brought<P>, flows: readonly string[], placeOf: PlaceOf): string[] {
  const { pair, feature, has, added, removed, changed, settings, neededBy, indispensable } = brought;
  const verb = has ? 'brings' : 'would bring';
  const provides = feature.facts.provides ?? [];
  return [
    `${feature.name} ${verb} to ${pair.name}: ${feature.facts.summary}`,
    ...(provides.length > 0 ? [`  provides ${provides.join(', ')}`] : []),
    ...neededBy.map((need) => `  ${need.feature} needs ${need.capability} of it`),
    ...(indispensable === undefined
      ? objectsText(added, removed, changed)
      : [`  the target cannot be rendered without it, so its objects are not told apart: ${indispensable}`]),
    ...flows,
    ...(settings.size > 0 ? ['settings', ...[...settings].map((setting) => settingText(setting, placeOf))] : []),
  ];
}

function objectsText(
  added: readonly PlacedObject[],
  removed: readonly PlacedObject[],
  changed: Brought<never>['changed'],
): string[] {
  const names = (all: readonly PlacedObject[]) =>
    all.map(({ component, object }) => `  ${objectName(object)} (${component})`);
  if (added.length + removed.length + changed.length === 0) return ['no object differs without it'];
  return [
    ...(added.length > 0 ? [`adds ${countOf(added, 'object')}`, ...names(added)] : []),
    ...(removed.length > 0 ? [`takes away ${countOf(removed, 'object')}`, ...names(removed)] : []),
    ...(changed.length > 0
      ? [
          `changes ${countOf(changed, 'object')} of others`,
          ...changed.flatMap(({ object, changes }) => [
            `  ${objectName(object)}`,
            ...changes.flatMap(changeText).map((line) => `    ${line}`),
          ]),
        ]
      : []),
  ];
}

function changeText({ path, before, after }: MovedField): string[] {
  if (typeof before === 'string' && typeof after === 'string' && /\n./.test(before + after)) {
    const [was, is] = [before.split('\n'), after.split('\n')];
    return [
      path,
      ...was.filter((line) => !is.includes(line)).map((line) => `  - ${line}`),
      ...is.filter((line) => !was.includes(line)).map((line) => `  + ${line}`),
    ];
  }
  if (before === undefined) return [`${path}: + ${short(after)}`];
  if (after === undefined) return [`${path}: - ${short(before)}`];
  return [`${path}: ${short(before)} → ${short(after)}`];
}

function settingText([path, history]: readonly [string, readonly LayeredValue[]], placeOf: PlaceOf): string {
  const { layer, value, reason, at } = history.at(-1)!;
  const where = layer === 'default' ? undefined : placeOf(at);
  return `  ${path} = ${JSON.stringify(value)} (${[layer, where].filter(Boolean).join(', ')}${reason === undefined ? '' : `: "${reason}"`})`;
}

function countOf(all: readonly unknown[], what: string): string {
  return `${all.length} ${what}${all.length === 1 ? '' : 's'}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
