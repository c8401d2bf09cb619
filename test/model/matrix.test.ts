import { components } from '../../constructs/app/components';
import type { Feature } from '../../model/feature';
import { because } from '../../model/layers';
import { excluded, Matrix, target } from '../../model/matrix';
import { whole } from '../../model/setting';
import { settingsOf } from '../../model/settings';
import type { Environment } from '../../model/target';
import { aCluster, aFeature, anEnvironment, refusal } from './support';

const [dev, prod] = [anEnvironment('dev'), anEnvironment('prod')];
const [here, there] = [aCluster('here'), aCluster('there')];

describe('a matrix of all pairs', () => {
  const matrix = new Matrix<unknown>(
    components,
    target(prod, there, []),
    excluded(prod, here, 'too small'),
    target(dev, here, [aFeature('one')], { settings: { web: { replicas: because(4, 'a reason') } } }),
    target(dev, there, []),
  );

  test('gives its targets in the order of their declaration, with their features and layers', () => {
    const targets = matrix.targets();
    expect(targets.map(({ name }) => name)).toEqual(['prod@there', 'dev@here', 'dev@there']);
    expect(targets[1]!.features.map(({ name }) => name)).toEqual(['one']);
    expect(targets[1]!.settings.web.replicas).toBe(4);
  });

  test('gives the named ones alone, still in the order of their declaration, and each once', () => {
    expect(matrix.targets(['dev@there', 'prod@there', 'dev@there']).map(({ name }) => name)).toEqual([
      'prod@there',
      'dev@there',
    ]);
  });

  test('lists what is excluded with the reason', () =>
    expect(matrix.excludedPairs()).toMatchObject([{ name: 'prod@here', why: 'too small' }]));

  test('knows its clusters and environments, those of exclusions as well', () => {
    const excluding = new Matrix(components, target(dev, here, []), excluded(prod, there, 'why'));
    expect(excluding.clusters).toEqual([here, there]);
    expect(excluding.environments).toEqual([dev, prod]);
  });
});

describe('an environment that says why it is nowhere else', () => {
  const cheap = anEnvironment('dev', { elsewhere: 'costs money' });
  const big = anEnvironment('prod', { elsewhere: 'too small' });

  test('needs no word about each other cluster', () => {
    const matrix = new Matrix(components, target(cheap, here, []), target(big, there, []));
    expect(matrix.targets()).toHaveLength(2);
    expect(matrix.excludedPairs()).toMatchObject([
      { name: 'dev@there', why: 'costs money' },
      { name: 'prod@here', why: 'too small' },
    ]);
  });

  test('may still have another reason for one cluster', () => {
    const matrix = new Matrix(
      components,
      target(cheap, here, []),
      target(big, there, []),
      excluded(cheap, there, 'forbidden'),
    );
    expect(matrix.excludedPairs()[0]).toMatchObject({ name: 'dev@there', why: 'forbidden' });
  });
});

describe('refused is', () => {
  test('a pair that is neither a target nor excluded, with the lines that would declare it', () => {
    const error = refusal(() =>
      new Matrix(components, target(dev, here, []), target(prod, there, []), excluded(prod, here, 'why')).targets(),
    );
    expect(error.place).toBe('environments/matrix.ts, dev@there');
    expect(error.fixes).toEqual([
      'add target(dev, there, [...])',
      expect.stringContaining("excluded(dev, there, 'why')"),
    ]);
  });

  test('a target that is declared twice', () => {
    const error = refusal(() => new Matrix(components, target(dev, here, []), target(dev, here, [])).targets());
    expect(error.place).toBe('environments/matrix.ts, dev@here');
    expect(error.found).toContain('declared twice');
  });

  test('a pair that is a target and excluded', () => {
    const error = refusal(() =>
      new Matrix(components, target(dev, here, []), excluded(dev, here, 'too small')).targets(),
    );
    expect(error.found).toContain('"too small"');
    expect(error.fixes).toEqual(['remove the target', 'remove the exclusion']);
  });

  test('two environments of one name: their targets would share a folder', () => {
    const copy = anEnvironment('dev');
    expect(
      refusal(() =>
        new Matrix(
          components,
          target(dev, here, []),
          excluded(dev, there, 'why'),
          target(copy, there, []),
          excluded(copy, here, 'why'),
        ).targets(),
      ).found,
    ).toContain('dev');
  });

  test('two clusters of one name: their targets would share a folder', () => {
    const copy = aCluster('here', { resourceMetrics: true });
    expect(
      refusal(() =>
        new Matrix(
          components,
          target(dev, here, []),
          excluded(dev, copy, 'why'),
          target(prod, copy, []),
          excluded(prod, here, 'why'),
        ).targets(),
      ).found,
    ).toContain('here');
  });

  test.each([[[]], [['dev@here']]])('any of these even when other targets are asked for (%j)', (names) => {
    expect(() =>
      new Matrix(components, target(dev, here, []), target(prod, there, []), excluded(dev, there, 'why')).targets(
        names,
      ),
    ).toThrow('prod@here');
  });
});

describe('a name', () => {
  const matrix = new Matrix(
    components,
    target(dev, here, []),
    target(prod, there, []),
    excluded(dev, there, 'costs money'),
    excluded(prod, here, 'too small'),
  );

  test('of no target is refused with the nearest and the list of all', () => {
    const error = refusal(() => matrix.targets(['dev@hre']));
    expect(error.place).toBe('dev@hre');
    expect(error.fixes).toEqual(['name a target: did you mean dev@here? known: dev@here, prod@there']);
  });

  test('of an excluded target is refused with the reason', () => {
    const error = refusal(() => matrix.targets(['dev@here', 'prod@here']));
    expect(error.place).toBe('prod@here');
    expect(error.found).toContain('excluded: too small');
    expect(error.fixes).toHaveLength(2);
  });
});

describe('what an environment or a cluster sets', () => {
  const one = aFeature('one', {}, settingsOf('one', { size: whole(1) }));
  const sets = (group: string) => ({ settings: { [group]: { size: because(2, 'a test') } } }) as object;
  const matrixOf = (environment: Environment, features: readonly Feature<unknown>[]) =>
    new Matrix<unknown>(components, target(environment, here, features), target(prod, here, [one]));

  test('is what some target of it has', () => {
    expect(() => matrixOf(anEnvironment('dev', sets('one')), [one]).targets()).not.toThrow();
  });

  test('is refused where only targets of others have it: nobody would read it', () => {
    const error = refusal(() => matrixOf(anEnvironment('dev', sets('one')), []).targets());
    expect(error.place).toBe('environment dev, settings');
    expect(error.fixes).toEqual(['remove one there', 'add the feature to a target of it']);
  });

  test('is refused where nothing is called so, with the nearest name', () => {
    const error = refusal(() => matrixOf(anEnvironment('dev', sets('exportr')), [one]).targets());
    expect(error.fixes[0]).toContain('did you mean exporter?');
  });
});

test('a matrix without targets is refused: it would render an empty tree', () => {
  expect(refusal(() => new Matrix(components).targets()).found).toContain('no target');
});

test('two features with settings of one name are refused: one would read those of the other', () => {
  const a = aFeature('a', {}, settingsOf('shared', { n: whole(1) }));
  const b = aFeature('b', {}, settingsOf('shared', { m: whole(2) }));
  expect(refusal(() => new Matrix<unknown>(components, target(dev, here, [a, b])).targets()).place).toBe(
    'settings shared',
  );
  expect(
    refusal(() => new Matrix<unknown>(components, target(dev, here, [a]), target(prod, here, [b])).targets()).place,
  ).toBe('settings shared');
});

test.each(['', '  ', 2])(
  'an exclusion, and an environment that is elsewhere nowhere, say why: %j is no reason',
  (why) => {
    expect(refusal(() => excluded(dev, here, why as string)).place).toBe('dev@here, excluded');
    expect(refusal(() => anEnvironment('dev', { elsewhere: why as string })).place).toBe('environment dev, elsewhere');
  },
);
