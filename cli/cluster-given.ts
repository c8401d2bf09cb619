import type { Inputs } from '../checks/inputs';
import { existing } from '../checks/inputs';
import type { Resource } from '../manifests/resource';
import type { Cluster } from '../model/cluster';
import { StrataError } from '../model/errors';
import type { KubernetesVersion } from '../model/kubernetes-version';
import {
  isKnownKubernetes,
  kubernetesVersionIn,
  NEWEST_KUBERNETES,
  OLDEST_KUBERNETES,
} from '../model/kubernetes-version';
import { factsOf, factsOfDump } from '../world/cluster-facts';
import { Facts } from '../world/facts';

/** What `--cluster` and `--kubernetes` say of the place that manifests go to. */
export interface ClusterGiven {
  /** The version to render charts for. @default - nobody said */
  readonly kubernetes: KubernetesVersion | undefined;
  /** The facts to judge these manifests by; without `--cluster` they are those of the manifests' own cluster, if it has one. */
  readonly factsFor: (manifests: readonly Resource[], own: Cluster | undefined) => Facts;
}

/** Reads `--cluster NAME|PATH` and `--kubernetes VERSION`. */
export function clusterGiven(
  clusters: () => readonly Cluster[],
  values: {
    readonly cluster: string | undefined;
    readonly kubernetes?: string | undefined;
    readonly complete?: boolean | undefined;
  },
  inputs: Inputs,
): ClusterGiven {
  const stated = values.kubernetes === undefined ? undefined : versionStated(values.kubernetes);
  const named = values.cluster === undefined ? undefined : clusters().find(({ name }) => name === values.cluster);
  if (values.cluster === undefined || named)
    return {
      kubernetes: stated ?? named?.kubernetes,
      factsFor: (manifests, own) => {
        const cluster = named ?? own;
        return cluster ? factsOf(cluster, manifests, stated) : factsOfDump(manifests, stated, values.complete);
      },
    };
  const names = clusters().map(({ name }) => name);
  const objects = inputs.read([existing('--cluster', values.cluster, names)], stated).resources;
  const facts = new Facts(objects, stated, [], values.complete);
  return { kubernetes: facts.kubernetes, factsFor: () => facts };
}

function versionStated(text: string): KubernetesVersion {
  const version = kubernetesVersionIn(text);
  if (version === undefined)
    throw new StrataError(`--kubernetes ${text}`, 'is not a Kubernetes version', ['write it like 1.31']);
  if (!isKnownKubernetes(version))
    throw new StrataError(
      `--kubernetes ${text}`,
      `the known versions are ${OLDEST_KUBERNETES} to ${NEWEST_KUBERNETES}`,
      [
        'give the nearest of them: what differs in yours is then not seen',
        'leave the option out: what only some versions accept is then shown as unknown',
      ],
    );
  return version;
}
