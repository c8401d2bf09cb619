/**
 * The routes that istiod makes for the Envoy of a Gateway as the oracle of simulate/routing/istio-routing: which Services answer random requests,
 * with which shares, hosts and paths, and where copies go. With an OUT that ends with .txt what istiod says is written there, in a few signs for each set:
 * test/simulate/routing/istiod.txt.
 *
 *   npm run oracle:istio -- [COUNT] [SEED] [OUT]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Json } from '../../manifests/resource';
import type { Answer } from './istio-routes-answers';
import { digestOf, isSame, ownAnswers } from './istio-routes-answers';
import type { RouteRequest } from './istio-routes-cases';
import { routeSets, SERVICES } from './istio-routes-cases';

const [count = '400', seed = '1', out = 'oracle-istio-routes.json', oracle = ''] = process.argv.slice(2);
const sets = routeSets(Number(count), 40, Number(seed));

/** Services as Istio is told of them without a cluster. */
const entries: Json[] = Object.entries(SERVICES).map(([name, ports]) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name, namespace: 'shop' },
  spec: {
    hosts: [`${name}.shop.svc.cluster.local`],
    ports: ports.map((number) => ({ number, name: `http-${number}`, protocol: 'HTTP' })),
    resolution: 'STATIC',
    location: 'MESH_INTERNAL',
    endpoints: [{ address: '10.0.0.1' }],
  },
}));

const answers = execFileSync(oracle, {
  input: sets
    .map(({ objects, requests }) => `${JSON.stringify({ objects: [...entries, ...objects], requests })}\n`)
    .join(''),
  maxBuffer: 1 << 30,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as readonly Answer[]);

const counts = { backend: 0, lost: 0, redirect: 0, none: 0 };
const wrong: { request: RouteRequest; oracle: Answer; own: Answer; objects: readonly Json[] }[] = [];
for (const [i, set] of sets.entries())
  for (const [j, own] of ownAnswers(set).entries()) {
    const oracleAnswer = answers[i]![j]!;
    if (oracleAnswer.location !== undefined) counts.redirect++;
    else if (oracleAnswer.status !== undefined) counts.none++;
    else if (oracleAnswer.shares?.['503'] !== undefined) counts.lost++;
    else counts.backend++;
    if (!isSame(oracleAnswer, own))
      wrong.push({ request: set.requests[j]!, oracle: oracleAnswer, own, objects: set.objects });
  }
writeFileSync(
  out,
  out.endsWith('.txt')
    ? `${answers
        .map(digestOf)
        .join(' ')
        .replace(/(.{1,134}) /g, '$1\n')}\n`
    : JSON.stringify(wrong, null, 1),
);
console.log(
  `${sets.length} sets of routes, ${sets.length * 40} requests (${counts.backend} to backends, ${counts.lost} lost in part, ${counts.redirect} sent elsewhere, ${counts.none} answered by Envoy): ${wrong.length} that we tell otherwise`,
);
for (const each of wrong.slice(0, 4))
  console.log(JSON.stringify([each.request, each.oracle, each.own]), JSON.stringify(each.objects));
process.exitCode = wrong.length > 0 ? 1 : 0;
