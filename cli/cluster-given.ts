import { existsSync } from 'node:fs';
import type { Inputs } from '../checks/inputs';
import { noSuchPath } from '../checks/paths';
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

/** Where a value was read, for those that come from a file and not from an option. */
export interface Places {
  readonly cluster?: string | undefined;
  readonly kubernetes?: string | undefined;
}

/** Reads `--cluster NAME|PATH` and `--kubernetes VERSION`. */
export function clusterGiven(
  clusters: () => readonly Cluster[],
  values: {
    readonly cluster: string | undefined;
    readonly kubernetes?: string | undefined;
    readonly complete?: boolean | undefined;
    readonly places?: Places | undefined;
  },
  inputs: Inputs,
): ClusterGiven {
  const { cluster: clusterPlace = '--cluster', kubernetes: kubernetesPlace = '--kubernetes' } = values.places ?? {};
  const stated = values.kubernetes === undefined ? undefined : versionStated(kubernetesPlace, values.kubernetes);
  const named = values.cluster === undefined ? undefined : clusters().find(({ name }) => name === values.cluster);
  if (values.cluster === undefined || named)
    return {
      kubernetes: stated ?? named?.kubernetes,
      factsFor: (manifests, own) => {
        const cluster = named ?? own;
        return cluster ? factsOf(cluster, manifests, stated) : factsOfDump(manifests, stated, values.complete);
      },
    };
  if (!existsSync(values.cluster)) {
    const names = clusters().map(({ name }) => name);
    throw noSuchPath(`${clusterPlace} ${values.cluster}`, values.cluster, names);
  }
  const objects = inputs.read([values.cluster], stated).resources;
  const facts = new Facts(objects, stated, [], values.complete);
  return { kubernetes: facts.kubernetes, factsFor: () => facts };
}

/** The version that an option states; unknown ones are refused. */
export function versionStated(place: string, text: string): KubernetesVersion {
  const version = kubernetesVersionIn(text);
  if (version === undefined)
    throw new StrataError(`${place} ${text}`, 'is not a Kubernetes version', ['write it like 1.31']);
  if (!isKnownKubernetes(version))
    throw new StrataError(`${place} ${text}`, `the known versions are ${OLDEST_KUBERNETES} to ${NEWEST_KUBERNETES}`, [
      // Without quotes YAML reads 1.30 as the number 1.3.
      ...(isKnownKubernetes(`${version}0` as KubernetesVersion)
        ? [`write '${version}0' if that is meant, in quotes where it is YAML`]
        : []),
      'give the nearest of them: what differs in yours is then not seen',
      'leave the option out: what only some versions accept is then shown as unknown',
    ]);
  return version;
}
