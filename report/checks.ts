import type { Check, Group, NeededFact } from '../checks/check';
import { GROUPS, linkTo } from '../checks/check';
import { columns } from './columns';

/** What a check must be told, in a few words. */
export const NEEDS: Readonly<Record<NeededFact, string>> = {
  'kubernetes-version': 'the Kubernetes version (--cluster or --kubernetes)',
  nodes: 'the nodes (--cluster)',
  cluster: "the cluster's own objects (--cluster)",
  external: 'objects that exist outside these manifests (--declare)',
  previous: 'the render before (--previous)',
  promtool: 'the program promtool',
};

/** The groups in their order, each with its checks; groups without any are left out. */
export function byGroup(checks: readonly Check[]): (readonly [Group, readonly Check[]])[] {
  return GROUPS.map((group) => [group, checks.filter((check) => check.group === group)] as const).filter(
    ([, own]) => own.length > 0,
  );
}

/** A line for each check, under the name of its group. */
export function checksList(checks: readonly Check[]): string[] {
  const lines = columns(
    byGroup(checks).flatMap(([, own]) =>
      own.map(({ id, severity, needs, description }) => [`  ${id}`, severity, needs.join(' ') || '-', description]),
    ),
  );
  return byGroup(checks).flatMap(([group, own], i) => [...(i > 0 ? [''] : []), group, ...lines.splice(0, own.length)]);
}

/** What a check is about, with its example. */
export function checkText({ id, group, severity, description, needs, source, fix, example }: Check): string[] {
  const parts = {
    'fails:': example.broken,
    'fixed:': example.fixed,
    'with these facts of the cluster:': example.facts,
    'with these objects elsewhere:': example.declared,
    'after this render:': example.previous,
  };
  return [
    `${id} (${group}, ${severity}): ${description}`,
    ...needs.map((need) => `  needs ${NEEDS[need]}; without it some of its verdicts are unknown`),
    `  fix: ${fix}`,
    `  source: ${linkTo(source)}`,
    ...Object.entries(parts).flatMap(([title, manifests]) =>
      manifests === undefined
        ? []
        : [
            '',
            title,
            ...manifests
              .trim()
              .split('\n')
              .map((line) => (line === '' ? '' : `  ${line}`)),
          ],
    ),
  ];
}
