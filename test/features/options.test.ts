import { cloud } from '../../clusters/cloud';
import { kind } from '../../clusters/kind';
import { dev } from '../../environments/dev';
import { staging } from '../../environments/staging';
import {
  autoscaling,
  disruptionBudgets,
  metricsServer,
  networkPolicies,
  prometheus,
  uptimeKuma,
  workloadZoo,
  zoneSpread,
} from '../../features';
import { feature } from '../../features/feature';
import { features } from '../../features/registry';
import { onPool } from '../../model/placement-check';
import { platformOf, refusal } from '../support/render';

describe('an option that a feature does not have', () => {
  test('does not compile, and is an error with the nearest name', () => {
    // @ts-expect-error: the option is called cpuPercent
    const error = refusal(() => autoscaling({ cpuPercnt: 60 }));
    expect(error.message).toContain('feature autoscaling: has no option cpuPercnt');
    expect(error.fixes[0]).toContain('did you mean cpuPercent?');
  });

  test.each(features)('is refused by $featureName', (factory) => {
    const withOptions = factory as (options: Readonly<Record<string, unknown>>) => unknown;
    expect(refusal(() => withOptions({ 'no such option': 1 })).place).toBe(`feature ${factory.featureName}`);
  });
});

test('options are the defaults, with what was said over them', () => {
  expect(autoscaling().options).toEqual({ min: 2, max: 6, cpuPercent: 70 });
  expect(autoscaling({ max: 9 }).options).toEqual({ min: 2, max: 9, cpuPercent: 70 });
});

test('a feature with nothing to do is one all the same', () => {
  const nothing = feature('nothing', { group: 'practice', summary: 'nothing at all', defaults: {} })();
  expect(platformOf(dev, kind, [nothing]).names).toEqual(platformOf(dev, kind, []).names);
});

describe('options reach what they are for', () => {
  test('autoscaling', () => {
    const { spec } = platformOf(staging, cloud, [autoscaling({ min: 3, max: 5, cpuPercent: 40 })]).get(
      'HorizontalPodAutoscaler',
    );
    expect([spec.minReplicas, spec.maxReplicas, spec.metrics[0]?.resource.target.averageUtilization]).toEqual([
      3, 5, 40,
    ]);
  });

  test('disruption-budgets', () => {
    expect(
      platformOf(staging, cloud, [disruptionBudgets({ maxUnavailable: '50%' })]).get('PodDisruptionBudget').spec
        .maxUnavailable,
    ).toBe('50%');
  });

  test('prometheus', () => {
    const objects = platformOf(staging, cloud, [prometheus({ interval: '30s', retention: '1d', volume: '2Gi' })]);
    const { template, volumeClaimTemplates } = objects.get('StatefulSet', 'prometheus').spec;
    expect(template.spec.containers[0]?.args).toContain('--storage.tsdb.retention.time=1d');
    expect(volumeClaimTemplates?.[0]?.spec.resources.requests.storage).toBe('2Gi');
    const configuration = objects.of('ConfigMap').find(({ metadata }) => metadata.name.startsWith('prometheus-config'))
      ?.data['prometheus.yml'];
    expect(configuration).toContain('scrape_interval: 30s');
    expect(configuration).toContain('environment: staging');
    expect(configuration).toContain('cluster: cloud');
  });

  test('uptime-kuma', () => {
    expect(
      platformOf(dev, cloud, [uptimeKuma({ volume: '2Gi' })]).get('StatefulSet', 'uptime-kuma').spec
        .volumeClaimTemplates?.[0]?.spec.resources.requests.storage,
    ).toBe('2Gi');
  });

  test('workload-zoo', () => {
    expect(
      platformOf(dev, kind, [workloadZoo({ batchPlacement: onPool(kind, 'batch') })]).get('Job').spec.template.spec
        .nodeSelector,
    ).toEqual({ pool: 'batch' });
  });

  test('workload-zoo, whose Job must find a node', () => {
    expect(refusal(() => platformOf(dev, cloud, [workloadZoo({ batchPlacement: onPool(kind, 'batch') })])).place).toBe(
      'dev@cloud, workload-zoo batchPlacement',
    );
  });

  test.each(['preferred', 'required'] as const)('zone-spread that is %s', (strength) => {
    const { topologySpreadConstraints } = platformOf(staging, cloud, [zoneSpread({ strength })]).get(
      'Deployment',
      'web',
    ).spec.template.spec;
    expect(topologySpreadConstraints?.[0]?.whenUnsatisfiable).toBe(
      strength === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway',
    );
  });

  test("metrics-server looks at the cluster's certificates", () => {
    const args = (kubeletCertificates: 'signed' | 'unsigned') =>
      platformOf(dev, { ...kind, kubeletCertificates }, [metricsServer()]).get('Deployment', 'metrics-server').spec
        .template.spec.containers[0]?.args;
    expect(args('unsigned')).toContain('--kubelet-insecure-tls');
    expect(args('signed')).not.toContain('--kubelet-insecure-tls');
  });

  test('network-policies cover every namespace of ours, and none that is not', () => {
    const objects = platformOf(dev, kind, [networkPolicies(), uptimeKuma(), metricsServer()]);
    const denied = objects
      .of('NetworkPolicy')
      .filter(({ metadata }) => metadata.name === 'default-deny')
      .map(({ metadata }) => metadata.namespace);
    expect(denied.sort()).toEqual(
      objects
        .of('Namespace')
        .map(({ metadata }) => metadata.name)
        .sort(),
    );
    expect(denied).not.toContain('kube-system');
  });
});
