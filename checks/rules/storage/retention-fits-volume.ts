import { quantityText, wholeQuantity } from '../../../manifests/quantity';
import { prometheusSize } from '../../../upstream/prometheus/size';
import { sampleStores } from '../../../world/prometheus-storage';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (size: string) => `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: monitoring }
spec:
  retentionSize: ${size}
  storage:
    volumeClaimTemplate:
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 50Gi } } }
`;

export default check({
  id: 'retention-fits-volume',
  group: 'storage',
  description: 'the samples that Prometheus may keep are less than its volume holds',
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus.io/docs/prometheus/latest/storage/',
  fix: 'lower the bound to 80 to 85 % of the volume: the write-ahead log and what is being compacted are not counted by it',
  example: {
    broken: manifests('60GB'),
    fails: ['Prometheus/monitoring/main spec.retentionSize'],
    fixed: manifests('40GB'),
  },
  *judge(world) {
    for (const { of, size, volume } of sampleStores(world)) {
      const bytes = prometheusSize(size?.text ?? '');
      if (!size || bytes === undefined || !Number.isFinite(bytes) || volume === undefined) continue;
      const room = volume / wholeQuantity(1);
      if (BigInt(Math.ceil(bytes)) < room) continue;
      const finding: Finding = {
        resource: of,
        path: size.path,
        value: size.text,
        message: `Prometheus deletes nothing before it keeps ${size.text}, and its volume holds ${quantityText(volume, 'memory')}: the disk is full before, and it stops writing`,
      };
      yield finding;
    }
  },
});
