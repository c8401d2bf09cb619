import type { Gateway, GatewayImplementation, IngressController } from '../../model/cluster-facts';
import { gatewayRewriting, ingressRewriting, istioTraffic, trafficOf } from '../../model/traffic';

const gateway = (implementation?: GatewayImplementation): Gateway => ({
  ...{ name: 'public', namespace: 'edge', listener: 'https', admitsNamespaces: {} },
  pods: { name: 'gateway', namespaceLabels: {}, podLabels: {} },
  ...(implementation ? { implementation } : {}),
});
const of = (name: string, more: Partial<GatewayImplementation> = {}) => {
  const { cookies, mirrors, mirrorBy, sharedBy, sessionAffinity } = trafficOf(
    gateway({ name, version: '3.5', ...more } as GatewayImplementation),
  );
  const can = [cookies && 'cookies', mirrors, mirrorBy, ...sharedBy, sessionAffinity && 'sticky'];
  return can.filter(Boolean).join(' ');
};
const ALL = ['HTTPRouteRequestMirror'] as const;
const SHARE = ['HTTPRouteRequestMirror', 'HTTPRouteRequestPercentageMirror'] as const;

test.each([
  ['traefik', {}, 'cookies none filter gateway-api'],
  ['traefik', { features: SHARE }, 'cookies none filter gateway-api'],
  ['traefik', { traefikServices: true }, 'cookies share traefik-service traefik gateway-api sticky'],
  ['istio', {}, 'cookies none filter gateway-api'],
  ['envoy-gateway', {}, 'cookies none filter gateway-api'],
  ['envoy-gateway', { features: ALL }, 'cookies all filter gateway-api'],
  ['envoy-gateway', { features: SHARE }, 'cookies share filter gateway-api'],
  ['envoy-gateway', { traefikServices: true }, 'cookies none filter gateway-api'],
  ['envoy', {}, 'none filter gateway-api'],
  ['cilium', {}, 'none filter gateway-api'],
  ['nginx-gateway-fabric', { features: SHARE }, 'share filter gateway-api'],
])('a Gateway of %s with %j: %s', (name, more, expected) => {
  expect(of(name, more as Partial<GatewayImplementation>)).toBe(expected);
});

test('of a Gateway without a word of what implements it just what all have is taken', () => {
  expect(trafficOf(gateway())).toEqual({
    ...{ by: 'a Gateway of which nobody says what implements it', cookies: false },
    ...{ mirrors: 'none', mirrorBy: 'filter', sharedBy: ['gateway-api'] },
  });
  expect(trafficOf(gateway({ name: 'istio', version: '1.30' } as GatewayImplementation)).by).toBe('istio 1.30');
});

test('a VirtualService tells requests apart by all of it', () => {
  expect(
    istioTraffic({
      ...{ name: 'public', namespace: 'edge', version: '1.30' },
      pods: { name: 'gateway', namespaceLabels: {}, podLabels: {} },
    }),
  ).toEqual({
    ...{ by: 'Istio 1.30', cookies: true, mirrors: 'share', mirrorBy: 'filter', sharedBy: ['istio'] },
  });
});

/** `filter`, or why nothing rewrites paths. */
const rewriting = ({ by, ...more }: ReturnType<typeof gatewayRewriting>) => ('why' in more ? String(more.why) : by);

test.each([
  ['traefik', '3.0', 'traefik 3.0 is not known to rewrite paths before 3.1'],
  ['traefik', '3.1', 'filter'],
  ['traefik', '4.0', 'filter'],
  ['traefik', '2.11', 'traefik 2.11 is not known to rewrite paths before 3.1'],
  ['istio', '1.29', 'istio 1.29 is not known to rewrite paths before 1.30'],
  ['istio', '1.30', 'filter'],
  ['envoy-gateway', '1.8', 'envoy-gateway 1.8 is not known to rewrite paths before 1.9'],
  ['envoy-gateway', '1.10', 'filter'],
  ['cilium', '1.18', 'cilium 1.18 is not known to rewrite paths'],
])('a Gateway of %s %s rewrites paths: %s', (name, version, expected) => {
  const implementation = { name, version } as GatewayImplementation;
  expect(rewriting(gatewayRewriting(gateway(implementation)))).toBe(expected);
  expect(gatewayRewriting(gateway({ ...implementation, features: ['HTTPRoutePathRewrite'] }))).toEqual({
    by: 'filter',
  });
});

test('of a Gateway that nobody describes it is not known', () =>
  expect(rewriting(gatewayRewriting(gateway()))).toContain('nobody says what implements the Gateway'));

test.each([
  [undefined, 'nobody says what the ingress controller is'],
  [{ name: 'ingress-nginx', version: '1.12' }, 'ingress-nginx is retired'],
  [{ name: 'traefik', version: '3.5', traefikMiddlewares: true }, 'traefik-middleware'],
  [{ name: 'traefik', version: '2.10', traefikMiddlewares: true }, 'traefik-middleware'],
  [{ name: 'traefik', version: '2.9', traefikMiddlewares: true }, 'Traefik 2.9 rewrites paths by Middlewares'],
  [{ name: 'traefik', version: '3.5' }, 'Traefik 3.5 rewrites paths by Middlewares'],
  [{ name: 'kong', version: '3.9', traefikMiddlewares: true }, 'how kong 3.9 rewrites paths is not known here'],
])('an ingress controller %j: %s', (implementation, expected) => {
  const controller = { className: 'c', pods: { name: 'c' }, ...(implementation ? { implementation } : {}) };
  const found = ingressRewriting(controller as unknown as IngressController);
  expect(rewriting(found)).toContain(expected);
  // What to do about it is said wherever nothing rewrites.
  if (found.by === 'none') expect(found.fixes.join()).toContain('gateway in the file of the cluster');
});
