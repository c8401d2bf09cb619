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

function said(id: string, manifests: string, beside: string, declared?: string) {
  const { unreadable } = readSources([{ file: 'redis.yaml', text: beside }]);
  const unread = unreadable.filter(({ foreign }) => foreign !== true);
  const world = new World(
    resources(manifests),
    new Facts([]),
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
  test('and what is wrong with an object that is here is certain all the same', () => {
    const wrong = workload({ container: 'resources: { requests: { cpu: 2 }, limits: { cpu: 1 } }' });
    expect(verdicts('request-le-limit', all(namespace, wrong), BROKEN)).toEqual(['fail']);
  });
});
