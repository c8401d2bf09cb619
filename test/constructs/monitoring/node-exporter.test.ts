import { load } from 'js-yaml';
import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { NodeExporterProps } from '../../../constructs/monitoring/node-exporter';
import { NodeExporter } from '../../../constructs/monitoring/node-exporter';
import { nodeAlerts, nodeRecordings } from '../../../constructs/monitoring/node-rules';
import { ruleSetsIn } from '../../../constructs/monitoring/watch';
import { dev } from '../../../environments/dev';
import { networkPolicies, nodeExporter, prometheus } from '../../../features';
import { because } from '../../../model/layers';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, platformOf, podOf, refusal, rendered } from '../../support/render';

type Props = Required<Omit<NodeExporterProps, 'namespace'>>;
const exported = (props: Partial<Props> = {}) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart, { name: 'nodes', podSecurity: 'privileged' });
    const { workload } = new NodeExporter(chart, 'node-exporter', { namespace, ...props });
    new FlowPolicy(workload, 'policy', { workload });
  });
const objects = exported();
const pod = podOf(objects).spec;
const [container] = pod.containers;

test('it stands on every node, whatever its taints, and goes last when room is short', () => {
  expect(objects.get('DaemonSet').spec.updateStrategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: '10%' });
  expect(pod.tolerations).toEqual([{ operator: 'Exists' }]);
  expect(pod.priorityClassName).toBe('system-node-critical');
});

test('it sees the node and can change nothing', () => {
  expect(pod).toMatchObject({ hostNetwork: true, hostPID: true, automountServiceAccountToken: false });
  expect(pod.volumes).toEqual([{ name: 'root', hostPath: { path: '/', type: 'Directory' } }]);
  expect(container?.volumeMounts).toEqual([
    { name: 'root', mountPath: '/host/root', readOnly: true, mountPropagation: 'HostToContainer' },
  ]);
  expect(container?.args).toContain('--path.rootfs=/host/root');
  expect(container?.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 65534,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
});

test('it departs from the baseline by nothing but what it says', () => {
  const { hostNetwork: _, hostPID: __, volumes: ___, ...others } = pod;
  const inner = { ...others, containers: [{ ...container!, ports: [] }] };
  expect(podSecurityViolations(inner, 'restricted')).toEqual([]);
  expect(podSecurityViolations(pod, 'baseline')).not.toEqual([]);
});

test('it listens at the address of its node alone', () => {
  expect(container?.args).toContain('--web.listen-address=[$(HOST_IP)]:9100');
  expect(container?.env).toEqual([{ name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } }]);
  expect(container?.ports).toEqual([{ name: 'metrics', containerPort: 9100, hostPort: 9100 }]);
});

test.each([
  ['/', true],
  ['/var/lib/kubelet', true],
  ['/data', true],
  ['/runner', true],
  ['/run/user/0', false],
  ['/sys/fs/cgroup', false],
  ['/var/lib/kubelet/pods/1/volumes/x', false],
])('the file system at %s is measured: %s', (mountPoint, measured) => {
  const [flag, pattern] = container!.args!.find((arg) => arg.includes('mount-points-exclude'))!.split(/=(.*)/);
  expect(flag).toBe('--collector.filesystem.mount-points-exclude');
  expect(new RegExp(pattern!).test(mountPoint)).toBe(!measured);
});

test('with all props it has what they say', () => {
  const all: Props = { resources: { cpu: '1', memory: '64Mi' } };
  expect(podOf(exported(all)).spec.containers[0]?.resources?.requests).toEqual({ cpu: '1', memory: '64Mi' });
});

test('a namespace that enforces anything is refused', () => {
  const act = () => rendered((chart) => new NodeExporter(chart, 'it', { namespace: namespaceIn(chart) }));
  expect(refusal(act).message).toContain('namespace shop enforces restricted');
});

test('a cluster where no namespace may be privileged refuses the feature', () => {
  expect(refusal(() => platformOf(dev, cloud, [nodeExporter])).message).toContain('needs privileged-namespaces');
});

test('its rules are those of nodes, each series of its own job', () => {
  let sets: string[] = [];
  rendered((chart) => {
    new NodeExporter(chart, 'it', { namespace: namespaceIn(chart, { podSecurity: 'privileged' }) });
    sets = ruleSetsIn(chart).map(({ name }) => name);
  });
  expect(sets).toEqual(['nodes']);
  for (const { expr } of [...nodeRecordings(), ...nodeAlerts()])
    for (const [series] of expr.matchAll(/node_\w+(\{[^}]*\})?/g)) expect(series).toMatch(/\{job="node-exporter"/);
});

describe('Prometheus', () => {
  const inForm = (form: 'minimal' | 'discovery') =>
    platformOf(dev, kind, [nodeExporter, prometheus, networkPolicies], {
      prometheus: { form: because(form, 'a test') },
    });
  const configuration = (form: 'minimal' | 'discovery') =>
    inForm(form)
      .of('ConfigMap')
      .find(({ metadata }) => metadata.name.startsWith('prometheus-config'))!.data['prometheus.yml']!;

  test('reaches it by the addresses of nodes', () => {
    const { egress } = inForm('minimal').get('NetworkPolicy', 'prometheus').spec;
    expect(egress).toContainEqual({
      to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }],
      ports: [{ protocol: 'TCP', port: 9100 }],
    });
  });

  test('tells which node it is where it can ask, and says nothing of the pod', () => {
    const job = (form: 'minimal' | 'discovery') => {
      const { scrape_configs } = load(configuration(form)) as { scrape_configs: { job_name: string }[] };
      return JSON.stringify(scrape_configs.find(({ job_name }) => job_name === 'node-exporter'));
    };
    expect(job('discovery')).toContain('"target_label":"node"');
    expect(job('discovery')).not.toMatch(/"target_label":"(pod|container|namespace)"/);
    expect(job('minimal')).toContain('node-exporter-pods.course-dev-nodes.svc');
    expect(job('minimal')).not.toContain('target_label');
  });
});
