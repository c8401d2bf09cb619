import fc from 'fast-check';
import type { Json } from '../../../manifests/resource';
import { relabel } from '../../../upstream/prometheus/relabel';

const LABELS = { __address__: '10.0.0.1:8080', pod: 'web-1', port: '9100', empty_not: 'x', team: 'Shop' };

function relabeledBy(rule: Json, labels: Readonly<Record<string, string | undefined>> = LABELS) {
  const result = relabel(new Map(Object.entries(labels)), [rule]);
  return result === 'dropped' ? result : Object.fromEntries(result.labels);
}

// What Prometheus' own relabeling answers: `npm run oracle:relabel` compares many more.
test.each<[string, Json, object | 'dropped']>([
  ['a copy', { source_labels: ['pod'], target_label: 'name' }, { ...LABELS, name: 'web-1' }],
  [
    'a regex that does not match writes nothing',
    { source_labels: ['pod'], regex: 'db.*', target_label: 'name' },
    LABELS,
  ],
  ['a match is of the whole', { action: 'keep', source_labels: ['pod'], regex: 'web' }, 'dropped'],
  ['keep', { action: 'keep', source_labels: ['pod'], regex: 'web-\\d' }, LABELS],
  [
    'a dot is a line break too',
    { source_labels: ['pod', 'port'], separator: '\n', regex: '.*', target_label: 'pod', replacement: 'x' },
    { ...LABELS, pod: 'x' },
  ],
  ['drop, of a label that is not there', { action: 'drop', source_labels: ['none'], regex: '' }, 'dropped'],
  [
    'groups of several labels',
    {
      source_labels: ['__address__', 'port'],
      regex: '([^:]+)(?::\\d+)?;(\\d+)',
      replacement: '$1:$2',
      target_label: '__address__',
    },
    { ...LABELS, __address__: '10.0.0.1:9100' },
  ],
  [
    'a name without braces is as long as it can be',
    { source_labels: ['pod'], replacement: '$1x', target_label: 'pod' },
    without('pod'),
  ],
  [
    'braces end it',
    { source_labels: ['pod'], replacement: '${1}x', target_label: 'pod' },
    { ...LABELS, pod: 'web-1x' },
  ],
  [
    'a named group',
    { source_labels: ['pod'], regex: '(?P<app>.+)-\\d', replacement: '$app', target_label: 'app' },
    { ...LABELS, app: 'web' },
  ],
  ['two dollars are one', { replacement: '$$1', target_label: 'a' }, { ...LABELS, a: '$1' }],
  ['nothing removes the label', { source_labels: ['none'], target_label: 'pod' }, without('pod')],
  ['labelmap', { action: 'labelmap', regex: 'te(am)', replacement: 'x_$1' }, { ...LABELS, x_am: 'Shop' }],
  ['labeldrop', { action: 'labeldrop', regex: 'po.*' }, without('pod', 'port')],
  ['labelkeep', { action: 'LabelKeep', regex: 'pod' }, { pod: 'web-1' }],
  ['lowercase', { action: 'lowercase', source_labels: ['team'], target_label: 'team' }, { ...LABELS, team: 'shop' }],
  ['uppercase', { action: 'uppercase', source_labels: ['team'], target_label: 'team' }, { ...LABELS, team: 'SHOP' }],
  [
    'hashmod',
    { action: 'hashmod', source_labels: ['pod'], modulus: 7, target_label: 'shard' },
    { ...LABELS, shard: '2' },
  ],
  ['keepequal', { action: 'keepequal', source_labels: ['pod'], target_label: 'port' }, 'dropped'],
  ['dropequal', { action: 'dropequal', source_labels: ['pod'], target_label: 'pod' }, 'dropped'],
])('%s', (_, rule, expected) => {
  expect(relabeledBy(rule)).toEqual(expected);
});

test('labelmap takes names in their order, and what was written before after them', () => {
  const rules = [
    { replacement: 'written', target_label: 'a' },
    { action: 'labelmap', regex: '[abz]', replacement: 'one' },
  ];
  const result = relabel(
    new Map([
      ['z', 'last'],
      ['b', 'first'],
    ]),
    rules,
  );
  expect(result !== 'dropped' && result.labels.get('one')).toBe('written');
});

describe('where a value is known by the cluster alone', () => {
  const partly = { ...LABELS, pod: undefined };
  test.each<[string, Json]>([
    ['keep', { action: 'keep', source_labels: ['pod'], regex: 'web' }],
    ['drop', { action: 'drop', source_labels: ['pod', 'port'], regex: 'web' }],
    ['keepequal', { action: 'keepequal', source_labels: ['port'], target_label: 'pod' }],
    ['an action that is not known', { action: 'keepish' }],
  ])('%s leaves open whether it is kept', (_, rule) => {
    const result = relabel(new Map(Object.entries(partly)), [rule]);
    expect(result !== 'dropped' && result.isCertain).toBe(false);
  });

  test('what is written from it is not known either, unless anything is replaced by the same', () => {
    expect(relabeledBy({ source_labels: ['pod'], target_label: 'port' }, partly)).toMatchObject({
      port: undefined,
      team: 'Shop',
    });
    expect(relabeledBy({ source_labels: ['pod'], target_label: 'port', replacement: '1' }, partly)).toMatchObject({
      port: '1',
    });
    expect(relabeledBy({ source_labels: ['pod'], target_label: '$1' }, partly)).toMatchObject({ team: undefined });
  });

  test('what is said for certain holds for every value', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const value = fc.constantFrom('x', 'y', 'xy', '1');
    const regex = fc.constantFrom('(.*)', 'x', 'x.*', '(.)y?', '');
    const rule = fc.oneof(
      fc.record({ action: fc.constantFrom('keep', 'drop'), source_labels: fc.array(name, { maxLength: 2 }), regex }),
      fc.record({
        source_labels: fc.array(name, { maxLength: 2 }),
        regex,
        target_label: name,
        replacement: fc.constantFrom('$1', 'z', ''),
      }),
      fc.record({
        action: fc.constantFrom('labelmap', 'labeldrop'),
        regex: fc.constantFrom('a', '(b|c)'),
        replacement: fc.constant('${1}n'),
      }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(name, value),
        fc.subarray(['a', 'b', 'c']),
        fc.array(rule, { maxLength: 4 }),
        (labels, hidden, rules) => {
          const whole = relabel(new Map(Object.entries(labels)), rules);
          const said = relabel(
            new Map(Object.entries(labels).map(([key, of]) => [key, hidden.includes(key) ? undefined : of])),
            rules,
          );
          if (said === 'dropped') return expect(whole).toBe('dropped');
          if (said.isCertain) expect(whole).not.toBe('dropped');
          if (whole !== 'dropped')
            for (const [key, of] of said.labels) if (of !== undefined) expect(whole.labels.get(key)).toBe(of);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function without(...names: string[]) {
  return Object.fromEntries(Object.entries(LABELS).filter(([name]) => !names.includes(name)));
}
