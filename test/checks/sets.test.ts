import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inputs } from '../../checks/inputs';
import { setsAt } from '../../checks/sets';
import { systemAccess } from '../../manifests/reading/inputs';
import { newFolder } from '../render/support';

const folder = newFolder();
const config = (name: string, value: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop }, data: { A: '${value}' } }\n`;
for (const [path, text] of [
  ['base/kustomization.yaml', 'resources: [web.yaml]\n'],
  ['overlays/dev/kustomization.yaml', 'resources: [../../base]\n'],
  ['overlays/prod/kustomization.yaml', 'resources: [../../base]\n'],
  ['overlays/prod/eu/kustomization.yaml', 'resources: [../../../base]\n'],
  ['beside.yaml', config('beside', 'x')],
  ['broken.yaml', 'kind: [\n'],
] as const) {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}
/** Kustomize, as if it were installed: each overlay gives the same object with another value. */
const run = (_program: string, args: readonly string[]) => ({ output: Buffer.from(config('web', args.at(-1)!)) });

test('overlays are sets of their own, nested ones too, each with what stands beside them and its name', () => {
  const inputs = new Inputs({ ...systemAccess, run }, undefined);
  const sets = [...setsAt([folder], inputs, undefined)];
  expect(sets.map(({ name }) => name)).toEqual(
    ['overlays/dev', 'overlays/prod', 'overlays/prod/eu'].map((path) => join(folder, path)),
  );
  for (const { name, manifests, unread } of sets) {
    expect(manifests.resources.map((resource) => [resource.name, resource.at(['data', 'A'])])).toEqual([
      ['beside', 'x'],
      ['web', name],
    ]);
    expect(unread).toMatchObject([{ file: join(folder, 'broken.yaml') }]);
  }
});

test('one set is called as its paths are', () => {
  const inputs = new Inputs({ ...systemAccess, run }, undefined);
  expect([...setsAt([join(folder, 'beside.yaml')], inputs, undefined)]).toMatchObject([
    { name: join(folder, 'beside.yaml'), cluster: undefined, previous: [] },
  ]);
});
