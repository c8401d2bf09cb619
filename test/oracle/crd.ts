/**
 * Kubernetes' own validation of CustomResourceDefinitions and of their objects, as a Go module: the rules of crd-rules.ts on objects whose
 * fields are changed at random, and definitions with one change each.
 *
 *   npm run oracle:crd -- [COUNT] [SEED]
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { structuralProblems } from '../../upstream/kubernetes/structural/judge';
import { CRD_FIELDS, CRD_RULES, CRD_VALUES } from './crd-rules';
import { random } from './mutate';

interface Answer {
  readonly refused: readonly string[];
  readonly objects: readonly (readonly string[])[] | null;
}

const [count = '2000', seed = '1', out = '/tmp/oracle-crd.json', program = ''] = process.argv.slice(2);
const next = random(Number(seed));
const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;

const definition = (spec: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'as.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'as', kind: 'A' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
      },
    ],
  },
});

const TEXTS = [
  '',
  'abc',
  'x',
  'ABC',
  'a b',
  '-a',
  'a.b',
  '10.0.0.256',
  'fe80::1',
  '2001:db8::/33',
  '1.2',
  '1.2.3-a',
  '2Ki',
  '1e3',
  '-5',
  'https://a',
  '/p?q',
  'http://[::1]:80/',
  'é',
  '0x1',
];
const valueFor = (schema: Record<string, unknown>): unknown => {
  if (schema['x-kubernetes-int-or-string']) return pick<unknown>([5, 7, '7', 'a']);
  if (schema['format'] === 'date-time')
    return pick(['2019-01-01T00:00:00Z', '2024-02-29T23:59:59.5Z', '2024-01-15T10:00:00+02:00']);
  if (schema['format'] === 'duration') return pick(['1h', '90s', '1.5h', '0s']);
  if (schema['format'] === 'byte') return pick(['', 'aGk=', 'AAA=']);
  switch (schema['type']) {
    case 'string':
      return pick(TEXTS);
    case 'integer':
      return pick([0, 1, 2, 5, -3, 100]);
    case 'number':
      return pick([0, 1, 1.5, -2.25, 5]);
    case 'boolean':
      return next() < 0.5;
    case 'array':
      return Array.from({ length: Math.floor(next() * 4) }, () => valueFor(schema['items'] as never));
    default: {
      const properties = (schema['properties'] ?? {}) as Record<string, never>;
      const named = Object.keys(properties).filter(() => next() < 0.7);
      if (schema['additionalProperties'])
        return Object.fromEntries(
          ['k', 'k2', 'zz']
            .filter(() => next() < 0.5)
            .map((key) => [key, valueFor(schema['additionalProperties'] as never)]),
        );
      return Object.fromEntries(named.map((key) => [key, valueFor(properties[key]!)]));
    }
  }
};
const changed = (value: Readonly<Record<string, unknown>>) => {
  const copy: Record<string, unknown> = { ...value };
  for (const name of Object.keys(CRD_FIELDS)) {
    const chance = next();
    if (chance < 0.05) delete copy[name];
    else if (chance < 0.5) copy[name] = valueFor(CRD_FIELDS[name] as never);
  }
  return copy;
};

const perRule = Math.max(1, Math.ceil(Number(count) / CRD_RULES.length));
const questions = CRD_RULES.map(([rule]) => ({
  definition: definition({
    type: 'object',
    properties: CRD_FIELDS,
    'x-kubernetes-validations': [{ rule, message: 'no' }],
  }),
  objects: [...CRD_VALUES, ...Array.from({ length: perRule - 1 }, () => changed(pick(CRD_VALUES)))].map((spec) => ({
    apiVersion: 'example.com/v1',
    kind: 'A',
    metadata: { name: 'a' },
    spec,
  })),
}));

const { stdout, stderr, status } = spawnSync(program, {
  input: questions.map((question) => JSON.stringify(question)).join('\n'),
  encoding: 'utf8',
  maxBuffer: 2 ** 30,
});
if (status !== 0) throw new Error(stderr);
const answers = stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Answer);

const differences: object[] = [];
const counts = { asked: 0, refusedDefinitions: 0, falseAlarms: 0, missed: 0, unknown: 0 };
questions.forEach(({ definition: asked, objects }, i) => {
  const answer = answers[i]!;
  const [rule] = CRD_RULES[i]!;
  if (answer.refused.length > 0) {
    counts.refusedDefinitions++;
    differences.push({ rule, refused: answer.refused });
    return;
  }
  objects.forEach((object, j) => {
    counts.asked++;
    const schema = asked.spec.versions[0]!.schema.openAPIV3Schema;
    const ours = structuralProblems(object, schema, undefined);
    const theirs = answer.objects![j]!;
    const unknown = ours.some(({ undecided }) => undecided);
    const fails = ours.some(({ undecided }) => !undecided);
    if (unknown && !fails) counts.unknown++;
    else if (fails && theirs.length === 0) counts.falseAlarms++;
    else if (!fails && theirs.length > 0) counts.missed++;
    if ((unknown && !fails) || fails !== theirs.length > 0)
      differences.push({
        rule,
        kind: unknown ? 'unknown' : fails ? 'we fail, it accepts' : 'it refuses',
        spec: object.spec,
        ours: ours.map(({ words }) => words),
        theirs,
      });
  });
});
writeFileSync(out, JSON.stringify(differences, null, 1));
console.log(JSON.stringify(counts));
if (counts.falseAlarms > 0) process.exitCode = 1;
