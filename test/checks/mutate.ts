/** Broken, odd and huge texts, the same for the same seed. */
export function* brokenTexts(seed: number, count: number): Generator<string> {
  const random = mulberry(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;
  for (let i = 0; i < count; i++) {
    let text = pick(SEEDS)(below);
    for (let changes = below(6); changes > 0; changes--) {
      const at = below(text.length + 1);
      const end = Math.min(text.length, at + below(pick([2, 10, 200])));
      const insert = pick([
        () => '',
        () => pick(PIECES),
        () => pick(PIECES).repeat(below(30)),
        () => text.slice(at, end).repeat(below(4)),
        () => String.fromCharCode(below(pick([128, 0x300, 0x10000]))),
      ])();
      text = text.slice(0, at) + insert + text.slice(end);
    }
    yield text;
  }
}

const PIECES = [
  ...[
    '\n',
    '\r\n',
    '\r',
    ' ',
    '  ',
    '\t',
    '\n\t',
    '\n  ',
    '---\n',
    '\n---\n',
    '\n...\n',
    '--- x\n',
    '#',
    ' # c\n',
    ':',
    ': ',
    '- ',
    '- - ',
    '? ',
    '?',
    ',',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '{}',
    '[]',
    '"',
    "'",
    '\\',
    '|',
    '>',
    '|\n',
    '>-\n',
    '|2+\n',
    '&a ',
    '*a',
    '*a ',
    '<<: *a',
    '<<: [*a, *a]',
    '!',
    '!!str ',
    '!!int ',
    '!!binary ',
    '!x ',
    '!<',
    '%',
    '@',
    '`',
  ],
  ...[
    '\0',
    '\u0001',
    '\uFEFF',
    '\uFFFF',
    '\uD800',
    '\uDC00',
    '\u2028',
    '\u0085',
    '~',
    'null',
    'yes',
    '.inf',
    '.nan',
    '0o7',
    '0x',
    '1e999',
    '-',
    '+',
    '=',
    '<<',
    '__proto__',
    'constructor',
  ],
  ...[
    'apiVersion: v1\n',
    'kind: List\n',
    'items:\n',
    '- kind: Pod\n',
    'kind: Pod\n',
    'metadata: ',
    'metadata: {name: a, labels: [1]}\n',
    'a: 1\na: 2\n',
    '"a":1,',
    '{"kind":"Pod","apiVersion":"v1"}',
    '\\u0000',
    '\\x',
    '\\"',
  ],
];

const SEEDS: readonly ((below: (limit: number) => number) => string)[] = [
  () => '',
  () =>
    'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels: {app: web}\nspec:\n  replicas: 2\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n      - name: web\n        image: "web:1"\n        args: [\n          a, b\n        ]\n        command:\n        - sh\n        - -c\n        - |\n          echo "a: b"\n          exit\n',
  () =>
    'apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {app: a}}}\n- <<: *a\n  metadata: {name: b}\n',
  () =>
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"a\\nb","n":"1"}}\n{"apiVersion":"v1","kind":"Pod"}',
  () =>
    'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}], selector: {app: a}}\n---\n# c\napiVersion: v1\nkind: Namespace\nmetadata: {name: "a"}\n---\n- 1\n',
  (below) => 'a: '.repeat(below(100)),
  (below) => '['.repeat(below(3000)),
  (below) => '{a: '.repeat(below(2000)),
  (below) => '- '.repeat(below(2000)),
  (below) => '? '.repeat(below(500)),
  (below) => '&a '.repeat(below(60)),
  (below) => '? &a !!map '.repeat(below(40)),
  (below) => `${'&a !!str\n'.repeat(below(40))}x: 1`,
  (below) => Array.from({ length: below(400) }, (_, i) => `${' '.repeat(i)}k:`).join('\n'),
  (below) =>
    Array.from(
      { length: below(40) },
      (_, i) =>
        `a${i}: &a${i} [${
          i === 0
            ? '1'
            : Array(9)
                .fill(`*a${i - 1}`)
                .join(',')
        }]`,
    ).join('\n'),
  (below) =>
    Array.from(
      { length: below(40) },
      (_, i) =>
        `a${i}: &a${i} {${
          i === 0
            ? 'k: 1'
            : `<<: [${Array(9)
                .fill(`*a${i - 1}`)
                .join(',')}], k${i}: 1`
        }}`,
    ).join('\n'),
  (below) => `a: [${'\n'.repeat(below(300))}`,
  (below) => `a: {\n${'b: [\n],\n'.repeat(below(300))}}`,
  (below) => `a: "${'\n\n  x'.repeat(below(300))}"`,
  (below) => `{"a":${'[{"a":'.repeat(below(2000))}1`,
  (below) => `a: |${'\n'.repeat(below(2000))}  b\n c`,
  (below) => `${'#'.repeat(below(2000))}\n${'---\n'.repeat(below(300))}`,
  (below) => `"${'\\'.repeat(below(2000))}"`,
  (below) => `{"a":"${'\\"{'.repeat(below(2000))}`,
];

function mulberry(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Copies of objects in which some fields have other types, or are gone. */
export function* retyped(seed: number, count: number, objects: readonly unknown[]): Generator<unknown> {
  const random = mulberry(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const odd = [
    null,
    true,
    0,
    -1,
    1.5,
    1e20,
    '',
    'x',
    '0',
    '-',
    '$(A)',
    '../x',
    'é\u0000',
    [],
    {},
    [null],
    [[]],
    [{}],
    ['x'],
    [1],
    { '': '' },
    { name: null },
    { name: 1 },
    { x: { y: [] } },
    '__proto__',
    'constructor',
  ];
  for (let i = 0; i < count; i++) {
    const copy: unknown = structuredClone(objects[below(objects.length)]);
    for (let changes = 1 + below(4); changes > 0; changes--) {
      let node: unknown = copy;
      for (;;) {
        if (node === null || typeof node !== 'object') break;
        const fields = node as Record<string, unknown>;
        const keys = Object.keys(fields);
        if (keys.length === 0) break;
        const key = keys[below(keys.length)]!;
        const child = fields[key];
        if (child === null || typeof child !== 'object' || below(4) === 0) {
          const what = below(4);
          if (what === 0 && !Array.isArray(node)) delete fields[key];
          else if (what === 1) fields[key] = Array.isArray(child) ? { ...child } : [child];
          else if (what === 2 && !Array.isArray(node)) fields[odd[below(8) + 6] as string] = child;
          else fields[key] = structuredClone(odd[below(odd.length)]);
          break;
        }
        node = child;
      }
    }
    yield copy;
  }
}
