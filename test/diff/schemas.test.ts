import { fleetOf } from '../../diff/fleet/fleet-of';
import { isDescription } from '../../diff/schema-fields';
import { targetChange } from '../../diff/target-change';
import { diffJson } from '../../report/diff/json';
import { diffText } from '../../report/diff/text';
import { worldOf } from '../checks/judging';
import { allOf } from './risks';

/** A definition whose kind has pods in it at two places, as generators write them. */
const definition = (name: string, pod: string, more = '', kind = 'a kind') =>
  `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: ${name}s.example.com }, spec: { group: example.com, scope: Namespaced, names: { kind: ${name}, plural: ${name}s }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, description: ${kind}, properties: { spec: { type: object, properties: { first: ${pod}, others: { type: array, items: ${pod} }${more} } } } } } }] } }`;
const pod = (fields = '', text = 'a pod') =>
  `{ type: object, description: ${text}, required: [image, name], properties: { name: { type: string }, image: { type: string }${fields} } }`;
const ADDED = ', hostUsers: { type: boolean, description: whether }';

const fleet = (before: string, after: string) => fleetOf([targetChange('a', worldOf(before), worldOf(after))]);
const text = (before: string, after: string, all = false) => diffText(fleet(before, after), { color: false, all });

test('a field that comes at several paths of a definition is told once, with the number of them and an example', () => {
  const [before, after] = [definition('zone', pod()), definition('zone', pod(ADDED))];
  expect(text(before, after).split('\n').slice(0, 3)).toEqual([
    'in-place  CustomResourceDefinition/zones.example.com',
    '  ….properties.hostUsers, at 2 paths: {"type":"boolean"} added',
    '     such as spec.versions[v1].schema.openAPIV3Schema.properties.spec.properties.first.properties.hostUsers',
  ]);
  // Nothing is lost: each path is there for programs, and for those who ask for all.
  expect(diffJson(fleet(before, after))).toMatchObject({
    changes: [
      {
        fields: [
          {
            path: expect.stringMatching(/first\.properties\.hostUsers$/),
            after: { type: 'boolean', description: 'whether' },
          },
          { path: expect.stringMatching(/others\.items\.properties\.hostUsers$/) },
        ],
      },
    ],
  });
  expect(text(before, after, true).match(/properties\.hostUsers: added/g)).toHaveLength(2);
});

test('the same in several definitions is one change of all of them', () => {
  const [before, after] = [
    allOf(definition('zone', pod()), definition('host', pod(), ', own: { type: string }')),
    allOf(
      definition('zone', pod(ADDED)),
      definition('host', pod(ADDED.replace('whether', 'if')), ', own: { type: integer }'),
    ),
  ];
  const { changes } = fleet(before, after);
  expect(changes.map(({ objects, fields }) => [objects, fields.length])).toEqual([
    [['CustomResourceDefinition/hosts.example.com'], 1],
    [['CustomResourceDefinition/hosts.example.com', 'CustomResourceDefinition/zones.example.com'], 4],
  ]);
  // A path that is in one of them alone names it.
  const { changes: told } = fleet(
    allOf(definition('zone', pod()), definition('host', '{ type: object }', `, own: ${pod()}`)),
    allOf(definition('zone', pod(ADDED)), definition('host', '{ type: object }', `, own: ${pod(ADDED)}`)),
  );
  expect(told).toHaveLength(1);
  const { changes: json } = diffJson({ ...fleet(before, after), changes: told }) as {
    changes: readonly { readonly fields: readonly { readonly path: string; readonly objects: readonly string[] }[] }[];
  };
  expect(json[0]!.fields.map(({ objects }) => objects)).toEqual([
    ['CustomResourceDefinition/hosts.example.com'],
    ['CustomResourceDefinition/zones.example.com'],
    ['CustomResourceDefinition/zones.example.com'],
  ]);
});

test('another value at one of the paths is told apart', () => {
  const after = definition('zone', pod(ADDED)).replace('type: boolean', 'type: string');
  expect(fleet(definition('zone', pod()), after).changes[0]!.fields).toHaveLength(2);
  expect(text(definition('zone', pod()), after)).not.toContain('at 2 paths');
});

test('descriptions change nothing, and are told as one', () => {
  const before = definition('zone', pod());
  const after = definition('zone', pod('', 'some pod'), '', 'some kind');
  expect(text(before, after)).toBe(
    [
      'metadata  CustomResourceDefinition/zones.example.com',
      '  descriptions at 3 paths',
      '     such as spec.versions[v1].schema.openAPIV3Schema.description',
      '',
      '1 change in a; the worst is metadata: nothing acts on it: labels, annotations, descriptions, the order of entries',
    ].join('\n'),
  );
  expect(text(before, after, true)).toContain('first.description: "a pod" → "some pod"');
});

test('a property that is called description is one like others', () => {
  const path = (...steps: string[]) => ({
    path: ['spec', 'versions', { name: 'v1' }, 'schema', 'openAPIV3Schema', ...steps],
  });
  expect(isDescription(path('properties', 'description', 'type'))).toBe(false);
  expect(isDescription(path('properties', 'properties', 'description'))).toBe(true);
  expect(isDescription(path('properties', 'a', 'items', 'externalDocs', 'url'))).toBe(true);
  expect(isDescription({ path: ['spec', 'description'] })).toBe(false);
  const own = (type: string) => definition('zone', '{ type: object }', `, description: { type: ${type} }`);
  expect(fleet(own('string'), own('integer')).class).toBe('disruption');
});

test('the order of what is required or allowed is none', () => {
  const before = definition('zone', pod(', mode: { type: string, enum: [a, b] }'));
  const after = before.replaceAll('[image, name]', '[name, image]').replaceAll('[a, b]', '[b, a]');
  expect(fleet(before, after).changes).toEqual([]);
});

test('of other objects many equal changes are told once', () => {
  const config = (value: string, count: number) =>
    `{ apiVersion: example.com/v1, kind: Zone, metadata: { name: a, namespace: shop }, spec: { ${Array.from({ length: count }, (_, i) => `part${i}: { open: ${value} }`).join(', ')} } }`;
  expect(text(config('true', 8), config('false', 8))).toContain('….open, at 8 paths: true → false');
  expect(text(config('true', 6), config('false', 6))).not.toContain('paths');
});
