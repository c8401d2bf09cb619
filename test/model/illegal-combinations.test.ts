import { cloud } from '../../clusters/cloud';
import { kind } from '../../clusters/kind';
import { shared } from '../../clusters/shared';
import { Platform } from '../../composition/platform';
import { dev } from '../../environments/dev';
import { prod } from '../../environments/prod';
import { autoscaling, loadGenerator, metricsServer, prometheus, uptimeKuma, workloadZoo } from '../../features';
import type { FeatureSpec, PlatformFeature } from '../../features/feature';
import { feature } from '../../features/feature';
import type { Cluster } from '../../model/cluster';
import type { Layer } from '../../model/layers';
import { because } from '../../model/layers';
import type { Environment } from '../../model/target';
import { course } from '../../platform';
import { refusal, resolved } from './support';

/** What a person reads who declares this target. */
function refused(environment: Environment, on: Cluster, features: readonly PlatformFeature[], layer?: Layer) {
  return refusal(() => new Platform(resolved(environment, on, features, layer), course));
}

const through = (way: 'auto' | 'gateway' | 'ingress'): Layer => ({ route: { through: because(way, 'a test') } });
const tools: FeatureSpec<Record<never, never>> = {
  group: 'practice',
  summary: 'tools that run as root',
  apply: (context) => {
    context.addNamespace(context.component('tools'), `${context.namespace.name}-tools`, 'baseline');
  },
};
const both: Cluster = { ...shared, name: 'both', ingress: cloud.ingress! };

test.each<[string, ReturnType<typeof refused>, place: string, value: string]>([
  [
    'autoscaling where nothing measures',
    refused(dev, kind, [autoscaling]),
    'dev@kind, feature autoscaling',
    'resource-metrics',
  ],
  [
    'a metrics-server where the cluster has one',
    refused(dev, shared, [metricsServer]),
    'dev@shared, feature metrics-server',
    'resource-metrics',
  ],
  ['uptime-kuma in prod', refused(prod, cloud, [uptimeKuma]), 'prod@cloud, feature uptime-kuma', 'prod'],
  [
    'a feature that says it needs a namespace below what the cluster takes',
    refused(dev, shared, [feature('root-tools', { ...tools, needs: ['baseline-namespaces'] })]),
    'dev@shared, feature root-tools',
    'baseline-namespaces',
  ],
  [
    'a namespace below what the cluster takes, by a feature that does not say so',
    refused(dev, shared, [feature('root-tools', tools)]),
    'dev@shared, namespace course-dev-tools',
    'shared takes no namespace below restricted',
  ],
  ['the workload zoo in prod', refused(prod, shared, [workloadZoo]), 'prod@shared, feature workload-zoo', 'prod'],
  ['a load generator in prod', refused(prod, cloud, [loadGenerator]), 'prod@cloud, feature load-generator', 'prod'],
  [
    'a route through a gateway that is not there',
    refused(dev, kind, [], through('gateway')),
    'dev@kind, route.through',
    'gateway',
  ],
  [
    'a route through an ingress controller that is not there',
    refused(prod, shared, [], through('ingress')),
    'prod@shared, route.through',
    'ingress',
  ],
  [
    'a gateway and an ingress controller, and nobody chose',
    refused(dev, both, []),
    'dev@both, route.through',
    'both has a gateway and an ingress controller',
  ],
  [
    'a placement on a pool of another cluster',
    refused(dev, kind, [], {
      web: { placement: because({ requires: { 'node.example.com/pool': 'spot' } }, 'a test') },
    }),
    'dev@kind, web.placement',
    'node.example.com/pool=spot',
  ],
  [
    'a batch Job on a pool of another cluster',
    refused(dev, shared, [workloadZoo], {
      workloadZoo: { batchPlacement: because({ requires: { pool: 'batch' } }, 'a test') },
    }),
    'dev@shared, workloadZoo.batchPlacement',
    'pool=batch',
  ],
])('%s is refused with the place, the value and the two ways to mend it', (_what, error, place, value) => {
  expect(error.place).toBe(place);
  expect(error.found).toContain(value);
  expect(error.fixes.length).toBeGreaterThanOrEqual(2);
});

test('a feature switched on twice is refused', () => {
  expect(refused(dev, kind, [prometheus, prometheus]).place).toBe('dev@kind, feature prometheus');
});

test('a setting that a feature does not have is refused with the nearest one', () => {
  const misspelt: object = { prometheus: { retentoin: because('2d', 'a test') } };
  const error = refused(dev, kind, [prometheus], misspelt);
  expect(error.place).toBe('dev@kind, target layer');
  expect(error.fixes[0]).toContain('did you mean prometheus.retention?');
});

describe('accepted is', () => {
  test('autoscaling together with what measures, in any order', () => {
    expect(() => resolved(dev, kind, [autoscaling, metricsServer])).not.toThrow();
    expect(() => resolved(dev, kind, [metricsServer, autoscaling])).not.toThrow();
  });

  test('a cluster with a gateway and an ingress controller, once somebody has chosen', () => {
    for (const way of ['gateway', 'ingress'] as const)
      expect(() => new Platform(resolved(dev, both, [], through(way)), course)).not.toThrow();
  });
});
