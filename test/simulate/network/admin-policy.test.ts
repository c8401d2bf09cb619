import fc from 'fast-check';
import { Resource } from '../../../manifests/resource';
import { readBlock } from '../../../simulate/network/addresses';
import { readAdminPolicy } from '../../../simulate/network/admin-policy';
import type { Endpoint, PodEndpoint } from '../../../simulate/network/endpoints';
import { readPolicy } from '../../../simulate/network/policy';
import { reach } from '../../../simulate/network/reach';

type Spec = Record<string, unknown>;
const resource = (kind: string, name: string, spec: Spec) =>
  new Resource(
    { apiVersion: 'policy.networking.k8s.io/v1alpha1', kind, metadata: { name }, spec },
    { file: '-', text: '' },
    0,
  );
const admin = (spec: Spec, kind = 'AdminNetworkPolicy', name = 'p') => readAdminPolicy(resource(kind, name, spec));
const baseline = (spec: Spec) => admin(spec, 'BaselineAdminNetworkPolicy', 'default');
const pod = (app: string, namespaceLabels: Record<string, string> = {}, namespace = 'shop'): PodEndpoint => ({
  is: 'pod',
  namespace,
  namespaceLabels: { labels: { 'kubernetes.io/metadata.name': namespace, ...namespaceLabels }, complete: true },
  labels: { labels: { app }, complete: true },
  ports: [{ name: 'http', number: 80, protocol: 'TCP' }],
  addresses: [readBlock('10.0.0.1')!],
});
const everybody = { namespaces: {} };
const networkPolicy = (spec: Spec) => readPolicy(resource('NetworkPolicy', 'np', spec), 'shop');

function verdict(
  adminPolicies: readonly ReturnType<typeof admin>[],
  { from = pod('web'), to = pod('api'), port = 80, policies = [] as ReturnType<typeof networkPolicy>[] } = {} as {
    from?: Endpoint;
    to?: Endpoint;
    port?: number;
    policies?: ReturnType<typeof networkPolicy>[];
  },
) {
  return reach(policies, { from, to, port }, { adminPolicies }).verdict;
}
const rule = (action: string, more: Spec = { from: [everybody] }) => ({ action, ...more });
const ingress = (...actions: string[]) => ({
  priority: 10,
  subject: everybody,
  ingress: actions.map((action) => rule(action)),
});

describe('the tiers', () => {
  const denies = networkPolicy({ podSelector: {}, policyTypes: ['Ingress'] });
  const allows = networkPolicy({ podSelector: {}, ingress: [{}] });
  test('what administrators allow or deny no NetworkPolicy changes', () => {
    expect(verdict([admin(ingress('Allow'))], { policies: [denies] })).toBe('allowed');
    expect(verdict([admin(ingress('Deny'))], { policies: [allows] })).toBe('denied');
  });
  test('Pass leaves it to NetworkPolicies, whatever rules come after', () => {
    expect(verdict([admin(ingress('Pass', 'Allow'))], { policies: [denies] })).toBe('denied');
    expect(verdict([admin(ingress('Pass', 'Deny'))], { policies: [allows] })).toBe('allowed');
    expect(verdict([admin(ingress('Pass'))])).toBe('allowed');
  });
  test('the baseline decides for pods that no NetworkPolicy isolates', () => {
    expect(verdict([baseline(ingress('Deny'))])).toBe('denied');
    expect(verdict([baseline(ingress('Deny'))], { policies: [allows] })).toBe('allowed');
    expect(verdict([baseline(ingress('Allow'))], { policies: [denies] })).toBe('denied');
    expect(verdict([admin(ingress('Pass')), baseline(ingress('Deny'))])).toBe('denied');
  });
  test('the lowest priority number comes first, and of one number nobody knows which', () => {
    const at = (priority: number, action: string, name: string) =>
      admin({ ...ingress(action), priority }, 'AdminNetworkPolicy', name);
    expect(verdict([at(20, 'Allow', 'a'), at(10, 'Deny', 'b')])).toBe('denied');
    expect(verdict([at(10, 'Allow', 'a'), at(20, 'Deny', 'b')])).toBe('allowed');
    expect(verdict([at(10, 'Allow', 'a'), at(10, 'Deny', 'b')])).toBe('unknown');
    expect(verdict([at(10, 'Deny', 'a'), at(10, 'Deny', 'b')])).toBe('denied');
  });
  const perhaps = { ...pod('web'), namespaceLabels: { labels: {}, complete: false } };
  const fromTeam = (action: string) => ({
    priority: 10,
    subject: everybody,
    ingress: [rule(action, { from: [{ namespaces: { matchLabels: { team: 'a' } } }] })],
  });
  test('what may match leaves it open only where the next tier says otherwise', () => {
    expect(verdict([admin(fromTeam('Deny'))], { from: perhaps })).toBe('unknown');
    expect(verdict([admin(fromTeam('Deny'))], { from: perhaps, policies: [denies] })).toBe('denied');
    expect(verdict([admin(fromTeam('Allow'))], { from: perhaps })).toBe('allowed');
    expect(verdict([admin(fromTeam('Allow'))], { from: perhaps, policies: [denies] })).toBe('unknown');
    expect(verdict([admin(fromTeam('Pass'))], { from: perhaps, policies: [denies] })).toBe('denied');
    expect(verdict([admin(fromTeam('Pass')), baseline(fromTeam('Deny'))], { from: perhaps })).toBe('unknown');
    expect(verdict([admin(fromTeam('Deny')), baseline(ingress('Deny'))], { from: perhaps })).toBe('denied');
  });
  test('two that leave it open do not make it certain', () => {
    const maybe = networkPolicy({
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'a' } } }] }],
    });
    expect(verdict([admin(fromTeam('Pass'))], { from: perhaps, policies: [maybe] })).toBe('unknown');
    expect(verdict([], { from: perhaps, policies: [maybe] })).toBe('unknown');
  });
  test('the reason names who decides: by policy, or by nobody', () => {
    const why = (policies: ReturnType<typeof admin>[], more: ReturnType<typeof networkPolicy>[] = []) => {
      const passage = reach(more, { from: pod('web'), to: pod('api'), port: 80 }, { adminPolicies: policies }).ingress;
      return [
        passage.why,
        passage.by.map(({ kind, name }) => `${kind}/${name}`),
        passage.rules.map(({ does }) => does),
      ];
    };
    expect(why([admin(ingress('Deny'))])).toEqual(['denied-by-policy', ['AdminNetworkPolicy/p'], ['denies']]);
    expect(why([admin(ingress('Allow'))])).toEqual(['allowed-by-policy', ['AdminNetworkPolicy/p'], ['allows']]);
    expect(why([admin(ingress('Pass'))])).toEqual(['not-isolated', [], ['passes it on']]);
    expect(why([baseline(ingress('Deny'))])).toEqual([
      'denied-by-policy',
      ['BaselineAdminNetworkPolicy/default'],
      ['denies'],
    ]);
    expect(why([admin(ingress('Pass'))], [denies])[0]).toBe('denied-by-isolation');
  });
});

describe('peers', () => {
  const only = (peer: Spec) => [admin({ priority: 1, subject: everybody, ingress: [rule('Deny', { from: [peer] })] })];
  test('sameLabels are the namespaces with the values of the subject, notSameLabels those with others', () => {
    const [blue, red, none] = [{ team: 'blue' }, { team: 'red' }, {}].map((labels) => pod('web', labels, 'other'));
    const to = pod('api', { team: 'blue' });
    const same = (field: string) => only({ namespaces: { [field]: ['team'] } });
    expect([blue, red, none].map((from) => verdict(same('sameLabels'), { from: from as PodEndpoint, to }))).toEqual([
      'denied',
      'allowed',
      'allowed',
    ]);
    expect([blue, red, none].map((from) => verdict(same('notSameLabels'), { from: from as PodEndpoint, to }))).toEqual([
      'allowed',
      'denied',
      'allowed',
    ]);
    expect(verdict(only({ namespaces: { sameLabels: [] } }), { from: blue as PodEndpoint, to })).toBe('allowed');
    const unknown = { ...blue!, namespaceLabels: { labels: {}, complete: false } };
    expect(verdict(same('sameLabels'), { from: unknown, to })).toBe('unknown');
    expect(
      verdict(only({ pods: { namespaces: { sameLabels: ['team'] }, podSelector: { matchLabels: { app: 'x' } } } }), {
        from: blue as PodEndpoint,
        to,
      }),
    ).toBe('allowed');
  });
  test('a peer that the API does not have yet denies everything in a Deny rule, and nothing in an Allow rule', () => {
    expect(verdict(only({ planets: {} }))).toBe('denied');
    const allow = admin({ priority: 1, subject: everybody, ingress: [rule('Allow', { from: [{ planets: {} }] })] });
    expect(verdict([allow, baseline(ingress('Deny'))])).toBe('denied');
  });
  const out = (peer: Spec, action = 'Deny') => [
    admin({ priority: 1, subject: everybody, egress: [rule(action, { to: [peer] })] }),
  ];
  test('networks are pods, nodes and addresses outside alike', () => {
    const outside: Endpoint = { is: 'outside', addresses: [readBlock('10.0.0.7')!] };
    expect(verdict(out({ networks: ['10.0.0.0/8'] }), { to: outside })).toBe('denied');
    expect(verdict(out({ networks: ['10.0.0.0/8'] }))).toBe('denied');
    expect(verdict(out({ networks: ['10.1.0.0/16'] }), { to: outside })).toBe('allowed');
    expect(verdict(out({ networks: ['0.0.0.0/1', '128.0.0.0/1'] }), { to: { is: 'outside' } })).toBe('denied');
  });
  test('nodes are found by their labels, and names of hosts nobody can resolve beforehand', () => {
    const linux = out({ nodes: { matchLabels: { os: 'linux' } } });
    const node = (...labels: Record<string, string>[]): Endpoint => ({
      is: 'host',
      sameNode: 'no',
      nodeLabels: labels,
    });
    expect(verdict(linux, { to: node({ os: 'linux' }) })).toBe('denied');
    expect(verdict(linux, { to: node({ os: 'windows' }) })).toBe('allowed');
    expect(verdict(linux, { to: node({ os: 'linux' }, { os: 'windows' }) })).toBe('unknown');
    expect(verdict(linux, { to: { is: 'host', sameNode: 'no' } })).toBe('unknown');
    expect(verdict(out({ nodes: {} }), { to: { is: 'host', sameNode: 'no' } })).toBe('denied');
    expect(verdict(out({ domainNames: ['example.com'] }, 'Deny'), { to: { is: 'outside' } })).toBe('unknown');
    expect(verdict(out({ domainNames: ['example.com'] }, 'Deny'))).toBe('allowed');
  });
  test('ports are numbers, ranges and names, in either API', () => {
    const at = (ports: Spec) => [
      admin({ priority: 1, subject: everybody, ingress: [rule('Deny', { from: [everybody], ...ports })] }),
    ];
    const denied = (ports: Spec) => [79, 80, 81].filter((port) => verdict(at(ports), { port }) === 'denied');
    expect(denied({ ports: [{ portNumber: { protocol: 'TCP', port: 80 } }] })).toEqual([80]);
    expect(denied({ ports: [{ portNumber: { protocol: 'UDP', port: 80 } }] })).toEqual([]);
    expect(denied({ ports: [{ portRange: { start: 80, end: 90 } }] })).toEqual([80, 81]);
    expect(denied({ ports: [{ namedPort: 'http' }] })).toEqual([80]);
    expect(denied({ protocols: [{ tcp: { destinationPort: { number: 79 } } }] })).toEqual([79]);
    expect(denied({ protocols: [{ tcp: { destinationPort: { range: { start: 1, end: 80 } } } }] })).toEqual([79, 80]);
    expect(denied({ protocols: [{ tcp: {} }] })).toEqual([79, 80, 81]);
    expect(denied({ protocols: [{ udp: {} }] })).toEqual([]);
    expect(denied({ protocols: [{ destinationNamedPort: 'http' }] })).toEqual([80]);
  });
});

// ---------------------------------------------------------------- against another evaluator

const names = fc.constantFrom('a', 'b');
const anyRule = fc.record({
  action: fc.constantFrom('Allow', 'Deny', 'Pass'),
  app: fc.option(names, { nil: undefined }),
  port: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
});
const anyAdmin = fc.record({
  tier: fc.constantFrom('Admin', 'Baseline'),
  subject: fc.option(names, { nil: undefined }),
  rules: fc.array(anyRule, { minLength: 1, maxLength: 3 }),
});
type Written = typeof anyAdmin extends fc.Arbitrary<infer T> ? T : never;

const podsOf = (app: string | undefined) => ({
  pods: { namespaceSelector: {}, podSelector: app === undefined ? {} : { matchLabels: { app } } },
});

/** The words of the API: tiers in order, in each the policies by priority and their rules from top to bottom. */
function naive(policies: readonly Written[], isolating: boolean | undefined, from: string, to: string, port: number) {
  for (const tier of ['Admin', 'NetworkPolicy', 'Baseline']) {
    if (tier === 'NetworkPolicy') {
      if (isolating !== undefined) return isolating;
      continue;
    }
    const first = policies
      .filter((policy) => policy.tier === tier && (policy.subject ?? to) === to)
      .flatMap(({ rules }) => rules)
      .find((one) => (one.app ?? from) === from && (one.port ?? port) === port);
    if (first && first.action !== 'Pass') return first.action === 'Allow';
  }
  return true;
}

test('it agrees with an evaluator that shares no code with it', () => {
  fc.assert(
    fc.property(
      fc.array(anyAdmin, { maxLength: 4 }),
      fc.constantFrom(undefined, true, false),
      names,
      names,
      fc.integer({ min: 1, max: 3 }),
      (policies, isolating, from, to, port) => {
        const read = policies.map(({ tier, subject, rules }, i) =>
          readAdminPolicy(
            resource('ClusterNetworkPolicy', `p${i}`, {
              tier,
              priority: i,
              subject: podsOf(subject),
              ingress: rules.map((one) => ({
                action: one.action === 'Allow' ? 'Accept' : one.action,
                from: [podsOf(one.app)],
                ...(one.port === undefined ? {} : { protocols: [{ tcp: { destinationPort: { number: one.port } } }] }),
              })),
            }),
          ),
        );
        const policy = networkPolicy({ podSelector: {}, ingress: isolating ? [{}] : [] });
        const tried = { from: pod(from), to: pod(to), port, policies: isolating === undefined ? [] : [policy] };
        expect(verdict(read, tried)).toBe(naive(policies, isolating, from, to, port) ? 'allowed' : 'denied');
        // What it says of pods that are half known holds for each of them.
        const blurred = { ...pod(from), labels: { labels: {}, complete: false } };
        const said = verdict(read, { ...tried, from: blurred });
        if (said !== 'unknown') expect(said).toBe(verdict(read, tried));
      },
    ),
    { numRuns: 800 },
  );
});
