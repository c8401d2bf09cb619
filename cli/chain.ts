import { judgedChain, linksIn } from '../checks/judged-chain';
import { checks } from '../checks/registry';
import { StrataError } from '../model/errors';
import { near } from '../model/near';
import { chainFormats } from '../report/chains';
import { chainNames, chainsNamed } from '../simulate/monitoring/chain';
import { oneWorld } from './one-world';
import type { Run } from './options/table';
import type { chain } from './tables';

/** What may break a link: other findings are about the pods, and no matter of who is told. */
const GROUPS: readonly string[] = ['monitoring', 'networking', 'references'];

export const command: Run<typeof chain> = (project, given, host) => {
  const [name, ...words] = given.words;
  if (name === undefined)
    throw new StrataError('strata chain', 'does not say of what', [
      'name an alert, a dashboard, an autoscaler or a series: strata chain RedisDown TARGET',
    ]);
  const { world, unreadable } = oneWorld(project, 'strata chain', words, given.values, host);
  const links = chainsNamed(world, name);
  if (links.length === 0) throw unknownName(name, chainNames(world));
  const judged = judgedChain(
    world,
    links,
    checks.filter(({ group }) => GROUPS.includes(group)),
  );
  host.print(chainFormats[given.values.format](judged));
  if (unreadable) return 2;
  return [...linksIn(judged)].some(({ state }) => state === 'breaks') ? 1 : 0;
};

function unknownName(name: string, names: readonly string[]): StrataError {
  const meant = near(name, names);
  return new StrataError(
    `strata chain ${name}`,
    `no alert, dashboard, autoscaler or series here is called so${meant}`,
    [
      names.length === 0
        ? 'give manifests that hold rules, dashboards or autoscalers, or a target that has them'
        : `name one of the ${names.length}, such as ${names.slice(0, 5).join(', ')}`,
    ],
  );
}
