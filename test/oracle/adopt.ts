import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import { sourceAt } from '../../cli/adopt/source';
import { differenceText } from '../../model/object-differences';
import { kustomizeTrees } from './kustomize-trees';

/**
 * Adopts the trees that Kustomize's own tests write (api/krusty/*_test.go) and those that lie beside them, and compares what the plan
 * renders with what `kustomize build` prints. A tree that Kustomize refuses, or that its test makes of more than literals, is counted.
 */
const [, , module, folder] = process.argv as [string, string, string, string];

const counts = new Map<string, number>();
for (const path of kustomizeTrees(module, folder)) {
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
