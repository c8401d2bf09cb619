import fc from 'fast-check';
import type { Layer, Resolved } from '../../model/layers';
import { because, LAYERS, resolve } from '../../model/layers';
import { bytes, duration, names, percent, resources, value, whole } from '../../model/setting';
import { settingsOf } from '../../model/settings';
import { refusal } from './support';

const LAYER_NAMES = ['cluster', 'environment', 'target'] as const;
type Said = readonly (readonly [path: string, value: unknown])[];
const split = (path: string) => path.split('.') as [component: string, field: string];
/** Two groups whose settings take anything. */
const anything = (standard: unknown) => value(standard, () => undefined);
const GROUPS = [
  settingsOf('web', { replicas: anything(2), placement: anything({}), student: anything('demo') }),
  settingsOf('redis', { size: anything('1Gi'), fsync: anything('everysec') }),
];
const defaults = Object.fromEntries(GROUPS.map(({ name, defaults }) => [name, defaults]));
const paths = Object.entries(defaults).flatMap(([component, fields]) =>
  Object.keys(fields).map((field) => `${component}.${field}`),
);
const resolved = (layers: Partial<Record<(typeof LAYER_NAMES)[number], object>>): Resolved =>
  resolve('t', GROUPS, layers as Parameters<typeof resolve>[2]);

/** A layer that says this, its keys in the order of the list. */
function layerOf(said: Said): Layer {
  const layer: Record<string, Record<string, unknown>> = {};
  for (const [path, value] of said) {
    const [component, field] = split(path);
    (layer[component] ??= {})[field] = because(value, `reason of ${path}`);
  }
  return layer as Layer;
}

/** Some fields, each at most once, with values of any shape. */
const saidByOne = fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 })), {
  selector: ([path]) => path,
  maxLength: 6,
});
const saidByAll = fc.record({ cluster: saidByOne, environment: saidByOne, target: saidByOne });
const layersOf = (said: Record<(typeof LAYER_NAMES)[number], Said>) => ({
  cluster: layerOf(said.cluster),
  environment: layerOf(said.environment),
  target: layerOf(said.target),
});
const flat = (settings: object) =>
  Object.entries(settings).flatMap(([component, fields]) =>
    Object.entries(fields as object).map(([field, value]): [string, unknown] => [`${component}.${field}`, value]),
  );

describe('a field', () => {
  test('has the value of the most specific layer that speaks of it, whole, and else its default', () => {
    fc.assert(
      fc.property(saidByAll, (said) => {
        const expected = new Map(flat(defaults));
        for (const name of LAYER_NAMES) for (const [path, value] of said[name]) expected.set(path, value);
        expect(new Map(flat(resolved(layersOf(said)).settings))).toEqual(expected);
      }),
    );
  });

  test('keeps all that was said of it, least specific first and the winner last', () => {
    fc.assert(
      fc.property(saidByAll, (given) => {
        const { settings, history: said } = resolved(layersOf(given));
        expect([...said.keys()]).toEqual(paths);
        for (const [path, value] of flat(settings)) {
          const history = said.get(path)!;
          expect(history.map(({ layer }) => layer)).toEqual(
            LAYERS.filter((layer) => layer === 'default' || given[layer].some(([spoken]) => spoken === path)),
          );
          expect(history.at(-1)!.value).toBe(value);
          for (const { layer, reason } of history)
            expect(reason).toBe(layer === 'default' ? undefined : `reason of ${path}`);
        }
      }),
    );
  });

  test('knows where each layer spoke', () => {
    const replicas = because(1, 'one is enough');
    expect(
      resolved({ environment: { web: { replicas } } })
        .history.get('web.replicas')!
        .at(-1),
    ).toMatchObject({ path: 'web.replicas', at: replicas.at });
  });

  test('is replaced whole: nothing of a less specific value shines through', () => {
    const { settings } = resolved({
      cluster: {
        web: {
          placement: because(
            { requires: { disk: 'fast' }, tolerates: [{ key: 'a', effect: 'NoSchedule' }] },
            'cluster',
          ),
        },
      },
      target: { web: { placement: because({ tolerates: [{ key: 'b', effect: 'NoSchedule' }] }, 'target') } },
    });
    expect(settings.web.placement).toEqual({ tolerates: [{ key: 'b', effect: 'NoSchedule' }] });
  });
});

test('the order of keys in a layer changes nothing, not even the order of keys in the result', () => {
  const shuffled = saidByOne.chain((said) =>
    fc.tuple(fc.constant(said), fc.shuffledSubarray(said, { minLength: said.length })),
  );
  fc.assert(
    fc.property(shuffled, ([said, otherwise]) => {
      const [left, right] = [said, otherwise].map((order) => resolved({ environment: layerOf(order) }).settings);
      expect(JSON.stringify(left)).toBe(JSON.stringify(right));
    }),
  );
});

test('resolving leaves the defaults and the layers as they were', () => {
  const before = JSON.stringify(defaults);
  const layer: Layer = Object.freeze({ web: Object.freeze({ replicas: because(7, 'seven') }) });
  resolved({ cluster: layer, target: layer });
  expect(JSON.stringify(defaults)).toBe(before);
});

describe('refused is', () => {
  const resolveRaw = (layer: object) => refusal(() => resolve('prod@shared', GROUPS, { environment: layer as Layer }));

  test('a field that does not exist, with the nearest one that does', () => {
    const error = resolveRaw({ web: { replica: because(3, 'three') } });
    expect(error.place).toBe('prod@shared, environment layer');
    expect(error.found).toBe('there is no setting web.replica');
    expect(error.fixes[0]).toContain('did you mean web.replicas?');
  });

  test('a component that does not exist, with the nearest one that does', () => {
    const error = resolveRaw({ wbe: { replicas: because(3, 'three') } });
    expect(error.found).toBe('there is no setting wbe.replicas');
    expect(error.fixes[0]).toContain('did you mean web.replicas?');
  });

  test.each(['toString', 'constructor', '__proto__'])('a name that every object has: %s', (name) => {
    const fields = Object.defineProperty({}, name, { value: because(1, 'one'), enumerable: true });
    expect(resolveRaw({ web: fields }).found).toBe(`there is no setting web.${name}`);
    expect(
      resolveRaw(Object.defineProperty({}, name, { value: { replicas: because(1, 'one') }, enumerable: true })).found,
    ).toBe(`there is no setting ${name}.replicas`);
  });

  test('a value without its reason: rendering does not check types, and the value would be lost', () => {
    expect(resolveRaw({ web: { replicas: 3 } }).place).toContain('environment layer');
  });

  test.each([
    ['a wrong unit', { web: { wait: because('5 minutes', 'slow') } }, 'not a span of time'],
    ['a number that is a string', { web: { replicas: because('3', 'three') } }, 'not a whole number'],
    ['a number out of bounds', { web: { replicas: because(11, 'many') } }, 'from 0 to 10'],
  ])('%s, which rendering would not notice', (_, layer, found) => {
    const groups = [settingsOf('web', { replicas: whole(2, { max: 10 }), wait: duration('5m') })];
    const error = refusal(() => resolve('prod@shared', groups, { environment: layer as Layer }));
    expect(error.place).toMatch(/^prod@shared, environment layer, web\./);
    expect(error.found).toContain(found);
  });

  test('what only other targets have, where the target itself sets it; its environment may', () => {
    const layer = { tool: { size: because(3, 'three') } } as Layer;
    expect(() => resolve('prod@shared', GROUPS, { environment: layer, cluster: layer }, ['tool'])).not.toThrow();
    const error = refusal(() => resolve('prod@shared', GROUPS, { target: layer }, ['tool']));
    expect(error.found).toContain('this target has no feature with settings called tool');
  });
});

test.each([undefined, '', '  '])('a value without a reason is refused where it is written: %j', (reason) => {
  expect(refusal(() => because(2, reason as string)).found).toBe('gives no reason');
});

test('what targets share, none can change: defaults and values of layers are frozen, however deep', () => {
  const group = settingsOf('shared', { resources: resources({ cpu: '1', memory: '1Gi' }), names: names(['a']) });
  const given = because({ limits: { cpu: ['1'] } }, 'a test');
  const writes: readonly (() => unknown)[] = [
    () => ((group.defaults.resources as { cpu: string }).cpu = '2'),
    () => (group.defaults.names as string[]).push('b'),
    () => given.value.limits.cpu.push('2'),
  ];
  for (const write of writes) expect(write).toThrow(TypeError);
});

describe('settings are refused where they are declared', () => {
  test('when the default is none that the setting takes', () => {
    expect(refusal(() => settingsOf('g', { size: bytes('64MB' as '64Mi') })).place).toBe('settings g.size');
  });

  test.each(['g.h', '', 'a b', '1a'])('when they are called %j: paths are made of the name', (name) => {
    expect(refusal(() => settingsOf(name, {})).found).toContain('not a name');
  });
});

test.each([null, 3, 'x'])('a layer that gives %j for a group is refused with the place', (given) => {
  const layer = { web: given } as unknown as Layer;
  expect(refusal(() => resolve('prod@shared', GROUPS, { environment: layer })).place).toBe(
    'prod@shared, environment layer, web',
  );
});

test('a reason of blanks is none, however the value was written', () => {
  const layer = { web: { replicas: { value: 1, reason: ' ', at: new Error() } } } as unknown as Layer;
  expect(refusal(() => resolve('prod@shared', GROUPS, { environment: layer })).found).toContain('without a reason');
});

test('an empty default is no example of a value; any other one is', () => {
  const groups = [
    settingsOf('shop', {
      names: names([]),
      size: bytes('1Gi'),
      other: value<readonly number[]>([], (given) => (Array.isArray(given) ? undefined : 'no list')),
    }),
  ];
  const fixesOf = (field: string) =>
    refusal(() => resolve('t', groups, { target: { shop: { [field]: because(7, 'why') } } as never })).fixes;
  expect(fixesOf('other')).toEqual(['write what the message asks for, or remove the line: the default is []']);
  expect(fixesOf('names')).toEqual(["use a value such as ['web']"]);
  expect(fixesOf('size')).toEqual(['use a value like the default: "1Gi"']);
});

test('a share is no percentage', () => {
  const { problem } = percent(99);
  expect([problem(99.9), problem(1), problem(0), problem(100), problem('99')]).toEqual([
    undefined,
    undefined,
    'not a percentage above 0 and below 100',
    'not a percentage above 0 and below 100',
    'not a percentage above 0 and below 100',
  ]);
  expect(problem(0.999)).toBe('a share, not a percentage: did you mean 99.9?');
});
