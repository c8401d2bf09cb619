/** A Kubernetes minor version, such as `'1.35'`. */
export type KubernetesVersion = `1.${number}`;

/** The oldest and the newest version whose APIs are known (upstream/kubernetes/data). */
export const OLDEST_KUBERNETES: KubernetesVersion = '1.28';
export const NEWEST_KUBERNETES: KubernetesVersion = '1.37';

/** The minor part: `minorOf('1.35')` is 35. */
export function minorOf(version: KubernetesVersion): number {
  return Number(version.slice(2));
}

/** Whether the APIs of a version are known: others differ in ways that nobody has looked at. */
export function isKnownKubernetes(version: KubernetesVersion): boolean {
  return minorOf(version) >= minorOf(OLDEST_KUBERNETES) && minorOf(version) <= minorOf(NEWEST_KUBERNETES);
}

/** The minor version that a text names, as people and kubelets write it: `1.31`, `v1.31.2`, `v1.31.2-gke.100`, `1.31.2+k3s1`. */
export function kubernetesVersionIn(text: string): KubernetesVersion | undefined {
  return /^v?(1\.(?:0|[1-9]\d*))(?:[.+-].*)?$/.exec(text)?.[1] as KubernetesVersion | undefined;
}
