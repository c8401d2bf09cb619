import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { cloud } from '../../clusters/cloud';
import { kind } from '../../clusters/kind';
import { shared } from '../../clusters/shared';
import { composition } from '../../composition/composition';
import { components } from '../../constructs/app/components';
import { delivery } from '../../environments/delivery';
import {
  autoscaling,
  disruptionBudgets,
  metricsServer,
  networkPolicies,
  prometheus,
  prometheusAdapter,
  zoneSpread,
} from '../../features';
import type { PlatformFeature } from '../../features/feature';
import { environment, matrixOf, target } from '../../index';
import { readSources } from '../../manifests/reading/read';
import type { Cluster } from '../../model/cluster';
import { deliveryFacts } from '../../model/delivered';
import type { Layer } from '../../model/layers';
import { because } from '../../model/layers';
import { course } from '../../platform';
import { planTarget } from '../../render/plan';
import { reportOf } from '../../testing';
import { queryOf } from '../../upstream/prometheus/query';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { podSecurityViolations } from '../support/pod-security';
import { platformOf, refusal } from '../support/render';

const why = 'a test';
const OFFICE = { days: 'Mon-Fri', from: '08:00', to: '18:00', zone: 'Europe/Berlin', min: 5 };
const bare = environment('dev', { ephemeral: true, settings: {} });
const delivered = { ...delivery, progressive: [bare] };
const features = [autoscaling, networkPolicies, disruptionBudgets, zoneSpread];
const settings = (more: Readonly<Record<string, unknown>> = {}): Layer => ({
  autoscaling: Object.fromEntries(
    Object.entries({ hours: [OFFICE], ...more }).map(([name, value]) => [name, because(value as never, why)]),
  ),
});
const objectsOn = (place: Cluster, more: readonly PlatformFeature[] = [], own = settings()) =>
  platformOf(bare, { ...place, settings: {} }, [...features, ...more], own);

type Case = [string, Cluster, readonly PlatformFeature[], Layer];
const METRICS = [
  { requestsPerPod: 20 },
  { requestsTo: 'Service', perPod: 12.5 },
  { query: { metric: 'course_guestbook_comments', of: 'exporter' }, perPod: 100 },
  { query: { metric: 'course_guestbook_comments', of: 'exporter', take: 'max', name: 'largest' }, value: 30 },
];
const CASES: readonly Case[] = [
  ['by CronJobs', kind, [metricsServer], settings()],
  ['by CronJobs beside a route of the Gateway API', shared, [], settings()],
  ['by KEDA', cloud, [], settings()],
  ['by KEDA, and none at night', cloud, [], settings({ idle: 'zero' })],
  ['by KEDA, which asks Prometheus', cloud, [prometheus, prometheusAdapter], settings({ metrics: METRICS })],
];

test.each(CASES)('%s nothing would break', (_, place, more, own) => {
  const one = target(bare, { ...place, settings: {} }, [...features, ...more], { settings: own });
  const platform = composition({ ...course, delivery: delivered, matrix: matrixOf(components, one) });
  const { findings } = reportOf(platform, `dev@${place.name}`);
  expect(findings.filter(({ severity }) => severity === 'will-break')).toEqual([]);
  // Nor is anything said of what the hours bring.
  const ours = findings.filter(({ object }) => /hours|ScaledObject|HorizontalPodAutoscaler/.test(object));
  expect(ours.map(({ check, object, path }) => [check, object, path])).toEqual([]);
});

test('a time that a night leaves out is advice, in both forms', () => {
  for (const [place, more, form] of [
    [kind, [metricsServer], 'CronJob'],
    [cloud, [], 'ScaledObject'],
  ] as const) {
    const own = settings({ hours: [{ ...OFFICE, days: 'Sat-Sun', from: '02:30' }] });
    const one = target(bare, { ...place, settings: {} }, [...features, ...more], { settings: own });
    const { findings } = reportOf(composition({ ...course, matrix: matrixOf(components, one) }), `dev@${place.name}`);
    const said = findings.filter(({ check }) => check === 'schedule-exists-all-year');
    expect(said.map(({ severity, object }) => [severity, object.split('/')[0]])).toEqual([['advice', form]]);
  }
});

describe('by CronJobs', () => {
  const objects = objectsOn(kind, [metricsServer]);
  test('their pods are restricted, and reach the API server and nothing else', () => {
    for (const { metadata, spec } of objects.of('CronJob')) {
      const pod = (spec as unknown as { jobTemplate: { spec: { template: { spec: object } } } }).jobTemplate.spec
        .template;
      expect(podSecurityViolations(pod.spec as never, 'restricted')).toEqual([]);
      const policy = objects.get('NetworkPolicy', metadata.name).spec;
      expect(policy.policyTypes).toEqual(['Egress']);
      expect(policy.egress!.map(({ ports }) => ports!.map(({ port }) => port))).toEqual([[443, 6443]]);
    }
  });
  test('what Argo CD and Flux apply again leaves their number alone, and is told where it would not', () => {
    const one = target(bare, { ...kind, settings: {} }, [...features, metricsServer], { settings: settings() });
    const platform = composition({ ...course, delivery: delivered, matrix: matrixOf(components, one) });
    const [resolved] = platform.matrix.targets();
    const blocks = platform.compose(resolved!);
    const own = blocks.flatMap((block) => block.objects);
    const { objects: planned } = planTarget(resolved!, blocks);
    const files = platform.deliver([{ target: resolved!, objects: planned, facts: deliveryFacts(own) }]);
    const judged = (change: (text: string) => string) => {
      const sources = [
        { file: 'tree/kind/dev/app.yaml', objects: own },
        ...files
          .filter(({ file }) => /applications\/|flux\//.test(file))
          .map(({ file, objects: of }) => ({ file: `tree/${file}`, objects: of })),
      ].map(({ file, objects: of }) => ({
        file,
        text: change(of.map((object) => JSON.stringify(object)).join('\n---\n')),
      }));
      const rule = checks.filter(({ id }) => id === 'clock-scaler-single');
      const findings = runChecks(new World(readSources(sources).resources, new Facts([])), rule);
      return findings.map(({ object, path }) => `${object} ${path}`).sort();
    };
    expect(judged((text) => text)).toEqual([]);
    expect(judged((text) => text.replaceAll('/spec/minReplicas', '/spec/other'))).toEqual([
      'Application/argocd/course-dev-kind spec.syncPolicy.automated.selfHeal',
      'Kustomization/flux-system/course-dev-kind spec.interval',
    ]);
  });
  test('what they write is no drift for Argo CD, and Flux leaves it alone', () => {
    const { others } = deliveryFacts(objects.all as never);
    expect(others.filter(({ kind: of }) => of === 'HorizontalPodAutoscaler')).toEqual([
      {
        ...{ group: 'autoscaling', kind: 'HorizontalPodAutoscaler', namespace: 'course-dev', name: 'web' },
        ...{ jsonPointers: ['/spec/minReplicas'], isStated: true },
      },
    ]);
    const without = objectsOn(kind, [metricsServer], {});
    expect(deliveryFacts(without.all as never).others.map(({ kind: of }) => of)).toEqual(['Deployment']);
  });
});

describe('by KEDA', () => {
  test('nothing patches what it makes', () => {
    const { all } = objectsOn(cloud);
    expect(all.map(({ kind: of }) => of)).not.toContain('CronJob');
    expect(deliveryFacts(all as never).others.map(({ kind: of }) => of)).toEqual(['Deployment']);
  });
  test('the number that Prometheus tells of all pods, and what each is to have of it', () => {
    const objects = objectsOn(cloud, [prometheus, prometheusAdapter], settings({ metrics: METRICS }));
    const { all } = objects;
    const { triggers } = (all.find(({ kind: of }) => of === 'ScaledObject') as unknown as Scaled).spec;
    const asked = triggers.filter(({ type }) => type === 'prometheus');
    expect(asked.map(({ metricType, metadata }) => [metricType, metadata['threshold']])).toEqual([
      ['AverageValue', '20'],
      ['AverageValue', '12.5'],
      ['AverageValue', '100'],
      ['Value', '30'],
    ]);
    for (const { metadata } of asked) {
      expect(metadata['serverAddress']).toBe('http://prometheus.course-dev.svc.cluster.local:9090');
      // No answer must not be taken for 0.
      expect(metadata['ignoreNullValues']).toBe('false');
      expect(queryOf(metadata['query']!).problems).toEqual([]);
      expect(metadata['query']).not.toContain('<<');
    }
    expect(asked[0]!.metadata['query']).toContain('namespace="course-dev"');
    // The operator of KEDA comes through, and no adapter is there that nobody asks.
    const { ingress } = objects.get('NetworkPolicy', 'prometheus').spec;
    expect(JSON.stringify(ingress)).toContain('keda-operator');
    expect(all.filter(({ metadata }) => metadata.name.startsWith('prometheus-adapter'))).toEqual([]);
  });
  test('what Prometheus does not know is refused as it is elsewhere', () => {
    const of = (metrics: readonly object[], more: readonly PlatformFeature[]) =>
      refusal(() => objectsOn(cloud, more, settings({ metrics }))).message;
    expect(of([{ requestsPerPod: 5 }], [])).toContain('nothing serves the metrics that it is to look at');
    const query = { metric: 'no_such_metric', of: 'exporter' };
    expect(of([{ query, perPod: 5 }], [prometheus, prometheusAdapter])).toContain('does not expose no_such_metric');
    expect(of([{ requestsTo: 'HTTPRoute', perPod: 5 }], [prometheus, prometheusAdapter])).toContain(
      'no HTTPRoute leads',
    );
  });
  test('what others measure starts the first pod, too', () => {
    const [, , query] = METRICS;
    const own = (metrics: readonly unknown[]) =>
      objectsOn(cloud, [prometheus, prometheusAdapter], settings({ metrics, hours: [], idle: 'zero' }));
    const { all } = own([query]);
    expect((all.find(({ kind: of }) => of === 'ScaledObject') as unknown as Scaled).spec.idleReplicaCount).toBe(0);
    expect(refusal(() => own([METRICS[0]])).found).toContain('nothing would start the first pod');
  });
});

interface Scaled {
  readonly spec: {
    readonly idleReplicaCount?: number;
    readonly triggers: readonly {
      readonly type: string;
      readonly metricType: string;
      readonly metadata: Readonly<Record<string, string>>;
    }[];
  };
}
