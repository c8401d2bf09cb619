import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { images } from '../../model/images';
import { Controller } from '../core/controller';
import { KUBE_SYSTEM } from '../core/namespace';
import { Probe } from '../core/probe';
import { Volume } from '../core/volume';
import { Workload } from '../core/workload';
import { MetricsReader } from './metrics-reader';

export interface MetricsServerProps {
  /** `unsigned`: the kubelets' certificates cannot be verified, so they are not; traffic to them can then be read on the way. */
  readonly kubeletCertificates: 'signed' | 'unsigned';
}

/** Serves `metrics.k8s.io`: what `kubectl top` shows and the autoscaler reads. Once per cluster. */
export class MetricsServer extends Construct {
  readonly workload: Workload;

  constructor(scope: Construct, id: string, props: MetricsServerProps) {
    super(scope, id);
    const namespace = KUBE_SYSTEM.name;
    this.workload = new Workload(this, 'metrics-server', {
      namespace: KUBE_SYSTEM,
      controller: Controller.deployment(),
      pod: {
        user: 1000,
        serviceAccount: 'metrics-server',
        priorityClass: 'system-cluster-critical',
        container: {
          name: 'metrics-server',
          image: images.metricsServer,
          args: [
            '--cert-dir=/tmp',
            '--secure-port=10250',
            '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
            '--kubelet-use-node-status-port',
            '--metric-resolution=15s',
            ...(props.kubeletCertificates === 'unsigned' ? ['--kubelet-insecure-tls'] : []),
          ],
          ports: { https: 10250 },
          resources: { cpu: '100m', memory: '200Mi' },
          probes: {
            readiness: Probe.https('/readyz', 'https', { every: 10 }),
            liveness: Probe.https('/livez', 'https', { every: 10 }),
          },
          mounts: [Volume.scratch('tmp', '16Mi').at('/tmp', { writable: true })],
        },
      },
    });
    const service = this.workload.service();
    service.publish(this.workload.port('https'));

    const { labels } = this.workload;
    const account = { kind: 'ServiceAccount', name: 'metrics-server', namespace };
    const rbac = 'rbac.authorization.k8s.io';
    new k8s.KubeServiceAccount(this, 'account', { metadata: { name: 'metrics-server', namespace, labels } });
    new MetricsReader(this, 'reader', { labels });
    new k8s.KubeClusterRole(this, 'role', {
      metadata: { name: 'system:metrics-server', labels },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    });
    new k8s.KubeClusterRoleBinding(this, 'binding', {
      metadata: { name: 'system:metrics-server', labels },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:metrics-server' },
      subjects: [account],
    });
    new k8s.KubeClusterRoleBinding(this, 'delegator', {
      metadata: { name: 'metrics-server:system:auth-delegator', labels },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:auth-delegator' },
      subjects: [account],
    });
    new k8s.KubeRoleBinding(this, 'auth-reader', {
      metadata: { name: 'metrics-server-auth-reader', namespace, labels },
      roleRef: { apiGroup: rbac, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects: [account],
    });
    new k8s.KubeApiService(this, 'api-service', {
      metadata: { name: 'v1beta1.metrics.k8s.io', labels },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        // It makes its own certificate at every start, which no CA signs.
        insecureSkipTlsVerify: true,
        service: { name: service.name, namespace },
      },
    });
  }
}
