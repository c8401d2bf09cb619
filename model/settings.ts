import type { Placement } from './placement';
import type { Bytes, Duration, Resources } from './quantity';

/**
 * How Redis keeps what it acknowledged.
 * - `append-only`: every write goes to a log. `always` loses nothing that was acknowledged, at the price of a disk
 *   flush per write; `everysec` loses at most the last second; `no` leaves flushing to the kernel (up to about 30 s).
 * - `snapshots`: the whole set is written every so often; a crash loses what came after the last snapshot.
 * - `none`: memory only; a restart loses everything.
 * A stop by SIGTERM is graceful in the first two and loses nothing.
 */
export type Persistence =
  | { readonly mode: 'append-only'; readonly fsync: 'always' | 'everysec' | 'no'; readonly size: Bytes }
  | { readonly mode: 'snapshots'; readonly every: Duration; readonly size: Bytes }
  | { readonly mode: 'none' };

export interface WebSettings {
  /** Pods of the web app, while no autoscaler owns the number. */
  readonly replicas: number;
  /** What one pod asks for and may use. */
  readonly resources: Resources;
  /** Whose site it is: the suffix of its Redis keys and the value of the metrics' label `student`. Lower case, digits, hyphens. */
  readonly student: string;
  /** How long a pod goes on serving after SIGTERM, so that endpoints and load balancers forget it first. Seconds. */
  readonly drainSeconds: number;
  /** Where the pods run. */
  readonly placement: Placement;
  /** Before other pods when room is short: its PriorityClass gets this value. 0 renders none. */
  readonly priority: number;
  /** Earlier ReplicaSets kept for `kubectl rollout undo`; hashed ConfigMaps and Secrets are kept as long. */
  readonly revisionHistoryLimit: number;
}

export interface RedisSettings {
  /** What is lost when. `append-only` loses at most what its `fsync` allows, `snapshots` what came after the last one, `none` everything. */
  readonly persistence: Persistence;
  /** What the pod asks for and may use; three quarters of the memory limit are for data. */
  readonly resources: Resources;
  /** StorageClass of the volume. `cluster-default` takes the cluster's default class. */
  readonly storageClass: string;
  /** Whether the data outlives a deleted claim. `retain` needs a class that retains, and renders one where the cluster has none. */
  readonly onDelete: 'delete' | 'retain';
  /** Where the pod runs. */
  readonly placement: Placement;
  /** Part of the credentials' Secret name where they come from outside: a new value is a rotation and rolls the pods. */
  readonly credentialsRevision: string;
}

export interface ExporterSettings {
  /** What the pod asks for and may use. */
  readonly resources: Resources;
  /** At most so many values of the label `student`; more are dropped and counted. */
  readonly maxStudents: number;
}

export interface RouteSettings {
  /**
   * What serves the app to the outside: `auto` takes the cluster's gateway, else its ingress controller, else nothing;
   * a cluster that has both needs a choice.
   */
  readonly through: 'auto' | 'gateway' | 'ingress' | 'nothing';
  /** Host name. `auto` is `<namespace>.<domain of the cluster>`. */
  readonly host: string;
}

/** Everything that a layer may set. Each field is replaced whole by a more specific layer; lists are never merged. */
export interface Settings {
  readonly web: WebSettings;
  readonly redis: RedisSettings;
  readonly exporter: ExporterSettings;
  readonly route: RouteSettings;
}

/** The least specific layer: what a component does when nobody says otherwise. */
export const defaults: Settings = {
  web: {
    replicas: 2,
    resources: { cpu: '50m', memory: '96Mi', memoryLimit: '192Mi' },
    student: 'demo',
    drainSeconds: 5,
    placement: {},
    priority: 0,
    revisionHistoryLimit: 5,
  },
  redis: {
    persistence: { mode: 'append-only', fsync: 'everysec', size: '1Gi' },
    resources: { cpu: '50m', memory: '128Mi' },
    storageClass: 'cluster-default',
    onDelete: 'delete',
    placement: {},
    credentialsRevision: '1',
  },
  exporter: {
    resources: { cpu: '20m', memory: '64Mi', memoryLimit: '128Mi' },
    maxStudents: 100,
  },
  route: {
    through: 'auto',
    host: 'auto',
  },
};
