import { NODE_JOB } from '../node-rules';
import type { Dashboard, DashboardPanel } from './dashboard';
import { uidOf } from './dashboard';
import { rolloutMarks } from './rollouts';
import type { Watched } from './watched';
import { measured } from './watched';

const CHOSEN = 'instance=~"$instance"';
/** What Prometheus has of it: the node where it is known, else its address. */
const WHOSE = '{{node}} {{instance}}';
const NO_DISK = 'a node whose disks the kernel does not count measures none';

/** Utilisation, saturation and errors (USE) of each node's CPUs, memory, disks and network. */
export function nodesDashboard(watched: Watched): Dashboard {
  const recorded = (record: string) => `${record}{${CHOSEN}}`;
  const own = (series: string, ...more: string[]) => `${series}{${[`job="${NODE_JOB}"`, CHOSEN, ...more].join(',')}}`;
  const graph = (
    title: string,
    description: string,
    unit: DashboardPanel['unit'],
    expr: string,
    others: Partial<DashboardPanel> & { readonly legend?: string; readonly mayBeEmpty?: string } = {},
  ): DashboardPanel => {
    const { legend = WHOSE, mayBeEmpty, ...panel } = others;
    return {
      kind: 'graph',
      title,
      description,
      unit,
      queries: [{ expr, legend, ...(mayBeEmpty === undefined ? {} : { mayBeEmpty }) }],
      ...panel,
    };
  };
  const sizes = (metric: string) => own(metric, 'fstype!="tmpfs"');
  return {
    uid: uidOf('nodes'),
    title: 'Nodes',
    description: "Utilisation, saturation and errors of each node's CPUs, memory, disks and network.",
    variables: [{ name: 'instance', label: 'Node', of: `node_uname_info{job="${NODE_JOB}"}`, values: 'instance' }],
    marks: measured(watched).objects ? rolloutMarks({ matchers: '' }) : [],
    rows: [
      {
        title: 'CPUs',
        panels: [
          graph(
            'CPUs in use',
            'The share of the time in which they are not idle.',
            'percentunit',
            recorded('node:cpu_utilisation:ratio_rate5m'),
            { max: 1, limits: [0.9] },
          ),
          graph(
            'Waiting for CPUs',
            'Processes that run or want to, for each CPU: above 1 some wait.',
            'short',
            recorded('node:cpu_saturation:load1_per_cpu'),
            { limits: [1] },
          ),
        ],
      },
      {
        title: 'Memory',
        panels: [
          graph(
            'Memory in use',
            'What is not available, caches that can go do not count.',
            'percentunit',
            recorded('node:memory_utilisation:ratio'),
            { max: 1, limits: [0.95] },
          ),
          graph(
            'Pages read back',
            'Major faults each second: many of them say that memory is short and programs wait for disks.',
            'cps',
            recorded('node:memory_saturation:major_faults_rate5m'),
          ),
          graph(
            'Killed for memory',
            'Processes each second that the kernel killed.',
            'cps',
            recorded('node:memory_errors:oom_kills_rate5m'),
            { width: 24 },
          ),
        ],
      },
      {
        title: 'Disks',
        panels: [
          graph(
            'Disks in use',
            'The share of the time in which each disk is at work. One that takes many requests at once may do more at 1.',
            'percentunit',
            recorded('node_device:disk_utilisation:ratio_rate5m'),
            { legend: `${WHOSE} {{device}}`, mayBeEmpty: NO_DISK },
          ),
          graph(
            'Waiting for disks',
            'Requests that each disk has under way, on average.',
            'short',
            recorded('node_device:disk_saturation:queue_rate5m'),
            { legend: `${WHOSE} {{device}}`, mayBeEmpty: NO_DISK },
          ),
          graph(
            'File systems in use',
            'The kubelet evicts pods when little is left.',
            'percentunit',
            `1 - min by (instance, node, mountpoint) (${sizes('node_filesystem_avail_bytes')} / ${sizes('node_filesystem_size_bytes')})`,
            { max: 1, limits: [0.85, 0.95], legend: `${WHOSE} {{mountpoint}}` },
          ),
          graph(
            'File systems that cannot be read',
            'How many of each node.',
            'short',
            recorded('node:disk_errors:file_systems'),
            { limits: [1] },
          ),
        ],
      },
      {
        title: 'Network',
        panels: [
          graph(
            'Received',
            'By all interfaces but the loop.',
            'binBps',
            recorded('node:network_received:bytes_rate5m'),
          ),
          graph('Sent', 'By all interfaces but the loop.', 'binBps', recorded('node:network_sent:bytes_rate5m')),
          graph(
            'Dropped packets',
            'Each second, received or sent: a buffer was full, or nobody wanted them.',
            'cps',
            recorded('node:network_saturation:drops_rate5m'),
          ),
          graph('Broken packets', 'Each second, received or sent.', 'cps', recorded('node:network_errors:rate5m')),
        ],
      },
    ],
  };
}
