import versionSkew from '../../../checks/rules/upgrade/version-skew';
import { runChecks } from '../../../checks/run';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { all, findings, messages, resources } from '../judging';

const node = (name: string, version: string) =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name} } }, status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: ${version} } } }`;
const component = (name: string, version: string, on: string, more = '') =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}-${on}, namespace: kube-system, ${more} }, spec: { nodeName: ${on}, containers: [{ name: ${name}, image: 'registry.k8s.io/${name}:${version}' }] } }`;
const nothing = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
const KUBELET = 'status.nodeInfo.kubeletVersion';

describe('version-skew', () => {
  const judged = (facts: string, manifests = nothing) => findings('version-skew', manifests, { facts });
  const server = component('kube-apiserver', 'v1.35.2', 'a');

  test('a kubelet up to three minor versions older, and none that is newer', () => {
    const nodes = ['v1.31.9', 'v1.32.0', 'v1.34.1-eks-1234', 'v1.35.9', 'v1.36.0', 'kwok-0.8.0'];
    expect(judged(all(server, ...nodes.map((version, i) => node(`n${i}`, version))))).toEqual([
      `fail Node/n0 ${KUBELET} = "v1.31.9"`,
      `fail Node/n4 ${KUBELET} = "v1.36.0"`,
    ]);
  });

  test('kubelets that no one API server supports together, whatever it is', () => {
    const apart = all(node('old', 'v1.31.2'), node('new', 'v1.35.0'));
    expect(judged(apart)).toEqual([`fail Node/old ${KUBELET} = "v1.31.2"`]);
    expect(judged(all(node('old', 'v1.32.2'), node('new', 'v1.35.0')))).toEqual([]);
  });

  test('controllers one minor version older at the most, and a kube-proxy three', () => {
    const of = (name: string, version: string) =>
      judged(all(server, node('a', 'v1.34.0'), component(name, version, 'a'))).map((text) => text.split(' ')[1]);
    expect(of('kube-scheduler', 'v1.34.9')).toEqual([]);
    expect(of('kube-scheduler', 'v1.33.9')).toEqual(['Pod/kube-system/kube-scheduler-a']);
    expect(of('kube-controller-manager', 'v1.36.0')).toEqual(['Pod/kube-system/kube-controller-manager-a']);
    expect(of('cloud-controller-manager', 'v1.33.0')).toEqual(['Pod/kube-system/cloud-controller-manager-a']);
    expect(of('kube-proxy', 'v1.32.0')).toEqual([]);
    expect(of('kube-proxy', 'v1.31.0')).toEqual(['Pod/kube-system/kube-proxy-a']);
  });

  test('two API servers narrow it, and are one minor version apart themselves', () => {
    const [older, newer] = [component('kube-apiserver', 'v1.34.2', 'a'), component('kube-apiserver', 'v1.35.2', 'b')];
    expect(judged(all(older, newer, node('a', 'v1.34.0'), node('b', 'v1.35.0')))).toEqual([
      `fail Node/b ${KUBELET} = "v1.35.0"`,
    ]);
    const two = all(component('kube-apiserver', 'v1.33.2', 'c'), newer, node('a', 'v1.33.0'));
    expect(messages('version-skew', nothing, { facts: two })).toEqual([
      'kube-apiserver runs as 1.33 and as 1.35: 1 minor version apart is supported',
    ]);
  });

  test('the pods of a DaemonSet are not told of beside it', () => {
    const owner = 'ownerReferences: [{ apiVersion: apps/v1, kind: DaemonSet, name: kube-proxy, uid: x }]';
    const set =
      "{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: kube-proxy, namespace: kube-system }, spec: { template: { spec: { containers: [{ name: kube-proxy, image: 'registry.k8s.io/kube-proxy:v1.30.0' }] } } } }";
    const facts = all(server, set, component('kube-proxy', 'v1.30.0', 'a', owner), node('a', 'v1.35.0'));
    expect(judged(facts).map((text) => text.split(' ')[1])).toEqual(['DaemonSet/kube-system/kube-proxy']);
  });

  test('a component of another namespace is another cluster’s', () => {
    const hosted = component('kube-apiserver', 'v1.30.0', 'a').replace('kube-system', 'tenant-1');
    expect(judged(all(server, hosted, node('a', 'v1.35.0')))).toEqual([]);
  });

  test('a version that is judged for says what is too old, and not what is too new', () => {
    const of = (stated: '1.28' | '1.36') => {
      const facts = new Facts(resources(all(node('a', 'v1.32.0'), node('b', 'v1.35.0'))), stated);
      return runChecks(new World(resources(nothing), facts), [versionSkew]).map(({ object }) => object);
    };
    expect(of('1.36')).toEqual(['Node/a']);
    expect(of('1.28')).toEqual([]);
  });
});

describe('upgrade-drainable', () => {
  const judged = (manifests: string, facts: string) => findings('upgrade-drainable', manifests, { facts });
  const owner = (kind: string) =>
    `ownerReferences: [{ apiVersion: apps/v1, kind: ${kind}, name: db, uid: x, controller: true }]`;
  const pod = (name: string, on: string, owned = owner('StatefulSet')) =>
    `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop, labels: { app: db }, ${owned} }, spec: { nodeName: ${on}, containers: [{ name: db, image: 'postgres:17.2' }] }, status: { phase: Running, conditions: [{ type: Ready, status: 'True' }] } }`;
  const budget = (bound: string) =>
    `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: db, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: db } } } }`;
  const nodes = (old: string, now: string) => all(node('old', old), node('new', now));

  test('a node that the next minor version does not support, and that pods hold up', () => {
    const facts = all(nodes('v1.33.1', 'v1.36.1'), pod('db-0', 'old'));
    expect(judged(budget('minAvailable: 1'), facts)).toEqual([`fail Node/old ${KUBELET} = "v1.33.1"`]);
    expect(messages('upgrade-drainable', budget('minAvailable: 1'), { facts })[0]).toContain(
      'kube-apiserver 1.37 does not support kubelet 1.33, so this node must be upgraded before, and it cannot be drained: shop/db-0 stays',
    );
    expect(judged(budget('maxUnavailable: 1'), facts)).toEqual([]);
    // A pod that nothing makes anew is not evicted without --force.
    expect(judged(nothing, all(nodes('v1.33.1', 'v1.36.1'), pod('db-0', 'old', '')))).toHaveLength(1);
  });

  test('not one that the next minor version supports as it is, or of which there is no next', () => {
    expect(judged(budget('minAvailable: 1'), all(nodes('v1.34.1', 'v1.36.1'), pod('db-0', 'old')))).toEqual([]);
    expect(judged(budget('minAvailable: 1'), all(nodes('v1.33.1', 'v1.36.1'), pod('db-0', 'new')))).toEqual([]);
    expect(judged(budget('minAvailable: 1'), all(nodes('v1.34.1', 'v1.37.1'), pod('db-0', 'old')))).toEqual([]);
  });

  test('not by a pod that waits for a volume, if nobody knows how far it reaches', () => {
    const mounting = (name: string) =>
      pod(name, 'old').replace(
        'nodeName: old,',
        `nodeName: old, volumes: [{ name: data, persistentVolumeClaim: { claimName: data-${name} } }],`,
      );
    const disk = (name: string, provisioner: string) =>
      all(
        `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: disk }, provisioner: ${provisioner}, volumeBindingMode: WaitForFirstConsumer }`,
        `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data-${name}, namespace: shop }, spec: { storageClassName: disk, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }`,
      );
    const inZone = (text: string, zone: string) =>
      text.replace(/labels: {/, `labels: { topology.kubernetes.io/zone: ${zone},`);
    const old = inZone(node('old', 'v1.33.1'), 'one');
    const zoned = all(old, inZone(node('new', 'v1.36.1'), 'two'), mounting('db-0'), mounting('db-1'));
    expect(old).toContain('zone: one');
    expect(judged(budget('maxUnavailable: 1'), all(zoned, disk('db-0', 'example.com/disk')))).toEqual([]);
    expect(judged(budget('maxUnavailable: 1'), all(zoned, disk('db-0', 'ebs.csi.aws.com')))).toHaveLength(1);
    expect(judged(budget('minAvailable: 2'), all(zoned, disk('db-0', 'example.com/disk')))).toHaveLength(1);
  });

  test('not by pods that the scheduler may place elsewhere', () => {
    const workload =
      "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: db, namespace: shop }, spec: { replicas: 2, selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: 'postgres:17.2' }] } } } }";
    expect(judged(all(workload, budget('minAvailable: 2')), nodes('v1.33.1', 'v1.36.1'))).toEqual([]);
  });

  test('a feature gate that the next minor version does not take', () => {
    const facts = nodes('v1.36.0', 'v1.36.0');
    // APIServerTracing is locked since 1.34, and gone in 1.37.
    const kubelet =
      '{ apiVersion: kubelet.config.k8s.io/v1beta1, kind: KubeletConfiguration, featureGates: { APIServerTracing: true } }';
    expect(judged(kubelet, facts)).toEqual(['fail KubeletConfiguration featureGates = {"APIServerTracing":true}']);
    expect(messages('upgrade-drainable', kubelet, { facts })).toEqual([
      'kubelet 1.37 does not start: unrecognized feature gate: APIServerTracing',
    ]);
    const server = component('kube-apiserver', 'v1.36.0', 'new').replace(
      'name: kube-apiserver, image',
      "name: kube-apiserver, command: [kube-apiserver, '--feature-gates=APIServerTracing=true'], image",
    );
    expect(judged(nothing, all(facts, server))).toEqual([
      'fail Pod/kube-system/kube-apiserver-new spec.containers[0].command[1] = "--feature-gates=APIServerTracing=true"',
    ]);
    const arguments_ =
      "{ apiVersion: kubeadm.k8s.io/v1beta4, kind: ClusterConfiguration, scheduler: { extraArgs: [{ name: feature-gates, value: 'APIServerTracing=true' }] } }";
    expect(judged(arguments_, facts)).toEqual([
      'fail ClusterConfiguration scheduler.extraArgs[0].value = "APIServerTracing=true"',
    ]);
    expect(judged(kubelet, nodes('v1.34.0', 'v1.34.0'))).toEqual([]);
  });

  test('not a gate of a cluster that kind or Cluster API makes', () => {
    const kind = '{ apiVersion: kind.x-k8s.io/v1alpha4, kind: Cluster, featureGates: { APIServerTracing: true } }';
    expect(judged(kind, nodes('v1.36.0', 'v1.36.0'))).toEqual([]);
  });
});
