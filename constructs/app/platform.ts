import { App } from 'cdk8s';
import type { Gateway, IngressController, PodSecurityLevel } from '../../model/cluster';
import { StrataError } from '../../model/errors';
import { checkPlacement } from '../../model/placement-check';
import type { Feature, Target } from '../../model/target';
import { AppNamespace } from '../core/namespace';
import type { Port } from '../core/workload';
import { Route } from '../delivery/route';
import { Component } from '../synthesis/component';
import { Redis } from './redis';
import { RedisExporter } from './redis-exporter';
import { PUBLIC_PATHS, WebService } from './web-service';

export type PlatformFeature = Feature<Platform>;
export type PlatformTarget = Target<Platform>;

/** What every target has: the app, its Redis, the exporter, and the way in. Features add to it. */
export class Platform {
  readonly app = new App();
  readonly namespace: AppNamespace;
  readonly redis: Redis;
  readonly web: WebService;
  readonly exporter: RedisExporter;

  constructor(readonly target: PlatformTarget) {
    const { settings, cluster, environment } = target;
    checkPlacement(`${target.name}, web.placement`, settings.web.placement, cluster, settings.web.replicas);
    checkPlacement(`${target.name}, redis.placement`, settings.redis.placement, cluster);

    const ground = this.component('platform');
    this.namespace = this.addNamespace(ground, target.namespace, 'restricted');
    const { namespace } = this;
    this.redis = new Redis(this.component('redis'), 'redis', {
      ...settings.redis,
      namespace,
      storage: cluster.storage,
      credentials: environment.ephemeral
        ? { from: 'generated' }
        : cluster.secretStore
          ? { from: 'store', store: cluster.secretStore, revision: settings.redis.credentialsRevision }
          : { from: 'out-of-band', revision: settings.redis.credentialsRevision },
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
    this.route(
      this.web.port,
      settings.route.host === 'auto' ? `${target.namespace}.${cluster.domain}` : settings.route.host,
      PUBLIC_PATHS,
    );

    for (const feature of target.features) feature.apply(this);
    for (const feature of target.features) feature.finish(this);
  }

  /** A building block: its objects become one file. `last` comes after all others: what they must not wait for. */
  component(name: string, options: { readonly last?: boolean } = {}): Component {
    return new Component(this.app, name, options.last ?? false);
  }

  /** A namespace with what the cluster asks of every one: what the gateway admits, the registries' credentials. */
  addNamespace(scope: Component, name: string, podSecurity: PodSecurityLevel): AppNamespace {
    const { kubernetes, imagePullSecrets, gateway } = this.target.cluster;
    return new AppNamespace(scope, 'namespace', {
      name,
      kubernetes,
      podSecurity,
      imagePullSecrets: imagePullSecrets ?? [],
      labels: gateway?.admitsNamespaces ?? {},
    });
  }

  /** Opens a port to the outside if the cluster has a way in; says whether it has. */
  route(port: Port, host: string, paths: readonly string[]): boolean {
    const through = this.wayIn();
    if (through) new Route(port.workload, 'route', { port, host, paths, through });
    return through !== undefined;
  }

  private wayIn(): { gateway: Gateway } | { ingress: IngressController } | undefined {
    const { name, cluster, settings } = this.target;
    const { gateway, ingress } = cluster;
    const { through } = settings.route;
    if (through === 'nothing') return undefined;
    if (through === 'auto') {
      if (gateway && ingress) {
        throw new StrataError(
          `${name}, route.through`,
          `cluster ${cluster.name} has a gateway and an ingress controller; served by both, the app has two addresses with rules of their own`,
          [
            "set route.through to 'gateway' or 'ingress' in the environment or the target",
            `remove one of the two from clusters/${cluster.name}.ts`,
          ],
        );
      }
      return gateway ? { gateway } : ingress ? { ingress } : undefined;
    }
    const chosen = through === 'gateway' ? gateway && { gateway } : ingress && { ingress };
    if (!chosen) {
      throw new StrataError(`${name}, route.through`, `is ${through}, and cluster ${cluster.name} has none`, [
        "set it to 'auto': what the cluster has",
        `declare the ${through} in clusters/${cluster.name}.ts`,
      ]);
    }
    return chosen;
  }
}
