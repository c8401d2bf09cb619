import type { WorkloadManifest } from '../../manifests/workload';
import { networkOf } from '../../simulate/network/network';
import type { Policy, PolicyRule } from '../../simulate/network/policy';
import type { World } from '../../world/world';

export type IsolatedSide = 'ingress' | 'egress';

/** The policies that close a side of a workload's pods to all that none of them names. */
export function isolatingPolicies(world: World, workload: WorkloadManifest, side: IsolatedSide): readonly Policy[] {
  const network = networkOf(world);
  return network.policiesAbout(network.endpointOf(workload)).filter((policy) => policy[side] !== undefined);
}

/** Whether a rule lets a port through, to some at least. */
export function namesPort({ ports }: PolicyRule, number: number, names: readonly string[] = []): boolean {
  return (
    ports === undefined ||
    ports.some(({ port, endPort }) =>
      typeof port === 'number'
        ? number >= port && number <= (endPort ?? port)
        : port === undefined || names.includes(port),
    )
  );
}
