import { record, strings } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import type { WorkloadManifest } from '../../manifests/workload';
import type { World } from '../../world/world';
import { accountOf } from './rights';

/** Annotations of workload identity on ServiceAccounts: EKS, GKE, Azure, Alibaba. */
export const ACCOUNT_IDENTITIES: readonly string[] = [
  'eks.amazonaws.com/role-arn',
  'iam.gke.io/gcp-service-account',
  'azure.workload.identity/client-id',
  'azure.workload.identity/tenant-id',
  'pod-identity.alibabacloud.com/role-name',
];

const AZURE_USE = 'azure.workload.identity/use';
const VAULT = 'vault.hashicorp.com';
const VAULT_INJECT = `${VAULT}/agent-inject`;

/** As whom pods act outside the cluster. */
export interface PodIdentity {
  readonly identity: string;
  /** `the cloud`, `Vault` */
  readonly at: string;
  /** Where it is said: a label or an annotation of the pods, or their account. */
  readonly by: { readonly part: 'labels' | 'annotations'; readonly keys: readonly string[] } | 'account';
}

/** The identities of a workload's pods by what gives them. */
export function identitiesOfPods(world: World, workload: WorkloadManifest): ReadonlyMap<string, PodIdentity> {
  const { namespace, podSpec, pod } = workload;
  const metadata = record(pod['metadata']);
  const [labels, annotations] = [strings(metadata?.['labels']), strings(metadata?.['annotations'])] as [Labels, Labels];
  const account = world.find('ServiceAccount', namespace, accountOf(podSpec));
  const ofAccount = account.is === 'present' ? account.resource.annotations : {};
  const found = new Map<string, PodIdentity>();
  for (const key of ACCOUNT_IDENTITIES) {
    const identity = ofAccount[key];
    // Azure's webhook passes by pods without its label.
    const isAzure = key.startsWith('azure.');
    if (!identity || (isAzure && labels[AZURE_USE] !== 'true')) continue;
    found.set(key, { identity, at: 'the cloud', by: isAzure ? { part: 'labels', keys: [AZURE_USE] } : 'account' });
  }
  if (labels[AZURE_USE] === 'true' && account.is === 'unknown')
    found.set(AZURE_USE, {
      identity: `the identity of ServiceAccount ${accountOf(podSpec)}`,
      at: 'the cloud',
      by: { part: 'labels', keys: [AZURE_USE] },
    });
  // kube2iam and kiam; the pod identity of Azure before its webhook.
  for (const [part, key, marks] of [
    ['annotations', 'iam.amazonaws.com/role', annotations],
    ['labels', 'aadpodidbinding', labels],
  ] as const)
    if (marks[key]) found.set(key, { identity: marks[key], at: 'the cloud', by: { part, keys: [key] } });
  if (isInjected(annotations)) {
    const identity = `role ${annotations[`${VAULT}/role`] ?? 'of its injector'}`;
    found.set(VAULT, { identity, at: 'Vault', by: { part: 'annotations', keys: [`${VAULT}/role`, VAULT_INJECT] } });
  }
  return found;
}

function isInjected(annotations: Labels): boolean {
  return /^(1|t|true)$/i.test(annotations[VAULT_INJECT] ?? '');
}

/** The files that Vault's agent writes into pods, with what they hold. */
export function filesOfVault({ pod }: WorkloadManifest): ReadonlyMap<string, string> {
  const annotations = strings(record(pod['metadata'])?.['annotations']) as Labels;
  const prefix = `${VAULT_INJECT}-secret-`;
  return new Map(
    isInjected(annotations)
      ? Object.entries(annotations).flatMap(([key, path]) =>
          key.startsWith(prefix) ? [[key.slice(prefix.length), path] as const] : [],
        )
      : [],
  );
}
