import type { Endpoint } from '../../../simulate/network/endpoints';
import { networkOf } from '../../../simulate/network/network';
import { apart } from '../../../simulate/network/user-networks';
import { all, object, worldOf } from '../../world/support';

const LABEL = 'k8s.ovn.org/primary-user-defined-network';
const namespace = (name: string, labels: string) =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${labels} } } }`;
const own = (place: string, spec = 'layer2: { role: Primary }') =>
  object('k8s.ovn.org/v1', 'UserDefinedNetwork', 'net', `spec: { ${spec} }`, place);
const cluster = (selector: string, network = 'layer3: { role: Primary }') =>
  object(
    'k8s.ovn.org/v1',
    'ClusterUserDefinedNetwork',
    'wide',
    `spec: { namespaceSelector: ${selector}, network: { ${network} } }`,
    '',
  );
const [shop, blog] = [namespace('shop', `${LABEL}: '', team: a`), namespace('blog', `${LABEL}: '', team: b`)];

type Place = string | undefined;
function between(from: Place, to: Place, ...manifests: string[]) {
  const world = worldOf(all(...manifests));
  const network = networkOf(world);
  const at = (place: Place): Endpoint => network.externalPod(place === undefined ? {} : { namespace: place });
  const { certainty, by } = apart(world, at(from), at(to));
  return [certainty, ...by.map(({ kind, namespace: where, name }) => [kind, where, name].filter(Boolean).join('/'))];
}

describe('a primary network of its own', () => {
  test('keeps the pods of a namespace apart from all others', () => {
    expect(between('shop', 'blog', shop, blog, own('shop'))).toEqual(['yes', 'UserDefinedNetwork/shop/net']);
    expect(between('blog', 'shop', shop, blog, own('shop'))).toEqual(['yes', 'UserDefinedNetwork/shop/net']);
    expect(between('shop', 'shop', shop, own('shop'))).toEqual(['no']);
    expect(between('shop', 'blog', shop, blog)).toEqual(['no']);
    expect(between('blog', 'other', shop, blog, own('shop'))).toEqual(['no']);
    expect(between('shop', 'blog', shop, blog, own('shop'), own('blog'))).toEqual([
      'yes',
      'UserDefinedNetwork/shop/net',
      'UserDefinedNetwork/blog/net',
    ]);
  });
  test('joins the namespaces that a network of the cluster selects', () => {
    expect(between('shop', 'blog', shop, blog, cluster('{}'))).toEqual(['no']);
    expect(between('shop', 'blog', shop, blog, cluster('{ matchLabels: { team: a } }'))).toEqual([
      'yes',
      'ClusterUserDefinedNetwork/wide',
    ]);
    expect(between('shop', 'other', shop, cluster('{ matchLabels: { team: a } }'))).toEqual([
      'unknown',
      'ClusterUserDefinedNetwork/wide',
    ]);
  });
  test('is one of the two layers that is primary, of the API of OVN-Kubernetes', () => {
    expect(between('shop', 'blog', shop, blog, own('shop', 'layer3: { role: Primary }'))[0]).toBe('yes');
    expect(between('shop', 'blog', shop, blog, own('shop', 'layer2: { role: Secondary }'))).toEqual(['no']);
    expect(between('shop', 'blog', shop, blog, own('shop', 'localnet: { role: Primary }'))).toEqual(['no']);
    expect(between('shop', 'blog', shop, blog, own('shop').replace('k8s.ovn.org/v1', 'example.com/v1'))).toEqual([
      'no',
    ]);
    expect(
      between('shop', 'blog', shop, blog, cluster('{ matchLabels: { team: a } }', 'layer2: { role: Primary }'))[0],
    ).toBe('yes');
  });
  test('is not certain without the label that the namespace must have from the start', () => {
    expect(between('shop', 'blog', namespace('shop', 'team: a'), blog, own('shop'))[0]).toBe('unknown');
    expect(between('shop', 'blog', blog, own('shop'))[0]).toBe('unknown');
  });
  test('is not certain for a pod that may be anywhere, nor for namespaces that serve all', () => {
    expect(between('shop', undefined, shop, own('shop'))[0]).toBe('unknown');
    for (const place of ['kube-system', 'default', 'openshift-dns'])
      expect(between('shop', place, shop, own('shop'))[0]).toBe('unknown');
    expect(between('shop', 'my-openshift-dns', shop, own('shop'))[0]).toBe('yes');
  });
  test('has gateways for what is outside', () => {
    const world = worldOf(all(shop, own('shop')));
    const pod = networkOf(world).externalPod({ namespace: 'shop' });
    expect(apart(world, pod, { is: 'outside' })).toEqual({ certainty: 'no', by: [] });
    expect(apart(world, { is: 'outside' }, pod)).toEqual({ certainty: 'no', by: [] });
    expect(apart(world, networkOf(world).host(), pod).certainty).toBe('unknown');
  });
  test('may be declared', () => {
    const world = worldOf(all(shop, blog), { declared: own('shop') });
    const at = (place: string) => networkOf(world).externalPod({ namespace: place });
    expect(apart(world, at('shop'), at('blog')).certainty).toBe('yes');
  });
});

test('from one network to another nothing passes, at either end, and no policy could change that', () => {
  const world = worldOf(all(shop!, blog!, own('shop')));
  const network = networkOf(world);
  const [from, to] = ['shop', 'blog'].map((place) => network.externalPod({ namespace: place }));
  const passage = { verdict: 'denied', why: 'other-network', rules: [] };
  expect(network.reach(from!, to!, 80, 'TCP')).toMatchObject({
    verdict: 'denied',
    egress: passage,
    ingress: passage,
  });
  expect(network.verdictOn(from!, to!, 80, 'TCP')?.verdict).toBe('fail');
});
