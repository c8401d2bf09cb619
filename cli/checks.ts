import type { Check, Need } from '../checks/check';
import { linkTo } from '../checks/check';
import { checks } from '../checks/registry';
import { knownNames, StrataError } from '../model/errors';
import { columns } from '../report/columns';
import type { Host } from './command';
import type { Run } from './options/table';
import type { checks as checksTable } from './tables';

/** What a check must be told, in a few words. */
export const NEEDS: Readonly<Record<Need, string>> = {
  'kubernetes-version': 'the Kubernetes version (--cluster or --kubernetes)',
  nodes: 'the nodes (--cluster)',
  cluster: "the cluster's own objects (--cluster)",
  elsewhere: 'what stands elsewhere (--declare)',
  previous: 'the render before (--previous)',
  promtool: 'the program promtool',
};

export const command: Run<typeof checksTable> = (_composition, { values, words }, host) => {
  const asked = words.length > 0 ? words.map(checkCalled) : checks;
  if (values.format === 'json') {
    host.print(
      JSON.stringify(
        asked.map(({ judge: _, ...about }) => about),
        null,
        2,
      ),
    );
  } else if (words.length > 0) {
    for (const check of asked) explainCheck(check, host);
  } else {
    for (const line of columns(
      checks.map(({ id, severity, needs, description }) => [id, severity, needs.join(' ') || '-', description]),
    ))
      host.print(line);
  }
};

export function checkCalled(id: string): Check {
  const check = checks.find((candidate) => candidate.id === id);
  if (!check)
    throw new StrataError(id, 'there is no such check', [
      `name a check (npx strata checks): ${
        knownNames(
          id,
          checks.map((candidate) => candidate.id),
        ).split('known: ')[0] || 'none is called nearly so'
      }`,
    ]);
  return check;
}

/** What a check is about, with its example. */
export function explainCheck({ id, severity, description, needs, source, fix, example }: Check, host: Host): void {
  host.print(`${id} (${severity}): ${description}`);
  for (const need of needs) host.print(`  needs ${NEEDS[need]}; without it some of its verdicts are unknown`);
  host.print(`  fix: ${fix}`);
  host.print(`  source: ${linkTo(source)}`);
  const parts = {
    'fails:': example.broken,
    'fixed:': example.fixed,
    'with these facts of the cluster:': example.facts,
    'with these objects elsewhere:': example.declared,
    'after this render:': example.previous,
  };
  for (const [title, manifests] of Object.entries(parts)) {
    if (manifests === undefined) continue;
    host.print('');
    host.print(title);
    for (const line of manifests.trim().split('\n')) host.print(line === '' ? '' : `  ${line}`);
  }
}
