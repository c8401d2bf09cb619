import type { WorkloadManifest } from '../../../manifests/workload';
import type { ConfigText } from '../../../simulate/network/configured-flows';
import { configTextsOf } from '../../../simulate/network/configured-flows';
import { hasOrdinal } from '../../../world/pod-names';
import { serviceByHost } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (masters: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: es, namespace: search }
spec:
  serviceName: es
  replicas: 1
  selector: { matchLabels: { app: es } }
  template:
    metadata: { labels: { app: es } }
    spec:
      containers:
        - name: es
          image: elasticsearch:8.15.0
          env: [{ name: cluster.initial_master_nodes, value: '${masters}' }]
`;

export default check({
  id: 'config-members-exist',
  group: 'networking',
  description: 'the members and seed hosts that a cluster of pods is told of are pods and Services that exist',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/',
  fix: 'name only pods that the StatefulSet has, and a Service that selects them',
  example: {
    broken: manifests('es-0,es-1,es-2'),
    fails: ['StatefulSet/search/es spec.template.spec.containers[0].env[0].value'],
    fixed: manifests('es-0'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const { settings } of configTextsOf(world, workload)) {
        for (const setting of settings) {
          const list = setting.isFile ? undefined : membersIn(setting);
          if (list) yield* judgeMembers(world, workload, setting, list);
        }
      }
    }
  },
});

/** Settings of databases and brokers that list their own members, or where to find them. */
const MEMBERS = /seed|peers|members|initial[._-]?(master|cluster)|cluster[._-]?nodes|retry[._-]?join/i;

function membersIn({ name, value }: ConfigText): string[] | undefined {
  const [, flag, rest] = /^--?([A-Za-z][\w.-]*)=(.*)$/.exec(value) ?? [];
  const isFlag = name === '' && flag !== undefined;
  if (!MEMBERS.test(isFlag ? flag : name)) return undefined;
  // Addresses with a scheme or a port are judged as such.
  const items = (isFlag ? (rest ?? '') : value).split(/[,\s]+/).filter(Boolean);
  return items.every((item) => /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(item)) ? items : undefined;
}

function* judgeMembers(
  world: World,
  workload: WorkloadManifest,
  setting: ConfigText,
  items: readonly string[],
): Iterable<Finding> {
  const { resource, namespace } = workload;
  const at = setting.origin ?? setting;
  const place = { resource: at.resource, path: at.path };
  const ordinalOf = (item: string) => new RegExp(`^${resource.name}-(0|[1-9]\\d*)(?:\\.|$)`).exec(item)?.[1];
  const pods = resource.kind === 'StatefulSet' ? items.filter((item) => ordinalOf(item) !== undefined) : [];
  const absent = pods.filter((item) => hasOrdinal(world, workload, Number(ordinalOf(item))) === false);
  if (absent.length > 0) {
    const count = `${workload.replicas} ${workload.replicas === 1 ? 'pod' : 'pods'}`;
    const told = `${resource.kind} ${resource.name} has ${count}, so ${absent.join(', ')} will not exist`;
    // More than half of the members elect a leader.
    if ((pods.length - absent.length) * 2 <= pods.length)
      yield {
        ...place,
        value: absent[0],
        message: `${told}: of ${pods.length} members no majority is ever there, and no cluster is formed`,
      };
    else
      yield {
        ...place,
        value: absent[0],
        verdict: 'unknown',
        message: `${told}: whether the program waits for all ${pods.length} members is not known`,
      };
    return;
  }
  for (const item of items) {
    // A name with dots may be of the internet, unless it says otherwise.
    if (item.includes('.') || pods.includes(item) || serviceByHost(world, item, namespace)) continue;
    if (!/seed|join|peers/i.test(setting.name || setting.value.slice(0, setting.value.indexOf('=')))) continue;
    const found = missing(
      world,
      { ...place, kind: 'Service', namespace, name: item },
      `the name ${item} does not resolve, and the pods do not find each other`,
    );
    if (found && found.verdict !== 'unknown') yield found;
  }
}
