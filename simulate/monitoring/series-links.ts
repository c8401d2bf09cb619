import type { Resource } from '../../manifests/resource';
import { list } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import type { WorkloadManifest } from '../../manifests/workload';
import { scalarText } from '../../upstream/prometheus/form';
import type { Selection } from '../../upstream/prometheus/query';
import { queryOf, selectionsOf } from '../../upstream/prometheus/query';
import { relabel } from '../../upstream/prometheus/relabel';
import { discoveredTargets } from '../../world/discovered-targets';
import { operatedBy } from '../../world/operated-pods';
import { SELECTED_KINDS, selectionsOfObject } from '../../world/operator-selection';
import { configuredPrometheuses } from '../../world/prometheus';
import { scrapesAsAccounts } from '../../world/scrape-rights';
import type { World } from '../../world/world';
import { networkOf } from '../network/network';
import type { Endpoint } from '../network/reach';
import type { ScrapeFlow } from '../network/scrapes';
import { scrapesOf } from '../network/scrapes';
import type { Exposer } from './exposers';
import { exposersOf, metricsOfWorkload } from './exposers';
import type { Link } from './link';
import { breaks, unknown } from './link';
import type { Use } from './metric-chains';
import { recordings, recordsWith } from './metric-chains';
import { pathOfSeries } from './pages';
import { prometheusReaders } from './prometheus-readers';
import { areStopped, isStopped } from './stopped';

/** Series that Prometheus itself makes of each scrape. */
const OF_SCRAPES = /^(up|scrape_\w+)$/;
/** Series of its alerts. */
const OF_ALERTS = /^ALERTS(_FOR_STATE)?$/;

/** What an expression reads, each series once, and how it comes about. */
export function linksOfExpression(world: World, expr: string, above: readonly string[] = []): Link[] {
  const seen = new Map<string, Link>();
  for (const selection of selectionsOf(queryOf(expr))) {
    const text = selectionText(selection);
    if (!seen.has(text)) seen.set(text, seriesLink(world, selection, text, above));
  }
  return [...seen.values()];
}

function seriesLink(world: World, selection: Selection, text: string, above: readonly string[]): Link {
  const { metric, equal } = selection;
  if (metric === undefined) return { text, links: [], ...unknown('it has no name, and may be any series') };
  // A rule may read what it records itself, a moment ago.
  if (above.includes(metric)) return { text, links: [] };
  return { text, ...linksOfMetric(world, metric, equal, above) };
}

/** How a series comes about: by rules, by scrapes of whoever exposes it, or not at all. `equal`: labels that are asked for. */
export function linksOfMetric(
  world: World,
  metric: string,
  equal: Labels = {},
  above: readonly string[] = [],
): Pick<Link, 'links' | 'problem'> {
  if (OF_ALERTS.test(metric)) return { links: [] };
  const { job } = equal;
  const all = recordings(world).get(metric) ?? [];
  const rules = all.filter((rule) => recordsWith(rule, equal));
  if (all.length > 0 && rules.length === 0)
    return {
      links: [],
      ...breaks(`the rules that record it set other labels than these, or keep none: ${JSON.stringify(equal)}`),
    };
  if (rules.length > 0) return { links: rules.map((rule) => ruleLink(world, rule, [...above, metric])) };
  if (OF_SCRAPES.test(metric)) return linksOfScrapes(world, job);
  const exposers = exposersOf(world, metric);
  // Of several programs that expose it those are meant that the job and the labels leave.
  const meant = exposers.filter((exposer) => isMeant(world, exposer, equal));
  const silent = scrapesOf(world).some(
    (scrape) =>
      job !== undefined && scrape.job === job && metricsOfWorkload(world, scrape.target.workload).length === 0,
  );
  if (exposers.length > 0 && meant.length === 0 && silent)
    return {
      links: linksOfScrapes(world, job).links,
      ...unknown(
        `the program of job ${job} does not say what it exposes: list its metrics in the annotation strata/metrics`,
      ),
    };
  if (exposers.length > 0)
    return {
      links: (meant.length > 0 ? meant : exposers).map((exposer) => exposerLink(world, exposer, metric, equal)),
    };
  if (metric.includes(':')) return { links: [], ...unknown('none of the rules here records it') };
  const { links } = linksOfScrapes(world, job);
  return {
    links: job === undefined ? [] : links,
    ...unknown('no workload here says that it exposes it: list its metrics in the annotation strata/metrics'),
  };
}

function ruleLink(world: World, rule: Use, above: readonly string[]): Link {
  return {
    text: `recorded by ${rule.name}`,
    at: rule,
    ...(rule.recorded === undefined ? {} : { names: [rule.recorded] }),
    links: linksOfExpression(world, rule.expr, above),
  };
}

/** `http_requests_total{job="web"}`, with what is asked for by equality. */
function selectionText({ metric = '', equal }: Selection): string {
  const matchers = Object.entries(equal).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(', ')}}`;
}

function exposerLink(world: World, exposer: Exposer, metric: string, equal: Labels): Link {
  const { job } = equal;
  if (exposer.of !== 'workload') return componentLink(world, exposer.of, metric, job);
  const { workload, statedBy } = exposer;
  const scrapes = scrapesOf(world).filter(({ target }) => target.workload === workload);
  const ofJob = scrapes.filter((scrape) => job === undefined || scrape.job === undefined || scrape.job === job);
  const name = world.idOf(workload.resource);
  const own = jobsOfItself(world, workload).filter((each) => job === undefined || each === job);
  const lost = ofJob.map((scrape) => ({ scrape, why: lossOf(scrape, metric, equal) }));
  // Another job may bring what one of them leaves out on purpose.
  const told = lost.some(({ why }) => why === undefined) ? lost.filter(({ why }) => why === undefined) : lost;
  return {
    text: statedBy ? `exposed by ${name}, which says so` : `exposed by ${name}, as its image tells`,
    at: { resource: statedBy ?? workload.resource, path: statedBy ? ['metadata', 'annotations'] : [] },
    // What its arguments and rights make of the series.
    ...{ names: [metric], of: workload.resource },
    links: [
      ...told.map(({ scrape, why }) => ({
        ...scrapeLink(world, scrape),
        ...(why === undefined ? {} : breaks(why)),
      })),
      ...own.map((each): Link => ({ text: `scraped by itself, job ${each}`, links: [] })),
    ],
    ...(isStopped(world, workload) ? breaks('it has replicas: 0, so no pod exposes anything') : {}),
    ...(ofJob.length + own.length > 0 ? {} : unscraped(world, world.isComplete(workload.namespace), scrapes, job)),
  };
}

/** Whether a program may be the one whose series are asked for: it is scraped by that job with those labels, or not at all. */
function isMeant(world: World, exposer: Exposer, equal: Labels): boolean {
  if (exposer.of !== 'workload') return true;
  const scrapes = scrapesOf(world).filter(({ target }) => target.workload === exposer.workload);
  const own = jobsOfItself(world, exposer.workload);
  const isJob = (job: string | undefined) => equal['job'] === undefined || job === undefined || job === equal['job'];
  if (own.some(isJob)) return true;
  return (
    scrapes.length + own.length === 0 ||
    scrapes.some((scrape) => isJob(scrape.job) && otherLabel(scrape, equal) === undefined)
  );
}

/** The jobs by which a Prometheus scrapes itself. */
function jobsOfItself(world: World, workload: WorkloadManifest): readonly string[] {
  return [
    ...prometheusReaders(world).flatMap((reader) => (reader.workload === workload ? (reader.own ?? []) : [])),
    ...discoveredTargets(world).flatMap((target) =>
      target.workload === workload && target.prometheus.workload === workload && target.isCertain ? [target.job] : [],
    ),
  ];
}

/** A label that the targets of a scrape have for certain, and with another value than is asked for. */
function otherLabel({ metricRelabelings, labels }: ScrapeFlow, equal: Labels): string | undefined {
  // What is done to its series may write any of them anew.
  const mayRewrite = (name: string) =>
    metricRelabelings.some(
      ({ action, target_label: to }) => to === name || String(to).includes('$') || /^label/i.test(String(action)),
    );
  return Object.entries(equal)
    .filter(([name, value]) => name !== 'job' && ![undefined, value].includes(labels?.get(name)) && !mayRewrite(name))
    .map(([name]) => name)[0];
}

/** Why the series, or one with the labels that are asked for, does not come out of `metric_relabel_configs`. */
function lossOf(scrape: ScrapeFlow, metric: string, equal: Labels): string | undefined {
  const { metricRelabelings, labels } = scrape;
  const other = otherLabel(scrape, equal);
  if (other !== undefined)
    return `its targets have the label ${other} ${labels?.get(other)}, and ${metric} is asked for with ${equal[other] || 'none'}`;
  if (metricRelabelings.length === 0) return undefined;
  const asked = Object.entries(equal).filter(([name, value]) => value !== '' && name !== '__name__');
  const given = new Map<string, string | undefined>([['__name__', metric], ...asked]);
  // A label of which nothing is said may have any value, and a rule may be about it.
  for (const rule of metricRelabelings)
    for (const source of [...list(rule['source_labels']).map(String), scalarText(rule['target_label']) ?? ''])
      if (source !== '' && !given.has(source)) given.set(source, undefined);
  const result = relabel(given, metricRelabelings);
  if (result === 'dropped') return `metric_relabel_configs drop ${metric}`;
  if (!result.isCertain) return undefined;
  const lost = [['__name__', metric] as const, ...asked].find(([label, value]) => {
    const left = result.labels.get(label);
    return !result.labels.has(label) || (left !== undefined && left !== value);
  });
  if (lost === undefined) return undefined;
  const [label] = lost;
  const left = result.labels.get(label);
  return `metric_relabel_configs ${left === undefined ? `drop the label ${label}` : `make the label ${label} ${left}`}, by which ${metric} is asked for`;
}

function unscraped(
  world: World,
  isAll: boolean,
  scrapes: readonly ScrapeFlow[],
  job: string | undefined,
): Pick<Link, 'problem'> {
  if (scrapes.length > 0) {
    const by = scrapes.map((each) => `job ${each.job} of ${world.idOf(each.resource)}`);
    return breaks(`it is scraped by ${[...new Set(by)].join(', ')}, and not by job ${job}`);
  }
  return isAll ? breaks('nothing scrapes it') : unknown('nothing here scrapes it');
}

function linksOfScrapes(world: World, job: string | undefined): Pick<Link, 'links' | 'problem'> {
  const links = scrapesOf(world)
    .filter((scrape) => job === undefined || scrape.job === job)
    .map((scrape) => scrapeLink(world, scrape));
  const components = [...scrapesAsAccounts(world)]
    .filter(({ by }) => job === undefined || nameOf(by) === job)
    .map(
      ({ resource, path, by, of, url }): Link => ({
        text: `${of} ${url} scraped by ${by}`,
        at: { resource, path },
        names: [nameOf(by)],
        links: [],
      }),
    );
  const found = [...links, ...components];
  return found.length > 0
    ? { links: found }
    : { links: [], ...unknown(job === undefined ? 'nothing here is scraped' : `no job ${job} is known here`) };
}

/** `job kubelet` is kubelet, `ServiceMonitor/shop/kubelet` too. */
function nameOf(by: string): string {
  return by.replace(/^.*[ /]/, '');
}

function componentLink(world: World, of: 'kubelet' | 'API server', metric: string, job: string | undefined): Link {
  const page = pathOfSeries(of, metric);
  const links = [...scrapesAsAccounts(world)]
    .filter((scrape) => scrape.of === of && scrape.url === page)
    .filter(({ by }) => job === undefined || nameOf(by) === job)
    .map(
      ({ resource, path, by, account }): Link => ({
        text: `scraped by ${by} as ServiceAccount ${account.namespace}/${account.name}`,
        at: { resource, path },
        names: [nameOf(by)],
        links: [],
      }),
    );
  return {
    text: `exposed by ${of === 'kubelet' ? 'every kubelet' : 'the API server'} at ${page}`,
    links,
    ...(links.length > 0 ? {} : unknown('nothing here scrapes it')),
  };
}

function scrapeLink(world: World, { resource, path, job, sources, sourceIsKnown, target }: ScrapeFlow): Link {
  const { workload, number } = target;
  return {
    text: `${world.idOf(workload.resource)} port ${number} scraped by job ${job ?? 'of a name that a relabeling writes'}, ${world.idOf(resource)}`,
    at: { resource, path },
    ...(job === undefined ? {} : { names: [job] }),
    links: selectionLinks(world, resource),
    ...(configuredPrometheuses(world).some(
      ({ workload: by, configuration, jobFiles }) =>
        [configuration, ...jobFiles].some((file) => file.resource === resource) && isStopped(world, by),
    )
      ? breaks('its Prometheus has replicas: 0, so nobody scrapes')
      : {}),
    ...(sourceIsKnown ? flowProblem(world, sources, workload, number, 'Prometheus') : {}),
  };
}

/** Which Prometheus objects select a monitor. */
function selectionLinks(world: World, monitor: Resource): Link[] {
  if (!SELECTED_KINDS.includes(monitor.kind)) return [];
  const selections = selectionsOfObject(world, monitor);
  const isTaken = selections.some(({ is }) => is === 'yes');
  if (selections.length === 0)
    return [{ text: 'selected by a Prometheus object', links: [], ...unknown('there is none here') }];
  return selections
    .filter(({ is }) => !isTaken || is === 'yes')
    .map(({ by, is, why }) => ({
      text: `selected by ${world.idOf(by)}`,
      at: { resource: by, path: ['spec', 'serviceAccountName'] },
      links: [],
      ...(is === 'no'
        ? breaks(`it ${why}`)
        : is === 'unknown'
          ? unknown(`it ${why}, and the labels there are not known`)
          : areStopped(world, operatedBy(world, by))
            ? breaks('it has replicas: 0, so nobody scrapes')
            : {}),
    }));
}

/** What keeps one of them from a port, if anything does. */
export function flowProblem(
  world: World,
  sources: readonly Endpoint[],
  workload: ScrapeFlow['target']['workload'],
  port: number,
  who: string,
): Pick<Link, 'problem'> {
  const network = networkOf(world);
  const to = network.endpointOf(workload);
  const verdicts = sources.map((source) => (source === to ? undefined : network.verdictOn(source, to, port)?.verdict));
  if (sources.length === 0 || verdicts.includes(undefined)) return {};
  const place = `${world.idOf(workload.resource)} port ${port}`;
  return verdicts.includes('unknown')
    ? unknown(`whether policies allow ${who} to connect to ${place} is not known`)
    : breaks(`policies do not allow ${who} to connect to ${place}`);
}
