import { partFile } from '../../adopt/code/part-file';
import { filesOf } from '../../adopt/code/project';
import { hashedName, withName } from '../../adopt/hashed';
import { planOf } from '../../adopt/plan';
import type { KubernetesObject } from '../../model/kubernetes';
import { overlay, source } from './built';
import { Written } from './written';

type Labels = Readonly<Record<string, string>>;
const TWO: Labels = { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/part-of': 'shop' };

function objects(labels: Labels, pods = labels, selector = labels): KubernetesObject[] {
  const metadata = { name: 'web', labels };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }], selector } },
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
      spec: {
        selector: { matchLabels: selector },
        template: {
          metadata: { labels: pods },
          spec: { serviceAccountName: 'web', containers: [{ name: 'web', image: 'example.com/web:1' }] },
        },
      },
    },
  ];
}
const planned = (overlays: Readonly<Record<string, readonly KubernetesObject[]>>) =>
  planOf(source(Object.entries(overlays).map(([name, all]) => overlay(name, all))));
const codeOf = (...given: Parameters<typeof planned>) =>
  Object.fromEntries(filesOf(planned(...given)))['workloads/web.ts']!;

describe('labels that many objects of a file have are a constant', () => {
  test('of the file, where they are strings', () => {
    const code = codeOf({ dev: objects(TWO) });
    expect(code).toContain(
      "const LABELS = { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/part-of': 'shop' };\n",
    );
    expect(code.match(/: LABELS\b/g)).toHaveLength(6);
    expect(code.match(/part-of/g)).toHaveLength(1);
  });

  test('of the file, where one entry is long', () => {
    const long = { 'app.kubernetes.io/part-of': 'monitoring' };
    expect(codeOf({ dev: objects(long) })).toContain("const LABELS = { 'app.kubernetes.io/part-of': 'monitoring' };\n");
  });

  test('of the function, where settings are in them', () => {
    const of = (tier: string) => objects({ ...TWO, tier });
    const code = codeOf({ a: of('x'), b: of('y') });
    expect(code).toMatch(/\n {2}const labels = \{[^}]*\btier,?\s*\};\n/);
    expect(code).toContain("metadata: { name: 'web', labels }");
  });

  test('each kind by its own name', () => {
    const deployment = (name: string) => {
      const pods = { app: 'web', version: 'v1' };
      const all = objects(TWO, pods, { app: 'web', tier: 'front' });
      return { ...all[2]!, metadata: { name, labels: TWO } };
    };
    const service = { ...objects(TWO)[1]!, spec: { selector: { app: 'web', tier: 'front' } } };
    const all = [...['web', 'b', 'c'].map(deployment), service];
    const { parts } = planned({ dev: all });
    // All in one file, as objects are that belong together.
    const one = { ...parts[0]!, objects: parts.flatMap((part) => part.objects), keys: [], functions: new Map() };
    const code = partFile(one, { ...planned({ dev: all }), parts: [one] });
    for (const [name, text] of [
      ['LABELS', "{ 'app.kubernetes.io/name'"],
      ['SELECTOR', "{ app: 'web', tier"],
      ['POD_LABELS', "{ app: 'web', version"],
    ])
      expect(code).toContain(`const ${name} = ${text}`);
  });

  test.each([
    ['one entry is shorter as it is', objects({ app: 'web' })],
    [
      'two places are not many',
      objects(TWO)
        .slice(0, 2)
        .map(({ spec: _, ...one }) => one),
    ],
  ])('but not where %s', (_, all) => {
    const text = Object.values(Object.fromEntries(filesOf(planned({ dev: all })))).join('');
    expect(text).not.toMatch(/LABELS|SELECTOR/);
  });

  test('nor by a name that something else has', () => {
    const plain: KubernetesObject = {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'labels' }, data: { a: 'b' } },
    };
    const hashed = withName(plain, hashedName('labels', plain));
    const all = (tier: string) => [
      ...objects({ ...TWO, tier }, TWO, TWO),
      { ...objects({ ...TWO, tier })[0]!, metadata: { name: 'web-too', labels: { ...TWO, tier } } },
      hashed,
    ];
    const written = new Written(planned({ a: all('x'), b: all('y') }));
    try {
      expect(written.differences()).toEqual([]);
      expect(written.compilerSays()).toBe('');
    } finally {
      written.remove();
    }
  });

  test('and the code compiles, lints and renders the same, without references of YAML', () => {
    const of = (tier: string) => objects({ ...TWO, tier }, { ...TWO, tier }, TWO);
    const written = new Written(planned({ a: of('x'), b: of('y') }));
    try {
      expect(written.differences()).toEqual([]);
      expect(written.rendered()).not.toMatch(/&ref|\*ref/);
      expect(written.compilerSays()).toBe('');
      expect(written.linterSays()).toBe('');
    } finally {
      written.remove();
    }
  });
});
