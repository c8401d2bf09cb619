import { Controller } from '../../../constructs/core/controller';
import type { QueueScalerProps } from '../../../constructs/scaling/queue-scaler';
import { QueueScaler } from '../../../constructs/scaling/queue-scaler';
import { refusal, rendered, workloadIn } from '../../support/render';

const source = {
  queue: 'jobs',
  host: 'http://rabbitmq.shop.svc.cluster.local:15672/',
  username: { name: 'credentials', key: 'scaler-name' },
  password: { name: 'credentials', key: 'scaler' },
};
const scaled = (props: Partial<QueueScalerProps> = {}, controller = Controller.deployment()) =>
  rendered((chart) => {
    new QueueScaler(chart, 'scaler', { workload: workloadIn(chart, 'shop', { controller }), source, ...props });
  });
const objectOf = (kind: string, props: Partial<QueueScalerProps> = {}, controller?: Controller) =>
  scaled(props, controller).all.find((object) => object.kind === kind) as unknown as {
    readonly metadata: object;
    readonly spec: {
      readonly [field: string]: unknown;
      readonly triggers: readonly { readonly metadata: Readonly<Record<string, unknown>> }[];
    };
  };

test('messages under way count: the management API is asked, and the total is divided by the pods', () => {
  const { spec } = objectOf('ScaledObject', { messagesPerPod: 7 });
  expect(spec.triggers).toEqual([
    {
      type: 'rabbitmq',
      metricType: 'AverageValue',
      metadata: {
        ...{ protocol: 'http', host: source.host, vhostName: '/', queueName: 'jobs' },
        ...{ mode: 'QueueLength', value: '7', activationValue: '0' },
      },
      authenticationRef: { name: 'shop' },
    },
  ]);
  // KEDA reads texts alone.
  for (const value of Object.values(spec.triggers[0]!.metadata)) expect(typeof value).toBe('string');
});

test('name and password come apart from the address, in which a sign of a password could mean something', () => {
  const { spec } = objectOf('TriggerAuthentication');
  expect(spec['secretTargetRef']).toEqual([
    { parameter: 'username', name: 'credentials', key: 'scaler-name' },
    { parameter: 'password', name: 'credentials', key: 'scaler' },
  ]);
  expect(source.host).not.toContain('@');
});

test('it owns the number of pods from none on, and says both halves of how fast it moves', () => {
  const objects = scaled();
  expect(objects.get('Deployment').spec).not.toHaveProperty('replicas');
  const { spec } = objectOf('ScaledObject');
  expect(spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' },
    ...{ minReplicaCount: 0, maxReplicaCount: 10, pollingInterval: 5, cooldownPeriod: 60 },
    advanced: {
      horizontalPodAutoscalerConfig: {
        behavior: {
          scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max' },
          scaleDown: { stabilizationWindowSeconds: 120, selectPolicy: 'Max' },
        },
      },
    },
  });
});

test('what it cannot scale, and bounds that cross, are refused', () => {
  expect(refusal(() => scaled({ min: 5, max: 4 })).message).toContain('min (5) is above max (4)');
  expect(refusal(() => scaled({}, Controller.job())).message).toContain('a Job has no number of pods');
  expect(refusal(() => scaled({}, Controller.daemonSet())).message).toContain('a DaemonSet has no number of pods');
  expect(refusal(() => scaled({ messagesPerPod: 0 })).place).toContain('messagesPerPod');
});

test('a tolerance goes to the autoscaler that KEDA makes, where the cluster keeps it', () => {
  const scaleUp = { window: '0s', policies: [{ pods: 4, every: '15s' }], tolerance: 2.5 } as const;
  const { spec } = objectOf('ScaledObject', { scaleUp, kubernetes: '1.35' }) as never as {
    readonly spec: { readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly behavior: object } } };
  };
  expect(spec.advanced.horizontalPodAutoscalerConfig.behavior).toMatchObject({ scaleUp: { tolerance: '25m' } });
  expect(refusal(() => scaled({ scaleUp, kubernetes: '1.34' })).found).toContain('drops a tolerance');
});
