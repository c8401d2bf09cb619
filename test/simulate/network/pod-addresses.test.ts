import { blockTexts } from '../../../simulate/network/addresses';
import { networkOf } from '../../../simulate/network/network';
import { podAddressesOf } from '../../../simulate/network/pod-addresses';
import { all, object, service, worldOf } from '../../world/support';

const node = (name: string, spec: string, more = '') =>
  `{ apiVersion: v1, kind: Node, metadata: { name: ${name}, labels: { os: linux } }, spec: { ${spec} }${more} }`;
const kind = "providerID: 'kind://docker/kind/a'";

describe('the addresses of pods', () => {
  const known = (manifests: string, options: Parameters<typeof worldOf>[1] = {}) => {
    const blocks = podAddressesOf(worldOf(manifests, options));
    return blocks && blockTexts(blocks);
  };
  const ranges = (more: string) =>
    all(node('a', `podCIDR: 10.1.0.0/24${more}`), node('b', `podCIDRs: ['10.1.1.0/24']${more}`));
  test('are the ranges of the nodes with a plugin that uses them', () =>
    expect(known('', { facts: ranges(`, ${kind}`) })).toEqual(['10.1.0.0/23']));
  test('are private ones of the same family with another plugin', () => {
    const private4 = known('', { facts: ranges('') })!;
    expect(private4).toContain('10.0.0.0/8');
    expect(private4).toContain('192.168.0.0/16');
    expect(private4).not.toContain('fc00::/7');
    expect(known('', { facts: node('a', "podCIDR: '2001:db8::/64'") })).toEqual(['2001:db8::/64', 'fc00::/7']);
  });
  test('are not known without nodes that all show theirs', () => {
    expect(known('')).toBeUndefined();
    expect(known('', { facts: all(node('a', 'podCIDR: 10.1.0.0/24'), node('b', kind)) })).toBeUndefined();
    expect(known(service('clusterIP: 10.96.0.1'))).toBeUndefined();
  });
  test('may be of both families where a Service is of IPv6', () => {
    const both = ['0.0.0.0/0', '::/0'];
    expect(known(service('ipFamilies: [IPv4, IPv6]'))).toEqual(both);
    expect(known(service("clusterIP: '2001:db8::1'"))).toEqual(both);
    expect(known('', { declared: service('ipFamilies: [IPv6]') })).toEqual(both);
    expect(known(service('ipFamilies: [IPv4], clusterIP: None'))).toBeUndefined();
    expect(known('', { declared: object('v1', 'Thing', 'web', 'spec: { ipFamilies: [IPv6] }') })).toBeUndefined();
  });
});

describe('a node of the cluster', () => {
  const at = (facts?: string) => networkOf(worldOf('', facts === undefined ? {} : { facts })).node();
  const placed = (name: string, address: string) =>
    node(name, '', `, status: { addresses: [{ type: Hostname, address: ${name} }, { address: ${address} }] }`);
  test('has the addresses and labels of the nodes, where all show theirs', () => {
    const two = at(all(placed('a', '192.0.2.1'), placed('b', '192.0.2.2')));
    expect(two).toMatchObject({ is: 'host', sameNode: 'unknown', nodeLabels: [{ os: 'linux' }, { os: 'linux' }] });
    expect(two.addresses && blockTexts(two.addresses)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(at(all(placed('a', '192.0.2.1'), node('b', ''))).addresses).toBeUndefined();
  });
  test('may be any without nodes that are known', () => {
    expect(at().addresses).toBeUndefined();
    expect(at().nodeLabels).toBeUndefined();
    expect(at(placed('a', '192.0.2.1')).sameNode).toBe('yes');
  });
});
