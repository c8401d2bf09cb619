import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  Alertmanager as AlertmanagerObject,
  AlertmanagerSpecResourcesLimits as Limits,
  AlertmanagerSpecResourcesRequests as Requests,
  AlertmanagerSpecStorageVolumeClaimTemplateSpecResourcesRequests as StorageRequests,
} from '../../imports/monitoring.coreos.com';
import { images, versionOf } from '../../model/images';
import { checkSettings } from '../../model/settings';
import { ExpectedSecret } from '../core/expected-secret';
import type { EndPort } from '../core/flow';
import { openFlow } from '../core/flow';
import { chosenClass } from '../core/storage';
import { ExternalWorkload } from '../inputs/external-workload';
import type { AlertmanagerProps } from './alertmanager';
import { waysOut } from './alertmanager';
import { alertmanagerConfigObject } from './alertmanager-object';
import { alertmanagerRules } from './alertmanager-rules';
import { alertingSettings } from './alertmanager-settings';
import { checkReceiverSecrets, notificationPlan, receiverKeys } from './notification-plan';
import { Watch } from './watch';

/** The same Alertmanagers, run by the Prometheus operator: another configuration needs no restart. */
export class OperatedAlertmanager extends Construct {
  /** The pods that the operator makes. */
  readonly workload: ExternalWorkload;

  constructor(scope: Construct, id: string, props: Omit<AlertmanagerProps, 'toYaml'>) {
    super(scope, id);
    const settings = { ...alertingSettings.defaults, ...props };
    checkSettings('alerting', alertingSettings, settings);
    const { namespace, replicas, volume, resources, credentials } = settings;
    const plan = notificationPlan(settings);
    checkReceiverSecrets('alerting', plan, credentials);
    const labels = { ...Chart.of(this).labels, 'app.kubernetes.io/name': id };
    const at = { namespace: namespace.name, labels };
    const keys = receiverKeys(plan);
    const secret =
      Object.keys(keys).length > 0
        ? new ExpectedSecret(this, `${id}-receivers`, { namespace, source: credentials, keys })
        : undefined;
    alertmanagerConfigObject(this, id, at, plan, (key) => secret!.reference(key));

    const object = new AlertmanagerObject(this, 'alertmanager', {
      metadata: { name: id, ...at },
      spec: {
        image: images.alertmanager,
        version: versionOf(images.alertmanager),
        imagePullSecrets: namespace.imagePullSecrets?.map((name) => ({ name })) ?? [],
        replicas,
        podMetadata: { labels: { ...Chart.of(this).labels } },
        // The configuration of all alerts: one that is selected holds for those of its own namespace alone.
        alertmanagerConfiguration: { name: id },
        resources: {
          requests: { cpu: Requests.fromString(resources.cpu), memory: Requests.fromString(resources.memory) },
          limits: {
            ...(resources.cpuLimit === undefined ? {} : { cpu: Limits.fromString(resources.cpuLimit) }),
            memory: Limits.fromString(resources.memoryLimit ?? resources.memory),
          },
        },
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65534,
          runAsGroup: 65534,
          fsGroup: 65534,
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
        },
        ...(replicas > 1
          ? {
              topologySpreadConstraints: [
                {
                  topologyKey: 'kubernetes.io/hostname',
                  maxSkew: 1,
                  whenUnsatisfiable: 'ScheduleAnyway',
                  labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'alertmanager', alertmanager: id } },
                },
              ],
            }
          : {}),
        ...(volume === 'none'
          ? {}
          : {
              persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
              storage: {
                volumeClaimTemplate: {
                  spec: {
                    accessModes: ['ReadWriteOnce'],
                    storageClassName: chosenClass('alerting.volume', 'cluster-default', props.storage).name,
                    resources: { requests: { storage: StorageRequests.fromString(volume) } },
                  },
                },
              },
            }),
      },
    });

    this.workload = new ExternalWorkload(this, 'pods', {
      object: object.toJson(),
      place: 'alertmanager',
      others: [],
      namespace,
      selector: { 'app.kubernetes.io/name': 'alertmanager', alertmanager: id },
      ports: { web: 9093, ...(replicas > 1 ? { mesh: 9094 } : {}) },
      udp: ['mesh'],
      // As that of a StatefulSet of our own: whether a Service has an address can not be changed when the form is.
      headless: true,
    });
    this.workload.serviceOf(this.alerts);
    if (replicas > 1) openFlow(this.workload, this.workload.port('mesh'));
    this.workload.outside.push(...waysOut(plan));
    this.workload.servesMetrics('web', { job: 'alertmanager' });
    new Watch(this, 'watch', { of: this.workload, alerts: alertmanagerRules(this.workload, replicas) });
  }

  /** The port that is told of alerts: each pod behind it has to be. */
  get alerts(): EndPort {
    return this.workload.port('web');
  }
}
