import { all, messages, said, service, verdicts, workload } from './judging';

describe('probes', () => {
  const web = (container: string, ports = '[{ name: http, containerPort: 8080 }]') =>
    workload({ container: `${container}, ports: ${ports}` });
  const asks = (port: string) => `livenessProbe: { tcpSocket: { port: ${port} } }`;
  test('a name is looked for in the own container only', () => {
    const two = workload({
      containers: `{ name: a, image: 'a:1', ${asks('http')} }, { name: b, image: 'b:1', ports: [{ name: http, containerPort: 80 }] }`,
    });
    expect(said('probe-port-declared', two)[0]!.message).toContain('container b has one');
  });
  test('a number that is not declared is unknown where others are, and fine in another container of the pod', () => {
    expect(verdicts('probe-port-declared', web(asks('9090')))).toEqual([
      'unknown spec.template.spec.containers[0].livenessProbe.tcpSocket.port',
    ]);
    expect(verdicts('probe-port-declared', web(asks('9090'), '[]'))).toEqual([]);
    expect(
      verdicts(
        'probe-port-declared',
        workload({
          containers: `{ name: a, image: 'a:1', ports: [{ containerPort: 1 }], ${asks('80')} }, { name: b, image: 'b:1', ports: [{ containerPort: 80 }] }`,
        }),
      ),
    ).toEqual([]);
  });
  test('hooks are looked at as well', () => {
    expect(
      verdicts('probe-port-declared', web('lifecycle: { preStop: { httpGet: { path: /, port: nope } } }')),
    ).toEqual(['fail spec.template.spec.containers[0].lifecycle.preStop.httpGet.port']);
  });
  test('only what a Service leads to is asked to be ready', () => {
    const front = service('selector: { app: web }, ports: [{ port: 80, targetPort: http }]');
    expect(verdicts('readiness-set', web('env: []'))).toEqual([]);
    expect(verdicts('readiness-set', all(front, web('env: []')))).toHaveLength(1);
    expect(
      verdicts(
        'readiness-set',
        all(
          front,
          workload({
            containers:
              "{ name: a, image: 'a:1', ports: [{ name: http, containerPort: 80 }], readinessProbe: { tcpSocket: { port: 80 } } }, { name: side, image: 'b:1' }",
          }),
        ),
      ),
    ).toEqual([]);
  });
  test('the same question is fine where the container is killed much later than it is left alone', () => {
    const both = (live: string) =>
      web(`readinessProbe: { tcpSocket: { port: 80 } }, livenessProbe: { tcpSocket: { port: 80 }${live} }`);
    expect(verdicts('probes-differ', both(''))).toHaveLength(1);
    expect(verdicts('probes-differ', both(', failureThreshold: 6'))).toEqual([]);
  });
});

test.each<[string, string, number]>([
  ['a sleep of Kubernetes itself', '{ sleep: { seconds: 30 } }', 1],
  ['a step of a shell', "{ exec: { command: [sh, -c, 'nginx -s quit; sleep 31'] } }", 1],
  ['steps that fit', "{ exec: { command: [/bin/sh, -c, 'sleep 5 && nginx -s quit'] } }", 0],
  ['a loop, which may take any time', "{ exec: { command: [sh, -c, 'while busy; do sleep 60; done'] } }", 0],
  ['a word that has sleep in it', "{ exec: { command: [/opt/nosleep, '99'] } }", 0],
])('a preStop hook: %s', (_, hook, findings) => {
  expect(verdicts('prestop-fits-grace', workload({ container: `lifecycle: { preStop: ${hook} }` }))).toHaveLength(
    findings,
  );
});

describe('rollouts', () => {
  const deployment = (spec: string, pod = '') => workload({ spec, pod });
  test('both numbers zero, as percentages too, are refused; one alone is not', () => {
    expect(
      verdicts('rollout-can-progress', deployment('strategy: { rollingUpdate: { maxSurge: 0%, maxUnavailable: 0 } }')),
    ).toEqual(['fail spec.strategy.rollingUpdate']);
    expect(verdicts('rollout-can-progress', deployment('strategy: { rollingUpdate: { maxUnavailable: 0 } }'))).toEqual(
      [],
    );
    expect(
      verdicts(
        'rollout-can-progress',
        workload({ kind: 'DaemonSet', spec: 'updateStrategy: { rollingUpdate: { maxUnavailable: 0 } }' }),
      ),
    ).toEqual(['fail spec.updateStrategy.rollingUpdate']);
    // 1% of any number of pods rounds down to none, and the controller then takes one all the same.
    expect(
      verdicts('rollout-can-progress', deployment('strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1% } }')),
    ).toEqual([]);
  });
  const claim = (mode: string) =>
    `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop }, spec: { accessModes: [${mode}] } }`;
  const mounts = 'volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }]';
  test("a claim for one node is the scheduler's affair: unknown, unless there is but one node", () => {
    const manifests = all(claim('ReadWriteOnce'), deployment('', mounts));
    const node = '{ apiVersion: v1, kind: Node, metadata: { name: one } }';
    expect(verdicts('rollout-can-progress', manifests)).toEqual([
      'unknown spec.template.spec.volumes[0].persistentVolumeClaim.claimName',
    ]);
    expect(verdicts('rollout-can-progress', manifests, { facts: node })).toEqual([]);
    expect(
      verdicts('rollout-can-progress', all(claim('ReadWriteOnce'), deployment('strategy: { type: Recreate }', mounts))),
    ).toEqual([]);
    expect(verdicts('rollout-can-progress', all(claim('ReadWriteMany'), deployment('', mounts)))).toEqual([]);
  });
  describe('on the nodes of the cluster', () => {
    const id = 'rollout-can-progress';
    const node = (name: string, cpu = '2') =>
      `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name} } }, status: { allocatable: { cpu: '${cpu}', memory: 8Gi, pods: '110' } } }`;
    const facts = all(node('a'), node('b'));
    const apart =
      'affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }';
    const web = (strategy: string, { pod = '', cpu = '100m', replicas = 2 } = {}) =>
      workload({
        spec: `replicas: ${replicas}\n  ${strategy}`,
        pod,
        container: `resources: { requests: { cpu: '${cpu}' } }`,
      });
    const surge = 'strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }';

    test('a new pod that no node takes beside the old ones is told of, with what the scheduler says', () => {
      expect(verdicts(id, web(surge, { pod: apart }), { facts })).toEqual([
        'fail spec.strategy.rollingUpdate.maxSurge',
      ]);
      // By default two pods are replaced in the same way.
      const [found] = said(id, web('', { pod: apart }), { facts });
      expect(found).toMatchObject({ verdict: 'fail', path: 'spec' });
      expect(found!.message).toBe(
        "a rollout starts a new pod before it stops an old one, and no node takes it (0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.): the 2 old pods stay, and the rollout does not progress",
      );
      expect(verdicts(id, web(surge, { cpu: '2' }), { facts })).toHaveLength(1);
      expect(verdicts(id, web(surge, { pod: apart }), { facts: all(facts, node('c')) })).toEqual([]);
      expect(verdicts(id, web(surge, { pod: apart }))).toEqual([]);
    });
    test('one that may take an old pod away first goes on, and one whose pods wait anyway is not told of here', () => {
      const may = 'strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }';
      expect(verdicts(id, web(may, { pod: apart }), { facts })).toEqual([]);
      expect(verdicts(id, web('strategy: { type: Recreate }', { pod: apart }), { facts })).toEqual([]);
      expect(verdicts(id, web(surge, { pod: apart, replicas: 3 }), { facts })).toEqual([]);
    });
    test('what other pods leave, and a node that something adds, is not certain', () => {
      const other = workload({ spec: 'replicas: 1', container: "resources: { requests: { cpu: '1' } }" }).replaceAll(
        'web',
        'api',
      );
      // Whether there is room for a second pod of 2 CPU depends on where the other one is.
      expect(verdicts(id, all(other, web(surge, { replicas: 1, cpu: '1' })), { facts })).toEqual([]);
      const scaler = workload({ container: "resources: { requests: { cpu: '100m' } }" }).replaceAll(
        'web',
        'cluster-autoscaler',
      );
      expect(verdicts(id, all(scaler, web(surge, { cpu: '2' })), { facts })).toEqual([
        'unknown spec.strategy.rollingUpdate.maxSurge',
      ]);
    });
    test('pods of a DaemonSet that come before the old ones need room on the same node, and in the quota', () => {
      const agent = (cpu: string, rolling = 'maxSurge: 1, maxUnavailable: 0') =>
        workload({
          kind: 'DaemonSet',
          spec: `updateStrategy: { rollingUpdate: { ${rolling} } }`,
          container: `resources: { requests: { cpu: '${cpu}' } }`,
        });
      const path = ['fail spec.updateStrategy.rollingUpdate.maxSurge'];
      expect(verdicts(id, agent('1500m'), { facts })).toEqual(path);
      expect(verdicts(id, agent('500m'), { facts })).toEqual([]);
      expect(verdicts(id, agent('1500m', 'maxUnavailable: 1'), { facts })).toEqual([]);
      const quota =
        '{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { hard: { pods: 2 } } }';
      expect(verdicts(id, all(quota, agent('500m')), { facts })).toEqual(path);
      expect(messages(id, all(quota, agent('500m')), { facts })[0]).toContain(
        'the quota refuses it (exceeded quota: q',
      );
    });
  });
  test('the default of one replica starts the new pod first, which a claim for one pod does not let it', () => {
    expect(verdicts('rollout-can-progress', all(claim('ReadWriteOncePod'), deployment('', mounts)))).toEqual([
      'fail spec.template.spec.volumes[0].persistentVolumeClaim.claimName',
    ]);
  });
});

test.each<[string, number]>([
  ['shop/web:1.0', 0],
  ['shop/web', 1],
  ['shop/web:latest', 1],
  ['registry:5000/shop/web', 1],
  ['registry:5000/shop/web:1', 0],
  ['shop/web@sha256:00', 0],
  ['shop/web:latest@sha256:00', 0],
])('image %s has %d findings', (image, findings) => {
  expect(verdicts('image-pinned', workload({ containers: `{ name: a, image: '${image}' }` }))).toHaveLength(findings);
});

test('a Deployment that does not restart, and a Job that always does, are refused', () => {
  expect(verdicts('restart-policy', workload({ pod: 'restartPolicy: Never' }))).toEqual([
    'fail spec.template.spec.restartPolicy',
  ]);
  expect(verdicts('restart-policy', workload({ kind: 'Job', pod: 'restartPolicy: Always' }))).toEqual([
    'fail spec.template.spec.restartPolicy',
  ]);
  expect(verdicts('restart-policy', workload({ kind: 'Job', pod: 'restartPolicy: OnFailure' }))).toEqual([]);
});
