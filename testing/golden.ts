import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Composition } from '../model/composition';
import { knownNames, StrataError } from '../model/errors';
import type { KubernetesObject } from '../model/kubernetes';
import { planTarget } from '../render/plan';
import { delta, normalized } from './delta';

export interface GoldenOptions {
  /** The folder of the golden files; nothing else with the ending `.yaml` may stand in it. */
  readonly folder: string;
  /** The target that stands there whole; of every other one only how it differs from that. @default - the first */
  readonly base?: string;
  /** Labels that differ between targets and that nobody needs to see. @default ['environment'] */
  readonly ignoreLabels?: readonly string[];
}

/** The golden files of a composition by path: what is rendered, for people to review. */
export function goldenFiles<P>(
  { matrix, compose }: Composition<P>,
  { base: baseName, ignoreLabels = ['environment'] }: Omit<GoldenOptions, 'folder'> = {},
): ReadonlyMap<string, string> {
  const names = matrix.names;
  if (baseName !== undefined && !names.includes(baseName))
    throw new StrataError(`base: ${JSON.stringify(baseName)}`, 'no target has this name, and one is to stand whole', [
      `name a target: ${knownNames(baseName, names)}`,
      'leave it out: the first target stands whole',
    ]);
  const targets = matrix.targets().map((target) => {
    const { files } = planTarget(target, compose(target));
    const objects = files.flatMap(({ text }) => loadAll(text) as KubernetesObject[]);
    const namespace = namespaceIn(objects);
    const labels = labelsIn(objects, ignoreLabels);
    return { name: target.name, path: target.path, namespace, files, objects: normalized(objects, namespace, labels) };
  });
  const base = baseName === undefined ? targets[0] : targets.find(({ name }) => name === baseName);
  if (!base) return new Map();
  const folder = base.path.replace('/', '-');
  const left =
    ignoreLabels.length === 0
      ? ''
      : ignoreLabels.length === 1
        ? `; the label ${ignoreLabels[0]} is left out`
        : `; the labels ${ignoreLabels.join(' and ')} are left out`;
  return new Map([
    ...base.files.map(({ path, text }) => [`${folder}/${path}`, text] as const),
    ...targets
      .filter((target) => target !== base)
      .map(({ name, path, namespace, objects }) => {
        const head = `# How ${name} differs from ${base.name}, which stands whole in ${folder}/. NAMESPACE is ${namespace} and ${base.namespace}; HASH is the hash of a content${left}.\n`;
        return [`${path.replace('/', '-')}.diff.yaml`, `${head}${delta(base.objects, objects)}`] as const;
      }),
  ]);
}

/** The first namespace that the objects create, or are in. */
function namespaceIn(objects: readonly KubernetesObject[]): string {
  const created = objects.find(({ kind }) => kind === 'Namespace')?.metadata.name;
  return created ?? objects.find(({ metadata }) => metadata.namespace)?.metadata.namespace ?? 'default';
}

/** The values of the labels, as the first object that has one carries it. */
function labelsIn(objects: readonly KubernetesObject[], keys: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = objects.find(({ metadata }) => metadata.labels?.[key] !== undefined)?.metadata.labels?.[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/**
 * Defines Jest tests that compare what is rendered with the golden files in a folder. `UPDATE_GOLDEN=1` writes them anew, for
 * `git diff` to show what changed.
 */
export function testGolden<P>(composition: Composition<P>, options: GoldenOptions): void {
  const { folder } = options;
  const golden = goldenFiles(composition, options);
  const standing = () => filesIn(folder).filter((path) => path.endsWith('.yaml'));
  if (process.env['UPDATE_GOLDEN'] === '1') {
    for (const path of standing()) rmSync(join(folder, path));
    for (const [path, text] of golden) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }
  test('there is a golden file for everything that is rendered, and no other', () => {
    orUpdate(() => expect(standing().sort()).toEqual([...golden.keys()].sort()));
  });
  test.each([...golden])('%s is what is rendered', (path, text) => {
    orUpdate(() => expect(readFileSync(join(folder, path), 'utf8')).toBe(text));
  });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    // The folder is made with the first golden file.
    return [];
  }
}

/** A failure says how to take the change over, if it is meant. */
function orUpdate(check: () => void): void {
  try {
    check();
  } catch (error) {
    (error as Error).message =
      `What is rendered has changed. If that is meant, run the tests with UPDATE_GOLDEN=1 and review the difference with git diff.\n\n${(error as Error).message}`;
    throw error;
  }
}
