/** One change to a CustomResourceDefinition: a keyword of a schema set, moved or taken away, or another word in a rule. */
type Node = { [key: string]: unknown };

const isNode = (value: unknown): value is Node => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The schemas of a definition: those of fields, items and values, those of anyOf and its like. */
function* schemasIn(schema: unknown): Generator<Node> {
  if (!isNode(schema)) return;
  yield schema;
  for (const below of Object.values(isNode(schema['properties']) ? schema['properties'] : {})) yield* schemasIn(below);
  for (const key of ['items', 'additionalProperties', 'not']) yield* schemasIn(schema[key]);
  for (const key of ['anyOf', 'allOf', 'oneOf'])
    if (Array.isArray(schema[key])) for (const below of schema[key]) yield* schemasIn(below);
}

const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  type: ['string', 'integer', 'object', 'array', 'number', 'boolean', 'text', '', undefined],
  default: ['a', 1, true, {}, [], { a: 1 }, null, 'Always'],
  nullable: [true, false],
  uniqueItems: [true, false],
  pattern: ['^a+$', '(?!a)', '(a)\\1', '[a-', '\\d{2,}', '(?P<n>a)', 'a**', '[[:alpha:]]', '\\pL', '^(?<name>a)$'],
  properties: [{}, { a: { type: 'string' } }, { a: {} }, undefined],
  additionalProperties: [true, false, { type: 'string' }, {}, undefined],
  items: [
    { type: 'string' },
    {},
    [{ type: 'string' }],
    { type: 'object', properties: { name: { type: 'string' } } },
    undefined,
  ],
  required: [['a'], ['name'], [], undefined],
  'x-kubernetes-list-type': ['set', 'map', 'atomic', 'list', undefined],
  'x-kubernetes-list-map-keys': [['name'], ['a', 'a'], ['nosuch'], [], undefined],
  'x-kubernetes-map-type': ['atomic', 'granular', 'set'],
  'x-kubernetes-preserve-unknown-fields': [true, false],
  'x-kubernetes-int-or-string': [true],
  'x-kubernetes-embedded-resource': [true],
  anyOf: [
    [{ required: ['a'] }],
    [{ properties: { nosuch: { enum: ['a'] } } }],
    [{ type: 'string' }],
    [{ type: 'integer' }, { type: 'string' }],
    [{ pattern: '(?=a)' }],
  ],
  not: [{ required: ['a'] }, { properties: { metadata: {} } }, { default: 1 }],
  $ref: ['#/a'],
  definitions: [{ a: {} }],
  enum: [['a'], [1]],
  format: ['date-time', 'byte', 'duration', 'int32'],
  'x-kubernetes-validations': [
    [{ rule: 'true' }],
    [{ rule: 'self.nosuch == 1' }],
    [{ rule: 'self == 1' }],
    [{ rule: "self == 'a'" }],
    [{ rule: 'size(self) > 0' }],
    [{ rule: 'self' }],
    [{ rule: 'self ==' }],
    [{ rule: 'nosuch(self)' }],
    [{ rule: 'self == oldSelf' }],
    [{ rule: 'oldSelf.hasValue() || true', optionalOldSelf: true }],
    [{ rule: 'true', optionalOldSelf: true }],
    [{ rule: 'has(self.name)' }],
    [{ rule: 'self.all(x, x.size() > 0)' }],
    [{ rule: 'self.exists(x, x == 1)' }],
    [{ rule: "self.startsWith('a')" }],
    [{ rule: 'self > 1 && self < 5.5' }],
    [{ rule: 'true', message: '' }],
    [{ rule: 'true', message: ' ' }],
    [{ rule: 'true', message: 'a\nb' }],
    [{ rule: 'true\n' }],
    [{ rule: 'true &&\ntrue' }],
    [{ rule: '' }],
    [{ rule: 'true', messageExpression: "'a'" }],
    [{ rule: 'true', messageExpression: '1' }],
    [{ rule: "self.metadata.name != 'a'" }],
    [{ rule: 'self.name == self.size' }],
    [{ rule: "self.?name.orValue('') == 'a'" }],
    [{ rule: "self.name in ['a', 'b']" }],
    [{ rule: '1 in self' }],
    [{ rule: 'self.size + 1 > 2' }],
    [{ rule: "self.size + 'a' == 'b'" }],
    [{ rule: 'self[0] == self[1]' }],
    [{ rule: "self['a'] == 'b'" }],
    [{ rule: 'self.map(x, x).size() == 1' }],
    [{ rule: 'sets.contains(self, self)' }],
    [{ rule: 'isIP(self) || ip.isCanonical(self)' }],
    [{ rule: 'self ? true : false' }],
    [{ rule: '!self' }],
    [{ rule: '-self == 1' }],
    [{ rule: 'self == null' }],
  ],
};

/** Rules whose cost depends on how much there may be, of a text, of a list, and of the spec of the seed. */
const EXPENSIVE: readonly string[] = [
  "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
  "self.matches('^a+$') && self.contains('abcdefghijk')",
  "self.startsWith('a') || self == 'b'",
  "self in ['a', 'b', 'c']",
  'self.all(x, x.size() > 0)',
  'self.all(x, self.exists_one(y, x == y))',
  'self.all(x, self.all(y, self.all(z, x == y || y == z)))',
  "self.exists(x, x.matches('^[a-z]+$'))",
  "self.map(x, x + 'a').size() > 1",
  "self.filter(x, x.size() > 1).all(y, y != '')",
  'self.all(k, self[k].size() > 1)',
  "self.all(e, e.name != '' && (!has(e.size) || e.size > 1 ? e.name == 'a' : true))",
  'self.all(e, self.exists(o, o.name == e.name))',
  'self.list.all(x, x in self.list)',
  'self.entries.all(e, self.list.exists(x, x == e.name))',
  'self.entries.all(e, e.name in self.map)',
  'self.map.all(k, self.list.exists(x, x == self.map[k]))',
  'has(self.a) && self.a.size() > 1 && self.name.contains(self.a)',
  'self == oldSelf',
  'self.list == oldSelf.list',
  "self.entries.all(e, cel.bind(n, e.name, n != 'a' && n != 'b'))",
  'self.list.all(i, x, i < 3 || x.size() > 1)',
];

/** Bounds of some schemas widened or taken away, and a rule that costs more then. */
function expensive(nodes: readonly Node[], pick: <T>(all: readonly T[]) => T, next: () => number): string {
  const changes: string[] = [];
  for (const node of nodes)
    for (const [keyword, type] of [
      ['maxItems', 'array'],
      ['maxLength', 'string'],
      ['maxProperties', 'object'],
    ] as const) {
      const isMap = node['additionalProperties'] !== undefined;
      if (node['type'] !== type || (type === 'object' && !isMap) || next() < 0.4) continue;
      const value = pick([undefined, undefined, 0, 1, 30, 100, 1000, 10_000, 100_000]);
      if (value === undefined) delete node[keyword];
      else node[keyword] = value;
      changes.push(`${keyword} = ${value}`);
    }
  const rules = Array.from({ length: pick([1, 1, 1, 5]) }, () => ({ rule: pick(EXPENSIVE) }));
  pick(nodes)['x-kubernetes-validations'] = rules;
  return [...changes, ...rules.map(({ rule }) => rule)].join(', ');
}

export function mutateDefinition(
  definition: Node,
  next: () => number,
): { readonly definition: Node; readonly change: string } {
  const copy = structuredClone(definition);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
  const spec = copy['spec'] as Node;
  const version = pick(spec['versions'] as Node[]);
  const schema = (version['schema'] as Node | undefined)?.['openAPIV3Schema'];
  if (next() < 0.08) {
    const [what, change] = pick<readonly [string, () => void]>([
      [
        'selectableFields',
        () =>
          (version['selectableFields'] = [
            {
              jsonPath: pick([
                '.spec.name',
                '.spec.nosuch',
                '.metadata.name',
                'spec.name',
                '.spec.size',
                '.spec.list',
                '.spec',
              ]),
            },
          ]),
      ],
      [
        'column',
        () =>
          (version['additionalPrinterColumns'] = [
            {
              name: 'a',
              type: pick(['string', 'text']),
              jsonPath: pick(['.spec.name', 'spec.name', '.']),
              format: pick(['', 'byte', 'hex']),
            },
          ]),
      ],
      ['status', () => (version['subresources'] = { status: {} })],
      [
        'conversion',
        () =>
          (spec['conversion'] = pick<object>([
            { strategy: 'Webhook' },
            { strategy: 'None', webhook: { conversionReviewVersions: ['v1'] } },
            {
              strategy: 'Webhook',
              webhook: { conversionReviewVersions: ['v9'], clientConfig: { service: { name: 'a', namespace: 'b' } } },
            },
            { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: {} } },
          ])),
      ],
      [
        'group',
        () => {
          const group = pick(['a.k8s.io', 'example.io', 'kubernetes.io', 'x.kubernetes.io']);
          spec['group'] = group;
          (copy['metadata'] as Node)['name'] = `${(spec['names'] as Node)['plural']}.${group}`;
          (copy['metadata'] as Node)['annotations'] = pick<object>([
            {},
            { 'api-approved.kubernetes.io': 'https://example.com/1' },
            { 'api-approved.kubernetes.io': 'unapproved, a test' },
            { 'api-approved.kubernetes.io': 'yes' },
          ]);
        },
      ],
    ]);
    change();
    return { definition: copy, change: what };
  }
  const nodes = [...schemasIn(schema)];
  if (nodes.length === 0) return { definition: copy, change: 'none' };
  if (next() < 0.3) return { definition: copy, change: expensive(nodes, pick, next) };
  const node = pick(nodes);
  const keyword = pick(Object.keys(VALUES));
  const value = pick(VALUES[keyword]!);
  if (value === undefined) delete node[keyword];
  else node[keyword] = structuredClone(value);
  return { definition: copy, change: `${keyword} = ${JSON.stringify(value)}` };
}

/** Small definitions that have each kind of schema. */
export const CRD_SEEDS: readonly Node[] = [
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'as.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  required: ['name'],
                  properties: {
                    name: { type: 'string', maxLength: 20 },
                    size: { type: 'integer', default: 1 },
                    a: { type: 'string', maxLength: 20 },
                    share: { type: 'number' },
                    on: { type: 'boolean' },
                    at: { type: 'string', format: 'date-time' },
                    list: { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 9 } },
                    map: { type: 'object', maxProperties: 5, additionalProperties: { type: 'string', maxLength: 9 } },
                    port: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
                    any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                    entries: {
                      type: 'array',
                      maxItems: 5,
                      'x-kubernetes-list-type': 'map',
                      'x-kubernetes-list-map-keys': ['name'],
                      items: {
                        type: 'object',
                        required: ['name'],
                        properties: { name: { type: 'string', maxLength: 9 }, size: { type: 'integer' } },
                      },
                    },
                    template: {
                      type: 'object',
                      'x-kubernetes-embedded-resource': true,
                      'x-kubernetes-preserve-unknown-fields': true,
                    },
                  },
                  oneOf: [{ required: ['a'] }, { properties: { size: { enum: [1] } } }],
                  'x-kubernetes-validations': [{ rule: 'self.size > 0', message: 'no' }],
                },
                status: { type: 'object', properties: { ready: { type: 'boolean' } } },
              },
            },
          },
        },
      ],
    },
  },
];
