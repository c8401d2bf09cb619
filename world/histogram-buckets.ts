import { memo } from '../model/memo';
import type { World } from './world';

/** The upper bounds of the buckets of a histogram, and who says so. */
export interface KnownBuckets {
  readonly bounds: readonly number[];
  readonly of: string;
}

/** What a workload or Service says of the buckets of its histograms: `http_request_duration_seconds=0.1,0.5,1; …`. */
const BUCKETS = 'strata/buckets';

const LONG = [1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];
const API_SERVER = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, ...LONG];

/** `staging/src/k8s.io/apiserver/pkg/endpoints/metrics/metrics.go` of 1.30 to 1.36, and `web/web.go` of Prometheus 2.40 to 3.16. */
const OF_PROGRAMS: Readonly<Record<string, KnownBuckets>> = {
  apiserver_request_duration_seconds: { bounds: [0.005, 0.025, ...API_SERVER], of: 'the API server' },
  apiserver_request_sli_duration_seconds: { bounds: API_SERVER, of: 'the API server' },
  apiserver_request_slo_duration_seconds: { bounds: API_SERVER, of: 'the API server' },
  prometheus_http_request_duration_seconds: { bounds: [0.1, 0.2, 0.4, 1, 3, 8, 20, 60, 120], of: 'Prometheus' },
};

/** The buckets of a histogram by its name, as far as anybody says so. Of several who expose it all are among them. */
export function bucketsOf(world: World, histogram: string): KnownBuckets | undefined {
  const stated = statedBuckets(world).get(histogram);
  return stated ?? (Object.hasOwn(OF_PROGRAMS, histogram) ? OF_PROGRAMS[histogram] : undefined);
}

const statedBuckets = memo((world: World): ReadonlyMap<string, KnownBuckets> => {
  const found = new Map<string, KnownBuckets>();
  for (const resource of [...world.resources, ...world.external])
    for (const entry of (resource.annotations[BUCKETS] ?? '').split(/[;\n]/)) {
      const [, name, text] = /^\s*([A-Za-z_:][\w:]*)\s*=\s*(.+?)\s*$/.exec(entry) ?? [];
      const bounds = text?.split(/[\s,]+/).map(Number);
      // What is no list of numbers says nothing.
      if (name === undefined || !bounds || bounds.some((bound) => Number.isNaN(bound))) continue;
      const known = found.get(name);
      found.set(name, {
        bounds: [...(known?.bounds ?? []), ...bounds].sort((a, b) => a - b),
        of: known?.of ?? world.idOf(resource),
      });
    }
  return found;
});
