import { containerOf } from '../manifests/programs';
import type { Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Container, WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import type { DiscoveryRule } from '../upstream/prometheus-adapter/rules';
import { discoveryRule } from '../upstream/prometheus-adapter/rules';
import type { MountedFile } from './configuration-files';
import { mountedFiles } from './configuration-files';
import type { ConfiguredPrometheus } from './prometheus';
import { configuredPrometheusOf } from './prometheus';
import { serviceByHost, serviceOf } from './services';
import type { World } from './world';

/** A prometheus-adapter whose configuration is among the manifests. */
export interface MetricsAdapter {
  readonly workload: WorkloadManifest;
  readonly file: MountedFile;
  readonly custom: readonly DiscoveryRule[];
  readonly external: readonly DiscoveryRule[];
  /** The Prometheus that it asks, where that is known. */
  readonly prometheus: ConfiguredPrometheus | undefined;
  /** The address of the Prometheus that it asks, and where it is written. */
  readonly url: { readonly text: string; readonly path: Path } | undefined;
}

/** Every prometheus-adapter of which the configuration is known. */
export const metricsAdaptersOf = memo((world: World): readonly MetricsAdapter[] =>
  world.workloads.flatMap((workload) => {
    const container = containerOf(workload.running, 'prometheus-adapter');
    return container ? (read(world, workload, container) ?? []) : [];
  }),
);

function read(world: World, workload: WorkloadManifest, container: Container): MetricsAdapter | undefined {
  const at = argument(container, 'config');
  const file = at === undefined ? undefined : new Map(mountedFiles(world, workload, container)).get(at);
  if (!file) return undefined;
  const content = record(file.content);
  const url = argument(container, 'prometheus-url');
  return {
    workload,
    file,
    custom: list(content?.['rules']).map(discoveryRule),
    external: list(content?.['externalRules']).map(discoveryRule),
    prometheus: prometheusAt(world, workload, url),
    url: url === undefined ? undefined : { text: url, path: placeOf(container, url) },
  };
}

/** The argument that ends with a value. */
function placeOf({ json, path }: Container, value: string): Path {
  for (const field of ['args', 'command']) {
    const i = list(json[field]).findIndex((word) => String(word).endsWith(value));
    if (i >= 0) return [...path, field, i];
  }
  return path;
}

/** The value of a flag, as `--flag=value` or `--flag value`. */
function argument({ json }: Container, name: string): string | undefined {
  const words = [...list(json['command']), ...list(json['args'])].map(String);
  for (const [i, word] of words.entries()) {
    if (word === `--${name}`) return words[i + 1];
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
  }
  return undefined;
}

function prometheusAt(
  world: World,
  workload: WorkloadManifest,
  url: string | undefined,
): ConfiguredPrometheus | undefined {
  const host = /^https?:\/\/([^/:]+)/.exec(url ?? '')?.[1];
  const service = host === undefined ? undefined : serviceByHost(world, host, workload.namespace);
  for (const behind of service?.workloads ?? []) {
    const prometheus = configuredPrometheusOf(world, behind);
    if (prometheus) return prometheus;
  }
  return undefined;
}

/** The group of APIs that autoscalers ask for a metric of each type. */
export const GROUP_OF = {
  Pods: 'custom.metrics.k8s.io',
  Object: 'custom.metrics.k8s.io',
  External: 'external.metrics.k8s.io',
} as const;

/** An APIService, and the adapter to which the API server sends what is asked of it; undefined where another program answers, or nobody known. */
export interface ServedApi {
  readonly api: Resource;
  readonly adapter: MetricsAdapter | undefined;
}

/** The APIServices of a group. */
export function apisServing(world: World, group: string): readonly ServedApi[] {
  return world
    .of('APIService')
    .filter((api) => api.at(['spec', 'group']) === group)
    .map((api) => {
      const reference = record(api.at(['spec', 'service']));
      const service = serviceOf(world, string(reference?.['namespace']) ?? '', string(reference?.['name']) ?? '');
      return { api, adapter: metricsAdaptersOf(world).find(({ workload }) => service?.workloads.includes(workload)) };
    });
}

/** The adapter that answers for a group of APIs. */
export function adapterServing(world: World, group: string): MetricsAdapter | undefined {
  return apisServing(world, group).find(({ adapter }) => adapter !== undefined)?.adapter;
}

/** A metric that an autoscaler reads from an adapter. */
export interface AdaptedMetric {
  readonly type: 'Pods' | 'Object' | 'External';
  readonly name: string;
  readonly path: Path;
  /** The object that it describes. */
  readonly described: { readonly apiVersion: string; readonly kind: string } | undefined;
}

const FIELD_OF = { Pods: 'pods', Object: 'object', External: 'external' } as const;

/** The custom and external metrics of an autoscaler. */
export function adaptedMetricsOf(hpa: Resource): readonly AdaptedMetric[] {
  return list(hpa.at(['spec', 'metrics'])).flatMap((entry, i): AdaptedMetric[] => {
    const type = string(record(entry)?.['type']);
    if (type !== 'Pods' && type !== 'Object' && type !== 'External') return [];
    const field = FIELD_OF[type];
    const source = record(record(entry)?.[field]);
    const name = string(record(source?.['metric'])?.['name']);
    if (name === undefined) return [];
    const described = record(source?.['describedObject']);
    return [
      {
        type,
        name,
        path: ['spec', 'metrics', i, field, 'metric', 'name'],
        described: described && {
          apiVersion: string(described['apiVersion']) ?? '',
          kind: string(described['kind']) ?? '',
        },
      },
    ];
  });
}
