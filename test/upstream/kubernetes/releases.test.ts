import { NEWEST_KUBERNETES, OLDEST_KUBERNETES } from '../../../model/kubernetes-version';
import { releasesData } from '../../../upstream/kubernetes/data';
import { apiRemovedBetween } from '../../../upstream/kubernetes/releases/apis';
import { componentVersionIn, isOlderVersion } from '../../../upstream/kubernetes/releases/component-version';
import { gateProblems } from '../../../upstream/kubernetes/releases/feature-gates';
import { kubeadmRefusal } from '../../../upstream/kubernetes/releases/kubeadm';
import type { SkewedComponent } from '../../../upstream/kubernetes/releases/skew';
import {
  apiServersProblem,
  kubeletMayStay,
  nodeSkewProblem,
  skewProblem,
} from '../../../upstream/kubernetes/releases/skew';

// https://kubernetes.io/releases/version-skew-policy/, its sections "Supported version skew" written out: for a kube-apiserver of the
// minor version before the colon, every minor version of the component that is supported.
const NODE_COMPONENTS = `
  24: 22 23 24
  25: 23 24 25
  26: 24 25 26
  27: 25 26 27
  28: 25 26 27 28
  29: 26 27 28 29
  30: 27 28 29 30
  31: 28 29 30 31
  32: 29 30 31 32
  33: 30 31 32 33
  34: 31 32 33 34
  35: 32 33 34 35
  36: 33 34 35 36
  37: 34 35 36 37`;
const CONTROLLERS = `
  28: 27 28
  29: 28 29
  30: 29 30
  31: 30 31
  32: 31 32
  33: 32 33
  34: 33 34
  35: 34 35
  36: 35 36
  37: 36 37`;
const KUBECTL = `
  28: 27 28 29
  29: 28 29 30
  30: 29 30 31
  31: 30 31 32
  32: 31 32 33
  33: 32 33 34
  34: 33 34 35
  35: 34 35 36
  36: 35 36 37
  37: 36 37 38`;
const POLICY: Readonly<Record<SkewedComponent, string>> = {
  kubelet: NODE_COMPONENTS,
  'kube-proxy': NODE_COMPONENTS,
  'kube-controller-manager': CONTROLLERS,
  'kube-scheduler': CONTROLLERS,
  'cloud-controller-manager': CONTROLLERS,
  kubectl: KUBECTL,
};
const MINORS = Array.from({ length: 18 }, (_, i) => 22 + i);

const rows = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split(':'))
    .map(([server = '', supported = '']) => ({
      server: Number(server),
      supported: supported.trim().split(' ').map(Number),
    }));

describe.each(Object.keys(POLICY) as SkewedComponent[])('%s', (component) => {
  test.each(rows(POLICY[component]))(
    'beside kube-apiserver 1.$server: $supported, and no other',
    ({ server, supported }) => {
      expect(MINORS.filter((minor) => skewProblem(component, minor, [server]) === undefined)).toEqual(supported);
    },
  );
});

test('the data are of every minor version whose APIs are known', () => {
  const { oldest, newest, kubeadm } = releasesData();
  expect([`1.${oldest}`, `1.${newest}`]).toEqual([OLDEST_KUBERNETES, NEWEST_KUBERNETES]);
  expect(Object.keys(kubeadm)).toHaveLength(newest - oldest + 1);
  // etcd 3.6 came with 1.34.
  expect(kubeadm['33']!.etcd).toMatch(/^3\.5\./);
  expect(kubeadm['34']!.etcd).toMatch(/^3\.6\./);
});

describe('two API servers of different versions', () => {
  test('narrow what the others may be', () => {
    // "kubelet is supported at 1.34, 1.33, and 1.32 (1.35 is not supported because that would be newer than the kube-apiserver instance at version 1.34)"
    const supported = (component: SkewedComponent) =>
      MINORS.filter((minor) => skewProblem(component, minor, [34, 35]) === undefined);
    expect(supported('kubelet')).toEqual([32, 33, 34]);
    expect(supported('kube-scheduler')).toEqual([34]);
    expect(supported('kubectl')).toEqual([34, 35]);
  });

  test('are one minor version apart at the most', () => {
    expect(apiServersProblem([34, 35])).toBeUndefined();
    expect(apiServersProblem([33, 35, 34])).toBe(
      'kube-apiserver runs as 1.33 and as 1.35: 1 minor version apart is supported',
    );
  });
});

test('a kube-proxy is up to three minor versions older or newer than the kubelet beside it, before 1.25 up to two', () => {
  const supported = (proxy: number) => MINORS.filter((kubelet) => nodeSkewProblem(proxy, kubelet) === undefined);
  expect(supported(32)).toEqual([29, 30, 31, 32, 33, 34, 35]);
  expect(supported(25)).toEqual([22, 23, 24, 25, 26, 27, 28]);
  expect(supported(24)).toEqual([22, 23, 24, 25, 26]);
});

test('what is not supported is said with both versions and what is', () => {
  expect(skewProblem('kubelet', 36, [35])).toBe(
    'kubelet 1.36 is newer than kube-apiserver 1.35, which it never may be',
  );
  expect(skewProblem('kubelet', 31, [35])).toBe(
    'kubelet 1.31 is 4 minor versions older than kube-apiserver 1.35: up to 3 are supported',
  );
  expect(skewProblem('kube-scheduler', 33, [35])).toBe(
    'kube-scheduler 1.33 is 2 minor versions older than kube-apiserver 1.35: up to 1 is supported',
  );
  expect(skewProblem('kubectl', 37, [35])).toBe(
    'kubectl 1.37 is 2 minor versions newer than kube-apiserver 1.35: 1 is supported',
  );
});

test('a kubelet stays until the next control plane is four minor versions newer', () => {
  expect([33, 34, 35, 36, 37].filter((server) => kubeletMayStay(33, server))).toEqual([33, 34, 35, 36]);
});

describe('a release', () => {
  test('is a semantic version, with or without what distributions add', () => {
    expect(componentVersionIn('v1.31.2')).toEqual({ minor: 31, patch: 2, preRelease: '', text: 'v1.31.2' });
    expect(componentVersionIn('1.31.2')).toMatchObject({ minor: 31, patch: 2 });
    expect(componentVersionIn('v1.31.2-gke.100')).toMatchObject({ patch: 2, preRelease: 'gke.100' });
    expect(componentVersionIn('v1.31.2+k3s1')).toMatchObject({ preRelease: '' });
  });

  test.each(['v1.31', 'kwok-0.8.0', 'v2.0.0', 'v1.031.0', 'v1.31.2-01', ''])('%s is none', (text) => {
    expect(componentVersionIn(text)).toBeUndefined();
  });

  test('comes after those before it, and after its own pre-releases', () => {
    const order = [
      'v1.34.9',
      'v1.35.0-alpha.2',
      'v1.35.0-alpha.10',
      'v1.35.0-beta.0',
      'v1.35.0-rc.1',
      'v1.35.0-rc.1.1',
      'v1.35.0',
      'v1.35.2',
      'v1.35.10',
      'v1.36.0',
    ].map((text) => componentVersionIn(text)!);
    for (const [i, a] of order.entries())
      for (const [j, b] of order.entries())
        expect([a.text, b.text, isOlderVersion(a, b)]).toEqual([a.text, b.text, i < j]);
  });
});

describe('kubeadm', () => {
  const refusal = (cluster: string, kubeadm: string, to: string, ...kubelets: string[]) =>
    kubeadmRefusal({
      cluster: componentVersionIn(cluster)!,
      kubeadm: componentVersionIn(kubeadm)!,
      to: componentVersionIn(to)!,
      kubelets,
    });

  test('goes to the next minor version and to any patch release, with kubelets up to three older', () => {
    const none = { mandatory: [], skippable: [] };
    expect(refusal('v1.34.1', 'v1.35.2', 'v1.35.2', 'v1.32.9', 'v1.34.0')).toEqual(none);
    expect(refusal('v1.35.1', 'v1.35.2', 'v1.35.2', 'v1.35.1')).toEqual(none);
  });

  test('skips no minor version, whatever is forced', () => {
    expect(refusal('v1.33.1', 'v1.35.2', 'v1.35.2').mandatory).toEqual([
      'Specified version to upgrade to "v1.35.2" is too high; kubeadm can upgrade only 1 minor version at a time',
    ]);
  });

  test('of the version before does not do', () => {
    expect(refusal('v1.34.1', 'v1.34.1', 'v1.35.2').mandatory).toHaveLength(1);
    expect(refusal('v1.34.1', 'v1.35.1', 'v1.35.2').skippable).toEqual([
      'Specified version to upgrade to "v1.35.2" is higher than the kubeadm version "v1.35.1". Upgrade kubeadm first using the tool you used to install kubeadm',
    ]);
  });

  test('1.28 itself did not follow the policy of 1.28 yet', () => {
    expect(refusal('v1.27.1', 'v1.28.2', 'v1.28.2', 'v1.26.0').skippable).toEqual([
      'There are kubelets in this cluster that are too old that have these versions [v1.26.0]',
    ]);
    expect(refusal('v1.28.1', 'v1.29.2', 'v1.29.2', 'v1.26.0').skippable).toEqual([]);
  });
});

describe('feature gates', () => {
  const problems = (
    minor: number,
    set: Record<string, boolean>,
    component: Parameters<typeof gateProblems>[0] = 'kubelet',
  ) => gateProblems(component, new Map(Object.entries(set)), minor);

  test('are known, then locked, then gone', () => {
    // APIServerTracing: beta up to 1.33, locked since 1.34, removed in 1.37.
    expect(problems(33, { APIServerTracing: false })).toEqual([]);
    expect(problems(34, { APIServerTracing: false })).toEqual([
      'cannot set feature gate APIServerTracing to false, feature is locked to true',
    ]);
    expect(problems(34, { APIServerTracing: true })).toEqual([]);
    expect(problems(37, { APIServerTracing: true })).toEqual(['unrecognized feature gate: APIServerTracing']);
  });

  test('need the gates that they depend on, since 1.35', () => {
    const off = { UserNamespacesSupport: false };
    expect(problems(34, off)).toEqual([]);
    expect(problems(35, off)[0]).toMatch(
      /^\w+ is enabled, but depends on features that are disabled: \[UserNamespacesSupport\]$/,
    );
    expect(problems(35, { GangScheduling: true })).toEqual([
      'GangScheduling is enabled, but depends on features that are disabled: [GenericWorkload]',
    ]);
    expect(problems(35, { GangScheduling: true, GenericWorkload: true })).toEqual([]);
    expect(problems(35, { GangScheduling: true, AllAlpha: true })).toEqual([]);
  });

  test('of kubeadm are others than those of the components', () => {
    expect(problems(34, { EtcdLearnerMode: true }, 'kubeadm')).toEqual([
      'EtcdLearnerMode is not a valid feature name.',
    ]);
    expect(problems(28, { EtcdLearnerMode: true }, 'kubeadm')).toEqual([]);
    expect(problems(28, { EtcdLearnerMode: true })).toEqual(['unrecognized feature gate: EtcdLearnerMode']);
  });

  test('of controllers alone are known to no other component', () => {
    const set = { ControllerManagerReleaseLeaderElectionLockOnExit: true };
    expect(problems(36, set, 'kube-controller-manager')).toEqual([]);
    expect(problems(36, set, 'kube-scheduler')).toHaveLength(1);
  });
});

describe('an API that is removed', () => {
  const removed = (apiVersion: string, kind: string, from: number, to: number) =>
    apiRemovedBetween(apiVersion, kind, from, to)?.removed;

  test('is so from one minor version on', () => {
    expect(removed('flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', 30, 35)).toBe(32);
    expect(removed('flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', 31, 32)).toBe(32);
    expect(removed('flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', 30, 31)).toBeUndefined();
    expect(removed('flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', 32, 35)).toBeUndefined();
  });

  test('may have been an alpha of which no notice was given', () => {
    expect(removed('resource.k8s.io/v1alpha2', 'ResourceClaim', 30, 31)).toBe(31);
  });

  test('is none that is served on', () => {
    expect(removed('apps/v1', 'Deployment', 28, 37)).toBeUndefined();
    expect(removed('shop.example.com/v1', 'Shop', 28, 37)).toBeUndefined();
  });
});
