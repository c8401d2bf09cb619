import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import type { KubernetesObject } from '../../model/kubernetes';
import { CONFIG_KEPT, CONFIG_OF, CONFIG_SUPERSEDED } from '../../model/kubernetes';
import { keepEarlierConfigs } from '../../render/history';
import { planTarget } from '../../render/plan';
import { aComponent, anObject } from './support';

/** A hashed config: its name says its content. */
function config(
  base: string,
  content: string,
  kept: number,
  { kind = 'ConfigMap', namespace = 'ns' } = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name: `${base}-${content}`,
      namespace,
      annotations: { [CONFIG_OF]: base, [CONFIG_KEPT]: String(kept) },
    },
    data: { content },
  };
}

/** Renders and reads back: what the next render finds. */
function rendered(current: readonly KubernetesObject[], previous: readonly KubernetesObject[]): KubernetesObject[] {
  const { files } = planTarget(
    { name: 'dev@kind', environment: { name: 'dev', ephemeral: true } },
    keepEarlierConfigs([aComponent('web', 1, [anObject('Service', 'web'), ...current])], previous),
  );
  return files.flatMap(({ text }) => loadAll(text) as KubernetesObject[]);
}

/** The versions of a config in a rendered tree: the current one, then the earlier ones as they are numbered. */
function versions(objects: readonly KubernetesObject[], base: string): string[] {
  const age = (object: KubernetesObject) => Number(object.metadata.annotations?.[CONFIG_SUPERSEDED] ?? 0);
  const found = objects
    .filter((object) => object.metadata.annotations?.[CONFIG_OF] === base)
    .sort((a, b) => age(a) - age(b));
  expect(found.map(age)).toEqual(found.map((_, i) => i));
  return found.map((object) => object.metadata.name);
}

const contents = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 12 });
const bound = fc.nat({ max: 4 });
const RUNS = { numRuns: 25 };

test('the current version stays, and of the earlier ones the newest, whatever came and came back', () => {
  fc.assert(
    fc.property(contents, bound, (sequence, kept) => {
      let tree: KubernetesObject[] = [];
      let expected: string[] = [];
      for (const content of sequence) {
        tree = rendered([config('conf', content, kept)], tree);
        expected = [content, ...expected.filter((other) => other !== content)].slice(0, kept + 1);
        expect(versions(tree, 'conf')).toEqual(expected.map((version) => `conf-${version}`));
      }
    }),
    RUNS,
  );
});

test('nothing is lost while there are no more versions than the bound allows', () => {
  fc.assert(
    fc.property(contents, (sequence) => {
      const tree = sequence.reduce<KubernetesObject[]>(
        (previous, content) => rendered([config('conf', content, 4)], previous),
        [],
      );
      expect(new Set(versions(tree, 'conf'))).toEqual(new Set(sequence.map((content) => `conf-${content}`)));
    }),
    RUNS,
  );
});

test('rendering over its own output changes nothing', () => {
  fc.assert(
    fc.property(contents, bound, (sequence, kept) => {
      const tree = sequence.reduce<KubernetesObject[]>(
        (previous, content) => rendered([config('conf', content, kept)], previous),
        [],
      );
      expect(rendered([config('conf', sequence.at(-1)!, kept)], tree)).toEqual(tree);
    }),
    RUNS,
  );
});

test('going back makes the old version the current one again, and the one it replaces the last before it', () => {
  const after = ['a', 'b', 'c', 'b'].reduce<KubernetesObject[]>(
    (previous, content) => rendered([config('conf', content, 5)], previous),
    [],
  );
  expect(versions(after, 'conf')).toEqual(['conf-b', 'conf-c', 'conf-a']);
  expect(after.find((object) => object.metadata.name === 'conf-b')!.metadata.annotations).not.toHaveProperty(
    CONFIG_SUPERSEDED,
  );
});

test('an earlier version keeps its data', () => {
  const tree = rendered([config('conf', 'b', 5)], rendered([config('conf', 'a', 5)], []));
  expect(tree.find((object) => object.metadata.name === 'conf-a')).toMatchObject({ data: { content: 'a' } });
});

test('the bound is that of the current version', () => {
  const tree = ['a', 'b', 'c'].reduce<KubernetesObject[]>(
    (previous, content) => rendered([config('conf', content, 5)], previous),
    [],
  );
  expect(versions(rendered([config('conf', 'd', 1)], tree), 'conf')).toEqual(['conf-d', 'conf-c']);
  expect(versions(rendered([config('conf', 'd', 0)], tree), 'conf')).toEqual(['conf-d']);
});

test.each([
  ['base names', config('one', 'a', 5), config('two', 'a', 5)],
  ['kinds', config('conf', 'a', 5), config('conf', 'a', 5, { kind: 'Secret' })],
  ['namespaces', config('conf', 'a', 5), config('conf', 'a', 5, { namespace: 'other' })],
])('configs of two %s have histories of their own', (_what, one, two) => {
  const newer = { ...one, metadata: { ...one.metadata, name: 'newer' } };
  const names = rendered([newer, two], rendered([one, two], []))
    .filter((object) => object.kind !== 'Service')
    .map((object) => `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`);
  const name = (object: KubernetesObject) => `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`;
  expect(names.sort()).toEqual([name(one), name(two), name(newer)].sort());
});

test('a config that is gone, and objects that are no configs, leave nothing behind', () => {
  const tree = rendered([config('conf', 'a', 5), anObject('ConfigMap', 'plain')], []);
  expect(rendered([], tree).map((object) => object.metadata.name)).toEqual(['web']);
});
