import { allOf, classed, messagesOf, workloadOf } from './risks';

const service = (spec: string, name = 'web') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const hpa = (min: number, max: number) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: ${min}, maxReplicas: ${max} } }`;
const budget = (bound: string, name = 'web') =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: ${name}, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: web } } } }`;

describe('rollout-interrupts', () => {
  const id = 'rollout-interrupts';
  const of = (kind: string, spec: string) =>
    [workloadOf({ kind, spec, pod: "hostname: 'a'" }), workloadOf({ kind, spec, pod: "hostname: 'b'" })] as const;
  test.each([
    ['the only pod of a StatefulSet', 'StatefulSet', 'serviceName: web', 1],
    ['one of several of a StatefulSet', 'StatefulSet', 'serviceName: web, replicas: 3', 0],
    ['maxUnavailable 100%', 'Deployment', 'replicas: 4, strategy: { rollingUpdate: { maxUnavailable: 100% } }', 1],
    ['the only pod, where one may lack', 'Deployment', 'strategy: { rollingUpdate: { maxUnavailable: 1 } }', 1],
    ['the only pod, by default', 'Deployment', 'replicas: 1', 0],
    ['no pod', 'Deployment', 'replicas: 0, strategy: { type: Recreate }', 0],
    ['a paused one', 'Deployment', 'paused: true, strategy: { type: Recreate }', 0],
    ['every node at once', 'DaemonSet', 'updateStrategy: { rollingUpdate: { maxUnavailable: 100% } }', 1],
    ['node by node', 'DaemonSet', 'minReadySeconds: 1', 0],
    ['pods that somebody deletes', 'StatefulSet', 'serviceName: web, updateStrategy: { type: OnDelete }', 0],
  ])('%s', (_, kind, spec, count) => {
    expect(classed(id, ...of(kind, spec))).toHaveLength(count);
  });
});

describe('rollout-stalls', () => {
  const node = `{ apiVersion: v1, kind: Node, metadata: { name: n, labels: { kubernetes.io/hostname: n } }, status: { allocatable: { cpu: '2', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } } }`;
  const web = workloadOf({
    spec: 'replicas: 1, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }',
    container: "resources: { requests: { cpu: '1' } }",
  });
  const quota = (cpu: string) =>
    `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: shop }, spec: { hard: { requests.cpu: '${cpu}' } } }`;
  test('for a quota that shrinks, at the quota, and not for one that grows', () => {
    expect(classed('rollout-stalls', allOf(web, quota('2')), allOf(web, quota('1')), node)).toEqual([
      'disruption ResourceQuota/shop/q',
    ]);
    expect(classed('rollout-stalls', allOf(web, quota('1')), allOf(web, quota('2')), node)).toEqual([]);
  });
  test('says nothing of what stalled before', () => {
    const labelled = web.replace('namespace: shop', 'namespace: shop, labels: { a: b }');
    expect(classed('rollout-stalls', allOf(web, quota('1')), allOf(labelled, quota('1')), node)).toEqual([]);
  });
});

describe('budgets', () => {
  const web = workloadOf({ spec: 'replicas: 4' });
  test('a removed budget, and a higher maxUnavailable, are looser', () => {
    const before = allOf(web, budget('maxUnavailable: 1'));
    expect(messagesOf('budget-loosened', before, web)).toEqual([
      'all of 4 pods of Deployment/shop/web may be evicted at once, and 1 before',
    ]);
    expect(classed('budget-loosened', before, allOf(web, budget('maxUnavailable: 50%')))).toEqual([
      'disruption PodDisruptionBudget/shop/web spec.maxUnavailable',
    ]);
    expect(classed('budget-loosened', allOf(web, budget('maxUnavailable: 50%')), before)).toEqual([]);
  });
  test('of two budgets the stricter one counts', () => {
    const strict = budget('maxUnavailable: 1', 'strict');
    expect(classed('budget-loosened', allOf(web, strict, budget('minAvailable: 3')), allOf(web, strict))).toEqual([]);
  });
  test('the same in other words is not looser, and neither is a workload that goes along', () => {
    expect(
      classed('budget-loosened', allOf(web, budget('maxUnavailable: 1')), allOf(web, budget('minAvailable: 3'))),
    ).toEqual([]);
    expect(classed('budget-loosened', allOf(web, budget('maxUnavailable: 1')), '')).toEqual([]);
  });
  test('a new one blocks drains', () => {
    expect(classed('budget-blocks', web, allOf(web, budget('maxUnavailable: 0')))).toEqual([
      'disruption PodDisruptionBudget/shop/web',
    ]);
    expect(classed('budget-blocks', allOf(web, budget('maxUnavailable: 0')), web)).toEqual([]);
  });
});

describe('probe-loosened', () => {
  const id = 'probe-loosened';
  const web = (probes: string) => workloadOf({ container: probes || 'tty: false' });
  const live = (fields: string) => `livenessProbe: { tcpSocket: { port: 80 }, ${fields} }`;
  test.each([
    [
      'readiness that always succeeds',
      'readinessProbe: { tcpSocket: { port: 80 } }',
      "readinessProbe: { exec: { command: [sh, -c, 'exit 0'] } }",
      1,
    ],
    ['liveness that comes', '', live('periodSeconds: 10'), 1],
    ['less patience', live('failureThreshold: 6'), live('failureThreshold: 2'), 1],
    ['more patience', live('failureThreshold: 2'), live('failureThreshold: 6'), 0],
    ['liveness that goes', live('periodSeconds: 10'), '', 0],
    ['readiness that comes', '', 'readinessProbe: { tcpSocket: { port: 80 } }', 0],
  ])('%s', (_, before, after, count) => {
    const found = classed(id, web(before), web(after));
    expect(found.length).toBeGreaterThanOrEqual(count);
    if (count === 0) expect(found).toEqual([]);
  });
  test('a startup probe that goes leaves the start to the liveness probe', () => {
    const started = `${live('periodSeconds: 10')}, startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 30 }`;
    expect(messagesOf(id, web(started), web(live('periodSeconds: 10')))).toEqual([
      'a container that is not up after 30 seconds is restarted; it had 300 before',
    ]);
  });
  test('of a sidecar as well', () => {
    const sidecar = (probe: string) =>
      workloadOf({
        pod: `initContainers: [{ name: proxy, image: 'example.com/proxy:1.0.0', restartPolicy: Always${probe} }]`,
      });
    expect(classed(id, sidecar(', readinessProbe: { tcpSocket: { port: 1 } }'), sidecar(''))).toEqual([
      'disruption Deployment/shop/web spec.template.spec.initContainers[proxy].readinessProbe',
    ]);
  });
});

describe('grace-shortened', () => {
  const id = 'grace-shortened';
  test('the default counts where none is written', () => {
    expect(messagesOf(id, workloadOf(), workloadOf({ pod: 'terminationGracePeriodSeconds: 10' }))).toEqual([
      'pods are killed 10 seconds after they are told to stop, and had 30 before',
    ]);
    expect(classed(id, workloadOf({ pod: 'terminationGracePeriodSeconds: 10' }), workloadOf())).toEqual([]);
  });
  test('a hook that goes or sleeps less, and not one that comes', () => {
    const hook = (seconds: number) =>
      workloadOf({ container: `lifecycle: { preStop: { sleep: { seconds: ${seconds} } } }` });
    expect(classed(id, hook(10), workloadOf())).toHaveLength(1);
    expect(classed(id, hook(10), hook(5))).toEqual([
      'disruption Deployment/shop/web spec.template.spec.containers[web].lifecycle.preStop.sleep.seconds',
    ]);
    expect(classed(id, workloadOf(), hook(5))).toEqual([]);
  });
});

describe('strategy-loosened', () => {
  const id = 'strategy-loosened';
  const set = (partition: number) =>
    workloadOf({
      kind: 'StatefulSet',
      spec: `serviceName: web, replicas: 3, updateStrategy: { rollingUpdate: { partition: ${partition} } }`,
    });
  test.each([
    [
      'Recreate',
      workloadOf({ spec: 'replicas: 3' }),
      workloadOf({ spec: 'replicas: 3, strategy: { type: Recreate }' }),
      1,
    ],
    [
      'no Recreate any more',
      workloadOf({ spec: 'replicas: 3, strategy: { type: Recreate }' }),
      workloadOf({ spec: 'replicas: 3' }),
      0,
    ],
    [
      'a share above the default',
      workloadOf({ spec: 'replicas: 4' }),
      workloadOf({ spec: 'replicas: 4, strategy: { rollingUpdate: { maxUnavailable: 75% } }' }),
      1,
    ],
    ['a lower partition, which is the canary that goes on', set(2), set(1), 0],
    ['a higher partition', set(1), set(2), 0],
    ['no wait', workloadOf({ spec: 'minReadySeconds: 10' }), workloadOf({ spec: 'replicas: 1' }), 1],
    ['a wait', workloadOf({ spec: 'replicas: 1' }), workloadOf({ spec: 'minReadySeconds: 10' }), 0],
  ])('%s', (_, before, after, count) => {
    expect(classed(id, before, after)).toHaveLength(count);
  });
});

describe('redundancy-lost', () => {
  const id = 'redundancy-lost';
  const web = (replicas: number) => workloadOf({ spec: `replicas: ${replicas}` });
  test('no pods leave a Service without endpoints', () => {
    const behind = service('selector: { app: web }, ports: [{ port: 80 }]');
    expect(messagesOf(id, allOf(web(2), behind), allOf(web(0), behind))).toEqual([
      'no pod is left: Service web may have no endpoints',
    ]);
    expect(classed(id, web(0), web(2))).toEqual([]);
  });
  test('an autoscaler’s minimum counts in place of replicas', () => {
    expect(classed(id, allOf(workloadOf(), hpa(2, 5)), allOf(workloadOf(), hpa(1, 5)))).toEqual([
      'disruption HorizontalPodAutoscaler/shop/web spec.minReplicas',
    ]);
    expect(classed(id, allOf(web(3), hpa(2, 5)), allOf(web(1), hpa(2, 5)))).toEqual([]);
  });
  test('without the autoscaler the number of pods stays as it was last', () => {
    expect(classed(id, allOf(workloadOf(), hpa(2, 5)), workloadOf())).toEqual([]);
    expect(classed(id, allOf(web(1), hpa(2, 5)), web(1))).toHaveLength(1);
  });
  test('replicas that are left to an autoscaler fall to one first', () => {
    expect(messagesOf(id, web(3), allOf(workloadOf({ spec: 'paused: false' }), hpa(2, 5)))).toEqual([
      'without replicas it may have a single pod until HorizontalPodAutoscaler/shop/web has raised it again',
    ]);
    expect(messagesOf(id, allOf(workloadOf({ spec: 'paused: false' }), hpa(2, 5)), web(3))).toEqual([]);
  });
});

describe('service-cut', () => {
  const id = 'service-cut';
  const web = workloadOf({ container: 'ports: [{ name: http, containerPort: 8080 }]' });
  const before = allOf(web, service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }]'));
  test.each([
    [
      'a selector of nobody',
      'selector: { app: wob }, ports: [{ name: http, port: 80, targetPort: http }]',
      'disruption Service/shop/web spec.selector.app',
    ],
    [
      'a target of nobody',
      'selector: { app: web }, ports: [{ name: http, port: 80, targetPort: web }]',
      'disruption Service/shop/web spec.ports[80].targetPort',
    ],
    [
      'another port',
      'selector: { app: web }, ports: [{ name: http, port: 8080, targetPort: http }]',
      'disruption Service/shop/web spec.ports[80]',
    ],
  ])('%s', (_, spec, found) => {
    expect(classed(id, before, allOf(web, service(spec)))).toEqual([found]);
  });
  test('the pods lose the label or the port that the Service means', () => {
    const behind = service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }]');
    const relabelled = web
      .replace('labels: { app: web }', 'labels: { app: wob }')
      .replace('matchLabels: { app: web }', 'matchLabels: { app: wob }');
    expect(classed(id, before, allOf(relabelled, behind))).toEqual([
      'disruption Deployment/shop/web spec.template.metadata.labels.app',
    ]);
    expect(classed(id, before, allOf(web.replace('name: http', 'name: main'), behind))).toHaveLength(1);
  });
  test('a removed Service names who calls it, and one that goes with its pods is none', () => {
    const caller = workloadOf({ name: 'shop', container: "env: [{ name: WEB, value: 'http://web.shop.svc:80' }]" });
    expect(messagesOf(id, allOf(before, caller), allOf(web, caller))).toEqual([
      'web.shop resolves no more: Deployment/shop/shop and whoever else calls it cannot reach its pods',
    ]);
    expect(classed(id, before, '')).toEqual([]);
    expect(classed(id, before, web)).toEqual(['disruption Service/shop/web']);
  });
  test('a port that an Ingress finds by its name', () => {
    const ingress =
      '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: i, namespace: shop }, spec: { defaultBackend: { service: { name: web, port: { name: http } } } } }';
    const after = allOf(web, service('selector: { app: web }, ports: [{ name: web, port: 80, targetPort: http }]'));
    expect(classed(id, allOf(before, ingress), allOf(after, ingress))).toHaveLength(1);
    expect(classed(id, before, after)).toEqual([]);
  });
  test('a selector that only the next revision has', () => {
    const after = allOf(
      web.replace('labels: { app: web }', 'labels: { app: web, tier: front }'),
      service('selector: { app: web, tier: front }, ports: [{ name: http, port: 80, targetPort: http }]'),
    );
    expect(messagesOf(id, before, after)).toEqual([
      'Service web selects only pods of the new revision: it has no endpoints until the first of them is ready',
    ]);
  });
});

describe('workload-removed', () => {
  const id = 'workload-removed';
  test.each([
    ['a CronJob', '', 1],
    ['one that is suspended', 'suspend: true, ', 0],
  ])('%s', (_, spec, count) => {
    const report = `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: report, namespace: shop }, spec: { ${spec}schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: report, image: 'example.com/report:1' }] } } } } } }`;
    const found = messagesOf(id, report, '');
    expect(found).toHaveLength(count);
    if (count > 0) expect(found[0]).toContain('it runs no more');
  });
  test('says which Services have no pod left', () => {
    const behind = service('selector: { app: web }, ports: [{ port: 80 }]');
    expect(messagesOf(id, allOf(workloadOf(), behind), behind)).toEqual([
      'its pods are stopped; Service web has no pod left',
    ]);
  });
  test.each([
    ['a Job', workloadOf({ kind: 'Job', pod: 'restartPolicy: Never' })],
    ['what has no pods', workloadOf({ spec: 'replicas: 0' })],
  ])('says nothing of %s', (_, before) => {
    expect(classed(id, before, '')).toEqual([]);
  });
  test('says nothing of what comes', () => {
    expect(classed(id, '', workloadOf())).toEqual([]);
  });
});

describe('route-removed', () => {
  const id = 'route-removed';
  const route = (spec: string, name = 'r') =>
    `{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: ${name}, namespace: shop }, spec: { parentRefs: [{ name: gw }], ${spec} } }`;
  const rule = (path: string, to = 'web') =>
    `{ matches: [{ path: { value: ${path} } }], backendRefs: [{ name: ${to}, port: 80 }] }`;
  const before = route(`hostnames: [a.example.com, b.example.com], rules: [${rule('/')}, ${rule('/api', 'api')}]`);
  test('a host that goes', () => {
    expect(
      messagesOf(id, before, route(`hostnames: [a.example.com], rules: [${rule('/')}, ${rule('/api', 'api')}]`)),
    ).toEqual(['b.example.com/ is served no more', 'b.example.com/api is served no more']);
  });
  test('a path that another rule takes over', () => {
    expect(messagesOf(id, before, route(`hostnames: [a.example.com, b.example.com], rules: [${rule('/')}]`))[0]).toBe(
      'a.example.com/api leads to shop/web:80 in place of shop/api:80',
    );
  });
  test('an exact path serves itself alone', () => {
    const exact = (path: string) =>
      `{ matches: [{ path: { type: Exact, value: ${path} } }], backendRefs: [{ name: web, port: 80 }] }`;
    const both = route(`hostnames: [a.example.com], rules: [${exact('/')}, ${exact('/a')}]`);
    expect(messagesOf(id, both, route(`hostnames: [a.example.com], rules: [${exact('/')}]`))).toEqual([
      'a.example.com/a is served no more',
    ]);
  });
  test('what moves to another object, or under a wider host, is served all the same', () => {
    const moved = allOf(
      route(`hostnames: [a.example.com, b.example.com], rules: [${rule('/')}]`),
      route(`hostnames: ['*.example.com'], rules: [${rule('/api', 'api')}]`, 's'),
    );
    expect(classed(id, before, moved)).toEqual([]);
  });
  test('a listener that goes', () => {
    const gateway = (listeners: string) =>
      `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: gw, namespace: shop }, spec: { gatewayClassName: g, listeners: [${listeners}] } }`;
    const [http, https] = ['{ name: http, port: 80, protocol: HTTP }', '{ name: https, port: 443, protocol: HTTPS }'];
    expect(messagesOf(id, gateway(`${http}, ${https}`), gateway(http))).toEqual([
      'HTTPS on port 443 for any host is listened to no more',
    ]);
    expect(classed(id, gateway(http), gateway(`${http}, ${https}`))).toEqual([]);
  });
});

describe('autoscaler-removed', () => {
  test('a maximum below the old minimum stops pods at once', () => {
    const web = workloadOf();
    expect(classed('autoscaler-removed', allOf(web, hpa(4, 8)), allOf(web, hpa(1, 2)))).toEqual([
      'disruption HorizontalPodAutoscaler/shop/web spec.maxReplicas',
    ]);
    expect(classed('autoscaler-removed', allOf(web, hpa(1, 2)), allOf(web, hpa(4, 8)))).toEqual([]);
    expect(classed('autoscaler-removed', allOf(web, hpa(1, 2)), '')).toEqual([]);
  });
});

describe('priority-lowered', () => {
  const pod = (name: string) => workloadOf({ pod: name ? `priorityClassName: ${name}` : '' });
  test('the classes of every cluster are known', () => {
    expect(classed('priority-lowered', pod('system-node-critical'), pod('system-cluster-critical'))).toHaveLength(1);
    expect(classed('priority-lowered', pod('system-cluster-critical'), pod('system-node-critical'))).toEqual([]);
  });
  test('a class that is not known may have been higher than none', () => {
    expect(messagesOf('priority-lowered', pod('high'), pod(''))[0]).toMatch(/may have a lower priority/);
  });
});

describe('config-needs-restart', () => {
  const id = 'config-needs-restart';
  const config = (data: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { ${data} } }`;
  const mounted = (mount: string) =>
    workloadOf({
      kind: 'DaemonSet',
      pod: 'volumes: [{ name: c, configMap: { name: c } }]',
      container: `volumeMounts: [{ name: c, ${mount} }]`,
    });
  test('a file with subPath, and not a whole volume', () => {
    const [a, b] = [config('a.txt: one'), config('a.txt: two')];
    const part = mounted('mountPath: /a.txt, subPath: a.txt');
    expect(classed(id, allOf(a, part), allOf(b, part))).toEqual(['restart ConfigMap/shop/c data["a.txt"]']);
    const whole = mounted('mountPath: /c');
    expect(classed(id, allOf(a, whole), allOf(b, whole))).toEqual([]);
  });
  test('variables of an init container from a Secret', () => {
    const secret = (value: string) =>
      `{ apiVersion: v1, kind: Secret, metadata: { name: s, namespace: shop }, stringData: { a: ${value} } }`;
    const web = workloadOf({
      pod: "initContainers: [{ name: i, image: 'example.com/i:1.0.0', envFrom: [{ secretRef: { name: s } }] }]",
    });
    expect(classed(id, allOf(secret('x'), web), allOf(secret('y'), web))).toHaveLength(1);
  });
  test('says nothing where the pods are replaced anyway, or run anew each time', () => {
    const env = 'envFrom: [{ configMapRef: { name: c } }]';
    const web = (version: string) => workloadOf({ container: env, meta: `annotations: { version: '${version}' }` });
    expect(classed(id, allOf(config('a: one'), web('1')), allOf(config('a: two'), web('2')))).toEqual([]);
    expect(classed(id, allOf(config('a: one'), web('1')), allOf(config('a: two'), web('1')))).toHaveLength(1);
    const job = workloadOf({
      kind: 'CronJob',
      spec: "schedule: '0 0 * * *'",
      pod: 'restartPolicy: Never',
      container: env,
    });
    expect(classed(id, allOf(config('a: one'), job), allOf(config('a: two'), job))).toEqual([]);
  });
});

describe('memory-limit-lowered', () => {
  const id = 'memory-limit-lowered';
  test('a limit that comes, and the size of an emptyDir', () => {
    const limited = workloadOf({ kind: 'DaemonSet', container: 'resources: { limits: { memory: 1Gi } }' });
    const free = workloadOf({ kind: 'DaemonSet' });
    expect(messagesOf(id, free, limited)).toEqual([
      'web may take 1Gi (before: no limit) of memory: if it takes more, it is killed (OOMKilled)',
    ]);
    expect(classed(id, limited, free)).toEqual([]);
    const cache = (size: string) => workloadOf({ pod: `volumes: [{ name: v, emptyDir: { sizeLimit: ${size} } }]` });
    expect(classed(id, cache('2Gi'), cache('1Gi'))).toEqual([
      'disruption Deployment/shop/web spec.template.spec.volumes[v].emptyDir.sizeLimit',
    ]);
    expect(classed(id, cache('1Gi'), cache('1024Mi'))).toEqual([]);
  });
});

describe('pods-fit-nowhere', () => {
  const node = `{ apiVersion: v1, kind: Node, metadata: { name: n, labels: { kubernetes.io/hostname: n } }, spec: { taints: [{ key: own, value: db, effect: NoSchedule }] }, status: { allocatable: { cpu: '2', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } } }`;
  test('a toleration that goes, and not one that comes', () => {
    const tolerant = workloadOf({ pod: 'tolerations: [{ key: own, operator: Exists }]' });
    expect(classed('pods-fit-nowhere', tolerant, workloadOf(), node)).toEqual([
      'disruption Deployment/shop/web spec.template.spec.tolerations',
    ]);
    expect(classed('pods-fit-nowhere', workloadOf(), tolerant, node)).toEqual([]);
  });
  test('says nothing where no nodes are known', () => {
    expect(classed('pods-fit-nowhere', workloadOf(), workloadOf({ pod: 'nodeSelector: { a: b }' }))).toEqual([]);
  });
});
