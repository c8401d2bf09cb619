import { Resource } from '../../../manifests/resource';
import { contains, overlaps, readBlock } from '../../../simulate/network/addresses';
import { whyNot } from '../../../simulate/network/explain';
import { readPolicy } from '../../../simulate/network/policy';
import type { Connection, Endpoint, PodEndpoint } from '../../../simulate/network/reach';
import { reach } from '../../../simulate/network/reach';

type Spec = Record<string, unknown>;

const policy = (spec: Spec, name = 'p') =>
  readPolicy(
    new Resource(
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, namespace: 'shop' }, spec },
      { file: '-', text: '' },
      0,
    ),
    'shop',
  );
const pod = (labels: Record<string, string>, more: Partial<PodEndpoint> = {}): PodEndpoint => ({
  is: 'pod',
  namespace: 'shop',
  namespaceLabels: { labels: { 'kubernetes.io/metadata.name': 'shop' }, complete: true },
  labels: { labels, complete: true },
  ports: [],
  ...more,
});
/** A pod that is not among the manifests: in none of the namespaces that are. */
const somewhere = pod(
  {},
  {
    namespace: undefined,
    isNotIn: (namespace) => ['shop', 'blog'].includes(namespace),
    namespaceLabels: { labels: {}, complete: false },
    labels: { labels: {}, complete: false },
  },
);
const web = pod({ app: 'web' });
const api = pod({ app: 'api' });
const ingress = (from: Endpoint, ...specs: Spec[]) =>
  reach(
    specs.map((spec, i) => policy(spec, `p${i}`)),
    { from, to: web, port: 80 },
  ).ingress;
const byPeer = (peer: Spec) => ({ podSelector: {}, ingress: [{ from: [peer] }] });
const closed = { podSelector: {}, policyTypes: ['Ingress'] };

describe('the reason of a verdict', () => {
  const why = (from: Endpoint, ...specs: Spec[]) => {
    const { verdict, by, why: reason } = ingress(from, ...specs);
    return [verdict, reason, by.map(({ name }) => name)];
  };
  const host = (sameNode: 'yes' | 'no' | 'unknown'): Endpoint => ({ is: 'host', sameNode });
  test('is that nothing isolates the pod, that a policy allows it, or that none does', () => {
    expect(why(api)).toEqual(['allowed', 'not-isolated', []]);
    expect(why(api, { podSelector: { matchLabels: { app: 'api' } } })).toEqual(['allowed', 'not-isolated', []]);
    expect(why(api, closed, byPeer({ podSelector: {} }))).toEqual(['allowed', 'allowed-by-policy', ['p1']]);
    expect(why(api, closed, byPeer({ podSelector: { matchLabels: { app: 'x' } } }))).toEqual([
      'denied',
      'denied-by-isolation',
      ['p0', 'p1'],
    ]);
  });
  test('is that it is the pod itself, its own node, or perhaps its own node', () => {
    expect(why(web, closed)).toEqual(['allowed', 'itself', []]);
    expect(why(host('yes'), closed)).toEqual(['allowed', 'own-node', []]);
    expect(why(host('unknown'), closed)).toEqual(['unknown', 'own-node-only', ['p0']]);
    expect(why(host('no'), closed)).toEqual(['denied', 'denied-by-isolation', ['p0']]);
    const outwards: Connection = { from: { is: 'outside' }, to: web, port: 80 };
    expect(reach([policy(closed)], outwards).egress).toMatchObject({
      verdict: 'allowed',
      by: [],
      why: 'no-policies-there',
    });
  });
  test('is open where a policy may allow it, or may be about the pod', () => {
    const block = byPeer({ ipBlock: { cidr: '10.0.0.0/8' } });
    expect(why(api, closed, block)).toEqual(['unknown', 'undecided', ['p1']]);
    const unknownPod = pod({}, { labels: { labels: {}, complete: false } });
    const into = (...specs: Spec[]) => {
      const { verdict, why: reason } = reach(
        specs.map((spec, i) => policy(spec, `p${i}`)),
        { from: api, to: unknownPod, port: 80 },
      ).ingress;
      return [verdict, reason];
    };
    const select = { podSelector: { matchLabels: { app: 'web' } } };
    expect(into({ ...select, policyTypes: ['Ingress'] })).toEqual(['unknown', 'undecided']);
    // It changes nothing whether this one selects the pod: it allows the connection.
    expect(into({ ...select, ingress: [{}] })).toEqual(['allowed', 'allowed-by-policy']);
    expect(into({ ...select, ingress: [{}] }, { ...select, policyTypes: ['Ingress'] })).toEqual([
      'unknown',
      'undecided',
    ]);
    expect(into({ ...select, ingress: [{}] }, closed)).toEqual(['unknown', 'undecided']);
    expect(into({ ...select, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] })).toEqual([
      'unknown',
      'undecided',
    ]);
  });
});

describe('a pod of which the namespace is not known', () => {
  const from = (peer: Spec) => ingress(somewhere, byPeer(peer)).verdict;
  const named = (...names: string[]) => ({
    namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: names }] },
  });
  test('is in none of those whose pods are all known', () => {
    expect(from({ podSelector: {} })).toBe('denied');
    expect(from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'blog' } } })).toBe('denied');
    expect(from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'edge' } } })).toBe('unknown');
    expect(from(named('shop', 'blog'))).toBe('denied');
    expect(from(named('shop', 'edge'))).toBe('unknown');
    expect(from({ ...named('shop', 'blog'), podSelector: { matchLabels: { app: 'x' } } })).toBe('denied');
  });
  test('may be in any other one', () => {
    expect(from({ namespaceSelector: {} })).toBe('allowed');
    expect(from({ namespaceSelector: {}, podSelector: { matchLabels: { app: 'x' } } })).toBe('unknown');
    expect(from({ namespaceSelector: { matchLabels: { team: 'a' } } })).toBe('unknown');
    const expression = (key: string, operator: string, values?: string[]) => ({
      namespaceSelector: { matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] },
    });
    expect(from(expression('team', 'In', ['shop']))).toBe('unknown');
    expect(from(expression('kubernetes.io/metadata.name', 'NotIn', ['shop']))).toBe('unknown');
    expect(from(expression('kubernetes.io/metadata.name', 'Exists'))).toBe('unknown');
    const { isNotIn: _, ...anywhere } = somewhere;
    expect(ingress(anywhere, byPeer({ podSelector: {} })).verdict).toBe('unknown');
    expect(ingress(anywhere, byPeer(named('shop'))).verdict).toBe('unknown');
  });
  test('may be selected by a policy only where it may be', () => {
    const outwards = (one: PodEndpoint) =>
      reach([policy({ podSelector: {}, policyTypes: ['Egress'] })], { from: one, to: web, port: 80 }).egress.verdict;
    expect(outwards(somewhere)).toBe('allowed');
    expect(outwards({ ...somewhere, isNotIn: () => false })).toBe('unknown');
  });
});

test('a peer that selects nothing, as with an address that is none, allows nobody', () => {
  expect(ingress(api, byPeer({})).verdict).toBe('denied');
  expect(ingress(api, byPeer({ ipBlock: { cidr: 'text' } })).verdict).toBe('denied');
});

test('the ports of a pod that is not known may have any name', () => {
  const egress = (to: PodEndpoint, port = 80, protocol = 'TCP') =>
    reach([policy({ podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ port: 'http' }] }] })], {
      from: api,
      to,
      port,
      protocol,
    }).egress.verdict;
  const http = pod({}, { ports: [{ name: 'http', number: 80, protocol: 'TCP' }] });
  expect(egress(http)).toBe('allowed');
  expect(egress(http, 81)).toBe('denied');
  expect(egress(http, 80, 'UDP')).toBe('denied');
  expect(egress(pod({}, { ports: [{ name: 'http', number: 80, protocol: 'UDP' }] }))).toBe('denied');
  expect(egress(pod({}, { ports: [{ name: 'web', number: 80, protocol: 'TCP' }] }))).toBe('denied');
  expect(egress(pod({}, { labels: { labels: {}, complete: false } }))).toBe('unknown');
});

describe('an endpoint that may have several addresses', () => {
  const from = (cidr: string, except: string[], ...addresses: string[]) =>
    ingress(
      pod({}, { addresses: addresses.map((address) => readBlock(address)!) }),
      byPeer({ ipBlock: { cidr, except } }),
    ).verdict;
  test('is allowed where all of them are, denied where none can be', () => {
    expect(from('10.0.0.0/8', [], '10.1.0.0/16', '10.2.0.0/16')).toBe('allowed');
    expect(from('10.0.0.0/8', [], '10.1.0.0/16', '11.0.0.0/16')).toBe('unknown');
    expect(from('10.0.0.0/8', [], '12.0.0.0/16', '11.0.0.0/16')).toBe('denied');
    expect(from('10.0.0.0/8', ['10.1.0.0/16'], '10.1.2.0/24', '11.0.0.0/16')).toBe('denied');
    expect(from('10.0.0.0/8', ['10.1.0.0/16'], '10.1.2.0/24', '10.2.0.0/24')).toBe('unknown');
    expect(from('10.0.0.0/8', ['10.1.2.0/24'], '10.1.0.0/16')).toBe('unknown');
    expect(from('10.0.0.0/8', ['10.1.0.0/16', '10.2.0.0/16'], '10.3.0.0/16')).toBe('allowed');
    expect(from('10.0.0.0/8', ['10.1.0.0/16', '10.2.0.0/16'], '10.2.0.0/16')).toBe('denied');
  });
});

describe('a block of addresses', () => {
  test.each([
    ['10.1.2.3', '10.1.2.3/32'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['2001:db8::', '2001:db8:0::0/128'],
    ['::ffff:10.1.2.3', '::ffff:a01:203'],
    ['64:ff9b::1.2.3.4/96', '64:ff9b::/96'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:0.7.0.8'],
    ['::', '0:0:0:0:0:0:0:0'],
  ])('%s is %s', (a, b) => {
    expect(readBlock(a)).toBeDefined();
    expect(readBlock(a)).toEqual(readBlock(b));
  });
  test.each([
    '',
    'text',
    '10.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/a',
    '10.0.0.0/8/8',
    '2001::/129',
    'fe80::1%eth0',
  ])('%s is none', (text) => expect(readBlock(text)).toBeUndefined());
  test('lies in another one, or shares addresses with it', () => {
    const [a, b] = [readBlock('10.0.0.0/8')!, readBlock('10.255.255.0/24')!];
    expect([contains(a, b), contains(b, a), contains(a, a)]).toEqual([true, false, true]);
    const single = (text: string) => readBlock(text)!;
    expect(overlaps(a, single('10.255.255.255'))).toBe(true);
    expect(overlaps(a, single('11.0.0.0'))).toBe(false);
    expect(overlaps(single('9.255.255.255'), a)).toBe(false);
    expect(overlaps(single('10.0.0.0'), a)).toBe(true);
    expect(overlaps(readBlock('0.0.0.0/0')!, readBlock('::/0')!)).toBe(false);
    expect(contains(readBlock('::/0')!, single('10.0.0.0'))).toBe(false);
  });
});

describe('the reason in words', () => {
  const said = (to: Endpoint, ...specs: Spec[]) =>
    whyNot(
      reach(
        specs.map((spec, i) => policy(spec, `p${i}`)),
        { from: api, to, port: 80 },
      ),
      'api',
      'web',
    );
  const both = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
  test('names the end that refuses, or both', () => {
    expect(said(web, closed)).toBe('web may receive only what is allowed (policy shop/p0), and no rule allows this');
    expect(said(web, { podSelector: {}, policyTypes: ['Egress'] })).toBe(
      'api may send only what is allowed (policy shop/p0), and no rule allows this',
    );
    expect(said(web, both, closed)).toBe(
      'api may send only what is allowed (policy shop/p0), and no rule allows this, and web may receive only what is allowed (policies shop/p0, shop/p1), and no rule allows this',
    );
  });
  test('names the policies whose selectors leave it open', () => {
    const block = byPeer({ ipBlock: { cidr: '10.0.0.0/8' } });
    expect(said(web, block)).toBe('whether web may receive it depends on what policy shop/p0 selects');
    expect(said(web, block, block)).toBe('whether web may receive it depends on what policies shop/p0, shop/p1 select');
  });
  test('is in policies of another API where these allow it', () =>
    expect(said(web)).toBe('policies of another API decide'));
});
