/** Components whose versions the version skew policy bounds by that of kube-apiserver. */
export const SKEWED_COMPONENTS = [
  'kubelet',
  'kube-proxy',
  'kube-controller-manager',
  'kube-scheduler',
  'cloud-controller-manager',
  'kubectl',
] as const;
export type SkewedComponent = (typeof SKEWED_COMPONENTS)[number];

/** How many minor versions a component may be away from each kube-apiserver that it may meet. */
interface AllowedSkew {
  readonly older: (minor: number) => number;
  readonly newer: number;
}

/** Three since 1.28; a kubelet or kube-proxy before 1.25 may be two older, whatever the API server. */
const OF_NODES: AllowedSkew = { older: (minor) => (minor < 25 ? 2 : 3), newer: 0 };
const OF_CONTROLLERS: AllowedSkew = { older: () => 1, newer: 0 };

/** https://kubernetes.io/releases/version-skew-policy/ */
const ALLOWED: Readonly<Record<SkewedComponent, AllowedSkew>> = {
  kubelet: OF_NODES,
  'kube-proxy': OF_NODES,
  'kube-controller-manager': OF_CONTROLLERS,
  'kube-scheduler': OF_CONTROLLERS,
  'cloud-controller-manager': OF_CONTROLLERS,
  kubectl: { older: () => 1, newer: 1 },
};

/** How many minor versions the API servers of one cluster may be apart. */
const OF_API_SERVERS = 1;

/** What is wrong with a component's minor version beside those of the API servers that it may meet; undefined: nothing. */
export function skewProblem(
  component: SkewedComponent,
  minor: number,
  apiServers: readonly number[],
): string | undefined {
  const [oldest, newest] = [Math.min(...apiServers), Math.max(...apiServers)];
  const { older, newer } = ALLOWED[component];
  if (minor > oldest + newer)
    return newer === 0
      ? `${component} 1.${minor} is newer than kube-apiserver 1.${oldest}, which it never may be`
      : `${component} 1.${minor} is ${apart(minor - oldest)} newer than kube-apiserver 1.${oldest}: ${newer} is supported`;
  if (minor < newest - older(minor))
    return `${component} 1.${minor} is ${apart(newest - minor)} older than kube-apiserver 1.${newest}: up to ${older(minor)} ${older(minor) === 1 ? 'is' : 'are'} supported`;
  return undefined;
}

/** What is wrong with the minor versions of the API servers of one cluster. */
export function apiServersProblem(minors: readonly number[]): string | undefined {
  const [oldest, newest] = [Math.min(...minors), Math.max(...minors)];
  if (newest - oldest <= OF_API_SERVERS) return undefined;
  return `kube-apiserver runs as 1.${oldest} and as 1.${newest}: ${OF_API_SERVERS} minor version apart is supported`;
}

/** What is wrong with a kube-proxy's minor version beside that of the kubelet of its node. */
export function nodeSkewProblem(kubeProxy: number, kubelet: number): string | undefined {
  const allowed = OF_NODES.older(kubeProxy);
  if (Math.abs(kubeProxy - kubelet) <= allowed) return undefined;
  return `kube-proxy 1.${kubeProxy} runs beside kubelet 1.${kubelet}: up to ${allowed} minor versions apart are supported`;
}

/** Whether a kubelet may stay as it is when every API server is of this minor version. */
export function kubeletMayStay(kubelet: number, apiServer: number): boolean {
  return skewProblem('kubelet', kubelet, [apiServer]) === undefined;
}

function apart(minors: number): string {
  return minors === 1 ? 'one minor version' : `${minors} minor versions`;
}
