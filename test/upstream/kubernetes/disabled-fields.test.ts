import { withDefaults, withoutEmpty } from '../../../upstream/kubernetes/defaults';
import { at, CASES, job, pod, volume } from './disabled-cases';

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

test('what 1.34 drops from a copy alone is kept by it, and dropped by 1.35', () => {
  const claim = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'a' },
    spec: { devices: { constraints: [{ distinctAttribute: 'example.com/a' }] } },
  };
  const isKept = (minor: number) => at(withoutEmpty(claim, minor), 'spec.devices.constraints.0.distinctAttribute');
  expect([34, 35, 36].map((minor) => isKept(minor) !== undefined)).toEqual([true, false, true]);
});
