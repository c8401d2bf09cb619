import { App } from 'cdk8s';
import { Platform } from '../../composition/platform';
import { components } from '../../constructs/app/components';
import { Redis } from '../../constructs/app/redis';
import { Controller } from '../../constructs/core/controller';
import { AppNamespace, type AppNamespaceProps } from '../../constructs/core/namespace';
import type { ContainerProps, PodProps } from '../../constructs/core/pod';
import { Workload } from '../../constructs/core/workload';
import { Component } from '../../constructs/synthesis/component';
import { synthesize } from '../../constructs/synthesis/synthesis';
import type { FeatureContext, PlatformFeature } from '../../features/feature';
import { features as all } from '../../features/registry';
import type { Cluster } from '../../model/cluster';
import type { StorageClass } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import type { Layer } from '../../model/layers';
import type { Environment, Target } from '../../model/target';
import { resolveTarget } from '../../model/target';
import { course } from '../../platform';
import { patched } from '../../render/patch';
import { Objects, type PodTemplate } from './kubernetes';

/** What a construct renders: `rendered((chart) => new Redis(chart, 'redis', …))`. */
export function rendered(build: (chart: Component) => void): Objects {
  const app = new App();
  build(new Component(app, 'test'));
  return new Objects(synthesize(app).flatMap(({ objects }) => objects));
}

/** The objects of a whole target. */
export function composed(target: Target<FeatureContext>): Objects {
  const blocks = patched(target, synthesize(new Platform(target, course).app));
  return new Objects(blocks.flatMap(({ objects }) => objects));
}

/** The objects of an environment on a cluster with these features. */
export function platformOf(
  environment: Environment,
  cluster: Cluster,
  features: readonly PlatformFeature[],
  settings: Layer = {},
): Objects {
  const elsewhere = all.map((feature) => feature.settings.name);
  return composed(resolveTarget({ environment, cluster, features, settings }, components, elsewhere));
}

/** A namespace to put things into. */
export function namespaceIn(chart: Component, props: Partial<AppNamespaceProps> = {}): AppNamespace {
  const name = props.name ?? 'shop';
  return new AppNamespace(chart, `namespace ${name}`, { name, kubernetes: '1.35', ...props });
}

/** A Redis to connect to. */
export function redisIn(chart: Component, namespace: AppNamespace): Redis {
  return new Redis(chart, 'redis', { namespace, storage: STORAGE, credentials: { from: 'generated' } });
}

/** A container that needs no more to run. */
export const CONTAINER: ContainerProps = { name: 'shop', image: 'shop:1', resources: { cpu: '10m', memory: '16Mi' } };

/** A Deployment of one pod, or whatever the controller says. */
export function workloadIn(
  chart: Component,
  name: string,
  options: {
    readonly namespace?: AppNamespace;
    readonly controller?: Controller;
    readonly container?: Partial<ContainerProps>;
    readonly pod?: Partial<PodProps>;
  } = {},
): Workload {
  return new Workload(chart, name, {
    namespace: options.namespace ?? namespaceIn(chart),
    controller: options.controller ?? Controller.deployment(),
    pod: { ...options.pod, container: { ...CONTAINER, ...options.container } },
  });
}

/** The only pod template of what is rendered. */
export function podOf(objects: Objects): PodTemplate {
  const [only, ...others] = objects.pods;
  if (!only || others.length) throw new Error(`not one pod template, but ${objects.pods.length}`);
  return only.template;
}

export const STORAGE: readonly StorageClass[] = [
  {
    name: 'slow',
    provisioner: 'csi.example.com',
    parameters: { type: 'slow' },
    isDefault: true,
    binding: 'WaitForFirstConsumer',
    reclaim: 'Delete',
    expandable: true,
  },
  { name: 'kept', provisioner: 'csi.example.com', binding: 'Immediate', reclaim: 'Retain', expandable: false },
];

/** The error that a mistake is answered with; anything else thrown fails the test. */
export function refusal(act: () => unknown): StrataError {
  try {
    act();
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
