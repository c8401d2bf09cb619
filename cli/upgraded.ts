import { StrataError } from '../model/errors';
import type { KubernetesVersion } from '../model/kubernetes-version';
import {
  isKnownKubernetes,
  kubernetesVersionIn,
  minorOf,
  NEWEST_KUBERNETES,
  OLDEST_KUBERNETES,
} from '../model/kubernetes-version';
import { drainOptions } from '../simulate/maintenance/eviction';
import type { Upgrade, UpgradeTarget } from '../simulate/upgrade/upgrade';
import { upgrade } from '../simulate/upgrade/upgrade';
import { releasesData } from '../upstream/kubernetes/data';
import { componentVersionIn } from '../upstream/kubernetes/releases/component-version';
import type { ControlPlane, Provider } from '../world/components';
import { controlPlaneOf, providerOf } from '../world/components';
import type { World } from '../world/world';
import { aliveIn } from './drained';

/** From where to where, and how pods that nothing makes anew are drained. */
interface UpgradeGiven {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly force: boolean;
  readonly provider: Provider | undefined;
}

/** What upgrades the cluster. */
export function providerGiven(world: World, { provider }: Pick<UpgradeGiven, 'provider'>): Provider {
  return provider ?? providerOf(world) ?? 'kubeadm';
}

/** The way to a version, with a drain of each node, as its provider goes it. */
export function upgraded(world: World, given: UpgradeGiven, command: string): Upgrade {
  const { from, to, force } = given;
  const how = providerGiven(world, given) === 'kubeadm' ? 'in-place' : 'new-pools';
  const cluster = aliveIn(world, command);
  const control = controlPlane(world, from, command);
  const target = to === undefined ? next(control, from, command) : targetIn(to);
  const options = drainOptions(force);
  return upgrade(world, cluster, control, target, options, how);
}

function controlPlane(world: World, from: string | undefined, command: string): ControlPlane {
  const found: ControlPlane | undefined =
    from === undefined ? controlPlaneOf(world) : { minors: [minorOf(known('--from', from))], by: 'stated' };
  if (!found)
    throw new StrataError(command, 'needs to know the version of the cluster', [
      'name it: --from 1.34',
      'give nodes with their status.nodeInfo.kubeletVersion, as `kubectl get nodes -o yaml` prints them',
    ]);
  for (const minor of found.minors) known('the control plane', `1.${minor}`);
  return found;
}

function next({ minors }: ControlPlane, from: string | undefined, command: string): UpgradeTarget {
  const minor = Math.max(...minors) + 1;
  if (minor <= minorOf(NEWEST_KUBERNETES)) return { minor, release: undefined };
  const fix = `name a patch release: --to ${releasesData().kubeadm[minor - 1]!.release.replace(/^v/, '')}`;
  throw from === undefined
    ? new StrataError(
        command,
        `the control plane runs 1.${minor - 1}, and ${NEWEST_KUBERNETES} is the newest version that is known`,
        [fix],
      )
    : new StrataError(`--from ${from}`, `leaves no next version: ${NEWEST_KUBERNETES} is the newest that is known`, [
        fix,
        'name an older version that the control plane runs',
      ]);
}

function targetIn(text: string): UpgradeTarget {
  const version = known('--to', text);
  const release = componentVersionIn(text);
  return { minor: minorOf(version), release };
}

/** A minor version whose APIs are known, or a release of one. */
function known(where: string, text: string): KubernetesVersion {
  const version = /^v?1\.\d+$/.test(text) || componentVersionIn(text) ? kubernetesVersionIn(text) : undefined;
  if (!version)
    throw new StrataError(`${where} ${text}`, 'is not a version of Kubernetes', ['write it like 1.36 or 1.36.2']);
  if (!isKnownKubernetes(version))
    throw new StrataError(`${where} ${text}`, 'is a version that nothing is known of', [
      `known are ${OLDEST_KUBERNETES} to ${NEWEST_KUBERNETES}`,
    ]);
  return version;
}
