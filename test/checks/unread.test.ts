import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { all, namespace, resources, service, workload } from './judging';

/** A manifest that somebody is in the middle of writing. */
const BROKEN = 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: redis\nspec: [';
/** A file beside manifests that is none. */
const FOREIGN = 'replicas: 2\n';

function said(id: string, manifests: string, beside: string, declared?: string, facts?: string) {
  const { unreadable } = readSources([{ file: 'redis.yaml', text: beside }]);
  const unread = unreadable.filter(({ foreign }) => foreign !== true);
  const world = new World(
    resources(manifests),
    new Facts(facts === undefined ? [] : resources(facts)),
    declared === undefined ? undefined : resources(declared),
    undefined,
    [],
    undefined,
    unread,
  );
  return runChecks(
    world,
    checks.filter((check) => check.id === id),
  );
}
const verdicts = (...given: Parameters<typeof said>) => said(...given).map(({ verdict }) => verdict);

const mounts = (kind: string, field: string) => workload({ kind, pod: `volumes: [{ name: v, ${field} }]` });
const object = (apiVersion: string, kind: string, spec: string) =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: x, namespace: shop }, spec: { ${spec} } }`;

describe('while a manifest could not be read, what is not here may stand in it', () => {
  test.each([
    ['service-selects-workload', service('selector: { app: redis }, ports: [{ port: 6379 }]', 'redis')],
    // Not even the nearest name is certain then.
    ['service-selects-workload', all(workload(), service('selector: { app: wbe }, ports: [{ port: 80 }]'))],
    ['configmap-exists', mounts('DaemonSet', 'configMap: { name: settings }')],
    [
      'secret-exists',
      workload({
        kind: 'StatefulSet',
        pod: "initContainers: [{ name: init, image: 'init:1.0.0', envFrom: [{ secretRef: { name: token } }] }]",
      }),
    ],
    ['pvc-exists', mounts('Job', 'persistentVolumeClaim: { claimName: data }')],
    ['serviceaccount-exists', workload({ pod: 'serviceAccountName: robot' })],
    [
      'hpa-target-exists',
      object(
        'autoscaling/v2',
        'HorizontalPodAutoscaler',
        'maxReplicas: 3, scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: redis }',
      ),
    ],
    [
      'ingress-backend',
      object('networking.k8s.io/v1', 'Ingress', 'defaultBackend: { service: { name: redis, port: { number: 80 } } }'),
    ],
    [
      'pdb-selects',
      object('policy/v1', 'PodDisruptionBudget', 'maxUnavailable: 1, selector: { matchLabels: { app: redis } }'),
    ],
    [
      'gateway-flow-allowed',
      all(
        workload(),
        service('selector: { app: web }, ports: [{ port: 80 }]'),
        object('networking.k8s.io/v1', 'Ingress', 'defaultBackend: { service: { name: web, port: { number: 80 } } }'),
        object('networking.k8s.io/v1', 'NetworkPolicy', 'podSelector: {}, policyTypes: [Ingress]'),
      ),
    ],
  ])('%s', (id, manifests) => {
    const whole = all(namespace, manifests);
    expect(verdicts(id, whole, '')).toEqual(['fail']);
    expect(verdicts(id, whole, FOREIGN)).toEqual(['fail']);
    expect(verdicts(id, whole, BROKEN)).toEqual(['unknown']);
    expect(verdicts(id, whole, BROKEN, namespace)).toEqual(['unknown']);
    expect(said(id, whole, BROKEN)[0]!.message).toMatch(
      /; redis\.yaml, line \d+, could not be read and may hold it: mend that first$/,
    );
  });
  // The examples of these checks name what is not there and has a near name, or is granted, served or defined nowhere.
  test.each([
    'config-host-resolves',
    'datasource-resolves',
    'scrape-target-resolves',
    'discovery-permitted',
    'alert-tests-pass',
    'hpa-metric-served',
  ])('the example of %s', (id) => {
    const { example } = checks.find((check) => check.id === id)!;
    const failing = (beside: string) =>
      said(id, example.broken, beside, example.declared, example.facts).filter(({ verdict }) => verdict === 'fail');
    expect(failing('')).toHaveLength(example.fails.length);
    expect(failing(BROKEN)).toEqual([]);
    const unsure = said(id, example.broken, BROKEN, example.declared, example.facts);
    expect(unsure.map(({ verdict, repair }) => [verdict, repair])).toContainEqual(['unknown', undefined]);
    expect(unsure.some(({ message }) => /could not be read and may hold it: mend that first$/.test(message))).toBe(
      true,
    );
  });
  test.each([
    ['a Service of the own namespace', 'http://apii:8080'],
    ['a Service of a namespace', 'http://apii.shop:8080'],
    ['a name in full', 'http://apii.shop.svc.cluster.local:8080'],
    ['a namespace', 'http://api.shpo.svc:8080'],
    ['a namespace without svc', 'http://api.shpo:8080'],
  ])('a host that misspells %s', (_, url) => {
    const container = `env: [{ name: BACKEND_URL, value: '${url}' }]`;
    const manifests = all(
      namespace,
      service('selector: { app: web }, ports: [{ port: 8080 }]', 'api'),
      ...['CronJob', 'Deployment'].map((kind) => workload({ kind, container })),
    );
    expect(new Set(verdicts('config-host-resolves', manifests, ''))).toEqual(new Set(['fail']));
    expect(new Set(verdicts('config-host-resolves', manifests, BROKEN))).toEqual(new Set(['unknown']));
  });
  test('a host of a pod that its StatefulSet does not have is certain all the same', () => {
    const set = `{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: db, namespace: shop }, spec: { serviceName: db, replicas: 1, selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: 'db:1' }] } } } }`;
    const manifests = all(
      namespace,
      set,
      service('clusterIP: None, selector: { app: db }, ports: [{ port: 8080 }]', 'db'),
      workload({ container: "env: [{ name: DB_URL, value: 'http://db-3.db:8080' }]" }),
    );
    expect(verdicts('config-host-resolves', manifests, BROKEN)).toEqual(['fail']);
  });
  test('a monitor whose label a Prometheus misspells', () => {
    const manifests = all(
      namespace,
      `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: p, namespace: shop }, spec: { serviceMonitorSelector: { matchLabels: { team: frontend } } } }`,
      `{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: shop, labels: { team: fronted } }, spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: http }] } }`,
    );
    expect(verdicts('monitor-selected', manifests, '')).toEqual(['fail']);
    expect(verdicts('monitor-selected', manifests, BROKEN)).toEqual(['unknown']);
  });
  test('and what is wrong with an object that is here is certain all the same', () => {
    const wrong = workload({ container: 'resources: { requests: { cpu: 2 }, limits: { cpu: 1 } }' });
    expect(verdicts('request-le-limit', all(namespace, wrong), BROKEN)).toEqual(['fail']);
  });
});
