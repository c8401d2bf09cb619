import type { Cluster } from './cluster';
import { TEST_IMAGE } from './images';
import type { KubernetesObject, Service } from './kubernetes';
import { waitFor } from './wait';

/** Waits until every Deployment and StatefulSet has all its pods ready and every Job is complete. */
export async function settled(cluster: Cluster, objects: readonly KubernetesObject[], seconds = 240): Promise<void> {
  for (const { kind, metadata } of objects) {
    const where = ['-n', metadata.namespace ?? 'default', `--timeout=${seconds}s`];
    if (kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet')
      await cluster.kubectl('rollout', 'status', `${kind}/${metadata.name}`, ...where);
    if (kind === 'Job') await cluster.kubectl('wait', '--for=condition=Complete', `job/${metadata.name}`, ...where);
  }
}

/** Waits until the API server hands requests on to who serves an API, such as `v1beta1.metrics.k8s.io`. */
export async function apiAvailable(cluster: Cluster, name: string, seconds: number): Promise<void> {
  const condition = 'jsonpath={.status.conditions[?(@.type=="Available")].status}';
  await waitFor(name, seconds, async () =>
    expect(await cluster.kubectl('get', 'apiservice', name, '-o', condition)).toBe('True'),
  );
}

/** The address of a Service, for requests from this process. */
export async function addressOf(
  cluster: Cluster,
  namespace: string,
  service: string,
): Promise<{ readonly host: string; readonly port: number }> {
  const { spec } = await cluster.get<Service>(namespace, 'service', service);
  return { host: spec.clusterIP, port: spec.ports[0]!.port };
}

/** Lets this process call pods, as the declared peers may: it takes the place of whatever stands in front of them. */
export function admitHost(namespace: string, app: string, port: number, host: string): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `test-admits-host-to-${app}`, namespace },
    spec: {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': app } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ ipBlock: { cidr: `${host}/32` } }], ports: [{ port }] }],
    },
  };
}

/** A pod that does nothing, for looking at the network from its place. It meets `restricted`. */
export function idlePod(namespace: string, name: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { 'app.kubernetes.io/name': name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'idle',
          image: TEST_IMAGE,
          command: ['sleep', 'infinity'],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}

/** Which of the addresses (`host:port`) accept a connection from a pod that has node. */
export async function openFrom(
  cluster: Cluster,
  namespace: string,
  pod: string,
  addresses: readonly string[],
): Promise<string[]> {
  const attempt = `
    const attempt = (address) => new Promise((done) => {
      const [, host, port] = /^(.*):(\\d+)$/.exec(address);
      const socket = require('net').connect({ host, port, timeout: 3000 });
      socket.on('connect', () => done([address])).on('error', () => done([])).on('timeout', () => done([]));
    });
    Promise.all(process.argv.slice(1).map(attempt)).then((open) => { console.log(JSON.stringify(open.flat())); process.exit(); });`;
  return JSON.parse(await cluster.exec(namespace, pod, 'node', '-e', attempt, ...addresses)) as string[];
}
