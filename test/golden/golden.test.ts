import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { namespaceOf, Platform } from '../../composition/platform';
import { synthesize } from '../../constructs/synthesis/synthesis';
import { matrix } from '../../environments/matrix';
import type { KubernetesObject } from '../../model/kubernetes';
import { course } from '../../platform';
import { patched } from '../../render/patch';
import { planTarget } from '../../render/plan';
import { delta, normalized } from '../support/delta';

/**
 * What is rendered, for people to review: one target whole, and of every other one only how it differs from that.
 */
const BASE = 'dev@kind';
const UPDATE = 'UPDATE_GOLDEN=1 npx jest test/golden';

const targets = matrix.targets().map((target) => {
  const { files } = planTarget(target, patched(target, synthesize(new Platform(target, course).app)));
  return {
    ...target,
    namespace: namespaceOf(target, course),
    files,
    objects: normalized(
      files.flatMap(({ text }) => loadAll(text) as KubernetesObject[]),
      namespaceOf(target, course),
      { environment: target.environment.name, student: target.settings.web.student },
    ),
  };
});
const base = targets.find(({ name }) => name === BASE)!;

/** The golden files as they should be, by path. */
const golden = new Map<string, string>([
  ...base.files.map(({ path, text }) => [`${folderOf(base.path)}/${path}`, text] as const),
  ...targets
    .filter((target) => target !== base)
    .map(
      (target) =>
        [`${folderOf(target.path)}.diff.yaml`, `${headline(target)}${delta(base.objects, target.objects)}`] as const,
    ),
]);

function folderOf(path: string): string {
  return path.replace('/', '-');
}

function headline({ name, namespace }: { readonly name: string; readonly namespace: string }): string {
  return `# How ${name} differs from ${BASE}, which stands whole in ${folderOf(base.path)}/. NAMESPACE is ${namespace} and ${base.namespace}; HASH is the hash of a content; the labels environment and student are left out.\n`;
}

const isGolden = (path: string) => path.endsWith('.yaml');
const standing = () => (readdirSync(__dirname, { recursive: true }) as string[]).filter(isGolden);

if (process.env['UPDATE_GOLDEN'] === '1') {
  for (const path of standing()) rmSync(join(__dirname, path));
  for (const [path, text] of golden) {
    mkdirSync(dirname(join(__dirname, path)), { recursive: true });
    writeFileSync(join(__dirname, path), text);
  }
}

/** A failure says how to take the change over, if it is meant. */
function orUpdate(check: () => void): void {
  try {
    check();
  } catch (error) {
    (error as Error).message =
      `What is rendered has changed. If that is meant, run\n  ${UPDATE}\nand review the difference with git diff.\n\n${(error as Error).message}`;
    throw error;
  }
}

test('there is a golden file for everything that is rendered, and no other', () => {
  orUpdate(() => expect(standing().sort()).toEqual([...golden.keys()].sort()));
});

test.each([...golden])('%s is what is rendered', (path, text) => {
  orUpdate(() => expect(readFileSync(join(__dirname, path), 'utf8')).toBe(text));
});
