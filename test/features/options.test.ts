import { cloud } from '../../clusters/cloud';
import { kind } from '../../clusters/kind';
import { components } from '../../constructs/app/components';
import { Controller } from '../../constructs/core/controller';
import type { Port } from '../../constructs/core/workload';
import { Workload } from '../../constructs/core/workload';
import { dev } from '../../environments/dev';
import { staging } from '../../environments/staging';
import {
  alerting,
  autoscaling,
  disruptionBudgets,
  metricsServer,
  networkPolicies,
  prometheus,
  uptimeKuma,
  workloadZoo,
  zoneSpread,
} from '../../features';
import type { FeatureContext } from '../../features/feature';
import { feature } from '../../features/feature';
import { features } from '../../features/registry';
import { because } from '../../model/layers';
import { onPool } from '../../model/placement-check';
import { whole } from '../../model/setting';
import { settingsOf } from '../../model/settings';
import { CONTAINER, platformOf, refusal } from '../support/render';

const why = 'a test';

test('settings of features and components never share a name', () => {
  const names = [...components, ...features.map(({ settings }) => settings)].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('a feature with nothing to do is one all the same', () => {
  const nothing = feature('nothing', { group: 'practice', summary: 'nothing at all' });
  expect(platformOf(dev, kind, [nothing]).names).toEqual(platformOf(dev, kind, []).names);
});

test('a feature for workloads without the setting that chooses them is a mistake of its author', () => {
  const settings = settingsOf('careless', { size: whole(1) });
  expect(() => feature('careless', { group: 'practice', summary: 'careless', settings, applyTo: () => {} })).toThrow(
    'forWorkloads()',
  );
});

const prometheusOperator = { kubeletService: { namespace: 'kube-system', labels: { 'k8s-app': 'kubelet' } } };

test('what a building block of a feature refuses is told with the target, once, at its own line', () => {
  const settings = { alerting: { pageRepeat: because('1m' as const, why) } };
  const error = refusal(() => platformOf(staging, cloud, [prometheus, alerting], settings));
  expect(error.place).toBe('staging@cloud, alerting.pageRepeat');
  expect(error.message).toMatch(/^staging@cloud, alerting\.pageRepeat: is 1m/);
  expect(error.stack).toMatch(/alerting\.pageRepeat: is 1m[^]*\n {4}at .*notification-plan\.ts/);
  const many = { prometheus: { interval: because('5m' as const, why) } };
  expect(refusal(() => platformOf(staging, cloud, [prometheus], many)).message.match(/staging@cloud/g)).toHaveLength(1);
});

describe('settings reach what they are for', () => {
  test('autoscaling', () => {
    const { spec } = platformOf(staging, cloud, [autoscaling], {
      autoscaling: {
        min: because(3, why),
        max: because(5, why),
        cpuPercent: because(40, why),
        scaleUp: because({ window: '30s', policies: [{ pods: 1, every: '10s' }] }, why),
        scaleDown: because({ window: '60s', policies: [{ percent: 100, every: '15s' }] }, why),
      },
    }).get('HorizontalPodAutoscaler');
    expect([spec.behavior.scaleUp, spec.behavior.scaleDown].map((each) => each.stabilizationWindowSeconds)).toEqual([
      30, 60,
    ]);
    expect([spec.minReplicas, spec.maxReplicas, spec.metrics[0]?.resource.target.averageUtilization]).toEqual([
      3, 5, 40,
    ]);
  });

  test('disruption-budgets', () => {
    const settings = { disruptionBudgets: { maxUnavailable: because('50%' as const, why) } };
    const budget = platformOf(staging, cloud, [disruptionBudgets], settings).get('PodDisruptionBudget');
    expect(budget.spec.maxUnavailable).toBe('50%');
  });

  test('prometheus', () => {
    const objects = platformOf(staging, cloud, [prometheus], {
      prometheus: { interval: because('30s', why), retention: because('1d', why), volume: because('2Gi', why) },
    });
    const { template, volumeClaimTemplates } = objects.get('StatefulSet', 'prometheus').spec;
    expect(template.spec.containers[0]?.args).toContain('--storage.tsdb.retention.time=1d');
    expect(volumeClaimTemplates?.[0]?.spec.resources.requests.storage).toBe('2Gi');
    const configuration = objects.of('ConfigMap').find(({ metadata }) => metadata.name.startsWith('prometheus-config'))
      ?.data['prometheus.yml'];
    expect(configuration).toContain('scrape_interval: 30s');
    expect(configuration).toContain('environment: staging');
    expect(configuration).toContain('cluster: cloud');
  });

  test.each(['minimal', 'discovery', 'operator'] as const)(
    'alerting, which the %s Prometheus finds and scrapes',
    (form) => {
      const settings = { prometheus: { form: because(form, why) } };
      for (const features of [
        [alerting, prometheus],
        [prometheus, alerting],
      ]) {
        const all = platformOf(staging, { ...cloud, prometheusOperator }, features, settings)
          .all as unknown as readonly {
          readonly kind: string;
          readonly metadata: { readonly name: string };
          readonly data?: Readonly<Record<string, string>>;
          readonly spec?: object;
        }[];
        const config = all.find(({ metadata }) => metadata.name.startsWith('prometheus-config'))?.data?.[
          'prometheus.yml'
        ];
        const object = JSON.stringify(all.find(({ kind }) => kind === 'Prometheus')?.spec);
        expect(form === 'operator' ? object : config).toContain('alertmanager-pods');
        expect(all.some(({ kind }) => kind === 'Alertmanager')).toBe(form === 'operator');
        const monitors = all.filter(({ kind }) => kind === 'PodMonitor').map(({ metadata }) => metadata.name);
        if (form === 'operator') expect(monitors).toContain('alertmanager');
        else expect(config).toContain('job_name: alertmanager');
        expect(JSON.stringify(all.filter(({ kind }) => ['ConfigMap', 'PrometheusRule'].includes(kind)))).toContain(
          'AlertmanagerClusterIncomplete',
        );
      }
    },
  );

  test('alerting, which runs by itself where the CSI driver brings its secrets', () => {
    const { secretStore: _, ...others } = cloud;
    const objects = platformOf(
      staging,
      { ...others, prometheusOperator, secrets: { by: 'csi', provider: 'vault', prefix: 'secret/' } },
      [prometheus, alerting],
      { prometheus: { form: because('operator', why) } },
    );
    expect(objects.get('StatefulSet', 'alertmanager').spec.replicas).toBe(3);
    expect(objects.names).toContain('PodMonitor/course-staging/alertmanager');
  });

  test('alerting, without a Prometheus of the target', () => {
    expect(platformOf(staging, cloud, [alerting]).get('StatefulSet', 'alertmanager').spec.replicas).toBe(3);
    expect(platformOf(staging, cloud, [prometheus]).names.join()).not.toContain('alertmanager');
  });

  test('prometheus, which calls its jobs as the workloads say', () => {
    const settings = { exporter: { scrapeJob: because('redis-exporter', why) } };
    const [configuration] = platformOf(staging, cloud, [prometheus], settings)
      .of('ConfigMap')
      .flatMap(({ data }) => data['prometheus.yml'] ?? []);
    expect(configuration!.match(/job_name: .*/g)).toEqual([
      'job_name: prometheus',
      'job_name: redis-exporter',
      'job_name: web',
    ]);
    const twice = { exporter: { scrapeJob: because('web', why) } };
    expect(refusal(() => platformOf(staging, cloud, [prometheus], twice)).found).toContain('the job web would be');
  });

  test('uptime-kuma', () => {
    const settings = { uptimeKuma: { volume: because('2Gi' as const, why) } };
    const [claim] = platformOf(dev, cloud, [uptimeKuma], settings).get('StatefulSet', 'uptime-kuma').spec
      .volumeClaimTemplates!;
    expect(claim?.spec.resources.requests.storage).toBe('2Gi');
  });

  const onBatch = { workloadZoo: { batchPlacement: because(onPool(kind, 'batch'), why) } };

  test('workload-zoo', () => {
    const { nodeSelector } = platformOf(dev, kind, [workloadZoo], onBatch).get('Job').spec.template.spec;
    expect(nodeSelector).toEqual({ pool: 'batch' });
  });

  test('workload-zoo, whose Job must find a node', () => {
    expect(refusal(() => platformOf(dev, cloud, [workloadZoo], onBatch)).place).toBe(
      'dev@cloud, workloadZoo.batchPlacement',
    );
  });

  test.each(['preferred', 'required'] as const)('zone-spread that is %s', (strength) => {
    const { topologySpreadConstraints } = platformOf(staging, cloud, [zoneSpread], {
      zoneSpread: { strength: because(strength, why), maxSkew: because(2, why) },
    }).get('Deployment', 'web').spec.template.spec;
    expect(topologySpreadConstraints).toMatchObject([
      { maxSkew: 2, whenUnsatisfiable: strength === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway' },
    ]);
  });

  test("metrics-server looks at the cluster's certificates", () => {
    const args = (kubeletCertificates: 'signed' | 'unsigned') =>
      platformOf(dev, { ...kind, kubeletCertificates }, [metricsServer]).get('Deployment', 'metrics-server').spec
        .template.spec.containers[0]?.args;
    expect(args('unsigned')).toContain('--kubelet-insecure-tls');
    expect(args('signed')).not.toContain('--kubelet-insecure-tls');
  });

  test('network-policies cover every namespace of ours, and none that is not', () => {
    const objects = platformOf(dev, kind, [networkPolicies, uptimeKuma, metricsServer]);
    const denied = objects
      .of('NetworkPolicy')
      .filter(({ metadata }) => metadata.name === 'default-deny')
      .map(({ metadata }) => metadata.namespace);
    const created = objects.of('Namespace').map(({ metadata }) => metadata.name);
    expect(denied.sort()).toEqual(created.sort());
    expect(denied).not.toContain('kube-system');
  });
});

/** A second workload, which people do not reach. */
const worker = feature('worker', {
  group: 'app',
  summary: 'does work in the background',
  apply: (context) => {
    new Workload(context.component('worker'), 'worker', {
      namespace: context.namespace,
      controller: Controller.deployment({ replicas: 2 }),
      pod: { container: CONTAINER },
    });
  },
});

describe('a second workload', () => {
  const all = [worker, autoscaling, disruptionBudgets, zoneSpread];
  const chosen = (names: readonly string[]) => ({
    autoscaling: { workloads: because(names, why) },
    disruptionBudgets: { workloads: because(names, why) },
    zoneSpread: { workloads: because(names, why) },
  });

  test('is left alone: only what people reach is meant', () => {
    const objects = platformOf(staging, cloud, all);
    for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget'] as const)
      expect(objects.of(kind).map(({ metadata }) => metadata.name)).toEqual(['web']);
  });

  test('is scaled, guarded and spread where the settings name it, in whatever order features come', () => {
    for (const features of [all, [...all].reverse()]) {
      const objects = platformOf(staging, cloud, features, chosen(['worker', 'web']));
      for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget'] as const)
        expect(
          objects
            .of(kind)
            .map(({ metadata }) => metadata.name)
            .sort(),
        ).toEqual(['web', 'worker']);
      const { spec } = objects.get('Deployment', 'worker');
      expect(spec.replicas).toBeUndefined();
      expect(spec.template.spec.topologySpreadConstraints).toHaveLength(1);
    }
  });

  test('of a feature can be named, wherever the feature stands among the others', () => {
    const settings = { disruptionBudgets: { workloads: because(['worker', 'prometheus', 'worker'], why) } };
    const names = [
      [disruptionBudgets, worker, prometheus],
      [prometheus, worker, disruptionBudgets],
    ].map((features) =>
      platformOf(staging, cloud, features, settings)
        .of('PodDisruptionBudget')
        .map(({ metadata }) => metadata.name)
        .sort(),
    );
    expect(names).toEqual([
      ['prometheus', 'worker'],
      ['prometheus', 'worker'],
    ]);
  });

  test('that serves metrics is scraped wherever its feature stands, and may not come too late', () => {
    const scrapedBy = (step: 'apply' | 'connect') =>
      feature('late', {
        group: 'app',
        summary: 'serves metrics of its own',
        [step]: (context: FeatureContext) => {
          const late = new Workload(context.component('late'), 'late', {
            namespace: context.namespace,
            controller: Controller.deployment(),
            pod: { container: { ...CONTAINER, ports: { http: 8080 } } },
          });
          late.servesMetrics('http');
        },
      });
    for (const features of [
      [prometheus, scrapedBy('apply')],
      [scrapedBy('apply'), prometheus],
    ])
      expect(JSON.stringify(platformOf(staging, cloud, features).of('ConfigMap'))).toContain('job_name: late');
    expect(() => platformOf(staging, cloud, [prometheus, scrapedBy('connect')])).toThrow('add it in `apply`');
  });

  test('of two public ports is scaled once', () => {
    const twoPorts = feature('two-ports', {
      group: 'app',
      summary: 'is reached by two ports',
      apply: ({ publicPorts }) => void (publicPorts as Port[]).push(publicPorts[0]!),
    });
    expect(platformOf(staging, cloud, [twoPorts, autoscaling]).of('HorizontalPodAutoscaler')).toHaveLength(1);
  });

  test('in a component whose name is taken is refused, with the feature that adds it', () => {
    const twin = feature('twin', {
      group: 'app',
      summary: 'takes a name',
      apply: (context) => void context.component('web'),
    });
    const error = refusal(() => platformOf(staging, cloud, [twin]));
    expect(error.place).toBe('staging@cloud, feature twin');
    expect(error.found).toContain('adds a component web');
  });

  test('that does not exist is refused with the nearest name', () => {
    const error = refusal(() => platformOf(staging, cloud, all, chosen(['wroker'])));
    expect(error.place).toBe('staging@cloud, feature autoscaling, workloads');
    expect(error.fixes[0]).toContain('did you mean worker?');
  });
});
