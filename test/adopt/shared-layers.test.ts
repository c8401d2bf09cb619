import { filesOf } from '../../adopt/code/project';
import { planOf } from '../../adopt/plan';
import { layersOf } from '../../adopt/shared-layers';
import type { KeyPath, Overlay } from '../../adopt/source';
import type { KubernetesObject } from '../../model/kubernetes';
import { overlay, source } from './built';
import { Written } from './written';

type Values = Readonly<Record<string, unknown>>;

/** A Widget with these fields. */
const widget = (values: Values): KubernetesObject => ({
  ...{ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'web' } },
  ...values,
});

const BASE = { a: 1, b: 1, c: 1, d: 1 };

/** Overlays of the widget: what each changes, with the folder that says so. */
function planned(overlays: Readonly<Record<string, Readonly<Record<string, readonly [unknown, string]>>>>) {
  const built = Object.entries(overlays).map(([name, changes]): Overlay => {
    const values = Object.fromEntries(Object.entries(changes).map(([key, [value]]) => [key, value]));
    const reasonFor = (_: unknown, path: KeyPath) => {
      const from = changes[String(path[0])]?.[1];
      return from && `${from}/kustomization.yaml`;
    };
    return { ...overlay(name, [widget({ ...BASE, ...values })], { from: `overlays/${name}` }), reasonFor };
  });
  return planOf(source(built, { reference: overlay('base', [widget(BASE)]).objects }));
}
const codeOf = (plan: ReturnType<typeof planned>) => Object.fromEntries(filesOf(plan));

const prod = 'overlays/prod/base';
const three = { a: [2, prod], b: [3, prod], c: [4, prod] } as const;
const added = { extra: [{ deep: [{ list: 1 }] }, prod] } as const;

describe('what a folder says of which several overlays are made', () => {
  test('is one file for all of them, and they say what is their own', () => {
    const plan = planned({ dev: {}, eu: { ...three, d: [5, 'overlays/eu'] }, us: { ...three, d: [6, 'overlays/us'] } });
    const code = codeOf(plan);
    expect(code['environments/prod-base.ts']).toContain('/** What overlays/prod/base says, for eu and us. */');
    expect(code['environments/prod-base.ts']).toContain('a: because(2,');
    expect(code['environments/eu.ts']).toContain("import { prodBase } from './prod-base';");
    expect(code['environments/eu.ts']).toContain('...prodBase,');
    expect(code['environments/eu.ts']!.match(/because\(/g)).toHaveLength(1);
    expect(code['environments/dev.ts']).not.toContain('prodBase');
  });

  test('is named by an environment that has nothing of its own', () => {
    const code = codeOf(planned({ dev: {}, eu: three, us: three }));
    expect(code['environments/us.ts']).toContain('settings: prodBase,');
  });

  test('gives way to what an environment says otherwise', () => {
    const code = codeOf(planned({ dev: {}, eu: three, us: three, ap: { ...three, a: [9, 'overlays/ap'] } }));
    expect(code['environments/ap.ts']).toContain('...prodBase.web,');
    expect(code['environments/ap.ts']).toContain('a: because(9,');
    expect(code['environments/prod-base.ts']).toContain('a: because(2,');
  });

  test('leaves out what one of them does not have at all', () => {
    const { a: _, ...two } = three;
    const plan = planned({ dev: {}, eu: { ...three, d: [5, prod] }, us: { ...two, d: [5, prod] } });
    const [layer] = layersOf(plan);
    expect(layer!.settings.map(({ setting }) => setting.field)).toEqual(['b', 'c', 'd']);
    expect(codeOf(plan)['environments/eu.ts']).toContain('a: because(2,');
  });

  test('holds the patches that all of them have, too', () => {
    const code = codeOf(planned({ dev: {}, eu: { ...three, ...added }, us: { ...three, ...added } }));
    expect(code['environments/prod-base.ts']).toContain('export const prodBasePatches: readonly Patch[] = [');
    expect(code['environments/eu.ts']).toContain('patches: [...prodBasePatches],');
    expect(code['environments/eu.ts']).not.toContain('patch(');
  });

  test('may stand on another one, which is the more general', () => {
    const all = { a: [2, 'overlays/live'], b: [3, 'overlays/live'], c: [4, 'overlays/live'] } as const;
    const more = { d: [7, prod], e: [8, prod], f: [9, prod] } as const;
    const plan = planned({
      dev: { e: [1, 'overlays/dev'], f: [1, 'overlays/dev'] },
      staging: { ...all, e: [1, 'overlays/staging'], f: [1, 'overlays/staging'] },
      eu: { ...all, ...more },
      us: { ...all, ...more },
    });
    expect(layersOf(plan).map(({ name, environments }) => [name, environments])).toEqual([
      ['live', ['staging', 'eu', 'us']],
      ['prod-base', ['eu', 'us']],
    ]);
    const written = new Written(plan);
    try {
      expect(written.differences()).toEqual([]);
    } finally {
      written.remove();
    }
  });

  test.each([
    ['it says little', { eu: { a: three.a, b: three.b }, us: { a: three.a, b: three.b } }],
    ['only one is made of it', { eu: three, us: {} }],
    [
      'it is the folder of the environment',
      { eu: { a: [2, 'overlays/eu'], b: [3, 'overlays/eu'], c: [4, 'overlays/eu/x'] }, us: {} },
    ],
  ] as const)('is no file where %s', (_, overlays) => expect(layersOf(planned({ dev: {}, ...overlays }))).toEqual([]));

  test('has a name of its own', () => {
    const of = (from: string) => ({ a: [2, from], b: [3, from], c: [4, from] }) as const;
    const names = (from: string, ...overlays: readonly string[]) =>
      layersOf(planned({ dev: {}, ...Object.fromEntries(overlays.map((name) => [name, of(from)])) })).map(
        (one) => one.name,
      );
    expect(names('envs/prod', 'eu', 'us')).toEqual(['prod']);
    expect(names('envs/prod', 'prod', 'us')).toEqual(['envs-prod']);
    expect(names('apps/matrix', 'eu', 'us')).toEqual(['apps-matrix']);
  });

  test('and all of it compiles, lints and renders the same', () => {
    const plan = planned({
      dev: {},
      eu: { ...three, ...added, d: [5, 'overlays/eu'] },
      us: { ...three, ...added, a: [7, 'overlays/us'] },
    });
    const written = new Written(plan);
    try {
      expect(written.differences()).toEqual([]);
      expect(written.compilerSays()).toBe('');
      expect(written.linterSays()).toBe('');
    } finally {
      written.remove();
    }
  });
});
