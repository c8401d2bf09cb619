/**
 * The validation of Argo Rollouts itself as the oracle of upstream/argo-rollouts: whether the controller takes a Rollout for valid that the
 * definition admits. It is what `kubectl argo rollouts lint` runs.
 *
 *   npm run oracle:argo -- [COUNT] [SEED]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Resource } from '../../manifests/resource';
import { rolloutProblems } from '../../upstream/argo-rollouts/rollout';
import { rolloutCases } from './argo-rollouts-cases';

const [count = '2000', seed = '1', out = 'oracle-argo-rollouts.json', oracle = ''] = process.argv.slice(2);
const cases = rolloutCases(Number(count), Number(seed));
const answers = execFileSync(oracle, {
  input: cases.map((one) => `${JSON.stringify(one)}\n`).join(''),
  maxBuffer: 1 << 30,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as string[]);

const wrong = cases.flatMap((one, i) => {
  const refused = answers[i]!;
  const said = rolloutProblems(new Resource(one, { file: 'case.yaml', text: '' }, i));
  return refused.length > 0 === said.length > 0
    ? []
    : [{ refused, said: said.map(({ path, message }) => `${path.join('.')} ${message}`), one }];
});
writeFileSync(out, JSON.stringify(wrong, null, 1));
const alone = answers.filter(({ length }) => length === 1).length;
const refused = answers.filter(({ length }) => length > 0).length;
const falseAlarms = wrong.filter((each) => each.refused.length === 0).length;
console.log(
  `${cases.length} Rollouts, ${refused} refused, ${alone} for one reason alone: ${falseAlarms} that we fail and it accepts, ${wrong.length - falseAlarms} that it refuses and we do not`,
);
for (const each of wrong.slice(0, 12)) console.log(JSON.stringify([each.refused, each.said, each.one['spec']]));
process.exitCode = wrong.length > 0 ? 1 : 0;
