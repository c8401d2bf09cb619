import type { Json, Path, Resource } from '../../manifests/resource';
import { list, record, string, strings } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { isComponentMetric } from '../../upstream/kubernetes/component-metrics';
import { scalarText } from '../../upstream/prometheus/form';
import type { Selection } from '../../upstream/prometheus/query';
import { queryOf, selectionsOf } from '../../upstream/prometheus/query';
import { resultLabels } from '../../upstream/prometheus/result-labels';
import { readContent } from '../../upstream/prometheus/yaml';
import type { ConfiguredPrometheus } from '../../world/prometheus';
import { configuredPrometheuses } from '../../world/prometheus';
import type { World } from '../../world/world';
import { networkOf } from '../network/network';
import type { ScrapeFlow } from '../network/scrapes';
import { scrapesOf } from '../network/scrapes';
import { annotatedMetrics, declares } from './exposers';

/** An expression that somebody relies on. */
export interface Use {
  readonly resource: Resource;
  readonly path: Path;
  readonly expr: string;
  /** What it is: `alert WebFails`, `dashboard web.json`. */
  readonly name: string;
  /** The panel of a dashboard, where it has a title. */
  readonly place?: string | undefined;
  readonly recorded: string | undefined;
  /** What the rule sets on its series. @default - nothing */
  readonly labels?: Labels;
  /** Whether a range in it is a variable of a dashboard, which Grafana makes as long as the panel and the scrapes need. @default false */
  readonly hasOpenRange?: boolean;
  /** The interval of the group that the rule stands in, as it is written. @default - the evaluation interval of its Prometheus */
  readonly every?: string | undefined;
  /** The Prometheus that computes it, where that is known. */
  readonly prometheus: ConfiguredPrometheus | undefined;
}

/** The expressions of all rules and dashboards; those that Prometheus refuses are another check's. */
export const usesOf = memo((world: World): readonly Use[] =>
  [...readRules(world), ...readDashboards(world)].filter(({ expr }) => queryOf(expr).problems.length === 0),
);

function* readRules(world: World): Iterable<Use> {
  for (const resource of world.of('PrometheusRule')) {
    for (const { at, ...rule } of rulesIn(resource.at(['spec', 'groups'])))
      yield { ...rule, resource, path: ['spec', 'groups', ...at, 'expr'], prometheus: undefined };
  }
  for (const prometheus of configuredPrometheuses(world)) {
    for (const { resource, path, content } of prometheus.rules)
      for (const { at: _, ...rule } of rulesIn(record(content)?.['groups']))
        yield { ...rule, resource, path, prometheus };
  }
}

function* rulesIn(
  groups: unknown,
): Iterable<Pick<Use, 'expr' | 'name' | 'recorded' | 'labels' | 'every'> & { readonly at: Path }> {
  for (const [i, group] of list(groups).entries()) {
    for (const [j, entry] of list(record(group)?.['rules']).entries()) {
      const rule = record(entry);
      const expr = string(rule?.['expr']);
      const recorded = string(rule?.['record']);
      if (expr)
        yield {
          at: [i, 'rules', j],
          expr,
          recorded,
          labels: { ...strings(record(group)?.['labels']), ...strings(rule?.['labels']) },
          every: scalarText(record(group)?.['interval']) || undefined,
          name: recorded ? `rule ${recorded}` : `alert ${string(rule?.['alert']) ?? ''}`,
        };
    }
  }
}

/** Grafana's dashboards in ConfigMaps: its variables stand for what Prometheus never sees. */
function* readDashboards(world: World): Iterable<Use> {
  for (const resource of world.of('ConfigMap')) {
    for (const [key, content] of Object.entries(strings(resource.at(['data'])))) {
      if (!key.endsWith('.json') || !content.includes('"panels"') || !content.includes('"expr"')) continue;
      const seen = new Set<string>();
      for (const { expr, place } of exprsIn(readContent(content).content)) {
        if (seen.has(`${expr} ${place}`)) continue;
        seen.add(`${expr} ${place}`);
        yield {
          resource,
          path: ['data', key],
          expr: withoutVariables(expr).replace(/\$\{?__?\w+(?::\w+)?\}?|\[\[\w+\]\]|\$\w+|\$\{[^}]*\}/g, '5m'),
          hasOpenRange: /\[\s*[$[]/.test(expr),
          name: `dashboard ${key}`,
          place,
          recorded: undefined,
          prometheus: undefined,
        };
      }
    }
  }
}

/** `namespace=~"$namespace"`: a label that is compared with a variable of a dashboard, or with what it is a part of, may have any value. */
function withoutVariables(expr: string): string {
  return expr.replace(
    /([\w"]\s*)(=~|!~|!=|=)\s*(["'`])((?:(?!\3)[^\\]|\\.)*)\3/g,
    (matcher, label: string, operator: string, _quote, value: string) =>
      /\$\w|\$\{|\[\[\w+\]\]/.test(value) ? `${label}${operator.startsWith('!') ? '!=""' : '=~".+"'}` : matcher,
  );
}

/** Every expression with the title of the panel that it stands in. */
function* exprsIn(content: unknown): Iterable<{ readonly expr: string; readonly place: string | undefined }> {
  const open: { readonly value: unknown; readonly place: string | undefined }[] = [
    { value: content, place: undefined },
  ];
  while (open.length > 0) {
    const { value, place } = open.pop()!;
    if (value === null || typeof value !== 'object') continue;
    const expr = string((value as Json)['expr']);
    if (expr) yield { expr, place };
    for (const [key, inner] of Object.entries(value).reverse())
      for (const entry of key === 'panels' && Array.isArray(inner) ? inner.toReversed() : [inner])
        open.push({ value: entry, place: (key === 'panels' ? string(record(entry)?.['title']) : undefined) ?? place });
  }
}

/** How a series comes about, from what a query names back to the policies on the way to the pod that exposes it. */
export interface Chain {
  readonly selection: Selection;
  /** The rules that record it, each with the chains of its own expression. */
  readonly recordedBy: readonly { readonly rule: Use; readonly chains: () => readonly Chain[] }[];
  /** The job that is meant, where the query names one and the Prometheus is known. */
  readonly job: Job | undefined;
}

/** A job of a prometheus.yml. */
export interface Job {
  readonly name: string;
  readonly prometheus: ConfiguredPrometheus;
  /** Its targets inside the cluster: job → Service → port → pod. */
  readonly scrapes: readonly ScrapeFlow[];
  /** Those of them that policies certainly keep Prometheus from. */
  readonly blocked: readonly ScrapeFlow[];
}

/** Alert or dashboard → recording rules → metric → job → Service → port → policy. */
export function chainsOf(world: World, use: Use, above: readonly string[] = []): Chain[] {
  return selectionsOf(queryOf(use.expr)).map((selection) => {
    const { metric, equal } = selection;
    // A rule may read what it records itself, a moment ago.
    const rules = metric === undefined || above.includes(metric) ? [] : (recordings(world).get(metric) ?? []);
    return {
      selection,
      // Read when somebody goes on: rules that build on each other have very many chains.
      recordedBy: rules.map((rule) => ({ rule, chains: () => chainsOf(world, rule, [...above, metric!]) })),
      job: use.prometheus && equal['job'] !== undefined ? jobsOf(world, use.prometheus).get(equal['job']) : undefined,
    };
  });
}

/** The rules that record each series. */
export const recordings = memo((world: World): ReadonlyMap<string, readonly Use[]> => {
  const map = new Map<string, Use[]>();
  for (const use of usesOf(world)) if (use.recorded !== undefined) addTo(map, use.recorded, use);
  return map;
});

/** Labels that may be a Prometheus' own, which whoever reads several of them sees on each series. */
const EXTERNAL_LABEL = /^(cluster|prometheus|prometheus_replica|replica|region|zone|environment|env|tenant)$/;

/** Whether a rule may record a series with these labels: it sets them so, or its expression may have kept them. */
export function recordsWith({ expr, labels = {} }: Use, equal: Labels): boolean {
  const kept = resultLabels(queryOf(expr));
  return Object.entries(equal).every(([name, value]) => {
    if (labels[name] !== undefined) return labels[name] === value;
    // An empty value asks for a label that is not there.
    const isOther = name === '__name__' || EXTERNAL_LABEL.test(name) || value === '';
    return isOther || kept === undefined || kept.has(name);
  });
}

/** The jobs of a Prometheus by name. */
export const jobsOf = memo((world: World, prometheus: ConfiguredPrometheus): ReadonlyMap<string, Job> => {
  const { resource } = prometheus.configuration;
  const scrapes = scrapesOf(world).filter((scrape) => scrape.resource === resource);
  const network = networkOf(world);
  return new Map(
    scrapeConfigs(prometheus).flatMap((config): [string, Job][] => {
      const name = string(config['job_name']);
      if (!name) return [];
      const own = scrapes.filter(({ job }) => job === name);
      const blocked = own.filter(
        ({ sources, target }) =>
          sources.length > 0 &&
          sources.every(
            (source) =>
              network.verdictOn(source, network.endpointOf(target.workload), target.number)?.verdict === 'fail',
          ),
      );
      return [[name, { name, prometheus, scrapes: own, blocked }]];
    }),
  );
});

export function scrapeConfigs({ configuration }: ConfiguredPrometheus): readonly Json[] {
  return list(record(configuration.content)?.['scrape_configs']).flatMap((entry): Json[] => [record(entry) ?? {}]);
}

/** Whether a series' job can only be the name of one of these jobs: nothing gives it another. */
export function jobsAreKnown(prometheus: ConfiguredPrometheus): boolean {
  if (record(prometheus.configuration.content)?.['scrape_config_files'] !== undefined) return false;
  return scrapeConfigs(prometheus).every((config) => {
    if (config['honor_labels'] === true) return false;
    const relabeled = [...list(config['relabel_configs']), ...list(config['metric_relabel_configs'])].map(record);
    const given = list(config['static_configs']).some(
      (group) => record(record(group)?.['labels'])?.['job'] !== undefined,
    );
    return (
      !given &&
      !Object.keys(config).some((field) => field.endsWith('_sd_configs') && /^(file|http)_/.test(field)) &&
      !relabeled.some((entry) => entry?.['target_label'] === 'job' || entry?.['action'] === 'labelmap')
    );
  });
}

/** Series that Prometheus itself or widespread exporters expose. */
const WELL_KNOWN =
  /^(up|ALERTS|ALERTS_FOR_STATE|(?:scrape|go|process|promhttp|prometheus|alertmanager|net_conntrack|node|kube|probe)_\w+)$/;

/**
 * Undefined for a series that is declared, recorded or widespread. Else the declared series of its family, of which it is none; without
 * any, nobody says whether it is there.
 */
export function undeclaredAmong(world: World, metric: string): readonly string[] | undefined {
  if (WELL_KNOWN.test(metric) || isComponentMetric(metric) || recordings(world).has(metric)) return undefined;
  const declared = annotatedMetrics(world);
  if (declared.some((pattern) => declares(pattern, metric))) return undefined;
  const family = `${metric.split('_')[0]}_`;
  return declared.filter((pattern) => pattern.startsWith(family) && !pattern.endsWith('*'));
}
