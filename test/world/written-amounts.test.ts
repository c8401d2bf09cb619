import { writtenAmounts } from '../../world/written-amounts';
import { object, workload, worldOf } from './support';

const amounts = (manifest: string) =>
  writtenAmounts(worldOf(manifest)).map(
    ({ path, name, written, use, who }) => `${path.join('.')} ${name}=${written} ${use} of ${who}`,
  );
const container = 'spec.template.spec.containers.0.resources';

test('containers of each role, and the pod as a whole, have requests and limits', () => {
  const resources = 'resources: { requests: { cpu: 1 }, limits: { cpu: 2, memory: 1Gi } }';
  expect(amounts(workload({ container: resources }))).toEqual([
    `${container}.requests.cpu cpu=1 request of container main`,
    `${container}.limits.cpu cpu=2 limit of container main`,
    // It is the request as well where none is stated.
    `${container}.limits.memory memory=1Gi limit-and-request of container main`,
  ]);
  expect(amounts(workload({ pod: `initContainers: [{ name: i, ${resources} }]` }))).toHaveLength(3);
  expect(amounts(workload({ pod: 'resources: { requests: { memory: 1Gi } }' }))).toEqual([
    'spec.template.spec.resources.requests.memory memory=1Gi request of the pod',
  ]);
});
test('an emptyDir has a size, a claim asks for one', () => {
  expect(
    amounts(workload({ pod: 'volumes: [{ name: a, configMap: {} }, { name: b, emptyDir: { sizeLimit: 1Gi } }]' })),
  ).toEqual(['spec.template.spec.volumes.1.emptyDir.sizeLimit sizeLimit=1Gi sizeLimit of volume b']);
  const spec = 'resources: { requests: { storage: 5Gi }, limits: { storage: 6Gi } }';
  expect(amounts(object('v1', 'PersistentVolumeClaim', 'data', `spec: { ${spec} }`))).toEqual([
    'spec.resources.requests.storage storage=5Gi claim of claim data',
  ]);
  const set = workload({
    kind: 'StatefulSet',
    spec: `volumeClaimTemplates: [{ metadata: { name: data }, spec: { ${spec} } }]`,
  });
  expect(amounts(set)).toEqual([
    expect.stringMatching(
      /^spec\.volumeClaimTemplates\.0\.spec\.resources\.requests\.storage storage=5Gi claim of claim /,
    ),
  ]);
});
test('a LimitRange has the most, and what a container gets without its own; a quota has the most', () => {
  const limits = 'max: { cpu: 4 }, default: { cpu: 2 }, defaultRequest: { cpu: 1 }, min: { cpu: 100m }';
  expect(amounts(object('v1', 'LimitRange', 'a', `spec: { limits: [null, { ${limits} }] }`))).toEqual(
    ['max.cpu cpu=4 ceiling', 'default.cpu cpu=2 limit', 'defaultRequest.cpu cpu=1 request'].map(
      (text) => `spec.limits.1.${text} of each container without its own`,
    ),
  );
  expect(amounts(object('v1', 'ResourceQuota', 'a', "spec: { hard: { limits.cpu: 8, pods: '10' } }"))).toEqual([
    'spec.hard.limits.cpu limits.cpu=8 ceiling of the quota',
    'spec.hard.pods pods=10 ceiling of the quota',
  ]);
});
test.each(['null', '[]', '{}', 'true', "'1 Gi'", "''"])('%s is no amount', (written) =>
  expect(amounts(workload({ container: `resources: { requests: { cpu: ${written} } }` }))).toEqual([]),
);
