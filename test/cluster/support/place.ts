/** Stands in for the people who run a place: what they give to its users, made from the facts of clusters/. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import type { Cluster as Place } from '../../../model/cluster';
import type { Gateway, IngressController, Peer, StorageClass } from '../../../model/cluster-facts';
import type { Cluster } from './cluster';
import { goModule } from './go-module';
import type { KubernetesObject } from './kubernetes';
import { oneOfEachPool, shapeNodes } from './nodes';

/** Where requests from outside arrive. */
export interface Entrance {
  readonly namespace: string;
  /** What a client needs for an encrypted connection; otherwise it is none. */
  readonly tls?: ConnectionOptions;
  readonly objects: readonly KubernetesObject[];
}

/** Traefik's name, as a Deployment, a Service and an account. */
export const TRAEFIK = 'traefik';
const TRAEFIK_IMAGE = 'strata.test/traefik:1';

/** Gives a cluster the nodes (one of each pool) and the storage classes of a place; says which node became which. */
export async function shapePlace(cluster: Cluster, place: Place): Promise<string[]> {
  await shapeStorage(cluster, place);
  return shapeNodes(cluster, oneOfEachPool(place));
}

/** Gives a cluster the storage classes of a place. */
export async function shapeStorage(cluster: Cluster, place: Place): Promise<void> {
  await cluster.kubectl('delete', 'storageclass', '--all');
  await cluster.apply(...place.storage.map(storageClass));
}

/** The class of that name and behaviour, its volumes from the test cluster's provisioner. */
function storageClass({ name, isDefault = false, binding, reclaim, expandable }: StorageClass): KubernetesObject {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) } },
    provisioner: 'strata.test/hostpath',
    parameters: { local: String(binding === 'WaitForFirstConsumer') },
    volumeBindingMode: binding,
    reclaimPolicy: reclaim,
    allowVolumeExpansion: expandable,
  };
}

/** What the place puts into every namespace: credentials for a registry that nothing is pulled from here. */
export function registryCredentials(place: Place, namespace: string): KubernetesObject[] {
  return (place.imagePullSecrets ?? []).map((name) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': '{"auths":{}}' },
  }));
}

/** The kinds of Traefik itself, which its provider kubernetesCRD needs all of. */
export async function installTraefikKinds(cluster: Cluster): Promise<void> {
  const folder = goModule('github.com/traefik/traefik/v3@v3.5.0');
  const file = join(folder, 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml');
  await cluster.kubectl('apply', '--server-side', '-f', file);
}

export async function openEntrance(cluster: Cluster, { namespace, objects }: Entrance): Promise<void> {
  await loadTraefik(cluster);
  await cluster.apply(...objects);
  await cluster.kubectl('rollout', 'status', `deployment/${TRAEFIK}`, '-n', namespace, '--timeout=120s');
}

/** The version of Traefik that the cluster tool has a stand-in of. */
const STAND_IN = 'v3.5.0';
/** The version that serves: another one is built from its module first. */
export const TRAEFIK_VERSION = process.env.STRATA_TRAEFIK ?? STAND_IN;

/** Makes the image of Traefik known to the nodes. */
export async function loadTraefik(cluster: Cluster): Promise<void> {
  if (TRAEFIK_VERSION === STAND_IN) {
    await cluster.tool(['image', 'traefik', TRAEFIK_IMAGE], { seconds: 1800 });
    return;
  }
  const root = join(homedir(), '.cache', 'strata-tests', `traefik-${TRAEFIK_VERSION}`);
  if (!existsSync(join(root, 'usr/local/bin/traefik')))
    execFileSync(join(__dirname, 'traefik-build.sh'), [TRAEFIK_VERSION, root], { stdio: 'ignore' });
  await cluster.tool(['load', TRAEFIK_IMAGE, root, JSON.stringify({ Entrypoint: ['/usr/local/bin/traefik'] })]);
}

/** The place's Gateway or ingress controller, whichever it has: Traefik, in pods that carry what its facts say. */
export function entranceOf({ name, domain, gateway, ingress }: Place): Entrance {
  if (gateway) return gatewayEntrance(gateway, domain);
  if (ingress) return ingressEntrance(ingress);
  throw new Error(`cluster ${name} has no way in from outside`);
}

function gatewayEntrance(
  { name, namespace, listener, admitsNamespaces, pods, implementation }: Gateway,
  domain: string,
): Entrance {
  const { key, certificate } = certificateFor(`*.${domain}`);
  return {
    namespace,
    tls: { ca: certificate, servername: `any.${domain}` },
    objects: [
      ...traefik(pods, namespace, 443, [
        '--providers.kubernetesgateway',
        ...(implementation?.traefikServices ? ['--providers.kubernetescrd'] : []),
      ]),
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'GatewayClass',
        metadata: { name: TRAEFIK },
        spec: { controllerName: 'traefik.io/gateway-controller' },
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'wildcard', namespace },
        type: 'kubernetes.io/tls',
        stringData: { 'tls.key': key, 'tls.crt': certificate },
      },
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: { name, namespace },
        spec: {
          gatewayClassName: TRAEFIK,
          listeners: [
            {
              name: listener,
              port: 443,
              protocol: 'HTTPS',
              hostname: `*.${domain}`,
              tls: { certificateRefs: [{ name: 'wildcard' }] },
              allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: admitsNamespaces } } },
            },
          ],
        },
      },
    ],
  };
}

function ingressEntrance({ className, pods }: IngressController): Entrance {
  const namespace = pods.namespaceLabels['kubernetes.io/metadata.name'];
  if (!namespace) throw new Error(`the facts of ${pods.name} do not say which namespace it is in`);
  return {
    namespace,
    objects: [
      ...traefik(pods, namespace, 80, [
        '--providers.kubernetesingress',
        `--providers.kubernetesingress.ingressclass=${className}`,
      ]),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: className },
        spec: { controller: 'traefik.io/ingress-controller' },
      },
    ],
  };
}

/** Traefik behind a Service, in pods that policies find by the labels of the peer. */
export function traefik(
  { namespaceLabels, podLabels }: Peer,
  namespace: string,
  port: number,
  args: readonly string[],
): KubernetesObject[] {
  const metadata = { name: TRAEFIK, namespace };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: namespaceLabels } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      // What a controller may do is the place's business, not what is tried here.
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: `${TRAEFIK}-${namespace}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: podLabels, ports: [{ port }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: podLabels },
        template: {
          metadata: { labels: podLabels },
          spec: {
            serviceAccountName: TRAEFIK,
            containers: [
              {
                name: TRAEFIK,
                image: TRAEFIK_IMAGE,
                args: ['--ping', '--global.checknewversion=false', `--entrypoints.outside.address=:${port}`, ...args],
                readinessProbe: { httpGet: { path: '/ping', port: 8080 }, periodSeconds: 1 },
              },
            ],
          },
        },
      },
    },
  ];
}

/** A certificate that signs itself, for a server of the tests. */
export function certificateFor(host: string): { readonly key: string; readonly certificate: string } {
  const args = [
    '-x509',
    '-noenc',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-days',
    '1',
    '-subj',
    '/CN=test',
    '-addext',
    `subjectAltName=DNS:${host}`,
  ];
  const [key = '', certificate = ''] = execFileSync('openssl', ['req', ...args, '-keyout', '-', '-out', '-'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split(/(?=-----BEGIN CERTIFICATE)/);
  return { key, certificate };
}
