import { all, findings, messages, said, verdicts, workload } from '../judging';

describe('service-address-unique', () => {
  const id = 'service-address-unique';
  const service = (name: string, spec: string, namespace = 'shop') =>
    `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${namespace} }, spec: { ${spec} } }`;
  const port = (nodePort: number, more = '') => `ports: [{ port: 80, nodePort: ${nodePort}${more} }]`;

  test('a node port is given once, to Services of any type, namespace and protocol', () => {
    const first = service('a', `type: NodePort, ${port(30080)}`);
    expect(
      findings(id, all(first, service('b', `type: LoadBalancer, ${port(30080, ', protocol: UDP')}`, 'blog'))),
    ).toEqual(['fail Service/blog/b spec.ports[0].nodePort = 30080']);
    const local = 'type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30080, ports: [{ port: 80 }]';
    expect(findings(id, all(first, service('b', local)))).toEqual([
      'fail Service/shop/b spec.healthCheckNodePort = 30080',
    ]);
    expect(verdicts(id, all(first, service('b', `type: NodePort, ${port(30081)}`)))).toEqual([]);
    expect(verdicts(id, all(first, service('b', `type: ClusterIP, ${port(30080)}`)))).toEqual([]);
  });
  test('one Service may use it for two protocols', () =>
    expect(
      verdicts(
        id,
        service(
          'dns',
          'type: NodePort, ports: [{ name: a, port: 53, nodePort: 30053 }, { name: b, port: 53, nodePort: 30053, protocol: UDP }]',
        ),
      ),
    ).toEqual([]));
  test('a node port outside of the usual range depends on how the API server was started', () => {
    for (const [nodePort, verdict] of [
      [80, ['unknown spec.ports[0].nodePort']],
      [29999, ['unknown spec.ports[0].nodePort']],
      [30000, []],
      [32767, []],
      [32768, ['unknown spec.ports[0].nodePort']],
    ] as const)
      expect(verdicts(id, service('a', `type: NodePort, ${port(nodePort)}`))).toEqual(verdict);
    expect(verdicts(id, service('a', `type: ClusterIP, ${port(80)}`))).toEqual([]);
    expect(messages(id, service('a', `type: LoadBalancer, ${port(80)}`))[0]).toContain('--service-node-port-range');
  });
  test('a cluster IP is given once', () => {
    const dns = service('dns', 'clusterIP: 10.96.0.10, ports: [{ port: 53 }]', 'kube-system');
    expect(findings(id, all(dns, service('a', 'clusterIPs: [10.96.0.10], ports: [{ port: 80 }]')))).toEqual([
      'fail Service/shop/a spec.clusterIPs[0] = "10.96.0.10"',
    ]);
    expect(findings(id, service('a', 'clusterIP: 10.96.0.10, ports: [{ port: 80 }]'), { declared: dns })).toEqual([
      'fail Service/shop/a spec.clusterIP = "10.96.0.10"',
    ]);
    const headless = 'clusterIP: None, ports: [{ port: 80 }]';
    expect(verdicts(id, all(service('a', headless), service('b', headless)))).toEqual([]);
    expect(verdicts(id, dns, { declared: dns })).toEqual([]);
  });
  test('two states of one Service are another fault', () =>
    expect(
      verdicts(
        id,
        all(
          service('a', `type: NodePort, ${port(30080)}`),
          service('a', `type: NodePort, ${port(30080, ', name: x')}`),
        ),
      ),
    ).toEqual([]));
});

describe('empty-dir-medium', () => {
  const id = 'empty-dir-medium';
  const medium = (name: string, kind = 'Deployment') =>
    workload({ kind, pod: `volumes: [{ name: a, emptyDir: { medium: ${name} } }]` });
  test('is the disk, the memory or huge pages', () => {
    for (const known of ["''", 'Memory', 'HugePages', 'HugePages-2Mi', 'null'])
      expect(verdicts(id, medium(known))).toEqual([]);
    for (const kind of ['Deployment', 'StatefulSet', 'Job'])
      expect(verdicts(id, medium('tmpfs', kind))).toEqual(['fail spec.template.spec.volumes[0].emptyDir.medium']);
  });
  test('in the wrong case is corrected', () => {
    expect(said(id, medium('MEMORY'))[0]!.repair).toMatchObject({ do: 'replace', from: 'MEMORY', with: 'Memory' });
    expect(said(id, medium('ram'))[0]!.repair).toBeUndefined();
  });
});

describe('resource-field-resolves', () => {
  const id = 'resource-field-resolves';
  const field = (container: string) => `resourceFieldRef: { containerName: ${container}, resource: limits.cpu }`;
  test('a variable and a file name a container of the pod, init containers and sidecars too', () => {
    const variable = (name: string) => `env: [{ name: CPU, valueFrom: { ${field(name)} } }]`;
    const init = (more = '') => `initContainers: [{ name: setup, image: 'shop/setup:1.0.0'${more} }]`;
    expect(verdicts(id, workload({ container: variable('main') }))).toEqual([]);
    expect(verdicts(id, workload({ container: variable('setup'), pod: init() }))).toEqual([]);
    expect(verdicts(id, workload({ container: variable('setup'), pod: init(', restartPolicy: Always') }))).toEqual([]);
    expect(verdicts(id, workload({ container: variable('setup') }))).toEqual([
      'fail spec.template.spec.containers[0].env[0].valueFrom.resourceFieldRef.containerName',
    ]);
    expect(verdicts(id, workload({ pod: init(`, ${variable('mian')}`) }))).toEqual([
      'fail spec.template.spec.initContainers[0].env[0].valueFrom.resourceFieldRef.containerName',
    ]);
  });
  test('so do the files of a volume, alone and projected', () => {
    const item = (name: string) => `items: [{ path: cpu, ${field(name)} }]`;
    const volumes = (name: string) =>
      workload({
        pod: `volumes: [{ name: a, downwardAPI: { ${item(name)} } }, { name: b, projected: { sources: [{ downwardAPI: { ${item(name)} } }] } }]`,
      });
    expect(verdicts(id, volumes('main'))).toEqual([]);
    expect(verdicts(id, volumes('app'))).toEqual([
      'fail spec.template.spec.volumes[0].downwardAPI.items[0].resourceFieldRef.containerName',
      'fail spec.template.spec.volumes[1].projected.sources[0].downwardAPI.items[0].resourceFieldRef.containerName',
    ]);
    expect(messages(id, volumes('app'))[0]).toContain('stays in ContainerCreating');
  });
  test('one that a mesh puts into the pod may be there', () =>
    expect(verdicts(id, workload({ container: `env: [{ name: A, valueFrom: { ${field('istio-proxy')} } }]` }))).toEqual(
      ['unknown spec.template.spec.containers[0].env[0].valueFrom.resourceFieldRef.containerName'],
    ));
});

describe('priority-admitted', () => {
  const id = 'priority-admitted';
  const priority = (name: string, more = '') =>
    `{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: ${name} }, value: 1000${more} }`;
  test('a cluster has one default, whoever brings it', () => {
    const isDefault = ', globalDefault: true';
    expect(verdicts(id, all(priority('a', isDefault), priority('b')))).toEqual([]);
    expect(findings(id, all(priority('a', isDefault), priority('b', isDefault)))).toEqual([
      'fail PriorityClass/b globalDefault = true',
    ]);
    expect(findings(id, priority('b', isDefault), { facts: priority('a', isDefault) })).toEqual([
      'fail PriorityClass/b globalDefault = true',
    ]);
    expect(findings(id, priority('b', isDefault), { declared: priority('a', isDefault) })).toHaveLength(1);
    expect(verdicts(id, priority('b', isDefault), { facts: priority('b', isDefault) })).toEqual([]);
  });
  test('the number of a pod is that of its class', () => {
    const pod = (number: number, name = 'a') => workload({ pod: `priorityClassName: ${name}, priority: ${number}` });
    expect(verdicts(id, all(priority('a'), pod(1000)))).toEqual([]);
    expect(verdicts(id, all(priority('a'), pod(5)))).toEqual(['fail spec.template.spec.priority']);
    expect(verdicts(id, pod(5, 'system-node-critical'))).toEqual(['fail spec.template.spec.priority']);
    expect(verdicts(id, pod(5, 'unknown'))).toEqual([]);
    expect(verdicts(id, workload({ pod: 'priority: 5' }))).toEqual([]);
  });
});

describe('rollout-can-progress', () => {
  const id = 'rollout-can-progress';
  const agent = (strategy: string, { pod = '', container = '', kind = 'DaemonSet' } = {}) =>
    workload({ kind, spec: `updateStrategy: ${strategy}`, pod, container });
  const surge = '{ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }';
  const stuck = ['fail spec.updateStrategy.rollingUpdate.maxSurge'];
  test('a new pod of a node cannot have the port that the old one has', () => {
    const host = 'ports: [{ containerPort: 9100, hostPort: 9100 }]';
    expect(verdicts(id, agent(surge, { container: host }))).toEqual(stuck);
    expect(
      verdicts(id, agent(surge, { pod: 'hostNetwork: true', container: 'ports: [{ containerPort: 9100 }]' })),
    ).toEqual(stuck);
    const sidecar = `initContainers: [{ name: proxy, image: 'shop/proxy:1.0.0', restartPolicy: Always, ${host} }]`;
    expect(verdicts(id, agent(surge, { pod: sidecar }))).toEqual(stuck);
    expect(verdicts(id, agent(surge, { pod: sidecar.replace('restartPolicy: Always, ', '') }))).toEqual([]);
    expect(verdicts(id, agent(surge, { container: 'ports: [{ containerPort: 9100 }]' }))).toEqual([]);
    expect(verdicts(id, agent('{ rollingUpdate: { maxUnavailable: 1 } }', { container: host }))).toEqual([]);
    expect(verdicts(id, agent('{ type: OnDelete }', { container: host }))).toEqual([]);
  });
  test('what the server refuses is one finding', () => {
    const none = 'rollingUpdate: { maxSurge: 0, maxUnavailable: 0 }';
    const both = (manifests: string) => ['schema-valid', id].flatMap((check) => verdicts(check, manifests));
    expect(both(workload({ spec: `strategy: { ${none} }` }))).toEqual(['fail spec.strategy.rollingUpdate']);
    expect(both(agent(`{ ${none} }`))).toEqual(['fail spec.updateStrategy.rollingUpdate']);
    expect(both(workload({ spec: 'minReadySeconds: 600' }))).toEqual(['fail spec.minReadySeconds']);
    expect(both(workload({ spec: 'progressDeadlineSeconds: 0' }))).toEqual(['fail spec.progressDeadlineSeconds']);
  });
});
