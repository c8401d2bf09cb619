import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchesOf } from '../../checks/batches';
import { newFolder } from '../render/support';

/** A tree as `strata render` writes it, with something beside its targets. */
function aTree(targets: readonly string[], beside: readonly string[] = []): string {
  const root = newFolder();
  for (const folder of [...targets, ...beside]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, 'index.json'),
    JSON.stringify({ targets: Object.fromEntries([...targets, 'gone/dev'].map((target) => [target, {}])) }),
  );
  return root;
}

test('files and folders are judged together, with what is live', () =>
  expect(batchesOf(['a.yaml', '-', 'folder'], 'live')).toEqual([
    { paths: ['a.yaml', '-', 'folder'], previous: ['live'] },
  ]));

test('each target of a rendered tree is judged for itself, and what stands beside them as well', () => {
  const tree = aTree(['kind/dev', 'kind/test', 'cloud/prod'], ['argocd']);
  expect(batchesOf([tree, 'more.yaml'], undefined)).toEqual([
    { paths: ['more.yaml'], previous: [] },
    { paths: [join(tree, 'kind/dev')], cluster: 'kind', previous: [] },
    { paths: [join(tree, 'kind/test')], cluster: 'kind', previous: [] },
    { paths: [join(tree, 'cloud/prod')], cluster: 'cloud', previous: [] },
    { paths: [join(tree, 'argocd')], previous: [] },
  ]);
});

test('a folder whose name begins that of a cluster stands beside the targets', () => {
  const tree = aTree(['kind/dev'], ['kin', 'kind-notes']);
  expect(batchesOf([tree], undefined)).toEqual([
    { paths: [join(tree, 'kind/dev')], cluster: 'kind', previous: [] },
    { paths: [join(tree, 'kin'), join(tree, 'kind-notes')], previous: [] },
  ]);
});

test('a target is compared with the same target of the tree that is live, if it is there', () => {
  const [tree, live] = [aTree(['kind/dev', 'cloud/prod']), aTree(['kind/dev'])];
  expect(batchesOf([tree], live).map(({ previous }) => previous)).toEqual([[join(live, 'kind/dev')], []]);
});

test.each([
  ['no JSON', '{'],
  ['no list of targets', '[]'],
  ['a list of something else', '{"targets": null}'],
])('a folder whose index.json holds %s is a folder like others', (_, text) => {
  const root = newFolder();
  writeFileSync(join(root, 'index.json'), text);
  expect(batchesOf([root], undefined)).toEqual([{ paths: [root], previous: [] }]);
});
