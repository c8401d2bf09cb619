import type { Feature } from '../../model/feature';
import { because } from '../../model/layers';
import { patch } from '../../model/patch';
import { aCluster, aFeature, anEnvironment, refusal, resolved } from './support';

const dev = anEnvironment('dev');
const refused = (features: readonly Feature<unknown>[], cluster = aCluster('here')) =>
  refusal(() => resolved(dev, cluster, features));

describe('a target', () => {
  test('is called after its environment and cluster, and has a folder', () => {
    expect(resolved(dev, aCluster('here'), [])).toMatchObject({
      name: 'dev@here',
      path: 'here/dev',
    });
  });

  test('resolves the layers of its cluster, its environment and its own, in this order', () => {
    const replicas = (value: number) => ({ web: { replicas: because(value, 'a reason') } });
    const { settings, history } = resolved(
      anEnvironment('dev', { settings: replicas(3) }),
      aCluster('here', { settings: replicas(5) }),
      [],
      replicas(7),
    );
    expect(settings.web.replicas).toBe(7);
    expect(history.get('web.replicas')!.map(({ layer, value }) => [layer, value])).toEqual([
      ['default', 2],
      ['cluster', 5],
      ['environment', 3],
      ['target', 7],
    ]);
  });
});

test('patches of features come in the order of the target, and before those of the cluster and the environment', () => {
  const patches = (name: string) => [patch('Deployment/web', { spec: { replicas: 1 } }, name)];
  const target = resolved(
    anEnvironment('dev', { patches: patches('environment') }),
    aCluster('here', { patches: patches('cluster') }),
    [aFeature('second', { patches: patches('second') }), aFeature('first', { patches: patches('first') })],
  );
  expect(target.patches.map(({ reason }) => reason)).toEqual(['second', 'first', 'cluster', 'environment']);
});

describe('a feature is refused', () => {
  test('when it is switched on twice', () => {
    const error = refused([aFeature('one'), aFeature('two'), aFeature('one')]);
    expect(error.place).toBe('dev@here, feature one');
    expect(error.found).toContain('twice');
    expect(error.fixes).toEqual(['remove one of the two']);
  });

  test('when neither the cluster nor another feature provides what it needs', () => {
    const error = refused([aFeature('scaler', { needs: ['resource-metrics'] })]);
    expect(error.place).toBe('dev@here, feature scaler');
    expect(error.found).toContain('needs resource-metrics');
    expect(error.fixes).toEqual([
      expect.stringContaining('add a feature that provides resource-metrics'),
      expect.stringContaining('remove scaler from this target'),
    ]);
  });

  test('when the cluster already provides what it provides', () => {
    const error = refused(
      [aFeature('metrics', { provides: ['resource-metrics'] })],
      aCluster('here', { resourceMetrics: true }),
    );
    expect(error.found).toContain('cluster here provides resource-metrics itself');
    expect(error.fixes).toEqual(['remove metrics from this target', expect.stringContaining('clusters/here.ts')]);
  });

  test('when another feature already provides what it provides: two would fight over it', () => {
    expect(
      refused([
        aFeature('metrics', { provides: ['resource-metrics'] }),
        aFeature('other-metrics', { provides: ['resource-metrics'] }),
      ]).found,
    ).toContain('resource-metrics');
  });

  test('in an environment that it excludes', () => {
    const error = refused([aFeature('toy', { excludes: [{ what: 'dev', why: 'no playing here' }] })]);
    expect(error.found).toBe('cannot be combined with dev: no playing here');
    expect(error.fixes).toEqual(['remove toy from this target', 'move it to a target of another environment']);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ])('beside a feature that it excludes and that comes %s it', (_where, at) => {
    const features = [aFeature('toy', { excludes: [{ what: 'tool', why: 'one or the other' }] })];
    features.splice(at, 0, aFeature('tool'));
    const error = refused(features);
    expect(error.place).toBe('dev@here, feature toy');
    expect(error.fixes).toEqual(['remove toy from this target', 'remove tool from this target']);
  });
});

describe('a feature is accepted', () => {
  test('when the cluster provides what it needs', () => {
    expect(() =>
      resolved(dev, aCluster('here', { resourceMetrics: true }), [aFeature('scaler', { needs: ['resource-metrics'] })]),
    ).not.toThrow();
  });

  test('when a feature that comes after it provides what it needs', () => {
    const features = [
      aFeature('scaler', { needs: ['resource-metrics'] }),
      aFeature('metrics', { provides: ['resource-metrics'] }),
    ];
    expect(resolved(dev, aCluster('here'), features).features.map(({ name }) => name)).toEqual(['scaler', 'metrics']);
  });
});
