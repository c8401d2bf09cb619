import { load } from 'js-yaml';
import { kind } from '../../../clusters/kind';
import { shared } from '../../../clusters/shared';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { Alert } from '../../../constructs/monitoring/alert';
import { containerAlerts } from '../../../constructs/monitoring/container-rules';
import type { KubeStateMetricsProps } from '../../../constructs/monitoring/kube-state-metrics';
import { KubeStateMetrics } from '../../../constructs/monitoring/kube-state-metrics';
import { RuleSet, ruleSetsIn } from '../../../constructs/monitoring/watch';
import { workloadAlerts, workloadRecordings } from '../../../constructs/monitoring/workload-rules';
import { dev } from '../../../environments/dev';
import { kubeStateMetrics, networkPolicies, prometheus, uptimeKuma } from '../../../features';
import { because } from '../../../model/layers';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, platformOf, podOf, rendered } from '../../support/render';

type Props = Required<Omit<KubeStateMetricsProps, 'namespace' | 'namespaces'>>;
const watching = (props: Partial<Props> = {}, alerts: readonly Alert[] = []) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    const status = namespaceIn(chart, { name: 'shop-status' });
    const built = new KubeStateMetrics(chart, 'kube-state-metrics', {
      namespace,
      namespaces: () => [status],
      ...props,
    });
    if (alerts.length > 0)
      new RuleSet(chart, 'more', {
        name: 'more',
        rules: { alerts: alerts.map((alert, i) => ({ ...alert, name: `${alert.name}${i}` })) },
      });
    built.grantRights();
    new FlowPolicy(built.workload, 'policy', { workload: built.workload });
  });
const ofCluster = watching({ covers: 'cluster' });
const ofNamespaces = watching();
const argument = (objects: ReturnType<typeof watching>, name: string) =>
  podOf(objects)
    .spec.containers[0]!.args!.find((arg) => arg.startsWith(`--${name}=`))
    ?.replace(/^[^=]*=/, '');
const asking = (expr: string, more: Partial<Alert> = {}): Alert => ({
  name: 'Asks',
  expr,
  severity: 'info',
  summary: 'It asks',
  description: 'It asks.',
  steps: ['Look.'],
  tests: [{ name: 'it', series: {}, firing: { '1m': [{}], '2m': [] } }],
  ...more,
});

test('its pod meets the restricted standard and is probed where it answers for itself', () => {
  const { spec } = podOf(ofCluster);
  expect(podSecurityViolations(spec, 'restricted')).toEqual([]);
  const [container] = spec.containers;
  expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  expect(container?.livenessProbe?.httpGet).toMatchObject({ path: '/healthz', port: 'metrics' });
  expect(container?.readinessProbe?.httpGet).toMatchObject({ path: '/readyz', port: 'telemetry' });
  expect(container?.ports).toEqual([
    { name: 'metrics', containerPort: 8080 },
    { name: 'telemetry', containerPort: 8081 },
  ]);
  expect(argument(ofCluster, 'port')).toBe('8080');
  expect(argument(ofCluster, 'telemetry-port')).toBe('8081');
});

test('it lists what rules ask for, and may list nothing else', () => {
  const listed = argument(ofCluster, 'resources')!.split(',');
  expect(listed).toEqual([
    'cronjobs',
    'daemonsets',
    'deployments',
    'horizontalpodautoscalers',
    'jobs',
    'nodes',
    'pods',
    'statefulsets',
  ]);
  const { rules } = ofCluster.get('ClusterRole');
  expect(rules!.flatMap(({ resources }) => resources!).sort()).toEqual(listed);
  for (const { verbs } of rules!) expect(verbs).toEqual(['list', 'watch']);
  expect(rules!.map(({ apiGroups }) => apiGroups)).toEqual([[''], ['apps'], ['autoscaling'], ['batch']]);
  expect(argument(ofCluster, 'namespaces')).toBeUndefined();
});

test('a further rule that asks for more is given more', () => {
  const more = watching({ covers: 'cluster' }, [asking('kube_poddisruptionbudget_status_current_healthy > 1')]);
  expect(argument(more, 'resources')).toContain(',poddisruptionbudgets,');
  expect(more.get('ClusterRole').rules).toContainEqual({
    apiGroups: ['policy'],
    resources: ['poddisruptionbudgets'],
    verbs: ['list', 'watch'],
  });
});

test('in some namespaces it has rights in these alone', () => {
  expect(argument(ofNamespaces, 'namespaces')).toBe('shop,shop-status');
  expect(argument(ofNamespaces, 'resources')).not.toContain('nodes');
  expect(ofNamespaces.of('ClusterRole')).toEqual([]);
  expect(ofNamespaces.of('Role').map(({ metadata }) => metadata.namespace)).toEqual(['shop', 'shop-status']);
  for (const binding of ofNamespaces.of('RoleBinding'))
    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'kube-state-metrics', namespace: 'shop' }]);
});

test('what stands in no namespace takes a right in the cluster, and no more', () => {
  const nodes = watching({}, [asking('kube_node_spec_unschedulable == 1')]);
  expect(nodes.get('ClusterRole').rules).toEqual([{ apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] }]);
  expect(nodes.get('ClusterRole').metadata.name).toBe('shop-kube-state-metrics');
  for (const { rules } of nodes.of('Role')) expect(JSON.stringify(rules)).not.toContain('nodes');
});

test('it tells the labels that rules name, and no others', () => {
  expect(argument(ofCluster, 'metric-labels-allowlist')).toBe('pods=[app.kubernetes.io/name]');
  const more = watching({}, [
    asking('kube_pod_labels{label_team!=""} == 1', { objectLabels: { pods: ['team'] } }),
    asking('kube_deployment_labels{label_cost_center!=""} == 1', { objectLabels: { deployments: ['costCenter'] } }),
  ]);
  expect(argument(more, 'metric-labels-allowlist')).toBe('deployments=[costCenter],pods=[app.kubernetes.io/name,team]');
});

test('it reaches the API server, and nothing else', () => {
  const { egress, policyTypes } = ofCluster.get('NetworkPolicy').spec;
  expect(policyTypes).toEqual(['Egress']);
  expect(egress).toEqual([
    {
      to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }],
      ports: [
        { protocol: 'TCP', port: 443 },
        { protocol: 'TCP', port: 6443 },
      ],
    },
  ]);
});

test('with all props it has what they say', () => {
  const all: Props = { covers: 'cluster', resources: { cpu: '1', memory: '64Mi' } };
  expect(podOf(watching(all)).spec.containers[0]?.resources?.requests).toEqual({ cpu: '1', memory: '64Mi' });
});

describe('its rules', () => {
  test.each([undefined, ['shop'], ['shop', 'shop-status']])(
    'about the namespaces %s are about no others',
    (namespaces) => {
      const watched = { namespaces };
      const expected = namespaces && (namespaces.length === 1 ? 'namespace="shop"' : 'namespace=~"shop|shop-status"');
      const rules = [...workloadRecordings(watched), ...workloadAlerts(watched), ...containerAlerts(watched)];
      for (const { expr } of rules) {
        for (const [series] of expr.matchAll(/(?<!\w)(kube_(?!state_metrics)|kubelet_|container_)\w+(\{[^}]*\})?/g)) {
          expect(series).toMatch(/\{job="(kube-state-metrics|kubelet|cadvisor)"/);
          if (expected !== undefined) expect(series).toContain(expected);
          else expect(series).not.toContain('namespace');
        }
      }
    },
  );

  test('about nodes are there where the whole cluster is watched', () => {
    const names = (namespaces?: string[]) => workloadAlerts({ namespaces }).map(({ name }) => name);
    expect(names()).toContain('NodeNotReady');
    expect(names(['shop'])).toEqual(names().filter((name) => name !== 'NodeNotReady'));
  });

  test('each resolve by a test', () => {
    for (const { name, tests } of [
      ...workloadAlerts({ namespaces: ['a'] }),
      ...containerAlerts({ namespaces: ['a'] }),
    ]) {
      const resolves = tests.some(({ firing }) => {
        const states = Object.values(firing).map((alerts) => alerts.length > 0);
        return states.lastIndexOf(true) >= 0 && states.lastIndexOf(false) > states.lastIndexOf(true);
      });
      expect([name, resolves]).toEqual([name, true]);
    }
  });

  test('are made when all namespaces are there', () => {
    let later: string[] = [];
    rendered((chart) => {
      const namespaces = [namespaceIn(chart)];
      new KubeStateMetrics(chart, 'it', { namespace: namespaces[0]!, namespaces: () => namespaces });
      namespaces.push(namespaceIn(chart, { name: 'later' }));
      later = ruleSetsIn(chart).flatMap(({ alerts }) => alerts.map(({ expr }) => expr));
    });
    expect(later.filter((expr) => expr.includes('namespace=~"later|shop"')).length).toBeGreaterThan(8);
  });
});

describe('Prometheus', () => {
  const inForm = (form: 'minimal' | 'discovery' | 'operator') =>
    platformOf(dev, form === 'operator' ? shared : kind, [kubeStateMetrics, prometheus, networkPolicies, uptimeKuma], {
      prometheus: { form: because(form, 'a test') },
      kubeStateMetrics: { covers: because('own-namespaces', 'a test') },
    });
  const file = (form: 'minimal' | 'discovery', name: string) =>
    load(
      inForm(form)
        .of('ConfigMap')
        .find(({ metadata }) => metadata.name.startsWith('prometheus-config'))!.data[name]!,
    );
  const job = (form: 'minimal' | 'discovery', name: string) =>
    (file(form, 'prometheus.yml') as { scrape_configs: { job_name: string }[] }).scrape_configs.find(
      ({ job_name }) => job_name === name,
    );

  test.each(['minimal', 'discovery'] as const)('%s: series of objects keep their own labels', (form) => {
    expect(JSON.stringify(job(form, 'kube-state-metrics'))).not.toContain('target_label');
    expect(JSON.stringify(job(form, 'kube-state-metrics-telemetry'))).toContain('"target_label":"namespace"');
    expect(JSON.stringify(job(form, 'kube-state-metrics'))).toMatch(form === 'minimal' ? /"port":8080/ : /"8080"/);
    expect(JSON.stringify(job(form, 'kube-state-metrics-telemetry'))).toMatch(
      form === 'minimal' ? /"port":8081/ : /"8081"/,
    );
  });

  test('operator: series of objects keep their own labels', () => {
    const endpoint = (name: string) =>
      inForm('operator')
        .of('PodMonitor')
        .find(({ metadata }) => metadata.name === name)!.spec.podMetricsEndpoints[0];
    expect(endpoint('kube-state-metrics')).toEqual({
      portNumber: 8080,
      path: '/metrics',
      relabelings: [
        { targetLabel: 'job', replacement: 'kube-state-metrics' },
        { action: 'labeldrop', regex: 'endpoint|namespace|pod|container' },
      ],
    });
    expect(endpoint('kube-state-metrics-telemetry')).toMatchObject({ portNumber: 8081 });
  });

  test('reaches both of its ports', () => {
    const { ingress } = inForm('minimal').get('NetworkPolicy', 'kube-state-metrics').spec;
    expect(ingress?.flatMap(({ ports }) => ports?.map(({ port }) => port))).toEqual([8080, 8081]);
  });

  test('loads rules about series of kubelets where it scrapes them alone', () => {
    const groups = (form: 'minimal' | 'discovery') =>
      (file(form, 'rules.yml') as { groups: { name: string }[] }).groups.map(({ name }) => name);
    expect(groups('discovery')).toEqual(expect.arrayContaining(['workloads', 'containers']));
    expect(groups('minimal')).toContain('workloads');
    expect(groups('minimal')).not.toContain('containers');
    expect(JSON.stringify(file('minimal', 'rules.yml'))).not.toContain('objectLabels');
  });

  test('is asked about every namespace of the target, whatever feature brings it', () => {
    expect(JSON.stringify(file('minimal', 'rules.yml'))).toContain('namespace=~\\"course-dev|course-dev-status\\"');
  });
});
