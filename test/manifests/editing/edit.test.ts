import { edited } from '../../../manifests/editing/edit';
import type { PlacedRepair, Repair } from '../../../manifests/editing/repair';
import type { Path } from '../../../manifests/resource';

const at = (path: string, repair: Repair, document = 0): PlacedRepair => ({
  ...repair,
  document,
  path: path === '' ? [] : path.split('.').map((key): Path[number] => (/^\d+$/.test(key) ? Number(key) : key)),
});
/** The text after the repair, or `refused: why`. */
const repairedIn = (text: string, repair: PlacedRepair) => {
  const result = edited(text, repair);
  return 'text' in result ? result.text : `refused: ${result.refused}`;
};
const replaced = (from: string | number, to: string | number | boolean): Repair => ({ do: 'replace', from, with: to });
const REFUSED = expect.stringMatching(/^refused: /);

describe('another value', () => {
  test.each<[string, string, string]>([
    ['plain', 'name: wbe # the name\nother: 1\n', 'name: web # the name\nother: 1\n'],
    ['in single quotes', "name: 'wbe'\n", "name: 'web'\n"],
    ['in double quotes', 'name: "wbe"  \n', 'name: "web"  \n'],
    ['in a flow mapping', '{ a: 1, name: wbe, b: [x] }\n', '{ a: 1, name: web, b: [x] }\n'],
    ['in JSON', '{"a": 1,\n  "name": "wbe"}', '{"a": 1,\n  "name": "web"}'],
    ['with CRLF', 'a: 1\r\nname: wbe\r\nb: 2\r\n', 'a: 1\r\nname: web\r\nb: 2\r\n'],
    ['behind a byte order mark', '\ufeffname: wbe\n', '\ufeffname: web\n'],
    ['without an end of line', 'name: wbe', 'name: web'],
    ['with an anchor that nothing uses', 'name: &n wbe\n', 'name: &n web\n'],
  ])('%s', (_, text, expected) => expect(repairedIn(text, at('name', replaced('wbe', 'web')))).toBe(expected));

  test('that needs quotes gets them', () => {
    expect(repairedIn('name: wbe\n', at('name', replaced('wbe', 'true')))).toBe('name: "true"\n');
    expect(repairedIn('name: wbe\n', at('name', replaced('wbe', 'a: b')))).toBe('name: "a: b"\n');
    expect(repairedIn("name: 'wbe'\n", at('name', replaced('wbe', "it's")))).toBe("name: 'it''s'\n");
  });
  test('takes the quotes of a number or a boolean away', () => {
    expect(repairedIn('replicas: "2" # two\n', at('replicas', replaced('2', 2)))).toBe('replicas: 2 # two\n');
    expect(repairedIn("{ on: 1, flag: 'true' }", at('flag', replaced('true', true)))).toBe('{ on: 1, flag: true }');
  });
  test('stands in the named document and list item only', () => {
    const text = 'a: [x, x]\n---\na: [x, x]\n---\na: [x]\n';
    expect(repairedIn(text, at('a.1', replaced('x', 'z'), 1))).toBe('a: [x, x]\n---\na: [x, z]\n---\na: [x]\n');
  });
  test.each([
    ['what an alias shares', 'a: &x { name: wbe }\nb: *x\n', 'a.name'],
    ['what stands behind an alias', 'a: &x { name: wbe }\nb: *x\n', 'b.name'],
    ['what a merge key brings', 'a: &x { name: wbe }\nb:\n  <<: *x\n  c: 1\n', 'b.name'],
    ['a scalar of several lines', 'name: |-\n  wbe\n', 'name'],
    ['what has another value by now', 'name: other\n', 'name'],
    ['a value with a tag', 'name: !!str 2\n', 'name'],
    ['what is not there', 'other: 1\n', 'name'],
    ['a document that cannot be read', 'name: wbe\nother: [\n', 'name'],
  ])('refuses %s', (_, text, path) => expect(repairedIn(text, at(path, replaced('wbe', 'web')))).toEqual(REFUSED));
  test('leaves the other user of an anchor as it is when only the own value is written here', () => {
    const text = 'a: &x { name: wbe }\nb: { <<: *x, name: wbe }\n';
    expect(repairedIn(text, at('b.name', replaced('wbe', 'web')))).toBe(
      'a: &x { name: wbe }\nb: { <<: *x, name: web }\n',
    );
  });
});

describe('quotes', () => {
  test.each([
    ['value: 1.10 # ten\n', 'value: "1.10" # ten\n'],
    ['value: 0400\n', 'value: "0400"\n'],
    ['value: yes\n', 'value: "yes"\n'],
    ['{"value": 8080}', '{"value": "8080"}'],
    ['{value: true}', '{value: "true"}'],
  ])('go around %j as it is written', (text, expected) =>
    expect(repairedIn(text, at('value', { do: 'quote' }))).toBe(expected),
  );
  test('do not go around what has some', () =>
    expect(repairedIn('value: "1"\n', at('value', { do: 'quote' }))).toEqual(REFUSED));
});

describe('another name for a key', () => {
  const to: Repair = { do: 'rename', to: 'resources' };
  test('leaves its value and its order', () => {
    expect(repairedIn('a: 1\nresource: { x: 1 } # r\nb: 2\n', at('resource', to))).toBe(
      'a: 1\nresources: { x: 1 } # r\nb: 2\n',
    );
    expect(repairedIn('{"resource":{}}', at('resource', to))).toBe('{"resources":{}}');
  });
  test('is refused where that key is there already', () =>
    expect(repairedIn('resource: 1\nresources: 2\n', at('resource', to))).toEqual(REFUSED));
});

describe('of a key that stands twice', () => {
  const once: Repair = { do: 'remove-duplicates' };
  test.each<[string, string, string]>([
    [
      'the last stays, with the comments',
      '# top\na: 1 # one\n# two\nb: x\na: 2 # three\n',
      '# top\n# two\nb: x\na: 2 # three\n',
    ],
    ['all before the last go', 'a: 1\na: 2\nb: 0\na: 3\n', 'b: 0\na: 3\n'],
    ['the dash of a list stays', '- a: 1\n  b: 2\n  a: 3\n', '- b: 2\n  a: 3\n'],
    ['flow mappings', '{ a: 1, b: 2, a: 3 }\n', '{ b: 2, a: 3 }\n'],
    ['JSON', '{"a": 1, "b": 2, "a": 3}', '{"b": 2, "a": 3}'],
    ['mappings that are written alike', 'a:\n  x: 1\nb: 2\na:\n  x: 1\n', 'b: 2\na:\n  x: 1\n'],
    ['an empty value', 'a:\nb: 2\na: 3\n', 'b: 2\na: 3\n'],
    ['a key with quotes and without', 'a: 1\nb: 2\n"a": 3\n', 'b: 2\n"a": 3\n'],
    ['CRLF', 'a: 1\r\nb: 2\r\na: 3\r\n', 'b: 2\r\na: 3\r\n'],
    ['a block scalar', 'a: |\n  x\n  y\nb: 2\na: z\n', 'b: 2\na: z\n'],
  ])('%s', (_, text, expected) =>
    expect(repairedIn(text, at(text.startsWith('- ') ? '0.a' : 'a', once))).toBe(expected),
  );
  test.each([
    ['mappings that differ: both are wanted', 'a: { x: 1 }\na: { y: 2 }\n'],
    ['lists that differ', 'a:\n- x\nb: 1\na:\n- y\n'],
    ['a comment that would go along', '- a: 1 # why\n  b: 2\n  a: 3\n'],
    ['keys that are the same to YAML alone', 'OFF: 1\na: 1\nno: 2\n'],
    ['what would begin another document', '{\na: 1, ---b: 2, a: 3\n}\n'],
    ['an anchor that is used', 'a: &x 1\nb: *x\na: 1\n'],
  ])('refused: %s', (_, text) => {
    const path = text.startsWith('OFF') ? 'false' : text.startsWith('- ') ? '0.a' : 'a';
    expect(repairedIn(text, at(path, once))).toEqual(REFUSED);
  });
});

describe('a new key', () => {
  const never: Repair = { do: 'insert', key: 'restartPolicy', value: 'Never' };
  test.each<[string, string, string, string]>([
    [
      'comes first, indented as its neighbours',
      'spec:\n  # pods\n  containers: []\n',
      'spec',
      'spec:\n  # pods\n  restartPolicy: Never\n  containers: []\n',
    ],
    ['in a list', '- containers: []\n', '0', '- restartPolicy: Never\n  containers: []\n'],
    ['in a flow mapping', 'spec: { containers: [] }\n', 'spec', 'spec: { restartPolicy: Never, containers: [] }\n'],
    [
      'in a flow mapping of several lines',
      'spec: {\n  containers: []\n}\n',
      'spec',
      'spec: {\n  restartPolicy: Never,\n  containers: []\n}\n',
    ],
    ['in JSON', '{"spec": {"containers": []}}', 'spec', '{"spec": {"restartPolicy": "Never", "containers": []}}'],
    ['with CRLF', 'spec:\r\n  containers: []\r\n', 'spec', 'spec:\r\n  restartPolicy: Never\r\n  containers: []\r\n'],
    [
      'beside a merge key',
      'x: &x { a: 1 }\nspec:\n  <<: *x\n',
      'spec',
      'x: &x { a: 1 }\nspec:\n  restartPolicy: Never\n  <<: *x\n',
    ],
  ])('%s', (_, text, path, expected) => expect(repairedIn(text, at(path, never))).toBe(expected));
  test.each([
    ['an empty mapping', 'spec: {}\n'],
    ['no mapping', 'spec: 1\n'],
    ['an alias', 'x: &x { a: 1 }\nspec: *x\n'],
    ['keys that are the same to YAML alone', 'OFF: 1\na: 1\nno: 2\n'],
    ['an anchor that is used', 'spec: &x\n  a: 1\ny: *x\n'],
  ])('is refused in %s', (_, text) => expect(repairedIn(text, at('spec', never))).toEqual(REFUSED));
});
