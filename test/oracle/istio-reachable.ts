/**
 * What Istio's own validation warns of (IST0130, IST0134 of istioctl analyze) as the oracle of `istio-rule-reachable`: rules and matches of a VirtualService
 * that no request meets. Rules that Istio calls unreachable (IST0130) we have to tell as well. Of matches that it calls ineffective (IST0134) it goes by the
 * prefixes alone: where we do not agree, or it does not, requests are asked: one that a rule takes, and no rule before it, shows that the rule is met.
 *
 *   npm run oracle:istio -- [COUNT] [SEED]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import rule from '../../checks/rules/references/istio-rule-reachable';
import { runChecks } from '../../checks/run';
import type { Json } from '../../manifests/resource';
import { list, Resource, record } from '../../manifests/resource';
import { istioCondition } from '../../simulate/routing/istio-matches';
import type { OutsideRequest } from '../../simulate/routing/request';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { random } from './mutate';

const [count = '3000', seed = '1', out = 'oracle-istio-reachable.json', oracle = ''] = process.argv.slice(2);
const next = random(Number(seed));
const any = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
const chance = (share: number) => next() < share;
const some = (share: number, fields: () => Json): Json => (chance(share) ? fields() : {});

const PATHS = ['/', '/a', '/a/', '/ab', '/b', '/A'];
const TEXTS = ['a', 'ab', 'b'];
const text = (): Json =>
  any<() => Json>([
    () => ({ exact: any(TEXTS) }),
    () => ({ prefix: any(TEXTS) }),
    () => ({ regex: any(['a.*', 'a|b']) }),
    () => ({}),
  ])();
const match = (): Json => ({
  ...some(0.8, () => ({
    uri: any<Json>([{ prefix: any(PATHS) }, { prefix: any(PATHS) }, { exact: any(PATHS) }, { regex: '/a.*' }]),
  })),
  ...some(0.08, () => ({ ignoreUriCase: true })),
  ...some(0.25, () => ({ headers: { [any(['x', 'y'])]: text() } })),
  ...some(0.08, () => ({ withoutHeaders: { x: { exact: any(TEXTS) } } })),
  ...some(0.2, () => ({ method: { exact: any(['GET', 'POST']) } })),
  ...some(0.1, () => ({ authority: any<Json>([{ prefix: 'a' }, { exact: 'a.test' }]) })),
  ...some(0.1, () => ({ queryParams: { q: text() } })),
  ...some(0.1, () => ({ port: any([80, 443]) })),
  ...some(0.1, () => ({ name: any(['one', 'two']) })),
});
const cases = Array.from(
  { length: Number(count) },
  (): Json => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      hosts: ['*.test'],
      gateways: ['edge/public'],
      http: Array.from({ length: 2 + Math.floor(next() * 3) }, () => ({
        ...some(0.9, () => ({ match: Array.from({ length: chance(0.7) ? 1 : 2 }, match) })),
        route: [{ destination: { host: 'web' } }],
      })),
    },
  }),
);
const answers = execFileSync(oracle, ['warnings'], {
  input: cases.map((each) => `${JSON.stringify(each)}\n`).join(''),
  maxBuffer: 1 << 30,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as readonly (readonly string[])[]);

/** `RULE.MATCH` of all matches that nobody meets; of a rule without matches `RULE.-`. */
function theirs(spec: Json, warnings: readonly (readonly string[])[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [type, ruleName = '', what = '', other = ''] of warnings) {
    const index = Number(ruleName.slice(1));
    if (type === 'VirtualServiceUnreachableRule') for (const place of placesIn(spec, index)) found.add(place);
    else if (Number(/#(\d+)$/.exec(other)?.[1]) !== index) found.add(`${index}.${matchIndex(spec, index, what)}`);
  }
  return found;
}

/** `#0`, `"name"`, and the same before ` of prefix …`. */
function matchIndex(spec: Json, index: number, said: string): number {
  const [name = ''] = said.split(' of prefix ');
  if (name.startsWith('#')) return Number(name.slice(1));
  return matchesOf(spec, index).findIndex((each) => JSON.stringify(each['name']) === name);
}

function matchesOf(spec: Json, index: number): readonly Json[] {
  return list(record(list(spec['http'])[index])?.['match']).map((each) => record(each) ?? {});
}

function placesIn(spec: Json, index: number): string[] {
  const matches = matchesOf(spec, index);
  return matches.length === 0 ? [`${index}.-`] : matches.map((_, j) => `${index}.${j}`);
}

function ours(object: Json, spec: Json): ReadonlySet<string> {
  const world = new World(
    [new Resource(object, { file: 'a.yaml', text: '' }, 0)],
    new Facts([], undefined, [], true),
    [],
  );
  return new Set(
    runChecks(world, [rule]).flatMap(({ path }) => {
      const [, index, own] = /^spec\.http\[(\d+)\](?:\.match\[(\d+)\])?$/.exec(path) ?? [];
      return own === undefined ? placesIn(spec, Number(index)) : [`${index}.${own}`];
    }),
  );
}

const REQUESTS: readonly OutsideRequest[] = [];
for (const method of ['GET', 'POST', 'PUT'])
  for (const host of ['a.test', 'ab.test', 'b.test'])
    for (const path of [...PATHS, '/a/b', '/abc', '/AB', '/A/b', '/Ab', '/c'])
      for (const query of ['', 'q=a', 'q=ab', 'q=b', 'q=c'])
        for (const x of [undefined, 'a', 'ab', 'b', 'c'])
          for (const y of [undefined, 'a', 'ab', 'b', 'c'])
            for (const port of [80, 443])
              (REQUESTS as OutsideRequest[]).push({
                ...{ method, host, path, query, port },
                headers: { ...(x === undefined ? {} : { x: [x] }), ...(y === undefined ? {} : { y: [y] }) },
              });

/** Whether some request is taken by a match, and by none of the rules before its own. */
function isMet(spec: Json, place: string): boolean {
  const [index, own] = place.split('.').map(Number) as [number, number];
  const condition = (each: Json) => {
    const takes = istioCondition(each);
    return (request: OutsideRequest) =>
      (each['port'] === undefined || each['port'] === request.port) && takes(request, request.path);
  };
  const at = matchesOf(spec, index);
  const takes = at.length === 0 ? () => true : condition(at[own]!);
  const before = Array.from({ length: index }, (_, i) => {
    const matches = matchesOf(spec, i).map(condition);
    return (request: OutsideRequest) => matches.length === 0 || matches.some((each) => each(request));
  });
  return REQUESTS.some((request) => takes(request) && !before.some((earlier) => earlier(request)));
}

const counts = { both: 0, ours: 0, theirs: 0, open: 0 };
const wrong: object[] = [];
for (const [i, object] of cases.entries()) {
  const spec = record(object['spec'])!;
  const [one, other] = [theirs(spec, answers[i]!), ours(object, spec)];
  for (const place of new Set([...one, ...other])) {
    const both = one.has(place) && other.has(place);
    const met = isMet(spec, place);
    if (both) counts.both++;
    else counts[other.has(place) ? 'ours' : 'theirs']++;
    // What several rules together take we do not tell.
    if (!other.has(place) && !met) counts.open++;
    const isRule = answers[i]!.some(
      ([type, at]) => type === 'VirtualServiceUnreachableRule' && at === `#${place.split('.')[0]}`,
    );
    if (other.has(place) ? met : isRule) wrong.push({ place, met, theirs: answers[i], spec });
  }
}
writeFileSync(out, JSON.stringify(wrong, null, 1));
console.log(
  `${cases.length} VirtualServices: ${counts.both} matches that both tell, ${counts.ours} that we alone do, ${counts.theirs} that Istio alone does (of ${counts.theirs - counts.open} a request shows that they are met); ${wrong.length} that are met and we tell, or unreachable and we do not`,
);
for (const each of wrong.slice(0, 6)) console.log(JSON.stringify(each));
process.exitCode = wrong.length > 0 ? 1 : 0;
