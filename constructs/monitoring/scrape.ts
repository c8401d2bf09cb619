import { StrataError } from '../../model/errors';
import type { EndPort, FlowEnd, MetricsSubject } from '../core/flow';

export interface Scrape {
  /** Every pod behind it is scraped. */
  readonly port: EndPort;
  /** @default '/metrics' */
  readonly path?: string;
  /** The job's name, and so the label `job` of its series. @default - the name of the port's workload */
  readonly job?: string;
  /** What its series are about. @default 'pod' */
  readonly about?: MetricsSubject;
}

/** A scrape with all that is said of it. */
export interface FlowJob {
  readonly name: string;
  readonly path: string;
  readonly port: EndPort;
  readonly about: MetricsSubject;
  readonly workload: FlowEnd;
}

/** The job of Prometheus' own metrics. */
export const OWN_JOB = 'prometheus';

/** Jobs by their names; Prometheus takes no configuration with two of one name. */
export function flowJobs(scrapes: readonly Scrape[], reserved: Readonly<Record<string, string>> = {}): FlowJob[] {
  const taken = new Map<string, string>([[OWN_JOB, 'Prometheus itself'], ...Object.entries(reserved)]);
  return scrapes.map(({ port, path = '/metrics', job = port.workload.app, about = 'pod' }) => {
    const { workload, name } = port;
    const scraped = `${workload.namespace.name}/${workload.app} at port ${name}`;
    const other = taken.get(job);
    if (other !== undefined)
      throw new StrataError('prometheus scrapes', `the job ${job} would be ${other} and ${scraped}`, [
        `name the job of one of the two: servesMetrics('${name}', { job: '${workload.app}-${name}' })`,
        'scrape one of the two',
      ]);
    taken.set(job, scraped);
    return { name: job, path, port, about, workload };
  });
}
