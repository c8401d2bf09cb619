import { containerOf } from '../../manifests/programs';
import { parseQuantity } from '../../manifests/quantity';
import { record } from '../../manifests/resource';
import { prometheusDuration } from '../../upstream/prometheus/duration';
import { prometheusSize } from '../../upstream/prometheus/size';
import type { SeriesEstimate } from './series-estimate';

/** What the series of a Prometheus take, and what it has for them. */
export interface SeriesRoom {
  /** Bytes of the samples of a day, once they are compacted. */
  readonly bytesPerDay: number;
  /** For how many days they are to be kept; undefined: as long as there is room. */
  readonly days: number | undefined;
  /** For how many days there is room; undefined where nobody says how much there is. */
  readonly daysThatFit: number | undefined;
  /** Bytes of memory. */
  readonly memory: number;
  /** Bytes that its container may use; undefined: as many as the node has. */
  readonly memoryLimit: number | undefined;
}

/** A sample takes one to two bytes: docs/storage.md of Prometheus. */
const BYTES_OF_SAMPLE = 2;
/**
 * Bytes of memory: of the program, and of each series in the head with the samples of two hours. Counted on the test cluster: 170 MB with 28,000
 * series, 233 MB with 41,000.
 */
const MEMORY = { base: 64 * 2 ** 20, ofSeries: 5 * 2 ** 10 };
const DAY = 86_400_000;
const NANO = 1_000_000_000n;
/** Without any bound: `defaultRetentionDuration` in cmd/prometheus/main.go, and `retention` of the operator's CRD. */
const RETENTION = { configured: 15 * DAY, operated: DAY };

export function roomOf({ workload, isOperated, store, later, samplesPerSecond }: SeriesEstimate): SeriesRoom {
  const container = containerOf(workload.running, 'prometheus') ?? workload.running[0];
  const time = prometheusDuration(store?.time ?? 'none');
  const size = prometheusSize(store?.size?.text ?? '') ?? Infinity;
  const volume = store?.volume === undefined ? Infinity : Number(store.volume / NANO);
  const bytesPerDay = samplesPerSecond * 86_400 * BYTES_OF_SAMPLE;
  const room = Math.min(size, volume);
  const kept = time ?? (size < Infinity ? undefined : isOperated ? RETENTION.operated : RETENTION.configured);
  return {
    bytesPerDay,
    // 0 is no bound.
    days: kept === undefined || kept === 0 ? undefined : kept / DAY,
    daysThatFit: room < Infinity && bytesPerDay > 0 ? room / bytesPerDay : undefined,
    memory: MEMORY.base + later * MEMORY.ofSeries,
    memoryLimit: bytesOf(record(record(container?.json['resources'])?.['limits'])?.['memory']),
  };
}

function bytesOf(quantity: unknown): number | undefined {
  const parsed = parseQuantity(quantity);
  return parsed === undefined ? undefined : Number(parsed / NANO);
}
