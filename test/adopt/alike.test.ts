import { filesOf } from '../../adopt/code/project';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import type { KubernetesObject } from '../../model/kubernetes';
import { overlay, source } from './built';
import { Written } from './written';

type Metadata = Readonly<Record<string, Readonly<Record<string, string>>>>;

function object(kind: string, name: string, metadata: Metadata = {}, more: object = {}): KubernetesObject {
  const versions: Readonly<Record<string, string>> = { Deployment: 'apps/v1', Widget: 'example.com/v1' };
  return { apiVersion: versions[kind] ?? 'v1', kind, metadata: { name, ...metadata }, ...more } as KubernetesObject;
}

function planned(dev: readonly KubernetesObject[], prod: readonly KubernetesObject[]) {
  const plan = planOf(
    source([overlay('dev', dev), overlay('prod', prod)], { reference: overlay('base', dev).objects }),
  );
  expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
  return plan;
}

const prodOf = (...given: Parameters<typeof planned>) =>
  Object.fromEntries(filesOf(planned(...given)))['environments/prod.ts']!;
const KINDS = ['Deployment', 'Service', 'ConfigMap', 'Widget'];
const plain = KINDS.map((kind) => object(kind, 'web'));
const with_ = (metadata: Metadata) => KINDS.map((kind) => object(kind, 'web', metadata));

describe('what many objects of an environment get alike is one patch', () => {
  test.each([
    ['a label', { labels: { region: 'eu' } }],
    ['an annotation', { annotations: { owner: 'shop' } }],
  ])('%s', (_, metadata) => {
    const code = prodOf(plain, with_(metadata as Metadata));
    expect(code).toContain("import { environment, patchEach } from 'strata';");
    expect(code).toContain("...patchEach(\n      ['Deployment/web', 'Service/web', 'ConfigMap/web', 'Widget/web'],");
    expect(code.match(/patchEach\(/g)).toHaveLength(1);
  });

  test('several of the same objects are one, of other objects another one', () => {
    const both = { labels: { region: 'eu', tier: 'gold' }, annotations: { owner: 'shop' } };
    const code = prodOf(plain, [...with_(both).slice(0, 3), object('Widget', 'web', { labels: { region: 'eu' } })]);
    expect(code).toContain("{ metadata: { labels: { region: 'eu' } } }");
    expect(code).toContain("{ metadata: { labels: { tier: 'gold' }, annotations: { owner: 'shop' } } }");
    expect(code.match(/patchEach\(/g)).toHaveLength(2);
  });

  test('beside it, each has what is its own', () => {
    const own = object('Deployment', 'web', { labels: { region: 'eu', odd: 'yes' } }, { spec: { paused: true } });
    const code = prodOf(plain, [own, ...with_({ labels: { region: 'eu' } }).slice(1)]);
    expect(code).toContain("'Deployment/web',\n      { metadata: { labels: { odd: 'yes' } }, spec: { paused: true } }");
    expect(code.match(/region/g)).toHaveLength(1);
  });

  test('a file is one reason, whatever of it is meant', () => {
    const reasonFor = (_: unknown, [field]: readonly (string | number)[]) =>
      field === 'spec' ? 'prod/kustomization.yaml' : 'prod/kustomization.yaml: labels';
    const one = (more: object) => ({ ...object('Widget', 'web'), ...more });
    const prod = { ...overlay('prod', [one({ spec: { a: [{ b: 1 }] }, extra: { c: [{ d: 1 }] } })]), reasonFor };
    const plan = planOf(source([overlay('dev', [one({})]), prod], { reference: overlay('base', [one({})]).objects }));
    expect(plan.environments[1]!.patches.map(({ reason }) => reason)).toEqual(['prod/kustomization.yaml']);
  });

  test('two objects are no many', () => {
    const code = prodOf(plain, [...with_({ labels: { region: 'eu' } }).slice(0, 2), ...plain.slice(2)]);
    expect(code).not.toContain('patchEach');
    expect(code.match(/patch\(/g)).toHaveLength(2);
  });

  test('other values are no such patch, nor is what goes', () => {
    const labels = (region: string) => ({ labels: { region } });
    const each = KINDS.map((kind, i) => object(kind, 'web', labels(`r${i}`)));
    expect(prodOf(plain, each)).not.toContain('patchEach');
    expect(prodOf(with_(labels('eu')), plain)).toContain('region: null');
    expect(prodOf(with_(labels('eu')), plain)).not.toContain('patchEach');
  });

  test('the code compiles, lints and renders the same', () => {
    const written = new Written(planned(plain, with_({ labels: { region: 'eu' }, annotations: { owner: 'shop' } })));
    try {
      expect(written.differences()).toEqual([]);
      expect(written.compilerSays()).toBe('');
      expect(written.linterSays()).toBe('');
    } finally {
      written.remove();
    }
  });
});
