import { loadAll } from 'js-yaml';
import { Platform } from '../../../composition/platform';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { matrix } from '../../../environments/matrix';
import type { FeatureContext } from '../../../features/feature';
import type { Path } from '../../../manifests/resource';
import { pathText } from '../../../manifests/resource';
import type { KubernetesObject } from '../../../model/kubernetes';
import { objectName } from '../../../model/kubernetes';
import type { Because, Layer, LayerName } from '../../../model/layers';
import { because, LAYERS } from '../../../model/layers';
import { patch } from '../../../model/patch';
import type { Target } from '../../../model/target';
import { course } from '../../../platform';
import type { Cause } from '../../../render/explain/counterfactual';
import { rendersOf } from '../../../render/explain/counterfactual';
import { explainObject } from '../../../render/explain/explain';
import { patched } from '../../../render/patch';
import { asWritten, planTarget } from '../../../render/plan';
import { resolved } from '../../model/support';

// Everything that explain says is compared with targets that are resolved and rendered here, with the thing left out where it
// was written: nothing below uses what render/explain/ finds out.

type AnyTarget = Target<FeatureContext>;
type Objects = ReadonlyMap<string, KubernetesObject>;
type LayerMap = Record<string, Record<string, Because<unknown>>>;

const compose = (target: AnyTarget) => patched(target, synthesize(new Platform(target, course).app));
/** As they stand in the files of the rendered tree. */
const objectsOf = (target: AnyTarget): Objects =>
  new Map(
    planTarget(target, compose(target))
      .files.flatMap((file) => loadAll(file.text) as KubernetesObject[])
      .map((object) => [family(object), object]),
  );
/** Objects are the same in two renders, also when the ten digits of the content's hash in their name differ. */
const family = (object: KubernetesObject) => objectName(object).replace(/-[0-9a-f]{10}$/, '-#');
const keyOf = (cause: Cause<FeatureContext>) => {
  if (cause.kind === 'setting') return `${cause.winner.path} of the ${cause.winner.layer} layer`;
  return cause.kind === 'patch' ? `patch ${cause.patch.reason}` : `feature ${cause.feature.name}`;
};

/** The target, resolved anew without one value of one layer. */
function withoutValue(target: AnyTarget, path: string, layer: LayerName): AnyTarget {
  const [group, field] = path.split('.') as [string, string];
  const left = (name: LayerName, values: Layer = {}): Layer => {
    const copy: LayerMap = Object.fromEntries(
      Object.entries(values as LayerMap).map(([key, fields]) => [key, { ...fields }]),
    );
    if (name === layer) delete copy[group]?.[field];
    return copy as Layer;
  };
  const own: LayerMap = {};
  for (const history of target.history.values())
    for (const { path: setting, layer: name, value, reason } of history) {
      const [owner, key] = setting.split('.') as [string, string];
      if (name === 'target') (own[owner] ??= {})[key] = because(value, reason!);
    }
  const { environment, cluster, features, patches } = target;
  const anew = resolved(
    { ...environment, settings: left('environment', environment.settings) },
    { ...cluster, settings: left('cluster', cluster.settings) },
    features,
    left('target', own as Layer),
  );
  return { ...anew, patches };
}

/** The target with those of its patches whose object it still has. */
function fitting(target: AnyTarget): AnyTarget {
  const there = synthesize(new Platform({ ...target, patches: [] }, course).app).flatMap(({ objects }) =>
    objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
  );
  return { ...target, patches: target.patches.filter(({ object }) => there.includes(object)) };
}

/** Every way to leave one thing out, by what is left out. */
function* leftOut(target: AnyTarget): Generator<[string, AnyTarget]> {
  for (const [path, history] of target.history) {
    const layers = history.map(({ layer }) => layer);
    const winner = [...LAYERS].reverse().find((layer) => layers.includes(layer))!;
    if (winner !== 'default') yield [`${path} of the ${winner} layer`, fitting(withoutValue(target, path, winner))];
  }
  for (const left of target.patches)
    yield [`patch ${left.reason}`, { ...target, patches: target.patches.filter((other) => other !== left) }];
  for (const feature of target.features) {
    const without = { ...target, features: target.features.filter((other) => other !== feature), patches: [] };
    const there = synthesize(new Platform(without, course).app).flatMap(({ objects }) =>
      objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`),
    );
    yield [
      `feature ${feature.name}`,
      { ...without, patches: target.patches.filter(({ object }) => there.includes(object)) },
    ];
  }
}

const [cloudProd] = matrix.targets(['prod@cloud']);
/** One with patches, of which one changes what a feature brings. */
const withPatches: AnyTarget = {
  ...cloudProd!,
  name: 'prod@cloud with patches',
  patches: [
    patch(
      'Deployment/web',
      { spec: { template: { spec: { shareProcessNamespace: true } } } },
      'debuggers attach to it',
    ),
    patch('Service/prometheus', { spec: { internalTrafficPolicy: 'Local' } }, 'who asks stands on the same node'),
  ],
};

const [sharedProd] = matrix.targets(['prod@shared']);
/** One with a patch of what is only there because a setting says so: the operator's object in the place of a StatefulSet. */
const withOperated: AnyTarget = {
  ...sharedProd!,
  name: 'prod@shared with a patch of the operator',
  patches: [patch('Prometheus/prometheus', { spec: { shards: 2 } }, 'one is too small')],
};

/** Every field of a value: as `verify` writes its path, and how to get it from another render, where items with names may have moved. */
function* fieldsOf(
  value: unknown,
  path: Path = [],
  get: (root: unknown) => unknown = (root) => root,
): Generator<[string, (root: unknown) => unknown]> {
  if (path.length > 0) yield [pathText(path), get];
  if (typeof value !== 'object' || value === null) return;
  const names = Array.isArray(value) ? value.map((item: { name?: unknown } | null) => item?.name) : [];
  for (const [key, child] of Object.entries(value)) {
    const name = names[Number(key)];
    const isNamed = typeof name === 'string' && names.indexOf(name) === names.lastIndexOf(name);
    yield* fieldsOf(child, [...path, Array.isArray(value) ? Number(key) : key], (root) => {
      const parent = get(root);
      if (typeof parent !== 'object' || parent === null || Array.isArray(parent) !== Array.isArray(value))
        return undefined;
      if (isNamed) return (parent as { name?: unknown }[]).find((item) => item.name === name);
      return (parent as Record<string, unknown>)[key];
    });
  }
}

const text = (value: unknown) =>
  JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );

let moved = 0;
test.each([...matrix.targets(), withPatches, withOperated].map((target) => [target.name, target] as const))(
  'of every field of every object of %s, explain says the value, what moves it, and what it is without',
  (_, target) => {
    const renders = rendersOf(target, (one) => compose(one).map(asWritten));
    const others = [...leftOut(target)].map(([cause, without]) => ({ cause, objects: objectsOf(without) }));
    expect(renders.counterfactuals.map(({ cause }) => keyOf(cause))).toEqual(others.map(({ cause }) => cause));

    const wrong: string[] = [];
    for (const [name, object] of objectsOf(target)) {
      const seen = new Set<string>();
      // Also the fields that this target lacks because something here takes them away.
      for (const root of [object, ...others.flatMap(({ objects }) => objects.get(name) ?? [])]) {
        for (const [path, get] of fieldsOf(root)) {
          if (seen.has(path) || (root !== object && get(object) !== undefined)) continue;
          seen.add(path);
          const said = explainObject(renders, objectName(object), path);
          const expected = others
            .map(({ cause, objects }) => ({ cause, value: text(get(objects.get(name))), exists: objects.has(name) }))
            .filter(({ value }) => value !== text(get(object)));
          const found = said.movers.map(({ cause, value, exists }) => ({
            cause: keyOf(cause),
            value: text(value),
            exists,
          }));
          moved += found.length;
          if (text(said.value) !== text(get(object)) || text(found) !== text(expected))
            wrong.push(
              `${name} ${path} = ${text(get(object))}: ${text(said.value)} ${text(found)}, not ${text(expected)}`,
            );
        }
      }
      expect(seen.size).toBeGreaterThan(3);
    }
    expect(wrong).toEqual([]);
    expect(renders.counterfactuals.filter(({ objects }) => typeof objects === 'string')).toEqual([]);
  },
);

test('there was something to find', () => expect(moved).toBeGreaterThan(1000));
