/** Labels and annotations by which who writes manifests tells who reads them what an object is for. */

/**
 * The label of pods that says which service they are a version of. Pods have it from the first day: given later, it would replace those
 * that stand.
 */
export const SERVICE_LABEL = 'strata/service';

/**
 * The annotation of a further version, or of a Rollout, that says what its share is one of while a canary goes on: `requests`, which a route
 * deals out, or `pods`.
 */
export const SHARES_ANNOTATION = 'strata/shares-of';

/** The annotation of a workload that gets copies: `own`, or why it does no harm that it writes where the first version does. */
export const MIRRORED_STATE = 'strata/mirrored-state';

/** The annotation of a further version's Deployment with the share of its requests that fail, in PromQL: what to watch while people get it. */
export const ERROR_RATIO_ANNOTATION = 'strata/error-ratio';
/** The annotation with the share above which it is taken back. */
export const ERROR_RATIO_LIMIT_ANNOTATION = 'strata/error-ratio-limit';

/** The annotation of a workload or a Service that names the metrics that its pods expose: names, or beginnings with a star. */
export const METRICS_ANNOTATION = 'strata/metrics';
/** The annotation of a workload that says how many series each of its pods exposes. */
export const SERIES_ANNOTATION = 'strata/series';

/** The label by which Argo Rollouts tells the pods of one revision from those of others; it adds it to selectors and subsets. */
export const ROLLOUT_HASH = 'rollouts-pod-template-hash';
