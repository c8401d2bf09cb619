import type { ClusterFacts } from '../../model/cluster';
import { cluster } from '../../model/cluster';
import { StrataError } from '../../model/errors';
import type { Environment, Feature, FeatureFacts } from '../../model/target';

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

export function anEnvironment(name: string, rest: Partial<Environment> = {}): Environment {
  return { name, ephemeral: true, layer: {}, ...rest };
}

/** A feature that does nothing, but for the facts that a test speaks of. */
export function aFeature(
  name: string,
  facts: Partial<FeatureFacts> = {},
  options: Feature['options'] = {},
): Feature<unknown> {
  return {
    name,
    options,
    facts: { group: 'practice', summary: name, defaults: {}, ...facts },
    apply: () => {},
    finish: () => {},
  };
}
