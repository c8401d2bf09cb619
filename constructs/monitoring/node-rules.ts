import type { Alert } from './alert';
import type { RecordingRule } from './rule-groups';

/** Where the series of nodes come from. */
export const NODE_JOB = 'node-exporter';

/** `node` is there where the API server was asked for targets; `instance` always. */
const PER_NODE = 'by (instance, node)';
const PER_DEVICE = 'by (instance, node, device)';
const NODE = '{{ or $labels.node $labels.instance }}';

const of = (series: string, ...matchers: string[]) => `${series}{${[`job="${NODE_JOB}"`, ...matchers].join(',')}}`;
const rate = (series: string, ...matchers: string[]) => `rate(${of(series, ...matchers)}[5m])`;

const DISKS = 'fstype!="tmpfs"';

/** Interfaces that are not the node's way out: its own loop. */
const EXTERNAL = 'device!="lo"';

/**
 * Utilisation, saturation and errors (USE) of each node's CPUs, memory, disks and network. CPUs and memory have no counter of errors that
 * every machine serves; that processes were killed for memory is the nearest.
 */
export function nodeRecordings(): RecordingRule[] {
  return [
    {
      record: 'node:cpu_utilisation:ratio_rate5m',
      expr: `1 - avg ${PER_NODE} (${rate('node_cpu_seconds_total', 'mode="idle"')})`,
    },
    {
      record: 'node:cpu_saturation:load1_per_cpu',
      expr: `max ${PER_NODE} (${of('node_load1')}) / count ${PER_NODE} (${of('node_cpu_seconds_total', 'mode="idle"')})`,
    },
    // What is available counts caches that the kernel gives back: "used" and "active" do not tell.
    {
      record: 'node:memory_utilisation:ratio',
      expr: `1 - max ${PER_NODE} (${of('node_memory_MemAvailable_bytes')}) / max ${PER_NODE} (${of('node_memory_MemTotal_bytes')})`,
    },
    {
      record: 'node:memory_saturation:major_faults_rate5m',
      expr: `sum ${PER_NODE} (${rate('node_vmstat_pgmajfault')})`,
    },
    { record: 'node:memory_errors:oom_kills_rate5m', expr: `sum ${PER_NODE} (${rate('node_vmstat_oom_kill')})` },
    {
      record: 'node_device:disk_utilisation:ratio_rate5m',
      expr: `sum ${PER_DEVICE} (${rate('node_disk_io_time_seconds_total')})`,
    },
    {
      record: 'node_device:disk_saturation:queue_rate5m',
      expr: `sum ${PER_DEVICE} (${rate('node_disk_io_time_weighted_seconds_total')})`,
    },
    // What nobody but root may look at is no fault of a disk.
    {
      record: 'node:disk_errors:file_systems',
      expr: `sum ${PER_NODE} (${of('node_filesystem_device_error', 'device_error!="permission denied"')})`,
    },
    {
      record: 'node:network_received:bytes_rate5m',
      expr: `sum ${PER_NODE} (${rate('node_network_receive_bytes_total', EXTERNAL)})`,
    },
    {
      record: 'node:network_sent:bytes_rate5m',
      expr: `sum ${PER_NODE} (${rate('node_network_transmit_bytes_total', EXTERNAL)})`,
    },
    {
      record: 'node:network_saturation:drops_rate5m',
      expr: `sum ${PER_NODE} (${rate('node_network_receive_drop_total', EXTERNAL)}) + sum ${PER_NODE} (${rate('node_network_transmit_drop_total', EXTERNAL)})`,
    },
    {
      record: 'node:network_errors:rate5m',
      expr: `sum ${PER_NODE} (${rate('node_network_receive_errs_total', EXTERNAL)}) + sum ${PER_NODE} (${rate('node_network_transmit_errs_total', EXTERNAL)})`,
    },
  ];
}

/** What somebody has to do about a node. */
export function nodeAlerts(): Alert[] {
  const place = { instance: '10.0.0.1:9100', node: 'a' };
  const at = (series: string, labels = '') => `${series}{job="${NODE_JOB}",instance="10.0.0.1:9100",node="a"${labels}}`;
  const disk = ',device="/dev/sda1",mountpoint="/"';
  const perMount = 'by (instance, node, mountpoint)';
  // What is in memory is no disk, and what nobody can write to (an image, a disk in trouble) stays as full as it is.
  const writable = `${of('node_filesystem_readonly', DISKS)} == 0`;
  const left = (part: string, whole: string) =>
    `min ${perMount} (${of(part, DISKS)} / ${of(whole, DISKS)} and ${writable})`;
  const runsOut = (part: string) =>
    `min ${perMount} (predict_linear(${of(part, DISKS)}[3h], 12 * 3600) and ${writable}) < 0`;
  const free = left('node_filesystem_avail_bytes', 'node_filesystem_size_bytes');
  const inodes = left('node_filesystem_files_free', 'node_filesystem_files');
  const mounted = { [at('node_filesystem_readonly', disk)]: '0x500' };
  const skew = of('node_time_seconds');
  return [
    {
      name: 'NodeDiskFills',
      expr: `${free} < 0.05 or (${free} < 0.3 and ${runsOut('node_filesystem_avail_bytes')})`,
      for: '15m',
      severity: 'ticket',
      summary: `${NODE}: {{ $labels.mountpoint }} has {{ $value | humanizePercentage }} left, and fills up`,
      description:
        'With a full disk the kubelet evicts pods and takes no new ones. Less than a twentieth is left, or none will be in twelve hours.',
      steps: [
        'What grows? On the node: du -x -d 2 / | sort -n, and crictl images for images that nobody uses.',
        'Logs of a container: its program writes too much, or the rotation of the kubelet is set too high.',
        'Nothing grows by mistake: give the nodes larger disks.',
      ],
      tests: [
        {
          name: 'it fills up slowly, and is cleaned up',
          series: {
            ...mounted,
            [at('node_filesystem_size_bytes', disk)]: '100x500',
            [at('node_filesystem_avail_bytes', disk)]: '60-0.2x200 80x200',
          },
          // The trend is there from the first minutes on; it counts when less than 0.3 is left, after 150 minutes.
          firing: { '2h': [], '155m': [], '3h': [{ ...place, mountpoint: '/' }], '5h': [] },
        },
        {
          name: 'it is nearly full and stays so',
          series: {
            ...mounted,
            [at('node_filesystem_size_bytes', disk)]: '100x100',
            [at('node_filesystem_avail_bytes', disk)]: '4x100',
          },
          firing: { '10m': [], '20m': [{ ...place, mountpoint: '/' }] },
        },
        {
          name: 'what is full is in memory',
          series: {
            [at('node_filesystem_size_bytes', `${disk},fstype="tmpfs"`)]: '100x100',
            [at('node_filesystem_avail_bytes', `${disk},fstype="tmpfs"`)]: '4x100',
            [at('node_filesystem_readonly', `${disk},fstype="tmpfs"`)]: '0x100',
          },
          firing: { '20m': [] },
        },
        {
          name: 'what is full cannot be written to',
          series: {
            [at('node_filesystem_size_bytes', disk)]: '100x100',
            [at('node_filesystem_avail_bytes', disk)]: '0x100',
            [at('node_filesystem_readonly', disk)]: '1x100',
          },
          firing: { '20m': [], '90m': [] },
        },
        {
          name: 'a fifth is left, and it does not change',
          series: {
            ...mounted,
            [at('node_filesystem_size_bytes', disk)]: '100x200',
            [at('node_filesystem_avail_bytes', disk)]: '20x200',
          },
          firing: { '3h': [] },
        },
      ],
    },
    {
      name: 'NodeInodesRunOut',
      // Some file systems count none: they say 0 of 0, which is no share.
      expr: `${inodes} < 0.05 or (${inodes} < 0.3 and ${runsOut('node_filesystem_files_free')})`,
      for: '15m',
      severity: 'ticket',
      summary: `${NODE}: {{ $labels.mountpoint }} has {{ $value | humanizePercentage }} of its inodes left, and they run out`,
      description:
        'Without inodes no file can be made, however much room is left: the kubelet evicts pods and takes no new ones. Less than a twentieth is left, or none will be in twelve hours.',
      steps: [
        'Where are so many files? On the node: du -x --inodes -d 2 / | sort -n',
        'Below the folder of the container runtime: crictl images, for images that nobody uses; of a container: what it writes and does not remove.',
        'Nothing grows by mistake: make the file system anew with more inodes, or give the nodes larger disks.',
      ],
      tests: [
        {
          name: 'small files pile up, and are removed',
          series: {
            ...mounted,
            [at('node_filesystem_files', disk)]: '100x500',
            [at('node_filesystem_files_free', disk)]: '60-0.2x200 80x200',
          },
          firing: { '2h': [], '155m': [], '3h': [{ ...place, mountpoint: '/' }], '5h': [] },
        },
        {
          name: 'the file system counts none',
          series: {
            ...mounted,
            [at('node_filesystem_files', disk)]: '0x100',
            [at('node_filesystem_files_free', disk)]: '0x100',
          },
          firing: { '20m': [], '90m': [] },
        },
        {
          name: 'they are used up where nobody can write',
          series: {
            [at('node_filesystem_files', disk)]: '100x100',
            [at('node_filesystem_files_free', disk)]: '0x100',
            [at('node_filesystem_readonly', disk)]: '1x100',
          },
          firing: { '20m': [] },
        },
      ],
    },
    {
      name: 'NodeMemoryShort',
      expr: `1 - max ${PER_NODE} (${of('node_memory_MemAvailable_bytes')}) / max ${PER_NODE} (${of('node_memory_MemTotal_bytes')}) > 0.95`,
      for: '10m',
      severity: 'ticket',
      summary: `${NODE}: {{ $value | humanizePercentage }} of the memory is in use`,
      description: 'Soon the kubelet evicts pods, or the kernel kills what it finds: pods on this node restart.',
      steps: [
        'Which pods use most? kubectl top pods -A --sort-by=memory, and which of them use more than they ask for?',
        'Raise the requests of those, so that the scheduler counts them; or find their leak.',
        'Programs of the node itself: the kubelet must keep more for them (systemReserved).',
      ],
      tests: [
        {
          name: 'all is taken for a while',
          series: {
            [at('node_memory_MemTotal_bytes')]: '100x60',
            [at('node_memory_MemAvailable_bytes')]: '40x5 2x19 30x20',
          },
          firing: { '5m': [], '14m': [], '18m': [place], '27m': [] },
        },
      ],
    },
    {
      name: 'NodeClockSkew',
      expr: `max ${PER_NODE} (abs(${skew} - timestamp(${skew}))) > 2`,
      for: '5m',
      severity: 'ticket',
      summary: `${NODE}: its clock is {{ $value | humanizeDuration }} off`,
      description:
        'Tokens and certificates count as expired or not yet valid, leases are lost, and logs do not fit together. Measured against the node of Prometheus.',
      steps: [
        'Does the time service run on the node? timedatectl, chronyc tracking',
        'All nodes but one fire: it is the clock of the node on which Prometheus runs.',
      ],
      tests: [
        {
          name: 'it runs ahead, and is set right',
          series: { [at('node_time_seconds')]: '0+60x5 370+60x9 960+60x10' },
          firing: { '5m': [], '9m': [], '12m': [place], '20m': [] },
        },
      ],
    },
  ];
}
