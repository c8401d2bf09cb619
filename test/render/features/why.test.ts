import { composition } from '../../../composition/composition';
import { matrix } from '../../../environments/matrix';
import { features } from '../../../features/registry';
import { objectName } from '../../../model/kubernetes';
import { course } from '../../../platform';
import { movedFields } from '../../../render/features/moved-fields';
import { Trials } from '../../../render/features/trial';
import { broughtBy } from '../../../render/features/why';
import { refusal } from '../../model/support';

const { compose } = composition({ ...course, matrix, features });
const trials = new Trials(matrix, compose);
const featureCalled = (name: string) => features.find((each) => each.name === name)!;
const asked = (pair: string, feature: string) => broughtBy(trials, matrix.pair(pair), featureCalled(feature));
const namesOf = (all: ReturnType<typeof asked>['added']) => all.map(({ object }) => objectName(object)).sort();

test('a feature brings its objects, and what it changes in those of others', () => {
  const { added, removed, changed, has } = asked('prod@cloud', 'prometheus');
  expect(has).toBe(true);
  expect(namesOf(added)).toEqual(
    expect.arrayContaining(['StatefulSet/course-prod/prometheus', 'Service/course-prod/web-pods']),
  );
  expect(removed).toEqual([]);
  expect(namesOf(changed)).toEqual(['NetworkPolicy/course-prod/exporter', 'NetworkPolicy/course-prod/web']);
});

test('for a target that lacks it, it is what it would bring', () => {
  const { added, changed, has } = asked('dev@shared', 'autoscaling');
  expect(has).toBe(false);
  expect(namesOf(added)).toEqual(['HorizontalPodAutoscaler/course-dev/web']);
  expect(changed.flatMap(({ changes }) => changes)).toContainEqual({
    path: 'spec.replicas',
    before: 1,
    after: undefined,
  });
});

test('for a pair that is no target, what it would bring to an app without features', () => {
  const { added, pair } = asked('dev@cloud', 'disruption-budgets');
  expect(pair.declared).toBeUndefined();
  expect(namesOf(added).every((name) => name.startsWith('PodDisruptionBudget/course-dev/'))).toBe(true);
  expect(added).not.toEqual([]);
});

test('its settings come with the layer that set them', () => {
  const { settings } = asked('prod@cloud', 'autoscaling');
  expect(settings.get('autoscaling.max')?.map(({ layer, value }) => [layer, value])).toEqual([
    ['default', 6],
    ['environment', 8],
    ['target', 12],
  ]);
  expect([...settings.keys()].every((path) => path.startsWith('autoscaling.'))).toBe(true);
});

test('it says which other feature needs it; where the cluster provides the same, none does', () => {
  expect(asked('dev@kind', 'metrics-server').neededBy).toEqual([
    { feature: 'autoscaling', capability: 'resource-metrics' },
  ]);
  expect(asked('dev@kind', 'prometheus').neededBy).toEqual([{ feature: 'grafana', capability: 'scraped-metrics' }]);
  expect(asked('dev@kind', 'node-exporter').neededBy).toEqual([]);
});

test('what cannot be there is refused as a render refuses it', () => {
  expect(refusal(() => asked('prod@cloud', 'uptime-kuma')).found).toContain('cannot be combined with prod');
});

describe('changes of fields', () => {
  test.each<[what: string, before: unknown, after: unknown, changes: unknown[]]>([
    ['a value', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: 'a.b', before: 1, after: 2 }]],
    ['nothing, where only the order of keys differs', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [
      'an item by its name, wherever it stands',
      { c: [{ name: 'x', v: 1 }, { name: 'y' }] },
      { c: [{ name: 'y' }, { name: 'x', v: 2 }] },
      [{ path: 'c[x].v', before: 1, after: 2 }],
    ],
    [
      'items without names as a whole',
      { p: [1, 2] },
      { p: [2, 3] },
      [
        { path: 'p', before: 1, after: undefined },
        { path: 'p', before: undefined, after: 3 },
      ],
    ],
    [
      'two items of one name as a whole',
      {
        p: [
          { name: 'x', v: 1 },
          { name: 'x', v: 2 },
        ],
      },
      { p: [{ name: 'x', v: 1 }] },
      [{ path: 'p', before: { name: 'x', v: 2 }, after: undefined }],
    ],
  ])('%s', (_, before, after, changes) => expect(movedFields(before, after)).toEqual(changes));
});
