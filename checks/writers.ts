import { bindingsOf } from './rbac';
import { list, record, strings, text } from './resource';
import type { World } from './world';
import type { Workload } from './workloads';

const RESOURCES: Readonly<Record<string, string>> = { Secret: 'secrets', ConfigMap: 'configmaps' };

/**
 * A workload whose program may well write an object: its command line names it, as that of the Job which makes the certificate of a
 * webhook does, and its ServiceAccount may create such ones.
 */
export function writerOf(world: World, kind: string, namespace: string, name: string): Workload | undefined {
  const resource = Object.hasOwn(RESOURCES, kind) ? RESOURCES[kind]! : undefined;
  if (resource === undefined || name === '') return undefined;
  const whole = new RegExp(`(^|[^\\w.-])${name.replace(/[^\w]/g, '\\$&')}($|[^\\w.-])`);
  return creators(world, resource, namespace).find((workload) => textsOf(workload).some((value) => whole.test(value)));
}

function textsOf({ containers }: Workload): readonly string[] {
  return containers.flatMap(({ json }) => [...list(json['command']), ...list(json['args']), ...list(json['env']).map((entry) => record(entry)?.['value'])].filter((value) => typeof value === 'string'));
}

function accountOf({ namespace, podSpec }: Workload): string {
  return `${namespace}/${text(podSpec['serviceAccountName']) ?? text(podSpec['serviceAccount']) ?? 'default'}`;
}

const known = new WeakMap<World, Map<string, readonly Workload[]>>();

/** The workloads whose ServiceAccounts some role lets create what is asked for in a namespace: few, as a rule. */
function creators(world: World, resource: string, namespace: string): readonly Workload[] {
  let places = known.get(world);
  if (!places) known.set(world, (places = new Map()));
  const place = `${resource} ${namespace}`;
  let workloads = places.get(place);
  if (!workloads) {
    const accounts = new Set(creatingAccounts(world, resource, namespace));
    places.set(place, (workloads = accounts.size === 0 ? [] : world.workloads.filter((workload) => accounts.has(accountOf(workload)))));
  }
  return workloads;
}

/** Their accounts, as `namespace/name`. */
function* creatingAccounts(world: World, resource: string, namespace: string): Iterable<string> {
  for (const binding of bindingsOf(world)) {
    if (binding.kind === 'RoleBinding' && world.namespaceOf(binding) !== namespace) continue;
    const { kind = '', name = '' } = strings(binding.at(['roleRef']));
    const role = world.find(kind, kind === 'Role' ? world.namespaceOf(binding) : '', name);
    if (role.is !== 'present') continue;
    const may = list(role.resource.at(['rules'])).some((entry) => {
      const has = (field: string, ...values: readonly string[]) => list(record(entry)?.[field]).some((value) => values.includes(value as string));
      return has('apiGroups', '', '*') && has('resources', resource, '*') && has('verbs', 'create', '*');
    });
    if (!may) continue;
    for (const entry of list(binding.at(['subjects']))) {
      const subject = strings(entry);
      if (subject['kind'] === 'ServiceAccount') yield `${subject['namespace'] ?? world.namespaceOf(binding)}/${subject['name']}`;
    }
  }
}
