/**
 * What pods are called inside: apiserver's storage/names/generate.go, pkg/controller (deployment, job, cronjob),
 * pkg/kubelet/kubelet_pods.go (GeneratePodHostNameAndDomain), pkg/kubelet/util (GetNodenameForKernel).
 */

/** Linux holds this many characters of a host's name; the kubelet starts no pod whose FQDN is longer, if it is to be that name. */
export const LONGEST_FQDN = 64;
/** Names that the API server completes are cut to this length before it adds its five characters. */
const LONGEST_BASE = 58;
const RANDOM = 5;
/** The hash of a pod template is a number of 32 bits in decimal; fewer digits than this are one hash in four hundred. */
const HASH_DIGITS: Range = { min: 8, max: 10 };
/** The minutes since 1970 in the name of a CronJob's Job. */
const MINUTES = 8;

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** How long the names of a workload's pods are, those of a StatefulSet and an Indexed Job aside, which are numbered. */
export function podNameLength(kind: string, name: string): Range {
  const completed = (length: number) => Math.min(length, LONGEST_BASE) + RANDOM;
  const dashed = name.length + 1;
  switch (kind) {
    case 'Pod':
      return { min: name.length, max: name.length };
    case 'Deployment':
    case 'Rollout':
      return { min: completed(dashed + HASH_DIGITS.min + 1), max: completed(dashed + HASH_DIGITS.max + 1) };
    case 'CronJob':
      return { min: completed(dashed + MINUTES + 1), max: completed(dashed + MINUTES + 1) };
    default:
      return { min: completed(dashed), max: completed(dashed) };
  }
}

/** The domain of pods with a subdomain, where the cluster has the domain that every installer gives it. */
export function podDomain(subdomain: string, namespace: string): string {
  return `${subdomain}.${namespace}.svc.cluster.local`;
}
