/**
 * The API server as the oracle of the schema checks: valid manifests are mutated at random, a real server is asked for a dry run
 * of each, and its verdict is compared with ours.
 *
 *   STRATA_TEST_CLUSTER=path/to/cluster npm run oracle:schema -- [MUTATIONS] [SEED]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { checks } from '../../checks/registry';
import { readSources } from '../../manifests/reading/read';

import { pathText, Resource, record, string } from '../../manifests/resource';
import { customResourceProblems } from '../../upstream/kubernetes/custom';
import { apiOf } from '../../upstream/kubernetes/model';
import { problemsAt } from '../../upstream/kubernetes/validate';
import { ApiServer } from './api-server';
import { mutate, random, sweep } from './mutate';

interface Arguments {
  readonly count: number;
  readonly seed: number;
  readonly minor: number;
  readonly out: string;
  readonly files: readonly string[];
}

/** Kinds that need a neighbour to be taken seriously, or that answer at once and are not stored. */
const SKIPPED = new Set(['Binding', 'TokenReview', 'SubjectAccessReview']);

interface Disagreement {
  readonly kind: string;
  readonly name: string;
  readonly mutation: string;
  readonly server: string;
  readonly ours: readonly string[];
}

async function main({ count, seed, minor, out, files }: Arguments): Promise<void> {
  const api = apiOf(minor);
  const server = ApiServer.fromKubeconfig(process.env.KUBECONFIG ?? '');
  await server.create(
    '/api/v1/namespaces',
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'oracle' } },
    false,
  );
  const next = random(seed);
  const seeds = readSeeds(files).filter(
    (resource) =>
      (api.kind(resource.apiVersion, resource.kind) ?? customResourceProblems(resource)) !== undefined &&
      !SKIPPED.has(resource.kind),
  );

  const matrix = {
    'both accept': 0,
    'both refuse': 0,
    'server refuses, we accept': 0,
    'server accepts, we refuse': 0,
    'not comparable': 0,
  };
  const wrong: Disagreement[] = [];
  const good = await valid(server, seeds, minor);
  console.log(`${seeds.length} seeds, of which the server takes ${good.length}`);

  // First each field of each seed is taken away and emptied, and each name spoiled; then chance has it.
  const planned = [...good].flatMap((base) =>
    (base.source.file.endsWith('schema-seeds.yaml') ? sweep(base.object) : []).map((mutation) => ({
      base,
      ...mutation,
    })),
  );
  if (count > 0) console.log(`${planned.length} mutations in order, ${count} at random`);
  const work = async (): Promise<void> => {
    for (;;) {
      const plan = planned.pop();
      if (!plan && count-- <= 0) return;
      const base = plan?.base ?? good[Math.floor(next() * good.length)];
      if (!base) return;
      const { object, what } = plan ?? mutate(base.object, api.kind(base.apiVersion, base.kind)?.definition, next);
      const resource = new Resource(object, base.source, base.document);
      const theirs = await server.judge(resource, minor);
      const ours = ourProblems(resource, minor);
      if (theirs.verdict === 'other') matrix['not comparable']++;
      else if (theirs.verdict === 'accepted' && ours.length === 0) matrix['both accept']++;
      else if (theirs.verdict === 'refused' && ours.length > 0) matrix['both refuse']++;
      else {
        matrix[theirs.verdict === 'accepted' ? 'server accepts, we refuse' : 'server refuses, we accept']++;
        wrong.push({ kind: base.kind, name: base.name, mutation: what, server: theirs.words, ours });
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  console.log(matrix);
  writeFileSync(out, JSON.stringify({ matrix, wrong }, null, 1));
}

function ourProblems(resource: Resource, minor: number): string[] {
  const problems = problemsAt(resource, minor) ?? customResourceProblems(resource) ?? [];
  return problems
    .filter(({ depends }) => depends === undefined)
    .map(({ topic, path, message: words }) => `${topic} ${pathText(path)}: ${words}`);
}

/** Our own render, the checks' fixed examples, and objects written for this; each in the namespace that the server has. */
function readSeeds(files: readonly string[]): Resource[] {
  const sources = [
    ...files.map((file) => ({ file, text: readFileSync(file, 'utf8') })),
    ...checks.map(({ id, example }) => ({ file: `${id}.yaml`, text: example.fixed })),
  ];
  return readSources(sources).resources.map((resource, i) => {
    const metadata = { ...record(resource.object['metadata']) };
    delete metadata['namespace'];
    // Names that the server has not yet; those with a meaning stay.
    if (
      string(metadata['name']) !== undefined &&
      ['Namespace', 'StorageClass', 'PriorityClass'].includes(resource.kind)
    )
      metadata['name'] = `o${i}-${String(metadata['name'])}`.slice(0, 60);
    return new Resource({ ...resource.object, metadata }, resource.source, resource.document);
  });
}

/** The seeds that a server takes as they are; the others tell of the seed, or of us. */
async function valid(server: ApiServer, seeds: readonly Resource[], minor: number): Promise<Resource[]> {
  const good: Resource[] = [];
  for (const seed of seeds) {
    const theirs = await server.judge(seed, minor);
    const ours = ourProblems(seed, minor);
    if (theirs.verdict === 'accepted') good.push(seed);
    if (theirs.verdict !== (ours.length ? 'refused' : 'accepted'))
      console.log(
        `seed ${seed.kind}/${seed.name} (${seed.source.file}): server ${theirs.verdict} ${theirs.words}; we: ${ours.join('; ') || 'nothing'}`,
      );
  }
  return good;
}

const [countText = '5000', seedText = '1', minorText = '35', out = 'oracle.json', ...files] = process.argv.slice(2);
void main({ count: Number(countText), seed: Number(seedText), minor: Number(minorText), out, files });
