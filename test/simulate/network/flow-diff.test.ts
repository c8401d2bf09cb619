import { readWanted } from '../../../simulate/network/ends';
import { flowDiff } from '../../../simulate/network/flow-diff';
import { worldOf } from '../../checks/judging';

const all = (...manifests: readonly string[]) => manifests.join('\n---\n');
const shop = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
const pods = (name: string, spec = '') =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: shop }, spec: { replicas: 1, template: { metadata: { labels: { app: ${name} } }, spec: { ${spec}containers: [{ name: c, ports: [{ containerPort: 80 }] }] } } } }`;
const policy = (name: string, spec: string) =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: shop }, spec: { podSelector: { matchLabels: { app: ${name} } }, ${spec} } }`;
const node = (number: number) =>
  `{ apiVersion: v1, kind: Node, metadata: { name: node-${number} }, spec: { podCIDR: 10.244.${number}.0/24 }, status: { addresses: [{ type: InternalIP, address: 192.0.2.${number} }] } }`;
const router =
  '{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: kube-router, namespace: kube-system }, spec: { template: { spec: { hostNetwork: true, containers: [{ name: c }] } } } }';
const facts = all(node(1), node(2), router);

/** `opens: web > outside the cluster 443/TCP` */
function changes(before: string, after: string, to?: string): string[] {
  const [was, is] = [before, after].map((text) => worldOf(all(shop, text), { facts }));
  return flowDiff(was!, is!, to === undefined ? {} : { to: readWanted(to) })
    .map(({ does, flow }) =>
      `${does}: ${flow.from} > ${flow.to} ${flow.port}/${flow.protocol}`.replace(/Deployment\/shop\//g, ''),
    )
    .filter((text) => !text.includes('kube-router'))
    .sort();
}

describe('to what is outside', () => {
  const held = policy('web', 'policyTypes: [Egress], egress: []');
  const some = policy('web', 'policyTypes: [Egress], egress: [{ ports: [{ port: 443 }] }]');
  const others = all(pods('web'), pods('api'));
  test('a port that one policy names says nothing of pods that it is not about', () => {
    expect(changes(all(others, held), all(others, some), 'outside')).toEqual([
      'opens: web > outside the cluster 443/TCP',
    ]);
    expect(changes(all(others, some), all(others, held), 'outside')).toEqual([
      'closes: web > outside the cluster 443/TCP',
    ]);
  });
  test('a part of it', () => {
    const part = policy(
      'web',
      'policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 203.0.113.0/24 } }], ports: [{ port: 443 }] }]',
    );
    expect(changes(all(others, part), all(others, held), 'outside')).toEqual([
      'closes: web > outside the cluster: 203.0.113.0/24 443/TCP',
    ]);
  });
});

test('what a part of the addresses outside was open for stays open where all are', () => {
  const part = policy(
    'web',
    'policyTypes: [Egress], egress: [{ to: [{ ipBlock: { cidr: 203.0.113.0/24 } }], ports: [{ port: 443 }] }]',
  );
  const opened = changes(all(pods('web'), part), pods('web'), 'outside');
  expect(opened).toContain('opens: web > outside the cluster any/any');
  expect(opened.filter((text) => text.startsWith('closes'))).toEqual([]);
});

describe('by addresses', () => {
  const web = pods('web');
  const from = (...ranges: readonly string[]) =>
    policy(
      'web',
      `policyTypes: [Ingress], ingress: [${ranges.map((cidr) => `{ from: [{ ipBlock: { cidr: ${cidr} } }] }`).join(', ')}]`,
    );
  test('those of pods are not outside', () => {
    expect(
      changes(all(web, pods('api'), from()), all(web, pods('api'), from('10.244.1.0/24', '10.244.2.0/24'))),
    ).toEqual(['opens: any other pod > web 80/TCP', 'opens: api > web 80/TCP']);
  });
  test('all of them but those of pods are all that is outside', () => {
    expect(changes(all(web, from()), all(web, from('0.0.0.0/0')))).toEqual([
      'opens: any other pod > web 80/TCP',
      'opens: outside the cluster > web 80/TCP',
    ]);
  });
  test('of a node: pods in its network may come from there, and otherwise only from the node of the pods', () => {
    const host = pods('agent', 'hostNetwork: true, ');
    expect(changes(all(web, host, from()), all(web, host, from('192.0.2.2/32')))).toContain(
      'may open: agent > web 80/TCP',
    );
    expect(changes(all(web, host, from('203.0.113.7/32')), all(web, host, from()))).toEqual([
      'closes: outside the cluster: 203.0.113.7 > web 80/TCP',
    ]);
  });
});

describe('a policy about the egress of some pods', () => {
  const own = (types: string) =>
    policy(
      'redis',
      `policyTypes: [${types}], ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }], egress: []`,
    );
  const open = policy('web', 'policyTypes: [Ingress], ingress: [{}]');
  const both = all(pods('web'), pods('redis'));
  const toRedis = ['opens: any other pod > redis 80/TCP', 'opens: outside the cluster > redis 80/TCP'];
  test.each([
    ['that goes', all(both, open, own('Ingress, Egress')), all(both, open), ['opens: redis > web 80/TCP', ...toRedis]],
    ['about ingress alone', all(both, open, own('Ingress')), all(both, open), toRedis],
    ['about egress alone', all(both, open, own('Egress')), all(both, open), ['opens: redis > web 80/TCP']],
  ])('%s opens nothing at others but for those pods', (_, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected.sort());
    const closed = expected.map((text) => text.replace('opens', 'closes')).sort();
    expect(changes(after, before)).toEqual(closed);
  });
  test('about all pods of a namespace says nothing of those of others', () => {
    const every =
      '{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: all, namespace: shop }, spec: { podSelector: {}, policyTypes: [Egress], egress: [] } }';
    expect(changes(all(both, open, every), all(both, open)).filter((text) => text.includes('any other pod'))).toEqual(
      [],
    );
  });
  test('what the destination lets in opens for those who are not here, too', () => {
    const closed = policy('web', 'policyTypes: [Ingress], ingress: []');
    expect(changes(all(both, own('Egress'), closed), all(both, own('Egress'), open))).toContain(
      'opens: any other pod > web 80/TCP',
    );
  });
});
