import { load } from 'js-yaml';
import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { shared } from '../../../clusters/shared';
import { Grafana } from '../../../constructs/monitoring/grafana';
import { dev } from '../../../environments/dev';
import { staging } from '../../../environments/staging';
import { alerting, grafana, networkPolicies, prometheus } from '../../../features';
import { images } from '../../../model/images';
import type { Layer } from '../../../model/layers';
import { because } from '../../../model/layers';
import { toYaml } from '../../../render/yaml';
import type { Objects } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, platformOf, refusal, rendered, STORAGE } from '../../support/render';

const why = 'a test';
const STORE = { from: 'store', store: 'vault', revision: '1' } as const;
const prometheusOperator = { kubeletService: { namespace: 'kube-system', labels: { 'k8s-app': 'kubelet' } } };
const here = { ...cloud, prometheusOperator };
const shown = (form: 'minimal' | 'discovery' | 'operator', settings: Layer = {}) =>
  platformOf(staging, here, [grafana, prometheus, networkPolicies], {
    ...settings,
    prometheus: { form: because(form, why) },
  });
const podSpecOf = (objects: Objects) => objects.get('StatefulSet', 'grafana').spec.template.spec;
const fileOf = (objects: Objects, name: string) =>
  objects.of('ConfigMap').find(({ metadata }) => new RegExp(`^${name}(-[0-9a-f]{10})?$`).test(metadata.name))!.data;
const variableOf = (objects: Objects, name: string) =>
  (podSpecOf(objects).containers[0]!.env as { name: string; value?: string }[]).find((each) => each.name === name)
    ?.value;

describe('a Grafana', () => {
  const objects = shown('minimal');
  const spec = podSpecOf(objects);
  const [container] = spec.containers;

  test('is one restricted pod as the user of its image, with a root that nobody writes to', () => {
    expect(objects.get('StatefulSet', 'grafana').spec.replicas).toBe(1);
    expect(container?.image).toBe(images.grafana);
    expect(podSecurityViolations(spec, 'restricted')).toEqual([]);
    expect(spec.securityContext).toMatchObject({ runAsUser: 472, fsGroup: 472 });
    const writable = container?.volumeMounts?.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    expect(writable).toEqual(['/var/lib/grafana', '/tmp']);
    expect(
      [container?.startupProbe, container?.readinessProbe, container?.livenessProbe].map(
        (probe) => probe?.httpGet?.path,
      ),
    ).toEqual(['/api/health', '/api/health', '/api/health']);
    expect(objects.get('Service', 'grafana').spec.ports).toEqual([{ name: 'http', port: 3000, targetPort: 'http' }]);
  });

  test('reads its password and its key from files of a Secret, and no variable holds one', () => {
    const [at] = container!.volumeMounts!.filter(({ name }) => name === 'grafana-admin');
    expect(at).toMatchObject({ mountPath: '/etc/grafana-secrets', readOnly: true });
    expect(variableOf(objects, 'GF_SECURITY_ADMIN_PASSWORD__FILE')).toBe('/etc/grafana-secrets/admin-password');
    expect(variableOf(objects, 'GF_SECURITY_SECRET_KEY__FILE')).toBe('/etc/grafana-secrets/secret-key');
    const volume = spec.volumes?.find(({ name }) => name === 'grafana-admin');
    expect(volume?.secret?.items?.map(({ key }) => key)).toEqual(['admin-password', 'secret-key']);
    expect(objects.names.join()).toMatch(/ExternalSecret\/course-staging\/grafana-admin-1-[0-9a-f]{10}/);
    expect(variableOf(objects, 'GF_SECURITY_ADMIN_PASSWORD')).toBeUndefined();
  });

  test.each([
    'AUTH_ANONYMOUS_ENABLED',
    'USERS_ALLOW_SIGN_UP',
    'ANALYTICS_REPORTING_ENABLED',
    'ANALYTICS_CHECK_FOR_UPDATES',
    'ANALYTICS_CHECK_FOR_PLUGIN_UPDATES',
    'NEWS_NEWS_FEED_ENABLED',
    'SNAPSHOTS_EXTERNAL_ENABLED',
    'PLUGINS_PLUGIN_ADMIN_ENABLED',
    'UNIFIED_ALERTING_EXECUTE_ALERTS',
  ])('says no to %s', (name) => expect(variableOf(objects, `GF_${name}`)).toBe('false'));

  test.each([
    'SECURITY_DISABLE_GRAVATAR',
    'PLUGINS_PREINSTALL_DISABLED',
    'UNIFIED_ALERTING_ENABLED',
    'METRICS_ENABLED',
  ])('says yes to %s', (name) => expect(variableOf(objects, `GF_${name}`)).toBe('true'));

  test('is scraped, whatever comes first', () => {
    for (const features of [
      [grafana, prometheus],
      [prometheus, grafana],
    ])
      expect(fileOf(platformOf(staging, cloud, features), 'prometheus-config')['prometheus.yml']).toContain(
        'job_name: grafana',
      );
  });

  test('mounts each dashboard in a folder of its own, below the one that its provider reads', () => {
    const provider = load(fileOf(objects, 'grafana-dashboards')['dashboards.yaml']!) as {
      providers: { allowUiUpdates: boolean; options: { path: string } }[];
    };
    expect(provider.providers).toMatchObject([{ type: 'file', allowUiUpdates: false }]);
    const { path } = provider.providers[0]!.options;
    const below = container!.volumeMounts!.filter(({ mountPath }) => mountPath.startsWith(`${path}/`));
    expect(below.map(({ mountPath, readOnly }) => `${mountPath.slice(path.length + 1)} ${readOnly}`)).toEqual([
      'overview true',
      'service-web true',
      'objective-web-availability true',
      'objective-web-latency true',
      'scraping true',
    ]);
    const mounted = spec.volumes!.flatMap(({ configMap }) => configMap?.name ?? []);
    for (const name of mounted) expect(objects.names).toContain(`ConfigMap/course-staging/${name}`);
    const home = variableOf(objects, 'GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH')!;
    expect(Object.keys(fileOf(objects, 'grafana-overview')).map((file) => `${path}/overview/${file}`)).toEqual([home]);
  });

  test('shows a dashboard that changes without a new pod', () => {
    const longer = shown('minimal', { web: { availability: because(99, why) } });
    expect(fileOf(longer, 'grafana-objective-web-availability')).not.toEqual(
      fileOf(objects, 'grafana-objective-web-availability'),
    );
    expect(JSON.stringify(podSpecOf(longer))).toBe(JSON.stringify(spec));
    expect(JSON.stringify(podSpecOf(shown('minimal')))).toBe(JSON.stringify(spec));
  });
});

describe.each([
  ['minimal', 'prometheus', 9090],
  ['discovery', 'prometheus', 9090],
  ['operator', 'prometheus', 9090],
] as const)('beside a Prometheus in the form %s', (form, service, port) => {
  const objects = shown(form);

  test('it asks it through its Service, by the uid that every panel names', () => {
    const { prune, datasources } = load(fileOf(objects, 'grafana-datasources')['prometheus.yaml']!) as {
      prune: boolean;
      datasources: Record<string, unknown>[];
    };
    expect(prune).toBe(true);
    expect(datasources).toEqual([
      expect.objectContaining({
        type: 'prometheus',
        uid: 'prometheus',
        access: 'proxy',
        isDefault: true,
        editable: false,
        url: `http://${service}.course-staging.svc.cluster.local:${port}`,
        jsonData: expect.objectContaining({ timeInterval: '15s' }),
      }),
    ]);
    expect(objects.get('Service', service).spec.ports?.map((each) => each.port)).toContain(port);
  });

  test('policies let the question out and in, and nothing else', () => {
    const { egress, ingress } = objects.get('NetworkPolicy', 'grafana').spec;
    expect(egress).toHaveLength(1);
    expect(egress![0]!.ports).toEqual([{ protocol: 'TCP', port: 9090 }]);
    expect(ingress).toHaveLength(1);
    const policy = form === 'operator' ? 'prometheus-flows' : 'prometheus';
    const into = objects.get('NetworkPolicy', policy).spec.ingress!;
    expect(JSON.stringify(into)).toContain('"app.kubernetes.io/name":"grafana"');
  });
});

describe('as a feature', () => {
  test('it shows nothing without a Prometheus, and says so', () => {
    const { found, fixes } = refusal(() => platformOf(staging, cloud, [grafana]));
    expect(found).toContain('needs scraped-metrics');
    expect(found).not.toContain('cluster cloud');
    expect(fixes.join()).not.toContain('move it to a cluster');
  });

  test('nobody but pods reaches it, unless people are to', () => {
    const open = { grafana: { reach: because('people', why) } } as Layer;
    expect(platformOf(dev, cloud, [grafana, prometheus]).names.join()).not.toContain('Ingress/course-dev/grafana');
    const ingress = platformOf(dev, cloud, [grafana, prometheus], open).get('Ingress', 'grafana');
    expect(ingress.spec.rules.map(({ host }) => host)).toEqual(['course-dev-grafana.cloud.example.com']);
    const route = platformOf(dev, shared, [grafana, prometheus, networkPolicies], open).get('HTTPRoute', 'grafana');
    expect(route.spec.hostnames).toEqual(['course-dev-grafana.apps.example.com']);
  });

  test('its volume, resources and the revision of its Secret are what the settings say', () => {
    const objects = platformOf(staging, cloud, [grafana, prometheus], {
      grafana: {
        volume: because('2Gi', why),
        resources: because({ cpu: '1', memory: '1Gi' }, why),
        credentialsRevision: because('7', why),
      },
    });
    const { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy } = objects.get('StatefulSet', 'grafana').spec;
    expect(volumeClaimTemplates?.[0]?.spec.resources.requests.storage).toBe('2Gi');
    expect(persistentVolumeClaimRetentionPolicy?.whenDeleted).toBe('Delete');
    expect(podSpecOf(objects).containers[0]?.resources?.requests).toEqual({ cpu: '1', memory: '1Gi' });
    expect(objects.names.join()).toMatch(/ExternalSecret\/course-staging\/grafana-admin-7-/);
    expect(JSON.stringify(podSpecOf(objects).volumes)).not.toContain('"name":"data"');
  });

  test('in an ephemeral environment its password is rendered, as everything is there', () => {
    const objects = platformOf(dev, kind, [grafana, prometheus, alerting]);
    const secret = objects.of('Secret').find(({ metadata }) => metadata.name.startsWith('grafana-admin-'))!;
    expect(Object.keys(secret.data)).toEqual(['admin-password', 'secret-key']);
    expect(new Set(Object.values(secret.data)).size).toBe(2);
  });
});

test('two of a Prometheus are more than a Grafana shows', () => {
  expect(
    refusal(() =>
      rendered((chart) => {
        const namespace = namespaceIn(chart);
        const one = new Grafana(chart, 'grafana', { namespace, storage: STORAGE, credentials: STORE, toYaml });
        const prometheus = {
          port: one.port('http'),
          interval: '15s' as const,
          watched: () => ({ workloads: [], objectives: [], retention: '7d' as const, cluster: false }),
        };
        one.shows(prometheus);
        one.shows(prometheus);
      }),
    ).found,
  ).toContain('already');
});
