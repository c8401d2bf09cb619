/**
 * The validation of Istio itself as the oracle of upstream/istio: whether its webhook takes an object that the definition of its kind admits.
 *
 *   npm run oracle:istio -- [COUNT] [SEED]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Resource } from '../../manifests/resource';
import { istioProblems } from '../../upstream/istio/problems';
import { istioCases } from './istio-cases';

const [count = '5000', seed = '1', out = 'oracle-istio.json', oracle = ''] = process.argv.slice(2);
const cases = istioCases(Number(count), Number(seed));
const answers = execFileSync(oracle, {
  input: cases.map((one) => `${JSON.stringify(one)}\n`).join(''),
  maxBuffer: 1 << 30,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as string[]);

const said = cases.map((one, i) => istioProblems(new Resource(one, { file: 'case.yaml', text: '' }, i), 'shop'));
const wrong = cases.flatMap((one, i) =>
  answers[i]!.length > 0 === said[i]!.length > 0
    ? []
    : [{ refused: answers[i]!, said: said[i]!.map(({ path, message }) => `${path.join('.')} ${message}`), one }],
);
writeFileSync(out, JSON.stringify(wrong, null, 1));
const unreadable = answers.filter(([first]) => first?.startsWith('unreadable')).length;
for (const kind of [...new Set(cases.map((one) => String(one['kind'])))].sort()) {
  const own = cases.flatMap((one, i) => (one['kind'] === kind ? [i] : []));
  const refused = own.filter((i) => answers[i]!.length > 0);
  const alone = refused.filter((i) => said[i]!.length === 1);
  console.log(`${kind}: ${own.length}, ${refused.length} refused, ${alone.length} for one reason alone`);
}
const falseAlarms = wrong.filter((each) => each.refused.length === 0).length;
console.log(
  `${cases.length} objects, ${unreadable} unreadable: ${falseAlarms} that we fail and it accepts, ${wrong.length - falseAlarms} that it refuses and we do not`,
);
for (const each of wrong.slice(0, 12))
  console.log(JSON.stringify([each.refused, each.said, each.one['kind'], each.one['spec']]));
process.exitCode = wrong.length > 0 || unreadable > 0 ? 1 : 0;
