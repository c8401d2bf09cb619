import { duplicateKeys, readSources } from '../../manifests/reading/read';
import { positionOf, positionsOf } from '../../manifests/reading/yaml/position';
import type { Path } from '../../manifests/resource';

const read = (text: string) => readSources([{ file: 'input.yaml', text }]);
const HEAD = 'apiVersion: v1\nkind: ConfigMap\n';
/** The value of a field `data` as it is read. */
const dataOf = (yaml: string) => {
  const { resources, unreadable } = read(`${HEAD}data: ${yaml}`);
  expect(unreadable).toEqual([]);
  return resources[0]!.at(['data']);
};
const refusal = (text: string) => {
  const { unreadable } = read(text);
  expect(unreadable).toHaveLength(1);
  return unreadable[0]!;
};

describe('scalars mean what they mean to Kubernetes (compared with k8s.io/apimachinery on these and more)', () => {
  test.each([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['NO', false],
    ['off', false],
    ['tRUE', 'tRUE'],
    ['~', null],
    ['', null],
    ['012', 10],
    ['-012', -10],
    ['0o14', 12],
    ['08', 8],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['+12', 12],
    ['1.', 1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1e400', '1e400'],
    ['1:30', '1:30'],
    ['2020-01-01', '2020-01-01'],
    ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
    ['1.2.3', '1.2.3'],
    ['0x1FFFFFFFFFFFFFFFFF', '0x1FFFFFFFFFFFFFFFFF'],
    ['<<', '<<'],
    ['"yes"', 'yes'],
    ['! 12', '12'],
    ['!!str 12', '12'],
    ['!!int "12"', 12],
    ['!!bool "yes"', true],
    ['!!binary aGVsbG8=', 'hello'],
    ['!own 12', '12'],
    ['!own {a: 1}', { a: 1 }],
    ['!!set {a}', { a: null }],
  ])('%s', (yaml, value) => expect(dataOf(yaml)).toEqual(value));

  test.each([
    ['{on: 1, 12: 2, 1.5: 3, 012: 4}', { true: 1, '12': 2, '1.5': 3, '10': 4 }],
    ['{toString: 1, __proto__: {a: 1}}', JSON.parse('{"toString": 1, "__proto__": {"a": 1}}')],
  ])('keys of %s become strings', (yaml, value) => expect(dataOf(yaml)).toEqual(value));

  test.each(['!!int 1.5', '!!float x', '!!binary x', '.inf', '{~: 1}', '{[a]: 1}', '{<<: 1}', '*nobody', '&a [*a]'])(
    '%s is refused',
    (yaml) => expect(refusal(`${HEAD}data: ${yaml}`)).toMatchObject({ line: 3 }),
  );
});

describe('merge keys', () => {
  test.each([
    [
      'what stands later wins, the merged too',
      '{a: {<<: {x: 1, z: 1}, x: 2}, b: {x: 2, <<: {x: 1}}}',
      { a: { x: 2, z: 1 }, b: { x: 1 } },
    ],
    ['of a list the first wins', '{a: {<<: [{x: 1}, {x: 2, z: 2}]}}', { a: { x: 1, z: 2 } }],
    ['a quoted one is a key', '{a: {"<<": {x: 1}}}', { a: { '<<': { x: 1 } } }],
  ])('%s', (_, yaml, value) => expect(dataOf(yaml)).toEqual(value));
});

describe('indentation is not looked at between brackets and in quotes', () => {
  test.each([
    ['a closing bracket in the first column', '{a: [\n1, # one\n# two: ]\n2\n], b: 3}', { a: [1, 2], b: 3 }],
    ['tabs', '{\ta: 1,\n\tb: 2\n}', { a: 1, b: 2 }],
    ['a quoted text', '"a\nb"', 'a b'],
  ])('%s', (_, yaml, value) => expect(dataOf(yaml)).toEqual(value));
});

describe('a line with nothing but a tab', () => {
  test.each([
    ['after a value', 'a: 1\n\t\nb: 2'],
    ['after brackets', 'a: {b: [1]}\n\t\nb: {c: 1}'],
    ['with a comment', 'a: [1]\n\t# ]\n'],
    ['at the end', 'a: x\n\t'],
  ])('is refused %s, as kubectl refuses it', (_, text) =>
    expect(refusal(text)).toMatchObject({ line: 2, column: 1, reason: expect.stringMatching(/tab/) }),
  );
  test.each(['{b: 1,\n\t\nc: 2}', '[1\n\t\n, [2],\n\t# ]\n 3]', '"x\n\t\n  y"'])(
    'is fine between brackets and in quotes: %j',
    (text) => expect(read(`${HEAD}data: ${text}`).unreadable).toEqual([]),
  );
});

describe('documents', () => {
  const names = (text: string) => read(text).resources.map(({ name }) => name);
  const named = (name: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}}}`;
  const json = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

  test.each([
    [
      'separated by ---, comments after it',
      `---\n${named('a')}\n--- # two\n# only a comment\n---\n${named('b')}\n---\n`,
      ['a', 'b'],
    ],
    ['with Windows line ends and a byte order mark', `\uFEFF${named('a')}\r\n---\r\n${named('b')}\r\n`, ['a', 'b']],
    ['of JSON, one after the other', `${json('a')}${json('b')}\n${json('c')}`, ['a', 'b', 'c']],
    ['of JSON with tabs', `{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "a"}\n}`, ['a']],
    ['first JSON, then YAML', `${json('a')}\n---\n${named('b')}`, ['a', 'b']],
    ['in flow style, which only looks like JSON', `${named('a')}\n---\n${named('b')}`, ['a', 'b']],
    [
      'in a List, and in a List of Lists',
      `{apiVersion: v1, kind: List, items: [${named('a')}, {apiVersion: v1, kind: List, items: [${named('b')}]}]}`,
      ['a', 'b'],
    ],
    ['with the separator in a block of text', `${HEAD}metadata: {name: a}\ndata:\n  x: |\n    ---\n    y\n`, ['a']],
  ])('%s', (_, text, expected) => {
    expect(read(text).unreadable).toEqual([]);
    expect(names(text)).toEqual(expected);
  });

  test('items of a ConfigMapList need not say that they are ConfigMaps', () => {
    const [resource] = read('{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}]}').resources;
    expect([resource!.kind, resource!.apiVersion]).toEqual(['ConfigMap', 'v1']);
  });

  test('what cannot be read is told with its place, and the others are read', () => {
    const { resources, unreadable } = read(`${named('a')}\n---\na: [1\n---\n${named('b')}\n---\nx:\n\ty: 1\n`);
    expect(resources.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(unreadable.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'unexpected end of the stream within a flow collection'],
      [8, expect.stringMatching(/tab/)],
    ]);
  });

  test.each([
    ['text after a separator', `--- {a: 1}\n`, 1, /separator/],
    ['a second document after `...`', `${HEAD}...\nb: 1\n`, 4, /reads nothing/],
    ['something else after two JSON objects', `${json('a')}${json('b')}\n---\nx: 1`, 2, /JSON object was expected/],
    ['a directive, which the separator after it cuts off', `%YAML 1.1\n---\n`, 2, /directives end mark/],
    ['NUL bytes', `${HEAD}a: \0`, 3, /null byte/],
    ['a list', '- a\n', 1, /a list/],
    ['a text', 'hello\n', 1, /"hello"/],
    ['a mapping without kind', '# values\n\nreplicas: 1\n', 3, /no kind/],
    ['an object without apiVersion', 'kind: Pod\n', 1, /no apiVersion/],
    ['a key that is null', `${HEAD}null: a\n`, 3, /reads the key null as null[^]*quotes/],
    ['a key that is null by a tilde', `${HEAD}data: { ~: a }\n`, 3, /reads the key ~ as null/],
    ['depth', `${HEAD}a: ${'['.repeat(10_000)}`, 3, /maxDepth|deep/],
    ['depth of JSON', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 1, /deep/],
  ])('refused: %s', (_, text, line, reason) => {
    const { line: found, reason: said } = refusal(text);
    expect(said).toMatch(reason);
    expect(found).toBe(line);
  });

  test.each(['', '\n', '# nothing\n', '---\n---\n', '\uFEFF'])('there is nothing in %j', (text) =>
    expect(read(text)).toEqual({ resources: [], unreadable: [], documents: [] }),
  );

  test('explosive aliases are refused as Kubernetes refuses them, harmless ones are read', () => {
    const levels = (count: number) =>
      Array.from({ length: count }, (_, i) => `  a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]\n`).join(
        '',
      );
    expect(refusal(`${HEAD}data:\n  a0: &a0 x\n${levels(9)}`).reason).toMatch(/aliases/);
    expect(read(`${HEAD}data:\n  a0: &a0 x\n${levels(2)}`).unreadable).toEqual([]);
  });
});

describe('positions', () => {
  const text = `# two objects
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata:
    name: "web"
  spec:
    ports: [{port: 80}, {port: 81, name: http}]
    selector: &labels
      app: web
- {apiVersion: v1, kind: Service, metadata: {name: copy},
   spec: {selector: *labels, other: {<<: *labels}}}
---
apiVersion: v1
kind: Pod
`;
  const { resources } = read(text);
  const at = (object: number, ...path: Path) => {
    const { line, column } = positionOf(resources[object]!, path);
    return `${line}:${column}`;
  };

  test.each([
    ['an object', 0, [], '5:3'],
    ['a field is at its key', 0, ['metadata', 'name'], '8:5'],
    ['an item of a list', 0, ['spec', 'ports', 1], '10:25'],
    ['a field of an item', 0, ['spec', 'ports', 1, 'name'], '10:36'],
    ['a missing field is where its parent is', 0, ['spec', 'ports', 1, 'targetPort', 'x'], '10:25'],
    ['a field behind an alias is where it is written', 1, ['spec', 'selector', 'app'], '12:7'],
    ['a merged field too', 1, ['spec', 'other', 'app'], '12:7'],
    ['another document', 2, ['kind'], '17:1'],
  ] as const)('%s', (_, object, path, place) => expect(at(object, ...path)).toBe(place));

  test('of a field that is written and merged is where its value comes from', () => {
    const { resources } = read(`apiVersion: v1
kind: ConfigMap
x: &x {a: 1, b: 1}
y: &y {b: 2, c: 2}
after: {a: 0, <<: *x}
before: {<<: *x, a: 0}
several: {<<: [*x, *y]}
? &key d
: 1
*key : 2
`);
    const at = (...path: Path) => {
      const { line, column } = positionOf(resources[0]!, path);
      return [resources[0]!.at(path), `${line}:${column}`];
    };
    expect(at('after', 'a')).toEqual([1, '3:8']);
    expect(at('before', 'a')).toEqual([0, '6:18']);
    expect(at('several', 'b')).toEqual([1, '3:14']);
    expect(at('several', 'c')).toEqual([2, '4:14']);
    expect(at('d')).toEqual([2, '10:1']);
    expect(positionsOf(resources[0]!, ['d'])).toEqual([
      { line: 8, column: 8 },
      { line: 10, column: 1 },
    ]);
  });

  test('of JSON', () => {
    const { resources } = read(
      '{"apiVersion": "v1", "kind": "Pod"}\n{"apiVersion": "v1",\n\t"kind": "Pod", "spec": {"a": [1, 2]}}',
    );
    expect(positionOf(resources[1]!, ['spec', 'a', 1])).toEqual({ line: 3, column: 35 });
  });

  test('many findings of a large file are located in no time', () => {
    const many = read(
      `{apiVersion: v1, kind: List, items: [${Array.from({ length: 5000 }, (_, i) => `\n{apiVersion: v1, kind: Pod, metadata: {name: p${i}}}`).join(',')}]}`,
    ).resources;
    expect(many.map((resource) => positionOf(resource, ['metadata', 'name']).line)).toEqual(many.map((_, i) => i + 2));
  });
});

describe('duplicate keys', () => {
  test('are told with their paths, and the last counts', () => {
    const { resources } = read(
      `{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod}, {apiVersion: v1, kind: Pod, spec: {containers: [{image: a, image: b}]}, spec: {}}]}`,
    );
    expect(resources.map(duplicateKeys)).toEqual([[], [['spec', 'containers', 0, 'image'], ['spec']]]);
    expect(resources[1]!.at(['spec'])).toEqual({});
  });
  test('are found in JSON too', () => {
    const { resources } = read('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a:\\"b\\"","name":"c"}}');
    expect(resources.flatMap(duplicateKeys)).toEqual([['metadata', 'name']]);
  });
  test('a key beside a merged one is no duplicate', () =>
    expect(read(`${HEAD}data: {<<: {a: 1}, a: 2}`).resources.flatMap(duplicateKeys)).toEqual([]));
});
