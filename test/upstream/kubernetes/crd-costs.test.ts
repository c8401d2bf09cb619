import { Resource } from '../../../manifests/resource';
import { minCost } from '../../../upstream/kubernetes/cel/cost';
import { declaredSize } from '../../../upstream/kubernetes/cel/declared-sizes';
import { parsed } from '../../../upstream/kubernetes/cel/expression';
import { definitionProblems } from '../../../upstream/kubernetes/crd/definition';
import { CRD_SEEDS } from '../../oracle/crd-mutations';

type Node = { [key: string]: unknown };

/** What the API server has against the seed of the oracle with one more field of its spec. */
function problems(field: Node): string[] {
  const definition = structuredClone(CRD_SEEDS[0]!) as { spec: { versions: [{ schema: { openAPIV3Schema: Node } }] } };
  const root = definition.spec.versions[0].schema.openAPIV3Schema;
  const { spec } = root['properties'] as { spec: { properties: Node } };
  spec.properties['x'] = field;
  return definitionProblems(new Resource(definition, { file: 'a.json', text: '' }, 0)).map(
    ({ path, message }) => `${path.slice(path.indexOf('x') + 1).join('.')}: ${message}`,
  );
}
const rule = (text: string) => ({ 'x-kubernetes-validations': [{ rule: text }] });
const OVER = 'the estimated cost of the rule exceeds the budget';

// From which bound on the API server itself (apiextensions-apiserver 0.35.4) refuses the rule.
describe.each<[what: string, first: number, field: (max: number | undefined) => Node]>([
  [
    'pairs of the items of a list',
    1000,
    (maxItems) => ({
      type: 'array',
      maxItems,
      items: { type: 'string', maxLength: 9 },
      ...rule('self.all(x, self.exists(y, x == y))'),
    }),
  ],
  [
    'pairs of the keys of a map',
    817,
    (maxProperties) => ({
      type: 'object',
      maxProperties,
      additionalProperties: { type: 'string', maxLength: 9 },
      ...rule('self.all(k, self.all(l, k != l || self[k] == self[l]))'),
    }),
  ],
  [
    'a rule for each of many items',
    312_501,
    (maxItems) => ({
      type: 'array',
      maxItems,
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', maxLength: 63 } },
        ...rule("self.name.startsWith('a') && !self.name.contains('b')"),
      },
    }),
  ],
  [
    'a regular expression over a long text',
    3_124_998,
    (maxLength) => ({ type: 'string', maxLength, ...rule("self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')") }),
  ],
])('%s', (_, first, field) => {
  test('fit into the budget up to the bound that the API server has', () =>
    expect(problems(field(first - 1))).toEqual([]));
  test('cost too much from there on', () => expect(problems(field(first))).toEqual([expect.stringContaining(OVER)]));
});

test('where nothing bounds a list, as much counts as a request has room for', () => {
  const pairs = { type: 'array', items: { type: 'string' }, ...rule('self.all(x, self.exists(y, x == y))') };
  expect(problems(pairs)).toEqual([
    expect.stringMatching(/^x-kubernetes-validations\.0\.rule: .* by a factor of more than 100: bound the lists/),
  ]);
  const each = (required: string[]) => ({
    type: 'array',
    items: {
      type: 'object',
      required,
      properties: { name: { type: 'string', maxLength: 9 }, other: { type: 'string', maxLength: 9 } },
      ...rule('self.name.matches("^[a-z0-9]{1,9}$")'),
    },
  });
  // A longer item leaves room for fewer.
  expect(problems(each([]))).toEqual([expect.stringContaining('by a factor of 1.8 or more')]);
  expect(problems(each(['name', 'other']))).toEqual([]);
});

test('rules that are cheap enough alone are too much together', () => {
  const field = (rules: number) => ({
    type: 'array',
    maxItems: 990,
    items: { type: 'string', maxLength: 9 },
    'x-kubernetes-validations': Array.from({ length: rules }, () => ({ rule: 'self.all(x, self.exists(y, x == y))' })),
  });
  expect(problems(field(10))).toEqual([]);
  expect(problems(field(11))).toEqual([expect.stringContaining('the estimated cost of all rules of the schema')]);
});

describe('the least that an expression costs', () => {
  const self = declaredSize(
    {
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 10 },
        list: { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 10 } },
        tags: { type: 'object', maxProperties: 3, additionalProperties: { type: 'string' } },
        port: { 'x-kubernetes-int-or-string': true },
      },
    },
    false,
  )!;
  const cost = (text: string) => minCost(parsed(text), { self });

  test.each<[string, number]>([
    ['true', 0],
    ['self', 1],
    ['self.name', 2],
    // The test of presence costs nothing besides what it is asked of.
    ['has(self.name)', 1],
    // Forty bytes, of which ten cost one.
    ["self.name == 'abcdefghijklmnopqrstuvwxyz'", 2 + 3],
    ['self.name == self.name', 2 + 2 + 4],
    ["self.name == 'a' && self.name == 'b'", 6],
    ["self.name == 'a' ? self.name == self.name : true", 3 + 8],
    ["self.name.contains('abcdefghijk')", 2 + 4 * 2],
    ["self.name.matches('abcdefgh')", 2 + 5 * 2],
    ["self.name.startsWith('abcdefghijk')", 2 + 2],
    ["self.name in ['a', 'b']", 2 + 10 + 2],
    ['self.name in self.list', 2 + 2 + 5],
    ['self.name in self.tags', 2 + 2 + 1],
    ['self.list[0]', 3],
    // Each item: the test whether to go on, what it was so far, and the item.
    ["self.list.all(x, x == 'a')", 2 + 5 * (2 + 1 + 2)],
    // Of what is not known nothing is counted.
    ['self.port == self.port', 4],
    ["self.tags.all(k, k == 'a')", 2 + 3 * (2 + 1 + 1)],
    ["cel.bind(n, self.name, n == 'a')", 0],
  ])('%s: %d', (text, expected) => expect(cost(text)).toBe(expected));
});
