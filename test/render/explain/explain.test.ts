import { StrataError } from '../../../model/errors';
import type { Component, KubernetesObject } from '../../../model/kubernetes';
import { CONFIG_OF } from '../../../model/kubernetes';
import { because } from '../../../model/layers';
import { patch } from '../../../model/patch';
import type { Target } from '../../../model/target';
import type { Cause } from '../../../render/explain/counterfactual';
import { rendersOf } from '../../../render/explain/counterfactual';
import { explainObject } from '../../../render/explain/explain';
import { explanationText, settingsText } from '../../../render/explain/text';
import { aCluster, aFeature, anEnvironment, refusal, resolved } from '../../model/support';
import { aComponent, anObject } from '../support';

const target = resolved(
  anEnvironment('dev', { settings: { web: { replicas: because(3, 'many look at it') } } }),
  aCluster('cloud'),
  [aFeature('tool')],
);

function nameOf(cause: Cause<unknown>): string {
  if (cause.kind === 'setting') return cause.winner.path;
  return cause.kind === 'patch' ? cause.patch.object : cause.feature.name;
}

/** Explains an object of what a target's settings and features make. */
function explained(
  make: (target: Target<unknown>, has: (feature: string) => boolean) => readonly KubernetesObject[],
  argument: string,
  field?: string,
) {
  const compose = (one: Target<unknown>): Component[] => [
    aComponent(
      'web',
      1,
      make(one, (name) => one.features.some((feature) => feature.name === name)),
    ),
  ];
  const explanation = explainObject(rendersOf(target, compose), argument, field);
  const said = explanation.movers.map(({ cause, exists, value }) => ({ by: nameOf(cause), exists, value }));
  return { ...explanation, said, text: explanationText(explanation, target, ['a.ts:1'], () => 'b.ts:2') };
}

test('without a feature its patches are left out, too', () => {
  const change = patch('Deployment/web', { spec: { replicas: 2 } }, 'a reason');
  const changed = resolved(anEnvironment('dev'), aCluster('cloud'), [aFeature('tool', { patches: [change] })]);
  const { counterfactuals } = rendersOf(changed, ({ patches }) => [
    aComponent('web', 1, [anObject('ConfigMap', 'patches', { data: { count: patches.length } })]),
  ]);
  const without = counterfactuals.find(({ cause }) => cause.kind === 'feature')!.objects;
  expect([...(without as ReadonlyMap<string, KubernetesObject>).values()][0]!['data']).toEqual({ count: 0 });
});

test('a field is moved by the setting and the feature that it depends on, each with what it would be without', () => {
  const { value, said, text } = explained(
    ({ settings }, has) => [
      anObject('Deployment', 'web', { spec: { size: settings.web.replicas + (has('tool') ? 10 : 0) } }),
    ],
    'Deployment/web',
    'spec.size',
  );
  expect(value).toBe(13);
  expect(said).toEqual([
    { by: 'web.replicas', exists: true, value: 12 },
    { by: 'tool', exists: true, value: 3 },
  ]);
  expect(text).toEqual([
    'Deployment/ns/web, in cloud/dev/*-web.yaml',
    '  made by a.ts:1',
    '  spec.size: 13',
    '  moved by web.replicas = 3 (environment, b.ts:2: "many look at it")',
    '    without it: 12',
    '  moved by feature tool',
    '    without it: 3',
  ]);
});

test('a field that a feature takes away can be asked for, and is unset', () => {
  const { value, said, text } = explained(
    (_, has) => [anObject('Deployment', 'web', { spec: has('tool') ? {} : { replicas: 2 } })],
    'Deployment/web',
    'spec.replicas',
  );
  expect(value).toBeUndefined();
  expect(said).toEqual([{ by: 'tool', exists: true, value: 2 }]);
  expect(text).toContain('  spec.replicas: unset');
});

test('what nothing moves says so', () => {
  const { said, text } = explained(() => [anObject('Service', 'web')], 'Service/web', 'metadata.name');
  expect(said).toEqual([]);
  expect(text.at(-1)).toBe('  moved by no setting of a layer, no patch and no feature');
});

test('what no line of the project makes, strata itself does', () => {
  const made = explained(() => [anObject('Service', 'web')], 'Service/web');
  expect(explanationText(made, target, [], () => undefined)).toContain('  made by strata itself');
});

test('an object that exists because of a feature does not exist without it', () => {
  const { said, text } = explained((_, has) => (has('tool') ? [anObject('Service', 'web')] : []), 'Service/web');
  expect(said).toEqual([{ by: 'tool', exists: false, value: undefined }]);
  expect(text.slice(-2)).toEqual(['  moved by feature tool', '    without it: the object does not exist']);
});

test('an object stays the same one when the hash of its content in its name moves', () => {
  const hash = (on: boolean) => (on ? '0123456789' : 'abcdef0123');
  const job = explained((_, has) => [anObject('Job', `batch-${hash(has('tool'))}`)], 'Job/batch', 'metadata.name');
  expect(job.said).toEqual([{ by: 'tool', exists: true, value: 'batch-abcdef0123' }]);
  const config = (on: boolean): KubernetesObject => ({
    ...anObject('ConfigMap', 'x'),
    metadata: { name: `web-7-${hash(on)}`, namespace: 'ns', annotations: { [CONFIG_OF]: 'web' } },
  });
  expect(explained((_, has) => [config(has('tool'))], 'ConfigMap/web', 'metadata.name').said).toMatchObject([
    { value: 'web-7-abcdef0123' },
  ]);
});

test.each([
  ['ConfigMap', 'env-2456789bcd', 'env-fghkmt2456'],
  ['Secret', 'env-2456789bcd', 'env-fghkmt2456'],
  ['NetworkPolicy', 'env-0123456789', 'env-abcdef0123'],
])('a %s is found without the hash that Kustomize, or the name of a Job, gives it', (kind, before, after) => {
  const { said } = explained(
    (_, has) => [anObject(kind, has('tool') ? before : after)],
    `${kind}/env`,
    'metadata.name',
  );
  expect(said).toEqual([{ by: 'tool', exists: true, value: after }]);
});

test('a cause that the target cannot do without is said to be one that nobody knows of', () => {
  const { said, text } = explained((_, has) => {
    if (!has('tool')) throw new StrataError('web', 'needs the tool', ['switch it on']);
    return [anObject('Service', 'web')];
  }, 'Service/web');
  expect(said).toEqual([]);
  expect(text.at(-1)).toBe('  perhaps moved by feature tool: the target needs it: web: needs the tool');
});

test('an error that is no refusal is not hidden', () =>
  expect(() =>
    explained((_, has) => {
      if (!has('tool')) throw new TypeError('a mistake in a construct');
      return [];
    }, 'Service/web'),
  ).toThrow(TypeError));

test('blocks are shown below their name', () => {
  const config = anObject('ConfigMap', 'web', { data: { a: 'one\n\ntwo\n', empty: {} } });
  expect(explained(() => [config], 'ConfigMap/web', 'data.a').text.slice(2, 6)).toEqual([
    '  data.a:\n      one\n\n      two',
    '  moved by no setting of a layer, no patch and no feature',
  ]);
  expect(explained(() => [config], 'ConfigMap/web', 'data').text[2]).toBe(
    '  data:\n      a: |\n        one\n\n        two\n      empty: {}',
  );
  expect(explained(() => [config], 'ConfigMap/web', 'data.empty').text[2]).toBe('  data.empty: {}');
});

describe('an object', () => {
  const two = () => [
    anObject('NetworkPolicy', 'deny', { namespace: 'a' }),
    anObject('NetworkPolicy', 'deny', { namespace: 'b' }),
    anObject('Service', 'web'),
  ];
  test('is named with or without its namespace, in any letter case', () => {
    expect(explained(two, 'networkpolicy/B/deny').object.metadata.namespace).toBe('b');
    expect(explained(two, 'service/WEB').object.metadata.name).toBe('web');
    expect(explained(two, 'Service/ns/web').object.metadata.name).toBe('web');
  });
  test('whose name others have, too, is an error that names each', () => {
    const { found, fixes } = refusal(() => explained(two, 'NetworkPolicy/deny'));
    expect(found).toBe('2 objects of this target have this name');
    expect(fixes).toEqual(['name one of them: NetworkPolicy/a/deny, NetworkPolicy/b/deny']);
  });
  test('that is not there is an error with the nearest, each by the shortest name that is its own', () => {
    const { fixes } = refusal(() => explained(two, 'Service/wbe'));
    expect(fixes).toEqual([
      'name one of its objects: did you mean Service/web? known: NetworkPolicy/a/deny, NetworkPolicy/b/deny, Service/web',
    ]);
  });
});

test('a list is shown by what it would have and lack without the cause', () => {
  const { text } = explained(
    (_, has) => [
      anObject('StatefulSet', 'db', {
        spec: {
          volumeClaimTemplates: [
            { metadata: { name: 'data' }, spec: { size: has('tool') ? '2Gi' : '1Gi' } },
            { metadata: { name: 'log' } },
          ],
        },
      }),
    ],
    'StatefulSet/db',
    'spec.volumeClaimTemplates',
  );
  expect(text.slice(text.indexOf('    without it:'))).toEqual([
    '    without it:',
    '      - {"metadata":{"name":"data"},"spec":{"size":"2Gi"}}',
    '      + {"metadata":{"name":"data"},"spec":{"size":"1Gi"}}',
    '      (1 more is the same)',
  ]);
});

test('the template of a claim is found by its name', () => {
  const { path, value } = explained(
    () => [
      anObject('StatefulSet', 'db', {
        spec: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { size: 7 } }] },
      }),
    ],
    'StatefulSet/db',
    'spec.volumeClaimTemplates[data].spec.size',
  );
  expect([path, value]).toEqual(['spec.volumeClaimTemplates[data].spec.size', 7]);
});

describe('settings by name', () => {
  const lines = (name: string) => settingsText(target, () => 'b.ts:2', name);
  const first = (name: string) => lines(name).filter((line) => !line.startsWith('  '));
  test('one, all of a component, and the one that a part belongs to', () => {
    expect(lines('web.replicas').slice(0, 2)).toEqual(['web.replicas = 3', '  environment, b.ts:2: "many look at it"']);
    expect(first('web')).toEqual(settingsText(target, () => 'b.ts:2').filter((line) => line.startsWith('web.')));
    expect(first('web.replicas.deep')).toEqual(['web.replicas = 3']);
  });
  test('a misspelt one is an error with the nearest name', () => {
    expect(refusal(() => lines('web.replcas'))).toMatchObject({
      place: `${target.name} web.replcas`,
      fixes: [expect.stringContaining('did you mean web.replicas? known: web.'), expect.stringContaining('Kind/name')],
    });
    expect(refusal(() => lines('wbe.replicas')).fixes[0]).toContain('did you mean web.replicas?');
    expect(refusal(() => lines('wbe')).fixes[0]).toMatch(/did you mean web\? known groups: .*web/);
  });
});
