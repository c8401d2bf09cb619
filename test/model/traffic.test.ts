import type { Gateway, GatewayImplementation } from '../../model/cluster-facts';
import { istioTraffic, trafficOf } from '../../model/traffic';

const gateway = (implementation?: GatewayImplementation): Gateway => ({
  ...{ name: 'public', namespace: 'edge', listener: 'https', admitsNamespaces: {} },
  pods: { name: 'gateway', namespaceLabels: {}, podLabels: {} },
  ...(implementation ? { implementation } : {}),
});
const of = (name: string, more: Partial<GatewayImplementation> = {}) => {
  const { cookies, headers, mirrors, mirrorBy, sharedBy, sessionAffinity } = trafficOf(
    gateway({ name, version: '3.5', ...more } as GatewayImplementation),
  );
  const can = [headers && 'headers', cookies && 'cookies', mirrors, mirrorBy, ...sharedBy, sessionAffinity && 'sticky'];
  return can.filter(Boolean).join(' ');
};
const ALL = ['HTTPRouteRequestMirror'] as const;
const SHARE = ['HTTPRouteRequestMirror', 'HTTPRouteRequestPercentageMirror'] as const;

test.each([
  ['traefik', {}, 'headers cookies none filter gateway-api'],
  ['traefik', { features: SHARE }, 'headers cookies none filter gateway-api'],
  ['traefik', { traefikServices: true }, 'headers cookies share traefik-service traefik gateway-api sticky'],
  ['istio', {}, 'headers cookies none filter gateway-api'],
  ['envoy-gateway', {}, 'headers cookies none filter gateway-api'],
  ['envoy-gateway', { features: ALL }, 'headers cookies all filter gateway-api'],
  ['envoy-gateway', { features: SHARE }, 'headers cookies share filter gateway-api'],
  ['envoy-gateway', { traefikServices: true }, 'headers cookies none filter gateway-api'],
  ['envoy', {}, 'headers none filter gateway-api'],
  ['cilium', {}, 'headers none filter gateway-api'],
  ['nginx-gateway-fabric', { features: SHARE }, 'headers share filter gateway-api'],
])('a Gateway of %s with %j: %s', (name, more, expected) => {
  expect(of(name, more as Partial<GatewayImplementation>)).toBe(expected);
});

test('of a Gateway without a word of what implements it just what all have is taken', () => {
  expect(trafficOf(gateway())).toEqual({
    ...{ by: 'a Gateway of which nobody says what implements it', cookies: false, headers: true },
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
    ...{ by: 'Istio 1.30', headers: true, cookies: true, mirrors: 'share', mirrorBy: 'filter', sharedBy: ['istio'] },
  });
});
