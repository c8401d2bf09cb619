import { all, verdicts } from '../judging';

const judged = (...manifests: readonly string[]) => verdicts('retention-fits-volume', all(...manifests));
const operated = (spec: string) =>
  `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { ${spec} } }`;
const claim = (size: string) =>
  `volumeClaimTemplate: { spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }`;

/** A StatefulSet whose Prometheus keeps its samples in the claim `data`. */
const set = (args: string, volumes: string, more = '', mountPath = '/prometheus') =>
  `{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: prometheus, namespace: shop }, spec: { serviceName: prometheus, selector: { matchLabels: { app: p } }, ${more}
     template: { metadata: { labels: { app: p } }, spec: { volumes: [${volumes}], containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', args: [${args}], volumeMounts: [{ name: data, mountPath: ${mountPath} }] }] } } } }`;
const template = (size: string) =>
  `volumeClaimTemplates: [{ metadata: { name: other }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Ti } } } }, { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }],`;

test('what the operator is told', () => {
  const at = ['fail spec.retentionSize'];
  expect(judged(operated(`retentionSize: 60GB, storage: { ${claim('50Gi')} }`))).toEqual(at);
  expect(judged(operated(`retentionSize: 50GiB, storage: { ${claim('50Gi')} }`))).toEqual(at);
  expect(judged(operated(`retentionSize: 40GB, storage: { ${claim('50Gi')} }`))).toEqual([]);
  expect(judged(operated('retentionSize: 2GB, storage: { emptyDir: { sizeLimit: 1Gi } }'))).toEqual(at);
  // Nobody says how large it is, or that there is a bound.
  expect(judged(operated('retentionSize: 60GB'))).toEqual([]);
  expect(judged(operated('retentionSize: 60GB, storage: { emptyDir: {} }'))).toEqual([]);
  expect(judged(operated(`retentionSize: 0B, storage: { ${claim('50Gi')} }`))).toEqual([]);
  expect(judged(operated(`retention: 30d, storage: { ${claim('50Gi')} }`))).toEqual([]);
});

test('what a program of its own is told', () => {
  const at = ['fail spec.template.spec.containers[0].args[0]'];
  const flag = "'--storage.tsdb.retention.size=4GB'";
  expect(judged(set(flag, '', template('4Gi')))).toEqual(at);
  expect(judged(set(flag, '', template('5Gi')))).toEqual([]);
  expect(judged(set(flag, '{ name: data, emptyDir: { sizeLimit: 1Gi } }'))).toEqual(at);
  expect(judged(set(flag, '{ name: data, emptyDir: {} }'))).toEqual([]);
  const own =
    '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: disk, namespace: shop }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }';
  const mounted = '{ name: data, persistentVolumeClaim: { claimName: disk } }';
  expect(judged(set(flag, mounted), own)).toEqual(at);
  expect(judged(set(flag, mounted), own.replace('1Gi', '8Gi'))).toEqual([]);
  // In a folder of the volume, and in one that is no volume.
  expect(judged(set(`${flag}, '--storage.tsdb.path=/data/tsdb'`, mounted, '', '/data'), own)).toEqual(at);
  expect(judged(set(`${flag}, '--storage.tsdb.path=/database'`, mounted, '', '/data'), own)).toEqual([]);
  expect(judged(set(flag, mounted).replace('prom/prometheus', 'prom/pushgateway'), own)).toEqual([]);
});
