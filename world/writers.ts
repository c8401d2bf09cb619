import { list, record, string, strings } from '../manifests/resource';
import type { WorkloadManifest } from '../manifests/workload';
import { programStrings } from '../manifests/workload';
import { memo } from '../model/memo';
import { bindingsOf } from './rbac';
import type { World } from './world';

const RESOURCES: Readonly<Record<string, string>> = { Secret: 'secrets', ConfigMap: 'configmaps' };

/**
 * A workload whose program may well write an object, as one that makes the certificate of a webhook does: its ServiceAccount may
 * create such ones, and either its command line names this one, or it stands in the same namespace and has a Role there just for
 * that. One that may create them everywhere, by a ClusterRole, is none: beside it no object would ever be missing.
 */
export function writerOf(world: World, kind: string, namespace: string, name: string): WorkloadManifest | undefined {
  const resource = Object.hasOwn(RESOURCES, kind) ? RESOURCES[kind]! : undefined;
  if (resource === undefined || name === '') return undefined;
  const whole = new RegExp(`(^|[^\\w.-])${name.replace(/[^\w]/g, '\\$&')}($|[^\\w.-])`);
  return creators(world, resource, namespace).find(
    ({ workload, byRole }) =>
      (byRole && workload.namespace === namespace) ||
      workload.containers.flatMap(programStrings).some((value) => whole.test(value)),
  )?.workload;
}

function accountOf({ namespace, podSpec }: WorkloadManifest): string {
  return `${namespace}/${string(podSpec['serviceAccountName']) ?? string(podSpec['serviceAccount']) ?? 'default'}`;
}

interface Creator {
  readonly workload: WorkloadManifest;
  /** By a Role of the namespace, not by a ClusterRole. */
  readonly byRole: boolean;
}

/** The workloads whose ServiceAccounts some role lets create what is asked for in a namespace: few, as a rule. */
const creators = memo((world: World, resource: string, namespace: string): readonly Creator[] => {
  const accounts = new Map<string, boolean>();
  for (const { account, byRole } of creatingAccounts(world, resource, namespace))
    accounts.set(account, byRole || accounts.get(account) === true);
  return (accounts.size === 0 ? [] : world.workloads).flatMap((workload) => {
    const byRole = accounts.get(accountOf(workload));
    return byRole === undefined ? [] : [{ workload, byRole }];
  });
});

/** Their accounts, as `namespace/name`. */
function* creatingAccounts(
  world: World,
  resource: string,
  namespace: string,
): Iterable<{ readonly account: string; readonly byRole: boolean }> {
  for (const binding of bindingsOf(world)) {
    if (binding.kind === 'RoleBinding' && world.namespaceOf(binding) !== namespace) continue;
    const { kind = '', name = '' } = strings(binding.at(['roleRef']));
    const role = world.find(kind, kind === 'Role' ? world.namespaceOf(binding) : '', name);
    if (role.is !== 'present') continue;
    const may = list(role.resource.at(['rules'])).some((entry) => {
      const has = (field: string, ...values: readonly string[]) =>
        list(record(entry)?.[field]).some((value) => values.includes(value as string));
      return has('apiGroups', '', '*') && has('resources', resource, '*') && has('verbs', 'create', '*');
    });
    if (!may) continue;
    for (const entry of list(binding.at(['subjects']))) {
      const subject = strings(entry);
      if (subject['kind'] === 'ServiceAccount')
        yield {
          account: `${subject['namespace'] ?? world.namespaceOf(binding)}/${subject['name']}`,
          byRole: kind === 'Role',
        };
    }
  }
}
