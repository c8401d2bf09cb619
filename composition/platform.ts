import { App } from 'cdk8s';
import type { CredentialsSource } from '../constructs/core/credentials';
import { AppNamespace } from '../constructs/core/namespace';
import { requestOf } from '../constructs/core/pod';
import type { Port } from '../constructs/core/workload';
import { Workload } from '../constructs/core/workload';
import type { Exposure } from '../constructs/delivery/route';
import { exposureOf, Route } from '../constructs/delivery/route';
import { Component } from '../constructs/synthesis/component';
import type { FeatureContext } from '../features/feature';
import type { PodSecurityLevel } from '../model/cluster-facts';
import { POD_SECURITY_LEVELS } from '../model/cluster-facts';
import { StrataError } from '../model/errors';
import { checkPlacement } from '../model/placement-check';
import { checkRoom } from '../model/room-check';
import type { SecretContract } from '../model/secret-contract';
import { expectsSecrets } from '../model/secret-contract';
import type { Settings } from '../model/settings';
import type { Target } from '../model/target';
import type { RouteTraffic } from '../model/traffic';
import { istioTraffic, trafficOf } from '../model/traffic';
import { toYaml } from '../render/yaml';
import { checkLevel, checkNamespaceName, checkSpec, checkSpecLabels } from './spec';

/** What a team says of its platform. */
export interface PlatformSpec {
  /** What it is called: namespaces, the label `part-of` and Argo CD's names begin with it. */
  readonly name: string;
  /** The namespace of a target's app; further ones have it as their prefix. @default - `<name>-<environment>` */
  readonly namespaceOf?: (target: Pick<Target<FeatureContext>, 'environment' | 'cluster'>) => string;
  /** What the app's namespace enforces of the Pod Security Standards. @default 'restricted' */
  readonly podSecurity?: PodSecurityLevel;
  /** Labels of every object and every pod of a target, beside `part-of` and `environment`. @default - none */
  readonly labels?: (settings: Settings) => Readonly<Record<string, string>>;
  /**
   * Objects are rendered as they are written: strata adds no labels, no sync waves and no Namespace. For what `strata adopt` took over, until
   * it is to look like the rest. @default false
   */
  readonly plain?: boolean;
  /** Adds what every target has. Its features add to that. */
  readonly compose: (platform: Platform) => void;
}

/** The namespace of a target's app. */
export function namespaceOf(
  target: Pick<Target<FeatureContext>, 'environment' | 'cluster'>,
  spec: Pick<PlatformSpec, 'name' | 'namespaceOf'>,
): string {
  return spec.namespaceOf?.(target) ?? `${spec.name}-${target.environment.name}`;
}

/** One target while it is composed: first what every target has, then what its features add. */
export class Platform implements FeatureContext {
  readonly app = new App();
  readonly namespace: AppNamespace;
  readonly publicPorts: Port[] = [];
  readonly toYaml = toYaml;
  /** The feature that is being applied, for messages. */
  private applying: string | undefined;

  constructor(
    readonly target: Target<FeatureContext>,
    private readonly spec: PlatformSpec,
  ) {
    checkSpec(spec);
    this.checkLabels();
    const { podSecurity = spec.plain ? target.cluster.podSecurity : 'restricted' } = spec;
    const name = namespaceOf(target, spec);
    checkNamespaceName(target.name, name, spec.namespaceOf !== undefined);
    this.namespace = this.addNamespace(this.component('platform'), name, podSecurity);
    inTarget(target.name, () => {
      spec.compose(this);
      this.applyFeatures();
    });
  }

  /** The values of all settings in this target. */
  get settings(): Settings {
    return this.target.settings;
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
    this.checkPlaces();
  }

  /** Refuses workloads whose pods no node of the cluster would ever take. */
  private checkPlaces(): void {
    const { cluster, name } = this.target;
    for (const { app, pod, controller, replicaFloor } of this.workloads) {
      const place = `${name}, workload ${app}`;
      const { placement = {} } = pod;
      // How many pods of a DaemonSet or a Job there are at once is not a matter of replicas.
      const pods = controller.kind === 'Deployment' || controller.kind === 'StatefulSet' ? replicaFloor : 1;
      checkPlacement(place, placement, cluster, pods);
      checkRoom(place, requestOf(pod), placement, cluster);
    }
  }

  get workloads(): readonly Workload[] {
    const found = this.app.node.findAll().filter((node): node is Workload => node instanceof Workload);
    return found.sort((a, b) => (a.app < b.app ? -1 : 1));
  }

  /** The Secrets that its pods need, by namespace and name. */
  get secrets(): readonly SecretContract[] {
    const found = this.app.node.findAll().flatMap((node) => (expectsSecrets(node) ? node.expectedSecrets : []));
    const place = ({ namespace, name }: SecretContract) => `${namespace}/${name}`;
    return found.sort((a, b) => (place(a) < place(b) ? -1 : 1));
  }

  get namespaces(): readonly AppNamespace[] {
    return this.app.node.findAll().filter((node): node is AppNamespace => node instanceof AppNamespace);
  }

  component(name: string, options: { readonly last?: boolean } = {}): Component {
    this.checkComponent(name);
    return new Component(this.app, name, {
      ...options,
      plain: this.spec.plain ?? false,
      labels: { ...this.settings.objects.labels, ...this.ownLabels },
    });
  }

  /** What the platform itself says of every object. */
  private get ownLabels(): Readonly<Record<string, string>> {
    const { environment, settings } = this.target;
    return {
      'app.kubernetes.io/part-of': this.spec.name,
      environment: environment.name,
      ...this.spec.labels?.(settings),
    };
  }

  /** A label that a setting gives and the platform gives too would be lost. */
  private checkLabels(): void {
    if (this.spec.labels)
      checkSpecLabels(`${this.target.name}, labels of the platform`, this.spec.labels(this.settings));
    const taken = Object.keys(this.ownLabels).find((key) => Object.hasOwn(this.settings.objects.labels, key));
    if (taken === undefined) return;
    throw new StrataError(`${this.target.name}, objects.labels`, `sets ${taken}, which the platform itself sets`, [
      'give the label another name',
      'change what the platform sets: `labels` in platform.ts',
    ]);
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
    const { plain = false } = this.spec;
    return new AppNamespace(scope, 'namespace', {
      ...{ name, kubernetes, podSecurity, imagePullSecrets, labels },
      exists: plain,
    });
  }

  /** A cluster that demands more than a namespace enforces refuses its pods. */
  private checkPodSecurity(namespace: string, level: PodSecurityLevel): void {
    const { name, cluster } = this.target;
    checkLevel(`${name}, namespace ${namespace}`, level);
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

  /**
   * Says that a port is for people, and serves it to the outside if the cluster serves routes: features that are for
   * what people reach mean its workload. The host is the setting `route.host`, and `route.prefix` stands before the paths.
   */
  publish(port: Port, paths: readonly string[]): void {
    const { host, prefix } = this.settings.route;
    this.publicPorts.push(port);
    this.lead(port, host === 'auto' ? `${this.namespace.name}.${this.target.cluster.domain}` : host, paths, prefix);
  }

  /** What the route of a service can tell requests apart by; undefined where none does. */
  get traffic(): RouteTraffic | undefined {
    const through = this.exposure;
    if (!through || 'ingress' in through) return undefined;
    return 'gateway' in through ? trafficOf(through.gateway) : istioTraffic(through.istio);
  }

  private get exposure(): Exposure | undefined {
    const { name, cluster, settings } = this.target;
    return exposureOf(`${name}, route.through`, cluster, settings.route.through);
  }

  expose(port: Port, host: string, paths: readonly string[]): boolean {
    return this.lead(port, host, paths, '');
  }

  private lead(port: Port, host: string, paths: readonly string[], prefix: string): boolean {
    const through = this.exposure;
    if (through) new Route(port.workload, 'route', { port, host, paths, prefix, through });
    return through !== undefined;
  }

  /** Where secrets come from here: generated where nothing is worth hiding, else from the cluster's store, else as the cluster says. */
  credentials(revision: string): CredentialsSource {
    const { name, environment, cluster } = this.target;
    if (environment.ephemeral) return { from: 'generated' };
    if (cluster.secretStore) return { from: 'store', store: cluster.secretStore, revision };
    const { secrets } = cluster;
    if (!secrets) return { from: 'out-of-band', revision };
    if (secrets.by !== 'csi') return { from: secrets.by, folder: `${secrets.folder}/${name}`, revision };
    const { by, ...driver } = secrets;
    return { from: by, ...driver, revision };
  }
}

/** What building blocks refuse is told with the target: they do not know in which they are. */
function inTarget(name: string, compose: () => void): void {
  try {
    compose();
  } catch (error) {
    if (!(error instanceof StrataError) || error.place.startsWith(name)) throw error;
    const told = new StrataError(`${name}, ${error.place}`, error.found, error.fixes);
    // Where it was refused stays the same.
    told.stack = `${told.name}: ${told.message}${(error.stack ?? '').slice((error.stack ?? '').indexOf('\n    at '))}`;
    throw told;
  }
}
