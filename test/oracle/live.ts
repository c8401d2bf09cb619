/**
 * A real cluster as the oracle of `reducedLive`: objects are applied, half of them by server-side apply and half as kubectl did before, the
 * controllers are given time, and what the cluster then has is reduced: it must be the manifest again, with `managedFields` and without.
 *
 *   STRATA_TEST_CLUSTER=path/to/cluster npm run oracle:live -- [SECONDS] [SEED] [OUT] [KEEP]
 *
 * KEEP is a file into which one object of each kind goes as the cluster has it: test/upstream/kubernetes/live-35.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { readSources } from '../../manifests/reading/read';
import type { Json } from '../../manifests/resource';
import { record, string } from '../../manifests/resource';
import { withDefaults } from '../../upstream/kubernetes/defaults';
import { reducedLive } from '../../upstream/kubernetes/live';
import { apiOf, type Kind } from '../../upstream/kubernetes/model';
import { oneFormOf } from '../../upstream/kubernetes/one-form';
import { ApiServer } from './api-server';
import { differences } from './defaults-cases';

async function main(minor: number, seconds: number, out: string, keep: string, files: readonly string[]) {
  const server = ApiServer.fromKubeconfig(process.env.KUBECONFIG ?? '');
  const oracle = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'oracle' } };
  await server.create('/api/v1/namespaces', oracle, false);
  const applied = new Map<string, { readonly wanted: Json; readonly kind: Kind }>();
  const refused: string[] = [];
  for (const { object, apiVersion, kind: name } of readSources(
    files.map((file) => ({ file, text: readFileSync(file, 'utf8') })),
  ).resources) {
    const kind = apiOf(minor).kind(apiVersion, name);
    if (!kind || /Review$|^(Binding|Event|Pod)$/.test(name)) continue;
    const path = pathOf(object, kind);
    if (applied.has(path)) continue;
    const { status, body } =
      applied.size % 2 === 0
        ? await server.apply(path, object)
        : await server.create(
            `${path.slice(0, path.lastIndexOf('/'))}`,
            asKubectlCreates(object),
            false,
            'kubectl-client-side-apply',
          );
    if (status < 300) applied.set(path, { wanted: object, kind });
    else if (status !== 409) refused.push(`${path}: ${String(body['message'])}`);
  }
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const wrong: { readonly path: string; readonly shown: boolean; readonly lines: string[] }[] = [];
  const kept = new Map<string, { readonly live: Json; readonly wanted: Json }>();
  for (const [path, { wanted, kind }] of applied) {
    const live = await server.get(path);
    kept.set(kind.kind, { live, wanted });
    const { managedFields: _hidden, ...metadata } = { ...record(live['metadata']) };
    for (const printed of [live, { ...live, metadata }]) {
      const [ours, theirs] = [reducedLive(printed, wanted, minor), wanted].map((object) =>
        placeless(oneFormOf(withDefaults(object, minor), kind.definition)),
      );
      if (isDeepStrictEqual(ours, theirs)) continue;
      const lines = differences(theirs, ours, '');
      wrong.push({ path, shown: printed === live, lines });
    }
  }
  console.log(
    `1.${minor}: ${applied.size} objects of ${kept.size} kinds, ${refused.length} refused, ${wrong.length} not the manifest again`,
  );
  writeFileSync(out, JSON.stringify({ wrong, refused }, null, 1));
  if (keep !== '') writeFileSync(keep, `${JSON.stringify([...kept.values()], null, 1)}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

function asKubectlCreates(object: Json): Json {
  const metadata = record(object['metadata']) ?? {};
  const annotations = {
    ...record(metadata['annotations']),
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object),
  };
  return { ...object, metadata: { ...metadata, annotations } };
}

function placeless(object: Json): Json {
  const { namespace: _placed, ...metadata } = { ...record(object['metadata']) };
  return { ...object, metadata };
}

function pathOf(object: Json, { apiVersion, namespaced, plural }: Kind): string {
  const metadata = record(object['metadata']) ?? {};
  const namespace = namespaced ? `/namespaces/${string(metadata['namespace']) ?? 'oracle'}` : '';
  return `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}${namespace}/${plural}/${string(metadata['name']) ?? ''}`;
}

const [minor = '35', seconds = '10', , out = 'oracle.json', keep = '', ...files] = process.argv.slice(2);
void main(Number(minor), Number(seconds), out, keep, files);
