import { hasOrdinal, podByHost, subdomainOf } from '../../world/pod-names';
import { all, object, workload, workloadOf, worldOf } from './support';

const redis = (spec = 'serviceName: redis') => workload({ name: 'redis', kind: 'StatefulSet', spec });
const named = (host: string, from = 'shop') => {
  const found = podByHost(worldOf(all(redis(), workload({ name: 'web' }))), host, from);
  return found && `${found.workload.resource.name} ${found.ordinal} ${found.service}.${found.namespace}`;
};

test.each([
  ['redis-0.redis', 'redis 0 redis.shop'],
  ['redis-12.redis.shop', 'redis 12 redis.shop'],
  ['redis-0.other.shop.svc', 'redis 0 other.shop'],
  ['redis-0.redis.shop.svc.cluster.local', 'redis 0 redis.shop'],
])('%s is a pod of a StatefulSet', (host, expected) => {
  expect(named(host)).toBe(expected);
  expect(named(host.includes('shop') ? host : `${host}.shop`, 'blog')).toBe(expected);
});
test.each([
  'redis-0',
  'redis.redis',
  'redis-00.redis',
  'redis-a.redis',
  'redis-0.redis.blog',
  'redis-0.redis.shop.com',
  'redis-0.redis.shop.example.com',
  'web-0.web',
  'gone-0.redis',
])('%s is none', (host) => expect(named(host)).toBeUndefined());

test.each([
  ['replicas: 2', [true, true, false]],
  ['', [true, false, false]],
  ['replicas: 2\n  ordinals: { start: 1 }', [false, true, true]],
  ['replicas: 0', [false, false, false]],
])('a StatefulSet with { %s } makes these pods', (spec, expected) => {
  const world = worldOf(redis(spec));
  expect([0, 1, 2].map((ordinal) => hasOrdinal(world, workloadOf(world, 'redis'), ordinal))).toEqual(expected);
});
test('one that is scaled makes as many pods as it may have', () => {
  const scaler = object(
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    'redis',
    'spec: { scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: redis }, minReplicas: 1, maxReplicas: 2 }',
  );
  const world = worldOf(all(redis('replicas: 1'), scaler));
  expect([0, 1, 2].map((ordinal) => hasOrdinal(world, workloadOf(world, 'redis'), ordinal))).toEqual([
    true,
    true,
    false,
  ]);
});
test('the Service that names the pods is that of the StatefulSet', () => {
  const of = (spec: string) => subdomainOf(workloadOf(worldOf(redis(spec)), 'redis'));
  expect(of('serviceName: redis')).toBe('redis');
  expect(of('replicas: 1')).toBe('');
});
