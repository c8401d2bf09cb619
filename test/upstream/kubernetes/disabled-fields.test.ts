import type { Json } from '../../../manifests/resource';
import { withDefaults, withoutEmpty } from '../../../upstream/kubernetes/defaults';

const container = { name: 'a', image: 'a:1' };
const pod = (spec: object, own: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ ...container, ...own }], ...spec },
});
const job = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'a' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } }, ...spec },
});
const cronJob = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'a' },
  spec: { schedule: '0 3 * * *', jobTemplate: { spec: job(spec).spec } },
});
const claim = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'a' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
const at = (object: Json, path: string) =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], object);

const volume = (source: object) => pod({ volumes: [{ name: 'v', ...source }] });
const mount = { volumeMounts: [{ name: 'v', mountPath: '/v' }] };

interface Kept {
  readonly path: string;
  readonly object: Json;
  /** The first minor version that takes it. */
  readonly known: number;
  /** The first that keeps it. */
  readonly from: number;
}

const kept = (path: string, object: Json, known: number, from: number): Kept => ({ path, object, known, from });

const CASES: readonly Kept[] = [
  kept('spec.hostUsers', pod({ hostUsers: true }), 28, 33),
  kept(
    'spec.containers.0.resizePolicy',
    pod({}, { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] }),
    28,
    33,
  ),
  kept(
    'spec.initContainers.0.restartPolicy',
    pod({ initContainers: [{ ...container, restartPolicy: 'Always' }] }),
    28,
    29,
  ),
  kept(
    'spec.initContainers.0.restartPolicy',
    pod({ initContainers: [{ ...container, restartPolicy: 'Never' }] }),
    34,
    35,
  ),
  kept('spec.containers.0.restartPolicy', pod({}, { restartPolicy: 'Never' }), 34, 35),
  kept('spec.volumes', volume({ image: { reference: 'a:1' } }), 31, 35),
  kept('spec.containers.0.volumeMounts', { ...pod({ volumes: [{ name: 'v', image: {} }] }, mount) }, 31, 35),
  kept('spec.containers.0.volumeMounts', { ...pod({ volumes: [{ name: 'v', emptyDir: {} }] }, mount) }, 28, 28),
  kept('spec.resourceClaims', pod({ resourceClaims: [{ name: 'c', resourceClaimName: 'c' }] }), 28, 34),
  kept('spec.containers.0.lifecycle', pod({}, { lifecycle: { stopSignal: 'SIGUSR1' } }), 33, 99),
  kept(
    'spec.containers.0.lifecycle.preStop',
    pod({}, { lifecycle: { preStop: { sleep: { seconds: 1 } }, stopSignal: 'SIGHUP' } }),
    33,
    33,
  ),
  kept(
    'spec.containers.0.lifecycle.preStop.sleep',
    pod({}, { lifecycle: { preStop: { sleep: { seconds: 1 } } } }),
    29,
    30,
  ),
  kept(
    'spec.securityContext.supplementalGroupsPolicy',
    pod({ securityContext: { supplementalGroupsPolicy: 'Strict' } }),
    31,
    33,
  ),
  kept('spec.backoffLimitPerIndex', job({ backoffLimitPerIndex: 1 }), 28, 29),
  kept('spec.jobTemplate.spec.backoffLimitPerIndex', cronJob({ backoffLimitPerIndex: 1 }), 28, 28),
  kept('spec.managedBy', job({ managedBy: 'example.com/mine' }), 30, 32),
  kept('spec.volumeAttributesClassName', claim({ volumeAttributesClassName: 'fast' }), 29, 34),
  kept('spec.dataSourceRef', claim({ dataSourceRef: { kind: 'A', name: 'a', namespace: 'b' } }), 28, 99),
  kept('spec.dataSourceRef', claim({ dataSourceRef: { kind: 'A', name: 'a' } }), 28, 28),
];

test.each(CASES)('$path $object is kept from 1.$from on', ({ path, object, known, from }) => {
  const minors = [28, 29, 30, 31, 32, 33, 34, 35, 36, 37].filter((minor) => minor >= known);
  for (const read of [withDefaults, withoutEmpty])
    expect(minors.filter((minor) => at(read(object, minor), path) !== undefined)).toEqual(
      minors.filter((minor) => minor >= from),
    );
});

test('of a version that is not known nothing is dropped', () => {
  const written = pod({ hostUsers: true }, { lifecycle: { stopSignal: 'SIGUSR1' } });
  for (const minor of [27, 40, Number.POSITIVE_INFINITY]) expect(withoutEmpty(written, minor)).toEqual(written);
});

test('what is filled in may depend on what is dropped', () => {
  expect(withDefaults(job({ backoffLimitPerIndex: 1 }), 28)['spec']).toMatchObject({ backoffLimit: 2147483647 });
  expect(withDefaults(job({}), 28)['spec']).toMatchObject({ backoffLimit: 6 });
});

test('rules of a policy that belong to the feature go, and no others', () => {
  const rules = [{ action: 'FailIndex' }, { action: 'FailJob' }];
  const left = (minor: number) =>
    at(withoutEmpty(job({ podFailurePolicy: { rules } }), minor), 'spec.podFailurePolicy.rules');
  expect(left(28)).toEqual([{ action: 'FailJob' }]);
  expect(left(29)).toEqual(rules);
});

test('a mount of /proc that is not to be had is the usual one', () => {
  const written = pod({}, { securityContext: { procMount: 'Unmasked' } });
  expect(at(withoutEmpty(written, 28), 'spec.containers.0.securityContext.procMount')).toBe('Default');
  expect(at(withoutEmpty(written, 33), 'spec.containers.0.securityContext.procMount')).toBe('Unmasked');
});

test('what is written is not changed', () => {
  const written = volume({ image: { reference: 'a:1' } });
  const before = structuredClone(written);
  withoutEmpty(written, 31);
  expect(written).toEqual(before);
});
