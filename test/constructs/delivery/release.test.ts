import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { shared } from '../../../clusters/shared';
import { composition } from '../../../composition/composition';
import { components } from '../../../constructs/app/components';
import { dev } from '../../../environments/dev';
import { prod } from '../../../environments/prod';
import {
  alerting,
  autoscaling,
  disruptionBudgets,
  grafana,
  kubeStateMetrics,
  loadGenerator,
  metricsServer,
  networkPolicies,
  prometheus,
  prometheusAdapter,
  zoneSpread,
} from '../../../features';
import { because } from '../../../model/layers';
import { Matrix, target } from '../../../model/matrix';
import type { ReleaseForm } from '../../../model/release';
import { blueGreen, recreate, rolling } from '../../../model/release';
import { course } from '../../../platform';
import { flowVerdict, reportOf } from '../../../testing/judged';
import { renderedManifests } from '../../../verify';
import type { Objects } from '../../support/kubernetes';
import { platformOf, refusal } from '../../support/render';

const [V1, V2] = ['registry.example.com/course/web:1.0.0', 'registry.example.com/course/web:2.0.0'];
const RELEASED = [prometheus, autoscaling, networkPolicies, disruptionBudgets, zoneSpread];

const settingsOf = (release: ReleaseForm, prometheus = {}) => ({
  web: { image: because(V1, 'a test'), release: because(release, 'a test') },
  prometheus,
});
const of = (release: ReleaseForm) => platformOf(prod, cloud, RELEASED, settingsOf(release));
const at = (live: 'blue' | 'green', green = {}) => of(blueGreen({ live, green: { image: V2, ...green } }));
const yaml = (objects: Objects, kind: Parameters<Objects['get']>[0], name: string) =>
  JSON.stringify(objects.get(kind, name));

/** Every way that a platform may be watched, and the features that see two versions at a time. */
const compositions = (release: ReleaseForm) =>
  composition({
    ...course,
    matrix: new Matrix(
      components,
      target(prod, cloud, RELEASED, { settings: settingsOf(release) }),
      target(dev, kind, [metricsServer, prometheus, networkPolicies, autoscaling, kubeStateMetrics, grafana], {
        settings: settingsOf(release, { form: because('discovery', 'a test') }),
      }),
      target(prod, shared, [...RELEASED, kubeStateMetrics, alerting, grafana], {
        settings: settingsOf(release, { form: because('operator', 'a test') }),
      }),
    ),
  });

describe('rolling and recreate', () => {
  test('are the strategy of the one Deployment', () => {
    expect(of(rolling({ surge: '50%', settle: '10s' })).get('Deployment', 'web').spec).toMatchObject({
      minReadySeconds: 10,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%', maxUnavailable: 0 } },
    });
    expect(of(recreate({ because: 'it locks its files' })).get('Deployment', 'web').spec.strategy).toEqual({
      type: 'Recreate',
    });
  });

  test('give way where each node takes one pod, unless it is said how', () => {
    const apart = (release: ReleaseForm) =>
      platformOf(prod, cloud, [], {
        web: {
          release: because(release, 'a test'),
          placement: because({ apart: { over: 'node', strength: 'required' } }, 'a test'),
        },
      }).get('Deployment', 'web').spec.strategy?.rollingUpdate;
    expect(apart(rolling())).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(apart(rolling({ surge: 1 }))).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });
});

describe('blueGreen', () => {
  test('is two Deployments, of which the Service leads to the live one, and the change of it is that one field and the alert', () => {
    const [blue, green] = [at('blue'), at('green')];
    expect(blue.get('Service', 'web').spec.selector).toEqual({ 'app.kubernetes.io/name': 'web' });
    expect(green.get('Service', 'web').spec.selector).toEqual({ 'app.kubernetes.io/name': 'web-green' });
    const images = ['web', 'web-green'].map(
      (name) => blue.get('Deployment', name).spec.template.spec.containers[0]?.image,
    );
    expect(images).toEqual([V1, V2]);
    const others = new Set(green.all.map((object) => JSON.stringify(object)));
    const changed = blue.all.filter((object) => !others.has(JSON.stringify(object)));
    // Its alert is about the version that people reach.
    expect(changed.map(({ kind, metadata }) => `${kind}/${metadata.name.replace(/-[0-9a-f]{10}$/, '')}`)).toEqual([
      'Service/web',
      'ConfigMap/prometheus-config',
      'StatefulSet/prometheus',
    ]);
  });

  test('leaves the objects of the first version as they are, so that none of its pods is replaced', () => {
    const [before, after] = [of(rolling()), at('blue')];
    for (const [kind, name] of [
      ['Deployment', 'web'],
      ['Service', 'web'],
      ['HorizontalPodAutoscaler', 'web'],
      ['PodDisruptionBudget', 'web'],
      ['NetworkPolicy', 'web'],
    ] as const)
      expect(yaml(after, kind, name)).toBe(yaml(before, kind, name));
  });

  test('gives each version a budget, an autoscaler, a spread and a configuration of its own', () => {
    const objects = at('blue', { replicas: 2 });
    const own = { 'app.kubernetes.io/name': 'web-green' };
    expect(objects.get('PodDisruptionBudget', 'web-green').spec.selector.matchLabels).toEqual(own);
    expect(objects.get('HorizontalPodAutoscaler', 'web-green').spec).toMatchObject({
      scaleTargetRef: { name: 'web-green' },
    });
    const { spec } = objects.get('Deployment', 'web-green');
    expect(spec.selector.matchLabels).toEqual(own);
    expect(spec.template.spec.topologySpreadConstraints?.[0]?.labelSelector).toEqual({ matchLabels: own });
    const versions = objects
      .of('ConfigMap')
      .flatMap(({ metadata, data }) => (/^web-(green-)?config-/.test(metadata.name) ? [data?.['VERSION']] : []));
    expect(versions.sort()).toEqual(['1.0.0', '2.0.0']);
  });

  test('has as many pods as it says where no autoscaler owns the number', () => {
    const objects = platformOf(
      prod,
      cloud,
      [],
      settingsOf(blueGreen({ live: 'blue', green: { image: V2, replicas: 7 } })),
    );
    const replicas = ['web', 'web-green'].map((name) => objects.get('Deployment', name).spec.replicas);
    expect(replicas).toEqual([3, 7]);
  });

  test('scales both by the requests to their one Service where that is asked for', () => {
    const metrics = [{ requestsTo: 'Service', perPod: 12.5 }] as const;
    const objects = platformOf(dev, kind, [metricsServer, prometheus, prometheusAdapter, autoscaling, loadGenerator], {
      ...settingsOf(blueGreen({ live: 'blue', green: { image: V2 } })),
      autoscaling: { metrics: because(metrics, 'a test') },
    });
    const scaled = objects.of('HorizontalPodAutoscaler').map(({ metadata, spec }) => {
      const { metrics: all } = spec as unknown as { metrics: { object?: { describedObject: { name: string } } }[] };
      return [metadata.name, all.flatMap(({ object }) => object?.describedObject.name ?? [])];
    });
    expect(scaled).toEqual([
      ['web', ['web']],
      ['web-green', ['web']],
    ]);
  });

  test('what is said of either version is that one’s alone', () => {
    const versions = (blue: object, green: object) => {
      const objects = platformOf(prod, cloud, [], settingsOf(blueGreen({ live: 'green', blue, green })));
      return ['web', 'web-green'].map((name) => {
        const { replicas, template } = objects.get('Deployment', name).spec;
        return [template.spec.containers[0]?.image, replicas];
      });
    };
    expect(versions({ image: V2, replicas: 5 }, {})).toEqual([
      [V2, 5],
      [V1, 3],
    ]);
    expect(versions({ replicas: 5 }, { image: V2 })).toEqual([
      [V1, 5],
      [V2, 3],
    ]);
  });

  describe.each(['blue', 'green'] as const)('with %s live', (live) => {
    const all = compositions(blueGreen({ live, green: { image: V2 } }));

    test.each(all.matrix.targets().map(({ name }) => name))(
      'nothing is found in %s that was not there before',
      (name) => {
        const found = (composed: typeof all) =>
          new Set(reportOf(composed, name).findings.map(({ check, path }) => `${check} ${path}`));
        const before = found(compositions(rolling()));
        expect([...found(all)].filter((each) => !before.has(each))).toEqual([]);
        expect(reportOf(all, name).findings.filter(({ severity }) => severity === 'will-break')).toEqual([]);
      },
    );

    test('whoever may reach one version may reach both, and both reach what they need', () => {
      for (const version of ['web', 'web-green']) {
        const allowed = (from: string, to: string, port: number) =>
          expect([from, to, flowVerdict(all, 'prod@cloud', { from, to, port })]).toEqual([from, to, 'allowed']);
        allowed('prometheus', version, 8080);
        allowed(version, 'redis', 6379);
      }
      // The ingress controller is not among the manifests.
      const policies = ['web', 'web-green'].map((name) => at(live).get('NetworkPolicy', name).spec.ingress);
      expect(JSON.stringify(policies[0])).toContain('traefik');
      expect(policies[1]).toEqual(policies[0]);
    });
  });

  test('is scraped by one job in each form, both versions', () => {
    const all = compositions(blueGreen({ live: 'blue', green: { image: V2 } }));
    const text = (name: string) => renderedManifests(all, name).text;
    expect(text('prod@cloud')).toMatch(
      /names:\n\s+- web-pods\.course-prod\.svc\.cluster\.local\n\s+- web-green-pods\.course-prod\.svc\.cluster\.local\n/,
    );
    expect(text('dev@kind')).toContain('label: app.kubernetes.io/name in (web,web-green)');
    expect(text('prod@shared')).toMatch(
      /kind: PodMonitor\nmetadata:[^]*?name: web\n[^]*?operator: In\n\s+values:\n\s+- web\n\s+- web-green\n/,
    );
    // One service has one objective, whichever version answers.
    expect(text('prod@cloud').match(/slo: web-availability\b/g)?.length).toBe(
      renderedManifests(compositions(rolling()), 'prod@cloud').text.match(/slo: web-availability\b/g)?.length,
    );
  });

  test.each([
    ['blue', 'web'],
    ['green', 'web-green'],
  ] as const)('with %s live is down when no pod of %s answers, whatever the other version does', (live, version) => {
    const all = compositions(blueGreen({ live, green: { image: V2 } }));
    for (const name of ['prod@cloud', 'dev@kind', 'prod@shared']) {
      const { text } = renderedManifests(all, name);
      expect([
        name,
        text.match(/absent\(up\{job="web",namespace="[\w-]+",deployment="([\w-]+)"\} == 1\)/)?.[1],
      ]).toEqual([name, version]);
      // Every target says which version it is of.
      expect(text).toMatch(/deployment\b/);
    }
    expect(renderedManifests(all, 'prod@cloud').text).toMatch(
      /regex: web-green-pods\\\.course-prod\\\.svc\\\.cluster\\\.local\s+replacement: web-green\s+source_labels:\s+- __meta_dns_name\s+target_label: deployment/,
    );
    expect(renderedManifests(all, 'dev@kind').text).toMatch(
      /__meta_kubernetes_pod_label_app_kubernetes_io_name\s+target_label: deployment/,
    );
    expect(renderedManifests(all, 'prod@shared').text).toMatch(
      /__meta_kubernetes_pod_label_app_kubernetes_io_name\s+targetLabel: deployment/,
    );
  });

  test('is refused where both versions are the same', () => {
    expect(refusal(() => at('blue', { image: V1 })).message).toContain(`blue and green both run ${V1}`);
  });
});
