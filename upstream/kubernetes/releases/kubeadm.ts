import type { ComponentVersion } from './component-version';
import { componentVersionIn, isOlderVersion } from './component-version';

/** A cluster that kubeadm is asked to bring to another version. */
export interface KubeadmUpgrade {
  /** What the API server says. */
  readonly cluster: ComponentVersion;
  /** The kubeadm that is asked. */
  readonly kubeadm: ComponentVersion;
  /** As nodes print them. */
  readonly kubelets: readonly string[];
  readonly to: ComponentVersion;
  /** `--allow-experimental-upgrades` */
  readonly experimental?: boolean;
  /** `--allow-release-candidate-upgrades` */
  readonly candidates?: boolean;
}

/** Why kubeadm refuses: what `--force` passes over is skippable. */
export interface KubeadmRefusal {
  readonly mandatory: readonly string[];
  readonly skippable: readonly string[];
}

/** How much older than the new control plane kubeadm lets kubelets be: its 1.28 had not followed the policy yet. */
function kubeletSkewOf(kubeadm: ComponentVersion): number {
  return kubeadm.minor <= 28 ? 1 : 3;
}

/** The rules of `kubeadm upgrade plan` and `apply`, in its words (cmd/kubeadm/app/phases/upgrade/policy.go). */
export function kubeadmRefusal(asked: KubeadmUpgrade): KubeadmRefusal {
  const { cluster, kubeadm, kubelets, to, experimental = false, candidates = false } = asked;
  const mandatory: string[] = [];
  const skippable: string[] = [];
  // A release must obey; to leave the rules for a pre-release is up to the user.
  const refuse = (message: string) => (to.preRelease === '' ? mandatory : skippable).push(message);
  const wanted = `Specified version to upgrade to "${to.text}"`;
  const minimum = componentVersionIn(`v1.${kubeadm.minor - 1}.0`)!;
  if (isOlderVersion(to, minimum))
    mandatory.push(
      `${wanted} is equal to or lower than the minimum supported version "${cluster.text}". Please specify a higher version to upgrade to`,
    );
  if (to.minor > cluster.minor + 1) refuse(`${wanted} is too high; kubeadm can upgrade only 1 minor version at a time`);
  if (to.minor < cluster.minor - 1)
    refuse(
      `Specified version to downgrade to "${to.text}" is too low; kubeadm can downgrade only 1 minor version at a time`,
    );
  if (isOlderVersion(kubeadm, to)) {
    if (to.minor > kubeadm.minor)
      refuse(
        `${wanted} is at least one minor release higher than the kubeadm minor release (${to.minor} > ${kubeadm.minor}). Such an upgrade is not supported`,
      );
    else
      skippable.push(
        `${wanted} is higher than the kubeadm version "${kubeadm.text}". Upgrade kubeadm first using the tool you used to install kubeadm`,
      );
  }
  if (kubeadm.minor > to.minor)
    skippable.push(
      `Kubeadm version ${kubeadm.text} can only be used to upgrade to Kubernetes version 1.${kubeadm.minor}`,
    );
  if (to.preRelease !== '' && !experimental && !(candidates && to.preRelease.startsWith('rc')))
    skippable.push(
      `${wanted} is an unstable version and such upgrades weren't allowed via setting the --allow-*-upgrades flags`,
    );
  const tooOld = tooOldKubelets(kubelets, to, kubeletSkewOf(kubeadm));
  if (tooOld !== undefined) skippable.push(tooOld);
  return { mandatory, skippable };
}

function tooOldKubelets(kubelets: readonly string[], to: ComponentVersion, allowed: number): string | undefined {
  const versions = [...new Set(kubelets)].map((text) => ({ text, release: componentVersionIn(text) }));
  const unread = versions.find(({ release }) => !release);
  if (unread) return `couldn't parse kubelet version ${unread.text}`;
  const tooOld = versions.filter(({ release }) => to.minor > release!.minor + allowed);
  if (tooOld.length === 0) return undefined;
  return `There are kubelets in this cluster that are too old that have these versions [${tooOld.map(({ text }) => text).join(' ')}]`;
}
