import { parseQuantity } from '../../manifests/quantity';
import { objectsNeed, podsNeed, quotasWithPods } from '../../world/quotas';
import { all, namesOf, object, service, workload, worldOf } from './support';

const quota = (spec: string) => object('v1', 'ResourceQuota', 'q', `spec: { ${spec} }`);
const sized = (name: string, resources: string, more: Parameters<typeof workload>[0] = {}) =>
  workload({ name, container: `resources: { ${resources} }`, ...more });
const quotaOf = (...manifests: string[]) => {
  const world = worldOf(all(...manifests));
  const [found] = [...quotasWithPods(world)];
  return { world, quota: found! };
};
/** The workloads whose pods a quota counts. */
const counted = (spec: string, ...manifests: string[]) =>
  namesOf(quotaOf(quota(spec), ...manifests).quota.workloads).sort();

describe('the pods that a quota counts', () => {
  test('are those of its namespace, not those of a PodTemplate or of what a workload made', () => {
    const made = `{ apiVersion: apps/v1, kind: ReplicaSet, metadata: { name: web-1, namespace: shop, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, controller: true }] }, spec: { template: { spec: { containers: [{ name: a }] } } } }`;
    const template = object('v1', 'PodTemplate', 't', 'template: { spec: { containers: [{ name: a }] } }');
    expect(counted('hard: { pods: 9 }', workload(), made, template)).toEqual(['web']);
  });

  const gold = sized('gold', 'requests: { cpu: 1 }', { pod: 'priorityClassName: gold' });
  const plain = sized('plain', 'requests: { cpu: 1 }');
  const byPriority = (operator: string, values = '[gold]') =>
    counted(
      `scopeSelector: { matchExpressions: [{ scopeName: PriorityClass, operator: ${operator}, values: ${values} }] }`,
      gold,
      plain,
    );
  test('are chosen by their priority class', () => {
    expect(byPriority('In')).toEqual(['gold']);
    expect(byPriority('NotIn')).toEqual(['plain']);
    expect(byPriority('Exists', '[]')).toEqual(['gold']);
    expect(byPriority('DoesNotExist', '[]')).toEqual(['plain']);
    expect(counted('scopes: [PriorityClass]', gold, plain)).toEqual(['gold']);
  });
  test('are chosen by whether they end', () => {
    const job = workload({ name: 'job', kind: 'Job', pod: 'activeDeadlineSeconds: 60' });
    const open = workload({ name: 'open', kind: 'Job', pod: 'activeDeadlineSeconds: null' });
    expect(counted('scopes: [Terminating]', job, open, plain)).toEqual(['job']);
    expect(counted('scopes: [NotTerminating]', job, open, plain)).toEqual(['open', 'plain']);
  });
  test('are chosen by whether any container asks for CPU or memory', () => {
    const none = workload({ name: 'none' });
    const disk = sized('disk', 'requests: { ephemeral-storage: 1Gi }');
    const zero = sized('zero', 'requests: { cpu: 0 }');
    const limited = sized('limited', 'limits: { memory: 1Gi }');
    const second = workload({
      name: 'second',
      containers: "{ name: a, image: 'a:1' }, { name: b, image: 'b:1', resources: { requests: { cpu: 1 } } }",
    });
    const pods = [none, disk, zero, limited, second, sized('mixed', 'requests: { cpu: 0, memory: 1Gi }')];
    expect(counted('scopes: [BestEffort]', ...pods)).toEqual(['disk', 'none', 'zero']);
    expect(counted('scopes: [NotBestEffort]', ...pods)).toEqual(['limited', 'mixed', 'second']);
  });
  test('are chosen by what the pod as a whole asks for, where it does', () => {
    const whole = workload({ name: 'whole', pod: 'resources: { limits: { memory: 1Gi } }' });
    const pages = sized('pages', 'requests: { cpu: 1 }', { pod: 'resources: { requests: { hugepages-2Mi: 2Mi } }' });
    expect(counted('scopes: [BestEffort]', whole, pages, plain)).toEqual(['pages']);
    expect(counted('scopes: [NotBestEffort]', whole, pages, plain)).toEqual(['plain', 'whole']);
  });
  test('are chosen by whether their affinity names namespaces', () => {
    const near = (name: string, term: string) =>
      workload({
        name,
        pod: `affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: zone, ${term} } }] } }`,
      });
    const far = workload({
      name: 'far',
      pod: 'affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: zone, namespaceSelector: {} }] } }',
    });
    const pods = [near('named', 'namespaces: [stage]'), near('none', 'namespaces: []'), near('own', ''), far, plain];
    expect(counted('scopes: [CrossNamespacePodAffinity]', ...pods)).toEqual(['far', 'named']);
  });
  test('must be meant by every scope, and a scope that cannot be told counts none', () => {
    const ending = workload({ name: 'ending', kind: 'Job', pod: 'activeDeadlineSeconds: 60' });
    expect(counted('scopes: [Terminating, BestEffort]', ending, workload(), plain)).toEqual(['ending']);
    expect(counted('scopes: [VolumeAttributesClass]', plain)).toEqual([]);
    expect(
      counted(
        'scopes: [NotTerminating], scopeSelector: { matchExpressions: [{ scopeName: BestEffort, operator: Exists }] }',
        ending,
        workload(),
        plain,
      ),
    ).toEqual(['web']);
  });
});

describe('what the workloads need of a quota', () => {
  const need = (name: string, ...manifests: string[]) => {
    const { world, quota: found } = quotaOf(quota('hard: { pods: 9 }'), ...manifests);
    const needed = podsNeed(world, found, name);
    return needed && { ...needed, largest: needed.largest?.resource.name };
  };
  const whole = (text: string) => parseQuantity(text)!;
  const careful = 'strategy: { rollingUpdate: { maxUnavailable: 0 } }';
  test('is the sum of their replicas, and the largest pod of a rollout that first starts a new one', () => {
    const rollout = (name: string, cpu: string, replicas = 2) =>
      sized(name, `requests: { cpu: ${cpu} }`, { spec: `replicas: ${replicas}\n  ${careful}` });
    expect(need('requests.cpu', rollout('a', '1'), rollout('b', '3'), rollout('c', '2'))).toEqual({
      steady: whole('12'),
      least: whole('12'),
      surge: whole('3'),
      largest: 'b',
      scaled: false,
    });
    const scaler =
      '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: a, namespace: shop }, spec: { minReplicas: 3, maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: a } } }';
    expect(need('requests.cpu', rollout('a', '1'), scaler)).toMatchObject({
      steady: whole('5'),
      least: whole('3'),
      scaled: true,
    });
    expect(need('requests.cpu', rollout('a', '1', 0))).toMatchObject({ steady: 0n, surge: 0n, largest: undefined });
  });
  test('counts a Pod once, and neither Jobs nor DaemonSets, which have as many as time and nodes decide', () => {
    const pod = object('v1', 'Pod', 'one', 'spec: { containers: [{ name: a, resources: { requests: { cpu: 2 } } }] }');
    const others = ['Job', 'DaemonSet'].map((kind) => sized(kind.toLowerCase(), 'requests: { cpu: 1 }', { kind }));
    expect(need('cpu', pod, ...others)).toMatchObject({ steady: whole('2') });
    expect(need('pods', pod, ...others)).toMatchObject({ steady: whole('1') });
  });
  test('is undefined for what pods have none of', () => {
    expect(need('count/deployments.apps', workload())).toBeUndefined();
    expect(need('count/jobs.batch', workload({ kind: 'Job' }))).toBeUndefined();
    expect(need('count/pods', workload())).toMatchObject({ steady: whole('1') });
  });
  test('is that of sidecars, which run beside each other and beside the init containers that come later', () => {
    const container = (name: string, memory: string, more = '') =>
      `{ name: ${name}, image: 'a:1'${more}, resources: { requests: { memory: ${memory} } } }`;
    const side = ', restartPolicy: Always';
    const pod = (init: string) => workload({ pod: `initContainers: [${init}]`, containers: container('main', '1Gi') });
    const memory = (init: string) => need('requests.memory', pod(init))!.steady;
    expect(memory(container('a', '3Gi', side))).toBe(whole('4Gi'));
    expect(memory(container('a', '3Gi'))).toBe(whole('3Gi'));
    expect(memory(`${container('a', '1Gi', side)}, ${container('b', '3Gi')}`)).toBe(whole('4Gi'));
    expect(memory(`${container('b', '3Gi')}, ${container('a', '1Gi', side)}`)).toBe(whole('3Gi'));
    expect(memory(`${container('a', '512Mi')}, ${container('b', '2Gi')}, ${container('c', '1Gi')}`)).toBe(whole('2Gi'));
  });
  test('is what the pod as a whole asks for, and its sandbox takes some on top', () => {
    const pod = (more: string) => need('requests.cpu', sized('web', 'requests: { cpu: 1 }', { pod: more }))!.steady;
    expect(pod('resources: { requests: { cpu: 3 } }')).toBe(whole('3'));
    expect(pod('overhead: { cpu: 250m }')).toBe(whole('1250m'));
    expect(need('requests.cpu', workload({ pod: 'overhead: { cpu: 250m }' }))!.steady).toBe(whole('250m'));
    const limits = (resources: string) =>
      need('limits.cpu', sized('web', resources, { pod: 'overhead: { cpu: 250m }' }))!.steady;
    expect(limits('limits: { cpu: 1 }')).toBe(whole('1250m'));
    // A pod without a limit has none by its overhead, nor one whose limit is 0, which is none.
    expect(limits('requests: { cpu: 1 }')).toBe(0n);
    expect(limits('limits: { cpu: 0 }')).toBe(0n);
  });
  test('holds what LimitRanges give to containers, not to claims', () => {
    const range = (type: string, limit: string) =>
      object('v1', 'LimitRange', 'sizes', `spec: { limits: [{ type: ${type}, ${limit} }] }`);
    const cpu = (...more: string[]) => need('requests.cpu', workload(), ...more)!.steady;
    expect(cpu(range('Container', 'defaultRequest: { cpu: 2 }, default: { cpu: 3 }'))).toBe(whole('2'));
    expect(cpu(range('Container', 'default: { cpu: 3 }, max: { cpu: 4 }'))).toBe(whole('3'));
    expect(cpu(range('Container', 'max: { cpu: 4 }, min: { cpu: 1 }'))).toBe(whole('4'));
    expect(cpu(range('Container', 'min: { cpu: 1 }'))).toBe(whole('1'));
    expect(cpu(range('Pod', 'defaultRequest: { cpu: 2 }'))).toBe(0n);
    expect(cpu(object('v1', 'LimitRange', 'sizes', 'spec: { limits: [text, null] }'))).toBe(0n);
  });
});

describe('the objects that a quota counts', () => {
  const need = (name: string, ...manifests: string[]) => {
    const { world, quota: found } = quotaOf(quota('hard: { pods: 9 }'), workload(), ...manifests);
    return objectsNeed(world, found, name);
  };
  const of = (count: number) => parseQuantity(String(count));
  test('are Services by type: a load balancer has node ports, too', () => {
    const services = [
      service('type: LoadBalancer', 'a'),
      service('type: NodePort', 'b'),
      service('type: NodePort', 'c'),
      service('', 'd'),
    ];
    expect(need('services', ...services)).toBe(of(4));
    expect(need('services.loadbalancers', ...services)).toBe(of(1));
    expect(need('services.nodeports', ...services)).toBe(of(3));
  });
  test('are ConfigMaps with the certificate that every namespace has', () => {
    expect(need('configmaps')).toBe(of(1));
    expect(need('configmaps', object('v1', 'ConfigMap', 'a'))).toBe(of(2));
    expect(need('configmaps', object('v1', 'ConfigMap', 'kube-root-ca.crt'))).toBe(of(1));
    expect(need('secrets', object('v1', 'Secret', 'a'))).toBe(of(1));
  });
  test.each([
    ['count/configmaps', 'v1', 'ConfigMap', 2],
    ['count/services', 'v1', 'Service', 1],
    ['count/secrets', 'v1', 'Secret', 1],
    ['persistentvolumeclaims', 'v1', 'PersistentVolumeClaim', 1],
    ['count/persistentvolumeclaims', 'v1', 'PersistentVolumeClaim', 1],
    ['replicationcontrollers', 'v1', 'ReplicationController', 1],
    ['count/deployments.apps', 'apps/v1', 'Deployment', 2],
    ['count/statefulsets.apps', 'apps/v1', 'StatefulSet', 1],
    ['count/jobs.batch', 'batch/v1', 'Job', 1],
    ['count/cronjobs.batch', 'batch/v1', 'CronJob', 1],
    ['count/ingresses.networking.k8s.io', 'networking.k8s.io/v1', 'Ingress', 1],
  ])('%s are %s %s', (name, apiVersion, kind, count) =>
    expect(need(name, object(apiVersion, kind, 'one'))).toBe(of(count)),
  );
  test('are claims with their sizes, those of a StatefulSet once per replica', () => {
    const claim = object('v1', 'PersistentVolumeClaim', 'c', 'spec: { resources: { requests: { storage: 5Gi } } }');
    const set = workload({
      name: 'db',
      kind: 'StatefulSet',
      spec: 'replicas: 3\n  volumeClaimTemplates: [{ spec: { resources: { requests: { storage: 10Gi } } } }, text]',
    });
    expect(need('requests.storage', claim, set)).toBe(parseQuantity('35Gi'));
    expect(need('persistentvolumeclaims', claim, set)).toBe(of(7));
  });
  test('are of its own namespace, and of kinds that are known', () => {
    expect(need('secrets', object('v1', 'Secret', 'a', '', 'other'))).toBe(of(0));
    expect(need('count/widgets.example.com')).toBeUndefined();
  });
});
