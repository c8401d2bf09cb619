/**
 * Definitions of custom resources as the API server judges them: those in files as they are, and with one change each.
 *
 *   node test/oracle/run.mjs crd-definitions [COUNT] [SEED] [OUT] [FILE…]
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readSources } from '../../manifests/reading/read';
import { Resource } from '../../manifests/resource';
import { definitionProblems } from '../../upstream/kubernetes/crd/definition';
import { problemsAt } from '../../upstream/kubernetes/validate';
import { CRD_SEEDS, mutateDefinition } from './crd-mutations';
import { random } from './mutate';

const [count = '10000', seed = '1', out = '/tmp/oracle-crd-definitions.json', program = '', ...files] =
  process.argv.slice(2);
const next = random(Number(seed));

const { resources } = readSources(files.map((file) => ({ file, text: readFileSync(file, 'utf8') })));
const given = resources
  .filter(({ apiVersion, kind }) => apiVersion === 'apiextensions.k8s.io/v1' && kind === 'CustomResourceDefinition')
  .map(({ object, source }) => ({
    definition: object as { [key: string]: unknown },
    change: `as it is in ${source.file}`,
  }));
// The small ones most of the time: they are asked for quickly.
const seeds = [
  ...CRD_SEEDS,
  ...given.map(({ definition }) => definition).filter((definition) => JSON.stringify(definition).length < 20_000),
];
const asked = [
  ...given,
  ...Array.from({ length: Number(count) }, () =>
    mutateDefinition(next() < 0.7 ? CRD_SEEDS[0]! : seeds[Math.floor(next() * seeds.length)]!, next),
  ),
];

const input = asked.map(({ definition }) => JSON.stringify({ definition })).join('\n');
const { stdout, stderr, status } = spawnSync(program, { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
if (status !== 0) throw new Error(stderr);
const answers = stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { readonly refused: readonly string[] });

const counts = { asked: asked.length, refused: 0, falseAlarms: 0, missed: 0 };
const differences: object[] = [];
asked.forEach(({ definition, change }, i) => {
  const resource = new Resource(definition, { file: 'a.json', text: '' }, 0);
  const ours = [
    ...definitionProblems(resource).map(({ path, message }) => `${path.join('.')}: ${message}`),
    ...(problemsAt(resource, 35) ?? []).map(({ path, message, topic }) => `${topic} ${path.join('.')}: ${message}`),
  ];
  const theirs = answers[i]!.refused;
  if (theirs[0] === 'panic') return;
  if (theirs.length > 0) counts.refused++;
  if (ours.length > 0 === theirs.length > 0) return;
  if (ours.length > 0) counts.falseAlarms++;
  else counts.missed++;
  differences.push({
    kind: ours.length > 0 ? 'we fail, it accepts' : 'it refuses',
    change,
    ours: ours.slice(0, 3),
    theirs: theirs.slice(0, 3),
  });
});
writeFileSync(out, JSON.stringify(differences, null, 1));
console.log(JSON.stringify(counts));
if (counts.falseAlarms > 0) process.exitCode = 1;
