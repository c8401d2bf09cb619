import { parseArgs } from 'node:util';
import type { Target } from '../model/target';
import { render } from '../render/render';
import { toYaml } from '../render/yaml';
import type { Command, Composition, Host } from './command';
import { table } from './table';

export const command: Command = (composition, args, host) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: 'string', default: 'dist' }, previous: { type: 'string' } },
  });
  renderTree(composition, host, {
    out: values.out,
    only: positionals,
    ...(values.previous === undefined ? {} : { previous: values.previous }),
  });
};

/** Renders the tree and says what was rendered. */
export function renderTree<P>(
  composition: Composition<P>,
  host: Host,
  options: { readonly out: string; readonly only?: readonly string[]; readonly previous?: string },
): void {
  const { matrix, compose, deliver } = composition;
  if (options.only?.length) matrix.targets(options.only);
  const summary = render<Target<P>>({
    targets: matrix.targets(),
    compose,
    deliver: (targets, index) =>
      deliver(targets.map((target) => ({ target, objects: index.targets[target.path]!.objects }))).map(
        ({ file, objects }) => ({
          path: file,
          text: objects.map(toYaml).join('---\n'),
        }),
      ),
    ...options,
  });
  for (const line of table(
    summary.targets.map(({ target, objects, kept }) => [
      target,
      `${objects} objects`,
      kept ? 'not named, kept as it is' : 'rendered',
    ]),
  ))
    host.print(line);
  const objects = summary.targets.reduce((sum, target) => sum + target.objects, 0);
  host.print(`${summary.targets.length} targets, ${objects} objects in ${options.out}`);
}
