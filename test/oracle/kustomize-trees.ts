import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

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

/** Writes the trees of Kustomize's own tests below a folder; their paths, with those that lie beside the tests. */
export function kustomizeTrees(module: string, folder: string): string[] {
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
  const beside = ['remoteload/simple', 'remoteload/multibase', 'localize/simple', 'localize/remote'];
  return [...trees, ...beside.map((path) => join(krusty, 'testdata', path))];
}
