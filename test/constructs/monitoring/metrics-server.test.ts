import type { MetricsServerProps } from '../../../constructs/monitoring/metrics-server';
import { MetricsServer } from '../../../constructs/monitoring/metrics-server';
import { podSecurityViolations } from '../../support/pod-security';
import { podOf, rendered } from '../../support/render';

const metricsServer = (props: Required<MetricsServerProps>) =>
  rendered((chart) => new MetricsServer(chart, 'it', props));
const objects = metricsServer({ kubeletCertificates: 'signed' });
const pod = podOf(objects).spec;
const [container] = pod.containers;

describe('kubelets', () => {
  const insecure = '--kubelet-insecure-tls';

  test('with signed certificates are verified', () => {
    expect(container?.args).not.toContain(insecure);
  });

  test('with unsigned certificates are not', () => {
    expect(podOf(metricsServer({ kubeletCertificates: 'unsigned' })).spec.containers[0]?.args).toContain(insecure);
  });
});

// manifests/base of metrics-server 0.9.0, as far as it says what the program needs.
describe('beside the manifests of metrics-server itself', () => {
  test('its arguments are the same', () => {
    expect(container?.args).toEqual([
      '--cert-dir=/tmp',
      '--secure-port=10250',
      '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
      '--kubelet-use-node-status-port',
      '--metric-resolution=15s',
    ]);
  });

  test('it may read metrics of nodes, and list pods and nodes', () => {
    expect(objects.get('ClusterRole', 'system:metrics-server').rules).toEqual([
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
    ]);
  });

  test('people who may view, edit or administrate may see its metrics', () => {
    const { metadata, rules } = objects.get('ClusterRole', 'system:aggregated-metrics-reader');
    expect(rules).toEqual([
      { apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
    ]);
    for (const role of ['view', 'edit', 'admin'])
      expect(metadata.labels?.[`rbac.authorization.k8s.io/aggregate-to-${role}`]).toBe('true');
  });

  test('its account is bound to its role, may ask who calls, and may read how callers are known', () => {
    const account = { kind: 'ServiceAccount', name: 'metrics-server', namespace: 'kube-system' };
    const bindings = [...objects.of('ClusterRoleBinding'), ...objects.of('RoleBinding')];
    expect(
      bindings.map(({ kind, metadata, roleRef }) => [kind, metadata.namespace, roleRef.kind, roleRef.name]),
    ).toEqual([
      ['ClusterRoleBinding', undefined, 'ClusterRole', 'system:metrics-server'],
      ['ClusterRoleBinding', undefined, 'ClusterRole', 'system:auth-delegator'],
      ['RoleBinding', 'kube-system', 'Role', 'extension-apiserver-authentication-reader'],
    ]);
    for (const { subjects } of bindings) expect(subjects).toEqual([account]);
    expect(objects.get('ServiceAccount').metadata).toMatchObject({ name: 'metrics-server', namespace: 'kube-system' });
    expect(pod).toMatchObject({ serviceAccountName: 'metrics-server', automountServiceAccountToken: true });
  });

  test('the API server finds it by its Service', () => {
    const { metadata, spec } = objects.get('APIService');
    expect(metadata.name).toBe('v1beta1.metrics.k8s.io');
    expect(spec).toMatchObject({
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      service: { name: 'metrics-server', namespace: 'kube-system' },
      insecureSkipTLSVerify: true,
    });
    // The port that an APIService asks for when it names none.
    expect(objects.get('Service').spec.ports).toEqual([{ name: 'https', port: 443, targetPort: 'https' }]);
    expect(container?.ports).toEqual([{ name: 'https', containerPort: 10250 }]);
  });

  test('it is asked over TLS whether it is alive and ready', () => {
    expect([container?.livenessProbe, container?.readinessProbe].map((probe) => probe?.httpGet)).toEqual([
      { path: '/livez', port: 'https', scheme: 'HTTPS' },
      { path: '/readyz', port: 'https', scheme: 'HTTPS' },
    ]);
  });
});

test('it is a part of the control plane that meets the restricted standard all the same', () => {
  expect(pod.priorityClassName).toBe('system-cluster-critical');
  expect(objects.get('Deployment').metadata.namespace).toBe('kube-system');
  expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
});

test('it writes its certificate into scratch space', () => {
  expect(container?.volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
});

test('it has no namespace of its own to make', () => {
  expect(objects.of('Namespace')).toEqual([]);
});
