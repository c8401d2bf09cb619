import { spawnSync } from 'node:child_process';
import { filesOf } from '../../adopt/code/project';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import { sourceAt } from '../../cli/adopt/source';
import { overlay, source } from './built';
import { onDisk, type Tree } from './trees';
import { Written } from './written';

const installed = spawnSync('kustomize', ['version']).status === 0;
const withKustomize = installed ? describe : describe.skip;

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers: [{ name: migrate, image: "example.com/web:1", command: [migrate] }]
      containers: [{ name: web, image: "example.com/web:1", env: [{ name: MODE, value: quiet }] }]
`;
const DB = WEB.replace('Deployment', 'StatefulSet').replaceAll('web', 'db');
const component = (lines: string) => `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${lines}`;
const patchOf = (kind: string, name: string, spec: string) =>
  `apiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
const pod = (lines: string) => `{ template: { spec: ${lines} } }`;

/** The base, components, and overlays with these components and lines of their own. */
function tree(
  components: Readonly<Record<string, string>>,
  overlays: Readonly<Record<string, readonly [components: readonly string[], lines?: string]>>,
  more: Tree = {},
): Tree {
  return {
    'base/kustomization.yaml': 'resources: [web.yaml, db.yaml]\n',
    'base/web.yaml': WEB,
    'base/db.yaml': DB,
    ...Object.fromEntries(
      Object.entries(components).map(([name, lines]) => [`components/${name}/kustomization.yaml`, component(lines)]),
    ),
    ...Object.fromEntries(
      Object.entries(overlays).map(([name, [names, lines = '']]) => [
        `overlays/${name}/kustomization.yaml`,
        `resources: [../../base]\nnamespace: shop-${name}\ncomponents: [${names.map((one) => `../../components/${one}`).join(', ')}]\n${lines}`,
      ]),
    ),
    ...more,
  };
}

function planned(given: Tree) {
  const plan = planOf(sourceAt(onDisk(given), 'shop'));
  expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
  return plan;
}

const codeOf = (given: Tree) => Object.fromEntries(filesOf(planned(given)));

const DEBUG = { debug: 'patches: [{ path: p.yaml }]\n', loud: 'patches: [{ path: p.yaml }]\n' };
const DEBUG_FILES = {
  'components/debug/p.yaml': patchOf(
    'Deployment',
    'web',
    '{ replicas: 3, template: { spec: { containers: [{ name: web, env: [{ name: LEVEL, value: debug }] }] } } }',
  ),
  'components/loud/p.yaml': patchOf(
    'Deployment',
    'web',
    '{ replicas: 6, template: { spec: { containers: [{ name: web, env: [{ name: LEVEL, value: loud }] }] } } }',
  ),
};

withKustomize(`what a component changes${installed ? '' : ' (skipped: kustomize is not installed)'}`, () => {
  test('is a patch of its feature, also where two components change one object in turn', () => {
    const plan = planned(tree(DEBUG, { dev: [['debug']], prod: [[]], stage: [['debug', 'loud']] }, DEBUG_FILES));
    const code = Object.fromEntries(filesOf(plan));
    expect(code['features/debug.ts']).toMatch(/'Deployment\/web'[^]*replicas: 3[^]*'components\/debug\/p\.yaml'/);
    expect(code['features/loud.ts']).toMatch(/'Deployment\/web'[^]*replicas: 6[^]*'components\/loud\/p\.yaml'/);
    expect(code['environments/matrix.ts']).toContain('target(stage, defaultCluster, [debug, loud])');
    expect(code['environments/matrix.ts']).toContain('target(dev, defaultCluster, [debug])');
    for (const name of ['dev', 'prod', 'stage']) expect(code[`environments/${name}.ts`]).not.toMatch(/settings|patch/);
    expect(code['workloads/web.ts']).toContain('replicas: 2');
    const written = new Written(plan);
    try {
      expect([written.differences(), written.linterSays(), written.compilerSays()]).toEqual([[], '', '']);
    } finally {
      written.remove();
    }
  });

  test('comes in the order of each overlay', () => {
    const code = codeOf(tree(DEBUG, { dev: [['loud', 'debug']], prod: [[]], stage: [['debug', 'loud']] }, DEBUG_FILES));
    expect(code['environments/matrix.ts']).toContain('target(stage, defaultCluster, [debug, loud])');
    expect(code['environments/matrix.ts']).toContain('target(dev, defaultCluster, [loud, debug])');
  });

  test.each([
    [
      'a JSON 6902 patch of an init container',
      'patches:\n- target: { kind: StatefulSet }\n  patch: |-\n    - { op: add, path: /spec/template/spec/initContainers/0/workingDir, value: /data }\n',
      /'StatefulSet\/db'[^]*workingDir: '\/data'[^]*'components\/extra\/kustomization\.yaml'/,
    ],
    ['images', 'images: [{ name: example.com/db, newTag: "7" }]\n', /'StatefulSet\/db'[^]*image: 'example.com\/db:7'/],
    ['replicas', 'replicas: [{ name: db, count: 9 }]\n', /'StatefulSet\/db'[^]*replicas: 9[^]*: replicas'/],
    ['annotations', 'commonAnnotations: { owner: ops }\n', /'Deployment\/web'[^]*owner: 'ops'[^]*'StatefulSet\/db'/],
    ['labels', 'labels: [{ pairs: { tier: back }, includeTemplates: true }]\n', /labels: \{ tier: 'back' \}/],
    [
      'an old patch',
      `patchesStrategicMerge:\n- |-\n  ${patchOf('StatefulSet', 'db', pod('{ priorityClassName: high }')).trim().replaceAll('\n', '\n  ')}\n`,
      /priorityClassName: 'high'/,
    ],
  ])('is its feature, whatever field of the component says so: %s', (_, lines, said) => {
    const code = codeOf(tree({ extra: lines }, { dev: [[]], prod: [['extra']] }));
    expect(code['features/extra.ts']).toMatch(said);
    expect(code['environments/prod.ts']).not.toMatch(/settings|patch/);
  });

  test('stands beside what it adds', () => {
    const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra }\ndata: { a: "1" }\n';
    const code = codeOf(
      tree(
        { extra: 'resources: [config.yaml]\nreplicas: [{ name: web, count: 4 }]\n' },
        { dev: [[]], prod: [['extra']] },
        {
          'components/extra/config.yaml': config,
        },
      ),
    );
    expect(code['features/extra.ts']).toMatch(/patches: \[patch\('Deployment\/web'[^]*satisfies ConfigMap/);
  });

  test('of an overlay that sets the same field itself stays with that overlay; the rest is the feature', () => {
    const code = codeOf(
      tree(
        { extra: 'replicas: [{ name: web, count: 4 }]\ncommonAnnotations: { owner: ops }\n' },
        { dev: [[]], prod: [['extra'], 'replicas: [{ name: web, count: 8 }]\n'], stage: [['extra']] },
      ),
    );
    expect(code['features/extra.ts']).toContain("owner: 'ops'");
    expect(code['features/extra.ts']).not.toContain('replicas');
    expect(code['environments/prod.ts']).toContain(
      "replicas: because(8, 'overlays/prod/kustomization.yaml: replicas')",
    );
    expect(code['environments/stage.ts']).toContain("because(4, 'components/extra/kustomization.yaml: replicas')");
  });

  test('of generated config is a setting of the environments that have it, as the name is its hash', () => {
    const generator = 'configMapGenerator: [{ name: flags, literals: [a=1] }]\n';
    const merge = 'configMapGenerator: [{ name: flags, behavior: merge, literals: [a=2] }]\n';
    const code = codeOf({
      ...tree({ extra: `${merge}replicas: [{ name: web, count: 4 }]\n` }, { dev: [[]], prod: [['extra']] }),
      'base/kustomization.yaml': `resources: [web.yaml]\n${generator}patches: [{ path: reads.yaml }]\n`,
      'base/reads.yaml': patchOf(
        'Deployment',
        'web',
        pod('{ containers: [{ name: web, envFrom: [{ configMapRef: { name: flags } }] }] }'),
      ),
    });
    expect(code['features/extra.ts']).toContain("patch('Deployment/web', { spec: { replicas: 4 } }");
    expect(code['environments/prod.ts']).toContain("a: because('2',");
    expect(Object.values(code).join('')).not.toMatch(/flags-[a-z0-9]{10}/);
  });

  test('of a component inside of a component is the feature of the inner one', () => {
    const code = codeOf(
      tree(
        {
          inner: 'replicas: [{ name: web, count: 4 }]\n',
          outer: 'components: [../inner]\ncommonAnnotations: { owner: ops }\n',
        },
        { dev: [[]], prod: [['outer']], stage: [['inner']] },
      ),
    );
    expect(code['features/inner.ts']).toContain('replicas: 4');
    expect(code['features/outer.ts']).toContain("owner: 'ops'");
    expect(code['environments/matrix.ts']).toContain('target(prod, defaultCluster, [inner, outer])');
  });

  test('of one that every overlay has is a part of what all have', () => {
    const code = codeOf(
      tree({ extra: 'replicas: [{ name: web, count: 4 }]\n' }, { dev: [['extra']], prod: [['extra']] }),
    );
    expect(code['workloads/web.ts']).toContain('replicas: 4');
    expect(Object.keys(code).filter((path) => path.startsWith('features/'))).toEqual([]);
  });

  test('is left to the environments where overlays call the object differently', () => {
    const code = codeOf(
      tree(
        { extra: 'replicas: [{ name: web, count: 4 }]\n' },
        { dev: [[]], prod: [['extra'], 'namePrefix: p-\n'], stage: [['extra'], 'namePrefix: s-\n'] },
      ),
    );
    expect(code['environments/prod.ts']).toContain(
      "replicas: because(4, 'components/extra/kustomization.yaml: replicas')",
    );
  });
});

withKustomize('what generators make', () => {
  const generators =
    'configMapGenerator: [{ name: env, literals: [A=1] }]\nsecretGenerator: [{ name: key, literals: [K=1] }]\n';
  const of = (lines: string) =>
    codeOf({ ...tree({ marks: lines }, { dev: [[], generators], prod: [['marks'], generators] }) });

  test('gets the labels of a component by its feature, named without the hash', () => {
    const code = of('labels: [{ pairs: { team: shop } }]\n');
    expect(code['features/marks.ts']).toContain("'ConfigMap/env'");
    expect(code['features/marks.ts']).toContain("'Secret/key'");
    expect(code['environments/prod.ts']).not.toContain('patch');
  });

  test('but not another content, because the name is the hash of it', () => {
    const code = of('configMapGenerator: [{ name: env, behavior: merge, literals: [A=2] }]\n');
    expect(code['features/marks.ts'] ?? '').not.toContain('ConfigMap/env');
    expect(code['environments/prod.ts']).toContain("because('2',");
  });
});

withKustomize('a tree that does not build', () => {
  test('is told with the folder to build, as it is seen from here', () => {
    const root = onDisk(
      tree(
        { wrong: 'patches: [{ patch: "[{ op: remove, path: /spec/none }]", target: { kind: Deployment } }]\n' },
        { dev: [['wrong']] },
      ),
    );
    expect(() => sourceAt(root, 'shop')).toThrow(`mend what it names: kustomize build ${root}/overlays/dev`);
  });
});

test('the changes of many objects are counted', () => {
  const labels = { labels: { team: 'shop' } };
  const object = (name: string, more = {}) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, ...more } });
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const before = names.map((name) => ({ object: object(name), name, hashed: false, from: 'base' }));
  const after = overlay(
    'prod',
    names.map((name) => object(name, labels)),
  );
  const steps = [{ component: 'components/marks', before, reasonFor: () => 'components/marks/kustomization.yaml' }];
  const plan = planOf(
    source([
      overlay(
        'dev',
        names.map((name) => object(name)),
      ),
      { ...after, steps },
    ]),
  );
  expect(Object.fromEntries(filesOf(plan))['features/marks.ts']).toContain(
    '/** Changes of 6 objects from components/marks. */',
  );
});
