import { all, file, node, refused, run, workload } from './support';

interface Json {
  readonly from: { readonly versions: readonly string[]; readonly by: string };
  readonly to: string;
  readonly legal: boolean;
  readonly problems: readonly string[];
  readonly steps: readonly {
    readonly step: string;
    readonly from?: string;
    readonly to: string;
    readonly because?: string;
    readonly breaks: readonly {
      readonly object: string;
      readonly path: string;
      readonly component: string;
      readonly message: string;
    }[];
    readonly nodes?: readonly {
      readonly node: string;
      readonly from: string | null;
      readonly verdict: string;
      readonly pods: readonly { readonly pod: string; readonly to: string | null }[];
    }[];
  }[];
}

const kubelet = (name: string, version: string, more = '') => node(name, more).replace('v1.35.0', version);
const control = (name: string, version: string) =>
  kubelet(name, version, 'taints: [{ key: node-role.kubernetes.io/control-plane, effect: NoSchedule }]').replace(
    'labels: {',
    "labels: { node-role.kubernetes.io/control-plane: '',",
  );
const component = (name: string, version: string, on: string, more = '') =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}-${on}, namespace: kube-system, annotations: { kubernetes.io/config.mirror: x } }, spec: { nodeName: ${on}, containers: [{ name: ${name}, image: 'registry.k8s.io/${name}:${version}', ${more} }] }, status: { phase: Running } }`;
const budget = (bound: string) =>
  `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { ${bound}, selector: { matchLabels: { app: web } } } }`;
const web = all(workload('Deployment', 'web', '500m', 'replicas: 2'), budget('maxUnavailable: 1'));
const flow = (version: string) =>
  `{ apiVersion: flowcontrol.apiserver.k8s.io/${version}, kind: FlowSchema, metadata: { name: ours }, spec: { priorityLevelConfiguration: { name: exempt } } }`;

function upgraded(manifests: string, facts: string, ...options: string[]) {
  const { code, text } = run('upgrade', file(manifests), '--cluster', file(facts), '--format', 'json', ...options);
  const found = JSON.parse(text) as Json;
  const short = found.steps.map(({ step, from, to, because, nodes }) =>
    step === 'nodes' ? `${because} ${to}: ${nodes!.map((each) => each.node).join(' ')}` : `${from} > ${to}`,
  );
  return {
    code,
    found,
    short,
    breaks: found.steps.flatMap(({ to, breaks }) =>
      breaks.map(({ object, path, component: by }) => `${to} ${by} ${object} ${path}`),
    ),
  };
}

test('the newest version leaves no next one, and the error says which version that is', () => {
  const facts = file(kubelet('a', 'v1.37.1'));
  expect(() => run('upgrade', file(web), '--cluster', facts)).toThrow(
    'strata simulate upgrade: the control plane runs 1.37, and 1.37 is the newest version that is known',
  );
  expect(() => run('upgrade', file(web), '--cluster', facts, '--from', '1.37')).toThrow(
    '--from 1.37: leaves no next version: 1.37 is the newest that is known',
  );
});

describe('the steps', () => {
  const facts = (version: string) => all(kubelet('a', version), kubelet('b', version));

  test('take the control plane minor version by minor version, and the kubelets at the end', () => {
    const { code, found, short } = upgraded(web, facts('v1.33.4'), '--to', '1.36');
    expect(short).toEqual(['1.33 > 1.34', '1.34 > 1.35', '1.35 > 1.36', 'target 1.36: a b']);
    expect(found).toMatchObject({ from: { versions: ['1.33'], by: 'kubelet' }, to: '1.36', legal: true });
    expect(code).toBe(0);
  });

  test('stop for kubelets that the next control plane does not support', () => {
    expect(upgraded(web, facts('v1.33.4'), '--to', '1.37').short).toEqual([
      '1.33 > 1.34',
      '1.34 > 1.35',
      '1.35 > 1.36',
      'skew 1.36: a b',
      '1.36 > 1.37',
      'target 1.37: a b',
    ]);
    const mixed = all(kubelet('a', 'v1.31.1'), kubelet('b', 'v1.34.1'));
    expect(upgraded(web, mixed, '--to', '1.36').short).toEqual([
      'skew 1.34: a',
      '1.34 > 1.35',
      '1.35 > 1.36',
      'target 1.36: a b',
    ]);
  });

  test('lead to the next minor version where none is named', () => {
    expect(upgraded(web, facts('v1.35.0')).short).toEqual(['1.35 > 1.36', 'target 1.36: a b']);
  });

  test('of a patch release are one for the control plane and one for each node that has another', () => {
    const nodes = all(kubelet('a', 'v1.35.1'), kubelet('b', 'v1.35.4'));
    expect(upgraded(web, nodes, '--to', 'v1.35.4').short).toEqual(['1.35 > 1.35', 'target 1.35: a']);
    expect(upgraded(web, nodes, '--to', '1.35').short).toEqual([]);
    expect(upgraded(web, all(nodes, component('kube-apiserver', 'v1.35.4', 'a')), '--to', '1.35.4').short).toEqual([
      'target 1.35: a',
    ]);
  });

  test('begin with the nodes of the control plane', () => {
    const nodes = all(kubelet('a', 'v1.35.1'), control('z', 'v1.35.1'), kubelet('b', 'v1.35.1'));
    expect(upgraded(web, nodes, '--to', '1.36').short[1]).toBe('target 1.36: z a b');
  });

  test('begin where the API servers are, not where kubelets are', () => {
    const ahead = all(facts('v1.33.4'), component('kube-apiserver', 'v1.35.2', 'a'));
    const { found, short } = upgraded(web, ahead, '--to', '1.36');
    expect(found.from).toEqual({ versions: ['1.35'], by: 'kube-apiserver' });
    expect(short).toEqual(['1.35 > 1.36', 'target 1.36: a b']);
    expect(upgraded(web, facts('v1.33.4'), '--from', '1.35', '--to', '1.36').short).toEqual(short);
  });

  test('read the tags of distributions, in which a plus sign is written otherwise', () => {
    const server = component('kube-apiserver', 'v1.35.2_k3s1', 'a').replace(
      'registry.k8s.io',
      'registry.example.com:5000/mirror',
    );
    expect(upgraded(web, all(facts('v1.33.4'), server), '--to', '1.36').found.from.versions).toEqual(['1.35']);
  });

  test('finish what is half done: of two API servers the older goes first', () => {
    const half = all(
      facts('v1.34.4'),
      component('kube-apiserver', 'v1.35.2', 'a'),
      component('kube-apiserver', 'v1.34.2', 'b'),
    );
    expect(upgraded(web, half, '--to', '1.35').short).toEqual(['1.34 > 1.35', 'target 1.35: a b']);
  });

  test('drain a node whose kubelet says no version as well', () => {
    const { short, found } = upgraded(web, all(kubelet('a', 'kwok-0.8.0'), kubelet('b', 'v1.35.0')), '--to', '1.36');
    expect(short).toEqual(['1.35 > 1.36', 'target 1.36: a b']);
    expect(found.steps[1]!.nodes![0]).toMatchObject({ node: 'a', from: null });
  });
});

describe('what is not supported', () => {
  const two = all(kubelet('a', 'v1.35.0'), kubelet('b', 'v1.35.0'));
  const problems = (facts: string, ...options: string[]) => {
    const { code, found } = upgraded(web, facts, ...options);
    expect(found.legal).toBe(false);
    expect(found.steps).toEqual([]);
    expect(code).toBe(1);
    return found.problems;
  };

  test('is a downgrade of the minor version', () => {
    expect(problems(two, '--to', '1.34')).toEqual([
      'the control plane runs 1.35: a downgrade to the minor version 1.34 is not supported',
    ]);
  });

  test('is a cluster that is beyond the skew already', () => {
    expect(problems(all(kubelet('a', 'v1.30.0'), kubelet('b', 'v1.34.0')), '--to', '1.35')).toEqual([
      'a: kubelet 1.30 is 4 minor versions older than kube-apiserver 1.34: up to 3 are supported',
    ]);
    expect(problems(all(two, component('kube-apiserver', 'v1.34.0', 'a')), '--to', '1.35')).toEqual([
      'a: kubelet 1.35 is newer than kube-apiserver 1.34, which it never may be',
      'b: kubelet 1.35 is newer than kube-apiserver 1.34, which it never may be',
    ]);
  });

  test('is a component of the control plane that lags behind, or is ahead', () => {
    const server = component('kube-apiserver', 'v1.36.0', 'a');
    expect(problems(all(two, server, component('kube-scheduler', 'v1.34.1', 'a')), '--to', '1.37')).toEqual([
      'a: kube-scheduler 1.34 is 2 minor versions older than kube-apiserver 1.36: up to 1 is supported',
    ]);
    expect(problems(all(two, server, component('kube-controller-manager', 'v1.37.0', 'b')), '--to', '1.37')).toEqual([
      'b: kube-controller-manager 1.37 is newer than kube-apiserver 1.36, which it never may be',
    ]);
    expect(problems(all(two, server, component('kube-proxy', 'v1.32.0', 'b')), '--to', '1.37')).toEqual([
      'b: kube-proxy 1.32 is 4 minor versions older than kube-apiserver 1.36: up to 3 are supported',
    ]);
    const apart = all(
      server,
      component('kube-apiserver', 'v1.34.0', 'b'),
      kubelet('a', 'v1.34.0'),
      kubelet('b', 'v1.34.0'),
    );
    expect(problems(apart, '--to', '1.37')).toEqual([
      'a: kube-apiserver runs as 1.34 and as 1.36: 1 minor version apart is supported',
      'b: kube-apiserver runs as 1.34 and as 1.36: 1 minor version apart is supported',
    ]);
  });
});

describe('what breaks', () => {
  const facts = all(kubelet('a', 'v1.31.0'), kubelet('b', 'v1.31.0'));

  test('is an object whose API the next control plane does not serve, at the step that removes it', () => {
    const { code, breaks, found } = upgraded(all(web, flow('v1beta3')), facts, '--to', '1.33');
    expect(breaks).toEqual(['1.32 kube-apiserver FlowSchema/ours apiVersion']);
    expect(found.steps[0]!.breaks[0]!.message).toBe(
      '1.32 serves flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema no more: the object cannot be applied',
    );
    expect(code).toBe(1);
    expect(upgraded(all(web, flow('v1')), facts, '--to', '1.33')).toMatchObject({ code: 0, breaks: [] });
  });

  test('is a configuration file at the step at which its version is not read any more, and not after it', () => {
    const scheduler = '{ apiVersion: kubescheduler.config.k8s.io/v1beta3, kind: KubeSchedulerConfiguration }';
    const steps = (from: string, to: string) =>
      upgraded(all(web, scheduler), all(kubelet('a', from), kubelet('b', from)), '--to', to).breaks;
    expect(steps('v1.28.0', '1.30')).toEqual([
      expect.stringMatching(/^1\.29 kube-scheduler KubeSchedulerConfiguration/),
    ]);
    expect(steps('v1.29.0', '1.30')).toEqual([]);
  });

  test('is not an object that the cluster has stored: it serves it by another version', () => {
    const stored = flow('v1beta3').replace('name: ours', 'name: ours, uid: 8a5e');
    expect(upgraded(all(web, stored), facts, '--to', '1.33').breaks).toEqual([]);
  });

  test('is not what kubeadm keeps for itself, which it does not look at, but what it keeps for components', () => {
    const configuration =
      "apiVersion: kubeadm.k8s.io/v1beta4\\nkind: ClusterConfiguration\\nfeatureGates: { EtcdLearnerMode: true }\\nscheduler: { extraArgs: [{ name: feature-gates, value: 'CloudDualStackNodeIPs=true' }] }\\n";
    const kept = `{ apiVersion: v1, kind: ConfigMap, metadata: { name: kubeadm-config, namespace: kube-system }, data: { ClusterConfiguration: "${configuration}" } }`;
    expect(upgraded(all(web, kept), facts, '--to', '1.34').breaks).toEqual([
      '1.32 kube-scheduler ConfigMap/kube-system/kubeadm-config data.ClusterConfiguration',
    ]);
    const given =
      '{ apiVersion: kubeadm.k8s.io/v1beta4, kind: ClusterConfiguration, featureGates: { EtcdLearnerMode: true } }';
    expect(upgraded(all(web, given), facts, '--to', '1.34').breaks).toEqual([
      '1.33 kubeadm ClusterConfiguration featureGates',
    ]);
  });

  test('is a feature gate of a static pod, a DaemonSet or a configuration file that the component does not know any more', () => {
    // CloudDualStackNodeIPs: locked since 1.30, removed in 1.32.
    const flag = "command: [kube-apiserver, '--feature-gates=CloudDualStackNodeIPs=true,PodLevelResources=true']";
    const server = component('kube-apiserver', 'v1.31.1', 'a', flag);
    const second = server.replace('kube-apiserver-a', 'kube-apiserver-b').replace('nodeName: a', 'nodeName: b');
    const words = component('kube-scheduler', 'v1.31.1', 'a', "args: [--feature-gates, 'CloudDualStackNodeIPs=true']");
    const configuration =
      '{ apiVersion: kubelet.config.k8s.io/v1beta1, kind: KubeletConfiguration, featureGates: { CloudDualStackNodeIPs: true } }';
    const { breaks } = upgraded(all(web, configuration), all(facts, server, second, words), '--to', '1.33');
    // PodLevelResources is not known to 1.31 either, which is no matter of the upgrade.
    expect(breaks).toEqual([
      '1.32 kube-apiserver Pod/kube-system/kube-apiserver-a spec.containers[0].command[1]',
      '1.32 kube-scheduler Pod/kube-system/kube-scheduler-a spec.containers[0].args[1]',
      '1.33 kubelet KubeletConfiguration featureGates',
    ]);
  });

  test('is a gate that is locked against what is set, and one whose dependency is off', () => {
    const configuration = (set: string) =>
      `{ apiVersion: kubelet.config.k8s.io/v1beta1, kind: KubeletConfiguration, featureGates: { ${set} } }`;
    const messages = (set: string, from: string, to: string) =>
      upgraded(
        all(web, configuration(set)),
        all(kubelet('a', from), kubelet('b', from)),
        '--to',
        to,
      ).found.steps.flatMap(({ breaks }) => breaks.map(({ message }) => message));
    expect(messages('APIServerTracing: false', 'v1.33.0', '1.34')).toEqual([
      'kubelet 1.34 does not start: cannot set feature gate APIServerTracing to false, feature is locked to true',
    ]);
    expect(messages('UserNamespacesSupport: false', 'v1.34.0', '1.35')[0]).toMatch(
      /^kubelet 1\.35 does not start: \w+ is enabled, but depends on features that are disabled: \[UserNamespacesSupport\]$/,
    );
  });

  test('is kubeadm’s configuration: its version, and the arguments of components', () => {
    const map = `{ apiVersion: kubeadm.k8s.io/v1beta3, kind: ClusterConfiguration, controllerManager: { extraArgs: { feature-gates: 'CloudDualStackNodeIPs=true' } } }`;
    expect(upgraded(all(web, map), facts, '--to', '1.32').breaks).toEqual([
      '1.32 kube-controller-manager ClusterConfiguration controllerManager.extraArgs.feature-gates',
    ]);
    const named = `{ apiVersion: kubeadm.k8s.io/v1beta4, kind: JoinConfiguration, nodeRegistration: { kubeletExtraArgs: [{ name: feature-gates, value: 'CloudDualStackNodeIPs=true' }] } }`;
    expect(upgraded(all(web, named), facts, '--to', '1.32').breaks).toEqual([
      '1.32 kubelet JoinConfiguration nodeRegistration.kubeletExtraArgs[0].value',
    ]);
    const newest = all(kubelet('a', 'v1.36.0'), kubelet('b', 'v1.36.0'));
    expect(
      upgraded(
        all(
          web,
          map.replace(", controllerManager: { extraArgs: { feature-gates: 'CloudDualStackNodeIPs=true' } }", ''),
        ),
        newest,
        '--to',
        '1.37',
      ).breaks,
    ).toEqual(['1.37 kubeadm ClusterConfiguration apiVersion']);
  });

  test('is what Cluster API and kind set, and what kubeadm keeps in the cluster', () => {
    const plane = `{ apiVersion: controlplane.cluster.x-k8s.io/v1beta1, kind: KubeadmControlPlane, metadata: { name: lab, namespace: clusters }, spec: { kubeadmConfigSpec: { clusterConfiguration: { apiServer: { extraArgs: { feature-gates: 'CloudDualStackNodeIPs=true' } } } } } }`;
    expect(upgraded(all(web, plane), facts, '--to', '1.32').breaks).toEqual([
      '1.32 kube-apiserver KubeadmControlPlane/clusters/lab spec.kubeadmConfigSpec.clusterConfiguration.apiServer.extraArgs.feature-gates',
    ]);
    const kind = '{ apiVersion: kind.x-k8s.io/v1alpha4, kind: Cluster, featureGates: { CloudDualStackNodeIPs: true } }';
    expect(upgraded(all(web, kind), facts, '--to', '1.32').breaks).toEqual([
      '1.32 kube-apiserver Cluster featureGates',
      '1.32 kube-controller-manager Cluster featureGates',
      '1.32 kube-scheduler Cluster featureGates',
      '1.32 kube-proxy Cluster featureGates',
      '1.32 kubelet Cluster featureGates',
    ]);
    const kept = `{ apiVersion: v1, kind: ConfigMap, metadata: { name: kubelet-config, namespace: kube-system }, data: { kubelet: "apiVersion: kubelet.config.k8s.io/v1beta1\\nkind: KubeletConfiguration\\nfeatureGates: { CloudDualStackNodeIPs: true }\\n" } }`;
    expect(upgraded(all(web, kept), facts, '--to', '1.32').breaks).toEqual([
      '1.32 kubelet ConfigMap/kube-system/kubelet-config data.kubelet',
    ]);
  });

  test('is a drain: each finds the pods where the ones before have brought them', () => {
    const nodes = all(kubelet('a', 'v1.35.0'), kubelet('b', 'v1.35.0'));
    const two = workload('Deployment', 'web', '1500m', 'replicas: 2');
    const { code, found } = upgraded(all(two, budget('minAvailable: 2')), nodes, '--to', '1.36');
    expect(found.steps[1]!.nodes).toMatchObject([
      { node: 'a', verdict: 'incomplete' },
      { node: 'b', verdict: 'incomplete' },
    ]);
    expect(code).toBe(1);
    const moved = upgraded(web, nodes, '--to', '1.36').found.steps[1]!.nodes!;
    // What b gives away is all there is: a gave it before.
    expect(moved[1]!.pods.map(({ pod, to }) => `${pod} ${to}`)).toEqual(['shop/web-0 a', 'shop/web-1 a']);
  });
});

test('the text names each step, what breaks with what mends it, and the nodes', () => {
  const facts = all(kubelet('a', 'v1.31.0'), kubelet('b', 'v1.31.0'));
  const { text } = run('upgrade', file(all(web, flow('v1beta3'))), '--cluster', file(facts), '--to', '1.32');
  expect(text).toBe(
    `1.31 (by the newest kubelet: the control plane may be newer) to 1.32: 2 steps
1. control plane 1.31 to 1.32
   BREAKS FlowSchema/ours apiVersion: 1.32 serves flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema no more: the object cannot be applied
          migrate it to flowcontrol.apiserver.k8s.io/v1 FlowSchema before
2. kubelets to 1.32 on 2 nodes, one after the other
   a from 1.31: 1 pod goes
   b from 1.31: 2 pods go`,
  );
});

test.each([
  ['--to', '1.38', '--to 1.38: is a version that nothing is known of'],
  ['--to', '1.27', 'is a version that nothing is known of'],
  ['--to', 'latest', '--to latest: is not a version of Kubernetes'],
  ['--to', 'v1.36.', 'is not a version of Kubernetes'],
  ['--from', '36', 'is not a version of Kubernetes'],
])('%s %s is refused', (option, value, message) => {
  expect(refused('upgrade', file(web), '--cluster', file(node('a')), option, value).at(-1)).toContain(message);
});

test('a cluster of which no version is known, or too old a one, is asked for', () => {
  const without = node('a').replace('v1.35.0', 'kwok-0.8.0');
  expect(refused('upgrade', file(web), '--cluster', file(without)).at(-1)).toContain('name it: --from 1.34');
  expect(refused('upgrade', file(web), '--cluster', file(kubelet('a', 'v1.24.0'))).at(-1)).toContain(
    'the control plane 1.24: is a version that nothing is known of',
  );
  expect(refused('upgrade', file(web), '--cluster', file(kubelet('a', 'v1.37.0'))).at(-1)).toContain(
    '1.37 is the newest version that is known',
  );
});
