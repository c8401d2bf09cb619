import { components } from '../../constructs/app/components';
import { features as all } from '../../features/registry';
import type { Cluster } from '../../model/cluster';
import { cluster } from '../../model/cluster';
import type { ClusterFacts } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import type { Feature, FeatureFacts } from '../../model/feature';
import type { Layer } from '../../model/layers';
import type { SettingsGroup } from '../../model/settings';
import { settingsOf } from '../../model/settings';
import type { Environment, EnvironmentFacts, Target } from '../../model/target';
import { environment, resolveTarget } from '../../model/target';

/** The error that an action is refused with; any other outcome fails the test. */
export function refusal(action: () => unknown): StrataError {
  try {
    action();
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** A cluster with one pool and nothing else, but for the facts that a test speaks of. */
export function aCluster(name: string, facts: Partial<ClusterFacts> = {}) {
  return cluster(name, {
    kubernetes: '1.34',
    domain: `${name}.example.com`,
    pools: {
      general: { nodes: 2, zones: ['a', 'b'], labels: { pool: 'general' }, allocatable: { cpu: '2', memory: '4Gi' } },
    },
    network: { plugin: 'none', enforcesPolicies: false },
    storage: [],
    kubeletCertificates: 'signed',
    podSecurity: 'privileged',
    resourceMetrics: false,
    argoCluster: name,
    ...facts,
  });
}

export function anEnvironment(name: string, rest: Partial<EnvironmentFacts> = {}): Environment {
  return environment(name, { ephemeral: true, ...rest });
}

/** A feature that does nothing, but for the facts that a test speaks of. */
export function aFeature(
  name: string,
  facts: Partial<FeatureFacts> = {},
  settings: SettingsGroup = settingsOf(name, {}),
): Feature<unknown> {
  return {
    name,
    settings,
    facts: { group: 'practice', summary: name, ...facts },
    apply: () => {},
    connect: () => {},
    adjust: () => {},
    finish: () => {},
  };
}

/** The target of an environment on a cluster with these features and settings of its own. */
export function resolved<Context>(
  environment: Environment,
  cluster: Cluster,
  features: readonly Feature<Context>[],
  settings: Layer = {},
): Target<Context> {
  const elsewhere = all.map((feature) => feature.settings.name);
  return resolveTarget({ environment, cluster, features, settings }, components, elsewhere);
}
