import type { Alert } from './alert';
import type { WatchedNamespaces } from './workload-rules';
import { elsewhereTest, namespaceMatchers, testedNamespace } from './workload-rules';

/** What somebody has to do about volumes and containers, by what kubelets measure of them. */
export function containerAlerts(watched: WatchedNamespaces): Alert[] {
  return [claimFills(watched), cpuThrottled(watched)];
}

function claimFills(watched: WatchedNamespaces): Alert {
  const labels = [`job="kubelet"`, ...namespaceMatchers(watched)].join(',');
  const left = (free: string, all: string) =>
    `min by (namespace, persistentvolumeclaim) (${free}{${labels}} / ${all}{${labels}})`;
  const space = left('kubelet_volume_stats_available_bytes', 'kubelet_volume_stats_capacity_bytes');
  const inodes = left('kubelet_volume_stats_inodes_free', 'kubelet_volume_stats_inodes');
  const trend = `min by (namespace, persistentvolumeclaim) (predict_linear(kubelet_volume_stats_available_bytes{${labels}}[6h], 4 * 86400)) < 0`;
  const place = { namespace: testedNamespace(watched), persistentvolumeclaim: 'data-redis-0' };
  const at = (series: string) =>
    `${series}{job="kubelet",namespace="${testedNamespace(watched)}",persistentvolumeclaim="data-redis-0",node="a"}`;
  const bytes = (values: string) => ({
    [at('kubelet_volume_stats_capacity_bytes')]: '100x150',
    [at('kubelet_volume_stats_available_bytes')]: values,
  });
  const full = bytes('40x5 4x40 60x20');
  return {
    name: 'ClaimFillsUp',
    // Who keeps a share free for good, as Prometheus does a fifth, is not about to fill it.
    expr: `${space} < 0.05 or (${space} < 0.15 and ${trend}) or ${inodes} < 0.05`,
    for: '10m',
    severity: 'ticket',
    summary:
      '{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left, and fills up',
    description:
      'When it is full, writes fail: databases stop. Of space or of files less than a twentieth is left, or none will be in four days.',
    steps: [
      'What grows? kubectl exec into the pod that mounts it: du -x -d 2, or df -i for many small files.',
      'It has to grow: raise the size in its settings; `npx strata clusters` tells whether its class can expand volumes.',
      'It cannot expand: back it up, make a larger one, restore.',
    ],
    tests: [
      { name: 'nearly full, then cleaned up', series: full, firing: { '10m': [], '25m': [place], '50m': [] } },
      {
        name: 'no more files fit, with room enough',
        series: {
          ...bytes('40x150'),
          [at('kubelet_volume_stats_inodes')]: '100x60',
          [at('kubelet_volume_stats_inodes_free')]: '1x60',
        },
        firing: { '5m': [], '20m': [place] },
      },
      {
        name: 'a seventh is left, and goes on going',
        series: bytes('20-0.1x150'),
        firing: { '45m': [], '75m': [place] },
      },
      { name: 'a seventh is left, and stays', series: bytes('14x150'), firing: { '2h': [] } },
      {
        name: 'a volume of which nothing is known',
        series: {
          [at('kubelet_volume_stats_capacity_bytes')]: '0x60',
          [at('kubelet_volume_stats_available_bytes')]: '0x60',
        },
        firing: { '30m': [] },
      },
      ...elsewhereTest(watched, full, '25m'),
    ],
  };
}

function cpuThrottled(watched: WatchedNamespaces): Alert {
  const per = 'by (namespace, pod, container)';
  // One that has something to do in a tenth of the periods at least: the start of an idle one is no matter.
  const share = (level: string) => {
    const labels = [`job="cadvisor"`, level, ...namespaceMatchers(watched)].join(',');
    const rate = (series: string) => `sum ${per} (rate(${series}{${labels}}[5m]))`;
    return `${rate('container_cpu_cfs_throttled_periods_total')} / (${rate('container_cpu_cfs_periods_total')} > 1) > 0.5`;
  };
  const place = { namespace: testedNamespace(watched), pod: 'web-1' };
  const used = (all: string, throttled: string, level = '') => {
    const labels = `{job="cadvisor",namespace="${place.namespace}",pod="web-1",node="a"${level}}`;
    return {
      [`container_cpu_cfs_periods_total${labels}`]: all,
      [`container_cpu_cfs_throttled_periods_total${labels}`]: throttled,
    };
  };
  const container = ',container="web"';
  // Ten periods a second.
  const slow = ['0+600x80', '0x5 0+400x30 12000x40'] as const;
  return {
    name: 'CpuThrottled',
    // A limit stands at the container and, where all of its containers have one, at the pod: told once, of the container where it is known.
    expr: `${share('container!=""')} or on (namespace, pod) ${share('container=""')}`,
    for: '15m',
    severity: 'ticket',
    summary:
      '{{ $labels.namespace }}/{{ $labels.pod }}{{ with $labels.container }}, container {{ . }},{{ end }} waits for its CPU limit in {{ $value | humanizePercentage }} of all periods',
    description:
      'Each time it has used up its share of a tenth of a second it stands still until the next one: answers become slow at the tail.',
    steps: [
      'Does it need a CPU limit at all? Requests share CPUs fairly without one: remove cpuLimit from its resources.',
      'It must have one: raise it. It may run as many threads as the node has CPUs: set their number to the limit.',
    ],
    tests: [
      {
        name: 'two of three periods for a while, by the container and by its pod',
        series: { ...used(...slow, container), ...used(...slow) },
        firing: { '15m': [], '30m': [{ ...place, container: 'web' }], '50m': [] },
      },
      { name: 'where only the pod is measured', series: used(...slow), firing: { '15m': [], '30m': [place] } },
      { name: 'one of three', series: used('0+600x60', '0+200x60', container), firing: { '40m': [] } },
      { name: 'it hardly does anything', series: used('0+30x60', '0+29x60', container), firing: { '40m': [] } },
      ...elsewhereTest(watched, used(...slow, container), '30m'),
    ],
  };
}
