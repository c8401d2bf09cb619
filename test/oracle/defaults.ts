/**
 * The API server as the oracle of what is filled in: objects with fields taken away, emptied and added at random are sent as a dry run,
 * half of them by creation and half by server-side apply, and what comes back is compared with `withDefaults`.
 *
 *   STRATA_TEST_CLUSTER=path/to/cluster npm run oracle:defaults -- [OBJECTS] [SEED] [OUT] [KEEP]
 *
 * KEEP is a file into which the answers to the first cases of the seeds alone go: test/upstream/kubernetes/defaults-35.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { checks } from '../../checks/registry';
import type { Json, Source } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import { withoutAllocated } from '../../upstream/kubernetes/allocated';
import { withDefaults } from '../../upstream/kubernetes/defaults';
import type { Kind } from '../../upstream/kubernetes/model';
import { ApiServer } from './api-server';
import { type Case, casesOf, madeOf, ownMadeOf, seedsOf } from './defaults-cases';

async function main(minor: number, count: number, seed: number, out: string, keep: string, files: readonly string[]) {
  const server = ApiServer.fromKubeconfig(process.env.KUBECONFIG ?? '');
  const oracle = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'oracle' } };
  await server.create('/api/v1/namespaces', oracle, false);
  const written = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  if (keep !== '')
    return keepAnswers(
      server,
      minor,
      seed,
      keep,
      written.filter(({ file }) => file.includes('-seeds.')),
    );
  const examples = checks.map(({ id, example }) => ({ file: `${id}.yaml`, text: example.fixed }));
  const seeds = await accepted(server, seedsOf([...written, ...examples], minor), minor);
  const next = casesOf(seeds, seed);
  const tally = { same: 0, different: 0, refused: 0 };
  const kinds: Record<string, number> = {};
  const wrong: { readonly what: string; readonly written: Json; readonly server: string[]; readonly ours: string[] }[] =
    [];
  let asked = 0;
  const work = async (): Promise<void> => {
    while (tally.same + tally.different < count) {
      const one = next();
      const theirs = await ask(server, one, minor, asked++ % 2 === 0);
      if (!theirs) {
        tally.refused++;
        continue;
      }
      const ours = ownMadeOf(one, minor);
      const only = (these: string[], those: string[]) => these.filter((line) => !those.includes(line));
      const apart = only(theirs, ours);
      if (apart.length === 0 && only(ours, theirs).length === 0) {
        kinds[one.kind.kind] = (kinds[one.kind.kind] ?? 0) + 1;
        tally.same++;
        continue;
      }
      tally.different++;
      wrong.push({
        what: `${one.kind.kind}: ${one.what}`,
        written: one.object,
        server: apart,
        ours: only(ours, theirs),
      });
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  console.log(`${seeds.length} seeds of ${Object.keys(kinds).length} kinds on 1.${minor}`, tally, kinds);
  writeFileSync(out, JSON.stringify({ tally, wrong }, null, 1));
  if (tally.different > 0) process.exitCode = 1;
}

/** What the server makes of an object; undefined where it refuses it. */
async function ask(server: ApiServer, one: Case, minor: number, apply: boolean): Promise<string[] | undefined> {
  const name = string(record(one.object['metadata'])?.['name']);
  // The admission plugin LimitRanger gives those without a name one.
  if (one.kind.kind === 'LimitRange' && !name) return undefined;
  const path = pathOf(one.kind);
  const { status, body } =
    apply && name ? await server.apply(`${path}/${name}`, one.object, true) : await server.create(path, one.object);
  return status < 300 ? madeOf(one, minor, withoutAllocated(body, withDefaults(one.object, minor))) : undefined;
}

function pathOf({ apiVersion, namespaced, plural }: Kind): string {
  return `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}${namespaced ? '/namespaces/oracle' : ''}/${plural}`;
}

async function accepted(server: ApiServer, seeds: readonly Case[], minor: number): Promise<Case[]> {
  const good: Case[] = [];
  for (const seed of seeds) if (await ask(server, seed, minor, false)) good.push(seed);
  const kinds = (some: readonly Case[]) => new Set(some.map(({ kind }) => `${kind.apiVersion} ${kind.kind}`));
  const lost = [...kinds(seeds)].filter((kind) => !kinds(good).has(kind));
  if (lost.length > 0) console.log(`no object of ${lost.join(', ')} is taken by 1.${minor}`);
  return good;
}

/** Lines that the server filled in, and by case which of them; null where it refused. */
async function keepAnswers(server: ApiServer, minor: number, seed: number, file: string, sources: readonly Source[]) {
  const next = casesOf(seedsOf(sources, minor), seed);
  const lines: string[] = [];
  const answers: (string | null)[] = [];
  for (let kept = 0; kept < 150; ) {
    const one = next();
    const own = await ask(server, one, minor, answers.length % 2 === 0);
    if (own) kept++;
    answers.push(own ? own.map((line) => place(lines, line)).join(' ') : null);
  }
  writeFileSync(file, `${JSON.stringify({ minor, seed, lines, answers }, null, 1)}\n`);
}

function place(lines: string[], line: string): number {
  const at = lines.indexOf(line);
  return at >= 0 ? at : lines.push(line) - 1;
}

const [minor = '35', count = '2500', seed = '1', out = 'oracle.json', keep = '', ...files] = process.argv.slice(2);
void main(Number(minor), Number(count), Number(seed), out, keep, files);
