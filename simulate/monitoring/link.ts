import type { Path, Resource } from '../../manifests/resource';

/** One link of the chain from a metric in a program to whoever is told or looks: what it is, where it stands, and what it hangs on. */
export interface Link {
  /** `rule slo:requests:rate5m records it`. */
  readonly text: string;
  /** Where it is stated. @default - nowhere: a series, or a component of the cluster */
  readonly at?: { readonly resource: Resource; readonly path: Path };
  /** What of a file it is: the name of the job, rule or receiver in it, and values by which something is said of it. @default - all that stands at its place */
  readonly names?: readonly string[];
  /** An object of which whatever is said with one of the names is about this link, too: the program that exposes a series. @default - none */
  readonly of?: Resource;
  /** Why it breaks, or why nobody can tell whether it holds. @default - it holds */
  readonly problem?: { readonly verdict: 'breaks' | 'unknown'; readonly reason: string };
  readonly links: readonly Link[];
}

export function breaks(reason: string): Pick<Link, 'problem'> {
  return { problem: { verdict: 'breaks', reason } };
}

export function unknown(reason: string): Pick<Link, 'problem'> {
  return { problem: { verdict: 'unknown', reason } };
}
