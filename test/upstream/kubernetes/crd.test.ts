import { Resource } from '../../../manifests/resource';
import { typeProblem } from '../../../upstream/kubernetes/cel/check';
import type { CelType } from '../../../upstream/kubernetes/cel/declared-type';
import { definitionProblems } from '../../../upstream/kubernetes/crd/definition';
import { findings, messages } from '../../checks/judging';
import { CRD_SEEDS } from '../../oracle/crd-mutations';

type Node = { [key: string]: unknown };
const spec = (definition: Node) => definition['spec'] as Node;
const version = (definition: Node) => (spec(definition)['versions'] as Node[])[0]!;
const root = (definition: Node) => (version(definition)['schema'] as Node)['openAPIV3Schema'] as Node;
const fields = (definition: Node) =>
  ((root(definition)['properties'] as Node)['spec'] as Node)['properties'] as Record<string, Node>;

/** What the API server has against the seed after a change: places below the schema's spec, and messages. */
function problems(change: (definition: Node) => void): string[] {
  const definition = structuredClone(CRD_SEEDS[0]!) as Node;
  change(definition);
  return definitionProblems(new Resource(definition, { file: 'a.json', text: '' }, 0)).map(
    ({ path, message }) =>
      `${path.join('.').replace('spec.versions.0.schema.openAPIV3Schema.properties.spec.', '')}: ${message}`,
  );
}
const withField = (name: string, more: Node) =>
  problems((definition) => Object.assign(fields(definition)[name]!, more));
const withRule = (rule: string, field?: string, more: Node = {}) =>
  problems((definition) => {
    const target =
      field === undefined
        ? ((root(definition)['properties'] as Node)['spec'] as Node)
        : field.split('.').reduce<Node>((node, key) => node[key] as Node, fields(definition) as Node);
    target['x-kubernetes-validations'] = [{ rule, ...more }];
  });

test('the seed is right', () => expect(problems(() => {})).toEqual([]));

describe('a schema must be structural', () => {
  test.each<[string, Node, string]>([
    ['list', { uniqueItems: true }, 'uniqueItems: uniqueItems cannot be set to true'],
    [
      'map',
      { properties: { a: { type: 'string' } } },
      'additionalProperties: additionalProperties and properties are mutual exclusive',
    ],
    ['name', { type: undefined }, 'type must not be empty for specified object fields'],
    ['name', { type: 'text' }, 'type: Unsupported value: "text"'],
    ['list', { items: undefined }, 'items: items must be specified for an array'],
    ['list', { items: [{ type: 'string' }] }, 'items: items must be a schema object and not an array'],
    ['list', { items: {} }, 'items: type must not be empty for specified array items'],
    ['name', { pattern: '^(?!x)' }, 'pattern: must be a valid regular expression of Go (RE2)'],
    ['name', { pattern: '(a)\\1' }, 'pattern: must be a valid regular expression of Go (RE2)'],
    ['name', { anyOf: [{ pattern: '(?=a)' }] }, 'anyOf.0.pattern: must be a valid regular expression of Go (RE2)'],
    ['name', { $ref: '#/definitions/a' }, '$ref: $ref is not supported'],
    [
      'any',
      { 'x-kubernetes-preserve-unknown-fields': false },
      'x-kubernetes-preserve-unknown-fields: must be true or undefined',
    ],
    ['name', { anyOf: [{ type: 'string' }] }, 'anyOf.0.type: type must not stand in anyOf, allOf, oneOf or not'],
    ['name', { not: { default: 'a' } }, 'not.default: default must not stand in'],
    ['name', { 'x-kubernetes-list-type': 'set' }, 'x-kubernetes-list-type: type must be array'],
    ['list', { 'x-kubernetes-list-type': 'heap' }, 'x-kubernetes-list-type: supported values'],
    ['list', { 'x-kubernetes-list-type': 'map' }, 'x-kubernetes-list-map-keys: must not be empty'],
    [
      'entries',
      { 'x-kubernetes-list-map-keys': ['nosuch'] },
      'x-kubernetes-list-map-keys.0: entries must all be names of item properties',
    ],
    [
      'entries',
      { 'x-kubernetes-list-map-keys': ['name', 'name'] },
      'x-kubernetes-list-map-keys.1: must not contain duplicate entries',
    ],
    [
      'entries',
      { 'x-kubernetes-list-map-keys': ['size'] },
      'items.properties.size: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
    ],
    [
      'entries',
      { 'x-kubernetes-list-type': 'set', 'x-kubernetes-list-map-keys': undefined },
      'items.x-kubernetes-map-type: x-kubernetes-map-type must be atomic',
    ],
  ])('%s with %j', (field, more, message) => {
    const [found, ...others] = withField(field, more);
    expect(found).toContain(`properties.${field}`);
    expect(found).toContain(message);
    expect(others).toEqual([]);
  });
  test('the root is an object without defaults of its metadata', () => {
    expect(
      problems((definition) => {
        root(definition)['nullable'] = true;
      }),
    ).toHaveLength(1);
    expect(
      problems((definition) => {
        (root(definition)['properties'] as Node)['metadata'] = {
          type: 'object',
          properties: { labels: { type: 'object' } },
        };
      })[0],
    ).toContain('must not specify anything other than name and generateName');
    expect(
      problems((definition) => {
        (root(definition)['properties'] as Node)['metadata'] = {
          type: 'object',
          properties: { name: { type: 'string' } },
        };
      }),
    ).toEqual([]);
    expect(
      problems((definition) => {
        version(definition)['subresources'] = { status: {} };
        root(definition)['oneOf'] = [{ required: ['spec'] }];
      })[0],
    ).toContain('oneOf must not stand at the root');
  });
  test('both ways to write an integer or a string are right', () => {
    const pair = [{ type: 'integer' }, { type: 'string' }];
    expect(withField('port', { anyOf: pair })).toEqual([]);
    expect(withField('port', { anyOf: undefined, allOf: [{ anyOf: pair }, { pattern: '^a$' }] })).toEqual([]);
    expect(withField('port', { anyOf: [{ type: 'string' }, { type: 'integer' }] })).toHaveLength(2);
  });
});

describe('a default must be valid by its own schema', () => {
  test.each<[string, unknown, string | undefined]>([
    ['size', 'a', 'properties.size.default: Invalid value: must be of type integer, not string'],
    ['size', 3, undefined],
    ['list', ['a', 1], 'properties.list.default.1: Invalid value: must be of type string, not number'],
    ['map', { a: 1 }, 'properties.map.default.a: Invalid value'],
    ['any', { a: 1 }, undefined],
    ['name', 'a text that is too long for it', 'properties.name.default: Too long'],
    [
      'entries',
      [{ name: 'a', sise: 1 }],
      'properties.entries.default.0.sise: unknown field "sise": a default must not have unknown fields',
    ],
    ['entries', [{ size: 1 }], 'properties.entries.default.0.name: Required value'],
  ])('%s: %j', (field, value, message) =>
    expect(withField(field, { default: value })).toEqual(
      message === undefined ? [] : [expect.stringContaining(message)],
    ),
  );
});

describe('rules must compile', () => {
  test.each([
    ['self.nosuch == 1', "undefined field 'nosuch'"],
    ['has(self.nosuch)', "undefined field 'nosuch'"],
    ["self.?nosuch.orValue('') == ''", "undefined field 'nosuch'"],
    ['self.entries.all(e, e.nosuch > 1)', "undefined field 'nosuch'"],
    ['self.size', 'must evaluate to bool, and is int'],
    ["self.size == 'a'", "no matching overload for '_==_'"],
    ["self.size + 'a' == 'a'", "no matching overload for '_+_'"],
    ['self.share == 1', "no matching overload for '_==_'"],
    ['self.name && self.on', "no matching overload for '_&&_'"],
    ['!self.name', "no matching overload for '!_'"],
    ['nosuch(self.name)', "undeclared reference to 'nosuch'"],
    ['self.size > nosuch', "undeclared reference to 'nosuch'"],
    ['self.size.startsWith("a")', "no matching overload for 'startsWith'"],
    ['self.size.all(x, x > 1)', 'cannot be range of a comprehension'],
    ['self.list["a"] == "b"', "no matching overload for '_[_]'"],
    ['1 in self.map', "no matching overload for '@in'"],
    ['self.name == null', "no matching overload for '_==_'"],
    ['self.size ==', 'Syntax error'],
    ['sets.contains(self.name, [])', "no matching overload for 'sets.contains'"],
  ])('%s', (rule, message) => expect(withRule(rule)).toEqual([expect.stringContaining(message)]));
  test.each([
    'self.size > 1.5',
    'self.port == 1 || self.port == "a"',
    "self.at > timestamp('2020-01-01T00:00:00Z')",
    "'a' in self.map && self.map['a'] == 'b' && self.map.all(k, k.size() < 9)",
    'self.entries.exists_one(e, e.name == self.name)',
    'self.entries.map(e, e.size).sum() < 10',
    "self.template.metadata.name == 'a' && self.template.kind != ''",
    'self.list.all(i, v, v.size() > i)',
    'isIP(self.name) && ip(self.name).family() == 4',
    'self.on ? self.size > 1 : true',
    '[1, 2].exists(x, x == self.size)',
    '{"a": 1}["a"] == self.size',
    'self == oldSelf || self.name == oldSelf.name',
    'type(self.port) == int',
  ])('%s is right', (rule) => expect(withRule(rule)).toEqual([]));
  test('oldSelf is known in lists that are maps alone', () => {
    expect(withRule('self == oldSelf', 'list.items')[0]).toContain(
      'oldSelf cannot be used in the items of a list that is no map',
    );
    expect(withRule('self.size == oldSelf.size', 'entries.items')).toEqual([]);
    expect(withRule("self != 'oldSelf'", 'list.items')).toEqual([]);
    expect(withRule('true', undefined, { optionalOldSelf: true })[0]).toContain(
      'may not be set if oldSelf is not used',
    );
    expect(withRule('oldSelf.hasValue() || self.size > 1', undefined, { optionalOldSelf: true })).toEqual([]);
  });
  test('messages have one line, and expressions of them are texts', () => {
    expect(withRule('true', undefined, { message: 'a\nb' })[0]).toContain('must not contain line breaks');
    expect(withRule('true &&\ntrue')[0]).toContain('message must be specified if rule contains line breaks');
    expect(withRule('true', undefined, { messageExpression: '1' })[0]).toContain('must evaluate to string, and is int');
    expect(withRule('true', undefined, { messageExpression: "'too small: ' + self.name" })).toEqual([]);
  });
  test('what this cannot tell is left to the server', () => {
    const self: CelType = { fields: new Map<string, CelType>([['a', 'dyn']]) };
    for (const text of ['self.a.b.c == 1', 'self.`x-y` == 1', '[?self.?a] == []', 'self.a + 1 > 2'])
      expect(typeProblem(text, { self }, 'bool')).toBeUndefined();
  });
});

describe('around the schema', () => {
  const change = (edit: (definition: Node) => void) => problems(edit);
  test('selectableFields lead to a field', () => {
    const selects = (jsonPath: string) =>
      change((definition) => {
        version(definition)['selectableFields'] = [{ jsonPath }];
      });
    expect(selects('.spec.name')).toEqual([]);
    expect(selects('.spec.nosuch')[0]).toContain('the schema has no such field');
    expect(selects('.spec.list')[0]).toContain('must point to a field of type string, boolean or integer');
    expect(selects('.metadata.name')[0]).toContain('must not point to fields in metadata');
    expect(selects('spec.name')[0]).toContain('is an invalid path');
  });
  test('groups of the Kubernetes community need an approval', () => {
    const inGroup = (group: string, approved?: string) =>
      change((definition) => {
        spec(definition)['group'] = group;
        definition['metadata'] = {
          name: `as.${group}`,
          annotations: approved === undefined ? {} : { 'api-approved.kubernetes.io': approved },
        };
      });
    for (const group of ['apps.k8s.io', 'k8s.io', 'x.kubernetes.io']) {
      expect(inGroup(group)[0]).toContain(`the group ${group} is protected`);
      expect(inGroup(group, 'yes')[0]).toContain('must be a URL');
      expect(inGroup(group, 'unapproved, a test')).toEqual([]);
      expect(inGroup(group, 'https://example.com/pull/1')).toEqual([]);
    }
    for (const group of ['notk8s.io', 'k8s.io.example.com']) expect(inGroup(group)).toEqual([]);
  });
  test('columns and conversions', () => {
    expect(
      change((definition) => {
        version(definition)['additionalPrinterColumns'] = [{ name: 'a', type: 'string', jsonPath: 'spec.name' }];
      })[0],
    ).toContain('must be a simple json path starting with .');
    expect(
      change((definition) => {
        spec(definition)['conversion'] = { strategy: 'Webhook' };
      })[0],
    ).toContain('required when strategy is set to Webhook');
    expect(
      change((definition) => {
        spec(definition)['conversion'] = {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v9'], clientConfig: { url: 'https://a' } },
        };
      })[0],
    ).toContain('must include at least one of v1, v1beta1');
    expect(
      change((definition) => {
        version(definition)['schema'] = undefined;
      })[0],
    ).toContain('every version has a schema');
  });
});

describe('crd-versions-agree', () => {
  const id = 'crd-versions-agree';
  const definition = (old: string, now: string, { served = 'true', strategy = 'None' } = {}) =>
    `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: as.example.com }, spec: { group: example.com, scope: Namespaced, names: { kind: A, plural: as }, conversion: { strategy: ${strategy} }, versions: [${[
      ['v1beta1', served, 'false', old],
      ['v1', 'true', 'true', now],
    ]
      .map(
        ([name, isServed, storage, properties]) =>
          `{ name: ${name}, served: ${isServed}, storage: ${storage}, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { ${properties} } } } } } }`,
      )
      .join(', ')}] } }`;
  const a = 'a: { type: string }';
  test('a field that only one of them has is lost in both directions', () => {
    expect(findings(id, definition(`${a}, b: { type: string }`, a))).toHaveLength(1);
    expect(messages(id, definition(`${a}, b: { type: string }`, a))[0]).toContain(
      'drops this from every object that is written as v1beta1',
    );
    expect(messages(id, definition(a, `${a}, b: { type: string }`))[0]).toContain(
      'read and written back as v1beta1 loses this',
    );
    const nested = (more: string) => `l: { type: array, items: { type: object, properties: { ${a}${more} } } }`;
    expect(messages(id, definition(nested(''), nested(', b: { type: string }, c: { type: string }')))[0]).toContain(
      'lacks the field spec.l[].b and 1 more',
    );
  });
  test('the same fields, a webhook, a version that is not served and fields that are kept are right', () => {
    const more = `${a}, b: { type: string }`;
    expect(findings(id, definition(a, a))).toEqual([]);
    expect(findings(id, definition(more, a, { strategy: 'Webhook' }))).toEqual([]);
    expect(findings(id, definition(more, a, { served: 'false' }))).toEqual([]);
    const open = (text: string) =>
      `o: { type: object, x-kubernetes-preserve-unknown-fields: true, properties: { ${text} } }`;
    expect(findings(id, definition(open(more), open(a)))).toEqual([]);
  });
});
