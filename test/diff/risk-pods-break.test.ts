/** Changes of a pod that look like a restart, and break it, loosen what holds it, or leave it where nothing runs. */
import { allOf, classed, messagesOf, workloadOf, worstClass } from './risks';

const NODE =
  "{ apiVersion: v1, kind: Node, metadata: { name: n1, labels: { disk: ssd } }, status: { allocatable: { cpu: '2', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } } }";
const AT = 'Deployment/shop/web spec.template.spec';

describe('pods-may-wait', () => {
  const id = 'pods-may-wait';
  const of = (pod: string, kind = 'Deployment') => workloadOf({ kind, pod });
  const required = (value: string) =>
    `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: pool, operator: In, values: [${value}] }] }] } } }`;
  test.each([
    ['a node selector', '', 'nodeSelector: { disk: ssd }', 'only on nodes with disk=ssd'],
    [
      'another value of one',
      'nodeSelector: { disk: hdd }',
      'nodeSelector: { disk: ssd }',
      'only on nodes with disk=ssd',
    ],
    ['a narrower affinity', required('a, b'), required('a'), 'takes fewer nodes'],
    ['a toleration that goes', 'tolerations: [{ key: gpu, operator: Exists }]', '', 'does not tolerate gpu any more'],
    ['another scheduler', '', 'schedulerName: volcano', 'the scheduler volcano'],
    ['a RuntimeClass', '', 'runtimeClassName: gvisor', 'the RuntimeClass gvisor'],
    ['a gate', '', 'schedulingGates: [{ name: example.com/quota }]', 'scheduling gates'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, of(before), of(after))).toEqual([expect.stringContaining(message)]);
    expect(worstClass(of(before), of(after))).toBe('disruption');
    expect(classed(id, of(after), of(before))).toEqual(
      before === 'nodeSelector: { disk: hdd }' ? [`disruption ${AT}.nodeSelector.disk`] : [],
    );
  });
  test.each([
    ['a wider affinity', required('a'), required('a, b')],
    ['the scheduler that is there anyway', '', 'schedulerName: default-scheduler'],
    ['the same system as before', '', 'nodeSelector: { kubernetes.io/os: linux }'],
  ])('not %s', (_, before, after) => {
    expect(classed(id, of(before), of(after))).toEqual([]);
  });
  test('what is seen in the cluster', () => {
    expect(classed(id, of(''), of('nodeSelector: { disk: ssd }'), NODE)).toEqual([]);
    const scheduler = workloadOf({ name: 'volcano' });
    expect(classed(id, allOf(of(''), scheduler), allOf(of('schedulerName: volcano'), scheduler))).toEqual([]);
    const runtime = '{ apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: { name: gvisor }, handler: runsc }';
    expect(classed(id, allOf(of(''), runtime), allOf(of('runtimeClassName: gvisor'), runtime))).toEqual([]);
  });
  test('a DaemonSet waits for no node, and its image all the same', () => {
    const never = workloadOf({ kind: 'DaemonSet', container: 'imagePullPolicy: Never' });
    expect(classed(id, of('', 'DaemonSet'), of('nodeSelector: { disk: ssd }', 'DaemonSet'))).toEqual([]);
    expect(messagesOf(id, of('', 'DaemonSet'), never)).toEqual([expect.stringContaining('never pulled')]);
  });
});

describe('init-not-awaited', () => {
  const id = 'init-not-awaited';
  const of = (list: string, more = '', image = 'migrate:1') =>
    workloadOf(
      list === 'containers'
        ? { more: `{ name: m, image: '${image}' }` }
        : { pod: `initContainers: [{ name: m, image: '${image}'${more} }]` },
    );
  const SIDECAR = ', restartPolicy: Always';
  test.each([
    ['an init container that is a sidecar', of('init'), of('init', SIDECAR), 'started again'],
    ['a sidecar that has to end', of('init', SIDECAR), of('init'), 'the pod waits until m ends'],
    ['an init container beside the others', of('init'), of('containers'), 'no longer wait for its work'],
    ['a container that has to end', of('containers'), of('init'), 'the pod waits until m ends'],
    ['a sidecar that nobody waits for', of('init', SIDECAR), of('containers'), 'no longer wait until it serves'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('disruption');
  });
  test.each([
    ['a container that starts before the others', of('containers'), of('init', SIDECAR)],
    ['another program of that name', of('init'), of('containers', '', 'log:1')],
    ['another version', of('init'), of('init', '', 'migrate:2')],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});

describe('eviction-tolerated', () => {
  const id = 'eviction-tolerated';
  const of = (tolerations: string, kind = 'Deployment') => workloadOf({ kind, pod: `tolerations: [${tolerations}]` });
  const LOST = 'key: node.kubernetes.io/unreachable';
  test.each([
    ['every taint', '{ operator: Exists }', 'no others come in their place'],
    ['every taint that evicts', '{ operator: Exists, effect: NoExecute }', 'no others come'],
    ['that one', `{ ${LOST}, operator: Exists, effect: NoExecute }`, 'no others come'],
    ['that one without a value', `{ ${LOST} }`, 'no others come'],
    [
      'for an hour',
      `{ ${LOST}, operator: Exists, effect: NoExecute, tolerationSeconds: 3600 }`,
      'only after 3600 seconds',
    ],
  ])('%s', (_, after, message) => {
    expect(messagesOf(id, of(''), of(after))).toEqual([expect.stringContaining(message)]);
    expect(worstClass(of(''), of(after))).toBe('disruption');
  });
  test.each([
    ['another effect', '{ operator: Exists, effect: NoSchedule }', 'Deployment'],
    ['another taint', '{ key: gpu, operator: Exists }', 'Deployment'],
    ['a minute', `{ ${LOST}, operator: Exists, tolerationSeconds: 60 }`, 'Deployment'],
    [
      'the shortest of two',
      '{ operator: Exists }, { operator: Exists, effect: NoExecute, tolerationSeconds: 30 }',
      'Deployment',
    ],
    ['a value that the taint does not have', `{ ${LOST}, value: a }`, 'Deployment'],
    ['a DaemonSet', '{ operator: Exists }', 'DaemonSet'],
    ['a Job', '{ operator: Exists }', 'Job'],
  ])('not %s', (_, after, kind) => {
    expect(classed(id, of('', kind), of(after, kind))).toEqual([]);
  });
});

describe('cluster-names-lost', () => {
  const id = 'cluster-names-lost';
  const of = (pod: string) => workloadOf({ pod });
  test.each([
    ['of the node', '', 'dnsPolicy: Default', `${AT}.dnsPolicy`],
    ['of none', '', 'dnsPolicy: None, dnsConfig: { nameservers: [10.0.0.53] }', `${AT}.dnsPolicy`],
    ['in the network of the node', '', 'hostNetwork: true', `${AT}.hostNetwork`],
    [
      'in that network, which was thought of before',
      'hostNetwork: true, dnsPolicy: ClusterFirstWithHostNet',
      'hostNetwork: true',
      `${AT}.dnsPolicy`,
    ],
  ])('%s', (_, before, after, place) => {
    expect(classed(id, of(before), of(after))).toEqual([`disruption ${place}`]);
    expect(classed(id, of(after), of(before))).toEqual([]);
  });
});

describe('secret-in-plain', () => {
  const id = 'secret-in-plain';
  const env = (entry: string) => workloadOf({ container: `env: [${entry}]` });
  const from = (kind: string) => `{ name: CODE, valueFrom: { ${kind}: { name: db, key: pass } } }`;
  const map = (data: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { ${data} } }`;
  test.each([
    ['what a Secret gave', env(from('secretKeyRef')), env('{ name: CODE, value: hunter2 }')],
    [
      'a variable that is called like one',
      env('{ name: A, value: b }'),
      env('{ name: DB_PASSWORD, value: s3cr3t-of-shop }'),
    ],
    [
      'an argument',
      workloadOf({ container: 'args: [--a]' }),
      workloadOf({ container: 'args: [--a, --db-password=s3cr3t-of-shop]' }),
    ],
    ['a URL', workloadOf(), workloadOf({ container: "args: ['postgres://shop:s3cr3t-9@db/shop']" })],
    ['a ConfigMap', map('a: b'), map('a: b, DB_PASSWORD: s3cr3t-of-shop')],
  ])('%s', (_, before, after) => {
    expect(classed(id, before, after)).toHaveLength(1);
    expect(worstClass(before, after)).toBe('exposure');
    expect(classed(id, after, before)).toEqual([]);
    expect(messagesOf(id, before, after)[0]).not.toContain('s3cr3t');
  });
  test.each([
    ['what a ConfigMap gave', env(from('configMapKeyRef')), env('{ name: CODE, value: hunter2 }')],
    ['an empty value', env(from('secretKeyRef')), env("{ name: CODE, value: '' }")],
    ['another one in the place of one', map('DB_PASSWORD: s3cr3t-of-shop'), map('DB_PASSWORD: s3cr3t-of-all')],
    ['a name of a file', env('{ name: A, value: b }'), env('{ name: DB_PASSWORD_FILE, value: /run/secrets/db }')],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('a ConfigMap that comes', () => {
    expect(classed(id, '', map('DB_PASSWORD: s3cr3t-of-shop'))).toEqual(['exposure ConfigMap/shop/c']);
  });
});

describe('port-unheard', () => {
  const id = 'port-unheard';
  const of = (port: number, container = '') =>
    workloadOf({ container: `ports: [{ name: http, containerPort: ${port} }]${container && `, ${container}`}` });
  const service = (target: number | string) =>
    `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80, targetPort: ${target} }] } }`;
  const config = (text: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, data: { listen: '${text}' } }`;
  const READS = 'envFrom: [{ configMapRef: { name: c } }]';
  test('a Service, or a probe, by the name', () => {
    expect(classed(id, allOf(of(8080), service('http')), allOf(of(8081), service('http')))).toEqual([
      `disruption ${AT}.containers[web].ports[8081]`,
    ]);
    const probe = 'readinessProbe: { httpGet: { port: http } }';
    expect(messagesOf(id, of(8080, probe), of(8081, probe))).toEqual([expect.stringContaining('its readinessProbe')]);
  });
  test.each([
    ['by a number', of(8080), of(8081), service(8080)],
    ['with an argument', of(8080, "args: ['--listen=:8080']"), of(8081, "args: ['--listen=:8081']"), service('http')],
    [
      'that it listened on all along',
      of(8080, "args: ['--listen=:8081']"),
      of(8081, "args: ['--listen=:8081']"),
      service('http'),
    ],
    ['that stays', of(8080), of(8080, 'tty: true'), service('http')],
  ])('not %s', (_, before, after, more) => {
    expect(classed(id, allOf(before, more), allOf(after, more))).toEqual([]);
  });
  test('not with a file that changes along', () => {
    const before = allOf(of(8080, READS), service('http'), config(':8080'));
    expect(classed(id, before, allOf(of(8081, READS), service('http'), config(':8081')))).toEqual([]);
    expect(classed(id, before, allOf(of(8081, READS), service('http'), config(':8080')))).toHaveLength(1);
  });
});

describe('confinement', () => {
  const of = (security: string, pod = '') => workloadOf({ container: `securityContext: { ${security} }`, pod });
  const CONTEXT = `${AT}.containers[web].securityContext`;
  test('a file system that may be written to, and back', () => {
    const [closed, open] = [of('readOnlyRootFilesystem: true'), of('runAsNonRoot: true')];
    expect(classed('confinement-loosened', closed, open)).toEqual([`privilege ${CONTEXT}.readOnlyRootFilesystem`]);
    expect(classed('confinement-tightened', open, closed)).toEqual([`disruption ${CONTEXT}.readOnlyRootFilesystem`]);
    expect(classed('confinement-loosened', open, closed)).toEqual([]);
    expect(classed('confinement-tightened', closed, open)).toEqual([]);
  });
  test('a sandbox, by its name or its handler, and the namespace of users', () => {
    const id = 'confinement-loosened';
    const runtime = '{ apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: { name: safe }, handler: runsc }';
    expect(classed(id, of('', 'runtimeClassName: gvisor'), of(''))).toEqual([`privilege ${AT}.runtimeClassName`]);
    expect(classed(id, allOf(of('', 'runtimeClassName: safe'), runtime), allOf(of(''), runtime))).toHaveLength(1);
    expect(classed(id, of('', 'runtimeClassName: nvidia'), of(''))).toEqual([]);
    expect(classed(id, of('', 'runtimeClassName: gvisor'), of('', 'runtimeClassName: kata'))).toEqual([]);
    expect(classed(id, of('', 'hostUsers: false'), of(''))).toEqual([`privilege ${AT}.hostUsers`]);
    expect(classed(id, of('', 'hostUsers: true'), of(''))).toEqual([]);
  });
  test.each([
    ['all capabilities', '', 'capabilities: { drop: [ALL] }', '9 capabilities, such as NET_BIND_SERVICE'],
    ['one of them', '', 'capabilities: { drop: [CHOWN] }', 'the capability CHOWN'],
    ['one that was added', 'capabilities: { add: [NET_ADMIN] }', '', 'the capability NET_ADMIN'],
    ['being privileged', 'privileged: true', 'privileged: false', 'privileged no more'],
    ['being root', 'runAsUser: 0', 'runAsUser: 1000', 'user 1000 in place of 0'],
    ['the user of the image', '', 'runAsUser: 1000', 'in place of the one of its image'],
  ])('what loses %s', (_, before, after, message) => {
    const id = 'confinement-tightened';
    expect(messagesOf(id, of(before), of(after))).toEqual([expect.stringContaining(message)]);
    expect(worstClass(of(before), of(after))).toBe('disruption');
  });
  test.each([
    [
      'all but what it needs, which it has',
      'capabilities: { drop: [ALL], add: [CHOWN] }',
      'capabilities: { drop: [all], add: [CHOWN, KILL] }',
    ],
    ['root', 'runAsUser: 1000', 'runAsUser: 0'],
    ['the same in other words', 'capabilities: { add: [CAP_CHOWN] }', ''],
  ])('not %s', (_, before, after) => {
    expect(classed('confinement-tightened', of(before), of(after))).toEqual([]);
  });
  test('a volume that is mounted read-only', () => {
    const mounted = (more: string, source: string) =>
      workloadOf({
        container: `volumeMounts: [{ name: v, mountPath: /data${more} }]`,
        pod: `volumes: [{ name: v, ${source} }]`,
      });
    const EMPTY = 'emptyDir: {}';
    expect(messagesOf('confinement-tightened', mounted('', EMPTY), mounted(', readOnly: true', EMPTY))).toEqual([
      'web may read /data and no longer write there',
    ]);
    expect(classed('confinement-tightened', mounted(', readOnly: true', EMPTY), mounted('', EMPTY))).toEqual([]);
    const map = 'configMap: { name: c }';
    expect(classed('confinement-tightened', mounted('', map), mounted(', readOnly: true', map))).toEqual([]);
  });
});

test('a preStop hook that takes the whole grace period', () => {
  const of = (sleep: string, grace: number, hook = `exec: { command: [sleep, '${sleep}'] }`) =>
    workloadOf({ pod: `terminationGracePeriodSeconds: ${grace}`, container: `lifecycle: { preStop: { ${hook} } }` });
  const id = 'grace-shortened';
  expect(messagesOf(id, of('10', 45), of('60', 45))).toEqual([expect.stringContaining('takes 60 seconds of the 45')]);
  expect(messagesOf(id, of('40', 60), of('40', 30))).toHaveLength(2);
  expect(messagesOf(id, of('10', 45), of('40', 45))).toEqual([]);
  expect(messagesOf(id, of('60', 45), of('70', 45))).toEqual([]);
});

describe('a volume in memory', () => {
  const id = 'memory-limit-lowered';
  const of = (volume: string, mount = '', limits = 'limits: { memory: 256Mi }') =>
    workloadOf({
      container: `resources: { ${limits} }, volumeMounts: [{ name: tmp, mountPath: /tmp${mount} }]`,
      pod: `volumes: [{ name: tmp, ${volume} }]`,
    });
  test('counts for who writes it', () => {
    expect(messagesOf(id, of('emptyDir: {}'), of('emptyDir: { medium: Memory }'))).toEqual([
      expect.stringContaining('memory of web (limit 256Mi)'),
    ]);
    expect(messagesOf(id, of('emptyDir: {}', '', ''), of('emptyDir: { medium: Memory }', '', ''))[0]).toContain(
      'no limit',
    );
    expect(classed(id, of('emptyDir: { medium: Memory }'), of('emptyDir: {}'))).toEqual([]);
    const READ = ', readOnly: true';
    expect(classed(id, of('emptyDir: {}', READ), of('emptyDir: { medium: Memory }', READ))).toEqual([]);
  });
});
