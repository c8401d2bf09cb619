import type { Resource } from '../../../manifests/resource';

/** A Kubernetes object as it is applied. */
export type SceneObject = Resource['object'] & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

type Labels = Readonly<Record<string, string>>;
type Spec = Readonly<Record<string, unknown>>;

export interface ScenePort {
  readonly name?: string;
  readonly containerPort: number;
  readonly protocol?: 'TCP' | 'UDP';
  readonly hostPort?: number;
  readonly hostIP?: string;
}

/** One pod, of a Deployment. All ask each other, and listen on the same ports, whatever they declare. */
export interface ScenePod {
  readonly namespace: string;
  readonly labels: Labels;
  /** What it declares. */
  readonly ports: readonly ScenePort[];
  readonly hostNetwork?: boolean;
  /** The number of its node. */
  readonly node: 1 | 2;
}

interface InNamespace {
  readonly namespace: string;
  readonly spec: Spec;
}

/** A small world, by names. */
export interface Scene {
  readonly namespaces: Readonly<Record<string, Labels>>;
  readonly pods: Readonly<Record<string, ScenePod>>;
  readonly services: Readonly<Record<string, InNamespace>>;
  readonly policies: Readonly<Record<string, InNamespace>>;
}

/** Where the cluster has what manifests name by address. */
export interface SceneAddresses {
  /** Of whoever asks from outside of the cluster. */
  readonly outside: string;
  /** Of the nodes, in their order. */
  readonly nodes: readonly string[];
  /** Where the pods of each node have theirs. */
  readonly podRanges: readonly string[];
}

/** What every pod listens on. */
export const LISTENED: readonly { readonly port: number; readonly protocol: 'TCP' | 'UDP' }[] = [
  { port: 8080, protocol: 'TCP' },
  { port: 9100, protocol: 'TCP' },
  { port: 5353, protocol: 'UDP' },
];

/** The image and the folder of the probing program, which a real cluster gives its pods. */
export const PROBER: { readonly image: string; readonly folder: string } = {
  image: 'strata.test/node:1',
  folder: '/prober',
};

/** The manifests of a scene; `hostFolder` is where the nodes have the probing program. */
export function objectsOf(scene: Scene, hostFolder = PROBER.folder): SceneObject[] {
  return [
    ...Object.entries(scene.namespaces).map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    ...Object.entries(scene.policies).map(([name, { namespace, spec }]) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      spec,
    })),
    ...Object.entries(scene.pods).map(([name, pod]) => deployment(name, pod, hostFolder)),
    ...Object.entries(scene.services).map(([name, { namespace, spec }]) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec,
    })),
  ];
}

function deployment(name: string, pod: ScenePod, hostFolder: string): SceneObject {
  const { namespace, labels, ports, hostNetwork, node } = pod;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: { pod: name } },
      template: {
        metadata: { labels: { pod: name, ...labels } },
        spec: {
          ...(hostNetwork ? { hostNetwork } : {}),
          nodeSelector: { 'kubernetes.io/hostname': `node-${node}` },
          terminationGracePeriodSeconds: 0,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          containers: [
            {
              name: 'prober',
              image: PROBER.image,
              command: ['node', `${PROBER.folder}/prober.js`, name, JSON.stringify(LISTENED)],
              ports,
              env: [
                { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                { name: 'ADDRESS', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
              ],
              volumeMounts: [{ name: 'prober', mountPath: PROBER.folder }],
            },
          ],
          volumes: [{ name: 'prober', hostPath: { path: hostFolder } }],
        },
      },
    },
  };
}

/** What is known of the cluster: its nodes, and by its DaemonSet who enforces policies. */
export function factsOf({ nodes, podRanges }: SceneAddresses): SceneObject[] {
  return [
    ...nodes.map((address, i) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: `node-${i + 1}`, labels: { 'kubernetes.io/hostname': `node-${i + 1}` } },
      spec: { podCIDR: podRanges[i], podCIDRs: [podRanges[i]] },
      status: { addresses: [{ type: 'InternalIP', address }], nodeInfo: { kubeletVersion: 'v1.35.4' } },
    })),
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-router', namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: { app: 'kube-router' } },
        template: {
          metadata: { labels: { app: 'kube-router' } },
          spec: { hostNetwork: true, containers: [{ name: 'kube-router', image: 'kube-router:v2.2.1' }] },
        },
      },
    },
  ];
}
