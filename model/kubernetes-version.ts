/** A Kubernetes minor version, such as `'1.35'`. */
export type KubernetesVersion = `1.${number}`;

/** The newest version whose APIs are known (upstream/kubernetes/data). */
export const NEWEST_KUBERNETES: KubernetesVersion = '1.37';

/** The minor part: `minorOf('1.35')` is 35. */
export function minorOf(version: KubernetesVersion): number {
  return Number(version.slice(2));
}

/** The minor version that a text names, as people and kubelets write it: `1.31`, `v1.31.2`, `v1.31.2-gke.100`, `1.31.2+k3s1`. */
export function kubernetesVersionIn(text: string): KubernetesVersion | undefined {
  return /^v?(1\.(?:0|[1-9]\d*))(?:[.+-].*)?$/.exec(text)?.[1] as KubernetesVersion | undefined;
}
