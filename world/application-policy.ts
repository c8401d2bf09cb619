import type { Resource } from '../manifests/resource';
import { string, strings } from '../manifests/resource';
import type { World } from './world';

/** What the controller of ApplicationSets does with the Applications that it made; it makes new ones always. */
export interface ApplicationPolicy {
  /** Whether it brings those that are there in line with the template. */
  readonly updates: boolean;
  /** Whether it deletes those that its generators make no more. */
  readonly deletes: boolean;
}

/** What `applicationsSync` and the settings of the controller come to (applicationset/utils/policy.go). */
export function applicationPolicyOf(world: World, set: Resource): ApplicationPolicy {
  const settings = strings(
    world
      .of('ConfigMap')
      .find(({ name, statedNamespace }) => name === APPLICATION_SET_PARAMETERS && isNear(statedNamespace, set))
      ?.at(['data']),
  );
  const byController = settings['applicationsetcontroller.policy'] ?? '';
  const overrides = settings['applicationsetcontroller.enable.policy.override'] || String(byController === '');
  const own = string(set.at(['spec', 'syncPolicy', 'applicationsSync']));
  const policy = (overrides === 'true' ? own : undefined) ?? byController;
  return { updates: !/^create-(only|delete)$/.test(policy), deletes: !/^create-(only|update)$/.test(policy) };
}

/** The ConfigMap from which Argo CD's programs take their flags. */
export const APPLICATION_SET_PARAMETERS = 'argocd-cmd-params-cm';

function isNear(namespace: string, { statedNamespace }: Resource): boolean {
  return namespace === statedNamespace || namespace === '' || statedNamespace === '';
}
