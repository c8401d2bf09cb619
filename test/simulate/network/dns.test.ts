import { reachesDns } from '../../../simulate/network/dns';
import { networkOf } from '../../../simulate/network/network';
import { all, namespace, object, service, workload, workloadOf, worldOf } from '../../world/support';

const egress = (...rules: string[]) =>
  object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'p',
    `spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Egress], egress: [${rules.join(', ')}] }`,
  );
const ports = 'ports: [{ port: 53, protocol: UDP }]';
const to = (cidr: string, more = ports) => `{ to: [{ ipBlock: { cidr: ${cidr} } }], ${more} }`;
const usual = `{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }], ${ports} }`;
const inKubeSystem = (manifest: string) => manifest.replaceAll('namespace: shop', 'namespace: kube-system');
const cache = (more: Parameters<typeof workload>[0] = {}) =>
  inKubeSystem(workload({ name: 'node-local-dns', kind: 'DaemonSet', ...more }));

const asks = (protocol: 'UDP' | 'TCP', ...manifests: string[]) => {
  const world = worldOf(all(namespace, workload(), ...manifests));
  return reachesDns(world, networkOf(world).endpointOf(workloadOf(world, 'web')), protocol);
};

describe('a pod may ask the DNS of the cluster', () => {
  test('where its policies allow the pods of it, by this protocol', () => {
    expect(asks('UDP')).toBe('yes');
    expect(asks('UDP', egress(usual))).toBe('yes');
    expect(asks('TCP', egress(usual))).toBe('no');
    expect(asks('UDP', egress())).toBe('no');
    expect(asks('UDP', egress('{ to: [{ podSelector: {} }] }'))).toBe('no');
  });
  test('where labels that nobody knows may allow it, perhaps', () =>
    expect(asks('UDP', egress(`{ to: [{ namespaceSelector: { matchLabels: { team: a } } }], ${ports} }`))).toBe(
      'unknown',
    ));
  test('at the pods that the Service leads to, where these are here', () => {
    const dns = inKubeSystem(
      all(
        service('selector: { app: dns }, ports: [{ port: 53, targetPort: 1053, protocol: UDP }]', 'kube-dns'),
        workload({ name: 'dns' }),
      ),
    );
    expect(asks('UDP', dns, egress(usual))).toBe('no');
    expect(asks('UDP', dns, egress(usual.replace('53', '1053')))).toBe('yes');
    // Then an address of the node is no DNS.
    expect(asks('UDP', dns, egress(to('169.254.20.10/32')))).toBe('no');
  });
});

describe('a cache on the node answers in its place', () => {
  const told = { container: "args: [-localip, '169.254.20.11,10.96.0.10']" };
  test('at its usual address, and at those that it is told', () => {
    expect(asks('UDP', cache(), egress(to('169.254.20.10/32')))).toBe('yes');
    expect(asks('UDP', cache(), egress(to('169.254.20.11/32')))).toBe('unknown');
    expect(asks('UDP', cache(told), egress(to('169.254.20.11/32')))).toBe('yes');
    expect(asks('UDP', cache(told), egress(to('10.96.0.10/32')))).toBe('yes');
    expect(asks('TCP', cache(), egress(to('169.254.20.10/32')))).toBe('unknown');
  });
  test('at the address of the Service, which it takes over', () => {
    const dns = (ip: string) =>
      inKubeSystem(service(`clusterIP: ${ip}, ports: [{ port: 53, protocol: UDP }]`, 'kube-dns'));
    expect(asks('UDP', cache(), dns('10.96.0.9'), egress(to('10.96.0.9/32')))).toBe('yes');
    expect(asks('UDP', cache(), dns('None'), egress(to('10.96.0.9/32')))).toBe('unknown');
  });
  test.each<[string, string]>([
    ['its name', cache()],
    ['its name without a hyphen', cache({ name: 'nodelocaldns' })],
    ['its label', cache({ name: 'a', labels: 'k8s-app: node-local-dns' })],
    [
      'its image',
      cache({ name: 'a', containers: "{ name: a, image: 'registry.k8s.io/dns/k8s-dns-node-cache:1.23.0' }" }),
    ],
  ])('known by %s', (_, manifest) => expect(asks('UDP', manifest, egress(to('169.254.20.10/32')))).toBe('yes'));
  test('is none of another name, and none that is no DaemonSet', () => {
    const own = egress('{ to: [{ podSelector: {} }] }');
    expect(asks('UDP', cache({ name: 'a', labels: 'k8s-app: other' }), own)).toBe('no');
    expect(asks('UDP', cache({ kind: 'Deployment' }), own)).toBe('no');
    expect(asks('UDP', cache(), own)).toBe('unknown');
  });
});

describe('a policy that names an address of the node', () => {
  test('means such a cache, or the name server of a cloud', () => {
    expect(asks('UDP', egress(to('169.254.169.254/32')))).toBe('unknown');
    expect(asks('UDP', egress(to('169.254.0.0/16')))).toBe('unknown');
    expect(asks('UDP', egress('{ to: [{ ipBlock: { cidr: 169.254.20.10/32 } }] }'))).toBe('unknown');
  });
  test('does not with another port or protocol', () => {
    expect(asks('UDP', egress(to('169.254.20.10/32', 'ports: [{ port: 80 }]')))).toBe('no');
    expect(asks('TCP', egress(to('169.254.20.10/32')))).toBe('no');
  });
});

test('a port that only the DNS of OpenShift has means that one', () => {
  const openShift =
    '{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: openshift-dns } } }], ports: [{ port: 5353, protocol: UDP }] }';
  expect(asks('UDP', egress(openShift))).toBe('unknown');
  expect(asks('UDP', egress(openShift.replace('5353', '5354')))).toBe('no');
});
