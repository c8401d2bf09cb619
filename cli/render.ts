import type { Target } from '../model/target';
import { render as renderFiles } from '../render/render';
import { columns } from '../report/columns';
import type { Host, Project } from './command';
import { plannedDelivery } from './delivery-files';
import type { Run } from './options/table';
import type { render } from './tables';
import { defaultTree } from './tree';

export const command: Run<typeof render> = (project, { values: { out, previous }, words }, host) => {
  renderTree(project, host, {
    out: out ?? defaultTree(project.root),
    only: words,
    ...(previous === undefined ? {} : { previous }),
  });
};

/** Renders the tree and says what was rendered. */
export function renderTree<P>(
  project: Project<P>,
  host: Host,
  options: { readonly out: string; readonly only?: readonly string[]; readonly previous?: string },
): void {
  const { matrix, compose } = project;
  const only = options.only?.length ? matrix.targets(options.only).map(({ name }) => name) : undefined;
  const summary = renderFiles<Target<P>>({
    targets: matrix.targets(),
    compose: (target) => {
      host.progress?.(`rendering ${target.name}`);
      return compose(target);
    },
    deliver: plannedDelivery(project),
    ...options,
    ...(only ? { only } : {}),
  });
  for (const line of columns(
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
