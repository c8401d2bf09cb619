import { all, said, service, verdicts, workload } from './judging';

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
