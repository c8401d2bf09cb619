import { all, findings, messages, namespace, said, service, verdicts, workload } from '../judging';

const front = service('selector: { app: web }, ports: [{ port: 80, targetPort: http }]');
const container = 'spec.template.spec.containers[0]';

describe('cronjob-deadline-concurrency', () => {
  const id = 'cronjob-deadline-concurrency';
  const cronJob = (spec: string, job = '', apiVersion = 'batch/v1') =>
    `{ apiVersion: ${apiVersion}, kind: CronJob, metadata: { name: report, namespace: shop }, spec: { schedule: '@hourly', ${spec} jobTemplate: { spec: { ${job} template: { spec: { containers: [{ name: a, image: 'a:1' }] } } } } } }`;
  test('without a policy and a deadline Jobs may pile up', () => {
    expect(findings(id, cronJob(''))).toEqual(['fail CronJob/shop/report spec.concurrencyPolicy = null']);
    expect(findings(id, cronJob('concurrencyPolicy: Allow,'))).toEqual([
      'fail CronJob/shop/report spec.concurrencyPolicy = "Allow"',
    ]);
  });
  test.each([
    ['Forbid', cronJob('concurrencyPolicy: Forbid,')],
    ['Replace', cronJob('concurrencyPolicy: Replace,')],
    ['a deadline of the Job', cronJob('', 'activeDeadlineSeconds: 600,')],
    ['the CronJob of another API', cronJob('', '', 'example.com/v1')],
  ])('%s is fine', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));
  test('the controller checks every ten seconds', () => {
    const starting = (seconds: number) =>
      findings(id, cronJob(`concurrencyPolicy: Forbid, startingDeadlineSeconds: ${seconds},`));
    expect(starting(9)).toEqual(['fail CronJob/shop/report spec.startingDeadlineSeconds = 9']);
    expect(starting(10)).toEqual([]);
  });
});

describe('image-pinned', () => {
  const id = 'image-pinned';
  const image = (name: string) => workload({ containers: `{ name: a, ${name} }` });
  test('what is unpinned is shown', () => {
    expect(findings(id, image("image: 'shop/web:latest'"))).toEqual([
      `fail Deployment/shop/web ${container}.image = "shop/web:latest"`,
    ]);
    expect(messages(id, image("image: 'shop/web'"))[0]).toContain('(no tag is set)');
    expect(messages(id, image("image: 'shop/web:latest'"))[0]).not.toContain('(no tag is set)');
  });
  test('init containers count', () =>
    expect(verdicts(id, workload({ pod: "initContainers: [{ name: init, image: 'shop/init' }]" }))).toEqual([
      'fail spec.template.spec.initContainers[0].image',
    ]));
  test('a digest pins even latest, and no image is no finding', () => {
    expect(verdicts(id, image("image: 'shop/web:latest@sha256:00'"))).toEqual([]);
    expect(verdicts(id, image('args: []'))).toEqual([]);
  });
});

describe('job-ttl', () => {
  const id = 'job-ttl';
  const job = (spec: string, metadata = '', apiVersion = 'batch/v1') =>
    `{ apiVersion: ${apiVersion}, kind: Job, metadata: { name: migrate, namespace: shop${metadata} }, spec: { ${spec} template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1' }] } } } }`;
  test('a Job without a time to live is reported', () =>
    expect(findings(id, job(''))).toEqual(['fail Job/shop/migrate spec.ttlSecondsAfterFinished = null']));
  test.each([
    ['a time to live', job('ttlSecondsAfterFinished: 0,')],
    ['a hook of Helm', job('', ', annotations: { helm.sh/hook: pre-install }')],
    ['a hook of Argo CD', job('', ', annotations: { argocd.argoproj.io/hook: Sync }')],
    ['the Job of another API', job('', '', 'batch.volcano.sh/v1alpha1')],
  ])('%s is fine', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));
});

describe('liveness-set', () => {
  const id = 'liveness-set';
  const ready = 'ports: [{ name: http, containerPort: 80 }], readinessProbe: { tcpSocket: { port: 80 } }';
  test('only a container behind a Service that is probed for readiness needs one', () => {
    expect(findings(id, all(front, workload({ container: ready })))).toEqual([
      `fail Deployment/shop/web ${container} = null`,
    ]);
    expect(verdicts(id, workload({ container: ready }))).toEqual([]);
    expect(verdicts(id, all(front, workload()))).toEqual([]);
    expect(
      verdicts(id, all(front, workload({ container: `${ready}, livenessProbe: { tcpSocket: { port: 80 } }` }))),
    ).toEqual([]);
  });
  test('a Job is not restarted for hanging', () =>
    expect(verdicts(id, all(front, workload({ kind: 'Job', container: ready })))).toEqual([]));
});

describe('naked-pod', () => {
  const id = 'naked-pod';
  const pod = (metadata = '', spec = '') =>
    `{ apiVersion: v1, kind: Pod, metadata: { name: one, namespace: shop${metadata} }, spec: { ${spec} containers: [{ name: a, image: 'a:1' }] } }`;
  test('no controller replaces it', () => {
    expect(findings(id, pod())).toEqual(['fail Pod/shop/one kind = "Pod"']);
    expect(verdicts(id, pod('', 'restartPolicy: Always,'))).toEqual(['fail kind']);
    expect(verdicts(id, pod(', annotations: { note: helm }'))).toEqual(['fail kind']);
  });
  test.each([
    ['an owner', pod(', ownerReferences: [{ apiVersion: v1, kind: Node, name: n, uid: u }]')],
    ['a hook of Helm', pod(', annotations: { helm.sh/hook: test }')],
    ['a hook of Argo CD', pod(', annotations: { argocd.argoproj.io/hook: PostSync }')],
    ['a static Pod', pod(', annotations: { kubernetes.io/config.source: file }')],
    ['a Pod that runs once', pod('', 'restartPolicy: Never,')],
    ['a Pod that runs until it succeeds', pod('', 'restartPolicy: OnFailure,')],
  ])('%s is fine', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));
});

describe('prestop-fits-grace', () => {
  const id = 'prestop-fits-grace';
  const hook = (preStop: string, pod = '') => workload({ pod, container: `lifecycle: { preStop: ${preStop} }` });
  const message = (manifests: string) => messages(id, manifests)[0];
  test('the grace period is 30 seconds unless the pod sets it', () => {
    expect(verdicts(id, hook('{ sleep: { seconds: 29 } }'))).toEqual([]);
    expect(findings(id, hook('{ sleep: { seconds: 30 } }'))).toEqual([
      `fail Deployment/shop/web ${container}.lifecycle.preStop = {"sleep":{"seconds":30}}`,
    ]);
    expect(verdicts(id, hook('{ sleep: { seconds: 30 } }', 'terminationGracePeriodSeconds: 31'))).toEqual([]);
    expect(verdicts(id, hook('{ sleep: { seconds: 5 } }', 'terminationGracePeriodSeconds: 5'))).toHaveLength(1);
  });
  test.each([
    ["[sleep, '40']", '40'],
    ["[sh, -c, 'sleep 20; sleep 25s']", '45'],
    ["[sh, -c, '/bin/sleep 1m']", '60'],
    ["[sh, -c, '(sleep 32.5)']", '32.5'],
  ])('%s sleeps %s seconds', (command, seconds) =>
    expect(message(hook(`{ exec: { command: ${command} } }`))).toContain(`sleeps ${seconds} seconds`),
  );
  test.each([
    "[sh, -c, 'until done; do sleep 40; done']",
    "[sh, -c, 'for i in 1 2; do sleep 40; done']",
    "[sh, -c, 'echo asleep 40']",
    "[sh, -c, 'sleep forever']",
    '[nginx, -s, quit]',
  ])('how long %s takes is not known', (command) =>
    expect(message(hook(`{ exec: { command: ${command} } }`))).toBeUndefined(),
  );
  test('a hook of another kind takes no known time', () =>
    expect(message(hook('{ httpGet: { path: /stop, port: 80 } }'))).toBeUndefined());
});

describe('probe-port-declared', () => {
  const id = 'probe-port-declared';
  const ports = 'ports: [{ name: http, containerPort: 8080 }]';
  const probe = (kind: string, port: string) => `${kind}: { tcpSocket: { port: ${port} } }`;
  const web = (more: string) => workload({ container: `${ports}, ${more}` });
  test.each([
    ['readinessProbe', 'the pod is never ready and gets no requests'],
    ['livenessProbe', 'the container is restarted again and again (CrashLoopBackOff)'],
    ['startupProbe', 'the container is restarted again and again (CrashLoopBackOff)'],
  ])('a %s for a port that does not exist: %s', (kind, consequence) => {
    expect(findings(id, web(probe(kind, 'htp')))).toEqual([
      `fail Deployment/shop/web ${container}.${kind}.tcpSocket.port = "htp"`,
    ]);
    expect(messages(id, web(probe(kind, 'htp')))[0]).toBe(
      `container main has no port named htp, so ${consequence}; did you mean "http"?`,
    );
  });
  test.each([
    ['postStart', 'the container is killed as soon as it starts'],
    ['preStop', 'the hook fails and the container is stopped without it'],
  ])('a %s hook: %s', (hook, consequence) =>
    expect(messages(id, web(`lifecycle: { ${hook}: { httpGet: { path: /, port: nope } } }`))[0]).toContain(consequence),
  );
  test('several probes of one undeclared number are one finding, two numbers are two', () => {
    expect(verdicts(id, web(`${probe('readinessProbe', '9')}, ${probe('livenessProbe', '9')}`))).toEqual([
      `unknown ${container}.${'readinessProbe'}.tcpSocket.port`,
    ]);
    expect(verdicts(id, web(`${probe('readinessProbe', '9')}, ${probe('livenessProbe', '10')}`))).toHaveLength(2);
    // Names are certain: each probe is reported.
    expect(verdicts(id, web(`${probe('readinessProbe', 'a')}, ${probe('livenessProbe', 'a')}`))).toHaveLength(2);
  });
  test('a number in quotes is a number', () =>
    expect(verdicts(id, web("readinessProbe: { tcpSocket: { port: '8080' } }"))).toEqual([]));
  test('the port of another host is not one of this container', () => {
    expect(verdicts(id, web('readinessProbe: { httpGet: { host: example.com, path: /, port: 9 } }'))).toEqual([]);
    expect(verdicts(id, web('readinessProbe: { tcpSocket: { host: example.com, port: 9 } }'))).toEqual([]);
  });
  test('an argument or a variable may set the port', () => {
    expect(verdicts(id, web(`args: ['--probe=:9090'], ${probe('readinessProbe', '9090')}`))).toEqual([]);
    expect(verdicts(id, web(`env: [{ name: PORT, value: '9090' }], ${probe('readinessProbe', '9090')}`))).toEqual([]);
    expect(verdicts(id, web(`args: ['--probe=:19090'], ${probe('readinessProbe', '9090')}`))).toHaveLength(1);
    expect(verdicts(id, web(`args: ['--probe=1.9090'], ${probe('readinessProbe', '9090')}`))).toHaveLength(1);
  });
  test('without declared ports of its own nothing is said of a number', () => {
    const sidecar = `{ name: a, image: 'a:1', ${probe('readinessProbe', '9')} }, { name: b, image: 'b:1', ${ports} }`;
    expect(verdicts(id, workload({ containers: sidecar }))).toEqual([]);
  });
  test('another container is named only where it has the port', () => {
    const pod = (ports: string) =>
      messages(
        id,
        workload({
          containers: `{ name: a, image: 'a:1', readinessProbe: { httpGet: { port: web } } }, { name: b, image: 'b:1', ports: [${ports}] }`,
        }),
      )[0];
    expect(pod('{ name: web, containerPort: 80 }')).toContain('container b has one');
    expect(pod('{ name: other, containerPort: 80 }')).not.toContain('has one');
  });
});

describe('probe-timing-sane', () => {
  const id = 'probe-timing-sane';
  const probe = (kind: string, timing: string, action = 'tcpSocket: { port: 80 }') =>
    workload({ container: `${kind}: { ${action}, ${timing} }` });
  test('a timeout above the period is reported, except of a startupProbe', () => {
    const slow = 'periodSeconds: 10, timeoutSeconds: 11';
    for (const kind of ['readinessProbe', 'livenessProbe'])
      expect(findings(id, probe(kind, slow))).toEqual([
        `fail Deployment/shop/web ${container}.${kind}.timeoutSeconds = 11`,
      ]);
    expect(verdicts(id, probe('startupProbe', slow))).toEqual([]);
    expect(verdicts(id, probe('livenessProbe', 'periodSeconds: 10, timeoutSeconds: 10'))).toEqual([]);
  });
  test('a livenessProbe allows for a single failure', () => {
    expect(findings(id, probe('livenessProbe', 'failureThreshold: 1'))).toEqual([
      `fail Deployment/shop/web ${container}.livenessProbe.failureThreshold = 1`,
    ]);
    expect(verdicts(id, probe('readinessProbe', 'failureThreshold: 1'))).toEqual([]);
    expect(verdicts(id, probe('livenessProbe', 'failureThreshold: 2'))).toEqual([]);
  });
  test('a livenessProbe waits at least ten seconds in all, unless it runs a command', () => {
    const quick = 'periodSeconds: 3, failureThreshold: 3';
    expect(findings(id, probe('livenessProbe', quick))).toEqual([
      `fail Deployment/shop/web ${container}.livenessProbe.periodSeconds = 3`,
    ]);
    expect(verdicts(id, probe('livenessProbe', 'periodSeconds: 5, failureThreshold: 2'))).toEqual([]);
    expect(verdicts(id, probe('readinessProbe', quick))).toEqual([]);
    expect(verdicts(id, probe('livenessProbe', quick, 'exec: { command: [a] }'))).toEqual([]);
  });
  test('a long initial delay asks for a startupProbe', () => {
    expect(findings(id, probe('livenessProbe', 'initialDelaySeconds: 120'))).toEqual([
      `fail Deployment/shop/web ${container}.livenessProbe.initialDelaySeconds = 120`,
    ]);
    expect(verdicts(id, probe('livenessProbe', 'initialDelaySeconds: 119'))).toEqual([]);
    expect(verdicts(id, probe('readinessProbe', 'initialDelaySeconds: 120'))).toEqual([]);
    const both = 'livenessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 120 }';
    expect(verdicts(id, workload({ container: `${both}, startupProbe: { tcpSocket: { port: 80 } }` }))).toEqual([]);
  });
});

describe('probes-differ', () => {
  const id = 'probes-differ';
  const both = (readiness: string, liveness: string) =>
    workload({ container: `readinessProbe: { ${readiness} }, livenessProbe: { ${liveness} }` });
  const tcp = 'tcpSocket: { port: 80 }';
  test('the same check that fails no later is reported with the livenessProbe', () =>
    expect(findings(id, both(tcp, tcp))).toEqual([
      `fail Deployment/shop/web ${container}.livenessProbe = {"tcpSocket":{"port":80}}`,
    ]));
  test.each([
    ['another check', both(tcp, 'tcpSocket: { port: 81 }')],
    ['another action', both(tcp, 'exec: { command: [a] }')],
    ['a longer period', both(tcp, `${tcp}, periodSeconds: 11`)],
    ['no readinessProbe', workload({ container: `livenessProbe: { ${tcp} }` })],
    ['no livenessProbe', workload({ container: `readinessProbe: { ${tcp} }` })],
  ])('%s is fine', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));
});

describe('readiness-set', () => {
  const id = 'readiness-set';
  const named = 'ports: [{ name: http, containerPort: 80 }]';
  test('the container that the Service targets is reported', () => {
    expect(findings(id, all(front, workload({ container: named })))).toEqual([
      `fail Deployment/shop/web ${container} = null`,
    ]);
    const two = `{ name: side, image: 'b:1' }, { name: main, image: 'a:1', ${named} }`;
    expect(verdicts(id, all(front, workload({ containers: two })))).toEqual(['fail spec.template.spec.containers[1]']);
  });
  test('a number that no container declares is of the only container, if there is one', () => {
    const number = service('selector: { app: web }, ports: [{ port: 80 }]');
    expect(verdicts(id, all(number, workload()))).toHaveLength(1);
    expect(
      verdicts(id, all(number, workload({ containers: "{ name: a, image: 'a:1' }, { name: b, image: 'b:1' }" }))),
    ).toEqual([]);
  });
  test.each(['Job', 'CronJob'])('a %s is never waited for', (kind) => {
    const pod = workload({ kind: 'Job', container: named });
    const cron = `
apiVersion: batch/v1
kind: CronJob
metadata: { name: web, namespace: shop }
spec: { jobTemplate: { spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: 'a:1', ${named} }] } } } } }`;
    expect(verdicts(id, all(front, kind === 'Job' ? pod : cron))).toEqual([]);
  });
});

describe('restart-policy', () => {
  const id = 'restart-policy';
  test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])('a %s supports only Always', (kind) => {
    expect(findings(id, workload({ kind, pod: 'restartPolicy: OnFailure' }))).toEqual([
      `fail ${kind}/shop/web spec.template.spec.restartPolicy = "OnFailure"`,
    ]);
    expect(verdicts(id, workload({ kind, pod: 'restartPolicy: Always' }))).toEqual([]);
    expect(verdicts(id, workload({ kind, pod: "restartPolicy: ''" }))).toEqual([]);
    expect(verdicts(id, workload({ kind }))).toEqual([]);
  });
  test('a ReplicationController, too', () => {
    const rc = `{ apiVersion: v1, kind: ReplicationController, metadata: { name: web, namespace: shop }, spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1' }] } } } }`;
    expect(verdicts(id, rc)).toEqual(['fail spec.template.spec.restartPolicy']);
  });
  test('a Job supports the others, and must set one', () => {
    expect(verdicts(id, workload({ kind: 'Job', pod: 'restartPolicy: Never' }))).toEqual([]);
    expect(findings(id, workload({ kind: 'Job', pod: 'restartPolicy: Always' }))).toEqual([
      'fail Job/shop/web spec.template.spec.restartPolicy = "Always"',
    ]);
    expect(messages(id, workload({ kind: 'Job', pod: 'restartPolicy: Always' }))[0]).not.toContain('default');
    expect(findings(id, workload({ kind: 'Job' }))).toEqual(['fail Job/shop/web spec.template.spec = null']);
    expect(messages(id, workload({ kind: 'Job', pod: 'restartPolicy: null' }))[0]).toContain('the default is Always');
  });
  test('a Pod may have any', () =>
    expect(
      verdicts(
        id,
        "{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { restartPolicy: Never, containers: [{ name: a, image: 'a:1' }] } }",
      ),
    ).toEqual([]));
});

describe('rollout-can-progress', () => {
  const id = 'rollout-can-progress';
  const claim = (modes: string) =>
    `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop }, spec: { accessModes: [${modes}] } }`;
  const mounts = 'volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }]';
  const path = 'spec.template.spec.volumes[0].persistentVolumeClaim.claimName';
  test('surge 0 with unavailable 0 moves nothing; the defaults are not 0', () => {
    const deployment = (rolling: string) =>
      findings(id, workload({ spec: `strategy: { rollingUpdate: { ${rolling} } }` }));
    expect(deployment("maxSurge: '0', maxUnavailable: 0%")).toEqual([
      'fail Deployment/shop/web spec.strategy.rollingUpdate = {"maxSurge":"0","maxUnavailable":"0%"}',
    ]);
    expect(deployment('maxSurge: 0')).toEqual([]);
    expect(deployment('maxUnavailable: 0')).toEqual([]);
    const daemonSet = (rolling: string) =>
      findings(id, workload({ kind: 'DaemonSet', spec: `updateStrategy: { rollingUpdate: { ${rolling} } }` }));
    expect(daemonSet('maxSurge: 0')).toEqual([]);
    expect(daemonSet('maxUnavailable: 0')).toEqual([
      'fail DaemonSet/shop/web spec.updateStrategy.rollingUpdate = {"maxUnavailable":0}',
    ]);
    expect(daemonSet('maxSurge: 1, maxUnavailable: 0')).toEqual([]);
  });
  test('another strategy and another kind have no such numbers', () => {
    const zero = 'rollingUpdate: { maxSurge: 0, maxUnavailable: 0 }';
    expect(verdicts(id, workload({ spec: `strategy: { type: Recreate, ${zero} }` }))).toEqual([]);
    expect(verdicts(id, workload({ spec: `strategy: { type: RollingUpdate, ${zero} }` }))).toHaveLength(1);
    expect(verdicts(id, workload({ kind: 'StatefulSet', spec: `updateStrategy: { ${zero} }` }))).toEqual([]);
  });
  test('a pod must become available before the rollout fails', () => {
    const deployment = (spec: string) => findings(id, workload({ spec }));
    expect(deployment('minReadySeconds: 600')).toEqual(['fail Deployment/shop/web spec.minReadySeconds = 600']);
    expect(deployment('minReadySeconds: 599')).toEqual([]);
    expect(deployment('{ minReadySeconds: 5 }'.slice(2, -2))).toEqual([]);
    expect(deployment('progressDeadlineSeconds: 5\n  minReadySeconds: 5')).toHaveLength(1);
    expect(deployment('progressDeadlineSeconds: 6\n  minReadySeconds: 5')).toEqual([]);
    expect(deployment('progressDeadlineSeconds: 0')).toEqual([]);
    expect(verdicts(id, workload({ kind: 'DaemonSet', spec: 'minReadySeconds: 600' }))).toEqual([]);
  });
  test('a claim for one pod needs the old pod to stop first', () => {
    const deployment = (spec: string) => findings(id, all(claim('ReadWriteOncePod'), workload({ spec, pod: mounts })));
    expect(deployment('replicas: 1')).toEqual([`fail Deployment/shop/web ${path} = "data"`]);
    expect(deployment('strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }')).toEqual([]);
    expect(deployment('replicas: 0')).toEqual([]);
    expect(verdicts(id, all(claim('ReadWriteOncePod'), workload({ kind: 'DaemonSet', pod: mounts })))).toEqual([]);
  });
  test('of a claim for one node several pods are reported elsewhere, and other modes never', () => {
    const deployment = (modes: string, spec = '') => findings(id, all(claim(modes), workload({ spec, pod: mounts })));
    expect(deployment('ReadWriteOnce')).toEqual([`unknown Deployment/shop/web ${path} = "data"`]);
    expect(deployment('ReadWriteOnce', 'replicas: 2')).toEqual([]);
    expect(deployment('ReadWriteOnce, ReadOnlyMany')).toEqual([]);
    expect(deployment('')).toEqual([]);
    expect(findings(id, workload({ pod: mounts }))).toEqual([]);
  });
  test('on the only node the new pod waits for nothing, unless the two must be apart', () => {
    const facts = '{ apiVersion: v1, kind: Node, metadata: { name: one } }';
    const anti = (term: string) =>
      `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [${term}] } }, ${mounts}`;
    const on = (pod: string, nodes = facts) =>
      verdicts(id, all(claim('ReadWriteOnce'), workload({ pod })), { facts: nodes });
    expect(on(mounts)).toEqual([]);
    expect(on(mounts, all(facts, facts.replace('one', 'two')))).toHaveLength(1);
    const own = 'labelSelector: { matchLabels: { app: web } }';
    expect(on(anti(`{ topologyKey: kubernetes.io/hostname, ${own} }`))).toHaveLength(1);
    expect(on(anti(`{ topologyKey: topology.kubernetes.io/zone, ${own} }`))).toEqual([]);
    expect(on(anti('{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: b } } }'))).toEqual([]);
  });
});

describe('spread-declared', () => {
  const id = 'spread-declared';
  const any = service('selector: { app: web }, ports: [{ port: 80 }]');
  const of = (replicas: number, pod = '', kind = 'Deployment') =>
    workload({ kind, pod, spec: `replicas: ${replicas}` });
  test.each(['Deployment', 'StatefulSet', 'ReplicaSet'])('two pods of a %s behind a Service are to be spread', (kind) =>
    expect(findings(id, all(any, of(2, '', kind)))).toEqual([`fail ${kind}/shop/web spec.template.spec = null`]),
  );
  test('a Rollout, too', () =>
    expect(
      verdicts(id, all(any, of(2).replace('apps/v1', 'argoproj.io/v1alpha1').replace('Deployment', 'Rollout'))),
    ).toHaveLength(1));
  const own = 'labelSelector: { matchLabels: { app: web } }';
  const term = `{ topologyKey: kubernetes.io/hostname, ${own} }`;
  const anti = (kind: string) =>
    `affinity: { podAntiAffinity: { ${kind}DuringSchedulingIgnoredDuringExecution: [${kind === 'required' ? term : `{ weight: 1, podAffinityTerm: ${term} }`}] } }`;
  test.each([
    ['one pod', all(any, of(1))],
    ['no Service', of(2)],
    ['a DaemonSet', all(any, workload({ kind: 'DaemonSet' }))],
    ['a spread constraint', all(any, of(2, `topologySpreadConstraints: [{ maxSkew: 1, ${own} }]`))],
    ['required anti-affinity', all(any, of(2, anti('required')))],
    ['preferred anti-affinity', all(any, of(2, anti('preferred')))],
  ])('%s is fine', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));
  test('affinity to others is no spread', () =>
    expect(verdicts(id, all(any, of(2, anti('required').replace('podAntiAffinity', 'podAffinity'))))).toHaveLength(1));
});

describe('api-removed', () => {
  const id = 'api-removed';
  const budget = '{ apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop } }';
  const flow = (version: string) =>
    `{ apiVersion: flowcontrol.apiserver.k8s.io/${version}, kind: FlowSchema, metadata: { name: web } }`;
  const at = (version: string) => ({
    facts: `{ apiVersion: v1, kind: Node, metadata: { name: a }, status: { nodeInfo: { kubeletVersion: ${version}.0 } } }`,
  });
  test('what no supported version serves fails, whatever the version', () => {
    expect(findings(id, budget)).toEqual(['fail PodDisruptionBudget/shop/web apiVersion = "policy/v1beta1"']);
    expect(findings(id, budget, at('v1.30'))).toHaveLength(1);
    expect(said(id, budget)[0]!.fix).toBe('migrate it to policy/v1 PodDisruptionBudget');
  });
  test('what some versions serve fails where the version does not, and is unknown where no version is known', () => {
    expect(findings(id, flow('v1beta3'), at('v1.32'))).toEqual([
      'fail FlowSchema/web apiVersion = "flowcontrol.apiserver.k8s.io/v1beta3"',
    ]);
    expect(findings(id, flow('v1beta3'))).toEqual([
      'unknown FlowSchema/web apiVersion = "flowcontrol.apiserver.k8s.io/v1beta3"',
    ]);
  });
  test('what is deprecated is announced, what is current is not', () => {
    expect(verdicts(id, flow('v1beta3'), at('v1.31'))).toEqual(['unknown apiVersion']);
    expect(messages(id, flow('v1beta3'), at('v1.31'))[0]).toContain('1.32 removes it');
    expect(verdicts(id, flow('v1'), at('v1.31'))).toEqual([]);
    expect(verdicts(id, namespace)).toEqual([]);
  });
});
