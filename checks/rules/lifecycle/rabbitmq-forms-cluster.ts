import type { Path } from '../../../manifests/resource';
import { list, record, string, strings } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { podsOf } from '../../../world/autoscalers';
import { mountedFiles } from '../../../world/configuration-files';
import { allows, areAllGrants, grantsOf } from '../../../world/rights';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (policy: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: rabbitmq, namespace: shop }
spec:
  replicas: 3
  serviceName: rabbitmq
  podManagementPolicy: ${policy}
  selector: { matchLabels: { app: rabbitmq } }
  template:
    metadata: { labels: { app: rabbitmq } }
    spec:
      containers:
        - name: rabbitmq
          image: rabbitmq:4.2.1
          env: [{ name: RABBITMQ_ERLANG_COOKIE, valueFrom: { secretKeyRef: { name: rabbitmq, key: cookie } } }]
          readinessProbe: { exec: { command: [rabbitmq-diagnostics, check_running] } }
`;

/** Commands that only a node answers which has found its peers and started whole. */
const WHOLE =
  /\b(check_running|is_running|check_virtual_hosts|check_local_alarms|check_alarms|check_port_connectivity|check_port_listener|node_health_check|await_startup|cluster_status|list_queues)\b|\brabbitmq(ctl|-diagnostics)\s+(-\S+\s+)*status\b/;
/** Since when the plugin takes the first pod for the first node, and asks the API server nothing. */
const ASKS_NOTHING_SINCE = [4, 1] as const;
/** Since when metadata is kept by Khepri where nothing else is said. */
const MAJORITY_SINCE = [4, 2] as const;

export default check({
  id: 'rabbitmq-forms-cluster',
  group: 'lifecycle',
  description: 'the nodes of a RabbitMQ cluster find one another, also after all of them were stopped',
  severity: 'will-break',
  needs: [],
  source: 'https://www.rabbitmq.com/docs/cluster-formation/',
  fix: 'set podManagementPolicy: Parallel, with a readiness probe that a node alone passes (rabbitmq-diagnostics ping)',
  example: {
    broken: manifests('OrderedReady'),
    fails: ['StatefulSet/shop/rabbitmq spec.template.spec.containers[0].readinessProbe.exec.command'],
    fixed: manifests('Parallel'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const container = workload.running.find(({ json }) => /(^|\/)rabbitmq(:|@|$)/.test(string(json['image']) ?? ''));
      const pods = container && workload.resource.kind === 'StatefulSet' ? podsOf(world, workload)?.max : undefined;
      if (!container || pods === undefined || pods < 2) continue;
      yield* ofStart(workload, container);
      yield* ofCookie(workload, container);
      yield* ofNumber(workload, container, pods);
      yield* ofDiscovery(world, workload, container);
    }
  },
});

/** Pods one after the other, each of which waits for a probe that waits for the others (rabbitmq-server#2361). */
function* ofStart({ resource }: WorkloadManifest, { name, json, path }: Container): Iterable<Finding> {
  if ((string(resource.at(['spec', 'podManagementPolicy'])) ?? 'OrderedReady') !== 'OrderedReady') return;
  const at: Path = [...path, 'readinessProbe', 'exec', 'command'];
  const command = list(record(record(json['readinessProbe'])?.['exec'])?.['command']);
  if (!WHOLE.test(command.map(String).join(' '))) return;
  yield {
    ...{ resource, path: at, value: command },
    message: `the next pod starts when this one is ready (OrderedReady), and the probe of container ${name} passes when the node runs, for which it waits for its peers: after all were stopped, the first one waits for the others, which are never started`,
  };
}

/** Nodes with different cookies refuse one another; each makes one up where it is given none. */
function* ofCookie({ resource, podSpec }: WorkloadManifest, { json, path }: Container): Iterable<Finding> {
  const isOpen =
    list(json['envFrom']).length > 0 ||
    json['command'] !== undefined ||
    list(podSpec['initContainers']).length > 0 ||
    list(json['volumeMounts']).some((mount) => /secret|cookie|config/i.test(JSON.stringify(mount)));
  if (isOpen || /cookie/i.test(JSON.stringify(podSpec))) return;
  yield {
    ...{ resource, path: [...path, 'image'], value: resource.at([...path, 'image']) },
    message: `no Erlang cookie is given, so each pod makes up one of its own and refuses the connections of the others: every node stays alone`,
    fix: 'give all pods one RABBITMQ_ERLANG_COOKIE from a Secret',
  };
}

/** Two nodes are worse than one where a majority is needed: for what the broker knows of itself from 4.2 on (Khepri). */
function* ofNumber({ resource }: WorkloadManifest, container: Container, pods: number): Iterable<Finding> {
  const replicas = resource.at(['spec', 'replicas']);
  if (pods !== 2 || replicas !== 2 || isOlderThan(container, MAJORITY_SINCE) !== false) return;
  yield {
    ...{ resource, path: ['spec', 'replicas'], value: 2 },
    message:
      'of two nodes, one alone is no majority: while either of them is away, for a drain or a rollout too, nothing can be declared, and quorum queues stop',
    fix: 'run three nodes, or one',
  };
}

/** Up to RabbitMQ 4.0 the plugin asks the API server for the endpoints of its peers. */
function* ofDiscovery(world: World, workload: WorkloadManifest, container: Container): Iterable<Finding> {
  if (isOlderThan(container, ASKS_NOTHING_SINCE) !== true) return;
  const image = string(container.json['image']) ?? '';
  const texts = [...mountedFiles(world, workload, container)].flatMap(([file, { resource }]) =>
    /rabbitmq/.test(file) ? Object.values(strings(resource.at(['data']))) : [],
  );
  if (!texts.some((text) => PLUGIN.test(text))) return;
  // A Role may name the one object that is asked for: that of this Service.
  const service = texts.map((text) => SERVICE.exec(text)?.[1]).find((name) => name !== undefined) ?? 'rabbitmq';
  const account = string(workload.podSpec['serviceAccountName']) || 'default';
  const grants = grantsOf(world, workload.namespace, account);
  if (!areAllGrants(world, workload.namespace, grants)) return;
  const request = {
    ...{ group: '', resource: 'endpoints', verbs: ['get'] },
    ...{ namespace: workload.namespace, name: service },
  };
  if (allows(grants, request) !== 'no') return;
  const path = [...workload.podSpecPath, 'serviceAccountName'];
  const value = workload.resource.at(path);
  yield {
    ...(value === undefined
      ? { resource: workload.resource, path: [...container.path, 'image'], value: image }
      : { resource: workload.resource, path, value }),
    message: `RabbitMQ before 4.1 asks the API server for its peers, and ServiceAccount ${workload.namespace}/${account} may not get endpoints: no node starts`,
    fix: 'bind a Role with the verb get of endpoints to the ServiceAccount, or use RabbitMQ 4.1 or newer, which asks for nothing',
  };
}

const SERVICE = /^\s*cluster_formation\.k8s\.service_name\s*=\s*(\S+)/m;
const PLUGIN = /^\s*cluster_formation\.(peer_discovery_backend|k8s\.)\s*.*(k8s|kubernetes)/m;

/** By the tag of the image; undefined where it has no version. */
function isOlderThan({ json }: Container, [major, minor]: readonly [number, number]): boolean | undefined {
  const [, first, second] = /:(\d+)\.(\d+)/.exec(string(json['image']) ?? '') ?? [];
  if (first === undefined) return undefined;
  return Number(first) < major || (Number(first) === major && Number(second) < minor);
}
