import { StrataError } from '../../model/errors';
import { checkWhole } from '../../model/quantity';
import { text } from '../../model/setting';
import type { EndPort, MetricsSubject, RequestMetrics, ServedMetrics } from './flow';
import { labelMatchersProblem, matchingProblem } from './promql';

/** How a workload serves its metrics. */
export interface MetricsOptions {
  /** @default '/metrics' */
  readonly path?: string;
  /** The name of the job that scrapes them, and so the label `job` of their series. @default - the workload's name */
  readonly job?: string;
  /** What the series are about: which labels they get when they are scraped. @default 'pod' */
  readonly about?: MetricsSubject;
  /**
   * Names of the metrics, with `*` at the end for all that begin so. They stand in the annotation `strata/metrics` of the workload, by which
   * `strata verify` knows what rules and dashboards may ask for. @default - nothing is said of them
   */
  readonly exposes?: readonly string[];
  /**
   * How many series each pod exposes in use, about: a number that was looked at (`scrape_samples_scraped`). It stands in the annotation
   * `strata/series`, by which `strata plan series` knows what Prometheus needs. @default - nobody says; that plan says so
   */
  readonly series?: number;
  /** Which of the metrics count requests: objectives, rules and dashboards are made of them. @default - none */
  readonly requests?: RequestMetrics;
}

/** A setting for the name of a job. */
export function scrapeJob(name: string) {
  return text(name, /^[\w.:/-]{1,253}$/, "a name of letters, digits and '_', '.', ':', '/' or '-'");
}

/** Metrics that pods serve at a port; a name that no job can have is refused. */
export function metricsAt(port: EndPort, options: MetricsOptions): ServedMetrics {
  const { app } = port.workload;
  const { path = '/metrics', job = app, about = 'pod', exposes = [], series, requests } = options;
  const problem = scrapeJob(app).problem(job);
  if (problem !== undefined)
    throw new StrataError(`workload ${app}`, `serves metrics as the job ${JSON.stringify(job)}, which is ${problem}`, [
      "use a name such as 'redis-exporter'",
    ]);
  if (series !== undefined) checkWhole(`workload ${app}, series`, series, 0);
  if (requests) checkRequests(`workload ${app}, requests of its metrics`, requests);
  return { port, path, job, about, exposes, series, requests };
}

/** Rules and dashboards are made of these words: a mistake would be in each of them. */
function checkRequests(place: string, { total, failed, duration, counted }: RequestMetrics): void {
  const refuse = (problem: string, fix: string): never => {
    throw new StrataError(place, problem, [fix]);
  };
  for (const [field, name] of [
    ['total', total],
    ['duration.metric', duration?.metric ?? total],
  ] as const)
    if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name))
      refuse(
        `${field} is ${JSON.stringify(name)}, which is no name of a metric`,
        "write one such as 'http_requests_total'",
      );
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(failed.label))
    refuse(
      `failed.label is ${JSON.stringify(failed.label)}, which is no name of a label`,
      "write one such as 'status'",
    );
  const regex = matchingProblem(failed.regex, failed.example);
  if (regex !== undefined)
    refuse(
      `failed.regex is ${JSON.stringify(failed.regex)}: ${regex}`,
      "write a regular expression of the whole value, such as '5..', and a value that it matches",
    );
  const matchers = counted === undefined ? undefined : labelMatchersProblem(counted);
  if (matchers !== undefined)
    refuse(`counted is ${JSON.stringify(counted)}: ${matchers}`, `write label matchers such as 'route!="/healthz"'`);
}
