import { text } from '../../model/setting';

/** How a workload serves its metrics. */
export interface MetricsOptions {
  /** @default '/metrics' */
  readonly path?: string;
  /** The name of the job that scrapes them, and so the label `job` of their series. @default - the workload's name */
  readonly job?: string;
}

/** A setting for the name of a job. */
export function scrapeJob(name: string) {
  return text(name, /^[\w.:/-]{1,253}$/, "a name of letters, digits and '_', '.', ':', '/' or '-'");
}
