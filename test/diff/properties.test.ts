import * as fc from 'fast-check';
import { fleetOf } from '../../diff/fleet/fleet-of';
import type { ObjectChange } from '../../diff/object-change';
import { objectChanges } from '../../diff/objects';
import type { TargetChange } from '../../diff/target-change';
import { targetChange } from '../../diff/target-change';
import course from '../../main';
import { Resource } from '../../manifests/resource';
import { isMap } from '../../model/is-map';
import type { KubernetesObject } from '../../model/kubernetes';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { applied } from './applied';

const OBJECTS: readonly KubernetesObject[] = course.matrix
  .targets(['dev@kind', 'prod@cloud'])
  .flatMap((target) => course.compose(target).flatMap(({ objects }) => objects))
  .filter(({ kind }) => kind !== 'CustomResourceDefinition')
  .concat(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'texts', namespace: 'shop' },
      data: { a: 'b25l', b: 'dHdv' },
    },
    {
      apiVersion: 'example.com/v1',
      kind: 'Backup',
      metadata: { name: 'b', namespace: 'shop' },
      spec: { at: 'noon', keep: ['x'] },
    },
  );

/** As a file would have it: without what JavaScript calls undefined. */
const asRead = (object: object): Resource['object'] => JSON.parse(JSON.stringify(object));
const worldOf = (...objects: readonly object[]) =>
  new World(
    objects.map((object, i) => new Resource(asRead(object), { file: `${i}.yaml`, text: JSON.stringify(object) }, 0)),
    new Facts([], '1.35'),
  );
const diff = (before: object, after: object): ObjectChange[] => objectChanges(worldOf(before), worldOf(after));

/** One random change somewhere in an object, but not of what it is called. */
type Edit = (object: KubernetesObject) => KubernetesObject;
const edits: fc.Arbitrary<Edit> = fc
  .record({
    at: fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
    how: fc.constantFrom('remove', 'replace', 'twice', 'shuffle', 'add'),
    value: fc.oneof(fc.string({ maxLength: 5 }), fc.nat(), fc.boolean(), fc.constant({ x: 1 })),
  })
  .map(({ at, how, value }): Edit => {
    const walk = (node: unknown, [pick, ...rest]: readonly number[], depth: number): unknown => {
      const isLeaf = pick === undefined || node === null || typeof node !== 'object' || Object.keys(node).length === 0;
      if (isLeaf || (depth > 1 && rest.length === 0)) return edited(node, how, value, pick ?? 0);
      if (Array.isArray(node)) {
        const i = pick % node.length;
        return node.flatMap((each, j) => {
          if (j !== i) return [each];
          const next = walk(each, rest, depth + 1);
          return next === undefined ? [] : [next];
        });
      }
      const keys = Object.keys(node).filter((key) => depth > 0 || !['apiVersion', 'kind'].includes(key));
      const key = keys[pick % keys.length]!;
      if (key === 'name' || key === 'namespace' || key.startsWith('strata/')) return node;
      return { ...node, [key]: walk((node as Record<string, unknown>)[key], rest, depth + 1) };
    };
    return (object) => walk(object, at, 0) as KubernetesObject;
  });

function edited(node: unknown, how: string, value: unknown, pick: number): unknown {
  if (how === 'remove') return undefined;
  if (Array.isArray(node)) {
    if (how === 'shuffle')
      return [...node.slice(pick % (node.length || 1)), ...node.slice(0, pick % (node.length || 1))];
    if (how === 'twice' && node.every(isMap))
      return [...node, ...node.map((each) => ({ ...each, name: `${String(each['name'])}-2` }))];
  }
  if (isMap(node) && how === 'add') return { ...node, added: value };
  return typeof node === 'object' ? node : value;
}

const objects = fc.constantFrom(...OBJECTS);
const isNamed = ({ before, after }: { readonly before: KubernetesObject; readonly after: KubernetesObject }) =>
  after.metadata?.name === before.metadata.name && after.metadata.namespace === before.metadata.namespace;
const changed = fc
  .tuple(objects, fc.array(edits, { minLength: 1, maxLength: 4 }))
  .map(([object, all]) => ({
    before: object,
    after: all.reduce((each, edit) => edit(each), object),
  }))
  .filter(isNamed);

test('an object and itself do not differ, in whatever order its keys stand', () => {
  const reversed = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(reversed);
    return isMap(node)
      ? Object.fromEntries(
          Object.entries(node)
            .reverse()
            .map(([key, each]) => [key, reversed(each)]),
        )
      : node;
  };
  for (const object of OBJECTS) expect(diff(object, reversed(object) as object)).toEqual([]);
});

test('what a change says, carried out on what was there, gives what is there', () => {
  fc.assert(
    fc.property(changed, ({ before, after }) => {
      const [change] = diff(before, after);
      const made = change ? applied(before, change.fields) : before;
      expect(diff(made as object, after)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('the way back says the opposite', () => {
  const sides = (changes: readonly ObjectChange[], one: 'before' | 'after', other: 'before' | 'after') =>
    changes.flatMap(({ fields }) =>
      fields.map((field) => JSON.stringify([field.path, field[one] ?? null, field[other] ?? null])),
    );
  fc.assert(
    fc.property(changed, ({ before, after }) => {
      expect(sides(diff(before, after), 'before', 'after').sort()).toEqual(
        sides(diff(after, before), 'after', 'before').sort(),
      );
    }),
    { numRuns: 100 },
  );
});

test('a change that is made is told: another value never goes unseen', () => {
  fc.assert(
    fc.property(objects, fc.nat(), (object, pick) => {
      const places: (readonly string[])[] = [];
      const walk = (node: unknown, path: readonly string[]): void => {
        if (isMap(node)) for (const [key, each] of Object.entries(node)) walk(each, [...path, key]);
        else if (typeof node === 'string' && path[0] !== 'metadata' && path.length > 1) places.push(path);
      };
      walk(object, []);
      fc.pre(places.length > 0);
      const path = places[pick % places.length]!;
      const set = (node: unknown, [key, ...rest]: readonly string[]): unknown =>
        key === undefined
          ? `${String(node)}-x`
          : { ...(node as object), [key]: set((node as Record<string, unknown>)[key], rest) };
      const told = diff(object, set(object, path) as object).flatMap(({ fields }) => fields);
      expect(
        told.some((field) =>
          path.join('.').startsWith(field.path.filter((step) => typeof step === 'string').join('.')),
        ),
      ).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('what is told of many targets at once is what changes in each of them, nothing more and nothing less', () => {
  const told = (target: string, { does, id, was }: ObjectChange, field: ObjectChange['fields'][number] | undefined) =>
    JSON.stringify([target, does, id, was?.id, field && [field.path, field.before, field.after, field.order]]);
  const fleets = fc
    .tuple(
      fc.array(fc.tuple(objects, edits), { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat({ max: 63 }), { minLength: 1, maxLength: 4 }),
    )
    .map(([all, masks]) =>
      masks.map((mask, i): TargetChange => {
        const chosen = all.filter((_, k) => (mask >> k) & 1);
        const before = chosen.map(([object]) => object);
        const after = chosen.flatMap(([object, edit], k) => (mask === 63 && k === 0 ? [] : [edit(object)]));
        const changes = objectChanges(worldOf(...before), worldOf(...after));
        return { target: `t${i}`, does: 'changed', changes, risks: [], replaced: [] };
      }),
    );
  fc.assert(
    fc.property(fleets, (targets) => {
      const single = targets.flatMap(({ target, changes }) =>
        changes.flatMap((change) =>
          change.fields.length === 0
            ? [told(target, change, undefined)]
            : change.fields.map((field) => told(target, change, field)),
        ),
      );
      const { changes } = fleetOf(targets);
      const grouped = changes.flatMap(({ fields, instances }) =>
        instances.flatMap(({ target, change }) =>
          fields.length === 0
            ? change.fields.length === 0
              ? [told(target, change, undefined)]
              : []
            : fields.map((field) => told(target, change, field)),
        ),
      );
      expect(grouped.sort()).toEqual(single.sort());
    }),
    { numRuns: 100 },
  );
});

test('a text of a Secret that changes is told of the data that the server keeps', () => {
  const secret = (fields: object) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'shop' },
    ...fields,
  });
  const told = (before: object, after: object) =>
    diff(secret(before), secret(after)).flatMap(({ fields }) => fields.map(({ path }) => path.join('.')));
  expect(told({ stringData: { a: 'one' } }, { stringData: { a: 'two' } })).toEqual(['data.a']);
  expect(told({ stringData: { a: 'one' } }, { data: { a: 'b25l' } })).toEqual([]);
  expect(told({ stringData: { a: 'one' } }, {})).toEqual(['data.a']);
  // The text wins over the data of the same key.
  expect(told({ data: { a: 'eA==' }, stringData: { a: 'one' } }, { data: { a: 'b25l' } })).toEqual([]);
});

test('objects that are read once for both sides are told as if each side had read its own', () => {
  const all = OBJECTS.filter(({ metadata }) => metadata.namespace === 'course-dev');
  const told = (before: World, after: World) => {
    const { changes, risks, replaced } = targetChange('dev@kind', before, after);
    return {
      changes: changes.map(({ before: _, after: __, ...change }) => change),
      risks: risks.map(({ change, ...risk }) => ({ ...risk, id: change.id })),
      replaced,
    };
  };
  const resources = (objects: readonly object[]) => worldOf(...objects).resources;
  const world = (of: readonly Resource[]) => new World(of, new Facts([], '1.35'));
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(all.length - 1), fc.nat(3), edits), { minLength: 1, maxLength: 6 }),
      (choices) => {
        // On both sides alike, before alone, after alone, or another one after.
        const fates = new Map(choices.map(([i, fate, edit]) => [i, { fate, edit }]));
        const of = (side: 'before' | 'after') =>
          all.flatMap((object, i) => {
            const { fate = 0, edit } = fates.get(i) ?? {};
            if ((side === 'before' && fate === 2) || (side === 'after' && fate === 1)) return [];
            return [side === 'after' && fate === 3 ? edit!(object) : object];
          });
        const [before, after] = [of('before'), of('after')];
        const once = new Map(resources(all).map((resource, i) => [all[i]!, resource]));
        const shared = (objects: readonly object[]) =>
          objects.map((object) => once.get(object as KubernetesObject) ?? resources([object])[0]!);
        const separate = told(world(resources(before)), world(resources(after)));
        for (const { does } of separate.changes) seen.add(does);
        expect(told(world(shared(before)), world(shared(after)))).toEqual(separate);
      },
    ),
    { numRuns: 60 },
  );
  expect([...seen].sort()).toEqual(expect.arrayContaining(['added', 'changed', 'removed']));
});

test('the order of objects and of files is no change', () => {
  const [first, ...others] = OBJECTS.filter(({ metadata }) => metadata.namespace === 'course-dev');
  expect(objectChanges(worldOf(first!, ...others), worldOf(...[...others].reverse(), first!))).toEqual([]);
});
