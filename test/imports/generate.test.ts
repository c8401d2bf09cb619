import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { newFolder, write } from '../render/support';

jest.setTimeout(120_000);
const root = join(__dirname, '../..');

type Schema = Readonly<Record<string, unknown>>;
const text: Schema = { type: 'string' };
const fields = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties });

/** A CRD with these fields in its spec. */
function crd(group: string, kind: string, spec: Readonly<Record<string, Schema>>, plural = `${kind.toLowerCase()}s`) {
  const schema = { openAPIV3Schema: fields({ spec: fields(spec), status: fields({ ready: text }) }) };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

/** A copy of imports/ with these files in crds/, after `node imports/generate.mjs`. */
function generated(files: Readonly<Record<string, string>>) {
  const folder = newFolder();
  cpSync(join(root, 'imports'), join(folder, 'imports'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'imports/crds', name), content);
  const before = readdirSync(join(folder, 'imports'));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['imports/generate.mjs'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { folder, before, after: readdirSync(join(folder, 'imports')), status, stdout, stderr };
}

test('files without a separator at their beginning, with anchors and with merge keys are read, and no other file is touched', () => {
  const anchors = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: orders.anchors.example.com }
spec:
  group: anchors.example.com
  scope: Namespaced
  names: { kind: Order, plural: orders }
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              from: &place { type: object, properties: { street: { type: string } } }
              to: *place
              by:
                <<: *place
                description: who
`;
  // Called as words of the language are, which the generated code does not use.
  const plain = dump(
    crd('plain.example.com', 'Error', {
      items: { type: 'array', items: text },
      more: { type: 'object', additionalProperties: text },
    }),
  );
  const { folder, status, stdout, stderr } = generated({
    'anchors.example.com.yaml': anchors,
    'plain.example.com.yaml': plain,
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout).toBe('wrote imports/anchors.example.com.ts\nwrote imports/plain.example.com.ts\n');
  const source = readFileSync(join(folder, 'imports/anchors.example.com.ts'), 'utf8');
  for (const type of ['OrderSpecFrom', 'OrderSpecTo', 'OrderSpecBy'])
    expect(source).toMatch(new RegExp(`export interface ${type} \\{[^}]*readonly street\\?: string;`));

  write(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      include: ['imports/*.ts'],
      compilerOptions: { types: ['node'] },
    }),
  );
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', '.'], { cwd: folder });
});

/** By group, what is in its file, and the error that names it. */
const REFUSED: Readonly<Record<string, readonly [crds: readonly object[], error: RegExp]>> = {
  ...Object.fromEntries(
    ['Record', 'Object', 'Date', 'ApiObject', 'Construct'].map((kind) => [
      `${kind.toLowerCase()}.example.com`,
      [
        [crd(`${kind.toLowerCase()}.example.com`, kind, { a: text })],
        new RegExp(`the kind ${kind} has a name that the generated code uses`),
      ] as const,
    ]),
  ),
  'fields.example.com': [
    [crd('fields.example.com', 'Two', { fooBar: text, 'foo-bar': { type: 'integer' } })],
    /Two\.spec\.foo-bar and fooBar become one name/,
  ],
  'deep.example.com': [
    [crd('deep.example.com', 'Deep', { list: { type: 'array', items: fields({ a_b: text, aB: text }) } })],
    /Deep\.spec\.list\.\w+ and \w+ become one name/,
  ],
  'types.example.com': [
    [crd('types.example.com', 'Types', { fooBar: fields({ x: text }), foo: fields({ bar: fields({ y: text }) }) })],
    /Types\.spec\.fooBar and Types\.spec\.foo\.bar become one type, TypesSpecFooBar/,
  ],
  'kinds.example.com': [
    [crd('kinds.example.com', 'Foo', { a: text }), crd('kinds.example.com', 'FooSpec', { b: text })],
    /become one name: FooSpec/,
  ],
};

test('what the importer would lose or what would not compile is refused, all of it at once, and nothing is written or removed', () => {
  const files = Object.entries(REFUSED).map(([group, [crds]]) => [
    `${group}.yaml`,
    crds.map((one) => dump(one)).join('---\n'),
  ]);
  const { before, after, status, stdout, stderr } = generated(Object.fromEntries(files));
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(after).toEqual(before);
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(files.length);
  for (const [group, [, error]] of Object.entries(REFUSED)) {
    const line = lines.find((each) => each.includes(`imports/crds/${group}.yaml: `));
    expect(line).toMatch(error);
    expect(line).toMatch(/ Fix: \S/);
  }
});

test.each<[string, string, string, RegExp]>([
  [
    'a kind of another group',
    'one.example.com.yaml',
    dump(crd('two.example.com', 'Two', {})),
    /group two\.example\.com.*Fix: move it to imports\/crds\/two\.example\.com\.yaml/,
  ],
  [
    'an object that is no CRD',
    'x.example.com.yaml',
    'apiVersion: v1\nkind: Secret\nmetadata: { name: s }\n',
    /holds Secret, s\. Fix: leave only/,
  ],
  ['no object', 'x.example.com.yaml', '# nothing\n', /holds no CustomResourceDefinition\. Fix: remove it/],
  [
    'YAML that cannot be read',
    'x.example.com.yaml',
    'a: [1\n',
    /imports\/crds\/x\.example\.com\.yaml cannot be read: /,
  ],
  [
    'two kinds that differ in letter case only',
    'x.example.com.yaml',
    [crd('x.example.com', 'HTTPThing', {}), crd('x.example.com', 'HttpThing', {}, 'others')]
      .map((one) => dump(one))
      .join('---\n'),
    /multiple occurrences of version v1 for x\.example\.com\/httpthing/,
  ],
])('a file with %s is one clear error, and nothing is removed', (_what, name, content, error) => {
  const { folder, before, after, status, stderr } = generated({ [name]: content });
  expect(stderr).toMatch(error);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(status).toBe(1);
  expect(after).toEqual(before);
  rmSync(folder, { recursive: true });
  expect(existsSync(folder)).toBe(false);
});
