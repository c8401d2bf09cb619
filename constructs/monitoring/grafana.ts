import { Construct, type IConstruct } from 'constructs';
import type { StorageClass } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { images } from '../../model/images';
import type { Duration } from '../../model/quantity';
import type { ValuesOf } from '../../model/settings';
import { checkSettings } from '../../model/settings';
import { Config } from '../core/config';
import { Controller } from '../core/controller';
import type { CredentialsSource } from '../core/expected-secret';
import { ExpectedSecret } from '../core/expected-secret';
import type { FlowEnd } from '../core/flow';
import type { NamespaceRef } from '../core/namespace';
import { Probe } from '../core/probe';
import { chosenClass } from '../core/storage';
import type { Mount } from '../core/volume';
import { Volume } from '../core/volume';
import type { Port } from '../core/workload';
import { Workload } from '../core/workload';
import type { Dashboard } from './dashboards/dashboard';
import { expressionsOf } from './dashboards/dashboard';
import { DATA_SOURCE, dashboardJson } from './dashboards/dashboard-json';
import { dashboardsOf } from './dashboards/dashboards';
import type { Watched } from './dashboards/watched';
import { grafanaSettings } from './grafana-settings';

import type { StateExpression } from './object-state';

export { grafanaSettings } from './grafana-settings';

export interface GrafanaProps extends Partial<ValuesOf<typeof grafanaSettings>> {
  readonly namespace: NamespaceRef;
  /** The classes that the cluster has; the default one is taken where there is a volume. */
  readonly storage: readonly StorageClass[];
  /** Where the password of its administrator comes from. */
  readonly credentials: CredentialsSource;
  /** Writes the provisioning files: the writer of the rendered manifests, or any other one. */
  readonly toYaml: (value: object) => string;
}

/** A Prometheus whose series are shown. */
export interface ShownPrometheus {
  /** Where it is asked. */
  readonly port: Port<object, FlowEnd>;
  /** How often it scrapes: the shortest time over which a rate says something is four times as long. */
  readonly interval: Duration;
  /** What it keeps; called when everything is known. */
  readonly watched: () => Watched;
}

const SECRETS = '/etc/grafana-secrets';
const PASSWORD = 'admin-password';
const KEY = 'secret-key';
const PROVISIONING = '/etc/grafana/provisioning';
const DASHBOARDS = '/etc/grafana/dashboards';
const DATA = '/var/lib/grafana';

/** What the API server takes of one ConfigMap. */
const MOST_BYTES = 1024 * 1024;

/** What it is told by variables: nothing leaves the cluster, nobody gets in without a login, and Prometheus alone evaluates alerts. */
const SETTINGS = {
  GF_SECURITY_ADMIN_USER: 'admin',
  GF_SECURITY_ADMIN_PASSWORD__FILE: `${SECRETS}/${PASSWORD}`,
  // The key that is built in is known to everybody.
  GF_SECURITY_SECRET_KEY__FILE: `${SECRETS}/${KEY}`,
  GF_SECURITY_DISABLE_GRAVATAR: 'true',
  GF_AUTH_ANONYMOUS_ENABLED: 'false',
  GF_USERS_ALLOW_SIGN_UP: 'false',
  GF_USERS_ALLOW_ORG_CREATE: 'false',
  GF_ANALYTICS_REPORTING_ENABLED: 'false',
  GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
  GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
  GF_ANALYTICS_FEEDBACK_LINKS_ENABLED: 'false',
  GF_NEWS_NEWS_FEED_ENABLED: 'false',
  GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
  // Otherwise it fetches plugins when it starts.
  GF_PLUGINS_PREINSTALL_DISABLED: 'true',
  GF_PLUGINS_PLUGIN_ADMIN_ENABLED: 'false',
  GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
  // The alerts of Prometheus can be looked at; what somebody makes here by hand would be told by nobody.
  GF_UNIFIED_ALERTING_ENABLED: 'true',
  GF_UNIFIED_ALERTING_EXECUTE_ALERTS: 'false',
  GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${DASHBOARDS}/overview/overview.json`,
  GF_METRICS_ENABLED: 'true',
  GF_LOG_MODE: 'console',
} as const;

/** Grafana with what it shows: a data source and dashboards that are made from what the target has, and that nobody changes by hand. */
export class Grafana extends Construct {
  readonly workload: Workload;
  private readonly id: string;
  private readonly props: GrafanaProps;
  /** Filled when it is said what is shown; the pod is written later. */
  private readonly mounts: Mount[] = [];
  private shown: ShownPrometheus | undefined;

  constructor(scope: Construct, id: string, props: GrafanaProps) {
    super(scope, id);
    this.id = id;
    this.props = props;
    const settings = { ...grafanaSettings.defaults, ...props };
    checkSettings('grafana', grafanaSettings, settings);
    const { namespace, volume, resources, credentials } = settings;
    const secret = new ExpectedSecret(this, `${id}-admin`, {
      namespace,
      source: credentials,
      keys: {
        [PASSWORD]: { format: 'the password of the user admin', make: 'openssl rand -hex 24' },
        [KEY]: { format: 'the key of what its database encrypts', make: 'openssl rand -hex 32' },
      },
    });
    const data = volume === 'none' ? Volume.scratch('data', '256Mi') : Volume.claim('data');
    this.mounts.push(
      data.at(DATA, { writable: true }),
      Volume.scratch('tmp', '64Mi').at('/tmp', { writable: true }),
      secret.files(PASSWORD, KEY).at(SECRETS),
    );
    this.workload = new Workload(this, id, {
      namespace,
      // With a volume there can be one pod at a time alone.
      controller: Controller.statefulSet(
        volume === 'none'
          ? {}
          : {
              claims: [
                {
                  name: 'data',
                  size: volume,
                  storageClass: chosenClass('grafana.volume', 'cluster-default', props.storage).name,
                },
              ],
              whenDeleted: 'Delete',
            },
      ),
      pod: {
        // The user of the image.
        user: 472,
        container: {
          name: 'grafana',
          image: images.grafana,
          ports: { http: 3000 },
          env: SETTINGS,
          resources,
          probes: {
            // It brings its database up to date first.
            startup: Probe.http('/api/health', 'http', { every: 2, failures: 150 }),
            readiness: Probe.http('/api/health', 'http', { every: 5 }),
            liveness: Probe.http('/api/health', 'http', { every: 20, timeout: 5 }),
          },
          mounts: this.mounts,
        },
      },
    });
    this.workload.service().publish(this.port('http'));
    this.workload.servesMetrics('http', { exposes: ['grafana_*', 'go_*', 'process_*'] });
  }

  /** Its only port. */
  port(name: 'http'): Port {
    return this.workload.port(name);
  }

  /** The dashboards that it shows; known when everything is. */
  get dashboards(): readonly Dashboard[] {
    return this.shown ? dashboardsOf(this.shown.watched()) : [];
  }

  /** Says whose series it shows, once: the data source, the flow that leads there, and the dashboards follow. */
  shows(prometheus: ShownPrometheus): void {
    if (this.shown) throw new StrataError(`grafana ${this.id}`, 'shows a Prometheus already', ['name one of the two']);
    this.shown = prometheus;
    const { namespace, toYaml } = this.props;
    const { port, interval } = prometheus;
    this.workload.connectsTo(port);
    const service = port.workload.serviceOf(port);
    const sources = new Config(this, `${this.id}-datasources`, {
      namespace,
      data: () => ({
        'prometheus.yaml': toYaml(dataSources(`http://${service.host}:${service.portOf(port)}`, interval)),
      }),
    });
    const provider = new Config(this, `${this.id}-dashboards`, {
      namespace,
      data: { 'dashboards.yaml': toYaml(PROVIDER) },
    });
    this.mounts.push(
      Volume.config(sources).at(`${PROVISIONING}/datasources`),
      Volume.config(provider).at(`${PROVISIONING}/dashboards`),
      ...this.files(),
    );
  }

  /** A ConfigMap for each dashboard: one of many would outgrow what the API server takes of an object. */
  private files(): Mount[] {
    const { namespace } = this.props;
    const uids = this.dashboards.map(({ uid }) => uid);
    const twice = uids.find((uid, i) => uids.indexOf(uid) !== i);
    if (twice !== undefined)
      throw new StrataError(`grafana ${this.id}`, `two dashboards have the uid ${twice}`, [
        'give one of the two workloads or objectives another name',
      ]);
    return uids.map((uid) => {
      const config = new Config(this, `${this.id}-${uid.toLowerCase().replaceAll('_', '-')}`, {
        namespace,
        data: () => ({ [`${uid}.json`]: this.jsonOf(uid) }),
        // It looks for other files by itself: nobody who is looking at one is thrown out.
        rolls: false,
      });
      return Volume.config(config).at(`${DASHBOARDS}/${uid}`);
    });
  }

  private jsonOf(uid: string): string {
    const dashboard = this.dashboards.find((each) => each.uid === uid)!;
    const text = dashboardJson(dashboard);
    const size = Buffer.byteLength(text);
    if (size > MOST_BYTES)
      throw new StrataError(`grafana ${this.id}, dashboard ${uid}`, `is ${size} bytes, and a ConfigMap takes 1 MiB`, [
        'give the workload fewer flows, or split it',
      ]);
    return text;
  }
}

/** Every one in a tree. */
export function grafanasIn(root: IConstruct): Grafana[] {
  return root.node.findAll().filter((node): node is Grafana => node instanceof Grafana);
}

/** Every expression that a dashboard of a tree asks. */
export function shownExpressionsIn(root: IConstruct): StateExpression[] {
  return grafanasIn(root).flatMap(({ dashboards }) => dashboards.flatMap(expressionsOf));
}

function dataSources(url: string, interval: Duration): object {
  return {
    apiVersion: 1,
    // What was provisioned once and is no more goes.
    prune: true,
    datasources: [
      {
        name: 'Prometheus',
        type: DATA_SOURCE.type,
        uid: DATA_SOURCE.uid,
        access: 'proxy',
        url,
        isDefault: true,
        editable: false,
        jsonData: {
          httpMethod: 'POST',
          prometheusType: 'Prometheus',
          timeInterval: interval,
          // Its alerts are shown among the others.
          manageAlerts: true,
        },
      },
    ],
  };
}

const PROVIDER = {
  apiVersion: 1,
  providers: [
    {
      name: 'strata',
      type: 'file',
      folder: 'Platform',
      disableDeletion: false,
      allowUiUpdates: false,
      updateIntervalSeconds: 60,
      options: { path: DASHBOARDS, foldersFromFilesStructure: false },
    },
  ],
};
