import { byteCount, millicores } from '../../../model/quantity';
import type { FlowEnd } from '../../core/flow';
import { Workload } from '../../core/workload';
import { matchersOf } from '../series';
import type { DashboardPanel, DashboardQuery } from './dashboard';
import type { Watched } from './watched';
import { measured, podMatchersOf, WHOLE_PODS } from './watched';

/** How full the pods of a workload are: by what the kubelets measure, or else by what the programs say of themselves. */
export function podsPanels(workload: FlowEnd, watched: Watched, whose = ''): DashboardPanel[] {
  const { containers, objects } = measured(watched);
  const of = whose === '' ? '' : ` of ${whose}`;
  return [
    ...(containers ? containerPanels(workload, of, objects) : processPanels(workload, of, objects)),
    ...(objects ? objectPanels(workload, of) : []),
  ];
}

function containerPanels(workload: FlowEnd, of: string, objects: boolean): DashboardPanel[] {
  const series = (metric: string) => `${metric}{${podMatchersOf(workload)}}`;
  const whole = (metric: string) => `${metric}{${podMatchersOf(workload)},${WHOLE_PODS}}`;
  return [
    {
      kind: 'graph',
      title: `CPU${of}`,
      description:
        'CPUs that each pod uses. Above what it asks for it has what others leave; at its limit it is held back.',
      unit: 'short',
      queries: [
        {
          expr: `sum by (pod) (rate(${whole('container_cpu_usage_seconds_total')}[$__rate_interval]))`,
          legend: '{{pod}}',
        },
        ...lines(workload, 'cpu', objects),
      ],
    },
    {
      kind: 'graph',
      title: `Memory${of}`,
      description: 'What of its memory each pod cannot give back. At its limit a container is killed.',
      unit: 'bytes',
      queries: [
        { expr: `sum by (pod) (${whole('container_memory_working_set_bytes')})`, legend: '{{pod}}' },
        ...lines(workload, 'memory', objects),
      ],
    },
    {
      kind: 'graph',
      title: `Memory${of} against its limit`,
      description: 'Of each pod, or of its container that is nearest to its own.',
      unit: 'percentunit',
      max: 1,
      limits: [0.9],
      queries: [
        {
          expr: `max by (pod) (${series('container_memory_working_set_bytes')} / (${series('container_spec_memory_limit_bytes')} > 0))`,
          legend: '{{pod}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: `Killed for memory${of}`,
      description: 'Processes of each pod that the kernel killed in an hour.',
      unit: 'short',
      limits: [1],
      queries: [{ expr: `sum by (pod) (increase(${series('container_oom_events_total')}[1h]))`, legend: '{{pod}}' }],
    },
    ...(hasCpuLimit(workload)
      ? [
          {
            kind: 'graph' as const,
            title: `CPU${of} held back`,
            description: 'The share of the periods of 100 ms in which each pod had used up its limit.',
            unit: 'percentunit' as const,
            max: 1,
            limits: [0.25],
            queries: [
              {
                expr: `max by (pod) (rate(${series('container_cpu_cfs_throttled_periods_total')}[$__rate_interval]) / rate(${series('container_cpu_cfs_periods_total')}[$__rate_interval]))`,
                legend: '{{pod}}',
              },
            ],
          },
        ]
      : []),
  ];
}

/**
 * What each pod asks for and may use: by the objects themselves where their state is scraped, so that another request is no other
 * dashboard; else as it is known here.
 */
function lines(workload: FlowEnd, what: 'cpu' | 'memory', objects: boolean): DashboardQuery[] {
  if (!(workload instanceof Workload)) return [];
  if (objects) {
    const ofPods = (metric: string) =>
      `max(sum by (pod) (kube_pod_container_resource_${metric}{${podMatchersOf(workload)},resource="${what}"}))`;
    const { cpuLimit } = workload.pod.container.resources;
    return [
      { expr: ofPods('requests'), legend: 'asked for' },
      ...(what === 'cpu' && cpuLimit === undefined ? [] : [{ expr: ofPods('limits'), legend: 'limit' }]),
    ];
  }
  const { cpu, memory, cpuLimit, memoryLimit = memory } = workload.pod.container.resources;
  const [request, limit] =
    what === 'cpu'
      ? [millicores(cpu) / 1000, cpuLimit === undefined ? undefined : millicores(cpuLimit) / 1000]
      : [byteCount(memory), byteCount(memoryLimit)];
  return [
    { expr: `vector(${request})`, legend: 'asked for' },
    ...(limit === undefined ? [] : [{ expr: `vector(${limit})`, legend: 'limit' }]),
  ];
}

function hasCpuLimit(workload: FlowEnd): boolean {
  return workload instanceof Workload && workload.pod.container.resources.cpuLimit !== undefined;
}

/** Where nobody measures containers. */
function processPanels(workload: FlowEnd, of: string, objects: boolean): DashboardPanel[] {
  if (!workload.metrics?.exposes.includes('process_*')) return [];
  const matchers = matchersOf(workload);
  return [
    {
      kind: 'graph',
      title: `CPU${of}`,
      description: 'CPUs that each program uses, as it says itself.',
      unit: 'short',
      queries: [
        {
          expr: `rate(process_cpu_seconds_total{${matchers}}[$__rate_interval])`,
          legend: '{{instance}}',
        },
        ...lines(workload, 'cpu', objects),
      ],
    },
    {
      kind: 'graph',
      title: `Memory${of}`,
      description:
        'What of the memory of each program is resident, as it says itself. At its limit a container is killed.',
      unit: 'bytes',
      queries: [
        { expr: `process_resident_memory_bytes{${matchers}}`, legend: '{{instance}}' },
        ...lines(workload, 'memory', objects),
      ],
    },
  ];
}

/** What kube-state-metrics says of them. */
function objectPanels(workload: FlowEnd, of: string): DashboardPanel[] {
  const pods = podMatchersOf(workload);
  const kind = workload instanceof Workload ? workload.controller.kind : undefined;
  const [label, wanted, ready] =
    kind === 'Deployment'
      ? ['deployment', 'kube_deployment_spec_replicas', 'kube_deployment_status_replicas_ready']
      : kind === 'StatefulSet'
        ? ['statefulset', 'kube_statefulset_replicas', 'kube_statefulset_status_replicas_ready']
        : [];
  const own = `namespace="${workload.namespace.name}",${label}="${workload.name}"`;
  return [
    ...(label === undefined
      ? []
      : [
          {
            kind: 'graph' as const,
            title: `Pods${of}`,
            description: 'How many there are to be, and how many are ready.',
            unit: 'short' as const,
            queries: [
              { expr: `max(${wanted}{${own}})`, legend: 'wanted' },
              { expr: `max(${ready}{${own}})`, legend: 'ready' },
            ],
          },
        ]),
    {
      kind: 'graph',
      title: `Restarts${of}`,
      description:
        'Of the containers of each pod in an hour. One that restarts again and again is left out for minutes each time.',
      unit: 'short',
      limits: [1],
      queries: [
        {
          expr: `sum by (pod) (increase(kube_pod_container_status_restarts_total{${pods}}[1h]))`,
          legend: '{{pod}}',
        },
      ],
    },
  ];
}
