import type { Resource } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import { WorkloadManifest } from '../../../manifests/workload';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (metadata: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: flags, namespace: shop${metadata} }
data: { NEW_CHECKOUT: 'true' }
`;

export default check({
  id: 'server-fields-unset',
  group: 'schema',
  description: 'a manifest that is written down has no resourceVersion and no uid',
  severity: 'will-break',
  needs: [],
  source: 'staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go',
  fix: 'remove what the API server sets: resourceVersion, uid, creationTimestamp, generation, managedFields and status',
  example: {
    broken: manifests(", resourceVersion: '48213'"),
    fails: ['ConfigMap/shop/flags metadata.resourceVersion'],
    fixed: manifests(''),
  },
  *judge(world) {
    for (const resource of world.resources) {
      const finding = resource.kind === '' || resource.kind === 'Status' ? undefined : judge(resource);
      if (finding) yield finding;
    }
  },
});

function judge(resource: Resource): Finding | undefined {
  const metadata = record(resource.at(['metadata']));
  const [version, uid] = [set(metadata?.['resourceVersion']), set(metadata?.['uid'])];
  if (isPrinted(resource)) return undefined;
  if (version)
    return {
      resource,
      path: ['metadata', 'resourceVersion'],
      value: metadata?.['resourceVersion'],
      message:
        'the API server does not create an object that has a resourceVersion, and refuses an update once the object has changed (Conflict)',
    };
  return uid
    ? {
        resource,
        path: ['metadata', 'uid'],
        value: metadata?.['uid'],
        message:
          'the uid is that of one object in one cluster: an update of any other is refused, and a server-side apply does not create one',
      }
    : undefined;
}

/** Whether a server printed it, and nobody made a manifest of it: most of what a server sets is there. */
function isPrinted(resource: Resource): boolean {
  const hasStatus = resource.at(['status']) !== undefined;
  const { generation, managedFields, ...texts } = record(resource.at(['metadata'])) ?? {};
  const there = [
    ...['uid', 'resourceVersion', 'creationTimestamp'].map((field) => set(texts[field])),
    generation !== undefined,
    managedFields !== undefined,
    hasStatus,
  ];
  return there.filter(Boolean).length >= 3 && (hasStatus || !isWorkload(resource));
}

/** An empty one says nothing. */
function set(value: unknown): boolean {
  return (string(value) ?? '') !== '';
}

/** What a server prints of a workload has a status; what has none was edited to be applied. */
function isWorkload(resource: Resource): boolean {
  return resource.kind !== 'PodTemplate' && WorkloadManifest.of(resource, '') !== undefined;
}
