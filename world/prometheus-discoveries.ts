import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { isSet } from '../upstream/prometheus/form';
import { operatorObjects } from './alertmanager';
import { monitorsOf, namespacesOfMonitor } from './monitors';
import { selectionsOfObject } from './operator-selection';
import { configuredPrometheuses } from './prometheus';
import type { Request } from './rights';
import type { World } from './world';

/** What a Prometheus asks the API server for, and as whom. */
export interface Discovery {
  readonly resource: Resource;
  readonly path: Path;
  /** `job pods`, `ServiceMonitor/shop/web`. */
  readonly by: string;
  readonly role: string;
  readonly account: { readonly namespace: string; readonly name: string };
  readonly requests: readonly Request[];
}

const VERBS = ['list', 'watch'];
/** What each role of kubernetes_sd_configs lists and watches: `discovery/kubernetes/kubernetes.go` of Prometheus. */
const ASKED: Readonly<Record<string, readonly (readonly [group: string, resource: string])[]>> = {
  pod: [['', 'pods']],
  service: [['', 'services']],
  endpoints: [
    ['', 'endpoints'],
    ['', 'services'],
    ['', 'pods'],
  ],
  endpointslice: [
    ['discovery.k8s.io', 'endpointslices'],
    ['', 'services'],
    ['', 'pods'],
  ],
  ingress: [['networking.k8s.io', 'ingresses']],
  node: [['', 'nodes']],
};

/** Every discovery of Kubernetes objects that a Prometheus of the manifests makes with its own ServiceAccount. */
export function* discoveriesOf(world: World): Iterable<Discovery> {
  for (const { workload, configuration, jobFiles } of configuredPrometheuses(world)) {
    const { namespace, podSpec } = workload;
    const account = {
      namespace,
      name: string(podSpec['serviceAccountName'] ?? podSpec['serviceAccount']) || 'default',
    };
    for (const { resource, path, content } of [configuration, ...jobFiles])
      for (const { by, found } of kubernetesDiscoveries(content)) {
        const role = string(found['role']) ?? '';
        yield { resource, path, by, role, account, requests: requestsOf(found, role, namespace) };
      }
  }
  yield* operatedDiscoveries(world);
}

function* kubernetesDiscoveries(content: unknown): Iterable<{ readonly by: string; readonly found: Json }> {
  const jobs = list(record(content)?.['scrape_configs']).map(record);
  const alertmanagers = list(record(record(content)?.['alerting'])?.['alertmanagers']).map(record);
  for (const job of [...jobs, ...alertmanagers]) {
    const by = job && jobs.includes(job) ? `job ${String(job['job_name'])}` : 'the discovery of Alertmanagers';
    for (const entry of list(job?.['kubernetes_sd_configs'])) {
      const found = record(entry);
      // Another cluster, or other credentials.
      if (found && !isSet(found['api_server']) && !isSet(found['kubeconfig_file'])) yield { by, found };
    }
  }
}

function requestsOf(found: Json, role: string, own: string): Request[] {
  const namespaces = record(found['namespaces']);
  const named = list(namespaces?.['names']).flatMap((name) => string(name) ?? []);
  if (namespaces?.['own_namespace'] === true) named.push(own);
  const withNodes = record(found['attach_metadata'])?.['node'] === true && role !== 'node';
  return [
    ...requestsOfRole(role, named.length > 0 ? named : undefined),
    ...(withNodes ? requestsOfRole('node', undefined) : []),
  ];
}

function requestsOfRole(role: string, namespaces: readonly string[] | undefined): Request[] {
  return (ASKED[role] ?? []).flatMap(([group, resource]) =>
    (role === 'node' ? [undefined] : (namespaces ?? [undefined])).map((namespace) => ({
      group,
      resource,
      verbs: VERBS,
      namespace,
    })),
  );
}

/** The operator writes a discovery for each monitor that a Prometheus object selects. */
function* operatedDiscoveries(world: World): Iterable<Discovery> {
  for (const kind of ['ServiceMonitor', 'PodMonitor'] as const) {
    for (const monitor of monitorsOf(world, kind)) {
      for (const { by: prometheus, is } of selectionsOfObject(world, monitor)) {
        if (is !== 'yes' || !operatorObjects(world, prometheus.kind).includes(prometheus)) continue;
        const slices = prometheus.at(['spec', 'serviceDiscoveryRole']) === 'EndpointSlice';
        const role = kind === 'PodMonitor' ? 'pod' : slices ? 'endpointslice' : 'endpoints';
        yield {
          resource: prometheus,
          path: ['spec', 'serviceAccountName'],
          by: world.idOf(monitor),
          role,
          account: {
            namespace: world.namespaceOf(prometheus),
            name: string(prometheus.at(['spec', 'serviceAccountName'])) || 'default',
          },
          requests: requestsOfRole(role, namespacesOfMonitor(world, monitor)),
        };
      }
    }
  }
}
