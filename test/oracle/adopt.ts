import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import { sourceAt } from '../../cli/adopt/source';
import { differenceText } from '../../model/object-differences';

/**
 * Adopts the trees that Kustomize's own tests write (api/krusty/*_test.go) and those that lie beside them, and compares what the plan
 * renders with what `kustomize build` prints. A tree that Kustomize refuses, or that its test makes of more than literals, is counted.
 */
const [, , module, folder] = process.argv as [string, string, string, string];

/** A file that a test writes: into a kustomization, a component, or anywhere. */
const WRITE =
  /\bth\.Write([KFC])\(\s*("[^"]*"|`[^`]*`|\w+)\s*,\s*((?:`[^`]*`|"(?:[^"\\]|\\.)*"|\w+)(?:\s*\+\s*(?:`[^`]*`|"(?:[^"\\]|\\.)*"|\w+))*)\)/g;
const HEADS: Readonly<Record<string, string>> = {
  K: 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
  C: 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n',
};

/** The trees of a file of tests, by the name of the test. */
function treesIn(source: string): Map<string, Map<string, string>> {
  const functions = new Map(
    [...source.matchAll(/^func (\w+)\([^{\n]*\{(.*?)^\}/gms)].map(([, name, body]) => [name!, body!]),
  );
  const constants = new Map<string, string>();
  for (const [, name, value] of source.matchAll(/\b(\w+)\s*:?=\s*(`[^`]*`|"(?:[^"\\\n]|\\.)*")/g))
    if (!constants.has(name!)) constants.set(name!, literal(value!, constants)!);
  const whole = (body: string, depth = 0): string => {
    const called = [...body.matchAll(/\b(\w+)\(th\b/g)].flatMap(([, name]) => functions.get(name!) ?? []);
    return depth > 6 ? body : [...called.map((inner) => whole(inner, depth + 1)), body].join('\n');
  };
  const trees = new Map<string, Map<string, string>>();
  for (const [name, body] of functions) {
    if (!name.startsWith('Test')) continue;
    const files = new Map<string, string>();
    for (const [, kind, path, text] of whole(body).matchAll(WRITE)) {
      const [where, what] = [literal(path!, constants), literal(text!, constants)];
      if (where === undefined || what === undefined) continue;
      files.set(kind === 'F' ? where : join(where, 'kustomization.yaml'), `${HEADS[kind!] ?? ''}${what}`);
    }
    if ([...files.keys()].some((path) => path.endsWith('kustomization.yaml'))) trees.set(name, files);
  }
  return trees;
}

/** The string of a Go expression of literals and constants. */
function literal(expression: string, constants: ReadonlyMap<string, string>): string | undefined {
  const parts = expression.match(/`[^`]*`|"(?:[^"\\]|\\.)*"|\w+/g) ?? [];
  const texts = parts.map((part) =>
    part.startsWith('`')
      ? part.slice(1, -1)
      : part.startsWith('"')
        ? (JSON.parse(part) as string)
        : constants.get(part),
  );
  return texts.includes(undefined) ? undefined : texts.join('');
}

function write(tree: ReadonlyMap<string, string>, to: string): void {
  for (const [path, text] of tree) {
    const file = join(to, path);
    if (existsSync(file)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const krusty = join(module, 'krusty');
const trees = readdirSync(krusty)
  .filter((file) => file.endsWith('_test.go'))
  .flatMap((file) =>
    [...treesIn(readFileSync(join(krusty, file), 'utf8'))].map(([name, tree]) => {
      const to = join(folder, `${file.replace('_test.go', '')}.${name}`);
      write(tree, to);
      return to;
    }),
  );
const beside = ['remoteload/simple', 'remoteload/multibase', 'localize/simple', 'localize/remote'].map((path) =>
  join(krusty, 'testdata', path),
);
const counts = new Map<string, number>();
for (const path of [...trees, ...beside]) {
  const [result, why] = outcomeOf(path);
  counts.set(result, (counts.get(result) ?? 0) + 1);
  if (result !== 'no difference') console.log(`${result}: ${path.slice(path.lastIndexOf('/') + 1)}: ${why}`);
}
console.log([...counts].map(([result, count]) => `${result}: ${count}`).join(', '));
process.exitCode = counts.has('differs') || counts.has('crashed') ? 1 : 0;

function outcomeOf(path: string): readonly [result: string, why: string] {
  try {
    const plan = planOf(sourceAt(path, 'shop'));
    const differences = plan.environments.flatMap((environment) =>
      differencesIn(plan, environment).map(differenceText),
    );
    return differences.length === 0 ? ['no difference', ''] : ['differs', differences.join('; ')];
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'StrataError') return ['crashed', String((error as Error).stack)];
    const first = message.split('\n')[0]!;
    return [
      message.includes('kustomize cannot build') ? 'kustomize refuses it' : 'refused',
      first.slice(first.indexOf(': ') + 2).slice(0, 200),
    ];
  }
}
