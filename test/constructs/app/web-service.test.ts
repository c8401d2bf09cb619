import type { WebServiceProps } from '../../../constructs/app/web-service';
import { PUBLIC_PATHS, WebService, webSettings } from '../../../constructs/app/web-service';
import { images, versionOf } from '../../../model/images';
import { rolling } from '../../../model/release';
import type { Objects } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, redisIn, refusal, rendered } from '../../support/render';

type Props = Omit<WebServiceProps, 'namespace' | 'redis'>;
const web = (props: Partial<Props> = {}) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    new WebService(chart, 'web', { namespace, redis: redisIn(chart, namespace), environment: 'test', ...props });
  });
const podOf = (objects: Objects) => objects.get('Deployment', 'web').spec.template.spec;
const configOf = (objects: Objects) =>
  objects.of('ConfigMap').find(({ metadata }) => metadata.name.startsWith('web-config-'))!;

describe('a web app with no more than it needs', () => {
  const objects = web();
  const pod = podOf(objects);
  const [container] = pod.containers;

  test("runs two restricted pods of this repository's program", () => {
    expect(objects.get('Deployment', 'web').spec.replicas).toBe(2);
    expect(container?.image).toBe(images.web);
    expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
  });

  test('is told by its ConfigMap who it is', () => {
    expect(container?.envFrom).toEqual([{ configMapRef: { name: configOf(objects).metadata.name } }]);
    expect(configOf(objects).data).toEqual({
      PORT: '8080',
      STUDENT: 'demo',
      ENVIRONMENT: 'test',
      VERSION: versionOf(images.web),
      GREETING: 'Welcome',
      DRAIN_SECONDS: '5',
    });
    expect(container?.ports).toEqual([{ name: 'http', containerPort: 8080 }]);
  });

  test('is told by the kubelet where it runs', () => {
    expect(
      container?.env?.flatMap(({ name, valueFrom }) =>
        valueFrom?.fieldRef ? [[name, valueFrom.fieldRef.fieldPath]] : [],
      ),
    ).toEqual([
      ['POD_NAME', 'metadata.name'],
      ['POD_IP', 'status.podIP'],
      ['NODE_NAME', 'spec.nodeName'],
      ['POD_NAMESPACE', 'metadata.namespace'],
    ]);
  });

  test('finds Redis by its flow, and its password in a file that holds no other', () => {
    const variables = Object.fromEntries(container?.env?.map(({ name, value }) => [name, value]) ?? []);
    expect(variables).toMatchObject({
      REDIS_HOST: 'redis.shop.svc.cluster.local',
      REDIS_PORT: '6379',
      REDIS_USERNAME: 'web',
      REDIS_PASSWORD_FILE: '/etc/redis-password/web',
    });
    expect(pod.volumes?.flatMap(({ secret }) => secret?.items ?? [])).toEqual([{ key: 'web', path: 'web' }]);
    expect(container?.volumeMounts).toContainEqual({
      name: 'redis-credentials',
      mountPath: '/etc/redis-password',
      readOnly: true,
    });
  });

  test('is alive without Redis, and ready by what it says itself', () => {
    expect(
      [container?.startupProbe, container?.livenessProbe, container?.readinessProbe].map(
        (probe) => probe?.httpGet?.path,
      ),
    ).toEqual(['/healthz', '/healthz', '/readyz']);
  });

  test('stays in the endpoints when it misses an answer or two', () => {
    expect(container?.readinessProbe).toMatchObject({ periodSeconds: 2, failureThreshold: 3 });
  });

  test('ends when it has drained, and not before', () => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(webSettings.defaults.drainSeconds);
  });

  test('has no priority of its own', () => {
    expect(objects.of('PriorityClass')).toEqual([]);
    expect(pod).not.toHaveProperty('priorityClassName');
  });
});

describe('a web app with all props', () => {
  const all: Required<Props> = {
    environment: 'prod',
    replicas: 4,
    resources: { cpu: '250m', memory: '128Mi', memoryLimit: '256Mi' },
    student: 'ada-1',
    greeting: 'Hello from prod',
    drainSeconds: 20,
    placement: { tolerates: [{ key: 'spot', value: 'true', effect: 'NoSchedule' }] },
    priority: 1000,
    release: rolling({ settle: '5s' }),
    revisionHistoryLimit: 7,
    scrapeJob: 'front',
    availability: 99.5,
    latency: 95,
    image: 'registry.example.com/shop/web:2.1.0',
    traffic: undefined,
    argoRollouts: undefined,
  };
  const objects = web(all);
  const pod = podOf(objects);

  test('has its pods, its resources and its place', () => {
    expect(pod.containers[0]?.image).toBe('registry.example.com/shop/web:2.1.0');
    expect(objects.get('Deployment', 'web').spec).toMatchObject({ replicas: 4, minReadySeconds: 5 });
    expect(pod.containers[0]?.resources).toEqual({
      requests: { cpu: '250m', memory: '128Mi' },
      limits: { memory: '256Mi' },
    });
    expect(pod.tolerations).toHaveLength(1);
  });

  test('tells the program whose it is', () => {
    expect(configOf(objects).data).toMatchObject({
      ENVIRONMENT: 'prod',
      STUDENT: 'ada-1',
      GREETING: 'Hello from prod',
      DRAIN_SECONDS: '20',
    });
  });

  test('has time for what is in flight when it has drained', () => {
    expect(pod.terminationGracePeriodSeconds).toBe(35);
  });

  test('has a priority class of its namespace', () => {
    const { metadata, value } = objects.get('PriorityClass');
    expect({ name: metadata.name, value }).toEqual({ name: 'shop-web', value: 1000 });
    expect(pod.priorityClassName).toBe(metadata.name);
  });

  test('keeps so many revisions, and its config asks for none of its own', () => {
    expect(objects.get('Deployment', 'web').spec.revisionHistoryLimit).toBe(7);
    expect(configOf(objects).metadata.annotations).not.toHaveProperty('strata/config-kept');
  });
});

test('an empty greeting is no variable, because the program takes none that is empty', () => {
  expect(configOf(web({ greeting: '' })).data).not.toHaveProperty('GREETING');
});

test('a changed setting rolls the pods, because they name another ConfigMap', () => {
  const name = (student: string) => podOf(web({ student })).containers[0]?.envFrom?.[0]?.configMapRef?.name;
  expect(name('ada')).not.toBe(name('bob'));
});

// A new pod may stand nowhere while all old ones stand, and the rollout would wait for it for ever.
test.each([
  ['required', { maxSurge: 0, maxUnavailable: 1 }],
  ['preferred', { maxSurge: 1, maxUnavailable: 0 }],
] as const)('pods whose distance is %s are replaced with %j', (strength, rollingUpdate) => {
  expect(
    web({ placement: { apart: { over: 'zone', strength } } }).get('Deployment', 'web').spec.strategy.rollingUpdate,
  ).toEqual(rollingUpdate);
});

test.each<[string, Partial<Props>]>([
  ['web.replicas', { replicas: 1.5 }],
  ['web.replicas', { replicas: -1 }],
  ['web.drainSeconds', { drainSeconds: 0.5 }],
  ['web.drainSeconds', { drainSeconds: 301 }],
  ['web.greeting', { greeting: 'two\nlines' }],
  ['web.greeting', { greeting: 'x'.repeat(201) }],
])('%s cannot be as in %j', (place, props) => {
  expect(refusal(() => web(props)).place).toBe(place);
});

test.each(['Ada', 'ada_b', '-ada', 'ada-', '', 'a'.repeat(64)])(
  '"%s" is no name that the program would take',
  (student) => {
    expect(refusal(() => web({ student })).place).toBe('web.student');
  },
);

test('neither probes nor metrics are among the public paths', () => {
  expect(PUBLIC_PATHS).toEqual(['/', '/guestbook', '/visits', '/info']);
});
