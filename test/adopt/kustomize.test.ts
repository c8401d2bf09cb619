import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { filesOf } from '../../adopt/code/project';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import { sourceAt } from '../../cli/adopt/source';
import { onDisk, TREES, type Tree } from './trees';
import { Written } from './written';

const installed = spawnSync('kustomize', ['version']).status === 0;
const withKustomize = installed ? describe : describe.skip;

const planned = (tree: Tree) => planOf(sourceAt(onDisk(tree), 'shop'));
const codeOf = (tree: Tree) => Object.fromEntries(filesOf(planned(tree)));

withKustomize(`what \`kustomize build\` makes${installed ? '' : ' (skipped: kustomize is not installed)'}`, () => {
  test.each(Object.entries(TREES))('%s: is rendered by the written code, which lints', (_, tree) => {
    const plan = planned(tree);
    expect(plan.environments.length).toBeGreaterThan(1);
    expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
    const written = new Written(plan);
    try {
      expect(written.differences()).toEqual([]);
      expect(written.linterSays()).toBe('');
    } finally {
      written.remove();
    }
  });

  test.each([
    'JSON 6902 patches',
    'generators with hashes',
    'prefixes and suffixes',
    'components that are features',
    'custom kinds with their definition, crds, configurations and openapi',
  ] as const)('%s: the written code compiles', (name) => {
    const written = new Written(planned(TREES[name]));
    try {
      expect(written.compilerSays()).toBe('');
    } finally {
      written.remove();
    }
  });

  test('what it is compared with is what kustomize prints', () => {
    const folder = onDisk(TREES['generators with hashes']);
    const printed = execFileSync('kustomize', ['build', join(folder, 'overlays/prod')], { encoding: 'utf8' });
    const prod = planOf(sourceAt(folder, 'shop')).environments.find(({ name }) => name === 'prod')!;
    const names = [...printed.matchAll(/^ {2}name: (.+)$/gm)].map(([, name]) => name);
    expect(prod.wanted.map(({ metadata }) => metadata.name).sort()).toEqual(names.sort());
  });
});

withKustomize('the written code', () => {
  test('has the values of overlays as settings, with the file that says so as their reason', () => {
    const code = codeOf(TREES['replicas and images']);
    expect(code['environments/prod.ts']).toContain(
      "replicas: because(3, 'overlays/prod/kustomization.yaml: replicas')",
    );
    expect(code['workloads/web.ts']).toContain('replicas: whole(1)');
    expect(code['workloads/web.ts']).toContain("image: text('example.com/web:1.0')");
  });

  test('has a tag alone as a setting where the repository is the same', () => {
    const code = codeOf({
      ...TREES['replicas and images'],
      'overlays/prod/kustomization.yaml': 'resources: [../../base]\nnamespace: shop-prod\n',
    });
    expect(code['workloads/web.ts']).toContain('image: `example.com/web:${tag}`');
    expect(code['environments/dev.ts']).toContain("tag: because('main', 'overlays/dev/kustomization.yaml: images')");
  });

  test('has patches where no setting fits, each with its file', () => {
    const code = codeOf(TREES['strategic merge patches']);
    expect(code['environments/prod.ts']).toContain("memoryLimit: because('128Mi', 'overlays/prod/resources.yaml')");
    expect(code['environments/prod.ts']).toMatch(
      /patch\(\n {6}'Deployment\/web',[^]*priorityClassName: 'high'[^]*'overlays\/prod\/sidecar\.yaml',\n/,
    );
    expect(code['environments/dev.ts']).not.toContain('settings');
  });

  test('computes names with hashes, and what names them follows', () => {
    const code = codeOf(TREES['generators with hashes']);
    expect(code['workloads/web.ts']).toContain('name: webConfig(platform).metadata.name');
    expect(Object.values(code).join('\n')).not.toMatch(/web-config-[a-z0-9]{10}/);
    expect(code['environments/prod.ts']).toContain(
      "secretsInGit: 'Secret/shop-prod/web-keys stood in Git before the move'",
    );
  });

  test('has a setting for what all names begin and end with', () => {
    const code = codeOf(TREES['prefixes and suffixes']);
    expect(code['workloads/web.ts']).toContain('name: `${namePrefix}web${nameSuffix}`');
    expect(code['environments/prod.ts']).toContain(
      "namePrefix: because('live-', 'overlays/prod/kustomization.yaml: namePrefix')",
    );
  });

  test('names every layer and transformer that has a part in the names', () => {
    const transformer = (kind: string, field: string) =>
      `{ apiVersion: builtin, kind: ${kind}, metadata: { name: x }, ${field}, fieldSpecs: [{ path: metadata/name }] }\n`;
    const code = codeOf({
      ...TREES['prefixes and suffixes'],
      'team/kustomization.yaml': 'resources: [../base]\nnamePrefix: tea-\n',
      'overlays/dev/kustomization.yaml': 'resources: [../../team]\nnamePrefix: dev-\ntransformers: [ends.yaml]\n',
      'overlays/dev/ends.yaml': transformer('PrefixTransformer', 'prefix: a-'),
      'overlays/prod/kustomization.yaml': `resources: [../../base]\ntransformers:\n- |-\n  ${transformer('SuffixTransformer', 'suffix: -blue')}`,
    });
    expect(code['workloads/web.ts']).toContain('name: `${namePrefix}web${nameSuffix}`');
    expect(code['environments/dev.ts']).toMatch(
      /'a-dev-tea-',\s+'overlays\/dev\/ends\.yaml: prefix, overlays\/dev\/kustomization\.yaml: namePrefix, team\/kustomization\.yaml: namePrefix'/,
    );
    expect(code['environments/prod.ts']).toContain(
      "nameSuffix: because('-blue', 'overlays/prod/kustomization.yaml: transformers')",
    );
  });

  test('reads labels that are the name of the environment from it, and shares those of several objects', () => {
    const code = codeOf(TREES['labels and annotations']);
    expect(code['workloads/web.ts']).toContain('env: environment');
  });

  test('has a feature for each component, and lets only those overlays have it that name it', () => {
    const code = codeOf(TREES['components that are features']);
    expect(code['environments/matrix.ts']).toContain('target(prod, defaultCluster, [ingress, budget])');
    expect(code['environments/matrix.ts']).toContain('target(test, defaultCluster, [])');
    expect(code['features/ingress.ts']).toContain("group: 'delivery'");
  });

  test('gives each environment a cluster where they have objects of one name', () => {
    const code = codeOf(TREES['bases of bases, and a namespace of their own']);
    expect(Object.keys(code)).toEqual(expect.arrayContaining(['clusters/dev.ts', 'clusters/prod.ts']));
    expect(code['environments/prod.ts']).toContain("elsewhere: 'it has a cluster of its own'");
  });
});
