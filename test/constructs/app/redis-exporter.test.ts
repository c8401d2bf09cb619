import type { RedisExporterProps } from '../../../constructs/app/redis-exporter';
import { RedisExporter } from '../../../constructs/app/redis-exporter';
import { images } from '../../../model/images';
import type { Objects } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, redisIn, rendered } from '../../support/render';

type Props = Omit<RedisExporterProps, 'namespace' | 'redis'>;
const exporter = (props: Partial<Props> = {}) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    new RedisExporter(chart, 'exporter', { namespace, redis: redisIn(chart, namespace), ...props });
  });
const podOf = (objects: Objects) => objects.get('Deployment', 'exporter').spec.template.spec;
const variables = (objects: Objects) =>
  Object.fromEntries(podOf(objects).containers[0]?.env?.map(({ name, value }) => [name, value]) ?? []);

test('one restricted exporter of this repository answers at port 9100', () => {
  const objects = exporter();
  const pod = podOf(objects);
  expect(objects.get('Deployment', 'exporter').spec.replicas).toBe(1);
  expect(pod.containers[0]).toMatchObject({
    image: images.exporter,
    ports: [{ name: 'metrics', containerPort: 9100 }],
  });
  expect(variables(objects)).toMatchObject({ PORT: '9100', MAX_STUDENTS: '100' });
  expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
});

test('it reads Redis as the user that cannot write, with a file that holds no other password', () => {
  const objects = exporter();
  expect(variables(objects)).toMatchObject({
    REDIS_HOST: 'redis.shop.svc.cluster.local',
    REDIS_PORT: '6379',
    REDIS_USERNAME: 'exporter',
    REDIS_PASSWORD_FILE: '/etc/redis-password/exporter',
  });
  expect(podOf(objects).volumes?.[0]?.secret?.items).toEqual([{ key: 'exporter', path: 'exporter' }]);
});

test('an exporter with all props has their bounds', () => {
  const all: Required<Props> = {
    resources: { cpu: '5m', memory: '32Mi' },
    maxStudents: 7,
    scrapeJob: 'redis-exporter',
  };
  const objects = exporter(all);
  expect(variables(objects)['MAX_STUDENTS']).toBe('7');
  expect(podOf(objects).containers[0]?.resources?.requests).toEqual({ cpu: '5m', memory: '32Mi' });
});
