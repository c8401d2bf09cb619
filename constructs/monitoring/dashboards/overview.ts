import { ERROR_RATIO, LATENCY, REQUEST_RATE } from '../requests';
import { BUDGET_LEFT, isBudgetRecorded } from '../slo';
import type { Dashboard, DashboardPanel } from './dashboard';
import { uidOf } from './dashboard';
import { rolloutMarks } from './rollouts';
import { answersRequests } from './service';
import type { Watched } from './watched';
import { measured, WHOLE_PODS } from './watched';

const CHOSEN = 'namespace=~"$namespace"';
const SERVICE = '{{namespace}} {{job}}';
/** What always fires, so that somebody notices when it does not. */
const TOLD = 'alertstate="firing",alertname!="Watchdog"';

/** Whether people get what they ask for, and if not, where to look. */
export function overviewDashboard(watched: Watched): Dashboard {
  const { nodes, containers, objects } = measured(watched);
  return {
    uid: uidOf('overview'),
    title: 'Overview',
    description: 'Whether people get what they ask for, and what runs beneath; the other dashboards tell more of each.',
    variables: [{ name: 'namespace', label: 'Namespace', of: 'up', values: 'namespace' }],
    marks: objects ? rolloutMarks({ matchers: CHOSEN }) : [],
    rows: [
      { title: 'Now', panels: nowPanels() },
      { title: 'Services', panels: servicePanels(watched) },
      { title: 'Pods', panels: [...(containers ? containerPanels() : []), ...(objects ? podPanels() : [])] },
      { title: 'Nodes', panels: nodes ? nodePanels() : [] },
      { title: 'Kubernetes', panels: containers ? componentPanels() : [] },
    ].filter(({ panels }) => panels.length > 0),
  };
}

function nowPanels(): DashboardPanel[] {
  return [
    {
      kind: 'figure',
      title: 'Pages',
      description: 'Alerts that wake somebody, and fire.',
      unit: 'short',
      limits: [1],
      queries: [{ expr: `count(ALERTS{${TOLD},severity="page"}) or vector(0)`, legend: 'pages' }],
    },
    {
      kind: 'figure',
      title: 'Tickets',
      description: 'Alerts that fire and wait for working hours.',
      unit: 'short',
      queries: [{ expr: `count(ALERTS{${TOLD},severity!="page"}) or vector(0)`, legend: 'tickets' }],
    },
    {
      kind: 'figure',
      title: 'Targets that are not scraped',
      description: 'Nothing is known of these.',
      unit: 'short',
      limits: [1],
      queries: [{ expr: 'count(up == 0) or vector(0)', legend: 'targets' }],
    },
    {
      kind: 'figure',
      title: 'Targets',
      description: 'All that Prometheus scrapes.',
      unit: 'short',
      queries: [{ expr: 'count(up)', legend: 'targets' }],
    },
  ];
}

function servicePanels(watched: Watched): DashboardPanel[] {
  const { workloads, objectives, retention } = watched;
  if (!workloads.some(answersRequests)) return [];
  const timed = workloads.some((workload) => workload.metrics?.requests?.duration);
  return [
    {
      kind: 'graph',
      title: 'Requests',
      description: 'Each second, over five minutes.',
      unit: 'reqps',
      queries: [{ expr: `${REQUEST_RATE}{${CHOSEN}}`, legend: SERVICE }],
    },
    {
      kind: 'graph',
      title: 'Share of requests that fail',
      description: 'Of five minutes.',
      unit: 'percentunit',
      queries: [
        {
          expr: `${ERROR_RATIO}{${CHOSEN}}`,
          legend: SERVICE,
          mayBeEmpty: 'nobody asks, so no share of the requests fails',
        },
      ],
    },
    ...(timed
      ? [
          {
            kind: 'graph' as const,
            title: 'How long answers take',
            description: '95 % of the requests of five minutes are answered within these times.',
            unit: 's' as const,
            queries: [{ expr: `${LATENCY}{${CHOSEN},quantile="0.95"}`, legend: SERVICE }],
          },
        ]
      : []),
    ...(objectives.some((slo) => isBudgetRecorded(slo, retention))
      ? [
          {
            kind: 'graph' as const,
            title: 'Error budgets left',
            description: 'Below 0 an objective is missed.',
            unit: 'percentunit' as const,
            limits: [0],
            lowIsBad: true,
            queries: [
              {
                expr: `${BUDGET_LEFT}{${CHOSEN}}`,
                legend: '{{slo}}',
                mayBeEmpty: 'nobody has asked, so nothing is spent',
              },
            ],
          },
        ]
      : []),
  ];
}

function containerPanels(): DashboardPanel[] {
  const series = (metric: string) => `${metric}{${CHOSEN},${WHOLE_PODS}}`;
  return [
    {
      kind: 'graph',
      title: 'CPU by namespace',
      description: 'CPUs that all pods of each namespace use.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (namespace) (rate(${series('container_cpu_usage_seconds_total')}[$__rate_interval]))`,
          legend: '{{namespace}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Memory by namespace',
      description: 'What the pods of each namespace cannot give back.',
      unit: 'bytes',
      queries: [
        { expr: `sum by (namespace) (${series('container_memory_working_set_bytes')})`, legend: '{{namespace}}' },
      ],
    },
  ];
}

function podPanels(): DashboardPanel[] {
  return [
    {
      kind: 'graph',
      title: 'Pods that are not ready',
      description: 'Of each namespace; those that ran to their end do not count.',
      unit: 'short',
      limits: [1],
      queries: [
        {
          expr: `sum by (namespace) (kube_pod_status_phase{${CHOSEN},phase=~"Pending|Unknown|Failed"}) + sum by (namespace) (kube_pod_status_phase{${CHOSEN},phase="Running"}) - sum by (namespace) (kube_pod_status_ready{${CHOSEN},condition="true"})`,
          legend: '{{namespace}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Containers that wait',
      description: 'By the reason; CrashLoopBackOff is one that ends again and again.',
      unit: 'short',
      limits: [1],
      queries: [
        {
          expr: `sum by (namespace, reason) (kube_pod_container_status_waiting_reason{${CHOSEN}})`,
          legend: '{{namespace}} {{reason}}',
          mayBeEmpty: 'no container waits',
        },
      ],
    },
  ];
}

function nodePanels(): DashboardPanel[] {
  return [
    {
      kind: 'graph',
      title: 'CPUs in use',
      description: 'Of each node.',
      unit: 'percentunit',
      max: 1,
      limits: [0.9],
      queries: [{ expr: 'node:cpu_utilisation:ratio_rate5m', legend: '{{node}} {{instance}}' }],
    },
    {
      kind: 'graph',
      title: 'Memory in use',
      description: 'Of each node, without caches that can go.',
      unit: 'percentunit',
      max: 1,
      limits: [0.95],
      queries: [{ expr: 'node:memory_utilisation:ratio', legend: '{{node}} {{instance}}' }],
    },
  ];
}

function componentPanels(): DashboardPanel[] {
  const requests = (more: string) =>
    `sum(rate(apiserver_request_total{job="kubernetes-apiservers"${more}}[$__rate_interval]))`;
  return [
    {
      kind: 'graph',
      title: 'API server: share of requests that fail',
      description: 'By a fault of its own.',
      unit: 'percentunit',
      limits: [0.01],
      queries: [{ expr: `(${requests(',code=~"5.."')} or vector(0)) / ${requests('')}`, legend: 'failing' }],
    },
    {
      kind: 'graph',
      title: 'API server: how long answers take',
      description: '99 % of the requests that are no watches, by verb.',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.99, sum by (le, verb) (rate(apiserver_request_duration_seconds_bucket{job="kubernetes-apiservers",verb!~"WATCH|CONNECT"}[$__rate_interval])))',
          legend: '{{verb}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Pods of each node',
      description: 'As its kubelet counts them.',
      unit: 'short',
      queries: [{ expr: 'sum by (node) (kubelet_running_pods{job="kubelet"})', legend: '{{node}}' }],
    },
    {
      kind: 'graph',
      title: 'Probes that fail',
      description:
        'Each second, by pod and kind: of a liveness probe the container is restarted, of a readiness probe it gets no requests.',
      unit: 'cps',
      queries: [
        {
          expr: `sum by (namespace, pod, probe_type) (rate(prober_probe_total{job="kubelet-probes",${CHOSEN},result="failed"}[$__rate_interval]))`,
          legend: '{{namespace}} {{pod}} {{probe_type}}',
          mayBeEmpty: 'no probe has failed',
        },
      ],
    },
  ];
}
