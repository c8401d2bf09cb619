import { classed, messagesOf } from './risks';

const definition = (schema: string) =>
  `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: b.e.com }, spec: { group: e.com, scope: Cluster, names: { kind: B, plural: b }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: ${schema} } } } }] } }`;
const found = (before: string, after: string) =>
  messagesOf('schema-narrowed', definition(before), definition(after)).map((text) => text.split(': ')[1]);
const field = (schema: string, more = '') => `{ type: object, ${more}properties: { a: { ${schema} } } }`;

describe('schema-narrowed', () => {
  test.each([
    [
      'a field that is required',
      field('type: string'),
      field('type: string', 'required: [a], '),
      '.spec.a is required',
    ],
    ['a field that goes', field('type: string'), '{ type: object, properties: {} }', '.spec.a is no field any more'],
    [
      'another type',
      field('type: string'),
      field('type: integer'),
      '.spec.a has to be of type integer in place of string',
    ],
    [
      'a value that goes',
      field('type: string, enum: [x, z]'),
      field('type: string, enum: [x]'),
      '.spec.a may not be z any more',
    ],
    [
      'values where any was allowed',
      field('type: string'),
      field('type: string, enum: [x]'),
      '.spec.a has to be one of x',
    ],
    [
      'a higher minimum',
      field('type: integer, minimum: 1'),
      field('type: integer, minimum: 2'),
      '.spec.a has to be at least 2 in place of 1',
    ],
    ['a length', field('type: string'), field('type: string, maxLength: 9'), '.spec.a may have a length of at most 9'],
    [
      'a pattern',
      field('type: string, pattern: a'),
      field('type: string, pattern: b'),
      '.spec.a has to match the pattern b',
    ],
    [
      'entries of a list',
      field('type: array, items: { type: integer }'),
      field('type: array, items: { type: boolean }'),
      '.spec.a[] has to be of type boolean in place of integer',
    ],
    [
      'values of a map',
      field('type: object, additionalProperties: { type: string }'),
      field('type: object, additionalProperties: { type: string, minLength: 1 }'),
      '.spec.a[*] needs a length of at least 1',
    ],
  ])('%s', (_, before, after, text) => {
    expect(found(before, after)).toEqual([text]);
  });
  test.each([
    ['the other way round', field('type: string, enum: [x]', 'required: [a], '), field('type: string')],
    ['a default beside what is required', field('type: string'), field('type: string, default: b', 'required: [a], ')],
    ['a wider number', field('type: integer, maximum: 3'), field('type: number, maximum: 4')],
    [
      'unknown fields that are kept',
      field('type: string'),
      '{ type: object, x-kubernetes-preserve-unknown-fields: true }',
    ],
    ['words alone', field('type: string'), field('type: string, description: what it is')],
  ])('nothing of %s', (_, before, after) => {
    expect(found(before, after)).toEqual([]);
  });
});

test('rules in CEL, entries that may stand once alone, and combined schemas narrow it', () => {
  const rule = (...rules: readonly string[]) =>
    field(`type: integer, x-kubernetes-validations: [${rules.map((each) => `{ rule: '${each}' }`).join(', ')}]`);
  expect(found(rule(), rule('self > 3'))).toEqual(['.spec.a has to meet self > 3']);
  expect(found(rule('self > 3'), rule('self > 5'))).toHaveLength(1);
  expect(found(rule('self > 3', 'self < 9'), rule('self < 9'))).toEqual([]);
  expect(found(rule('self > 3', 'self < 9'), rule('self < 9', 'self > 3'))).toEqual([]);
  const listed = (type: string) => field(`type: array, items: { type: string }, x-kubernetes-list-type: ${type}`);
  expect(found(listed('atomic'), listed('set'))).toHaveLength(1);
  expect(found(listed('set'), listed('atomic'))).toEqual([]);
  const combined = (more: string) => field(`type: integer${more}`);
  expect(found(combined(''), combined(', anyOf: [{ minimum: 3 }, { maximum: 1 }]'))).toHaveLength(1);
  expect(found(combined(', not: { minimum: 3 }'), combined(''))).toEqual([]);
});

describe('what a new schema does not narrow', () => {
  const of = (schema: string) =>
    `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: widgets.acme.io }, spec: { group: acme.io, scope: Namespaced, names: { kind: Widget, plural: widgets }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: ${schema}, status: { type: object, properties: { phase: { type: string } } } } } } }] } }`;
  const text = (pattern: string) => of(`{ type: string, pattern: '${pattern}' }`);
  const fields = (names: string, rule = '') =>
    of(`{ type: object, properties: { ${names} }${rule && `, x-kubernetes-validations: [{ rule: "${rule}" }]`} }`);
  const STRING = '{ type: string }';
  const lists = (most: number, rule = '') =>
    of(
      `{ type: array, maxItems: 4, items: { type: object, properties: { matches: { type: array, maxItems: ${most}, items: { type: string } } } }${rule && `, x-kubernetes-validations: [{ rule: "${rule}" }]`} }`,
    );
  const SUM = '(self.size() > 0 ? self[0].matches.size() : 0) + (self.size() > 1 ? self[1].matches.size() : 0) <= 16';
  test.each([
    ['the same characters in other words', text('^[a-zSA-Z]+$'), text('^[A-Za-z]+$'), []],
    ['other characters', text('^[a-zA-Z]+$'), text('^[a-z]+$'), ['disruption']],
    [
      'a rule about new fields',
      fields(`a: ${STRING}`),
      fields(`a: ${STRING}, b: ${STRING}, c: ${STRING}`, '!(has(self.b) && has(self.c))'),
      [],
    ],
    [
      'a rule that asks for a new field',
      fields(`a: ${STRING}`),
      fields(`a: ${STRING}, b: ${STRING}`, 'has(self.b)'),
      ['disruption'],
    ],
    [
      'a rule about an old one',
      fields(`a: ${STRING}, b: ${STRING}`),
      fields(`a: ${STRING}, b: ${STRING}`, '!(has(self.a) && has(self.b))'),
      ['disruption'],
    ],
    ['a sum that was bounded', lists(8), lists(9, SUM), []],
    ['a sum that was not', lists(9), lists(9, SUM), ['disruption']],
    [
      'a smaller format of numbers',
      of('{ type: integer, format: int64 }'),
      of('{ type: integer, format: int32 }'),
      ['in-place'],
    ],
    [
      'what a controller reports',
      of(STRING),
      of(STRING).replace('phase: { type: string }', 'phase: { type: string, enum: [a] }'),
      [],
    ],
  ])('%s', (_, before, after, classes) => {
    expect(classed('schema-narrowed', before, after).map((each) => each.split(' ')[0])).toEqual(classes);
  });
});
