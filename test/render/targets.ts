import { join } from 'node:path';
import type { ClusterFacts } from '../../model/cluster-facts';
import type { KubernetesObject } from '../../model/kubernetes';
import type { Layer } from '../../model/layers';
import { because } from '../../model/layers';
import { value } from '../../model/setting';
import { settingsOf } from '../../model/settings';
import type { Target } from '../../model/target';
import type { RenderRequest } from '../../render/render';
import { render } from '../../render/render';
import { aCluster, aFeature, anEnvironment, resolved } from '../model/support';
import { aComponent } from './support';

export type AnyTarget = Target<unknown>;

export interface TargetChanges {
  readonly replicas?: number;
  readonly ephemeral?: boolean;
  readonly cluster?: Partial<ClusterFacts>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** `aTarget('kind', 'dev')`, and the data that a test changes of it. */
export function aTarget(
  cluster: string,
  environment: string,
  { replicas, ephemeral, cluster: facts, options }: TargetChanges = {},
): AnyTarget {
  const layer: Layer = replicas === undefined ? {} : { web: { replicas: because(replicas, 'a test') } };
  return resolved(
    anEnvironment(environment, ephemeral === undefined ? {} : { ephemeral }),
    aCluster(cluster, facts),
    options
      ? [
          aFeature(
            'extra',
            {},
            settingsOf(
              'extra',
              Object.fromEntries(
                Object.entries(options).map(([name, standard]) => [name, value(standard, () => undefined)]),
              ),
            ),
          ),
        ]
      : [],
    layer,
  );
}

/** An object that says all that it may say of its target, so that other data give other bytes. */
export function objectOf(target: AnyTarget): KubernetesObject {
  const { environment, cluster, settings } = target;
  const { settings: _, ...facts } = cluster;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'facts', namespace: environment.name },
    data: { all: JSON.stringify([environment.name, environment.ephemeral, facts, settings]) },
  };
}

/** Renders, and returns the names of the targets that were composed. */
export function renderTo(
  folder: string,
  targets: readonly AnyTarget[],
  rest: Partial<RenderRequest<AnyTarget>> = {},
): string[] {
  const composed: string[] = [];
  const {
    compose = (target: AnyTarget) => [
      aComponent('web', 1, [objectOf(target)]),
      aComponent('platform', 0, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: target.environment.name } }]),
    ],
    ...others
  } = rest;
  render<AnyTarget>({
    targets,
    compose: (target) => {
      composed.push(target.name);
      return compose(target);
    },
    deliver: (delivered) => [
      { path: 'argocd/projects.yaml', text: delivered.map(({ name }) => `# ${name}\n`).join('') },
    ],
    out: join(folder, 'dist'),
    ...others,
  });
  return composed;
}
