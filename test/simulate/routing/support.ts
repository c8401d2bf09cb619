import { readSources } from '../../../manifests/reading/read';
import type { RoutedShare, RoutingAnswer } from '../../../simulate/routing/answer';
import { routeAtGateway } from '../../../simulate/routing/gateway-routing';
import { requestFor } from '../../../simulate/routing/request';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';

const API = 'gateway.networking.k8s.io/v1';

export const all = (...manifests: readonly string[]) => manifests.join('\n---\n');
export const shop = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';

/** A Service with pods of its own; `replicas` 0: idle. */
export const version = (name: string, replicas = 1) =>
  all(
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { selector: { app: ${name} }, ports: [{ port: 80 }] } }`,
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: shop }, spec: { replicas: ${replicas}, selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: web, image: web }] } } } }`,
  );

export const gateway = (controller: 'traefik' | 'other', listeners = '{ name: http, port: 80, protocol: HTTP }') =>
  all(
    `{ apiVersion: ${API}, kind: GatewayClass, metadata: { name: edge }, spec: { controllerName: ${controller === 'traefik' ? 'traefik.io/gateway-controller' : 'example.com/other'} } }`,
    `{ apiVersion: ${API}, kind: Gateway, metadata: { name: public, namespace: shop }, spec: { gatewayClassName: edge, listeners: [${listeners}] } }`,
  );

/** Traefik's own Deployment, which tells its version and its settings. */
export const traefikPods = (tag: string, args = '') =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: traefik, namespace: edge }, spec: { template: { spec: { containers: [{ name: traefik, image: 'traefik:${tag}', args: [${args}] }] } } } }`;

export const route = (rules: string, { name = 'web', hosts = 'shop.test', more = '' } = {}) =>
  `{ apiVersion: ${API}, kind: HTTPRoute, metadata: { name: ${name}, namespace: shop${more} }, spec: { parentRefs: [{ name: public }], ${hosts && `hostnames: [${hosts}], `}rules: [${rules}] } }`;
export const to = (...names: readonly string[]) =>
  `backendRefs: [${names.map((name) => `{ name: ${name}, port: 80 }`).join(', ')}]`;

export function worldOf(...manifests: readonly string[]): World {
  const { resources, unreadable } = readSources([{ file: 'routing.yaml', text: all(...manifests) }]);
  expect(unreadable).toEqual([]);
  return new World(resources, new Facts([]));
}

/** `0.9 web:80 shop.test/api`, `1 302 http://…`, `0.1 503`: each share, and a tie behind `or`. */
export function words({ shares, ties }: RoutingAnswer): string[] {
  return [shares, ...ties.map((tie) => tie.shares)].flatMap((some, i) =>
    some.map((share) => `${i > 0 ? 'or ' : ''}${shareWords(share)}`),
  );
}

function shareWords({ share, to: where }: RoutedShare): string {
  const part = Number(share.toFixed(4));
  if (where.is === 'redirect') return `${part} ${where.status} ${where.location}`;
  if (where.is === 'error') return `${part} ${where.status}`;
  const mirrors = where.mirrors.map(({ service, share: copied }) => ` + ${copied} ${service.name}`).join('');
  return `${part} ${where.service.name} ${where.host}${where.path}${mirrors}`;
}

/** What becomes of a request at the Gateway `public`. */
export function asked(
  world: World,
  url: string,
  method = 'GET',
  headers: readonly (readonly [string, string])[] = [],
): string[] {
  return words(routeAtGateway(world, world.of('Gateway')[0]!, requestFor(method, url, headers)!));
}
