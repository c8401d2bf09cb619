import { all, findings, messages, service, verdicts, workload } from '../judging';

const at = 'Deployment/shop/web spec.template.spec.containers[0]';
const front = service('selector: { app: web }, ports: [{ port: 80 }]');
const web = (resources: string, more = '') => workload({ container: `resources: ${resources}${more}` });
const limitRange = (limit: string) =>
  `{ apiVersion: v1, kind: LimitRange, metadata: { name: sizes, namespace: shop }, spec: { limits: [{ ${limit} }] } }`;
const quota = (hard: string) =>
  `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: compute, namespace: shop }, spec: { hard: { ${hard} } } }`;
const podTemplate = (resources: string) =>
  `{ apiVersion: v1, kind: PodTemplate, metadata: { name: t, namespace: shop }, template: { spec: { containers: [{ name: a, image: 'a:1', resources: ${resources} }] } } }`;
const ephemeral = (resources: string) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: one, namespace: shop }, spec: { containers: [{ name: a, image: 'a:1', resources: ${resources} }], ephemeralContainers: [{ name: debug, image: 'b:1' }] } }`;

describe('cpu-limit-policy', () => {
  const id = 'cpu-limit-policy';
  test('less than one CPU throttles what serves requests', () => {
    expect(findings(id, all(front, web('{ limits: { cpu: 999m } }')))).toEqual([
      `fail ${at}.resources.limits.cpu = "999m"`,
    ]);
    expect(findings(id, all(front, web('{ limits: { cpu: 1 } }')))).toEqual([]);
    expect(findings(id, all(front, web('{ limits: { memory: 1Gi } }')))).toEqual([]);
    expect(findings(id, web('{ limits: { cpu: 100m } }'))).toEqual([]);
    expect(
      findings(id, all(front, workload({ kind: 'Job', container: 'resources: { limits: { cpu: 100m } }' }))),
    ).toEqual([]);
  });
  test('the container with the port counts, if there is one', () => {
    const two = (port: string) =>
      workload({
        containers: `{ name: a, image: 'a:1', resources: { limits: { cpu: 100m } } }, { name: b, image: 'b:1'${port} }`,
      });
    expect(findings(id, all(front, two('')))).toHaveLength(1);
    expect(findings(id, all(front, two(', ports: [{ containerPort: 80 }]')))).toEqual([]);
    expect(findings(id, all(front, web('{ limits: { cpu: 100m } }', ', ports: [{ containerPort: 80 }]')))).toHaveLength(
      1,
    );
  });
  test('the Guaranteed class is a choice', () => {
    const equal = '{ requests: { cpu: 100m, memory: 1Gi }, limits: { cpu: 100m, memory: 1Gi } }';
    expect(findings(id, all(front, web(equal)))).toEqual([]);
    expect(findings(id, all(front, web('{ requests: { cpu: 100m }, limits: { cpu: 100m } }')))).toHaveLength(1);
    expect(
      findings(id, all(front, web('{ requests: { cpu: 50m, memory: 1Gi }, limits: { cpu: 100m, memory: 1Gi } }'))),
    ).toHaveLength(1);
  });
  test.each([
    ['a quota of CPU limits', quota("limits.cpu: '10'"), 0],
    ['a quota of requests', quota("requests.cpu: '10'"), 1],
    ['a maximum', limitRange('type: Container, max: { cpu: 2 }'), 0],
    ['a default', limitRange('type: Container, default: { cpu: 500m }'), 0],
    ['a ratio', limitRange("type: Container, maxLimitRequestRatio: { cpu: '2' }"), 0],
    ['a minimum', limitRange('type: Container, min: { cpu: 10m }'), 1],
    ['a maximum of memory', limitRange('type: Container, max: { memory: 2Gi }'), 1],
  ])('%s of the namespace may require the limit', (_, manifest, count) =>
    expect(findings(id, all(front, manifest, web('{ limits: { cpu: 100m } }')))).toHaveLength(count),
  );
});

describe('ephemeral-storage-bounded', () => {
  const id = 'ephemeral-storage-bounded';
  const of = (emptyDir: string, containers: string, kind = 'Deployment') =>
    findings(
      id,
      workload({
        kind,
        pod: `volumes: [{ name: other, configMap: { name: c } }, { name: tmp, emptyDir: ${emptyDir} }]`,
        containers,
      }),
    );
  const user = (limits: string, name = 'a', volume = 'tmp') =>
    `{ name: ${name}, image: 'a:1', resources: { limits: { ${limits} } }, volumeMounts: [{ name: conf, mountPath: /c }, { name: ${volume}, mountPath: /tmp }] }`;
  const field = 'Deployment/shop/web spec.template.spec.volumes[1].emptyDir';
  test('a size limit bounds it', () => {
    expect(of('{}', user(''))).toEqual([`fail ${field} = {}`]);
    expect(of('{ sizeLimit: null }', user(''))).toHaveLength(1);
    expect(of('{ sizeLimit: 1Gi }', user(''))).toEqual([]);
    expect(of('{}', user(''), 'Job')).toEqual([]);
  });
  test('limits of every container that mounts it bound it, too', () => {
    expect(of('{}', user('ephemeral-storage: 1Gi'))).toEqual([]);
    expect(of('{}', user('memory: 1Gi'))).toHaveLength(1);
    expect(of('{ medium: Memory }', user('memory: 1Gi'))).toEqual([]);
    expect(of('{ medium: Memory }', user('ephemeral-storage: 1Gi'))).toHaveLength(1);
    expect(of('{}', `${user('ephemeral-storage: 1Gi')}, ${user('', 'b')}`)).toHaveLength(1);
    expect(of('{}', `${user('ephemeral-storage: 1Gi')}, ${user('', 'b', 'other')}`)).toEqual([]);
    expect(of('{}', user('ephemeral-storage: 1Gi', 'b', 'other'))).toHaveLength(1);
  });
  test('the message names what fills up', () => {
    const message = (emptyDir: string) =>
      messages(id, workload({ pod: `volumes: [{ name: tmp, emptyDir: ${emptyDir} }]` }))[0];
    expect(message('{}')).toContain('volume tmp can grow until the disk of the node is full');
    expect(message('{ medium: Memory }')).toContain('until the memory of the node is full');
  });
});

describe('limitrange-conforms', () => {
  const id = 'limitrange-conforms';
  const judged = (limit: string, resources: string) => findings(id, all(limitRange(limit), web(resources)));
  const message = (limit: string, resources: string) => messages(id, all(limitRange(limit), web(resources)))[0];
  const container = (rest: string) => `type: Container, ${rest}`;
  test('a minimum holds for the request and the limit', () => {
    const min = container('min: { cpu: 100m }');
    expect(judged(min, '{ requests: { cpu: 100m }, limits: { cpu: 100m } }')).toEqual([]);
    expect(judged(min, '{ requests: { cpu: 99m } }')).toEqual([`fail ${at}.resources.requests.cpu = "99m"`]);
    // The LimitRange itself gives containers a default, and pods none.
    expect(judged(min, '{}')).toEqual([]);
    expect(judged('type: Pod, min: { cpu: 100m }', '{}')).toEqual([
      'fail Deployment/shop/web spec.template.spec = null',
    ]);
    expect(message('type: Pod, min: { cpu: 100m }', '{}')).toContain(
      'the sum of its containers has no cpu request, and the minimum is 100m in LimitRange sizes',
    );
    expect(message(min, '{ requests: { cpu: 50m } }')).toContain('requests 50m of cpu, and the minimum is 100m');
    // What the sandbox takes is not looked at.
    const sandboxed = workload({
      pod: 'overhead: { cpu: 60m }',
      container: 'resources: { requests: { cpu: 50m }, limits: { cpu: 50m } }',
    });
    const sum = (bound: string) => messages(id, all(limitRange(`type: Pod, ${bound}`), sandboxed));
    expect(sum('min: { cpu: 100m }')[0]).toContain('requests 50m of cpu, and the minimum is 100m');
    expect(sum('max: { cpu: 100m }')).toEqual([]);
    expect(judged(min, '{ requests: { cpu: 200m }, limits: { cpu: 50m } }')).toEqual([
      `fail ${at}.resources.limits.cpu = "50m"`,
    ]);
    expect(message(min, '{ requests: { cpu: 200m }, limits: { cpu: 50m } }')).toContain(
      'has a limit of 50m of cpu, and the minimum',
    );
    expect(judged(min, '{ requests: { cpu: 200m } }')).toEqual([]);
  });
  test('a maximum needs a limit, and holds for the request', () => {
    const max = container('max: { memory: 1Gi }');
    expect(judged(max, '{ limits: { memory: 1Gi } }')).toEqual([]);
    expect(judged(max, '{ limits: { memory: 2Gi } }')).toEqual([`fail ${at}.resources.limits.memory = "2Gi"`]);
    // The LimitRange itself gives the default.
    expect(judged(max, '{}')).toEqual([]);
    expect(judged(`type: Pod, max: { memory: 1Gi }`, '{}')).toEqual([
      'fail Deployment/shop/web spec.template.spec = null',
    ]);
    expect(message(`type: Pod, max: { memory: 1Gi }`, '{}')).toContain(
      'the sum of its containers has no memory limit, and the maximum is 1Gi',
    );
    expect(judged(max, '{ requests: { memory: 2Gi }, limits: { memory: 1Gi } }')).toEqual([
      `fail ${at}.resources.requests.memory = "2Gi"`,
    ]);
  });
  test('a ratio compares the two', () => {
    const ratio = container("maxLimitRequestRatio: { cpu: '2' }");
    expect(judged(ratio, '{ requests: { cpu: 100m }, limits: { cpu: 200m } }')).toEqual([]);
    expect(judged(ratio, '{ requests: { cpu: 100m }, limits: { cpu: 201m } }')).toEqual([
      `fail ${at}.resources.limits.cpu = "201m"`,
    ]);
    expect(message(ratio, '{ requests: { cpu: 100m }, limits: { cpu: 300m } }')).toContain(
      'has a limit of 300m of cpu, which is more than 2 times its request of 100m',
    );
    expect(judged(ratio, '{ requests: { cpu: 100m } }')).toEqual([`fail ${at}.resources = null`]);
    expect(message(ratio, '{ requests: { cpu: 100m } }')).toContain(
      'has no cpu limit, and the limit may be at most 2 times the request',
    );
    expect(message(ratio, '{}')).toContain('has no cpu request');
    expect(judged("type: Pod, maxLimitRequestRatio: { cpu: '2' }", '{ limits: { cpu: 1 } }')).toEqual([]);
  });
  test('ephemeral containers and PodTemplates have no requests to keep', () => {
    const min = limitRange(container('min: { cpu: 100m }'));
    expect(findings(id, all(min, ephemeral('{ requests: { cpu: 100m } }')))).toEqual([]);
    expect(findings(id, all(min, podTemplate('{}')))).toEqual([]);
  });
  test('claims have a minimum and a maximum, templates included', () => {
    const range = limitRange('type: PersistentVolumeClaim, min: { storage: 1Gi }, max: { storage: 5Gi }');
    const claim = (size: string) =>
      `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c, namespace: shop }, spec: { resources: { requests: { storage: ${size} } } } }`;
    const path = 'PersistentVolumeClaim/shop/c spec.resources.requests.storage';
    const of = (size: string) => findings(id, all(range, claim(size)));
    expect(of('1Gi')).toEqual([]);
    expect(of('5Gi')).toEqual([]);
    expect(of('500Mi')).toEqual([`fail ${path} = "500Mi"`]);
    expect(of('6Gi')).toEqual([`fail ${path} = "6Gi"`]);
    expect(messages(id, all(range, claim('500Mi')))[0]).toContain(
      'requests less than the minimum of 1Gi in LimitRange sizes',
    );
    expect(messages(id, all(range, claim('6Gi')))[0]).toContain(
      'requests more than the maximum of 5Gi in LimitRange sizes',
    );
    const only = (bound: string, size: string) =>
      findings(id, all(limitRange(`type: PersistentVolumeClaim, ${bound}`), claim(size)));
    expect(only('min: { storage: 1Gi }', '6Gi')).toEqual([]);
    expect(only('max: { storage: 5Gi }', '500Mi')).toEqual([]);
    expect(only('min: { cpu: 1 }', '500Mi')).toEqual([]);
    expect(findings(id, all(limitRange('type: Container, min: { storage: 1Gi }'), claim('500Mi')))).toEqual([]);
    expect(
      findings(
        id,
        all(range, claim('500Mi').replace(', spec: { resources: { requests: { storage: 500Mi } } }', ', spec: {}')),
      ),
    ).toEqual([]);
    const set = (kind: string) =>
      workload({
        kind,
        spec: 'volumeClaimTemplates: [{ metadata: { name: d }, spec: { resources: { requests: { storage: 6Gi } } } }]',
      });
    expect(findings(id, all(range, set('StatefulSet')))).toEqual([
      'fail StatefulSet/shop/web spec.volumeClaimTemplates[0].spec.resources.requests.storage = "6Gi"',
    ]);
    expect(findings(id, all(range, set('Deployment')))).toEqual([]);
  });
  test('the size of a claim may be written as a number, and templates may be of a wrong type', () => {
    const claims = limitRange('type: PersistentVolumeClaim, min: { storage: 1Gi }');
    const claim =
      '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: c, namespace: shop }, spec: { resources: { requests: { storage: 1000 } } } }';
    expect(findings(id, all(claims, claim))).toEqual([
      'fail PersistentVolumeClaim/shop/c spec.resources.requests.storage = 1000',
    ]);
    expect(findings(id, all(claims, workload({ kind: 'StatefulSet', spec: 'volumeClaimTemplates: [text]' })))).toEqual(
      [],
    );
  });
  test('a PodTemplate makes no pods that it could keep out', () => {
    const least = limitRange('type: Container, min: { cpu: 1 }');
    expect(findings(id, all(least, podTemplate('{ requests: { cpu: 1m } }')))).toEqual([]);
    expect(findings(id, all(least, web('{ requests: { cpu: 1m } }')))).toHaveLength(1);
  });
  test('the ratio between limit and request is told', () =>
    expect(
      message(container("maxLimitRequestRatio: { cpu: '2.5' }"), '{ requests: { cpu: 100m }, limits: { cpu: 300m } }'),
    ).toContain('has a limit of 300m of cpu, which is more than 2500m times its request of 100m, the maximum ratio'));
});

describe('memory-guaranteed', () => {
  const id = 'memory-guaranteed';
  const judged = (resources: string) => findings(id, web(resources));
  test('up to twice the request is usual', () => {
    expect(judged('{ requests: { memory: 1Gi }, limits: { memory: 2Gi } }')).toEqual([]);
    expect(judged('{ requests: { memory: 1Gi }, limits: { memory: 2049Mi } }')).toEqual([
      `fail ${at}.resources.requests.memory = "1Gi"`,
    ]);
    expect(judged('{ requests: { memory: 0 }, limits: { memory: 1Gi } }')).toEqual([]);
    expect(judged('{ requests: { memory: 1Gi } }')).toEqual([]);
    expect(judged('{ limits: { memory: 1Gi } }')).toEqual([]);
    expect(judged('{ requests: { cpu: 1 }, limits: { cpu: 8 } }')).toEqual([]);
  });
  test('a Job ends', () =>
    expect(
      findings(
        id,
        workload({ kind: 'Job', container: 'resources: { requests: { memory: 1Mi }, limits: { memory: 1Gi } }' }),
      ),
    ).toEqual([]));
});

describe('memory-limit-set', () => {
  const id = 'memory-limit-set';
  test('the container or the pod sets it', () => {
    expect(findings(id, workload())).toEqual([`fail ${at} = null`]);
    expect(findings(id, web('{ requests: { memory: 1Gi } }'))).toEqual([`fail ${at}.resources = null`]);
    expect(findings(id, web('{ limits: { memory: 1Gi } }'))).toEqual([]);
    expect(findings(id, workload({ pod: 'resources: { limits: { memory: 1Gi } }' }))).toEqual([]);
    expect(findings(id, workload({ pod: 'resources: { limits: { cpu: 1 } }' }))).toHaveLength(1);
    expect(findings(id, workload({ pod: 'resources: { requests: { memory: 1Gi } }' }))).toHaveLength(1);
  });
  test('a PodTemplate is not run', () => expect(findings(id, podTemplate('{}'))).toEqual([]));
});

describe('requests-set', () => {
  const id = 'requests-set';
  test('the container or the pod sets them', () => {
    expect(findings(id, workload())).toEqual([`fail ${at} = null`]);
    expect(findings(id, web('{ requests: { cpu: 1 } }'))).toEqual([`fail ${at}.resources = null`]);
    expect(messages(id, web('{ requests: { cpu: 1 } }'))[0]).toContain('has no memory request');
    expect(messages(id, workload())[0]).toContain('has no cpu and no memory request');
    expect(findings(id, web('{ requests: { cpu: 1, memory: 1Gi } }'))).toEqual([]);
    expect(findings(id, workload({ pod: 'resources: { requests: { cpu: 1 } }' }))).toEqual([]);
  });
  test('a PodTemplate is not run', () => expect(findings(id, podTemplate('{}'))).toEqual([]));
});

describe('request-le-limit', () => {
  const id = 'request-le-limit';
  test('what the container sets, and what a LimitRange adds', () => {
    expect(findings(id, web('{ requests: { cpu: 2 }, limits: { cpu: 2 } }'))).toEqual([]);
    expect(findings(id, web('{ requests: { cpu: 2 } }'))).toEqual([]);
    expect(messages(id, web('{ requests: { cpu: 2 }, limits: { cpu: 1 } }'))).toEqual([
      'container main requests 2 of cpu and has a limit of 1: the API server rejects it',
    ]);
    const defaults = limitRange('type: Container, default: { cpu: 1 }, defaultRequest: { cpu: 500m }');
    expect(findings(id, all(defaults, web('{ requests: { cpu: 2 } }')))).toEqual([
      `fail ${at}.resources.requests.cpu = 2`,
    ]);
    expect(messages(id, all(defaults, web('{ requests: { cpu: 2 } }')))).toEqual([
      'container main requests 2 of cpu and has a limit of 1 (the default of a LimitRange): no pod is admitted',
    ]);
    const high = limitRange('type: Container, defaultRequest: { cpu: 500m }');
    expect(findings(id, all(high, web('{ limits: { cpu: 100m } }')))).toHaveLength(0);
  });
  test('a default request above the limit that the container sets', () => {
    const requested = limitRange('type: Container, default: { memory: 1Gi }, defaultRequest: { memory: 512Mi }');
    const found = findings(id, all(requested, web('{ limits: { memory: 256Mi } }')));
    // The limit is taken for the request before the LimitRange is asked.
    expect(found).toEqual([]);
  });
  test('a PodTemplate is refused for what it says itself; nothing is filled in', () => {
    expect(findings(id, podTemplate('{ requests: { cpu: 2 }, limits: { cpu: 1 } }'))).toEqual([
      'fail PodTemplate/shop/t template.spec.containers[0].resources.requests.cpu = 2',
    ]);
    expect(findings(id, podTemplate('{ requests: { cpu: 2 } }'))).toEqual([]);
  });
});

describe('quota-fits', () => {
  const id = 'quota-fits';
  const of = (hard: string, ...manifests: string[]) => findings(id, all(quota(hard), ...manifests));
  test('objects are counted, too', () => {
    const config = (name: string) =>
      `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop } }`;
    // Every namespace has a ConfigMap kube-root-ca.crt.
    expect(of("count/configmaps: '2'", workload(), config('a'), config('b'))).toEqual([
      'fail ResourceQuota/shop/compute spec.hard["count/configmaps"] = "2"',
    ]);
    expect(of("count/configmaps: '3'", workload(), config('a'), config('b'))).toEqual([]);
  });
  test('a quota of pods includes those of a rollout', () => {
    const deployment = (replicas: number) => workload({ spec: `replicas: ${replicas}` });
    expect(of("pods: '4'", deployment(3))).toEqual([]);
    expect(of("pods: '3'", deployment(3))).toEqual(['fail ResourceQuota/shop/compute spec.hard.pods = "3"']);
    expect(messages(id, all(quota("pods: '3'"), deployment(3)))[0]).toContain(
      'a rollout of Deployment web needs 1 more',
    );
    expect(messages(id, all(quota("pods: '2'"), deployment(3)))[0]).toContain(
      'the pods need 3 of pods and the quota is 2',
    );
  });
});

describe('quota-forces-requests', () => {
  const id = 'quota-forces-requests';
  const judged = (hard: string, manifest: string) => findings(id, all(quota(hard), manifest));
  test.each([
    ["cpu: '1'", 'requests: { cpu: 1 }'],
    ['memory: 1Gi', 'requests: { memory: 1Gi }'],
    ["requests.cpu: '1'", 'requests: { cpu: 1 }'],
    ['requests.memory: 1Gi', 'requests: { memory: 1Gi }'],
    ["limits.cpu: '1'", 'limits: { cpu: 1 }'],
    ['limits.memory: 1Gi', 'limits: { memory: 1Gi }'],
  ])('a quota of { %s } requires %s', (hard, resources) => {
    expect(judged(hard, workload())).toEqual([`fail ${at} = null`]);
    expect(judged(hard, web(`{ ${resources} }`))).toEqual([]);
    expect(judged(hard, web('{ limits: { example.com/gpu: 1 } }'))).toEqual([
      `fail ${at}.resources = {"limits":{"example.com/gpu":1}}`,
    ]);
  });
  test('other quotas require nothing; several are listed', () => {
    expect(judged("pods: '5'", workload())).toEqual([]);
    expect(messages(id, all(quota("cpu: '1', memory: 1Gi"), workload()))[0]).toBe(
      'ResourceQuota compute covers cpu and memory, and container main does not set them: no pod is admitted (must specify cpu, memory)',
    );
    expect(messages(id, all(quota("cpu: '1'"), workload()))[0]).toContain('does not set it:');
  });
  test('pod-level resources are accepted instead, and ephemeral containers have none', () => {
    expect(judged("cpu: '1'", workload({ pod: 'resources: { requests: { cpu: 1 } }' }))).toEqual([]);
    expect(judged("cpu: '1'", ephemeral('{ requests: { cpu: 1 } }'))).toEqual([]);
  });
  test('init containers count', () =>
    expect(
      verdicts(
        id,
        all(
          quota("cpu: '1'"),
          workload({
            pod: "initContainers: [{ name: i, image: 'i:1' }]",
            container: 'resources: { requests: { cpu: 1 } }',
          }),
        ),
      ),
    ).toEqual(['fail spec.template.spec.initContainers[0]']));
});
