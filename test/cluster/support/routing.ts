/** Puts random routes on a real Traefik, and compares whom it lets answer with what simulate/routing says. */
import type { Agent } from 'node:http';
import { readSources } from '../../../manifests/reading/read';
import type { RoutedShare, RoutingAnswer } from '../../../simulate/routing/answer';
import { routeAtGateway } from '../../../simulate/routing/gateway-routing';
import { routeByIngressNginx } from '../../../simulate/routing/ingress-nginx';
import { requestFor } from '../../../simulate/routing/request';
import { routeByTraefikIngress } from '../../../simulate/routing/traefik-ingress';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import type { Cluster } from './cluster';
import { request } from './http';
import { TEST_IMAGE } from './images';
import type { KubernetesObject } from './kubernetes';
import { TRAEFIK, TRAEFIK_VERSION, traefik } from './place';
import type { RouteSet, SentRequest } from './route-sets';
import { ANSWERING, FIRST_PORT, NAMESPACE, OTHER, routeSetWorld } from './route-sets';
import { waitFor } from './wait';
import { addressOf, settled } from './workloads';

/** Answers at one port for each Service with who it is and what reached it. */
const ANSWER = `
  const names = ${JSON.stringify(ANSWERING)};
  names.forEach((name, i) => require('node:http').createServer((asked, answer) =>
    answer.end(JSON.stringify({ name, path: asked.url, host: asked.headers.host }))).listen(${FIRST_PORT} + i));
`;

function answerers(namespace: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'answers', namespace },
    spec: {
      selector: { matchLabels: { app: 'answers' } },
      template: {
        metadata: { labels: { app: 'answers' } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'answers',
              image: TEST_IMAGE,
              command: ['node', '-e', ANSWER],
              readinessProbe: { tcpSocket: { port: FIRST_PORT + ANSWERING.length - 1 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  };
}

/** Traefik's own kinds, without which its provider does not start; the schema is not what is tried here. */
const OWN_KINDS = [
  ...['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP', 'Middleware', 'MiddlewareTCP', 'ServersTransport'],
  ...['ServersTransportTCP', 'TLSOption', 'TLSStore', 'TraefikService'],
];

function ownKinds(): KubernetesObject[] {
  return [
    ...OWN_KINDS.map((kind) => anyOfKind('traefik.io', 'v1alpha1', kind)),
    // Of a newer Gateway API than the cluster has: without it Traefik 3.7 reads no route at all.
    ...(READS_NGINX ? [anyOfKind('gateway.networking.k8s.io', 'v1', 'TLSRoute')] : []),
  ];
}

function anyOfKind(group: string, version: string, kind: string): KubernetesObject {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

const PEER = { name: TRAEFIK, namespaceLabels: {}, podLabels: { app: 'edge' } };
const EDGE = 'routing-edge';
/** From 3.7 on it reads the annotations of ingress-nginx, rewriting and canaries included, in place of a controller that is not to be had. */
export const READS_NGINX = /^v3\.([7-9]|\d\d)\./.test(TRAEFIK_VERSION);
const FRONT: readonly KubernetesObject[] = [
  ...traefik(PEER, EDGE, 80, [
    '--providers.kubernetesgateway',
    '--providers.kubernetescrd',
    '--providers.kubernetesingress',
    '--providers.kubernetesingress.ingressclass=traefik',
    ...(READS_NGINX ? ['--providers.kubernetesingressnginx'] : []),
  ]),
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'traefik' },
    spec: { controllerName: 'traefik.io/gateway-controller' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'traefik' },
    spec: { controller: 'traefik.io/ingress-controller' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  },
];

/** The namespaces of the comparison, to take away afterwards. */
export const ROUTING_NAMESPACES = [NAMESPACE, OTHER, EDGE];

/** Applies the sets, and waits until Traefik has read the last of them. Says which routes the API server did not take: none. */
export async function openRouting(cluster: Cluster, sets: readonly RouteSet[]): Promise<Agent> {
  await cluster.apply(...ownKinds());
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  const behind = [answerers(NAMESPACE), answerers(OTHER)];
  await cluster.apply(...routeSetWorld(), ...behind);
  const list = { apiVersion: 'v1', kind: 'List', items: sets.flatMap(({ objects }) => objects) };
  // Before Traefik starts: it says its word on each route, five a second, before it uses any of them.
  await cluster.tool(['kubectl', 'create', '-f', '-'], { input: JSON.stringify(list), seconds: 600 });
  await settled(cluster, behind);
  await cluster.apply(...FRONT);
  await cluster.kubectl('rollout', 'status', `deployment/${TRAEFIK}`, '-n', EDGE, '--timeout=120s');
  const agent = await cluster.agent(true);
  const sentinel = sentinelRoute();
  await cluster.apply(sentinel);
  const address = await addressOf(cluster, EDGE, TRAEFIK);
  await waitFor(
    'an answer to the route that was made last',
    400,
    async () => {
      const { status } = await request({ agent, ...address, path: '/', headers: { host: 'last.test' } });
      if (status !== 200) throw new Error(`status ${status}`);
    },
    2,
  );
  return agent;
}

function sentinelRoute(): KubernetesObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'zz-last', namespace: NAMESPACE },
    spec: {
      parentRefs: [{ name: 'public' }],
      hostnames: ['last.test'],
      rules: [{ backendRefs: [{ name: 'b0', port: 80 }] }],
    },
  };
}

/** How a comparison went. */
export interface Compared {
  readonly requests: number;
  /** Requests that several rules of the same rank match: the real answer is one of theirs. */
  readonly ties: number;
  /** Requests whose answers are shared between several backends, counted over many of them. */
  readonly shared: number;
  readonly differences: readonly string[];
}

/** So many requests show the shares of an answer that has several. */
const REPEATS = 40;

/** Sends the requests of all sets. */
export async function compareRouting(
  cluster: Cluster,
  agent: Agent,
  sets: readonly RouteSet[],
  version = TRAEFIK_VERSION,
): Promise<Compared> {
  const world = routingWorld(sets, version);
  const gateway = world.of('Gateway')[0]!;
  const address = await addressOf(cluster, EDGE, TRAEFIK);
  const send = async ({ method, host, path, query, headers }: SentRequest): Promise<string> => {
    const url = query === '' ? path : `${path}?${query}`;
    const {
      status,
      headers: answered,
      body,
    } = await request({
      agent,
      ...address,
      method,
      path: url,
      headers: { host, ...headers },
    });
    if (status === 200) {
      const { name, path: reached, host: asked } = JSON.parse(body) as Record<string, string>;
      return `${name} ${asked}${reached}`;
    }
    return answered['location'] === undefined ? String(status) : `${status} ${answered['location']}`;
  };
  const differences: string[] = [];
  let [count, ties, shared] = [0, 0, 0];
  for (const { objects, requests } of sets) {
    const className = classOf(objects[0]!);
    let repeated = false;
    for (const sent of requests) {
      const read = requestFor(
        sent.method,
        `http://${sent.host}${sent.path}${sent.query && `?${sent.query}`}`,
        headersOf(sent),
      )!;
      const answer =
        className === undefined
          ? routeAtGateway(world, gateway, { ...read, port: 80 })
          : className === 'nginx'
            ? routeByIngressNginx(world, className, read)
            : routeByTraefikIngress(world, className, read);
      const wanted = expectedOf(answer, sent);
      const seen = await send(sent);
      count++;
      if (answer.ties.length > 0) ties++;
      if (![...wanted.keys()].some((text) => text === seen))
        differences.push(
          `${sent.method} ${sent.host}${sent.path}?${sent.query} ${JSON.stringify(sent.headers)}: ${seen}, expected ${[...wanted.keys()].join(' or ')}\n  by ${answer.rule?.because}\n  ${JSON.stringify(objects)}`,
        );
      else if (answer.shares.length > 1 && answer.ties.length === 0 && !repeated) {
        repeated = true;
        shared++;
        const counts = new Map<string, number>();
        for (let i = 0; i < REPEATS; i++) {
          const text = await send(sent);
          counts.set(text, (counts.get(text) ?? 0) + 1);
        }
        for (const text of new Set([...wanted.keys(), ...counts.keys()])) {
          const [real, ideal] = [counts.get(text) ?? 0, (wanted.get(text) ?? 0) * REPEATS];
          // Each balancer on the way is less than one request off at both ends of the count.
          if (Math.abs(real - ideal) > 4)
            differences.push(`${sent.host}${sent.path}: ${text} ${real} times of ${REPEATS}, expected ${ideal}`);
        }
      }
    }
  }
  return { requests: count, ties, shared, differences };
}

function classOf(object: KubernetesObject): string | undefined {
  return (object as KubernetesObject & { readonly spec?: { readonly ingressClassName?: string } }).spec
    ?.ingressClassName;
}

/** The share of each outcome, ties' included. */
function expectedOf({ shares, ties }: RoutingAnswer, sent: SentRequest): ReadonlyMap<string, number> {
  const expected = new Map<string, number>();
  const add = ({ share, to }: RoutedShare) => {
    const query = sent.query === '' ? '' : `?${sent.query}`;
    const text =
      to.is === 'backend'
        ? `${to.service.name} ${to.host}${to.path}${query}`
        : to.is === 'redirect'
          ? `${to.status} ${to.location}`
          : String(to.status);
    expected.set(text, (expected.get(text) ?? 0) + share);
  };
  for (const share of [...shares, ...ties.flatMap((tie) => tie.shares)]) add(share);
  return expected;
}

function headersOf({ host, headers }: SentRequest): (readonly [string, string])[] {
  const named = Object.entries(headers).flatMap(([name, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => [name, value] as const),
  );
  return [['host', host], ...named];
}

/** What the judging half sees: the same objects, and the version of Traefik that serves them. */
export function routingWorld(sets: readonly RouteSet[], version: string): World {
  const objects = [
    ...routeSetWorld(),
    ...FRONT,
    answerers(NAMESPACE),
    answerers(OTHER),
    ...sets.flatMap((set) => set.objects),
  ];
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }).replace(
    /strata\.test\/traefik:1/g,
    `traefik:${version}`,
  );
  return new World(readSources([{ file: 'sets.json', text }]).resources, new Facts([]));
}
