import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Composition } from '../model/composition';
import type { KubernetesObject } from '../model/kubernetes';
import { differenceText, objectDifferences } from '../model/object-differences';
import { planTarget } from '../render/plan';

export interface AdoptedOptions {
  /** The folder with what was rendered before the move: `<environment>.yaml`. */
  readonly folder: string;
}

/**
 * Defines Jest tests: every target renders what was rendered for it before the move, object by object and field by field. Order does not
 * count. Delete the folder and the test when you begin to change what is rendered.
 */
export function testAdopted<P>(composition: Composition<P>, { folder }: AdoptedOptions): void {
  test.each(composition.matrix.targets().map((target) => [target.environment.name, target] as const))(
    '%s renders what it rendered before the move',
    (name, target) => {
      const wanted = manifestsIn(readFileSync(join(folder, `${name}.yaml`), 'utf8'));
      const { files } = planTarget(target, composition.compose(target));
      const found = files.flatMap(({ text }) => manifestsIn(text));
      expect(objectDifferences(wanted, found).map(differenceText)).toEqual([]);
    },
  );
}

function manifestsIn(text: string): KubernetesObject[] {
  return (loadAll(text) as unknown[]).filter((document) => document !== null) as KubernetesObject[];
}
