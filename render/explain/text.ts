import { meantName, StrataError } from '../../model/errors';
import { objectName } from '../../model/kubernetes';
import type { LayeredValue } from '../../model/layers';
import type { Patch } from '../../model/patch';
import type { Target } from '../../model/target';
import { toYaml } from '../yaml';
import type { Cause } from './counterfactual';
import type { Explanation, Mover } from './explain';
import { listChanges } from './list-changes';

/** Where a value or a patch was written, if it is known. */
export type PlaceOf = (at: Error) => string | undefined;

/** Every setting, or those of a name: the value, the layer that set it, why and where, and what it overrides. */
export function settingsText(target: Target, placeOf: PlaceOf, name?: string): string[] {
  return settingsCalled(target, name).flatMap(([path, history]) => {
    const [winner, ...overridden] = [...history].reverse();
    return [
      `${path} = ${JSON.stringify(winner!.value)}`,
      `  ${sourceOf(winner!, placeOf)}`,
      ...overridden.map((setting) => `  over ${JSON.stringify(setting.value)}: ${sourceOf(setting, placeOf)}`),
    ];
  });
}

/** `web.replicas`, all of `web`, or the setting that `web.resources.cpu` is a part of. */
function settingsCalled({ name: target, history }: Target, name: string | undefined) {
  if (name === undefined) return [...history];
  const found = [...history].filter(
    ([path]) => path === name || path.startsWith(`${name}.`) || name.startsWith(`${path}.`),
  );
  if (found.length > 0) return found;
  const paths = [...history.keys()];
  // Of a group that is there, its settings; else every group.
  const group = `${name.split('.')[0]}.`;
  const near = paths.filter((path) => path.startsWith(group));
  const known = near.length > 0 ? near : [...new Set(paths.map((path) => path.split('.')[0]!))];
  throw new StrataError(`${target} ${name}`, 'this target has no such setting', [
    `name a setting: ${meantName(name, [...paths, ...known])} known${near.length > 0 ? '' : ' groups'}: ${known.join(', ')}`.replace(
      '  ',
      ' ',
    ),
    'name an object as Kind/name, such as Deployment/web',
  ]);
}

/** Where an object was made, its field's value, what moves it, and what it would be without. */
export function explanationText<P>(
  { object, component, given, path, value, movers, needed }: Explanation<P>,
  target: Target<P>,
  origin: readonly string[],
  placeOf: PlaceOf,
): string[] {
  return [
    `${objectName(object)}, in ${target.path}/*-${component.name}.yaml`,
    ...(given === undefined ? [] : [`  written in ${given}`]),
    `  made by ${origin.join('\n     from ') || STRATA}`,
    ...(path === '' ? [] : [`  ${path}:${show(value)}`]),
    ...movers.flatMap((mover) => [`  moved by ${causeText(mover.cause, placeOf)}`, ...withoutText(mover, path, value)]),
    ...(movers.length === 0 ? ['  moved by no setting of a layer, no patch and no feature'] : []),
    ...needed.map(({ cause, why }) => `  perhaps moved by ${causeText(cause, placeOf)}: the target needs it: ${why}`),
  ];
}

/** What no line of the project has written is the package's: an object of one of its features, a default of its settings. */
const STRATA = 'strata itself';

function withoutText<P>({ exists, value }: Mover<P>, path: string, here: unknown): string[] {
  if (!exists) return ['    without it: the object does not exist'];
  if (path === '') return [];
  return Array.isArray(here) && Array.isArray(value)
    ? ['    without it:', ...listChanges(here, value).map((line) => `      ${line}`)]
    : [`    without it:${show(value)}`];
}

function causeText<P>(cause: Cause<P>, placeOf: PlaceOf): string {
  if (cause.kind === 'feature') return featureText(cause.feature, placeOf);
  if (cause.kind === 'patch') return patchText(cause.patch, placeOf);
  const { path, value } = cause.winner;
  return `${path} = ${JSON.stringify(value)} (${sourceOf(cause.winner, placeOf)})`;
}

export function patchText({ object, reason, at }: Patch, placeOf: PlaceOf): string {
  return `patch of ${object} (${placeOf(at) ?? STRATA}: "${reason}")`;
}

/** With its file, where that is one of the project's own. */
export function featureText({ name, at }: { readonly name: string; readonly at?: Error }, placeOf: PlaceOf): string {
  const file = at === undefined ? undefined : placeOf(at)?.replace(/:\d+$/, '');
  return file === undefined ? `feature ${name}` : `feature ${name} (${file})`;
}

/** `environment, environments/prod.ts:11: "one per zone"` */
export function sourceOf(setting: LayeredValue, placeOf: PlaceOf): string {
  const { layer, reason, at } = setting;
  return [`${layer}, ${placeOf(at) ?? STRATA}`, ...(reason === undefined ? [] : [`"${reason}"`])].join(': ');
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
