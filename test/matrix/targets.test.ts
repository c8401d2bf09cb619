import { namespaceOf } from '../../composition/platform';
import { matrix } from '../../environments/matrix';
import { zonesOf } from '../../model/cluster';
import type { PodSecurityLevel } from '../../model/cluster-facts';
import { course } from '../../platform';
import { podSecurityViolations } from '../support/pod-security';
import { promtoolComplaint } from '../support/promtool';
import type { Endpoint } from '../support/reach';
import { Reach } from '../support/reach';
import { danglingReferences } from '../support/references';
import { composed } from '../support/render';

const targets = matrix
  .targets()
  .map((target) => ({ ...target, namespace: namespaceOf(target, course), objects: composed(target) }));

test('there are targets in every environment and on every cluster', () => {
  expect(new Set(targets.map(({ environment }) => environment))).toEqual(new Set(matrix.environments));
  expect(new Set(targets.map(({ cluster }) => cluster))).toEqual(new Set(matrix.clusters));
});

describe.each(targets)('$name', ({ objects, cluster, environment, namespace, settings }) => {
  const levelOf = (name: string | undefined) =>
    objects.of('Namespace').find(({ metadata }) => metadata.name === name)?.metadata.labels?.[
      'pod-security.kubernetes.io/enforce'
    ] as PodSecurityLevel | undefined;

  test('has pods that their namespaces admit', () => {
    for (const { owner, template } of objects.pods) {
      // The control plane's namespace admits everything; what strata puts there asks for no more than it needs.
      expect(podSecurityViolations(template.spec, levelOf(owner.metadata.namespace) ?? 'restricted')).toEqual([]);
    }
  });

  test('refers to nothing that is not there', () => {
    expect(danglingReferences(objects, cluster)).toEqual([]);
  });

  test('has every object once', () => {
    expect(new Set(objects.names).size).toBe(objects.all.length);
  });

  test('holds a literal secret only if it is ephemeral', () => {
    if (!environment.ephemeral) expect(objects.of('Secret')).toEqual([]);
    expect([...objects.of('Secret'), ...objects.of('ExternalSecret')]).not.toEqual([]);
  });

  test('stays in its own namespaces, so that targets of one cluster do not meet', () => {
    for (const { kind, metadata } of objects.all) {
      const clusterWide = metadata.namespace === undefined;
      const prefixed = clusterWide ? metadata.name : metadata.namespace;
      const ownedOnce = [
        'metrics-server',
        'v1beta1.metrics.k8s.io',
        'system:metrics-server',
        'system:aggregated-metrics-reader',
        'metrics-server:system:auth-delegator',
        'metrics-server-auth-reader',
      ];
      if (!ownedOnce.includes(metadata.name))
        expect(`${kind} ${prefixed}`).toMatch(new RegExp(`^${kind} ${namespace}(-|$)`));
    }
  });

  test("has no name and no selector that a construct's place in the tree decides", () => {
    expect(JSON.stringify(objects.all)).not.toMatch(/cdk8s\.io\/metadata\.addr|-c8[0-9a-f]{6}/);
  });

  test('runs exactly one Redis, and keeps its data where the environment says so', () => {
    const redis = objects.get('StatefulSet', 'redis');
    expect(redis.spec.replicas).toBe(1);
    const storageClass = redis.spec.volumeClaimTemplates?.[0]?.spec.storageClassName;
    const reclaim =
      objects.of('StorageClass').find(({ metadata }) => metadata.name === storageClass)?.reclaimPolicy ??
      cluster.storage.find(({ name }) => name === storageClass)?.reclaim;
    if (settings.redis.onDelete === 'retain')
      expect([reclaim, redis.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted]).toEqual(['Retain', 'Retain']);
  });

  test('leaves the number of pods to the autoscaler where there is one, and to the settings where there is none', () => {
    const { replicas } = objects.get('Deployment', 'web').spec;
    expect(replicas).toBe(objects.of('HorizontalPodAutoscaler').length ? undefined : settings.web.replicas);
  });

  test('is spread over zones that its pods can use', () => {
    const { topologySpreadConstraints = [] } = objects.get('Deployment', 'web').spec.template.spec;
    if (topologySpreadConstraints.length) expect(zonesOf(cluster).length).toBeGreaterThan(1);
  });

  test('lets just the programs that keep something there reach Redis', () => {
    const reach = new Reach(objects, { elsewhere: {} });
    const pods: Endpoint[] = objects.pods.map(({ owner, template }) => ({
      name: owner.metadata.name,
      namespace: owner.metadata.namespace!,
      labels: template.metadata.labels,
    }));
    const redis = pods.find(({ name }) => name === 'redis')!;
    const impostor: Endpoint = {
      name: 'impostor',
      namespace: 'elsewhere',
      labels: { 'app.kubernetes.io/name': 'web' },
    };
    const clients = [...pods.filter((pod) => pod !== redis), impostor].filter((pod) => reach.allows(pod, redis, 6379));
    const workers = pods.map(({ name }) => name).filter((name) => name === 'queue-worker');
    expect(clients.map(({ name }) => name).sort()).toEqual(['exporter', ...workers, 'web']);
  });

  test('has a Prometheus that scrapes what is there', () => {
    if (objects.all.some(({ kind }) => kind === 'Prometheus')) {
      const scraped = objects.all.filter(({ kind }) => kind === 'PodMonitor').map(({ metadata }) => metadata.name);
      expect(scraped).toEqual(expect.arrayContaining(['web', 'exporter', 'prometheus']));
      return;
    }
    const text = objects.of('ConfigMap').find(({ metadata }) => metadata.name.startsWith('prometheus-config'))?.data[
      'prometheus.yml'
    ];
    expect(text).toContain('job_name: web');
    expect(text).toContain('job_name: exporter');
    expect(promtoolComplaint(text!)).toBe('');
  });
});
