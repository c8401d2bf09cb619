import { knownNames, StrataError } from '../model/errors';
import type { Component, KubernetesObject } from '../model/kubernetes';
import { CONFIG_OF, objectName } from '../model/kubernetes';
import type { LayeredValue } from '../model/layers';
import type { Target } from '../model/target';
import { toYaml } from '../render/yaml';
import type { Composition, Host } from './command';
import { projectFrames } from './frames';
import type { Run } from './options/table';
import type { explain } from './tables';

export const command: Run<typeof explain> = (composition, { words }, host) => {
  const [targetName, objectArgument, field] = words;
  const [target] = composition.matrix.targets([targetName!]);
  if (objectArgument === undefined) explainSettings(target!, host);
  else explainObject(composition, target!, objectArgument, field, host);
};

/** Every setting: its value, the layer that said it, why and where, and what it overrode. */
function explainSettings(target: Target, host: Host): void {
  for (const [path, history] of target.history) {
    const [winner, ...overridden] = [...history].reverse();
    host.print(`${path} = ${JSON.stringify(winner!.value)}`);
    host.print(`  ${sayer(winner!)}`);
    for (const setting of overridden) host.print(`  over ${JSON.stringify(setting.value)}: ${sayer(setting)}`);
  }
}

function sayer({ layer, reason, at }: LayeredValue): string {
  const place = projectFrames(at.stack ?? '').find((frame) => !frame.startsWith('model/'));
  return [`${layer}, ${place ?? 'unknown place'}`, ...(reason === undefined ? [] : [`"${reason}"`])].join(': ');
}

/** Where an object was made, and which settings and features move it: each is left out in turn, and what then differs, it moved. */
function explainObject<P>(
  composition: Composition<P>,
  target: Target<P>,
  argument: string,
  field: string | undefined,
  host: Host,
): void {
  const components = composition.compose(target);
  const object = findObject(components, argument);
  const component = components.find(({ objects }) => objects.includes(object))!;
  const origin = projectFrames(composition.origins(target).get(objectName(object)) ?? '');
  host.print(`${objectName(object)}, in ${target.path}/*-${component.name}.yaml`);
  host.print(`  made by ${origin.join('\n     from ')}`);
  const value = fieldOf(object, field);
  if (field !== undefined) host.print(`  ${field}: ${show(value)}`);

  for (const { what, without } of counterfactuals(target)) {
    const other = tryCompose(composition, without);
    if (!other) continue;
    const twin = other.flatMap(({ objects }) => objects).find((candidate) => sameObject(candidate, object));
    const otherValue = twin && fieldOf(twin, field);
    if (toYaml(otherValue) === toYaml(value)) continue;
    host.print(`  moved by ${what}`);
    if (field !== undefined) host.print(`    without it: ${show(otherValue)}`);
    else if (!twin) host.print('    without it: the object does not exist');
  }
}

/** The target with one thing left out: each setting of a layer, each feature. */
function* counterfactuals<P>(target: Target<P>): Generator<{ readonly what: string; readonly without: Target<P> }> {
  for (const [path, history] of target.history) {
    const winner = history.at(-1)!;
    const next = history.at(-2);
    if (!next) continue;
    const [component, name] = path.split('.') as [string, string];
    const all = target.settings as unknown as Readonly<Record<string, object>>;
    const settings = {
      ...all,
      [component]: { ...all[component], [name]: next.value },
    } as unknown as Target['settings'];
    yield { what: `${path} = ${JSON.stringify(winner.value)} (${sayer(winner)})`, without: { ...target, settings } };
  }
  for (const patch of target.patches) {
    const place = projectFrames(patch.at.stack ?? '').find((frame) => !frame.startsWith('model/'));
    yield {
      what: `patch of ${patch.object} (${place ?? 'unknown place'}: "${patch.reason}")`,
      without: { ...target, patches: target.patches.filter((other) => other !== patch) },
    };
  }
  for (const feature of target.features) {
    yield {
      what: `feature ${feature.name} (features/${feature.facts.group}/${feature.name}.ts)`,
      without: { ...target, features: target.features.filter((other) => other !== feature) },
    };
  }
}

/** What can not exist without the thing left out tells nothing. */
function tryCompose<P>(composition: Composition<P>, target: Target<P>): readonly Component[] | undefined {
  try {
    return composition.compose(target);
  } catch (error) {
    if (error instanceof StrataError) return undefined;
    throw error;
  }
}

function findObject(components: readonly Component[], argument: string): KubernetesObject {
  const objects = components.flatMap((component) => component.objects);
  const names = (object: KubernetesObject) => {
    const base = object.metadata.annotations?.[CONFIG_OF];
    return [
      objectName(object),
      `${object.kind}/${object.metadata.name}`,
      ...(base === undefined ? [] : [`${object.kind}/${base}`]),
    ];
  };
  const found = objects.find((object) => names(object).some((name) => name.toLowerCase() === argument.toLowerCase()));
  if (!found)
    throw new StrataError(argument, 'this target renders no such object', [
      `name one of its objects: ${knownNames(
        argument,
        objects.map((object) => names(object)[1]!),
      )}`,
    ]);
  return found;
}

/** The same object in another render, also when the hash in its name moved. */
function sameObject(a: KubernetesObject, b: KubernetesObject): boolean {
  const base = (object: KubernetesObject) => object.metadata.annotations?.[CONFIG_OF] ?? object.metadata.name;
  return a.kind === b.kind && a.metadata.namespace === b.metadata.namespace && base(a) === base(b);
}

/** `spec.template.spec.containers.web.image`: items of a list by their name or their number. */
function fieldOf(object: unknown, field: string | undefined): unknown {
  let value = object;
  for (const key of field?.split('.') ?? []) {
    if (Array.isArray(value))
      value = value.find(
        (item: unknown, i) => String(i) === key || (item as { name?: string } | null)?.name === key,
      ) as unknown;
    else value = (value as Record<string, unknown> | null | undefined)?.[key];
  }
  return value;
}

function show(value: unknown): string {
  if (value === undefined) return 'unset';
  return typeof value === 'object' ? `\n${toYaml(value).trimEnd().replace(/^/gm, '      ')}` : JSON.stringify(value);
}
