import { all, findings, messages, said, verdicts, workload } from '../../judging';

const usable = 'resource-unit-usable';
const meant = 'resource-unit-meant';
const resources = 'spec.template.spec.containers[0].resources';
const given = (text: string) => workload({ container: `resources: { ${text} }` });

test.each([
  ['limits: { memory: 256m }', 'limits.memory = "256m"'],
  ['limits: { memory: 512 }', 'limits.memory = 512'],
  ['requests: { memory: 1 }, limits: { memory: 100k }', 'limits.memory = "100k"'],
  ['limits: { ephemeral-storage: 500m }', 'limits.ephemeral-storage = "500m"'],
  ['requests: { cpu: 100Mi }', 'requests.cpu = "100Mi"'],
  ['limits: { cpu: 100Mi }', 'limits.cpu = "100Mi"'],
  ['requests: { cpu: 8k }', 'requests.cpu = "8k"'],
  ['requests: { memory: 512Pi }', 'requests.memory = "512Pi"'],
])('a container with %s does not run', (text, place) => {
  expect(findings(usable, given(text))).toEqual([`fail Deployment/shop/web ${resources}.${place}`]);
});

test.each([
  'limits: { memory: 1Mi }',
  'limits: { memory: 0 }',
  'limits: { memory: 1288490188800m }',
  'limits: { memory: 1e9, cpu: 500m }',
  'limits: { ephemeral-storage: 1Mi }',
  'requests: { cpu: 1m, memory: 64Ti }',
  'requests: { cpu: 96 }',
])('%s is an ordinary amount', (text) => {
  expect(verdicts(usable, given(text))).toEqual([]);
  expect(verdicts(meant, given(text))).toEqual([]);
});

test.each([
  ['requests: { memory: 256m }', 'requests.memory'],
  ['requests: { ephemeral-storage: 2 }', 'requests.ephemeral-storage'],
  ['requests: { cpu: 1 }, limits: { cpu: 100Mi }', 'limits.cpu'],
  ['requests: { memory: 1Gi }, limits: { memory: 512Pi }', 'limits.memory'],
])('%s has no effect, and the pod runs', (text, place) => {
  expect(verdicts(meant, given(text))).toEqual([`fail ${resources}.${place}`]);
  expect(verdicts(usable, given(text))).toEqual([]);
});

test('init containers, pods as a whole and emptyDirs have units too', () => {
  expect(
    verdicts(
      usable,
      workload({
        kind: 'Job',
        pod: "initContainers: [{ name: a, image: 'a:1', resources: { limits: { memory: 64m } } }]",
      }),
    ),
  ).toEqual(['fail spec.template.spec.initContainers[0].resources.limits.memory']);
  expect(verdicts(usable, workload({ pod: 'resources: { limits: { memory: 1 } }' }))).toEqual([
    'fail spec.template.spec.resources.limits.memory',
  ]);
  const volume = (size: string) =>
    workload({ kind: 'DaemonSet', pod: `volumes: [{ name: cache, emptyDir: { sizeLimit: ${size} } }]` });
  expect(verdicts(usable, volume('500m'))).toEqual(['fail spec.template.spec.volumes[0].emptyDir.sizeLimit']);
  expect(verdicts(usable, volume('500Mi'))).toEqual([]);
});

test('claims, LimitRanges and quotas have units too', () => {
  const claim = (size: string) =>
    `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }`;
  expect(verdicts(meant, claim('10m'))).toEqual(['fail spec.resources.requests.storage']);
  expect(verdicts(meant, claim('10Mi'))).toEqual([]);
  const range = (item: string) =>
    `{ apiVersion: v1, kind: LimitRange, metadata: { name: sizes }, spec: { limits: [{ type: Container, ${item} }] } }`;
  expect(verdicts(usable, range('default: { memory: 256m }'))).toEqual(['fail spec.limits[0].default.memory']);
  expect(verdicts(usable, range('max: { memory: 2 }'))).toEqual(['fail spec.limits[0].max.memory']);
  expect(verdicts(usable, range('max: { cpu: 10k }, min: { memory: 1 }'))).toEqual([]);
  const quota = (hard: string) =>
    `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: hold }, spec: { hard: { ${hard} } } }`;
  expect(verdicts(usable, quota('limits.memory: 8m'))).toEqual(['fail spec.hard["limits.memory"]']);
  expect(verdicts(usable, quota('requests.memory: 8Gi, memory: 0, pods: 4, requests.cpu: 10k'))).toEqual([]);
});

test('whether 500 cores are there is a question of the nodes', () => {
  const node = (cpu: number) =>
    `{ apiVersion: v1, kind: Node, metadata: { name: n${cpu} }, status: { allocatable: { cpu: '${cpu}' } } }`;
  expect(verdicts(usable, given('requests: { cpu: 500 }'))).toEqual([`unknown ${resources}.requests.cpu`]);
  expect(verdicts(usable, given('requests: { cpu: 500 }'), { facts: all(node(4), node(16)) })).toEqual([
    `fail ${resources}.requests.cpu`,
  ]);
  expect(verdicts(usable, given('requests: { cpu: 500 }'), { facts: all(node(4), node(512)) })).toEqual([]);
});

test('the message says what the amount is, and the fix which one was meant', () => {
  expect(messages(usable, given('limits: { memory: 256m }'))).toEqual([
    'memory 256m is less than a byte: no process fits into it, so container main cannot start',
  ]);
  expect(said(usable, given('limits: { memory: 512 }'))[0]?.fix).toBe(
    'write 512Mi for mebibytes, or 512Gi for gibibytes',
  );
  expect(messages(usable, given('requests: { cpu: 100Mi }'))).toEqual([
    'cpu 100Mi is 104857600 cores: no node has as many, so the pod stays Pending',
  ]);
  expect(said(usable, given('requests: { cpu: 100Mi }'))[0]?.fix).toBe(
    'write 100m for thousandths of a core, or whole cores',
  );
});
