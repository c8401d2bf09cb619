import { areWordsOpen, flagValues, isFlagGiven, namesFlag, wordsOf } from '../../../manifests/flags';
import { runsProgram } from '../../../manifests/programs';
import type { Path } from '../../../manifests/resource';
import { list, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { someNames } from '../../../model/errors';
import { usesOf } from '../../../simulate/monitoring/metric-chains';
import type { StatedResource } from '../../../upstream/kube-state-metrics/series';
import { allowlistOf, isListedInCluster, statedBy, statedLabel } from '../../../upstream/kube-state-metrics/series';
import type { Matcher } from '../../../upstream/prometheus/query';
import { askedLabels, queryOf, selectionsOf, syntaxNodes } from '../../../upstream/prometheus/query';
import { metricsAdaptersOf } from '../../../world/metrics-adapters';
import { allows, areAllGrants, grantsOf } from '../../../world/rights';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (keys: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: kube-state-metrics, namespace: monitoring }
spec:
  selector: { matchLabels: { app: kube-state-metrics } }
  template:
    metadata: { labels: { app: kube-state-metrics } }
    spec:
      containers:
        - name: kube-state-metrics
          image: registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.19.1
          args: ['--metric-labels-allowlist=pods=[${keys}]']
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: teams, namespace: monitoring }
spec:
  groups: [{ name: teams, rules: [{ record: 'team:pods:count', expr: count by (label_team) (kube_pod_labels) }] }]
`;

export default check({
  id: 'allowlist-covers',
  group: 'monitoring',
  description:
    'kube-state-metrics lists the objects, series and labels that rules and dashboards ask for, and may read them',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://github.com/kubernetes/kube-state-metrics/blob/v2.19.1/docs/developer/cli-arguments.md',
  fix: 'add what is asked for to --resources, --metric-allowlist, --metric-labels-allowlist or --metric-annotations-allowlist of kube-state-metrics, or to its ClusterRole',
  example: {
    broken: manifests('app'),
    fails: ['Deployment/monitoring/kube-state-metrics spec.template.spec.containers[0].args[0]'],
    fixed: manifests('team'),
  },
  *judge(world) {
    const programs = world.workloads.flatMap((workload) =>
      workload.running
        .filter((container) => runsProgram(container, 'kube-state-metrics'))
        .map((container): Program => ({ workload, container, words: wordsOf(container) })),
    );
    // A file may say the same as arguments.
    if (programs.some(({ words }) => areWordsOpen(words) || isFlagGiven(words, 'config'))) return;
    const [first] = programs;
    if (!first) return;
    const problems = new Map<string, { readonly problem: Problem; readonly by: Set<string> }>();
    for (const need of needsOf(world)) {
      const found = programs.map((program) => problemOf(world, program, need));
      // Several share the work, by shards or by kinds.
      if (found.includes(undefined)) continue;
      const problem = found[0]!;
      const known = problems.get(problem.text) ?? { problem, by: new Set() };
      known.by.add(need.by);
      problems.set(problem.text, known);
    }
    for (const { problem, by } of problems.values())
      yield {
        resource: first.workload.resource,
        path: problem.path,
        value: first.workload.resource.at(problem.path),
        message: `${someNames([...by], 4)} ${by.size === 1 ? 'asks' : 'ask'} for ${problem.text}: ${problem.consequence}`,
      };
  },
});

interface Program {
  readonly workload: WorkloadManifest;
  readonly container: Container;
  readonly words: readonly string[];
}

/** A series of objects that somebody asks for, with the labels that are taken from the objects themselves. */
interface Need {
  readonly metric: string;
  readonly of: StatedResource;
  /** `label_team`, of `kube_…_labels` and `kube_…_annotations` alone. */
  readonly labels: readonly string[];
  /** The namespaces whose objects are asked for. @default - those of any */
  readonly namespaces: readonly string[] | undefined;
  readonly by: string;
}

interface Problem {
  readonly text: string;
  readonly consequence: string;
  readonly path: Path;
}

function* needsOf(world: World): Iterable<Need> {
  const adapted = metricsAdaptersOf(world).flatMap(({ custom, external }) =>
    [...custom, ...external].map(({ seriesQuery }) => ({ expr: seriesQuery, name: 'a rule of prometheus-adapter' })),
  );
  for (const { expr, name } of [...usesOf(world), ...adapted]) {
    const query = queryOf(expr);
    const metrics = new Set(selectionsOf(query).flatMap(({ metric }) => metric ?? []));
    const ofObjects = [...metrics].filter((metric) => /_(labels|annotations)$/.test(metric) && statedBy(metric));
    for (const metric of metrics) {
      const of = statedBy(metric);
      if (!of) continue;
      const prefix = metric.endsWith('_annotations') ? 'annotation' : 'label';
      // Of several such series nobody knows which label is whose, but by what is asked of it itself.
      const isAlone = ofObjects.length === 1 && ofObjects[0] === metric;
      const own = selectionsOf(query).filter((selection) => selection.metric === metric);
      const asked = isAlone
        ? [...expr.matchAll(new RegExp(`(?<![\\w:])${prefix}_(?!replace\\b|join\\b)\\w+`, 'g'))].map(([label]) => label)
        : own
            .flatMap(({ node }) =>
              syntaxNodes(node, 'UnquotedLabelMatcher').map((matcher) => query.text.slice(matcher.from, matcher.to)),
            )
            .flatMap((matcher) => /^\w+/.exec(matcher)?.[0] ?? [])
            .filter((label) => label.startsWith(`${prefix}_`));
      const labels = /_(labels|annotations)$/.test(metric) ? [...new Set(asked)] : [];
      const places = own.map((selection) => namespacesAsked(askedLabels(selection, query)));
      for (const namespaces of new Map(places.map((each) => [each?.join(), each])).values())
        yield { metric, of, labels, namespaces, by: name };
    }
  }
}

/** `namespace="shop"` or `namespace=~"shop|till"`. */
function namespacesAsked(asked: readonly Matcher[]): readonly string[] | undefined {
  const { operator = '', value = '' } = asked.find(({ label }) => label === 'namespace') ?? {};
  const isPlain = operator === '=' || (operator === '=~' && /^[a-z0-9-]+(\|[a-z0-9-]+)*$/.test(value));
  return isPlain && value !== '' ? value.split('|') : undefined;
}

function problemOf(world: World, program: Program, need: Need): Problem | undefined {
  return (
    resourceProblem(program, need) ??
    namespaceProblem(program, need) ??
    seriesProblem(program, need) ??
    labelsProblem(program, need) ??
    rightsProblem(world, program, need)
  );
}

const EMPTY = 'the query returns nothing';

/** The argument that says it, or the container that does not. */
function placeOf({ container }: Program, flag: string): Path {
  for (const field of ['args', 'command']) {
    const i = list(container.json[field]).findIndex((word) => typeof word === 'string' && namesFlag(word, flag));
    if (i >= 0) return [...container.path, field, i];
  }
  return container.json['args'] === undefined ? container.path : [...container.path, 'args'];
}

function resourceProblem(program: Program, { metric, of }: Need): Problem | undefined {
  const given = flagValues(program.words, 'resources').flatMap((value) => value.split(',').map((name) => name.trim()));
  const isListed = given.length > 0 ? given.includes(of.resource) : of.byDefault;
  if (isListed !== false) return undefined;
  const why = given.length > 0 ? 'by --resources it does not list' : 'without --resources it does not list';
  return {
    text: metric,
    consequence: `${why} ${of.resource}: ${EMPTY}`,
    path: placeOf(program, 'resources'),
  };
}

/** It lists the objects of the namespaces of `--namespaces` alone, and none of those of `--namespaces-denylist`. */
function namespaceProblem(program: Program, { metric, of, namespaces }: Need): Problem | undefined {
  if (namespaces === undefined || isListedInCluster(of.resource)) return undefined;
  const given = (flag: string) =>
    flagValues(program.words, flag)
      .flatMap((value) => value.split(','))
      .map((each) => each.trim())
      .filter(Boolean);
  const [watched, denied] = [given('namespaces'), given('namespaces-denylist')];
  // Both hold: the one makes a store for each, the other leaves them out of each list (`runKubeStateMetrics` in pkg/app/server.go).
  const isListed = (name: string) => watched.length === 0 || watched.includes(name);
  const isWatched = (name: string) => isListed(name) && !denied.includes(name);
  const flag = namespaces.some(isListed) ? 'namespaces-denylist' : 'namespaces';
  if (namespaces.some(isWatched)) return undefined;
  return {
    text: `${metric} of namespace ${namespaces.join(', ')}`,
    consequence: `by --${flag} it does not watch ${namespaces.length > 1 ? 'any of them' : 'it'}: ${EMPTY}`,
    path: placeOf(program, flag),
  };
}

/** Expressions are found anywhere in a name: `pkg/allowdenylist`. */
function seriesProblem(program: Program, { metric }: Need): Problem | undefined {
  for (const [flag, isAllowing] of [
    ['metric-allowlist', true],
    ['metric-denylist', false],
  ] as const) {
    const patterns = flagValues(program.words, flag).flatMap((value) => value.split(',').map((each) => each.trim()));
    if (patterns.length === 0) continue;
    const names = [metric, metric.replace(/_(bucket|sum|count)$/, '')];
    const matching = patterns.map((pattern) => {
      try {
        const read = new RegExp(pattern);
        return names.some((name) => read.test(name));
      } catch {
        return undefined;
      }
    });
    if (matching.includes(undefined) || matching.includes(true) === isAllowing) continue;
    return {
      text: metric,
      consequence: `--${flag} ${isAllowing ? 'does not allow' : 'takes away'} it: ${EMPTY}`,
      path: placeOf(program, flag),
    };
  }
  return undefined;
}

function labelsProblem(program: Program, { metric, of, labels }: Need): Problem | undefined {
  const kind = metric.endsWith('_labels') ? 'label' : metric.endsWith('_annotations') ? 'annotation' : undefined;
  if (kind === undefined) return undefined;
  const flag = kind === 'label' ? 'metric-labels-allowlist' : 'metric-annotations-allowlist';
  const allowed = allowlistOf(flagValues(program.words, flag));
  const keys = allowed.get(of.resource) ?? allowed.get('*') ?? [];
  const path = placeOf(program, flag);
  if (keys.length === 0)
    return {
      text: metric,
      consequence: `--${flag} names no ${kind}s of ${of.resource}, and without any there is no such series: ${EMPTY}`,
      path,
    };
  if (keys[0] === '*') return undefined;
  const shown = keys.map((key) => statedLabel(kind, key));
  const [missing] = labels.filter((label) => !shown.includes(label));
  if (missing === undefined) return undefined;
  return {
    text: `${missing} of ${metric}`,
    consequence: `--${flag} allows ${of.resource}=[${keys.join(',')}], so the series has no such label and what is grouped or selected by it is empty`,
    path,
  };
}

/** It lists and watches each kind: in the namespaces of `--namespaces` or in all, and what stands in none in the cluster. */
function rightsProblem(world: World, { workload, words }: Program, { metric, of }: Need): Problem | undefined {
  const account = string(workload.podSpec['serviceAccountName']) || 'default';
  const grants = grantsOf(world, workload.namespace, account);
  const named = flagValues(words, 'namespaces')
    .flatMap((value) => value.split(','))
    .filter(Boolean);
  const places = named.length > 0 && !isListedInCluster(of.resource) ? named : [undefined];
  const verbs = ['list', 'watch'];
  const isRefused = places.some(
    (namespace) => allows(grants, { group: of.group, resource: of.resource, verbs, namespace }) === 'no',
  );
  if (!isRefused || !areAllGrants(world, workload.namespace, grants)) return undefined;
  const what = of.group === '' ? of.resource : `${of.resource}.${of.group}`;
  const path = [...workload.podSpecPath, 'serviceAccountName'];
  return {
    text: metric,
    consequence: `ServiceAccount ${workload.namespace}/${account} of kube-state-metrics may not list and watch ${what}: ${EMPTY}`,
    path: workload.resource.at(path) === undefined ? workload.podSpecPath : path,
  };
}
