import {
  checkObjectLabels,
  resourcesIn,
  STATE_RESOURCES,
  stateLabel,
  stateNeeds,
} from '../../../constructs/monitoring/object-state';
import { testedRules } from '../../../constructs/monitoring/rules';
import type { Recording } from '../../../constructs/monitoring/watch';
import { RuleSet } from '../../../constructs/monitoring/watch';
import { isListedInCluster } from '../../../upstream/kube-state-metrics/series';
import { refusal, rendered } from '../../support/render';

test.each([
  ['kube_pod_status_ready == 0', ['pods']],
  ['kube_poddisruptionbudget_created + kube_pod_info', ['poddisruptionbudgets', 'pods']],
  [
    'kube_persistentvolume_claim_ref * kube_persistentvolumeclaim_info',
    ['persistentvolumeclaims', 'persistentvolumes'],
  ],
  ['kube_resourcequota{type="hard"}', ['resourcequotas']],
  ['{__name__="kube_job_failed"}', ['jobs']],
  // Recorded series, those of others, and words that only look so.
  ['kube_pod:ready:ratio + my_kube_pod_info', []],
  ['rate(kube_state_metrics_list_total[5m]) + kube_apiserver_requests_total', []],
  ['kubelet_volume_stats_inodes{job="kube-state-metrics"}', []],
])('%s needs %j', (expr, resources) => {
  expect(resourcesIn('it', expr)).toEqual(resources);
});

test('Secrets are never listed, and a series of no object is refused', () => {
  expect(Object.keys(STATE_RESOURCES)).not.toContain('secrets');
  expect(Object.keys(STATE_RESOURCES)).not.toContain('configmaps');
  for (const series of ['kube_secret_info', 'kube_configmap_created', 'kube_pods_ready'])
    expect(refusal(() => resourcesIn('it', `${series} > 1`)).message).toContain(`it: asks for ${series}`);
});

test('whether each stands in a namespace is what the judging half reads of kube-state-metrics', () => {
  for (const [resource, { namespaced }] of Object.entries(STATE_RESOURCES))
    expect([resource, namespaced]).toEqual([resource, !isListedInCluster(resource)]);
});

test.each([
  ['app.kubernetes.io/name', 'label_app_kubernetes_io_name'],
  ['costCenter', 'label_cost_center'],
  ['pod-template-hash', 'label_pod_template_hash'],
  ['HTTPPort2X', 'label_httpport2_x'],
])('the label %s becomes %s', (key, label) => {
  expect(stateLabel(key)).toBe(label);
});

describe('labels of objects', () => {
  const joined = 'up * on (pod) group_left (label_team) kube_pod_labels';

  test('that are used and said are taken', () => {
    expect(() => checkObjectLabels('it', joined, { pods: ['team'] })).not.toThrow();
    expect(() => checkObjectLabels('it', 'label_replace(up, "a", "$1", "b", "(.*)")')).not.toThrow();
  });

  test.each<[string, string, Parameters<typeof checkObjectLabels>[2], string]>([
    ['used and not said', joined, undefined, 'uses label_team'],
    ['used, and another one said', joined, { pods: ['app'] }, 'uses label_team'],
    ['said and not used', joined, { pods: ['team', 'app'] }, 'asks for the label app of pods'],
    ['said of another object', joined, { pods: ['team'], nodes: ['team'] }, 'asks for the label team of nodes'],
    ['asked for without any', 'kube_pod_labels == 1', {}, 'asks for kube_pod_labels'],
  ])('that are %s are refused', (_, expr, labels, problem) => {
    expect(refusal(() => checkObjectLabels('it', expr, labels)).message).toContain(problem);
  });
});

test('needs of several expressions come together, each once and in order', () => {
  const needs = stateNeeds([
    { place: 'b', expr: 'kube_pod_labels * kube_node_info', objectLabels: { pods: ['team', 'app'] } },
    { place: 'a', expr: 'kube_pod_labels', objectLabels: { pods: ['app'] } },
  ]);
  expect(needs).toEqual({ resources: ['nodes', 'pods'], labels: { pods: ['app', 'team'] }, annotations: {} });
});

describe('a recording', () => {
  const loaded = (recording: Recording) => {
    let rules: object[] = [];
    rendered((chart) => {
      const set = new RuleSet(chart, 'set', { name: 'teams', rules: { recordings: [recording], alerts: [] } });
      const { groups } = testedRules({ watches: [], sets: [set], retention: '7d', owner: 'us', runbooks: 'x' });
      rules = groups.flatMap((group) => group.rules);
    });
    return rules;
  };

  test('is loaded without what it needs to be told', () => {
    const rule = { record: 'team:pods:count', expr: 'count by (label_team) (kube_pod_labels)' };
    expect(loaded({ ...rule, objectLabels: { pods: ['team'] } })).toEqual([rule]);
  });

  test.each([
    ['count by (label_team) (kube_pod_labels)', 'teams, recording it: uses label_team'],
    ['kube_secret_info', 'teams, recording it: asks for kube_secret_info'],
  ])('of %s is refused where it is declared', (expr, problem) => {
    expect(refusal(() => loaded({ record: 'it', expr })).message).toContain(problem);
  });
});
