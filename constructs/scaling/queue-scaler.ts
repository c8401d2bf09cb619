import { Construct } from 'constructs';
import { ScaledObject, TriggerAuthentication } from '../../imports/keda.sh';
import { StrataError } from '../../model/errors';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { seconds } from '../../model/quantity';
import { duration, whole } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { checkSettings, settingsOf } from '../../model/settings';
import type { Workload } from '../core/workload';
import { behaviorOf } from './scaled-behavior';
import { checkTolerance, scalingRules } from './scaling-rules';

/** A key of a Secret in the namespace of the workload. */
interface SecretReference {
  readonly name: string;
  readonly key: string;
}

/** How the length of a queue of RabbitMQ is looked at: by its management API, which counts what is under way too. */
export interface QueueSource {
  readonly queue: string;
  readonly host: string;
  readonly username: SecretReference;
  readonly password: SecretReference;
}

/** Settings of a scaler by a queue, for the group of what has one. */
export const queueScalerFields = {
  /** Fewest pods; with 0 there is none while nothing waits. */
  min: whole(0),
  /** Most pods. */
  max: whole(10, { min: 1 }),
  /** Messages for each pod, those under way included: so many pods are wanted. */
  messagesPerPod: whole(20, { min: 1 }),
  /** How often KEDA asks while there is no pod: a first message waits so long at most. With pods the autoscaler asks every 15 s. */
  pollingInterval: duration('5s'),
  /** How long the queue must have been empty before the last pod goes. */
  cooldown: duration('1m'),
  /** How fast pods are added: the stabilization window, policies as pods or percent per span, and which of them holds. */
  scaleUp: scalingRules({
    window: '0s',
    policies: [
      { pods: 4, every: '15s' },
      { percent: 100, every: '15s' },
    ],
    select: 'Max',
  }),
  /** How fast pods are removed, down to one, in the same words. */
  scaleDown: scalingRules({ window: '2m', policies: [{ percent: 100, every: '15s' }], select: 'Max' }),
};

const queueScalerSettings = settingsOf('queueScaler', queueScalerFields);

export interface QueueScalerProps extends Partial<ValuesOf<typeof queueScalerSettings>> {
  readonly workload: Workload;
  readonly source: QueueSource;
  /** The cluster's version. @default - one that knows every field */
  readonly kubernetes?: KubernetesVersion;
}

/**
 * A ScaledObject: KEDA starts the first pod when a message comes, makes an autoscaler for all further ones, and ends the last pod. It asks the
 * management API (`http`), which counts messages that consumers work on: by `amqp` a queue whose messages are all under way looks empty,
 * and those who work on them are ended.
 */
export class QueueScaler extends Construct {
  constructor(scope: Construct, id: string, props: QueueScalerProps) {
    super(scope, id);
    const settings = { ...queueScalerSettings.defaults, ...props };
    const { workload, source, min, max } = settings;
    const place = `queue scaler of ${workload.name}`;
    checkSettings(place, queueScalerSettings, settings);
    const { kind, apiVersion } = workload.controller;
    if (kind !== 'Deployment' && kind !== 'StatefulSet')
      throw new StrataError(place, `a ${kind} has no number of pods that it could change`, [
        'scale a Deployment or a StatefulSet',
      ]);
    if (min > max) throw new StrataError(place, `min (${min}) is above max (${max})`, ['lower min', 'raise max']);
    checkTolerance(place, settings.kubernetes, settings.scaleUp, settings.scaleDown);
    workload.scaledBetween(min, max);
    const metadata = { name: workload.name, namespace: workload.namespace.name, labels: workload.labels };
    new TriggerAuthentication(this, 'authentication', {
      metadata,
      spec: {
        secretTargetRef: [
          { parameter: 'username', ...source.username },
          { parameter: 'password', ...source.password },
        ],
      },
    });
    new ScaledObject(this, 'scaled-object', {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion, kind, name: workload.name },
        pollingInterval: seconds(settings.pollingInterval),
        cooldownPeriod: seconds(settings.cooldown),
        minReplicaCount: min,
        maxReplicaCount: max,
        advanced: {
          horizontalPodAutoscalerConfig: {
            behavior: behaviorOf(settings),
          },
        },
        triggers: [
          {
            type: 'rabbitmq',
            // The total divided by the pods; `Value` would be multiplied by them, up to the maximum.
            metricType: 'AverageValue',
            metadata: {
              protocol: 'http',
              host: source.host,
              vhostName: '/',
              queueName: source.queue,
              mode: 'QueueLength',
              value: String(settings.messagesPerPod),
              activationValue: '0',
            },
            authenticationRef: { name: workload.name },
          },
        ],
      },
    });
  }
}
