import { App } from 'cdk8s';
import { Redis } from './constructs/app/redis';
import { RedisExporter } from './constructs/app/redis-exporter';
import { PUBLIC_PATHS, WebService } from './constructs/app/web-service';
import { AppNamespace } from './constructs/core/namespace';
import type { Port } from './constructs/core/workload';
import { Workload } from './constructs/core/workload';
import { exposureOf, Route } from './constructs/delivery/route';
import { Component } from './constructs/synthesis/component';
import type { FeatureContext } from './features/feature';
import type { PodSecurityLevel } from './model/cluster-facts';
import { POD_SECURITY_LEVELS } from './model/cluster-facts';
import { StrataError } from './model/errors';
import { checkPlacement } from './model/placement-check';
import type { Target } from './model/target';
import { toYaml } from './render/yaml';

/** What the platform is called. Namespaces, labels and Argo CD's names begin with it. */
export const PRODUCT = 'course';

/** The namespace of a target's app; further ones have it as their prefix, and so have cluster-scoped objects. */
export function namespaceOf({ environment }: Pick<Target, 'environment'>, product = PRODUCT): string {
  return `${product}-${environment.name}`;
}

/** What every target has: the app, its Redis, the exporter, and a route where the cluster serves one. Features add to it. */
export class Platform implements FeatureContext {
  readonly app = new App();
  readonly namespace: AppNamespace;
  readonly redis: Redis;
  readonly web: WebService;
  readonly exporter: RedisExporter;
  readonly publicPorts: Port[] = [];
  /** The feature that is being applied, for messages. */
  private applying: string | undefined;
  readonly toYaml = toYaml;

  constructor(
    readonly target: Target<FeatureContext>,
    private readonly product = PRODUCT,
  ) {
    const { name, settings, cluster, environment } = target;
    checkPlacement(`${name}, web.placement`, settings.web.placement, cluster, settings.web.replicas);
    checkPlacement(`${name}, redis.placement`, settings.redis.placement, cluster);

    const namespace = this.addNamespace(this.component('platform'), namespaceOf(target, product), 'restricted');
    this.namespace = namespace;
    const revision = settings.redis.credentialsRevision;
    this.redis = new Redis(this.component('redis'), 'redis', {
      ...settings.redis,
      namespace,
      storage: cluster.storage,
      credentials: environment.ephemeral
        ? { from: 'generated' }
        : cluster.secretStore
          ? { from: 'store', store: cluster.secretStore, revision }
          : { from: 'out-of-band', revision },
    });
    this.web = new WebService(this.component('web'), 'web', {
      ...settings.web,
      namespace,
      environment: environment.name,
      redis: this.redis,
    });
    this.exporter = new RedisExporter(this.component('exporter'), 'exporter', {
      ...settings.exporter,
      namespace,
      redis: this.redis,
    });
    const { host } = settings.route;
    this.publicPorts.push(this.web.port('http'));
    this.expose(this.web.port('http'), host === 'auto' ? `${namespace.name}.${cluster.domain}` : host, PUBLIC_PATHS);

    this.applyFeatures();
  }

  private applyFeatures(): void {
    const { features } = this.target;
    const each = (step: 'apply' | 'connect' | 'adjust' | 'finish') => {
      for (const feature of features) {
        this.applying = feature.name;
        feature[step](this);
      }
    };
    each('apply');
    const scraped = this.workloads.filter(({ metrics }) => metrics).length;
    each('connect');
    // What scrapes has looked around already, or has not: that would depend on the order of features.
    if (this.workloads.filter(({ metrics }) => metrics).length > scraped)
      throw new Error(
        'a feature adds a workload that serves metrics in `connect`: add it in `apply`, where scrapers find it',
      );
    each('adjust');
    each('finish');
    this.applying = undefined;
  }

  get workloads(): readonly Workload[] {
    const found = this.app.node.findAll().filter((node): node is Workload => node instanceof Workload);
    return found.sort((a, b) => (a.app < b.app ? -1 : 1));
  }

  get namespaces(): readonly AppNamespace[] {
    return this.app.node.findAll().filter((node): node is AppNamespace => node instanceof AppNamespace);
  }

  component(name: string, options: { readonly last?: boolean } = {}): Component {
    const { environment, settings } = this.target;
    this.checkComponent(name);
    return new Component(this.app, name, {
      ...options,
      labels: {
        ...settings.objects.labels,
        'app.kubernetes.io/part-of': this.product,
        environment: environment.name,
        student: settings.web.student,
      },
    });
  }

  /** Two of one name would be one file. */
  private checkComponent(name: string): void {
    if (!this.app.node.tryFindChild(name)) return;
    const by = this.applying === undefined ? '' : `, feature ${this.applying}`;
    throw new StrataError(
      `${this.target.name}${by}`,
      `adds a component ${name}, and there is one of that name already`,
      ['give the component another name', 'remove one of the two features that add it'],
    );
  }

  addNamespace(scope: Component, name: string, podSecurity: PodSecurityLevel): AppNamespace {
    const { kubernetes, imagePullSecrets = [], gateway } = this.target.cluster;
    this.checkPodSecurity(name, podSecurity);
    const labels = gateway?.admitsNamespaces ?? {};
    return new AppNamespace(scope, 'namespace', { name, kubernetes, podSecurity, imagePullSecrets, labels });
  }

  /** A cluster that demands more than a namespace enforces refuses its pods. */
  private checkPodSecurity(namespace: string, level: PodSecurityLevel): void {
    const { name, cluster } = this.target;
    if (POD_SECURITY_LEVELS.indexOf(level) >= POD_SECURITY_LEVELS.indexOf(cluster.podSecurity)) return;
    throw new StrataError(
      `${name}, namespace ${namespace}`,
      `enforces ${level}, and cluster ${cluster.name} takes no namespace below ${cluster.podSecurity}`,
      [
        `make its pods meet ${cluster.podSecurity}, and the namespace enforce it`,
        'remove the feature that adds it from this target',
      ],
    );
  }

  expose(port: Port, host: string, paths: readonly string[]): boolean {
    const { name, cluster, settings } = this.target;
    const through = exposureOf(`${name}, route.through`, cluster, settings.route.through);
    if (through) new Route(port.workload, 'route', { port, host, paths, through });
    return through !== undefined;
  }
}
