import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TYPED_KINDS, typeModuleOf } from '../../adopt/code/types';
import { isTyped } from '../../cli/adopt/typed';
import { apiOf, type Definition, type Type } from '../../upstream/kubernetes/model';

const folder = dirname(require.resolve('kubernetes-types/package.json'));

/** The fields of an interface of the package. */
function fieldsOf(module: string, name: string): ReadonlySet<string> {
  const text = readFileSync(join(folder, `${module}.d.ts`), 'utf8');
  const body = new RegExp(`^export interface ${name} \\{([^]*?)^\\}`, 'm').exec(text)?.[1] ?? '';
  return new Set([...body.matchAll(/^ +(?:readonly )?(\w+)\??:/gm)].map(([, field]) => field!));
}

/** Every structure that a kind is made of. */
function* definitionsIn(definition: Definition, seen = new Set<string>()): Generator<Definition> {
  if (seen.has(definition.name)) return;
  seen.add(definition.name);
  yield definition;
  for (const { type } of definition.fields.values()) {
    let inner: Type = type;
    while (inner.is === 'list' || inner.is === 'map') inner = inner.of;
    if (inner.is === 'object') yield* definitionsIn(inner.definition, seen);
  }
}

const kinds = Object.entries(TYPED_KINDS).flatMap(([version, names]) =>
  names.split(' ').map((kind) => [version, kind] as const),
);

test.each(kinds)('kubernetes-types has every field of %s %s', (version, kind) => {
  const { definition } = apiOf(30).kind(version, kind)!;
  const missing = [...definitionsIn(definition)].flatMap(({ name, fields }) => {
    const [group, inner, type] = name.split('.') as [string, string, string];
    const own = fieldsOf(`${group}/${inner}`, type);
    return [...fields.keys()].filter((field) => !own.has(field)).map((field) => `${name}.${field}`);
  });
  expect(missing).toEqual([]);
});

test('admission is left out: its rules have no resources in the package', () => {
  expect(fieldsOf('admissionregistration/v1', 'RuleWithOperations').has('resources')).toBe(false);
  expect(typeModuleOf('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration')).toBeUndefined();
});

describe('an object is typed where the package takes it', () => {
  const pod = (container: object) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } },
    spec: { containers: [{ name: 'web', image: 'web', ...container }] },
  });
  const set = (spec: object) => ({
    ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'web' } },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: pod({}).spec },
      ...spec,
    },
  });

  test.each([
    ['quantities that are strings', pod({ resources: { limits: { cpu: '1' } } }), true],
    ['a quantity that is a number', pod({ resources: { limits: { cpu: 1 } } }), false],
    ['all fields that are required', set({ serviceName: 'web' }), true],
    ['a field that only the package requires', set({}), false],
    [
      'a quantity of a claim',
      set({
        serviceName: 'w',
        volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { resources: { requests: { storage: 5 } } } }],
      }),
      false,
    ],
  ])('%s: %#', (_, object, wanted) => {
    expect(isTyped(object)).toBe(wanted);
  });
});
