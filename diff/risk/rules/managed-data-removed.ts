import type { Resource } from '../../../manifests/resource';
import { list, record } from '../../../manifests/resource';
import { isKept } from '../kinds';
import { riskRule } from '../risk';

const cluster = (instances: number) => `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: orders, namespace: shop }
spec: { instances: ${instances}, storage: { size: 10Gi } }
`;

interface Store {
  readonly group: RegExp;
  readonly kind: RegExp;
  /** What its operator does with the data; undefined: they stay. */
  readonly fate: (resource: Resource) => string | undefined;
}

const always = (text: string) => () => text;

/** Objects of operators that data hang on. */
const STORES: readonly Store[] = [
  { group: /^postgresql\.cnpg\.io$/, kind: /^Cluster$/, fate: always('its claims are deleted with it') },
  {
    group: /^postgresql\.cnpg\.io$/,
    kind: /^Database$/,
    fate: (it) => (it.at(['spec', 'databaseReclaimPolicy']) === 'delete' ? 'the database is dropped' : undefined),
  },
  { group: /^acid\.zalan\.do$/, kind: /^postgresql$/, fate: always('its pods are deleted, and its claims may be') },
  {
    group: /^elasticsearch\.k8s\.elastic\.co$/,
    kind: /^Elasticsearch$/,
    fate: (it) =>
      it.at(['spec', 'volumeClaimDeletePolicy']) === 'DeleteOnScaledownOnly'
        ? undefined
        : 'its claims are deleted with it',
  },
  { group: /^kafka\.strimzi\.io$/, kind: /^KafkaTopic$/, fate: always('the topic is deleted with all records') },
  {
    group: /^kafka\.strimzi\.io$/,
    kind: /^Kafka(NodePool)?$/,
    fate: (it) =>
      JSON.stringify(it.object).includes('"deleteClaim":true')
        ? 'its claims are deleted with it (deleteClaim: true)'
        : undefined,
  },
  {
    group: /\.percona\.com$/,
    kind: /^Percona/,
    fate: (it) =>
      list(it.at(['metadata', 'finalizers'])).some((finalizer) => /delete-.*pvc/.test(String(finalizer)))
        ? 'its claims are deleted with it'
        : undefined,
  },
  { group: /^velero\.io$/, kind: /^Backup$/, fate: always('the backup may be gone with it') },
  // Crossplane: what stands in a cloud goes with its object.
  {
    group: /\.(crossplane|upbound)\.io$/,
    kind: /(Instance|Cluster|Database|Bucket|Table|Volume|FileSystem|Account|Disk|Queue|Topic)$/,
    fate: (it) =>
      it.at(['spec', 'deletionPolicy']) === 'Orphan' || keepsExternal(it)
        ? undefined
        : 'what it stands for is deleted in the cloud',
  },
  {
    group: /\.cnrm\.cloud\.google\.com$/,
    kind: /(Instance|Cluster|Database|Bucket|Table|Dataset|Disk|Topic)$/,
    fate: (it) =>
      it.annotations['cnrm.cloud.google.com/deletion-policy'] === 'abandon'
        ? undefined
        : 'what it stands for is deleted in the cloud',
  },
  {
    group: /\.services\.k8s\.aws$/,
    kind: /(Instance|Cluster|Bucket|Table|FileSystem|Queue|Topic)$/,
    fate: (it) =>
      it.annotations['services.k8s.aws/deletion-policy'] === 'retain'
        ? undefined
        : 'what it stands for is deleted in the cloud',
  },
];

export default riskRule({
  id: 'managed-data-removed',
  class: 'data-loss',
  description: 'an object of an operator that stands for stored data: a database, a topic, a bucket',
  reason: 'The operator deletes what it made for the object: the claims of its pods, or what stands in a cloud.',
  source: 'https://cloudnative-pg.io/documentation/current/storage/',
  advice: 'make a backup first, or tell the operator to keep the data: deletionPolicy: Orphan, or what it calls that',
  example: { before: cluster(3), after: '', finds: ['Cluster/shop/orders'], harmless: cluster(5) },
  *find(diff) {
    for (const change of diff.changes) {
      const { does, before } = change;
      if (!before?.group.includes('.') || (does !== 'removed' && does !== 'renamed') || isKept(before)) continue;
      const store = STORES.find(({ group, kind }) => group.test(before.group) && kind.test(before.kind));
      const fate = store?.fate(before);
      if (fate !== undefined) yield { change, message: fate };
    }
  },
});

/** Crossplane’s management policies without Delete. */
function keepsExternal(resource: Resource): boolean {
  const policies = list(record(resource.at(['spec']))?.['managementPolicies']);
  return policies.length > 0 && !policies.includes('*') && !policies.includes('Delete');
}
