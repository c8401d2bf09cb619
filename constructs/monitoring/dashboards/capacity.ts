import { NODE_JOB } from '../node-rules';
import type { Dashboard, DashboardPanel } from './dashboard';
import { uidOf } from './dashboard';
import type { Watched } from './watched';
import { measured, WHOLE_PODS } from './watched';

const CHOSEN = 'namespace=~"$namespace"';

/** How much room is left, and who takes it. */
export function capacityDashboard(watched: Watched): Dashboard | undefined {
  const { nodes, containers, objects } = measured(watched);
  const rows = [
    { title: 'Nodes', panels: [...(nodes ? nodePanels() : []), ...(objects ? requestPanels() : [])] },
    { title: 'Who takes most', panels: containers ? containerPanels() : [] },
    { title: 'Volumes', panels: containers ? volumePanels() : [] },
    { title: 'Autoscalers', panels: objects ? autoscalerPanels() : [] },
  ].filter(({ panels }) => panels.length > 0);
  if (rows.length === 0) return undefined;
  return {
    uid: uidOf('capacity'),
    title: 'Capacity',
    description: 'How much room is left on the nodes and volumes, and who takes it.',
    variables: [
      {
        name: 'namespace',
        label: 'Namespace',
        of: containers ? 'container_memory_working_set_bytes' : 'up',
        values: 'namespace',
      },
    ],
    marks: [],
    rows,
  };
}

function nodePanels(): DashboardPanel[] {
  const own = (series: string, ...more: string[]) => `${series}{${[`job="${NODE_JOB}"`, ...more].join(',')}}`;
  const available = own('node_filesystem_avail_bytes', 'fstype!="tmpfs"');
  return [
    {
      kind: 'graph',
      title: 'CPUs of all nodes',
      description: 'How many there are, and how many are in use.',
      unit: 'short',
      queries: [
        { expr: `count(${own('node_cpu_seconds_total', 'mode="idle"')})`, legend: 'there' },
        {
          expr: `sum(rate(${own('node_cpu_seconds_total', 'mode!="idle"')}[$__rate_interval]))`,
          legend: 'in use',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Memory of all nodes',
      description: 'How much there is, and how much of it programs could still get.',
      unit: 'bytes',
      queries: [
        { expr: `sum(${own('node_memory_MemTotal_bytes')})`, legend: 'there' },
        { expr: `sum(${own('node_memory_MemAvailable_bytes')})`, legend: 'available' },
      ],
    },
    {
      kind: 'graph',
      title: 'File systems in a day',
      description: 'What is left of each in a day, if it goes on as in the last hours; below 0 it will be full.',
      unit: 'bytes',
      limits: [0],
      lowIsBad: true,
      width: 24,
      queries: [
        {
          expr: `min by (instance, node, mountpoint) (predict_linear(${available}[6h], 24 * 3600))`,
          legend: '{{node}} {{instance}} {{mountpoint}}',
        },
      ],
    },
  ];
}

/** What the scheduler counts: a node is full when all of it is asked for, whatever is in use. */
function requestPanels(): DashboardPanel[] {
  const share = (resource: string) =>
    `sum by (node) (kube_pod_container_resource_requests{resource="${resource}"}) / sum by (node) (kube_node_status_allocatable{resource="${resource}"})`;
  return (['cpu', 'memory'] as const).map((resource) => ({
    kind: 'graph',
    title: `${resource === 'cpu' ? 'CPU' : 'Memory'} that is asked for`,
    description: 'The share of each node that the requests of its pods take: at 1 no pod fits any more.',
    unit: 'percentunit',
    max: 1,
    limits: [0.9],
    queries: [{ expr: share(resource), legend: '{{node}}' }],
  }));
}

function containerPanels(): DashboardPanel[] {
  const series = (metric: string) => `${metric}{${CHOSEN}}`;
  const whole = (metric: string) => `${metric}{${CHOSEN},${WHOLE_PODS}}`;
  return [
    {
      kind: 'graph',
      title: 'Most CPU',
      description: 'The ten pods that use most.',
      unit: 'short',
      queries: [
        {
          expr: `topk(10, sum by (namespace, pod) (rate(${whole('container_cpu_usage_seconds_total')}[$__rate_interval])))`,
          legend: '{{namespace}} {{pod}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Most memory',
      description: 'The ten pods that use most.',
      unit: 'bytes',
      queries: [
        {
          expr: `topk(10, sum by (namespace, pod) (${whole('container_memory_working_set_bytes')}))`,
          legend: '{{namespace}} {{pod}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Nearest to the memory limit',
      description:
        'The ten pods that use most of what they, or a container of theirs, may. What is killed at its limit restarts.',
      unit: 'percentunit',
      max: 1,
      limits: [0.9],
      width: 24,
      queries: [
        {
          expr: `topk(10, max by (namespace, pod) (${series('container_memory_working_set_bytes')} / (${series('container_spec_memory_limit_bytes')} > 0)))`,
          legend: '{{namespace}} {{pod}}',
        },
      ],
    },
  ];
}

function volumePanels(): DashboardPanel[] {
  const own = (series: string) => `${series}{job="kubelet",${CHOSEN}}`;
  return [
    {
      kind: 'graph',
      title: 'Volumes in use',
      description: 'The share of each claim that is taken. At 1 what writes to it fails.',
      unit: 'percentunit',
      max: 1,
      limits: [0.85],
      width: 24,
      queries: [
        {
          expr: `1 - max by (namespace, persistentvolumeclaim) (${own('kubelet_volume_stats_available_bytes')} / ${own('kubelet_volume_stats_capacity_bytes')})`,
          legend: '{{namespace}} {{persistentvolumeclaim}}',
          mayBeEmpty: 'a driver may measure nothing, as those of folders of a node',
        },
      ],
    },
  ];
}

function autoscalerPanels(): DashboardPanel[] {
  const own = (series: string) => `${series}{${CHOSEN}}`;
  return [
    {
      kind: 'graph',
      title: 'Pods against the most there may be',
      description: 'Of each autoscaler: at 1 it would scale further and may not.',
      unit: 'percentunit',
      max: 1,
      limits: [1],
      width: 24,
      queries: [
        {
          expr: `max by (namespace, horizontalpodautoscaler) (${own('kube_horizontalpodautoscaler_status_current_replicas')} / ${own('kube_horizontalpodautoscaler_spec_max_replicas')})`,
          legend: '{{namespace}} {{horizontalpodautoscaler}}',
          mayBeEmpty: 'there is no autoscaler in these namespaces',
        },
      ],
    },
  ];
}
