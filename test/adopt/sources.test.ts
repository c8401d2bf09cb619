import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { planOf } from '../../adopt/plan';
import type { AdoptedPlan } from '../../adopt/planned';
import { sourceAt } from '../../cli/adopt/source';
import { counted, summaryOf } from '../../cli/adopt/summary';
import { platformName } from '../../cli/scaffold/project-files';
import { newFolder } from '../render/support';

const withKustomize = spawnSync('kustomize', ['version']).status === 0 ? describe : describe.skip;

function onDisk(files: Readonly<Record<string, string>>): string {
  const root = newFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
const config = (name: string, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: { a: b${more} }\n`;

describe('plain YAML', () => {
  test('is what has no kustomization, whatever else its files are called', () => {
    for (const path of ['a.yaml', 'my-kustomization.yaml', 'kustomization.yaml.d/a.yaml', 'kustomization/a.yml'])
      expect(sourceAt(onDisk({ [path]: config('a') }), 'shop').kind).not.toBe('Kustomize');
  });
  test('is told from a path that is not there', () =>
    expect(() => sourceAt(join(onDisk({}), 'gone'), 'shop')).toThrow(/is not there/));
});

withKustomize('a Kustomize tree', () => {
  test.each(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])(
    'is known by its %s, at the top or below',
    (name) => {
      for (const folder of ['', 'prod/', 'shop/overlays/prod/']) {
        const root = onDisk({ [`${folder}${name}`]: 'resources: [a.yaml]\n', [`${folder}a.yaml`]: config('a') });
        const { kind, overlays } = sourceAt(root, 'shop');
        expect([kind, overlays.length]).toEqual(['Kustomize', 1]);
        // One at the top is called after the folder that was given.
        expect(overlays[0]!.from).toBe(folder === '' ? basename(root) : folder.slice(0, -1));
      }
    },
  );
  test('has in common what all overlays are made of, not what one of them is', () => {
    const root = onDisk({
      'base/kustomization.yaml': 'resources: [a.yaml]\n',
      'base/a.yaml': config('a'),
      'cloud/kustomization.yaml': 'resources: [../base, b.yaml]\n',
      'cloud/b.yaml': config('b'),
      'overlays/dev/kustomization.yaml': 'resources: [../../cloud]\n',
      'overlays/prod/kustomization.yaml': 'resources: [../../base]\n',
    });
    const names = (objects: readonly { readonly object: { readonly metadata: { readonly name: string } } }[] = []) =>
      objects.map(({ object }) => object.metadata.name);
    const { reference, overlays } = sourceAt(root, 'shop');
    expect(names(reference)).toEqual(['a']);
    expect(overlays.map(({ from, objects }) => [from, names(objects)])).toEqual([
      ['overlays/dev', ['a', 'b']],
      ['overlays/prod', ['a']],
    ]);
  });
  describe('of several apps', () => {
    const app = (name: string) => ({
      [`${name}/base/kustomization.yaml`]: 'resources: [web.yaml]\n',
      [`${name}/base/web.yaml`]: `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: { template: { spec: { containers: [{ name: a, image: ${name} }] } } }\n`,
      [`${name}/overlays/dev/kustomization.yaml`]: 'resources: [../../base]\n',
      [`${name}/overlays/prod/kustomization.yaml`]: `resources: [../../base]\nimages: [{ name: ${name}, newTag: "1" }]\n`,
    });
    const together = (name: string) => ({
      [`envs/${name}/kustomization.yaml`]: `resources: [../../tea/overlays/${name}, ../../coffee/overlays/${name}]\n`,
    });
    const apart = { ...app('tea'), ...app('coffee') };

    test('has an environment for each overlay, and says that they could be one', () => {
      const plan = planOf(sourceAt(onDisk(apart), 'shop'));
      expect(plan.environments.map(({ name }) => name).sort()).toEqual([
        'coffee-dev',
        'coffee-prod',
        'tea-dev',
        'tea-prod',
      ]);
      expect(summaryOf(plan)).toContain(
        '  overlays of one name stand apart, such as coffee/overlays/dev, tea/overlays/dev: a kustomization with them as resources would be one environment dev',
      );
    });
    test('or for what has them as resources, and a value is what the overlay of its own app says', () => {
      const plan = planOf(sourceAt(onDisk({ ...apart, ...together('dev'), ...together('prod') }), 'shop'));
      expect(summaryOf(plan).join('')).not.toContain('apart');
      const { settings } = plan.environments.find(({ name }) => name === 'prod')!;
      expect(settings.map(({ setting, reason }) => [setting.first.object, reason])).toEqual([
        ['Deployment/coffee', 'coffee/overlays/prod/kustomization.yaml: images'],
        ['Deployment/tea', 'tea/overlays/prod/kustomization.yaml: images'],
      ]);
    });
    test('and regions of one app are no such overlays', () => {
      const regions = Object.fromEntries(
        ['dev', 'prod'].flatMap((name) =>
          ['eu', 'us'].map((region) => [
            `overlays/${name}/${region}/kustomization.yaml`,
            'resources: [../../../base]\n',
          ]),
        ),
      );
      const plan = planOf(
        sourceAt(
          onDisk({ 'base/kustomization.yaml': 'resources: [a.yaml]\n', 'base/a.yaml': config('a'), ...regions }),
          'shop',
        ),
      );
      expect(summaryOf(plan).join('')).not.toContain('apart');
    });
  });
  test('has nothing in common where its overlays share no base', () => {
    const one = (name: string) => ({
      [`overlays/${name}/kustomization.yaml`]: 'resources: [a.yaml]\n',
      [`overlays/${name}/a.yaml`]: config(name),
    });
    expect(sourceAt(onDisk({ ...one('dev'), ...one('prod') }), 'shop').reference).toBeUndefined();
  });
});

describe('the summary of a plan', () => {
  const plan = planOf(sourceAt(onDisk({ 'a.yaml': config('a') }), 'shop'));
  const clustersLine = '  a cluster for each environment, because they have objects of the same names';
  const of = (clusters: AdoptedPlan['clusters']) => summaryOf({ ...plan, clusters });
  test('says that there are several clusters, and why', () => {
    expect(of(['dev', 'prod'])).toContain(clustersLine);
    expect(of(['dev'])).not.toContain(clustersLine);
    expect(of([])).not.toContain(clustersLine);
  });
  test('counts what an environment has', () => {
    expect([0, 1, 2].map((count) => counted(count, 'setting'))).toEqual(['no settings', '1 setting', '2 settings']);
    expect([0, 1, 2].map((count) => counted(count, 'patch'))).toEqual(['no patches', '1 patch', '2 patches']);
  });
  test('names six objects of a part, and how many more there are', () => {
    const [part] = plan.parts;
    const many = (count: number) =>
      summaryOf({
        ...plan,
        parts: [{ ...part!, objects: Array.from({ length: count }, () => part!.objects[0]!), settings: [] }],
      })[1];
    expect(many(1)).toMatch(/: ConfigMap\/a$/);
    expect(many(6)).not.toContain('more');
    expect(many(7)).toMatch(/ConfigMap\/a, and 1 more$/);
  });
});

describe('the name of a platform', () => {
  test.each([
    ['shop', 'shop'],
    ['My Shop!', 'my-shop'],
    ['--shop--', 'shop'],
    ['...', 'platform'],
    ['a'.repeat(50), 'a'.repeat(40)],
  ])('comes from its folder: %s', (folder, name) => expect(platformName(undefined, folder)).toBe(name));
  test('or is the one that is given, if it can be the name of objects', () => {
    expect(platformName('tea', 'shop')).toBe('tea');
    for (const name of ['Tea', 'tea_1', '-tea', 'tea-', '', 'a'.repeat(41), 'a.b'])
      expect(() => platformName(name, 'shop')).toThrow(/the platform's name ".*": not a name of lower case letters/);
    expect(platformName('a'.repeat(40), 'shop')).toHaveLength(40);
  });
});
