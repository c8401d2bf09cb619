import type { k8s } from 'cdk8s-plus-28';
import { Config } from '../../../constructs/core/config';
import { podField } from '../../../constructs/core/downward';
import type { ContainerProps, PodProps } from '../../../constructs/core/pod';
import { Probe } from '../../../constructs/core/probe';
import { Volume } from '../../../constructs/core/volume';
import type { Resources } from '../../../model/quantity';
import type { PodSpec } from '../../support/kubernetes';
import { containersOf } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { CONTAINER, namespaceIn, podOf, refusal, rendered, workloadIn } from '../../support/render';

/** The spec of a pod with these props. */
function podSpec(pod: Partial<PodProps> = {}, container: Partial<ContainerProps> = {}): PodSpec {
  return podOf(rendered((chart) => workloadIn(chart, 'shop', { pod, container }))).spec;
}

const side = (name: string): ContainerProps => ({ ...CONTAINER, name });

describe('a pod with no more than it needs', () => {
  const pod = podSpec();
  const [container] = pod.containers;

  test('meets the restricted standard', () => {
    expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
    });
    expect(container?.securityContext?.readOnlyRootFilesystem).toBe(true);
  });

  test('holds no token of the API server and no variables of other Services', () => {
    expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
    expect(pod).not.toHaveProperty('serviceAccountName');
  });

  test('has 30 seconds to end, and its last words explain its end', () => {
    expect(pod.terminationGracePeriodSeconds).toBe(30);
    expect(container?.terminationMessagePolicy).toBe('FallbackToLogsOnError');
  });

  test('asks for what it needs, may use no more memory than that, and idle CPU without limit', () => {
    expect(container?.resources).toEqual({ requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '16Mi' } });
  });

  test('pulls its image only where the node has none', () => {
    expect(container?.imagePullPolicy).toBe('IfNotPresent');
  });

  test('has nothing else', () => {
    expect(Object.keys(pod).sort()).toEqual([
      'automountServiceAccountToken',
      'containers',
      'enableServiceLinks',
      'securityContext',
      'terminationGracePeriodSeconds',
    ]);
    expect(Object.keys(container ?? {}).sort()).toEqual([
      'image',
      'imagePullPolicy',
      'name',
      'resources',
      'securityContext',
      'terminationMessagePolicy',
    ]);
  });
});

describe('a pod with everything', () => {
  const objects = rendered((chart) => {
    const namespace = namespaceIn(chart, { imagePullSecrets: ['registry'], podSecurity: 'baseline' });
    const container: Required<ContainerProps> = {
      name: 'shop',
      image: 'shop:1',
      command: ['/shop'],
      args: ['--open'],
      ports: { http: 8080, metrics: 9100 },
      udp: ['metrics'],
      env: { GREETING: 'hello', POD: podField('metadata.name') },
      envFrom: [
        { config: new Config(chart, 'words', { namespace, data: { A: '1' } }) },
        { config: new Config(chart, 'keys', { namespace, data: { B: '2' }, secret: true }), prefix: 'KEY_' },
      ],
      probes: {
        startup: Probe.tcp('http'),
        readiness: Probe.http('/ready', 'http'),
        liveness: Probe.http('/alive', 'metrics'),
      },
      resources: { cpu: '1', memory: '64Mi', memoryLimit: '128Mi', cpuLimit: '2' },
      mounts: [Volume.scratch('tmp', '1Mi').at('/tmp', { writable: true })],
      preStop: { exec: { command: ['/shop', 'close'] } },
      securityContext: { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
    };
    const pod: Required<PodProps> = {
      container,
      initContainers: [side('first'), side('second')],
      sidecars: [side('log'), side('proxy')],
      user: 1000,
      securityException: { level: 'baseline', reason: 'a test of everything' },
      host: { network: false, pid: false },
      terminationGracePeriod: 45,
      placement: {},
      serviceAccount: 'clerk',
      priorityClass: 'important',
      restartPolicy: 'Always',
    };
    workloadIn(chart, 'shop', { namespace, pod, container });
  });
  const pod = podOf(objects).spec;
  const [container] = pod.containers;

  test('runs the program that it is told to', () => {
    expect(container).toMatchObject({ name: 'shop', image: 'shop:1', command: ['/shop'], args: ['--open'] });
  });

  test('names its ports', () => {
    expect(container?.ports).toEqual([
      { name: 'http', containerPort: 8080 },
      { name: 'metrics', containerPort: 9100 },
    ]);
  });

  test('has variables by value and from its own fields', () => {
    expect(container?.env).toEqual([
      { name: 'GREETING', value: 'hello' },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ]);
  });

  test('takes all keys of a ConfigMap, and those of a Secret behind a prefix', () => {
    expect(container?.envFrom).toEqual([
      { configMapRef: { name: objects.get('ConfigMap').metadata.name } },
      { prefix: 'KEY_', secretRef: { name: objects.get('Secret').metadata.name } },
    ]);
  });

  test('is asked each of its three questions', () => {
    expect(container?.startupProbe?.tcpSocket).toEqual({ port: 'http' });
    expect(container?.readinessProbe?.httpGet).toEqual({ path: '/ready', port: 'http' });
    expect(container?.livenessProbe?.httpGet).toEqual({ path: '/alive', port: 'metrics' });
  });

  test('has the limits that are given', () => {
    expect(container?.resources).toEqual({
      requests: { cpu: '1', memory: '64Mi' },
      limits: { cpu: '2', memory: '128Mi' },
    });
  });

  test('mounts its volume', () => {
    expect(container?.volumeMounts).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
    expect(pod.volumes).toEqual([{ name: 'tmp', emptyDir: { sizeLimit: '1Mi' } }]);
  });

  test('does something before it ends', () => {
    expect(container?.lifecycle?.preStop).toEqual({ exec: { command: ['/shop', 'close'] } });
    expect(pod.terminationGracePeriodSeconds).toBe(45);
  });

  test('starts sidecars before its init containers, in order, and keeps them running', () => {
    expect(pod.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
      ['log', 'Always'],
      ['proxy', 'Always'],
      ['first', undefined],
      ['second', undefined],
    ]);
  });

  test('may call the API server under its account', () => {
    expect(pod).toMatchObject({ serviceAccountName: 'clerk', automountServiceAccountToken: true });
  });

  test('has its priority and restart policy', () => {
    expect(pod).toMatchObject({ priorityClassName: 'important', restartPolicy: 'Always' });
  });

  test('pulls images with the credentials of its namespace', () => {
    expect(pod.imagePullSecrets).toEqual([{ name: 'registry' }]);
  });

  test('has the security context that the exception allows', () => {
    expect(container?.securityContext?.capabilities?.add).toEqual(['NET_BIND_SERVICE']);
    expect(podSecurityViolations(pod, 'baseline')).toEqual([]);
  });
});

describe('security', () => {
  test('every container meets the restricted standard, init containers and sidecars too', () => {
    const pod = podSpec({ initContainers: [side('init')], sidecars: [side('sidecar')] });
    expect(containersOf(pod).map(({ name }) => name)).toEqual(['shop', 'sidecar', 'init']);
    expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
    for (const { terminationMessagePolicy, resources } of containersOf(pod)) {
      expect(terminationMessagePolicy).toBe('FallbackToLogsOnError');
      expect(resources?.limits).toHaveProperty('memory');
    }
  });

  test('the user of a pod owns its volumes', () => {
    expect(podSpec({ user: 999 }).securityContext).toMatchObject({
      runAsUser: 999,
      runAsGroup: 999,
      fsGroup: 999,
      fsGroupChangePolicy: 'OnRootMismatch',
    });
  });

  test('a pod that meets less than its namespace asks for is refused with its reason and both ways out', () => {
    const error = refusal(() => podSpec({ securityException: { level: 'baseline', reason: 'starts as root' } }));
    expect(error.message).toContain('meets only baseline (starts as root), and namespace shop enforces restricted');
    expect(error.fixes).toHaveLength(2);
  });

  test.each([
    ['baseline', 'baseline', true],
    ['baseline', 'privileged', false],
    ['privileged', 'baseline', true],
    ['privileged', 'privileged', true],
  ] as const)('a %s namespace admits a pod that meets %s: %s', (podSecurity, level, admitted) => {
    const act = () =>
      rendered((chart) =>
        workloadIn(chart, 'shop', {
          namespace: namespaceIn(chart, { podSecurity }),
          pod: { securityException: { level, reason: 'a test' } },
        }),
      );
    if (admitted) expect(podSecurityViolations(podOf(act()).spec, level)).toEqual([]);
    else expect(refusal(act).message).toContain('and namespace shop enforces baseline');
  });

  // It says "workload undefined": the name is not set yet where this is checked.
  test('the refusal names the workload', () => {
    expect(refusal(() => podSpec({ securityException: { level: 'baseline', reason: 'a test' } })).place).toBe(
      'workload shop',
    );
  });

  test("a pod with an exception still drops what it can: no escalation, and the runtime's seccomp profile", () => {
    const { spec } = podOf(
      rendered((chart) =>
        workloadIn(chart, 'shop', {
          namespace: namespaceIn(chart, { podSecurity: 'baseline' }),
          pod: { securityException: { level: 'baseline', reason: 'starts as root' } },
        }),
      ),
    );
    expect(spec.containers[0]?.securityContext?.allowPrivilegeEscalation).toBe(false);
    expect(spec.securityContext?.seccompProfile).toEqual({ type: 'RuntimeDefault' });
    expect(spec.securityContext).not.toHaveProperty('runAsNonRoot');
  });

  test.each<[string, k8s.SecurityContext]>([
    ['runs privileged', { privileged: true }],
    ['may gain privileges', { allowPrivilegeEscalation: true }],
    ['adds capabilities', { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }],
    ['runs as root', { runAsNonRoot: false, runAsUser: 0 }],
  ])('a container that %s is refused unless its pod states an exception', (_, securityContext) => {
    const { place, fixes } = refusal(() => podSpec({}, { securityContext }));
    expect(place).toBe('workload shop, container shop');
    expect(fixes).toHaveLength(2);
  });
});

// Refused, but while the object is serialized: cdk8s makes an Error of it that has lost place and fixes.
test.each<Partial<Resources>>([{ memoryLimit: '8Mi' }, { cpuLimit: '5m' }])(
  'a limit below the request (%j) is refused: the API server would',
  (limit) => {
    expect(refusal(() => podSpec({}, { resources: { ...CONTAINER.resources, ...limit } })).place).toBe(
      'container shop',
    );
  },
);

test('variables of the pod stand before those of its flows', () => {
  const objects = rendered((chart) => {
    const shop = workloadIn(chart, 'shop', { container: { env: { GREETING: 'hello' } } });
    shop.connectsTo(
      workloadIn(chart, 'till', {
        namespace: namespaceIn(chart, { name: 'till' }),
        container: { ports: { http: 8080 } },
      }).port('http'),
      { as: 'TILL' },
    );
  });
  expect(objects.get('Deployment', 'shop').spec.template.spec.containers[0]?.env?.map(({ name }) => name)).toEqual([
    'GREETING',
    'TILL_HOST',
    'TILL_PORT',
  ]);
});

test.each(['metadata.namespace', 'spec.nodeName', "metadata.labels['team']"] as const)(
  'the field %s of the pod is a variable',
  (field) => {
    expect(podSpec({}, { env: { IT: podField(field) } }).containers[0]?.env).toEqual([
      { name: 'IT', valueFrom: { fieldRef: { fieldPath: field } } },
    ]);
  },
);

describe('what a pod uses of its node', () => {
  const root = Volume.node('root', '/').at('/host');
  const privileged = { level: 'privileged', reason: 'it measures the node' } as const;
  const onNode = (pod: Partial<PodProps>, container: Partial<ContainerProps> = {}) =>
    rendered((chart) =>
      workloadIn(chart, 'shop', { namespace: namespaceIn(chart, { podSecurity: 'privileged' }), pod, container }),
    );

  test('is in its own fields: network, processes, and a folder that is read as the node sees it', () => {
    const objects = onNode(
      { host: { network: true, pid: true }, securityException: privileged },
      { ports: { metrics: 9100 }, mounts: [root] },
    );
    const { spec } = podOf(objects);
    expect(spec).toMatchObject({ hostNetwork: true, hostPID: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect(spec.containers[0]?.ports).toEqual([{ name: 'metrics', containerPort: 9100, hostPort: 9100 }]);
    expect(spec.volumes).toEqual([{ name: 'root', hostPath: { path: '/', type: 'Directory' } }]);
    expect(spec.containers[0]?.volumeMounts).toEqual([
      { name: 'root', mountPath: '/host', readOnly: true, mountPropagation: 'HostToContainer' },
    ]);
  });

  test('is nothing unless it says so', () => {
    const { spec } = podOf(onNode({}, { ports: { http: 80 } }));
    expect(['hostNetwork', 'hostPID', 'dnsPolicy'].filter((field) => field in spec)).toEqual([]);
    expect(spec.containers[0]?.ports).toEqual([{ name: 'http', containerPort: 80 }]);
  });

  test.each<[string, Partial<PodProps>, Partial<ContainerProps>]>([
    ['hostNetwork', { host: { network: true } }, {}],
    ['hostPID', { host: { pid: true } }, {}],
    ['hostPath', {}, { mounts: [root] }],
    ['hostPath', { securityException: { level: 'baseline', reason: 'not enough' } }, { mounts: [root] }],
  ])('%s without an exception at level privileged is refused', (what, pod, container) => {
    const { message } = refusal(() => onNode(pod, container));
    expect(message).toContain(`uses ${what} of its node`);
  });

  test('is refused in a namespace that enforces more, whatever the exception', () => {
    const act = () =>
      rendered((chart) => workloadIn(chart, 'shop', { pod: { host: { pid: true }, securityException: privileged } }));
    expect(refusal(act).message).toContain('namespace shop enforces restricted');
  });
});
