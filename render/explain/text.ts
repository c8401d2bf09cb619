import { objectName } from '../../model/kubernetes';
import type { LayeredValue } from '../../model/layers';
import type { Target } from '../../model/target';
import { toYaml } from '../yaml';
import type { Cause } from './counterfactual';
import type { Explanation, Mover } from './explain';

/** Where a value or a patch was written, if it is known. */
export type PlaceOf = (at: Error) => string | undefined;

/** Every setting: its value, the layer that set it, why and where, and what it overrides. */
export function settingsText(target: Target, placeOf: PlaceOf): string[] {
  return [...target.history].flatMap(([path, history]) => {
    const [winner, ...overridden] = [...history].reverse();
    return [
      `${path} = ${JSON.stringify(winner!.value)}`,
      `  ${sourceOf(winner!, placeOf)}`,
      ...overridden.map((setting) => `  over ${JSON.stringify(setting.value)}: ${sourceOf(setting, placeOf)}`),
    ];
  });
}

/** Where an object was made, its field's value, what moves it, and what it would be without. */
export function explanationText<P>(
  { object, component, path, value, movers, needed }: Explanation<P>,
  target: Target<P>,
  origin: readonly string[],
  placeOf: PlaceOf,
): string[] {
  return [
    `${objectName(object)}, in ${target.path}/*-${component.name}.yaml`,
    `  made by ${origin.join('\n     from ') || 'an unknown place'}`,
    ...(path === '' ? [] : [`  ${path}:${show(value)}`]),
    ...movers.flatMap((mover) => [`  moved by ${causeText(mover.cause, placeOf)}`, ...withoutText(mover, path)]),
    ...(movers.length === 0 ? ['  moved by no setting of a layer, no patch and no feature'] : []),
    ...needed.map(({ cause, why }) => `  perhaps moved by ${causeText(cause, placeOf)}: the target needs it: ${why}`),
  ];
}

function withoutText<P>({ exists, value }: Mover<P>, path: string): string[] {
  if (!exists) return ['    without it: the object does not exist'];
  return path === '' ? [] : [`    without it:${show(value)}`];
}

function causeText<P>(cause: Cause<P>, placeOf: PlaceOf): string {
  if (cause.kind === 'feature')
    return `feature ${cause.feature.name} (features/${cause.feature.facts.group}/${cause.feature.name}.ts)`;
  if (cause.kind === 'patch') {
    const { object, reason, at } = cause.patch;
    return `patch of ${object} (${placeOf(at) ?? 'an unknown place'}: "${reason}")`;
  }
  const { path, value } = cause.winner;
  return `${path} = ${JSON.stringify(value)} (${sourceOf(cause.winner, placeOf)})`;
}

function sourceOf(setting: LayeredValue, placeOf: PlaceOf): string {
  const { layer, reason, at } = setting;
  return [`${layer}, ${placeOf(at) ?? 'an unknown place'}`, ...(reason === undefined ? [] : [`"${reason}"`])].join(
    ': ',
  );
}

/** A value behind a colon: on the same line, or as a block below. */
function show(value: unknown): string {
  const isBlock =
    typeof value === 'string' ? value.trimEnd().includes('\n') : isObject(value) && Object.keys(value).length > 0;
  if (!isBlock) return ` ${value === undefined ? 'unset' : JSON.stringify(value)}`;
  const text = typeof value === 'string' ? value : toYaml(value);
  return `\n${text.trimEnd().replace(/^(?=.)/gm, '      ')}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
