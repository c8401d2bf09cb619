import type { RabbitMqProps } from '../../../constructs/app/rabbitmq';
import { RabbitMq } from '../../../constructs/app/rabbitmq';
import { Controller } from '../../../constructs/core/controller';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import { Workload } from '../../../constructs/core/workload';
import type { Objects } from '../../support/kubernetes';
import { textsOf } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, podOf, rendered, STORAGE } from '../../support/render';

type Props = Omit<RabbitMqProps, 'namespace'>;
const KEDA = { name: 'keda', namespaceLabels: { team: 'keda' }, podLabels: { app: 'keda-operator' } };
const JOBS = { name: 'jobs', deliveryLimit: 5 };

const rabbitmq = (
  props: Partial<Props> = {},
  more: (of: RabbitMq, client: (name: string) => Workload) => void = () => {},
) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    const common = { classes: STORAGE, credentials: { from: 'generated' } as const, queues: [JOBS] };
    const one = new RabbitMq(chart, 'rabbitmq', { namespace, ...common, ...props });
    const clients: Workload[] = [];
    more(one, (name) => {
      const container = { name, image: 'x:1', resources: { cpu: '10m', memory: '16Mi' } as const };
      clients.push(new Workload(chart, name, { namespace, controller: Controller.deployment(), pod: { container } }));
      return clients.at(-1)!;
    });
    for (const workload of [one.workload, ...clients]) new FlowPolicy(workload, 'policy', { workload });
  });
const conf = (objects: Objects) => {
  const lines = objects.get('ConfigMap').data['rabbitmq.conf']!.split('\n');
  return Object.fromEntries(lines.filter((line) => /^[a-z]/.test(line)).map((line) => line.split(' = ')));
};
const usersOf = (objects: Objects) => JSON.parse(textsOf(objects.get('Secret'))['users.json']!);

describe('three nodes', () => {
  const objects = rabbitmq();
  const pod = podOf(objects).spec;
  const [container] = pod.containers;
  const { spec } = objects.get('StatefulSet');

  test('start together, and are found before they are ready', () => {
    expect(spec).toMatchObject({ replicas: 3, podManagementPolicy: 'Parallel', serviceName: 'rabbitmq-pods' });
    const peers = objects.get('Service', 'rabbitmq-pods').spec;
    expect(peers).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(peers.ports!.map(({ name, port }) => [name, port])).toEqual([
      ['epmd', 4369],
      ['peers', 25_672],
    ]);
    // Readiness waits for nobody: it asks the node's own port.
    expect(container?.readinessProbe).toMatchObject({ tcpSocket: { port: 'amqp' } });
  });

  test('have full names that do not change', () => {
    const env = container!.env!;
    expect(env.find(({ name }) => name === 'RABBITMQ_NODENAME')?.value).toMatch(
      /^rabbit@\$\(POD_NAME\)\.rabbitmq-pods\.[\w-]+\.svc\.cluster\.local$/,
    );
    // The kubelet replaces only what stands before.
    const names = env.map(({ name }) => name);
    expect(names.indexOf('POD_NAME')).toBeLessThan(names.indexOf('RABBITMQ_NODENAME'));
    expect(env.find(({ name }) => name === 'RABBITMQ_USE_LONGNAME')?.value).toBe('true');
  });

  test('meet the restricted standard as the user of the image, and own their cookie alone', () => {
    expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
    expect(pod.securityContext).toMatchObject({ runAsUser: 999, fsGroup: 999 });
    expect(pod.initContainers?.[0]?.command?.join(' ')).toContain('umask 077');
  });

  test('know the bounds of their pod and volume', () => {
    expect(
      conf(rabbitmq({ resources: { cpu: '1', memory: '1Gi', memoryLimit: '2Gi' }, storage: '10Gi' })),
    ).toMatchObject({
      'vm_memory_high_watermark.absolute': String(Math.floor(0.6 * 2 * 2 ** 30)),
      'disk_free_limit.absolute': String(2 * 2 ** 30),
    });
  });

  test('are spread over nodes, and drained one at a time', () => {
    expect(pod.topologySpreadConstraints).toMatchObject([
      { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
    ]);
    expect(objects.get('PodDisruptionBudget').spec).toMatchObject({ maxUnavailable: 1 });
    expect(rabbitmq({ nodes: 1 }).of('PodDisruptionBudget')).toEqual([]);
  });

  test('reach each other, and nobody else reaches them', () => {
    const { ingress = [], egress = [] } = objects.get('NetworkPolicy').spec;
    const ports = [ingress, egress].map((rules) => rules.flatMap((rule) => rule.ports?.map(({ port }) => port)).sort());
    expect(ports).toEqual([
      [25_672, 4369],
      [25_672, 4369],
    ]);
    for (const { from = [], to = [] } of [...ingress, ...egress])
      for (const peer of [...from, ...to])
        expect(peer.podSelector?.matchLabels).toEqual({ 'app.kubernetes.io/name': 'rabbitmq' });
  });

  test('make no queue before all of them are there', () => {
    expect(conf(objects)['cluster_formation.target_cluster_size_hint']).toBe('3');
    expect(conf(rabbitmq({ nodes: 5 }))['cluster_formation.target_cluster_size_hint']).toBe('5');
  });
});

describe('by version', () => {
  test.each([
    ['3.10.8', true],
    ['3.13.7', true],
    ['4.0.9', true],
    ['4.1.0', false],
    ['4.2.10', false],
  ])('%s asks the API server for peers: %s', (version, asks) => {
    const objects = rabbitmq({ version });
    const pod = podOf(objects).spec;
    expect(pod.containers[0]?.image).toBe(`docker.io/library/rabbitmq:${version}`);
    expect(pod.initContainers?.[0]?.image).toBe(pod.containers[0]?.image);
    expect(objects.of('Role').map(({ rules }) => rules)).toEqual(
      asks ? [[{ apiGroups: [''], resources: ['endpoints'], resourceNames: ['rabbitmq-pods'], verbs: ['get'] }]] : [],
    );
    expect(pod.automountServiceAccountToken).toBe(asks);
    expect('cluster_formation.k8s.service_name' in conf(objects)).toBe(asks);
    const outside = JSON.stringify(objects.get('NetworkPolicy').spec.egress).includes('0.0.0.0/0');
    expect(outside).toBe(asks);
  });

  test('what nobody looked at is refused, and so is an even number of nodes', () => {
    for (const version of ['4.2', '4.3.0', '3.9.1', 'latest'])
      expect(() => rabbitmq({ version })).toThrow(/rabbitmq\.version.*a version from 3\.10 to 4\.2/);
    for (const nodes of [0, 2, 4, 9]) expect(() => rabbitmq({ nodes })).toThrow(/rabbitmq\.nodes/);
    expect(() => rabbitmq({ nodes: 4 })).toThrow('3 do what 4 do');
  });
});

describe('queues', () => {
  const { queues, policies, vhosts, users } = JSON.parse(rabbitmq().get('ConfigMap').data['queues.json']!);

  test('are replicated, and have one for what fails again and again', () => {
    expect(queues.map((queue: { name: string; arguments: object }) => [queue.name, queue.arguments])).toEqual([
      ['jobs', { 'x-queue-type': 'quorum' }],
      ['jobs.failed', { 'x-queue-type': 'quorum' }],
    ]);
    expect(policies).toMatchObject([
      { pattern: '^jobs$', definition: { 'delivery-limit': 5, 'dead-letter-routing-key': 'jobs.failed' } },
    ]);
    // With definitions to read, RabbitMQ makes neither its own virtual host nor its own user.
    expect(vhosts).toEqual([{ name: '/' }]);
    expect(users).toBeUndefined();
  });

  test('a dot in a name is none of any character', () => {
    const map = rabbitmq({ queues: [{ name: 'a.b', deliveryLimit: 3 }] }).get('ConfigMap').data['queues.json']!;
    expect(JSON.parse(map).policies[0].pattern).toBe('^a\\.b$');
  });
});

describe('users', () => {
  const objects = rabbitmq({}, (one, client) => {
    client('sender').connectsTo(one.port('amqp'), { as: 'AMQP', may: 'publish' });
    client('taker').connectsTo(one.port('amqp'), { as: 'AMQP', may: { consume: 'jobs' } });
    one.watchedBy(KEDA, 'jobs');
  });
  const secret = textsOf(objects.get('Secret'));

  test('may do what they said, and declare nothing', () => {
    expect(usersOf(objects).permissions).toEqual([
      { user: 'scaler', vhost: '/', configure: '^$', write: '^$', read: '^$' },
      { user: 'sender', vhost: '/', configure: '^$', write: '^amq\\.default$', read: '^$' },
      { user: 'taker', vhost: '/', configure: '^$', write: '^$', read: '^jobs$' },
    ]);
    expect(usersOf(objects).users.map((user: { name: string; tags: string[] }) => [user.name, ...user.tags])).toEqual([
      ['scaler', 'management'],
      ['sender'],
      ['taker'],
    ]);
  });

  test('have the passwords that their pods are given', () => {
    for (const { name, password } of usersOf(objects).users) expect(password).toBe(secret[name]);
    const env = objects.get('Deployment', 'taker').spec.template.spec.containers[0]!.env!;
    expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toMatchObject({
      AMQP_USERNAME: 'taker',
      AMQP_PASSWORD_FILE: '/etc/amqp-password/taker',
      AMQP_PORT: '5672',
    });
    expect(env.find(({ name }) => name === 'AMQP_HOST')?.value).toMatch(/^rabbitmq\./);
  });

  test('each pod sees its own password only', () => {
    const [volume] = objects.get('Deployment', 'taker').spec.template.spec.volumes!;
    expect(volume?.secret?.items).toEqual([{ key: 'taker', path: 'taker' }]);
  });

  test('an operator reaches the management port, and nothing else does', () => {
    const rules = objects.get('NetworkPolicy', 'rabbitmq').spec.ingress!;
    const management = rules.find(({ ports }) => ports?.some(({ port }) => port === 15_672));
    expect(management?.from).toEqual([
      { namespaceSelector: { matchLabels: KEDA.namespaceLabels }, podSelector: { matchLabels: KEDA.podLabels } },
    ]);
  });

  test('from a store, their file is made of the passwords', () => {
    const stored = rabbitmq({ credentials: { from: 'store', store: 'vault', revision: '1' } }, (one, client) =>
      client('sender').connectsTo(one.port('amqp'), { as: 'AMQP', may: 'publish' }),
    );
    const { target } = stored.get('ExternalSecret').spec as unknown as {
      target: { template: { data: Record<string, string> } };
    };
    expect(JSON.parse(target.template.data['users.json']!).users).toEqual([
      { name: 'sender', password: '{{ .sender }}', tags: [] },
    ]);
  });

  test('who does not say what it may do, or of which queue, is refused', () => {
    const connect = (may: unknown) => () =>
      rabbitmq({}, (one, client) => client('taker').connectsTo(one.port('amqp'), { may } as never));
    expect(connect(undefined)).toThrow('taker connects to rabbitmq');
    expect(connect({ consume: 'job' })).toThrow(/there is no queue "job".*name one of its queues: jobs/s);
    expect(() => rabbitmq({}, (one) => one.watchedBy(KEDA, 'nope'))).toThrow('there is no queue "nope"');
  });
});
