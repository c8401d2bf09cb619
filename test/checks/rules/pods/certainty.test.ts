import { all, findings, messages, said, verdicts, workload } from '../../judging';

const container = 'spec.template.spec.containers[0]';

test.each([
  // Nobody calls a program so, whatever follows.
  ['command: ["serve all"]', 'fail'],
  ['command: ["server start now"]', 'fail'],
  ['command: ["/app/server "]', 'fail'],
  // A folder may have spaces in its name, unless what follows is none of a path.
  ['command: ["/app/server all"]', 'unknown'],
  ['command: ["/app/server -v"]', 'fail'],
  ['command: ["/bin/sleep 10"]', 'fail'],
])('whether { %s } is an entry that was not split: %s', (text, verdict) =>
  expect(verdicts('command-words-split', workload({ container: text }))).toEqual([
    `${verdict} ${container}.command[0]`,
  ]),
);

test('white space around the image of an ephemeral container is not refused, and the kubelet cannot parse it', () => {
  const pod = (list: string) =>
    `{ apiVersion: v1, kind: Pod, metadata: { name: web, namespace: shop }, spec: { containers: [{ name: a, image: 'a:1' }], ${list}: [{ name: b, image: ' b:1' }] } }`;
  const id = 'image-reference-valid';
  expect(findings(id, pod('ephemeralContainers'))).toEqual([
    'fail Pod/shop/web spec.ephemeralContainers[0].image = " b:1"',
  ]);
  expect(findings(id, pod('initContainers'))).toEqual([]);
  for (const list of ['ephemeralContainers', 'initContainers'])
    expect(verdicts(id, workload({ kind: 'DaemonSet', pod: `${list}: [{ name: b, image: 'b:1 ' }]` }))).toEqual([
      `fail spec.template.spec.${list}[0].image`,
    ]);
});

describe('an amount is said as it is read', () => {
  const message = (resources: string) =>
    ['resource-unit-usable', 'resource-unit-meant'].flatMap((id) =>
      messages(id, workload({ container: `resources: { ${resources} }` })),
    )[0];
  test.each([
    ['limits: { memory: 256m }', 'memory 256m is less than a byte: '],
    ['limits: { memory: 1 }', 'memory 1 is 1 bytes: '],
    ['limits: { memory: 512 }', 'memory 512 is 512 bytes: '],
    ['limits: { memory: 100k }', 'memory 100k is 100000 bytes: '],
    ['limits: { memory: 512Pi }', 'memory 512Pi is 512Pi: '],
    ['requests: { cpu: 8k }', 'cpu 8k is 8000 cores: '],
  ])('{ %s }', (resources, begin) => expect(message(resources)?.slice(0, begin.length)).toBe(begin));
  test('of a disk there may be any amount', () => {
    for (const amount of ['100Ti', '512Pi'])
      for (const field of ['requests', 'limits'])
        expect(message(`${field}: { ephemeral-storage: ${amount} }`)).toBeUndefined();
    const claim = (storage: string) =>
      `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c, namespace: shop }, spec: { resources: { requests: { storage: ${storage} } } } }`;
    for (const id of ['resource-unit-usable', 'resource-unit-meant']) expect(findings(id, claim('512Pi'))).toEqual([]);
    const emptyDir = (size: string) => workload({ pod: `volumes: [{ name: v, emptyDir: { sizeLimit: ${size} } }]` });
    expect(findings('resource-unit-usable', emptyDir('512Pi'))).toEqual([]);
  });
  test.each([
    ['limits: { memory: 256m }', 'write 256Mi for mebibytes, or 256Gi for gibibytes'],
    ['limits: { memory: 512 }', 'write 512Mi for mebibytes, or 512Gi for gibibytes'],
    ['requests: { cpu: 100Mi }', 'write 100m for thousandths of a core, or whole cores'],
  ])('{ %s } is mended by its unit', (resources, fix) =>
    expect(said('resource-unit-usable', workload({ container: `resources: { ${resources} }` }))[0]?.fix).toBe(fix),
  );
});

describe('a pod by its name, in a namespace like another one that has the Service', () => {
  const id = 'config-host-resolves';
  const cache =
    '{ apiVersion: v1, kind: Service, metadata: { name: cache, namespace: bakery }, spec: { clusterIP: None, selector: { app: cache }, ports: [{ port: 6379 }] } }';
  const caller = workload({ container: "env: [{ name: CACHE_URL, value: 'redis://cache-0.cache.bakry:6379' }]" });
  const asked = (...more: string[]) =>
    messages(id, all(cache, caller, ...more)).filter((text) => text.includes('bakery'));
  test('is misspelt where nothing is known of that namespace', () =>
    expect(asked()).toEqual([expect.stringContaining('did you mean "cache-0.cache.bakery"?')]));
  test.each([
    ['it is there', '{ apiVersion: v1, kind: Namespace, metadata: { name: bakry } }'],
    ['a workload is in it', workload({ name: 'other' }).replaceAll('namespace: shop', 'namespace: bakry')],
    ['a Service is in it', '{ apiVersion: v1, kind: Service, metadata: { name: other, namespace: bakry } }'],
  ])('but not where %s', (_, manifest) =>
    expect(asked(manifest).filter((text) => text.includes('"cache-0.cache.bakery"'))).toEqual([]),
  );
});

describe('a LimitRange', () => {
  const judged = (limit: string, resources: string, type = 'Pod') =>
    findings(
      'limitrange-conforms',
      all(
        `{ apiVersion: v1, kind: LimitRange, metadata: { name: sizes, namespace: shop }, spec: { limits: [{ type: ${type}, ${limit} }] } }`,
        workload({ container: `resources: ${resources}` }),
      ),
    );
  const at = 'fail Deployment/shop/web spec.template.spec';
  test.each(['cpu: 100m', 'memory: 100Mi', 'ephemeral-storage: 1Gi'])(
    'takes what is as much as its bounds, %s',
    (amount) => {
      const both = `{ requests: { ${amount} }, limits: { ${amount} } }`;
      for (const bounds of [`min: { ${amount} }`, `max: { ${amount} }`, `min: { ${amount} }, max: { ${amount} }`])
        for (const type of ['Pod', 'Container']) expect(judged(bounds, both, type)).toEqual([]);
    },
  );
  test('needs a request for a minimum and a limit for a maximum, of a pod', () => {
    expect(judged('min: { cpu: 1 }', '{ requests: { cpu: 2 } }')).toEqual([]);
    expect(judged('min: { cpu: 1 }', '{}')).toEqual([`${at} = null`]);
    expect(judged('max: { cpu: 1 }', '{ requests: { cpu: 500m } }')).toEqual([`${at} = null`]);
    expect(judged('max: { cpu: 1 }', '{ limits: { cpu: 500m } }')).toEqual([]);
  });
});
